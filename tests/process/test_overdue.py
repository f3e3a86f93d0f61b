"""Overdue steps: those above and those who have the step are told, each deadline once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from town import DATA, FlatSources, Town, build_town

from engine.cases.lifecycle import start_case
from engine.errors import LuchengError
from engine.messaging.notifications import InApp, list_notifications
from engine.store.control import dispatch
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import incidents, outbox
from engine.timing.clock import FrozenClock
from engine.timing.work import ENGINE_DOERS, run_due
from engine.work_items.lists import may_see_cases

WALKING = (DATA / "walking.bpmn").read_text()
LEGAL = '"/><zeebe:property name="legalDue" value="=working days({})'
STAGE = '<zeebe:property name="stage" value="决定" />'


def town_with(database: Database, clock: FrozenClock, escalates: str) -> Town:
    """The town whose leader's decision escalates to somebody."""
    text = WALKING.replace(STAGE, f'{STAGE}<zeebe:property name="escalateTo" value="{escalates}"/>')
    sources = FlatSources(replaced={"walking.bpmn": text.encode()})
    town = build_town(database, clock, sources)
    town.world = replace(town.world, transports={"overdue": InApp(database)})
    return town


def to_the_leader(town: Town) -> Any:
    """A case that waits for the leader's decision."""
    case = start_case(town.db, town.world, town["applicant"], "walking", {})["id"]
    town.complete("applicant", "Fill", subject="铁锹", amount="12", plannedOn="2099-03-20")
    town.complete("officer", "OpinionA", opinion="agree")
    town.complete("other", "OpinionB", opinion="agree")
    (item,) = town.items("leader")
    assert str(item.case_id) == case
    return item


def work(town: Town) -> None:
    for _ in range(5):
        run_due(town.db, town.world, ENGINE_DOERS)


def titles(town: Town, name: str) -> list[str]:
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        return [row.title for row in list_notifications(tx, town[name]).rows]


def planned(town: Town) -> list[Any]:
    with town.db.control(read_only=True) as control:
        return list(control.all(select(dispatch).where(dispatch.c.kind == "overdue")))


def test_whom_the_step_names_and_who_has_it_are_told_once_and_may_look(
    database: Database, clock: FrozenClock
) -> None:
    town = town_with(database, clock, "department-b")
    item = to_the_leader(town)
    clock.moment = item.due_at - timedelta(seconds=1)
    work(town)
    assert titles(town, "leader") == []
    clock.moment = item.due_at
    work(town)
    for name in ("leader", "other"):
        assert titles(town, name) == ["超期：作出决定"]
    assert titles(town, "officer") == []
    with town.db.tenant(town.tenant_id) as tx:
        assert may_see_cases(tx, town["other"], {item.case_id})
    clock.advance(timedelta(days=3))
    work(town)
    assert titles(town, "leader") == ["超期：作出决定"]


def test_the_promised_deadline_leads_and_the_legal_one_escalates(
    database: Database, clock: FrozenClock
) -> None:
    town = town_with(database, clock, f"department-b{LEGAL.format(5)}")
    item = to_the_leader(town)
    ends = item.legal_due_at
    assert (ends - item.due_at).days == 4, "two working days and a week-end"
    work(town)
    clock.moment = item.due_at + timedelta(hours=1)
    work(town)
    assert titles(town, "other") == [], "promised is not owed"
    (plan,) = planned(town)
    assert plan.due_at <= ends
    clock.moment = ends
    work(town)
    assert titles(town, "other") == titles(town, "leader") == ["超期：作出决定"]


def test_nothing_is_promised_beyond_the_legal_deadline(
    sqlite: Database, clock: FrozenClock
) -> None:
    with pytest.raises(LuchengError) as refused:
        town_with(sqlite, clock, f"department-b{LEGAL.format(2)}")
    assert "promise-late" in str(refused.value.facts)
    by_then = LEGAL.format(2).replace("working days(2)", "duration(&quot;PT36H&quot;)")
    town = town_with(sqlite, clock, f"department-b{by_then}")
    item = to_the_leader(town)
    assert item.due_at == item.legal_due_at == clock.now() + timedelta(hours=36)


def test_an_item_that_is_done_in_time_is_not_told_of(
    database: Database, clock: FrozenClock
) -> None:
    town = town_with(database, clock, "department-b")
    item = to_the_leader(town)
    town.complete("leader", "Decide", decision="agree")
    clock.moment = item.due_at + timedelta(days=1)
    work(town)
    assert titles(town, "other") == []


def test_an_expression_says_to_whom_it_goes(database: Database, clock: FrozenClock) -> None:
    town = town_with(database, clock, "=[case.principal]")
    clock.moment = to_the_leader(town).due_at
    work(town)
    assert titles(town, "applicant") == ["超期：作出决定"]


def test_an_expression_that_fails_becomes_an_incident_of_its_case(
    database: Database, clock: FrozenClock
) -> None:
    town = town_with(database, clock, "=nobody.knows")
    item = to_the_leader(town)
    clock.moment = item.due_at
    work(town)
    with town.db.tenant(town.tenant_id) as tx:
        (told,) = tx.all(select(incidents).where(incidents.c.tenant_id == TENANT))
        assert tx.all(select(outbox).where(outbox.c.tenant_id == TENANT)) == []
    assert told.case_id == item.case_id
    assert town.breaks(item.case_id) == []


def test_the_next_look_comes_with_the_next_deadline_or_after_an_hour(
    database: Database, clock: FrozenClock
) -> None:
    town = town_with(database, clock, "department-b")
    work(town)
    (plan,) = planned(town)
    assert plan.due_at == clock.now() + timedelta(hours=1)
    item = to_the_leader(town)
    clock.moment = item.due_at - timedelta(minutes=10)
    work(town)
    (plan,) = planned(town)
    assert plan.due_at == item.due_at


@pytest.mark.usefixtures("town")
def test_nobody_looks_where_no_step_escalates(town: Town) -> None:
    assert planned(town) == []


def test_what_is_overdue_is_found_by_its_index(sqlite: Database, clock: FrozenClock) -> None:
    town, heard = town_with(sqlite, clock, "leader"), []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        heard.append(statement)

    to_the_leader(town)
    clock.advance(timedelta(days=60))
    event.listen(sqlite.engine, "before_cursor_execute", hear)
    work(town)
    event.remove(sqlite.engine, "before_cursor_execute", hear)
    asked = [text for text in heard if "work_items.due_at <=" in text]
    assert len(asked) == 2, "what is overdue, and what will be by its legal deadline"
    with sqlite.engine.connect() as connection:
        for text in asked:
            places = (None,) * text.count("?")
            rows = list(connection.exec_driver_sql(f"explain query plan {text}", places))
            assert any("ix_work_items_due" in row[3] for row in rows), rows
