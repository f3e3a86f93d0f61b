"""Time, incidents, messages and variables of running cases, on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from drawn import END, START, el, flows, sources, timer, user
from sqlalchemy import select
from town import FlatSources, Town, build_town

from engine.cases.incidents import retry_incident
from engine.cases.lifecycle import (
    resume_case,
    start_case,
    suspend_case,
    terminate_case,
    withdraw_case,
)
from engine.definitions.binding import BindingContext, Bindings, BpmnError
from engine.errors import Conflict, Forbidden, Invalid
from engine.messaging.messages import publish_message
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import cases, clock_stops, incidents, scopes
from engine.timing.clock import FrozenClock
from engine.timing.work import ENGINE_DOERS, run_due
from engine.work_items.lists import may_see

SET = '<zeebe:output source="{0}" target="{1}"/>'


class Office:
    """A town with bindings that can be told to fail."""

    def __init__(self, db: Database, clock: FrozenClock, drawn: FlatSources) -> None:
        self.failing = False
        self.calls: list[Mapping[str, Any]] = []
        bindings = Bindings()

        @bindings.register("test.act")
        def act(context: BindingContext, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
            self.calls.append(inputs)
            if self.failing:
                raise RuntimeError("the register does not answer")
            return {"answer": f"done {context.case_number}"}

        @bindings.register("test.refuse")
        def refuse(_context: BindingContext, _inputs: Mapping[str, Any]) -> None:
            raise BpmnError("NO_BODY")

        self.town = build_town(db, clock, drawn, bindings)
        self.clock = clock

    def begin(self) -> str:
        town = self.town
        return str(start_case(town.db, town.world, town["applicant"], "p", {})["id"])

    def pass_time(self, **amount: float) -> None:
        """Move the clock and do what became due, in small batches as a node would."""
        self.clock.advance(timedelta(**amount))
        while run_due(self.town.db, self.town.world, ENGINE_DOERS):
            pass

    def root(self, case: str) -> dict[str, Any]:
        """The variables of the case's own scope."""
        with self.town.db.tenant(self.town.tenant_id, read_only=True) as tx:
            row = tx.get(scopes, UUID(case))
        assert row is not None
        return dict(row.variables)

    def rows(self, table: Any) -> list[Any]:
        with self.town.db.tenant(self.town.tenant_id, read_only=True) as tx:
            return list(tx.all(select(table).where(table.c.tenant_id == TENANT)))


def with_timer(db: Database, clock: FrozenClock, interrupting: str = "true") -> Office:
    edge = el(
        "boundaryEvent",
        "late",
        timer("=working days(5)"),
        attributes=f'attachedToRef="a" cancelActivity="{interrupting}"',
    )
    return Office(
        db,
        clock,
        sources(
            START,
            user("a"),
            edge,
            user("b", "leader"),
            END,
            flows("s -> a", "a -> e", "late -> b", "b -> e"),
        ),
    )


def test_a_timer_fires_when_its_working_days_are_over(
    database: Database, clock: FrozenClock
) -> None:
    office = with_timer(database, clock)
    office.begin()
    office.pass_time(days=7)  # the seventh day is the fifth working day, until 24:00
    assert office.town.steps("leader") == []
    office.pass_time(days=1)
    assert office.town.steps("leader") == ["b"]
    assert office.town.steps("applicant") == []


def test_a_timer_fires_once(database: Database, clock: FrozenClock) -> None:
    office = with_timer(database, clock, "false")
    office.begin()
    for _ in range(3):
        office.pass_time(days=30)
    assert office.town.steps("leader") == ["b"]


def test_finished_work_leaves_no_timer_behind(database: Database, clock: FrozenClock) -> None:
    office = with_timer(database, clock)
    case = office.begin()
    office.town.complete("applicant", "a", note="x")
    office.pass_time(days=60)
    assert office.town.case(case).status == "completed"
    assert office.town.breaks(case) == []


def sees(office: Office, who: str, case: str) -> bool:
    """Whether somebody may open a case."""
    town = office.town
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        row = tx.get(cases, UUID(case))
        return may_see(tx, town[who], row)


def asked_together(db: Database, clock: FrozenClock) -> Office:
    """``a`` is asked of the officers until its time is over, then ``b`` of the leader."""
    edge = el("boundaryEvent", "late", timer("=working days(5)"), attributes='attachedToRef="a"')
    nodes = (START, user("z"), user("a", "department-a"), edge, user("b", "leader"), END)
    return Office(
        db, clock, sources(*nodes, flows("s -> z", "z -> a", "a -> e", "late -> b", "b -> e"))
    )


def test_who_was_asked_for_a_step_that_was_taken_back_sees_the_case_no_longer(
    database: Database, clock: FrozenClock
) -> None:
    office = asked_together(database, clock)
    case = office.begin()
    office.town.complete("applicant", "z", note="x")
    assert sees(office, "officer", case)
    office.pass_time(days=8)
    assert office.town.steps("leader") == ["b"]
    assert not sees(office, "officer", case)
    assert sees(office, "leader", case)
    assert sees(office, "applicant", case)


def test_who_did_a_step_goes_on_seeing_the_case(database: Database, clock: FrozenClock) -> None:
    office = with_timer(database, clock, "false")
    case = office.begin()
    office.pass_time(days=8)
    office.town.complete("leader", "b", note="x")
    assert sees(office, "leader", case)


def test_a_case_that_was_ended_stays_visible_to_those_it_was_with(
    database: Database, clock: FrozenClock
) -> None:
    office = asked_together(database, clock)
    case = office.begin()
    town = office.town
    town.complete("applicant", "z", note="x")
    with town.db.tenant(town.tenant_id) as tx:
        terminate_case(tx, town.world, town["leader"], UUID(case), "依法终止")
    assert sees(office, "officer", case)


def stopped(db: Database, clock: FrozenClock) -> Office:
    """Item ``main`` runs beside a called supplement that stops the clock of the case."""
    call = el(
        "callActivity",
        "call",
        extensions='<zeebe:calledElement processId="inner"/>'
        '<zeebe:properties><zeebe:property name="clockStop" value="补正"/></zeebe:properties>',
    )
    inner = START + user("fix", due="=working days(10)") + END + flows("s -> fix", "fix -> e")
    return Office(
        db,
        clock,
        sources(
            START,
            el("parallelGateway", "split"),
            user("main", "leader", "=working days(5)"),
            call,
            el("parallelGateway", "join"),
            END,
            flows("s -> split", "split -> main", "split -> call", "main -> join", "call -> join")
            + '<bpmn:sequenceFlow id="last" name="last" sourceRef="join" targetRef="e"/>',
            called=inner,
        ),
    )


def test_a_clock_stop_takes_the_due_date_away_and_gives_it_back(
    database: Database, clock: FrozenClock
) -> None:
    office = stopped(database, clock)
    office.begin()
    (main,) = office.town.items("leader")
    assert main.due_at is None
    (fix,) = office.town.items("applicant")
    assert fix.due_at is not None, "the limit of the supplement itself runs on"
    clock.advance(timedelta(days=3))  # Monday to Thursday
    office.town.complete("applicant", "fix", note="x")
    (main,) = office.town.items("leader")
    # Stopped from Monday to Thursday: five working days then end on the 11th.
    assert main.due_at.isoformat() == "2026-03-11T15:59:59+00:00"
    (stop,) = office.rows(clock_stops)
    assert (stop.ground, stop.to_at) == ("补正", clock.now())


def serving(db: Database, clock: FrozenClock, task: str = "test.act") -> Office:
    mapping = (
        "<zeebe:ioMapping>"
        '<zeebe:input source="=note" target="text"/>'
        '<zeebe:output source="=answer" target="kept"/>'
        "</zeebe:ioMapping>"
    )
    return Office(
        db,
        clock,
        sources(
            START,
            user("a"),
            el(
                "serviceTask",
                "act",
                extensions=f'<zeebe:taskDefinition type="{task}"/>{mapping}',
            ),
            user("b", "leader"),
            END,
            flows("s -> a", "a -> act", "act -> b", "b -> e"),
        ),
    )


def test_a_service_gets_its_inputs_and_its_result_is_mapped(
    database: Database, clock: FrozenClock
) -> None:
    office = serving(database, clock)
    case = office.begin()
    office.town.complete("applicant", "a", note="你好")
    assert office.calls == [{"text": "你好"}]
    assert office.root(case)["kept"] == "done 试〔2026〕0001号"
    assert "answer" not in office.root(case)


def test_a_failing_service_is_an_incident_and_a_retry_moves_on(
    database: Database, clock: FrozenClock
) -> None:
    office = serving(database, clock)
    case = office.begin()
    office.failing = True
    done = office.town.complete("applicant", "a", note="x")
    assert done.incident is None, "the person's work is done; the service waits"
    (incident,) = office.rows(incidents)
    assert (incident.element, incident.closed_at) == ("act", None)

    office.pass_time(minutes=1)
    (incident,) = office.rows(incidents)
    assert incident.attempts == 2
    office.failing = False
    office.pass_time(hours=2)
    (incident,) = office.rows(incidents)
    assert incident.closed_at is not None
    assert office.town.steps("leader") == ["b"]
    assert office.town.breaks(case) == []


def test_an_administrator_may_retry_at_once_and_nobody_else(
    database: Database, clock: FrozenClock
) -> None:
    office = serving(database, clock)
    office.begin()
    office.failing = True
    office.town.complete("applicant", "a", note="x")
    (incident,) = office.rows(incidents)
    town = office.town
    with pytest.raises(Forbidden), town.db.tenant(town.tenant_id) as tx:
        retry_incident(tx, town.world, town["officer"], incident.id)
    office.failing = False
    with town.db.tenant(town.tenant_id) as tx:
        assert retry_incident(tx, town.world, town["leader"], incident.id)
    assert town.steps("leader") == ["b"]


def test_an_error_of_a_service_takes_the_drawn_path(database: Database, clock: FrozenClock) -> None:
    edge = el(
        "boundaryEvent",
        "none",
        '<bpmn:errorEventDefinition errorRef="err"/>',
        attributes='attachedToRef="act"',
    )
    office = Office(
        database,
        clock,
        sources(
            START,
            el("serviceTask", "act", extensions='<zeebe:taskDefinition type="test.refuse"/>'),
            edge,
            user("other", "leader"),
            END,
            flows("s -> act", "act -> e", "none -> other", "other -> e"),
            roots='<bpmn:error id="err" name="无机构" errorCode="NO_BODY"/>',
        ),
    )
    office.begin()
    assert office.town.steps("leader") == ["other"]


def stuck(db: Database, clock: FrozenClock) -> Office:
    """After the first step a condition speaks of a variable that is missing."""
    return Office(
        db,
        clock,
        sources(
            START,
            user("a"),
            el("exclusiveGateway", "g", attributes='default="f3"'),
            user("b", "leader"),
            END,
            flows("s -> a", "a -> g", 'g -> b if =approved = "yes"', "g -> e", "b -> e"),
        ),
    )


def test_a_failing_advance_keeps_the_record_and_raises_an_incident(
    database: Database, clock: FrozenClock
) -> None:
    office = stuck(database, clock)
    case = office.begin()
    done = office.town.complete("applicant", "a", note="辛苦写的")
    assert done.incident is not None
    (item,) = office.town.all_items(case)
    assert (item.status, str(item.record_id)) == ("stuck", done.record)
    assert office.town.breaks(case) == []
    with pytest.raises(Conflict):
        office.town.complete("applicant", "a", note="again") if office.town.items(
            "applicant"
        ) else _complete_again(office.town, item)


def _complete_again(town: Town, item: Any) -> None:
    from engine.work_items.items import complete_item  # noqa: PLC0415

    complete_item(town.db, town.world, town["applicant"], item.id, item.revision, {"note": "x"})


def messaging(db: Database, clock: FrozenClock) -> Office:
    catch = el(
        "intermediateCatchEvent",
        "wait",
        '<bpmn:messageEventDefinition messageRef="m"/>',
        "<zeebe:ioMapping>" + SET.format("=sum", "paid") + "</zeebe:ioMapping>",
    )
    return Office(
        db,
        clock,
        sources(
            START,
            user("a"),
            catch,
            user("b", "leader"),
            END,
            flows("s -> a", "a -> wait", "wait -> b", "b -> e"),
            roots='<bpmn:message id="m" name="paid"><bpmn:extensionElements>'
            '<zeebe:subscription correlationKey="=note"/></bpmn:extensionElements></bpmn:message>',
        ),
    )


def send(office: Office, key: str, **payload: Any) -> None:
    with office.town.db.tenant(office.town.tenant_id) as tx:
        publish_message(tx, "paid", key, payload, office.clock.now())


def test_a_message_reaches_the_one_case_it_is_meant_for(
    database: Database, clock: FrozenClock
) -> None:
    office = messaging(database, clock)
    first, second = office.begin(), office.begin()
    for key in ("one", "two"):
        office.town.complete("applicant", "a", note=key)
    send(office, "two", sum=5, approved=True)
    office.pass_time(seconds=1)
    (item,) = office.town.items("leader")
    waiting = {first, second} - {str(item.case_id)}
    assert office.root(str(item.case_id))["paid"] == 5
    assert "approved" not in office.root(str(item.case_id)), "only what is mapped is taken"
    assert "paid" not in office.root(waiting.pop())


def test_a_message_that_comes_early_is_kept(database: Database, clock: FrozenClock) -> None:
    office = messaging(database, clock)
    office.begin()
    send(office, "one", sum=5)
    office.pass_time(seconds=1)
    office.town.complete("applicant", "a", note="one")
    office.pass_time(seconds=1)
    assert office.town.steps("leader") == ["b"]


def test_a_message_that_two_places_await_wakes_neither_and_is_told(
    database: Database, clock: FrozenClock
) -> None:
    late = el("boundaryEvent", "late", timer("P3D"), attributes='attachedToRef="two"')
    office = Office(
        database,
        clock,
        sources(
            START,
            el("parallelGateway", "g"),
            el("receiveTask", "one", attributes='messageRef="msg"'),
            el("receiveTask", "two", attributes='messageRef="msg"'),
            late,
            user("b", "leader"),
            END,
            el("endEvent", "f"),
            flows("s -> g", "g -> one", "g -> two", "one -> b", "two -> f", "late -> f", "b -> e"),
            roots='<bpmn:message id="msg" name="paid"/>',
        ),
    )
    office.begin()
    send(office, "")
    office.pass_time(seconds=1)
    assert office.town.steps("leader") == []
    (told,) = office.rows(incidents)
    assert (told.code, told.closed_at) == ("message_ambiguous", None)
    office.pass_time(days=4)
    office.pass_time(minutes=5)
    assert office.town.steps("leader") == ["b"]
    assert office.rows(incidents)[0].closed_at is not None


def counting(db: Database, clock: FrozenClock) -> Office:
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:extensionElements>'
        '<zeebe:loopCharacteristics inputCollection="=[&quot;officer&quot;,&quot;leader&quot;]" '
        'inputElement="who" outputCollection="notes" outputElement="={who: who, note: note}"/>'
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )
    group = "=if who = &quot;officer&quot; then &quot;department-a&quot; else &quot;leader&quot;"
    return Office(
        db,
        clock,
        sources(
            START,
            user("each", group, inner=loop),
            user("b", "leader"),
            END,
            flows("s -> each", "each -> b", "b -> e"),
        ),
    )


def test_every_instance_gives_its_output_and_keeps_its_variables(
    database: Database, clock: FrozenClock
) -> None:
    office = counting(database, clock)
    case = office.begin()
    office.town.complete("leader", "each", note="二")
    office.town.complete("officer", "each", note="一")
    root = office.root(case)
    assert root["notes"] == [{"who": "leader", "note": "二"}, {"who": "officer", "note": "一"}]
    assert "note" not in root
    assert len(office.rows(scopes)) == 1, "the scopes of the instances are gone"


def calling(db: Database, clock: FrozenClock) -> Office:
    call = el(
        "callActivity",
        "call",
        extensions='<zeebe:calledElement processId="inner" propagateAllParentVariables="false" '
        'propagateAllChildVariables="false"/><zeebe:ioMapping>'
        '<zeebe:input source="=note" target="given"/>'
        '<zeebe:output source="=given + note" target="both"/></zeebe:ioMapping>',
    )
    return Office(
        db,
        clock,
        sources(
            START,
            user("a"),
            call,
            user("b", "leader"),
            END,
            flows("s -> a", "a -> call", "call -> b", "b -> e"),
            called=START + user("x") + END + flows("s -> x", "x -> e"),
        ),
    )


def test_a_called_process_sees_what_is_mapped_and_gives_back_what_is_mapped(
    database: Database, clock: FrozenClock
) -> None:
    office = calling(database, clock)
    case = office.begin()
    office.town.complete("applicant", "a", note="外")
    office.town.complete("applicant", "x", note="内")
    assert office.root(case) == {"note": "外", "both": "外内"}


def test_an_item_nobody_may_do_is_told_to_the_administrator(
    database: Database, clock: FrozenClock
) -> None:
    office = Office(
        database,
        clock,
        sources(START, user("a", "=&quot;leader@nowhere&quot;"), END, flows("s -> a", "a -> e")),
    )
    office.begin()
    (incident,) = office.rows(incidents)
    assert incident.code == "nobody"


def test_variables_above_eight_kilobytes_refuse_the_command(
    database: Database, clock: FrozenClock
) -> None:
    outputs = "".join(SET.format(f"=note + &quot;{n}&quot;", f"v{n}") for n in range(10))
    office = Office(
        database,
        clock,
        sources(
            START, user("a", outputs=outputs), user("b"), END, flows("s -> a", "a -> b", "b -> e")
        ),
    )
    office.begin()
    done = office.town.complete("applicant", "a", note="长" * 330)
    assert done.incident is not None


def test_withdrawing_needs_the_applicant_and_a_reason(
    database: Database, clock: FrozenClock
) -> None:
    office = with_timer(database, clock)
    case = UUID(office.begin())
    town = office.town
    with pytest.raises(Forbidden), town.db.tenant(town.tenant_id) as tx:
        withdraw_case(tx, town.world, town["officer"], case, "不办了")
    with pytest.raises(Invalid), town.db.tenant(town.tenant_id) as tx:
        withdraw_case(tx, town.world, town["applicant"], case, " ")
    with town.db.tenant(town.tenant_id) as tx:
        withdraw_case(tx, town.world, town["applicant"], case, "不办了")
    assert town.case(case).status == "withdrawn"
    assert town.steps("applicant") == []
    office.pass_time(days=60)
    assert town.steps("leader") == []
    assert town.breaks(case) == []


def test_a_leader_may_terminate(database: Database, clock: FrozenClock) -> None:
    office = with_timer(database, clock)
    case = UUID(office.begin())
    town = office.town
    with town.db.tenant(town.tenant_id) as tx:
        terminate_case(tx, town.world, town["leader"], case, "依据第九条")
    assert town.case(case).status == "terminated"


def test_suspending_is_for_administrators(database: Database, clock: FrozenClock) -> None:
    office = with_timer(database, clock)
    case = UUID(office.begin())
    town = office.town
    with pytest.raises(Forbidden), town.db.tenant(town.tenant_id) as tx:
        suspend_case(tx, town.world, town["leader"], case, "等")
    with pytest.raises(Forbidden), town.db.tenant(town.tenant_id) as tx:
        resume_case(tx, town.world, town["leader"], case, "等")
