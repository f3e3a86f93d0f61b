"""B2: a step costs the same after a thousand rounds as in the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg

from bench.databases import Postgres, Server, listening, open_database
from bench.drawing import Drawing
from bench.meter import Cost, Meter, NoServer, PostgresMeter, Spread, measure, ratios
from bench.rows import parts_of
from bench.samples import approval, review
from bench.world import Town, answers, build_town
from engine.store.tables import cases
from engine.timing.clock import SystemClock

PAIRS = 12


@dataclass(frozen=True)
class Loop:
    """A loop that is drawn in a diagram: the decisions of one way round, step by step.

    ``lead`` is how many steps come before the place the loop leads back to.
    """

    drawing: Drawing
    decisions: Sequence[str]
    lead: int = 0


@dataclass(frozen=True)
class Flatness:
    """After so many rounds: cost over that of a fresh case, state bytes and statements."""

    rounds: int
    over_fresh: Spread
    state_bytes: int
    statements: int


def rework() -> Loop:
    """Two steps and back to the first."""
    return Loop(approval(), ("agree", "again"))


def returns() -> Loop:
    """Through a parallel block to the last step, and back to the first."""
    return Loop(review(), ("agree", "agree", "agree", "back"))


def long_returns() -> Loop:
    """Through all of approval-28 and back from its last step to the second."""
    return Loop(approval(), (*["agree"] * 26, "back"), lead=1)


def flatness(server: Server, loop: Loop, marks: Sequence[int]) -> list[Flatness]:
    """One case goes round and round; at each mark it is compared with fresh ones, in turns."""
    url = server.create()
    town = build_town(open_database(url), SystemClock(), [loop.drawing])
    owner = None
    meter: Meter = NoServer()
    if isinstance(server, Postgres):
        owner = psycopg.connect(**parts_of(server.owner), autocommit=True)
        meter = PostgresMeter(owner, str(url.database))
    try:
        return _compare(town, loop, marks, meter)
    finally:
        town.db.dispose()
        if owner is not None:
            owner.close()


def _compare(town: Town, loop: Loop, marks: Sequence[int], meter: Meter) -> list[Flatness]:
    old = _begin(town, loop)
    done, found = 0, []
    for mark in marks:
        for _ in range(mark - done):
            _round(town, old, loop, NoServer())
        over = _over_fresh(town, old, loop, meter)
        found.append(Flatness(mark, over, _state_bytes(town, old), _statements(town, old, loop)))
        done = mark + PAIRS + 1
    return found


def _over_fresh(town: Town, old: UUID, loop: Loop, meter: Meter) -> Spread:
    """A round of the old case over one of a fresh case; whoever went first goes last next time."""
    costs: dict[bool, list[Cost]] = {True: [], False: []}
    for turn in range(PAIRS):
        running = {True: old, False: _begin(town, loop)}
        for is_old in (True, False) if turn % 2 else (False, True):
            costs[is_old].append(_round(town, running[is_old], loop, meter))
    return ratios(costs[True], costs[False])


def _begin(town: Town, loop: Loop) -> UUID:
    """A case at the place the loop comes back to."""
    case_id = town.start(loop.drawing.id)
    for _ in range(loop.lead):
        town.complete(town.open_items(case_id)[0], answers())
    _round(town, case_id, loop, NoServer())
    return case_id


def _round(town: Town, case_id: UUID, loop: Loop, meter: Meter) -> Cost:
    total = Cost()
    for decision in loop.decisions:
        item = town.open_items(case_id)[0]
        given = answers(decision)
        cost, _ = measure(meter, lambda i=item, g=given: town.complete(i, g))  # type: ignore[misc]
        total += cost
    return total


def _statements(town: Town, case_id: UUID, loop: Loop) -> int:
    heard: list[str] = []
    for decision in loop.decisions:
        item = town.open_items(case_id)[0]
        with listening(town.db) as now:
            town.complete(item, answers(decision))
        heard += now
    return len(heard)


def _state_bytes(town: Town, case_id: UUID) -> int:
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        row = tx.get(cases, case_id)
    assert row is not None
    return len(row.state)
