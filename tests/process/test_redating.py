"""A calendar that changes dates open deadlines anew: what moved is told, once, with old and new."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from drawn import END, START, el, flows, sources, timer, user
from sqlalchemy import func, select
from town import FlatSources, Town, build_town

from engine.cases.lifecycle import start_case
from engine.definitions.loading import load_tenant
from engine.store.control import dispatch
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import history, timers, work_items
from engine.tenancy.model import CalendarFile, DayException, TenantFile
from engine.timing import redating
from engine.timing.clock import FrozenClock
from engine.timing.work import ENGINE_DOERS, run_due
from engine.work_items.items import complete_item

OFF = (date(2026, 3, 4), date(2026, 3, 5))
"""A Wednesday and the Thursday after it."""


@dataclass(frozen=True)
class WithDays(FlatSources):
    """The flat tenant with days off of its own."""

    off: tuple[date, ...] = ()

    def tenant(self, slug: str) -> TenantFile:
        days = tuple(DayException(day, False, "停电") for day in self.off)
        return replace(super().tenant(slug), calendar=CalendarFile(exceptions=days))


def drawn() -> WithDays:
    """A step of three working days with a reminder after two, beside a stop of the clock."""
    legal = '<zeebe:property name="legalDue" value="=working days(4)"/>'
    stop = '<zeebe:property name="clockStop" value="补正"/>'
    attached = 'attachedToRef="main" cancelActivity="false"'
    flat = sources(
        START,
        user("before"),
        el("parallelGateway", "split"),
        user("main", "leader", "=working days(3)", properties=legal),
        el("boundaryEvent", "late", timer("=working days(2)"), attributes=attached),
        user("remind", "department-b"),
        el("endEvent", "over"),
        user("fix", "applicant", properties=stop),
        el("parallelGateway", "join"),
        END,
        flows(
            *("s -> before", "before -> split", "split -> main", "split -> fix", "main -> join"),
            *("fix -> join", "join -> e", "late -> remind", "remind -> over"),
        ),
    )
    return WithDays(procedure="p", replaced=flat.replaced)


@pytest.fixture
def dated(database: Database, clock: FrozenClock) -> Town:
    return build_town(database, clock, drawn())


def begin(town: Town) -> UUID:
    """A case at the step whose clock runs: the stop beside it is over at once."""
    case = UUID(str(start_case(town.db, town.world, town["applicant"], "p", {})["id"]))
    town.complete("applicant", "before", note="x")
    return case


def reload(town: Town, *off: date) -> None:
    load_tenant(town.db, town.world, "walk", replace(drawn(), off=off))


def work(town: Town) -> None:
    while run_due(town.db, town.world, ENGINE_DOERS):
        pass


def due(town: Town) -> tuple[str | None, str | None]:
    """The local days the step and its reminder are due."""
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        item = tx.one(select(work_items.c.due_at).where(_of(work_items, "main")))
        timer_row = tx.one(select(timers.c.due_at).where(_of(timers, "late")))
    return _day(item), _day(timer_row)


def _of(table: Any, element: str) -> Any:
    return (table.c.tenant_id == TENANT) & (table.c.element == element)


def _day(row: Any) -> str | None:
    return None if row is None or row.due_at is None else f"{row.due_at:%m-%d}"


def told(town: Town, case: UUID) -> list[list[tuple[str, str, str]]]:
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        rows = tx.all(
            select(history.c.content)
            .where(
                history.c.tenant_id == TENANT,
                history.c.case_id == case,
                history.c.kind == redating.ACT,
            )
            .order_by(history.c.seq)
        )
    return [sorted(_moved(one) for one in row.content["moved"]) for row in rows]


def _moved(one: dict[str, str]) -> tuple[str, str, str]:
    return one["what"], one["old"][5:10], one["new"][5:10]


def test_items_and_timers_move_with_the_days_and_both_times_are_told_once(dated: Town) -> None:
    case = begin(dated)
    dated.complete("applicant", "fix", note="x")
    before = due(dated)
    assert before == ("03-05", "03-04")
    reload(dated, *OFF)
    assert due(dated) == before, "it is not done in the transaction that loads the files"
    work(dated)
    moved = [("item", "03-05", "03-09"), ("legal", "03-06", "03-10"), ("timer", "03-04", "03-06")]
    assert (due(dated), told(dated, case)) == (("03-09", "03-06"), [moved])
    reload(dated, *OFF)
    work(dated)
    assert told(dated, case) == [moved], "the same days change nothing"
    reload(dated)
    work(dated)
    assert due(dated) == before
    assert len(told(dated, case)) == 2
    assert dated.breaks(case) == []


def test_a_deadline_whose_clock_stands_is_dated_when_it_runs_again(dated: Town) -> None:
    case = begin(dated)
    assert due(dated) == (None, None)
    reload(dated, *OFF)
    work(dated)
    assert told(dated, case) == [], "nothing is due, so nothing has moved"
    dated.complete("applicant", "fix", note="x")
    assert due(dated) == ("03-09", "03-06")


def test_what_was_overdue_may_be_in_time_again_and_a_timer_fires_when_its_day_has_passed(
    dated: Town, clock: FrozenClock
) -> None:
    case = begin(dated)
    dated.complete("applicant", "fix", note="x")
    reload(dated, *OFF)
    work(dated)
    clock.advance(timedelta(days=3))  # Thursday: late by the plain week, in time by these days
    reload(dated)
    work(dated)
    assert dated.steps("other") == ["remind"], "the reminder of Wednesday comes at once"
    clock.advance(timedelta(days=1))
    (main,) = dated.items("leader")
    assert main.due_at < clock.now()
    reload(dated, *OFF)
    work(dated)
    (main,) = dated.items("leader")
    assert main.due_at > clock.now()
    assert told(dated, case)[-1] == [("item", "03-05", "03-09"), ("legal", "03-06", "03-10")]
    assert dated.breaks(case) == []


def test_many_cases_are_dated_in_batches_each_in_its_own_transaction(
    dated: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redating, "AT_ONCE", 2)
    made = [begin(dated) for _ in range(5)]
    for _ in made:
        item = next(i for i in dated.items("applicant") if i.element == "fix")
        _complete(dated, item)
    reload(dated, *OFF)
    rounds = 0
    while run_due(dated.db, dated.world, ENGINE_DOERS):
        rounds += 1
        with dated.db.tenant(dated.tenant_id, read_only=True) as tx:
            count = select(func.count()).where(
                history.c.tenant_id == TENANT, history.c.kind == redating.ACT
            )
            assert tx.scalar(count) == min(2 * rounds, 5)
    assert rounds == 3
    with dated.db.control(read_only=True) as control:
        assert control.all(select(dispatch).where(dispatch.c.kind == redating.KIND)) == []


def _complete(town: Town, item: Any) -> None:

    complete_item(town.db, town.world, town["applicant"], item.id, item.revision, {"note": "x"})
