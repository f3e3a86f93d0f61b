"""Event sub-processes through the command layer: every act is stored and loaded, on both databases.

One test for each kind of start, for each place one may be drawn, and for what becomes of the rows.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from drawn import END, START, el, flows, sources, user
from eventful_hall import Hall, on
from golden_cases import ERROR, SIGNAL, events, inside
from town import FlatSources

from engine.messaging.messages import publish_signal
from engine.store.database import Database
from engine.store.tables import incidents, scopes
from engine.timing.clock import FrozenClock

ESCALATION = '<bpmn:escalation id="esc" name="提请" escalationCode="UP"/>'
REFUSE = '<zeebe:taskDefinition type="test.refuse"/>'
KEEP = '<bpmn:message id="msg" name="paid"/>'


def plain(sub: str, *more: str, roots: str = KEEP) -> FlatSources:
    """Two steps one after another, with an event sub-process beside them."""
    lines = flows("s -> a", "a -> b", "b -> e")
    return sources(START, user("a"), user("b", "leader"), END, sub, *more, lines, roots=roots)


def test_a_message_interrupts_everything_beside_it(database: Database, clock: FrozenClock) -> None:
    hall = Hall(database, clock, plain(on("stop", "message msg") + on("ask", "timer P9D")))
    assert (hall.steps(), hall.waits()) == (["a"], 2)
    hall.message()
    assert (hall.steps(), hall.waits()) == (["stopT"], 0)
    hall.pass_time(days=30)
    assert hall.steps() == ["stopT"]
    hall.town.complete("leader", "stopT", note="x")
    assert (hall.status, hall.town.case(hall.case).outcome) == ("completed", "stopE")
    assert hall.town.breaks(hall.case) == []


def test_a_message_that_does_not_interrupt_may_come_as_often_as_it_likes(
    database: Database, clock: FrozenClock
) -> None:
    hall = Hall(database, clock, plain(on("ask", "message msg", keeps=True)))
    for _ in range(3):
        hall.message()
    assert hall.steps() == ["a", "askT", "askT", "askT"]
    hall.town.complete("applicant", "a", note="x")
    hall.town.complete("leader", "b", note="x")
    assert (hall.status, hall.waits()) == ("open", 1)  # the case waits for what was begun
    hall.message()
    for left in (3, 2, 1, 0):
        hall.town.complete("leader", "askT", note="x")
        assert len(hall.steps()) == left
    assert (hall.status, hall.waits()) == ("completed", 0)


def test_two_signals_before_the_first_is_heard_are_both_heard(
    database: Database, clock: FrozenClock
) -> None:
    hall = Hall(database, clock, plain(on("ask", "signal sig", keeps=True), roots=SIGNAL))
    with hall.town.db.tenant(hall.town.tenant_id) as tx:
        for _ in range(2):
            publish_signal(tx, "放行", UUID(int=0), clock.now())
    hall.pass_time(seconds=1)
    assert hall.steps() == ["a", "askT", "askT"]
    hall.signal()
    assert hall.steps() == ["a", "askT", "askT", "askT"]


def test_what_a_message_brings_is_seen_inside_the_event_sub_process_alone(
    database: Database, clock: FrozenClock
) -> None:
    drawn = plain(on("ask", "message msg", keeps=True, outputs="output sum -> amount"))
    hall = Hall(database, clock, drawn)
    hall.message(sum=5)
    hall.message(sum=7)
    inner = [dict(r.variables) for r in hall.rows(scopes) if r.id != UUID(hall.case)]
    assert sorted(inner, key=str) == [{"amount": 5}, {"amount": 7}]
    hall.town.complete("leader", "askT", note="x")
    assert len(hall.rows(scopes)) == 2


def test_a_timer_begins_once(database: Database, clock: FrozenClock) -> None:
    hall = Hall(database, clock, plain(on("late", "timer P3D", keeps=True)))
    hall.pass_time(days=2)
    assert hall.steps() == ["a"]
    for _ in range(3):
        hall.pass_time(days=10)
    assert (hall.steps(), hall.waits()) == (["a", "lateT"], 0)


def test_an_interrupting_timer_by_date(database: Database, clock: FrozenClock) -> None:
    day = (clock.now() + timedelta(days=4)).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    date = on("late", "timer P3D").replace("timeDuration", "timeDate").replace("P3D", day)
    hall = Hall(database, clock, plain(date))
    hall.pass_time(days=3)
    assert hall.steps() == ["a"]
    hall.pass_time(days=2)
    assert hall.steps() == ["lateT"]


def test_a_signal_from_elsewhere_and_one_of_the_own_case(
    database: Database, clock: FrozenClock
) -> None:
    throw = events("intermediateThrowEvent", "throw", "signal sig")
    drawn = sources(
        START,
        user("a"),
        throw,
        user("b", "leader"),
        END,
        on("heard", "signal sig", keeps=True),
        flows("s -> a", "a -> throw", "throw -> b", "b -> e"),
        roots=SIGNAL,
    )
    hall = Hall(database, clock, drawn)
    hall.signal()
    assert hall.steps() == ["a", "heardT"]
    hall.town.complete("applicant", "a", note="x")
    assert hall.steps() == ["b", "heardT", "heardT"]


def test_a_signal_end_is_heard_beside_it(database: Database, clock: FrozenClock) -> None:
    drawn = sources(
        START,
        user("a"),
        events("endEvent", "over", "signal sig"),
        on("heard", "signal sig"),
        flows("s -> a", "a -> over"),
        roots=SIGNAL,
    )
    hall = Hall(database, clock, drawn)
    hall.town.complete("applicant", "a", note="x")
    assert (hall.status, hall.steps()) == ("open", ["heardT"])
    hall.town.complete("leader", "heardT", note="x")
    assert hall.status == "completed"


def test_an_error_of_a_service_is_caught_beside_it(database: Database, clock: FrozenClock) -> None:
    drawn = sources(
        START,
        user("a"),
        el("serviceTask", "work", extensions=REFUSE),
        user("b", "leader"),
        END,
        on("fails", "error err"),
        flows("s -> a", "a -> work", "work -> b", "b -> e"),
        roots=ERROR,
    )
    hall = Hall(database, clock, drawn)
    hall.town.complete("applicant", "a", note="x")
    assert (hall.steps(), hall.rows(incidents)) == (["failsT"], [])


def test_an_error_is_caught_inside_before_the_border(
    database: Database, clock: FrozenClock
) -> None:
    body = (
        el("startEvent", "si")
        + user("check", "department-a")
        + events("endEvent", "failed", "error err")
        + on("mend", "error err")
        + inside("si -> check", "check -> failed")
    )
    drawn = sources(
        START,
        el("subProcess", "sub", body),
        events("boundaryEvent", "caught", "error err", 'attachedToRef="sub"'),
        user("b", "leader"),
        END,
        on("outer", "error err"),
        flows("s -> sub", "caught -> b", "b -> e", "sub -> e"),
        roots=ERROR,
    )
    hall = Hall(database, clock, drawn)
    hall.town.complete("officer", "check", note="x")
    assert hall.steps() == ["mendT"]
    hall.town.complete("leader", "mendT", note="x")
    assert hall.status == "completed"


def test_an_escalation_goes_outwards_through_a_call(database: Database, clock: FrozenClock) -> None:
    called = (
        START
        + user("inquire", "department-a")
        + events("intermediateThrowEvent", "raise", "escalation esc")
        + user("reply", "department-b")
        + END
        + flows("s -> inquire", "inquire -> raise", "raise -> reply", "reply -> e")
    )
    drawn = sources(
        START,
        el("callActivity", "call", extensions='<zeebe:calledElement processId="inner"/>'),
        END,
        on("told", "escalation esc", keeps=True),
        flows("s -> call", "call -> e"),
        roots=ESCALATION,
        called=called,
    )
    hall = Hall(database, clock, drawn)
    hall.town.complete("officer", "inquire", note="x")
    assert hall.steps() == ["reply", "toldT"]
    hall.town.complete("other", "reply", note="x")
    assert hall.status == "open"
    hall.town.complete("leader", "toldT", note="x")
    assert hall.status == "completed"


def test_each_instance_of_a_sub_process_has_its_own(database: Database, clock: FrozenClock) -> None:
    key = '<bpmn:extensionElements><zeebe:subscription correlationKey="=turn"/>'
    message = f'<bpmn:message id="msg" name="paid">{key}</bpmn:extensionElements></bpmn:message>'
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=[&quot;1&quot;, &quot;2&quot;]" '
        'inputElement="turn"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>'
    )
    body = (
        loop
        + el("startEvent", "si")
        + user("check", "department-a")
        + el("endEvent", "ei")
        + on("stop", "message msg")
        + inside("si -> check", "check -> ei")
    )
    lines = flows("s -> sub", "sub -> e")
    hall = Hall(
        database,
        clock,
        sources(START, el("subProcess", "sub", body), END, lines, roots=message),
    )
    assert (hall.steps(), hall.waits()) == (["check", "check"], 2)
    hall.message(key="2")
    assert (hall.steps(), hall.waits()) == (["check", "stopT"], 1)
    hall.town.complete("leader", "stopT", note="x")
    hall.town.complete("officer", "check", note="x")
    assert (hall.status, hall.waits()) == ("completed", 0)


def test_an_event_sub_process_in_an_event_sub_process(
    database: Database, clock: FrozenClock
) -> None:
    nested = on("again", "message msg2")
    drawn = plain(
        on("stop", "message msg", nested),
        roots=KEEP + '<bpmn:message id="msg2" name="paid twice"/>',
    )
    hall = Hall(database, clock, drawn)
    assert hall.waits() == 1
    hall.message()
    assert (hall.steps(), hall.waits()) == (["stopT"], 1)
    hall.message("paid twice")
    assert (hall.steps(), hall.waits()) == (["againT"], 0)
    hall.town.complete("leader", "againT", note="x")
    assert hall.status == "completed"


def test_ending_the_activity_closes_what_it_had_armed(
    database: Database, clock: FrozenClock
) -> None:
    body = (
        el("startEvent", "si")
        + user("check", "department-a")
        + el("endEvent", "ei")
        + on("ask", "message msg", keeps=True)
        + on("late", "timer P3D")
        + inside("si -> check", "check -> ei")
    )
    drawn = sources(
        START,
        el("subProcess", "sub", body),
        user("b", "leader"),
        END,
        flows("s -> sub", "sub -> b", "b -> e"),
        roots=KEEP,
    )
    hall = Hall(database, clock, drawn)
    assert hall.waits() == 2
    hall.town.complete("officer", "check", note="x")
    assert (hall.steps(), hall.waits()) == (["b"], 0)
    hall.message()
    hall.pass_time(days=9)
    assert hall.steps() == ["b"]


def test_terminating_an_event_sub_process_leaves_what_is_beside_it(
    database: Database, clock: FrozenClock
) -> None:
    ask = on("ask", "message msg", keeps=True).replace(
        '<bpmn:endEvent id="askE" name="askE" >',
        '<bpmn:endEvent id="askE" name="askE"><bpmn:terminateEventDefinition/>',
    )
    assert "terminate" in ask
    hall = Hall(database, clock, plain(ask))
    hall.message()
    hall.town.complete("leader", "askT", note="x")
    assert (hall.steps(), hall.waits()) == (["a"], 1)
