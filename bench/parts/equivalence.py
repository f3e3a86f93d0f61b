"""B8: random procedures in the engine and in the reference of the tests, step by step."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GENERATOR = Path(__file__).parents[2] / "tests" / "unit" / "spiff"
MOST_ACTS = 60


@dataclass(frozen=True)
class Equivalence:
    """How many procedures were run, and what went wrong in how many of them."""

    procedures: int
    acts: int
    mismatches: int
    approvals_skipped: int


def equivalence(procedures: int) -> Equivalence | None:
    """Run the seeds 0 to ``procedures``; None when the tests do not travel with the program."""
    if not (GENERATOR / "test_random_processes.py").is_file():
        return None
    with _reachable():
        pair = importlib.import_module("test_random_processes").Pair
        runs = [_compare(pair(seed)) for seed in range(procedures)]
    return Equivalence(
        procedures,
        sum(acts for acts, _, _ in runs),
        sum(differs for _, differs, _ in runs),
        sum(skipped for _, _, skipped in runs),
    )


def _compare(pair: Any) -> tuple[int, bool, bool]:
    """Acts taken, whether the two differed, and whether the engine went on too early."""
    for acts in range(MOST_ACTS):
        ours = [place for place, _ in pair.tokens()]
        theirs = pair.reference.places()
        if ours != theirs:
            return acts, True, went_too_far(ours, theirs)
        if not ours:
            return acts, not pair.run.is_over, False
        pair.act()
    return MOST_ACTS, False, False


def went_too_far(ours: list[Any], theirs: list[Any]) -> bool:
    """True when somebody still has to act in the reference, and the engine stands elsewhere.

    That is how a join that fires too early shows: what is behind it is open, or all is over,
    while an approval before it is missing.
    """
    return bool(set(ours) - set(theirs)) or (bool(theirs) and not ours)


@contextmanager
def _reachable() -> Iterator[None]:
    """The test modules import one another by bare name."""
    sys.path.insert(0, str(GENERATOR))
    try:
        yield
    finally:
        sys.path.remove(str(GENERATOR))
