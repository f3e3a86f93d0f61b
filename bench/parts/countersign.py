"""B7: five countersigners of one step at once: all count, none is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bench.databases import Server, open_database
from bench.meter import percentile
from bench.samples import countersign
from bench.world import SEATS, Town, answers, build_town
from engine.errors import Conflict
from engine.store.metadata import TENANT
from engine.store.tables import scopes
from engine.timing.clock import SystemClock


@dataclass
class Countersigning:
    """How it went: milliseconds of each completion, conflicts met, cases that came out wrong."""

    rounds: int
    milliseconds: list[float] = field(default_factory=list)
    conflicts: int = 0
    wrong: int = 0

    @property
    def p50(self) -> float:
        """The median completion, in milliseconds."""
        return percentile(self.milliseconds, 0.5)

    @property
    def p95(self) -> float:
        """The completion slower than nineteen of twenty."""
        return percentile(self.milliseconds, 0.95)


def countersigning(server: Server, *, rounds: int) -> Countersigning:
    """Each round five threads with connections of their own begin at the same moment."""
    town = build_town(open_database(server.create()), SystemClock(), [countersign()])
    found = Countersigning(rounds)
    try:
        for _ in range(rounds):
            case_id = town.start("countersign")
            _together([_act(town, item, found) for item in town.open_items(case_id)])
            found.wrong += not _is_right(town, case_id)
    finally:
        town.db.dispose()
    return found


def _act(town: Town, item: Any, found: Countersigning) -> Callable[[], None]:
    def act() -> None:
        begun = time.perf_counter()
        while True:
            try:
                town.complete(item, answers())
                break
            except Conflict:
                found.conflicts += 1
                if town.open_items(item.case_id) == []:
                    return
        found.milliseconds.append((time.perf_counter() - begun) * 1e3)

    return act


def _together(acts: list[Callable[[], None]]) -> None:
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], None]) -> None:
        barrier.wait()
        act()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _is_right(town: Town, case_id: UUID) -> bool:
    """One step is open, the next; every opinion was collected."""
    steps = [item.element for item in town.open_items(case_id)]
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        rows = tx.all(
            scopes.select().where(scopes.c.tenant_id == TENANT, scopes.c.case_id == case_id)
        )
    opinions = [row.variables.get("opinions") for row in rows if row.id == case_id]
    return steps == ["Decide"] and opinions == [["agree"] * SEATS]
