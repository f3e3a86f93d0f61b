"""B1: a completion against the floor and against plain SpiffWorkflow, interleaved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from statistics import fmean

from bench.databases import Server
from bench.lanes import LANES, Lanes, open_lanes
from bench.meter import Cost, Spread, ratios
from bench.samples import approval
from bench.world import answers

STEPS = 28


@dataclass(frozen=True)
class FloorRatio:
    """What the repetitions cost, per lane; each is a sum over its completions."""

    kind: str
    completions: int
    costs: dict[str, list[Cost]]
    statements: float
    rows: float
    state_bytes: int
    is_equal: bool

    def over(self, lane: str, other: str, what: str = "cpu") -> Spread:
        """The ratio of two lanes."""
        return ratios(self.costs[lane], self.costs[other], what)

    def mean(self, lane: str) -> Cost:
        """The mean cost of one completion."""
        total = reduce(add, self.costs[lane])
        count = self.completions * len(self.costs[lane])
        return Cost(
            total.wall / count, total.client / count, total.server / count, total.wal // count
        )


def floor_ratio(server: Server, *, instances: int, repetitions: int) -> FloorRatio:
    """Cases of approval-28 from start to end, round robin; the first repetition is not counted."""
    with open_lanes(server, approval()) as lanes:
        _repetition(lanes, 1)
        lanes.written.clear()
        largest = 0
        costs: dict[str, list[Cost]] = {lane: [] for lane in LANES}
        for _ in range(repetitions):
            found, size = _repetition(lanes, instances)
            largest = max(largest, size)
            for lane in LANES:
                costs[lane].append(found[lane])
        return FloorRatio(
            server.kind,
            instances * STEPS,
            costs,
            fmean(found.statements for found in lanes.written),
            fmean(found.count for found in lanes.written),
            largest,
            lanes.is_equal(),
        )


def _repetition(lanes: Lanes, instances: int) -> tuple[dict[str, Cost], int]:
    total = dict.fromkeys(LANES, Cost())
    running = [lanes.start() for _ in range(instances)]
    largest = max(len(lanes.state(case_id)) for case_id in running)
    for _ in range(STEPS):
        for case_id in running:
            for lane, cost in lanes.complete(case_id, answers()).items():
                total[lane] += cost
            largest = max(largest, len(lanes.state(case_id)))
    return total, largest
