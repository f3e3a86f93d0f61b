"""Dry runs written in a few lines."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from drawn import END, START, el, flows, sources, user

from engine.dry_run.run import try_scenario
from engine.dry_run.trial import Surroundings, Trial

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)


def drawn(*elements: str, roots: str = "") -> bytes:
    """A file of these elements."""
    return sources(*elements, roots=roots).replaced["p.bpmn"]


def line(*steps: str, roots: str = "") -> bytes:
    """These elements one after another, between a start and an end."""
    names = ["s", *(step.split('id="', 1)[1].split('"', 1)[0] for step in steps), "e"]
    arrows = [f"{a} -> {b}" for a, b in itertools.pairwise(names)]
    return drawn(START, *steps, END, flows(*arrows), roots=roots)


def service(own: str = "svc", inner: str = "", outputs: str = "") -> str:
    """A service task of a type nobody knows."""
    mapping = f"<zeebe:ioMapping>{outputs}</zeebe:ioMapping>" if outputs else ""
    return el("serviceTask", own, inner, f'<zeebe:taskDefinition type="far.away"/>{mapping}')


def played(
    source: bytes,
    *steps: Mapping[str, Any],
    processes: Mapping[str, bytes] | None = None,
    decisions: Mapping[str, bytes] | None = None,
    surroundings: Surroundings | None = None,
    **scenario: Any,
) -> dict[str, Any]:
    """The answer to a scenario of these steps."""
    written = {**scenario, "steps": list(steps)}
    around = surroundings or Surroundings()
    return try_scenario(Trial(source, written, MONDAY, processes or {}, decisions or {}, around))


def names(state: Mapping[str, Any], key: str = "active") -> list[str]:
    """The names of what a state lists."""
    return [shown["name"] for shown in state[key]]


__all__ = ["END", "START", "drawn", "el", "flows", "line", "names", "played", "service", "user"]
