"""The engine against the semantics on random processes: ``run_equivalence(count, seed)``."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from time import process_time

from engine.semantics.rest import TooManyWays
from engine.spiff.host import BudgetExceeded
from tests.unit.semantics.eventful import EVENTFUL, eventful
from tests.unit.semantics.mutation import WIDE, blocks, torn
from tests.unit.semantics.twin import Disagreement, NoExit, Procedure, Twin, tally

MOST_ACTS = 30


@dataclass
class Result:
    """What a number of processes have shown; ``failed`` are the seeds that disagree."""

    mismatches: int = 0
    approvals_skipped: int = 0
    seconds: float = 0.0
    moves: int = 0
    joins: int = 0
    completed: int = 0
    reordered: int = 0
    returns: int = 0
    passed: dict[str, int] = field(default_factory=dict)
    failed: list[tuple[int, str]] = field(default_factory=list)


def run_equivalence(count: int, seed: int) -> Result:
    """Compare ``count`` processes, seeds from ``seed`` on; even seeds are whole, odd ones torn.

    From ``WIDE`` on all are torn, by every act there is; from ``EVENTFUL`` on they have event
    sub-processes as well.
    """
    return run_seeds(range(seed, seed + count))


def run_seeds(seeds: range | list[int]) -> Result:
    """Compare the processes of these seeds."""
    result, counts, begun = Result(), Counter[str](), process_time()
    for seed in seeds:
        try:
            run_one(seed, counts)
        except Disagreement as error:
            result.failed.append((seed, str(error)))
    result.mismatches = len(result.failed)
    result.approvals_skipped = counts["skipped"]
    result.moves, result.joins = counts["moves"], counts["joins"]
    result.completed, result.reordered = counts["completed"], counts["reordered"]
    result.returns = counts["returns"]
    kinds = sorted(key for key in counts if key.startswith("passed:"))
    result.passed = {key.removeprefix("passed:"): counts[key] for key in kinds}
    result.seconds = process_time() - begun
    return result


def _procedure(seed: int) -> Procedure:
    if seed >= EVENTFUL:
        return eventful(seed)
    is_torn = seed % 2 or seed >= WIDE
    return torn(seed, rough=seed % 10 == 9) if is_torn else blocks(seed)


def run_one(seed: int, counts: Counter[str]) -> None:
    """Run the process of one seed in both; Disagreement when they part."""
    procedure = _procedure(seed)
    twin: Twin | None = None
    try:
        twin = Twin(procedure, seed)
        while twin.moves < MOST_ACTS and not twin.is_over():
            twin.act()
    except (NoExit, BudgetExceeded, TooManyWays):
        counts["cut"] += 1  # the data or the budget ended it; what came before counts
    finally:
        if twin is not None:
            tally(counts, twin)
