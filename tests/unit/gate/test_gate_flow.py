"""The control flow: what the gate says of graphs that cannot run as drawn."""

from __future__ import annotations

import pytest
from bpmn.diagrams import (
    END,
    ROOTS,
    START,
    boundary,
    diagram,
    event,
    flow,
    line,
    node,
    script,
    service,
    user,
)

from engine.bpmn.findings import Severity

from .judging import codes, elements, judged

ERROR = Severity.ERROR


def xor(node_id: str, default: str = "") -> str:
    return node("exclusiveGateway", node_id, attributes=f'default="{default}"' if default else "")


def test_a_plain_procedure_has_no_findings() -> None:
    assert codes(diagram(line(START, user(), service(), END))) == set()


def test_a_process_without_start_cannot_begin() -> None:
    found = judged(diagram(line(user(), END)))["no-start"]
    assert (found.severity, found.element) == (ERROR, "p")


def test_a_sub_process_without_start_cannot_begin() -> None:
    source = diagram(line(START, node("subProcess", "sub", user("inner")), END))
    assert judged(source)["no-start"].element == "sub"


def test_an_event_that_begins_or_ends_has_flows_on_one_side_only() -> None:
    source = diagram(
        line(START, user(), END), flow("step", "start", flow_id="f1"),
        flow("end", "step", flow_id="f2"),
    )  # fmt: skip
    found = judged(source)
    assert found["start-incoming"].element == "start"
    assert found["end-outgoing"].element == "end"


def test_a_boundary_event_has_no_incoming_flow() -> None:
    source = diagram(
        line(START, user(), user("b"), END), boundary("late", "step", "timer"),
        flow("late", "end"), flow("b", "late"),
    )  # fmt: skip
    assert judged(source)["boundary-incoming"].element == "late"


def test_what_no_token_can_reach_is_an_error_on_each_element() -> None:
    source = diagram(line(START, user(), END), line(user("x"), user("y"), END.replace("end", "e2")))
    source = source.replace(b"bpmn:e2Event", b"bpmn:endEvent")
    assert elements(source, "unreachable") == ["x", "y", "e2"]


def test_an_activity_beside_the_start_is_unreachable() -> None:
    assert elements(diagram(line(START, user(), END), user("alone")), "unreachable") == ["alone"]


def test_a_task_all_of_whose_exits_have_conditions_is_a_warning() -> None:
    def drawn(condition: str) -> bytes:
        return diagram(
            START, user("a"), user("b"), END, flow("start", "a"), flow("b", "end"),
            flow("a", "end", condition="=x"), flow("a", "b", condition=condition),
        )  # fmt: skip

    found = judged(drawn("=y"))["exits-all-conditional"]
    assert (found.severity, found.element) == (Severity.WARNING, "a")
    assert "exits-all-conditional" not in codes(drawn(""))


def test_two_branches_out_of_one_task_may_not_wait_for_the_same_message() -> None:
    caught = [event("intermediateCatchEvent", c, "message") for c in ("c1", "c2")]
    source = diagram(
        line(START, user("a"), caught[0], node("parallelGateway", "j"), END), caught[1],
        flow("a", "c2"), flow("c2", "j"), roots=ROOTS,
    )  # fmt: skip
    assert elements(source, "message-ambiguous") == ["c2"]


def test_what_hangs_on_a_boundary_event_is_reachable() -> None:
    source = diagram(
        line(START, user(), END), line(boundary("late", "step", "timer"), user("x")),
        flow("x", "end"),
    )  # fmt: skip
    assert codes(source) == set()


def test_a_path_that_only_turns_round_has_no_way_out() -> None:
    source = diagram(
        START, END, xor("g", "f_g_end"), user("a"), user("b"),
        flow("start", "g"), flow("g", "end"), flow("g", "a", condition="=x"),
        flow("a", "b"), flow("b", "a"),
    )  # fmt: skip
    assert elements(source, "no-way-out") == ["a", "b"]


def test_a_silent_end_is_a_warning() -> None:
    found = judged(diagram(line(START, user())))["implicit-end"]
    assert (found.severity, found.element) == (Severity.WARNING, "step")


def test_a_gateway_without_exit_is_an_error() -> None:
    assert judged(diagram(line(START, xor("g"))))["gateway-no-exit"].element == "g"


def timed(tag: str, text: str) -> str:
    """A timer that says this."""
    said = f"<bpmn:{tag}>{text}</bpmn:{tag}>"
    inner = f"<bpmn:timerEventDefinition>{said}</bpmn:timerEventDefinition>"
    return node("intermediateCatchEvent", "x", inner)


@pytest.mark.parametrize(
    "step",
    [
        service("x"), script("x", "=1"), node("task", "x"),
        timed("timeDuration", "PT0S"), timed("timeDate", "2026-03-01"),
    ],
)  # fmt: skip
def test_a_loop_that_never_waits_is_an_error(step: str) -> None:
    source = diagram(
        START, xor("j"), step, xor("g", "f_g_j"), END,
        flow("start", "j"), flow("j", "x"), flow("x", "g"),
        flow("g", "j"), flow("g", "end", condition="=done"),
    )  # fmt: skip
    found = judged(source)["loop-without-wait"]
    assert (found.severity, found.element) == (ERROR, "j")


@pytest.mark.parametrize(
    "step",
    [
        user("x"),
        node("receiveTask", "x", attributes='messageRef="msg"'),
        event("intermediateCatchEvent", "x", "timer"),
        node(
            "subProcess", "x", line('<bpmn:startEvent id="i"/>', user(), '<bpmn:endEvent id="o"/>')
        ),
        node("callActivity", "x", extensions='<zeebe:calledElement processId="q"/>'),
    ],
)
def test_a_loop_that_waits_is_fine(step: str) -> None:
    source = diagram(
        START, xor("j"), step, xor("g", "f_g_j"), END,
        flow("start", "j"), flow("j", "x"), flow("x", "g"),
        flow("g", "j"), flow("g", "end", condition="=done"),
        roots=ROOTS,
    )  # fmt: skip
    assert codes(source) == set()


def test_an_error_caught_into_its_own_service_is_a_loop_that_never_waits() -> None:
    source = diagram(
        START, xor("j"), service("x"), END, boundary("b", "x", "error"),
        flow("start", "j"), flow("j", "x"), flow("b", "j"), flow("x", "end"),
        roots=ROOTS,
    )  # fmt: skip
    assert "loop-without-wait" in codes(source)


def test_a_user_task_that_leads_to_itself_has_no_way_out() -> None:
    source = diagram(START, user(), END, flow("start", "step"), flow("step", "step"))
    assert "no-way-out" in codes(source)


def test_a_join_that_waits_for_its_own_output_never_fires() -> None:
    source = diagram(
        START, node("parallelGateway", "join"), user("x"), xor("g", "f_g_join"), END,
        flow("start", "join"), flow("join", "x"), flow("x", "g"), flow("g", "join"),
        flow("g", "end", condition="=ok"),
    )  # fmt: skip
    found = judged(source)["join-waits-for-itself"]
    assert (found.severity, found.element) == (ERROR, "join")


def test_a_join_of_two_branches_is_fine() -> None:
    source = diagram(
        START, node("parallelGateway", "s"), user("a"), user("b"),
        node("parallelGateway", "j"), END,
        flow("start", "s"), flow("s", "a"), flow("s", "b"), flow("a", "j"), flow("b", "j"),
        flow("j", "end"),
    )  # fmt: skip
    assert codes(source) == set()


@pytest.mark.parametrize("kind", ["exclusiveGateway", "inclusiveGateway"])
def test_an_exit_without_condition_that_is_not_the_default_is_an_error(kind: str) -> None:
    source = diagram(
        START, node(kind, "g", attributes='default="f_g_end"'), user("a"), user("b"), END,
        flow("start", "g"), flow("g", "end"), flow("g", "a", condition="=x"), flow("g", "b"),
        flow("a", "end"), flow("b", "end"),
    )  # fmt: skip
    assert elements(source, "condition-missing") == ["f_g_b"]


def test_a_gateway_without_default_is_a_warning() -> None:
    source = diagram(
        START, xor("g"), user("a"), END,
        flow("start", "g"), flow("g", "end", condition="=x"), flow("g", "a", condition="=y"),
        flow("a", "end"),
    )  # fmt: skip
    assert judged(source)["default-missing"].severity is Severity.WARNING


def test_a_condition_on_the_default_exit_is_a_warning() -> None:
    source = diagram(
        START, xor("g", "f_g_end"), user("a"), END,
        flow("start", "g"), flow("g", "end", condition="=x"), flow("g", "a", condition="=y"),
        flow("a", "end"),
    )  # fmt: skip
    assert codes(source) == {"default-with-condition"}


def test_a_merging_gateway_needs_no_condition() -> None:
    source = diagram(
        START, xor("g", "f_g_b"), user("a"), user("b"), xor("m"), END,
        flow("start", "g"), flow("g", "a", condition="=x"), flow("g", "b"),
        flow("a", "m"), flow("b", "m"), flow("m", "end"),
    )  # fmt: skip
    assert codes(source) == set()


def after_event_gateway(*targets: str, more: str = "") -> bytes:
    ids = [f"t{n}" for n in range(len(targets))]
    drawn = "".join(t.replace("TARGET", i) for t, i in zip(targets, ids, strict=True))
    flows = "".join(flow("g", i) + flow(i, "end") for i in ids)
    gateway = node("eventBasedGateway", "g")
    return diagram(START, gateway, drawn, END, flow("start", "g"), flows, more, roots=ROOTS)


TIMER = event("intermediateCatchEvent", "TARGET", "timer")
MESSAGE = event("intermediateCatchEvent", "TARGET", "message")
SIGNAL = event("intermediateCatchEvent", "TARGET", "signal")
RECEIVE = node("receiveTask", "TARGET", attributes='messageRef="msg"')


def test_an_event_gateway_leads_to_events_and_receive_tasks() -> None:
    assert codes(after_event_gateway(TIMER, MESSAGE, SIGNAL)) == set()
    assert codes(after_event_gateway(TIMER, RECEIVE)) == set()


@pytest.mark.parametrize("target", [user("TARGET"), xor("TARGET")])
def test_an_event_gateway_before_anything_else_is_an_error(target: str) -> None:
    assert judged(after_event_gateway(TIMER, target))["event-gateway-target"].element == "g"


@pytest.mark.parametrize("pair", [(MESSAGE, MESSAGE), (MESSAGE, RECEIVE), (SIGNAL, SIGNAL)])
def test_two_equal_events_behind_an_event_gateway_are_an_error(pair: tuple[str, str]) -> None:
    assert judged(after_event_gateway(*pair))["event-gateway-equal"].element == "g"


def test_two_timers_behind_an_event_gateway_are_fine() -> None:
    assert codes(after_event_gateway(TIMER, TIMER)) == set()


def test_an_event_gateway_with_one_exit_is_an_error() -> None:
    assert "event-gateway-single" in codes(after_event_gateway(TIMER))


def test_an_event_behind_an_event_gateway_has_no_other_entry() -> None:
    source = after_event_gateway(TIMER, MESSAGE, more=user("x") + flow("x", "t0"))
    assert "event-gateway-shared" in codes(source)


def awaited_on_two_branches(first: str, second: str, roots: str = ROOTS) -> bytes:
    return diagram(
        START, node("parallelGateway", "s"), first, second, node("parallelGateway", "j"), END,
        flow("start", "s"), flow("s", "a"), flow("s", "b"), flow("a", "j"), flow("b", "j"),
        flow("j", "end"), roots=roots,
    )  # fmt: skip


def test_one_message_awaited_on_two_branches_is_ambiguous() -> None:
    first, second = (event("intermediateCatchEvent", i, "message") for i in ("a", "b"))
    found = judged(awaited_on_two_branches(first, second))["message-ambiguous"]
    assert (found.severity, found.element) == (Severity.WARNING, "b")


def test_one_message_awaited_twice_in_a_row_is_not_ambiguous() -> None:
    first, second = (event("intermediateCatchEvent", i, "message") for i in ("a", "b"))
    assert codes(diagram(line(START, first, second, END), roots=ROOTS)) == set()


def test_two_messages_awaited_on_two_branches_are_not_ambiguous() -> None:
    other = '<bpmn:message id="msg2" name="另一回执"/>'
    first = event("intermediateCatchEvent", "a", "message")
    second = first.replace('id="a"', 'id="b"').replace('"msg"', '"msg2"')
    assert codes(awaited_on_two_branches(first, second, ROOTS + other)) == set()


def test_one_message_on_two_borders_of_an_activity_is_ambiguous() -> None:
    source = diagram(
        line(START, user(), END), boundary("b1", "step", "message"),
        boundary("b2", "step", "message"), flow("b1", "end"), flow("b2", "end"), roots=ROOTS,
    )  # fmt: skip
    assert judged(source)["message-ambiguous"].element == "b2"


def test_too_many_nodes_are_an_error_found_in_time() -> None:
    source = diagram(line(START, *(user(f"n{n}") for n in range(1_000)), END))
    assert judged(source)["too-many-nodes"].element == "p"


def test_three_hundred_nodes_are_allowed_and_checked_in_time() -> None:
    source = diagram(line(START, *(user(f"n{n}") for n in range(298)), END))
    assert codes(source) == set()


def nested(depth: int) -> bytes:
    inner = line('<bpmn:startEvent id="i"/>', user(), '<bpmn:endEvent id="o"/>')
    for level in range(depth):
        ends = f'<bpmn:startEvent id="i{level}"/>', f'<bpmn:endEvent id="o{level}"/>'
        inner = line(ends[0], node("subProcess", f"s{level}", inner), ends[1])
    return diagram(inner)


def test_five_levels_are_allowed_and_six_are_not() -> None:
    assert codes(nested(5)) == set()
    assert "nested-too-deep" in codes(nested(6))


def test_ids_used_twice_are_reported_by_the_gate_too() -> None:
    assert "id-duplicate" in codes(diagram(line(START, user("a"), END), user("a")))
