"""Start events and event sub-processes: what the gate says of those that cannot run as drawn."""

from __future__ import annotations

import pytest
from bpmn.diagrams import END, ROOTS, START, boundary, diagram, event, flow, line, node, user

from .judging import codes, elements, judged, tenant


def on(name: str, definition: str, *, keeps: bool = False, wait: str = "", loop: str = "") -> str:
    """An event sub-process with one step, or another thing that waits."""
    kept = 'isInterrupting="false"' if keeps else ""
    start = event("startEvent", f"{name}_start", definition, kept)
    inside = line(start, wait or user(f"{name}_step"), END.replace('"end"', f'"{name}_end"'))
    return node("subProcess", name, loop + inside, attributes='triggeredByEvent="true"')


def drawn(*subs: str) -> bytes:
    """A process of one step with event sub-processes beside it."""
    return diagram(line(START, user(), END), *subs, roots=ROOTS)


def waiting(node_id: str) -> str:
    return event("intermediateCatchEvent", node_id, "message")


@pytest.mark.parametrize("kind", ["message", "timer", "date", "signal", "error"])
def test_an_event_sub_process_beside_the_flow_has_no_findings(kind: str) -> None:
    assert codes(drawn(on("sub", kind))) == set()


def test_an_event_sub_process_without_a_start_cannot_begin() -> None:
    source = drawn(
        node("subProcess", "sub", line(user("x"), END.replace('"end"', '"out"')),
             attributes='triggeredByEvent="true"')
    )  # fmt: skip
    assert judged(source)["no-start"].element == "sub"


def test_what_is_inside_an_event_sub_process_is_checked_too() -> None:
    lost = on("sub", "message").replace("</bpmn:subProcess>", f"{user('lost')}</bpmn:subProcess>")
    assert judged(drawn(lost))["unreachable"].element == "lost"


@pytest.mark.parametrize(
    "more",
    [
        flow("step", "sub"),
        flow("sub", "end"),
        boundary("late", "sub", "timer") + flow("late", "end"),
    ],
)
def test_an_event_sub_process_is_tied_to_nothing(more: str) -> None:
    assert elements(drawn(on("sub", "message"), more), "event-sub-process-tied") == ["sub"]


def test_an_event_sub_process_has_no_marker() -> None:
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=[1]"/></bpmn:extensionElements>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    found = elements(drawn(on("sub", "message", loop=loop)), "event-sub-process-tied")
    assert found == ["sub"]


@pytest.mark.parametrize("kind", ["message", "signal", "error", "escalation"])
def test_two_event_sub_processes_of_one_level_do_not_wait_for_the_same(kind: str) -> None:
    source = drawn(on("one", kind), on("two", kind))
    assert elements(source, "event-sub-process-equal") == ["two"]


def test_two_event_sub_processes_may_wait_for_different_times() -> None:
    assert codes(drawn(on("one", "timer"), on("two", "timer", keeps=True))) == set()


def test_a_message_that_a_step_and_an_event_sub_process_await_is_ambiguous() -> None:
    source = diagram(line(START, waiting("c"), END), on("sub", "message"), roots=ROOTS)
    assert elements(source, "message-ambiguous") == ["sub_start"]


def test_a_message_awaited_inside_what_it_begins_is_ambiguous_unless_it_interrupts() -> None:
    inside = on("sub", "message", wait=waiting("c"))
    assert "message-ambiguous" not in codes(drawn(inside))
    beside = on("sub", "message", keeps=True, wait=waiting("c"))
    assert elements(drawn(beside), "message-ambiguous") == ["sub_start"]


def begun(*starts: str) -> bytes:
    """A process with these start events before one step."""
    merge = node("exclusiveGateway", "x") + line(user(), END) + flow("x", "step")
    ids = (start.split('id="')[1].split('"')[0] for start in starts)
    return diagram(*starts, merge, *(flow(name, "x") for name in ids), roots=ROOTS)


def test_several_start_events_of_different_kinds_are_fine() -> None:
    kinds = ("message", "signal", "timer", "date", "cycle")
    starts = (event("startEvent", f"by_{kind}", kind) for kind in kinds)
    assert codes(begun(START, *starts)) == set()


@pytest.mark.parametrize("kind", ["message", "signal"])
def test_two_start_events_do_not_wait_for_the_same(kind: str) -> None:
    source = begun(event("startEvent", "one", kind), event("startEvent", "two", kind))
    assert elements(source, "start-equal") == ["two"]


def test_a_timer_start_event_knows_no_variables() -> None:
    timed = event("startEvent", "t", "timer").replace("P5D", "=duration(wait)")
    assert elements(begun(timed), "start-timer-names") == ["t"]
    fixed = event("startEvent", "t", "timer").replace("P5D", "=parameter(&quot;wait&quot;)")
    assert "start-timer-names" not in codes(begun(fixed))


def test_a_cycle_that_never_happens_is_out_of_bounds() -> None:
    timed = event("startEvent", "t", "cycle").replace("R3/", "R0/")
    assert elements(begun(timed), "timer-out-of-bounds") == ["t"]


def test_what_only_events_start_cannot_be_called() -> None:
    called = begun(event("startEvent", "m", "message")).replace(b'id="p"', b'id="far"')
    call = node("callActivity", "c", extensions='<zeebe:calledElement processId="far"/>')
    found = judged(diagram(line(START, call, END)), tenant(processes={"far": called}))
    assert found["call-without-start"].element == "c"


def test_every_way_in_is_proved() -> None:
    choice = node("exclusiveGateway", "g", attributes='default="f_g_a"')
    tail = line(event("startEvent", "m", "message"), choice)
    source = diagram(
        line(START, user(), END), tail, node("parallelGateway", "j"), user("a"), user("b"),
        flow("g", "a"), flow("g", "b", condition="=x"), flow("a", "j"), flow("b", "j"),
        flow("j", "end"), roots=ROOTS,
    )  # fmt: skip
    assert "j" in judged(source)["unsound:deadlock"].element


def test_a_condition_is_filled_in() -> None:
    caught = event("intermediateCatchEvent", "c", "conditional").replace("=ready", "")
    assert elements(diagram(line(START, caught, END)), "trigger-missing") == ["c"]


def test_a_condition_is_nothing_to_wait_for_in_a_loop() -> None:
    caught = event("intermediateCatchEvent", "c", "conditional")
    source = diagram(
        line(START, node("exclusiveGateway", "m"), caught,
             node("exclusiveGateway", "g", attributes='default="back"'), END),
        flow("g", "m", flow_id="back"),
    )  # fmt: skip
    assert "loop-without-wait" in codes(source)


def test_a_conditional_event_behind_an_event_gateway_is_fine() -> None:
    source = diagram(
        START, node("eventBasedGateway", "g"), event("intermediateCatchEvent", "c", "conditional"),
        event("intermediateCatchEvent", "t", "timer"), node("exclusiveGateway", "m"), END,
        flow("start", "g"), flow("g", "c"), flow("g", "t"), flow("c", "m"), flow("t", "m"),
        flow("m", "end"),
    )  # fmt: skip
    assert codes(source) == set()
