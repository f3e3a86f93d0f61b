"""B3: what must not grow: token state, tasks at the start, statements a completion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from SpiffWorkflow.task import Task

from bench.databases import Server, listening, open_database
from bench.drawing import Drawing
from bench.meter import NoServer, measure
from bench.samples import approval, blocks, chain
from bench.world import Town, answers, build_town
from engine.store.tables import cases
from engine.timing.clock import SystemClock

ROUNDS = 20
REMARKS = {"none": 0, "1 KB": 1_000, "50 KB": 50_000}


@dataclass(frozen=True)
class Growth:
    """Sizes and counts, each under the name of what it was measured on."""

    state_bytes: dict[str, int]
    start_tasks: dict[str, int]
    statements: dict[str, int]
    remark_seconds: dict[str, float]

    @property
    def state_bytes_max(self) -> int:
        """The largest token state met on the way through any of the processes."""
        return max(self.state_bytes.values())


def growth(server: Server, *, shapes: list[tuple[int, int]], length: int) -> Growth:
    """Run the processes that grow in other engines; ``shapes`` are blocks and their width."""
    drawn = [approval(), chain(length), *(blocks(*shape) for shape in shapes)]
    town = build_town(open_database(server.create()), SystemClock(), drawn)
    try:
        starts = {d.id: _start_tasks(town, d) for d in drawn}
        sizes = {d.id: max(_sizes(town, d.id)) for d in drawn}
        return Growth(sizes, starts, _statements(town), _remarks(town))
    finally:
        town.db.dispose()


@contextmanager
def counted_tasks() -> Iterator[list[int]]:
    """How many tasks SpiffWorkflow makes meanwhile: the first element."""
    made = [0]
    original = Task.__init__

    def counting(self: Task, *arguments: object, **named: object) -> None:
        made[0] += 1
        original(self, *arguments, **named)

    Task.__init__ = counting
    try:
        yield made
    finally:
        Task.__init__ = original


def _start_tasks(town: Town, drawing: Drawing) -> int:
    with counted_tasks() as made:
        town.start(drawing.id)
    return made[0]


def _sizes(town: Town, procedure: str) -> Iterator[int]:
    case_id = town.start(procedure)
    while items := town.open_items(case_id):
        with town.db.tenant(town.tenant_id, read_only=True) as tx:
            row = tx.get(cases, case_id)
            assert row is not None
            yield len(row.state)
        town.complete(items[0], answers())


def _statements(town: Town) -> dict[str, int]:
    """Statements of one plain completion, with a fresh case and after some rounds."""
    found = {}
    for name, rounds in (("fresh", 1), ("after rounds", ROUNDS)):
        case_id = town.start("approval-28")
        for _ in range(rounds):
            town.complete(town.open_items(case_id)[0], answers())
            town.complete(town.open_items(case_id)[0], answers("again"))
        item = town.open_items(case_id)[0]
        with listening(town.db) as heard:
            town.complete(item, answers())
        found[name] = len(heard)
    return found


def _remarks(town: Town) -> dict[str, float]:
    """CPU seconds of this process for a completion with a remark of each length."""
    spent: dict[str, list[float]] = {name: [] for name in REMARKS}
    running = {name: town.start("approval-28") for name in REMARKS}
    for step in range(20):
        for name, length in REMARKS.items():
            item = town.open_items(running[name])[0]
            given = answers(remark="审" * (length // 3))
            cost, _ = measure(NoServer(), lambda i=item, g=given: town.complete(i, g))  # type: ignore[misc]
            if step >= 4:
                spent[name].append(cost.client)
    return {name: sum(values) / len(values) for name, values in spent.items()}
