"""Cases that begin by themselves: by a message, a signal or a time, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from drawn import END, START, el, flows, sources, timer, user
from golden_cases import SIGNAL, events, mapping
from sqlalchemy import select
from town import FlatSources, Town, build_town

from engine.cases.lifecycle import start_case
from engine.definitions.loading import load_tenant
from engine.errors import Conflict
from engine.messaging.messages import publish_message, publish_signal
from engine.store.control import dispatch
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import cases, early_messages, scopes, start_events
from engine.timing.clock import FrozenClock
from engine.timing.work import ENGINE_DOERS, run_due
from engine.work_items.lists import may_see

ORDERED = '<bpmn:message id="msg" name="ordered"/>'
BY_MESSAGE = events("startEvent", "m", "message msg")


def by_time(kind: str, text: str) -> str:
    return el("startEvent", "t", timer(text).replace("timeDuration", kind))


def drawn(*starts: str, roots: str = ORDERED, inner: str = "") -> FlatSources:
    """A procedure with these start events before one step."""
    names = [start.split('id="')[1].split('"')[0] for start in starts]
    lines = flows(*(f"{name} -> x" for name in names), "x -> b", "b -> e")
    merge = el("exclusiveGateway", "x")
    return sources(*starts, merge, user("b", "leader"), END, inner, lines, roots=roots)


class Clockwork:
    """A town whose procedure begins by itself."""

    def __init__(self, db: Database, clock: FrozenClock, first: FlatSources) -> None:
        self.town: Town = build_town(db, clock, first)
        self.clock = clock

    def publish(self, later: FlatSources) -> None:
        load_tenant(self.town.db, self.town.world, later.slug, later)

    def cases(self) -> list[Any]:
        return self.rows(cases)

    def rows(self, table: Any) -> list[Any]:
        with self.town.db.tenant(self.town.tenant_id, read_only=True) as tx:
            return list(tx.all(select(table).where(table.c.tenant_id == TENANT)))

    def planned(self) -> int:
        with self.town.db.control() as control:
            return len(control.all(select(dispatch).where(dispatch.c.kind == "start")))

    def message(self, name: str = "ordered", own: str | None = None, **payload: Any) -> None:
        with self.town.db.tenant(self.town.tenant_id) as tx:
            publish_message(tx, name, "", payload, self.clock.now(), message_id=own)
        self.pass_time(seconds=1)

    def signal(self) -> None:
        with self.town.db.tenant(self.town.tenant_id) as tx:
            publish_signal(tx, "放行", UUID(int=0), self.clock.now())

    def pass_time(self, **amount: float) -> None:
        self.clock.advance(timedelta(**amount))
        while run_due(self.town.db, self.town.world, ENGINE_DOERS):
            pass


def test_a_message_begins_a_case_once(database: Database, clock: FrozenClock) -> None:
    town = Clockwork(database, clock, drawn(BY_MESSAGE))
    town.message()
    assert len(town.cases()) == 1
    town.pass_time(hours=3)
    assert len(town.cases()) == 1
    town.message()
    assert [case.status for case in town.cases()] == ["open", "open"]
    assert town.town.steps("leader") == ["b", "b"]
    assert town.town.breaks(town.cases()[0].id) == []


def test_a_message_sent_again_under_its_own_id_begins_nothing(
    database: Database, clock: FrozenClock
) -> None:
    town = Clockwork(database, clock, drawn(BY_MESSAGE))
    for own in ("1", "1", "2"):
        town.message(own=own)
    town.pass_time(days=3)
    town.message(own="2")
    assert len(town.cases()) == 2
    town.pass_time(days=31)
    assert town.rows(early_messages) == []


def test_what_the_message_brings_is_taken_as_mapped(database: Database, clock: FrozenClock) -> None:
    extended = f"<bpmn:extensionElements>{mapping('output sum -> amount')}</bpmn:extensionElements>"
    start = BY_MESSAGE.replace("><bpmn:message", f">{extended}<bpmn:message", 1)
    town = Clockwork(database, clock, drawn(start))
    town.message(sum=5, approved=True)
    assert [dict(row.variables) for row in town.rows(scopes)] == [{"amount": 5}]


def test_a_message_goes_to_the_case_that_waits_before_it_begins_one(
    database: Database, clock: FrozenClock
) -> None:
    waits = events("intermediateCatchEvent", "c", "message msg")
    lines = flows("s -> c", "m -> b", "c -> b", "b -> e")
    town = Clockwork(
        database,
        clock,
        sources(START, BY_MESSAGE, waits, user("b", "leader"), END, lines, roots=ORDERED),
    )
    start_case(database, town.town.world, town.town["applicant"], "p", {})
    town.message()
    assert (len(town.cases()), town.town.steps("leader")) == (1, ["b"])
    town.message()
    assert len(town.cases()) == 2


def test_a_person_cannot_start_what_only_events_start(
    database: Database, clock: FrozenClock
) -> None:
    town = Clockwork(database, clock, drawn(BY_MESSAGE))
    with pytest.raises(Conflict) as refused:
        start_case(database, town.town.world, town.town["applicant"], "p", {})
    assert refused.value.code == "started_by_event"
    assert town.cases() == []


def test_a_person_starts_at_the_none_start_event(database: Database, clock: FrozenClock) -> None:
    lines = flows("m -> a", "s -> b", "a -> e", "b -> e")
    town = Clockwork(
        database,
        clock,
        sources(BY_MESSAGE, START, user("a"), user("b", "leader"), END, lines, roots=ORDERED),
    )
    start_case(database, town.town.world, town.town["applicant"], "p", {})
    assert (town.town.steps("applicant"), town.town.steps("leader")) == ([], ["b"])


def test_a_case_that_began_by_itself_is_seen_by_those_whose_work_it_is(
    database: Database, clock: FrozenClock
) -> None:
    town = Clockwork(database, clock, drawn(BY_MESSAGE))
    town.message()
    case = town.cases()[0]
    with database.tenant(town.town.tenant_id, read_only=True) as tx:
        assert may_see(tx, town.town["leader"], case)
        assert not may_see(tx, town.town["applicant"], case)


def test_a_signal_begins_a_case_each_time(database: Database, clock: FrozenClock) -> None:
    town = Clockwork(database, clock, drawn(events("startEvent", "g", "signal sig"), roots=SIGNAL))
    town.signal()
    town.signal()
    town.pass_time(seconds=1)
    assert (len(town.cases()), town.planned()) == (2, 0)


def test_a_signal_thrown_by_a_case_begins_another(database: Database, clock: FrozenClock) -> None:
    throws = events("endEvent", "over", "signal sig")
    lines = flows("s -> a", "a -> over", "g -> b", "b -> e")
    start = events("startEvent", "g", "signal sig")
    town = Clockwork(
        database,
        clock,
        sources(START, user("a"), throws, start, user("b", "leader"), END, lines, roots=SIGNAL),
    )
    start_case(database, town.town.world, town.town["applicant"], "p", {})
    town.town.complete("applicant", "a", note="x")
    town.pass_time(seconds=1)
    assert sorted(case.status for case in town.cases()) == ["completed", "open"]


def test_a_duration_runs_from_the_publication(database: Database, clock: FrozenClock) -> None:
    town = Clockwork(database, clock, drawn(by_time("timeDuration", "P3D")))
    town.pass_time(days=2)
    assert (town.cases(), town.planned()) == ([], 1)
    town.pass_time(days=2)
    town.pass_time(days=9)
    assert (len(town.cases()), town.planned(), town.rows(start_events)) == (1, 0, [])


def test_a_date_begins_a_case_unless_it_is_over(database: Database, clock: FrozenClock) -> None:
    day = (clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    first = drawn(by_time("timeDate", day))
    town = Clockwork(database, clock, first)
    town.pass_time(days=3)
    assert len(town.cases()) == 1
    town.publish(drawn(by_time("timeDate", day), el("startEvent", "s")))
    town.pass_time(days=3)
    assert (len(town.cases()), town.planned()) == (1, 0)


def test_a_cycle_begins_a_case_each_time_and_ends(database: Database, clock: FrozenClock) -> None:
    town = Clockwork(database, clock, drawn(by_time("timeCycle", "R3/P1D")))
    for count in (1, 2, 3, 3, 3):
        town.pass_time(days=1, seconds=1)
        assert len(town.cases()) == count
    assert town.planned() == 0


def test_times_that_were_missed_are_not_made_up_for(database: Database, clock: FrozenClock) -> None:
    town = Clockwork(database, clock, drawn(by_time("timeCycle", "R/PT1H")))
    town.pass_time(hours=0)
    town.pass_time(days=10, minutes=30)
    assert len(town.cases()) == 1
    town.pass_time(minutes=31)
    assert len(town.cases()) == 2


def test_a_later_version_takes_over_what_begins(database: Database, clock: FrozenClock) -> None:
    town = Clockwork(database, clock, drawn(by_time("timeCycle", "R/P1D"), BY_MESSAGE))
    town.pass_time(days=1, seconds=1)
    assert len(town.cases()) == 1
    town.publish(drawn(by_time("timeCycle", "R/P7D"), BY_MESSAGE))
    assert (len(town.rows(start_events)), town.planned()) == (2, 1)
    town.pass_time(days=6)
    assert len(town.cases()) == 1
    town.message()
    assert len(town.cases()) == 2
    town.pass_time(days=2)
    versions = {case.bundle_id for case in town.cases()}
    assert (len(town.cases()), len(versions)) == (3, 2)
    town.publish(drawn(START))
    town.pass_time(days=30)
    town.message()
    assert (len(town.cases()), town.rows(start_events), town.planned()) == (3, [], 0)
