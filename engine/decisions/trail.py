"""How a decision was made, as the history of a case keeps it: plain, exact and short."""

from __future__ import annotations

from typing import Any

from engine.canonical import canonical, digest
from engine.decisions.evaluate import Made, Outcome
from engine.feel import FeelError, to_json
from engine.feel.values import Value

LONGEST = 1_000
"""Longer values stand in the history by their digest."""


def trail_of(outcome: Outcome, file_digest: str) -> list[dict[str, Any]]:
    """One entry a decision: its inputs, the rules that matched, its result and its file."""
    return [_entry(made, file_digest) for made in outcome.trail]


def _entry(made: Made, file_digest: str) -> dict[str, Any]:
    return {
        "decision": made.decision,
        "name": made.name,
        "inputs": {label: _kept(value) for label, value in made.inputs.items()},
        "rules": list(made.rules),
        "result": _kept(made.result),
        "file": file_digest,
    }


def _kept(value: Value) -> Any:
    try:
        plain = to_json(value)
    except FeelError:
        return str(value)[:LONGEST]  # an interval or a number with more digits than JSON keeps
    written = canonical(plain)
    return plain if len(written) <= LONGEST else {"digest": digest(written)}
