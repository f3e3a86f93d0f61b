"""Hand-off between tenants: brought at least once, taken once, each side with its record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from drawn import END, START, el, flows, sources, user
from golden_cases import mapping
from sqlalchemy import select
from town import ROLES, TENANT_TOML, FlatSources, Town, build_town, tenant_of

from engine.cases.lifecycle import start_case, terminate_case
from engine.messaging.handoffs import (
    AFTER_TAKING,
    KINDS,
    CaseFile,
    HandOff,
    handoffs_of,
    said_of,
    untaken,
)
from engine.messaging.outbox import unsent_messages
from engine.messaging.transport import Message
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import attachments, cases, early_messages, handoffs, start_events
from engine.tenancy.model import TenantFile
from engine.timing.clock import FrozenClock
from engine.timing.dispatch import LEASE
from engine.timing.work import ENGINE_DOERS, run_due

REPORTED = '<bpmn:message id="up" name="reported"/>'


def answer(key: str) -> str:
    subscription = f'<zeebe:subscription correlationKey="{key}"/>'
    return (
        '<bpmn:message id="down" name="result">'
        f"<bpmn:extensionElements>{subscription}</bpmn:extensionElements></bpmn:message>"
    )


def event(tag: str, node_id: str, message: str, *mapped: str, to: str = "") -> str:
    """A message event; ``to`` hands it over to another tenant."""
    own = f'<zeebe:property name="handOff" value="{to}"/>' if to else ""
    extensions = (mapping(*mapped) if mapped else "") + (
        f"<zeebe:properties>{own}</zeebe:properties>" if own else ""
    )
    return el(tag, node_id, f'<bpmn:messageEventDefinition messageRef="{message}"/>', extensions)


def stage(name: str) -> str:
    return f'<zeebe:property name="stage" value="{name}" />'


def lower(to: str = "above") -> FlatSources:
    """Reports to the upper tenant and waits for what comes of it."""
    drawn = sources(
        START,
        user("report"),
        event("intermediateThrowEvent", "send", "up", "input note -> mine", to=to),
        event("intermediateCatchEvent", "hear", "down", "output result -> result"),
        user("tell", "leader"),
        END,
        flows("s -> report", "report -> send", "send -> hear", "hear -> tell", "tell -> e"),
        roots=REPORTED + answer("=case.number"),
    )
    return replace(drawn, slug="below")


def upper() -> FlatSources:
    """Begins with what was reported, looks at it and answers."""
    drawn = sources(
        event("startEvent", "come", "up", "output mine -> mine", "output handOff.name -> sender"),
        user("look", "leader", properties=stage("复核")),
        event(
            "endEvent",
            "reply",
            "down",
            "input if note = &#34;yes&#34; then mine else &#34;no&#34; -> result",
            to="=case.handedBy",
        ),
        flows("come -> look", "look -> reply"),
        roots=REPORTED + answer("=case.handedNumber"),
    )
    return replace(drawn, slug="above")


PARENTS = {"below": "above", "child": "below"}
LEVEL = {"above": "region", "child": "banner"}


@dataclass(frozen=True)
class Below(FlatSources):
    """The sources of a tenant that may stand below another one."""

    def tenant(self, slug: str) -> TenantFile:
        text = TENANT_TOML.format(slug=slug, procedure="p", roles=_roles())
        parent = PARENTS.get(slug, "")
        text = text.replace('parent = ""', f'parent = "{parent}"')
        text = text.replace('level = "city"', f'level = "{LEVEL.get(slug, "city")}"')
        if parent:
            head, _, tail = text.partition("[parameters.who]")
            text = head + tail[tail.index("[[roles]]") :]
        return tenant_of(text)


def below(drawn: FlatSources, slug: str) -> Below:
    """The same procedure as that of a tenant with its place in the chain."""
    return Below(slug, drawn.procedure, drawn.folder, drawn.replaced)


def _roles() -> str:
    role = '[[roles]]\ncode = "{0}"\nname = "{0}"\nname_en = "{0}"\ncapacity = "{1}"\n'
    return "".join(role.format(code, capacity) for code, capacity in ROLES.items())


class Killed(BaseException):
    """What a test throws where the process would be killed."""


class Levels:
    """Two tenants of one installation, and the transport between them."""

    def __init__(self, db: Database, clock: FrozenClock, to: str = "above") -> None:
        self.db, self.clock = db, clock
        self.above = build_town(db, clock, upper())
        self.below = build_town(db, clock, below(lower(to), "below"))
        self.carried: list[tuple[UUID, UUID]] = []
        self.killed_at = ""
        transport = HandOff(db, clock, self._carry, self._mark)
        world = replace(self.below.world, transports=dict.fromkeys(KINDS, transport))
        self.above.world = self.below.world = world

    def _carry(self, source: UUID, case: UUID, target: UUID) -> CaseFile:
        self.carried.append((source, case))
        assert target in (self.above.tenant_id, self.below.tenant_id)
        return CaseFile("办件档案.zip", "application/zip", 3, "d" * 64)

    def _mark(self, point: str) -> None:
        if point == self.killed_at:
            raise Killed

    def work(self) -> None:
        """Do everything that is due."""
        self.clock.advance(timedelta(seconds=1))
        while run_due(self.db, self.above.world, ENGINE_DOERS):
            pass

    def report(self, note: str = "一号矿") -> str:
        """A case of the lower tenant, reported; returns its id."""
        begun = start_case(self.db, self.below.world, self.below["applicant"], "p", {})
        self.below.complete("applicant", "report", note=note)
        return str(begun["id"])

    def cases(self, town: Town) -> list[Any]:
        return self.rows(town, cases)

    def rows(self, town: Town, table: Any) -> list[Any]:
        with self.db.tenant(town.tenant_id, read_only=True) as tx:
            return list(tx.all(select(table).where(table.c.tenant_id == TENANT)))


@pytest.fixture
def levels(database: Database, clock: FrozenClock) -> Levels:
    return Levels(database, clock)


def test_a_case_goes_up_is_looked_at_and_its_result_comes_back(levels: Levels) -> None:
    case = levels.report()
    levels.work()
    (taken,) = levels.cases(levels.above)
    assert (taken.handed_by, taken.handed_number) == ("below", levels.below.case(case).number)
    levels.above.complete("leader", "look", note="yes")
    levels.work()
    assert levels.below.steps("leader") == ["tell"]
    with levels.db.tenant(levels.below.tenant_id, read_only=True) as tx:
        told = [(row.direction, row.peer, row.status) for row in handoffs_of(tx, UUID(case))]
    assert told == [("out", "above", "taken"), ("in", "above", "taken")]
    assert levels.below.breaks(case) == []
    assert levels.above.breaks(taken.id) == []


def test_the_case_file_comes_along_and_belongs_to_the_case_that_took_it(levels: Levels) -> None:
    case = levels.report()
    levels.work()
    (taken,) = levels.cases(levels.above)
    (file,) = levels.rows(levels.above, attachments)
    assert (file.name, file.case_id) == ("办件档案.zip", taken.id)
    assert levels.carried == [(levels.below.tenant_id, UUID(case))]


def test_the_lower_side_learns_stage_and_status_and_nothing_else(levels: Levels) -> None:
    case = levels.report()
    levels.work()
    with levels.db.tenant(levels.below.tenant_id, read_only=True) as tx:
        (sent,) = handoffs_of(tx, UUID(case))
    assert (sent.stage, sent.peer_status) == ("复核", "open")
    (taken,) = levels.cases(levels.above)
    administrator = levels.above.person("管理员", "admin")
    with levels.db.tenant(levels.above.tenant_id) as tx:
        terminate_case(tx, levels.above.world, administrator, taken.id, "材料不实")
    levels.work()
    with levels.db.tenant(levels.below.tenant_id, read_only=True) as tx:
        (sent,) = handoffs_of(tx, UUID(case))
    assert (sent.stage, sent.peer_status) == ("", "terminated")


def test_a_node_killed_after_the_other_side_took_it_brings_it_again_and_it_is_taken_once(
    levels: Levels,
) -> None:
    levels.report()
    levels.killed_at = AFTER_TAKING
    with pytest.raises(Killed):
        levels.work()
    levels.killed_at = ""
    levels.clock.advance(LEASE + timedelta(seconds=1))
    levels.work()
    assert len(levels.carried) == 2, "it was brought twice"
    assert len(levels.cases(levels.above)) == 1
    assert [row.status for row in levels.rows(levels.below, handoffs)] == ["taken"]


def test_a_tenant_that_is_not_above_or_below_gets_nothing_and_the_sender_is_told(
    database: Database, clock: FrozenClock
) -> None:
    levels = Levels(database, clock, to="beside")
    build_town(database, clock, replace(upper(), slug="beside"))
    case = levels.report()
    levels.work()
    with database.tenant(levels.below.tenant_id, read_only=True) as tx:
        (waiting,) = [row for row in unsent_messages(tx) if row.kind == "hand-off"]
        (sent,) = handoffs_of(tx, UUID(case))
    assert "beside" in waiting.error
    assert sent.status == "waiting"


def test_what_goes_to_a_tenant_elsewhere_is_left_to_be_brought_as_a_file(
    database: Database, clock: FrozenClock
) -> None:
    levels = Levels(database, clock, to="nowhere")
    case = levels.report()
    levels.work()
    with database.tenant(levels.below.tenant_id, read_only=True) as tx:
        unsent = [row for row in unsent_messages(tx) if row.kind == "hand-off"]
        (sent,) = handoffs_of(tx, UUID(case))
        said = said_of(tx, sent)
    assert (unsent, sent.status) == ([], "by_file")
    assert said is not None
    assert said["values"] == {"mine": "一号矿"}


def test_a_case_takes_a_result_from_nobody_it_was_not_handed_to(
    database: Database, clock: FrozenClock
) -> None:
    levels = Levels(database, clock)
    case = levels.report()
    levels.work()
    number = levels.below.case(case).number
    transport = levels.below.world.transports["hand-off"]
    other = build_town(database, clock, below(upper(), "child"))
    forged = {
        "to": "below",
        "message": "01890000-0000-7000-8000-000000000001",
        "name": "result",
        "correlation": number,
        "values": {"result": "通过"},
        "case": case,
        "number": "伪〔2026〕1号",
        "title": "伪造",
    }
    transport(Message(other.tenant_id, "hand-off", "forged", forged, clock.now()))
    levels.work()
    assert levels.below.steps("leader") == []
    with database.tenant(levels.below.tenant_id, read_only=True) as tx:
        (kept,) = untaken(tx)
    assert kept.peer == "child"


def test_what_nobody_waits_for_is_kept_for_years(levels: Levels) -> None:
    levels.report()
    with levels.db.tenant(levels.above.tenant_id) as tx:
        tx.delete(start_events, start_events.c.kind == "message")
    levels.work()
    levels.clock.advance(timedelta(days=400))
    levels.work()
    (kept,) = levels.rows(levels.above, early_messages)
    assert kept.name == "reported"
    with levels.db.tenant(levels.above.tenant_id, read_only=True) as tx:
        assert [row.status for row in untaken(tx)] == ["waiting"]
