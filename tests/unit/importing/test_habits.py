"""Every habit of real diagrams: what import makes of it, and what is left once fixes are made."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bpmn.diagrams import read

from engine.bpmn.model import Body, Kind
from engine.importing.apply import apply_fix

from .files import Opened, load, opened


def mended(name: str) -> Opened:
    """A file with every proposed fix made."""
    draft = opened(load(name))
    for _ in range(40):
        fixes = [f.fix for f in draft.report.findings if f.fix is not None]
        if not fixes:
            break
        draft = opened(apply_fix(draft.normalised, fixes[0]))
    return draft


def body(draft: Opened) -> Body:
    """The level of the process that is executed."""
    return read(draft.normalised).body


def test_a_choice_is_offered_on_the_step_before_the_gateway() -> None:
    draft = mended("choice-of-three.bpmn")
    flows = body(draft).flows
    assert [flows[f"f{n}"].condition for n in (1, 2, 3)] == [
        '=choice_g = "受理"',
        '=choice_g = "补正"',
        '=choice_g = "不予受理"',
    ]
    step = body(draft).nodes["step"]
    assert [(m.source, m.target) for m in step.zeebe.outputs] == [("=choice_g", "choice_g")]
    assert not draft.errors()


def test_a_plain_task_before_a_decision_becomes_one_that_a_person_does() -> None:
    draft = mended("signavio-human-decision.bpmn")
    assert body(draft).nodes["sid-t"].kind is Kind.USER_TASK
    assert not draft.errors()


@pytest.mark.parametrize("name", ["choice-behind-a-merge.bpmn", "choice-without-a-step.bpmn"])
def test_where_nobody_is_asked_before_a_step_is_put_in(name: str) -> None:
    draft = mended(name)
    step = body(draft).nodes["Decide_g"]
    assert (step.kind, step.name) == (Kind.USER_TASK, body(draft).nodes["g"].name)
    assert body(draft).nodes["g"].incoming == step.outgoing
    assert not draft.errors()


def test_a_step_put_in_is_drawn_with_what_leads_to_it() -> None:
    text = mended("choice-without-a-step.bpmn").text
    assert 'bpmnElement="Decide_g"><dc:Bounds x="285" y="-19" width="100" height="80"/>' in text
    assert 'bpmnElement="Flow_Decide_g"' in text
    assert '<di:waypoint x="285" y="21" />' in text


def test_the_only_exit_without_condition_becomes_the_default() -> None:
    draft = mended("one-exit-without-condition.bpmn")
    assert body(draft).nodes["g"].default == "f2"
    assert not draft.errors()


def test_a_timer_takes_its_time_from_its_label() -> None:
    draft = mended("timer-not-filled-in.bpmn")
    assert body(draft).nodes["step"].event.expression == "=working days(5)"
    assert not draft.errors()


def test_a_timer_in_words_is_written_as_a_duration() -> None:
    assert body(mended("timer-in-words.bpmn")).nodes["step"].event.expression == "P2W"


def test_dangling_flows_are_removed() -> None:
    draft = mended("visio-dangling-flows.bpmn")
    assert set(body(draft).flows) == {"conn_1", "conn_2"}
    assert not draft.errors()


def test_a_flow_between_pools_becomes_a_message_flow() -> None:
    draft = mended("flow-across-pools.bpmn")
    flow = '<bpmn:messageFlow id="cross" sourceRef="t2" targetRef="t1" name="补正"/>'
    assert flow in draft.text
    assert "<bpmn:outgoing>cross</bpmn:outgoing>" not in draft.text
    assert not draft.errors()


def test_a_flow_out_of_a_sub_process_leaves_from_its_border() -> None:
    draft = mended("flow-across-sub-process.bpmn")
    assert (body(draft).flows["cross"].source, body(draft).flows["cross"].target) == ("sub", "end")
    assert not draft.errors()


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("no-start.bpmn", lambda drawn: drawn),
        ("sub-process-without-start.bpmn", lambda drawn: drawn.nodes["step"].body),
    ],
)
def test_a_missing_start_is_put_before_the_first_step(
    name: str, level: Callable[[Body], Body]
) -> None:
    draft = mended(name)
    assert [node.kind for node in level(body(draft)).starts()] == [Kind.START]
    assert not draft.errors()


def test_a_gateway_without_exit_gets_an_end() -> None:
    draft = mended("gateway-without-exit.bpmn")
    (flow,) = body(draft).nodes["g"].outgoing
    assert body(draft).nodes[body(draft).flows[flow].target].kind is Kind.END
    assert not draft.errors()


def test_an_end_that_is_added_is_drawn() -> None:
    text = mended("bpmnio-demo.bpmn").text
    assert 'bpmnElement="EndEvent_1"><dc:Bounds x="394" y="82" width="36" height="36"/>' in text
    assert '<di:waypoint x="340" y="100"/><di:waypoint x="394" y="100"/>' in text


@pytest.mark.parametrize(
    ("name", "element", "kind"),
    [
        ("event-gateway-before-task.bpmn", "g", Kind.EXCLUSIVE),
        ("complex-gateway.bpmn", "g", Kind.INCLUSIVE),
        ("ad-hoc.bpmn", "step", Kind.SUB_PROCESS),
        ("call-without-target.bpmn", "step", Kind.USER_TASK),
        ("rule-task-without-decision.bpmn", "step", Kind.USER_TASK),
    ],
)
def test_what_cannot_be_executed_is_turned_into_what_can(
    name: str, element: str, kind: Kind
) -> None:
    draft = mended(name)
    assert body(draft).nodes[element].kind is kind
    assert not draft.errors()


def test_a_multi_instance_without_number_is_done_once() -> None:
    draft = mended("multi-instance-without-number.bpmn")
    assert body(draft).nodes["step"].loop is None
    assert not draft.errors()


def test_data_stores_are_removed_with_their_declaration() -> None:
    draft = mended("bizagi-data-store.bpmn")
    assert "<dataStore" not in draft.text
    assert not draft.errors()


@pytest.mark.parametrize(
    ("name", "element", "ref"),
    [
        ("message-without-reference.bpmn", "step", "收到回执"),
        ("message-without-reference.bpmn", "r", "gone"),
        ("message-without-name.bpmn", "step", "等待"),
        ("activiti-undeclared-error.bpmn20.xml", "wrong", "NOT_FOUND"),
    ],
)
def test_what_an_event_waits_for_is_declared_by_its_name(name: str, element: str, ref: str) -> None:
    draft = mended(name)
    assert body(draft).nodes[element].event.ref == ref
    assert not draft.errors()


def test_of_several_processes_the_largest_is_executed() -> None:
    draft = mended("several-processes.bpmn")
    assert read(draft.normalised).id == "large"
    assert not draft.errors()


def test_a_java_class_gives_its_name_and_its_fields_to_the_task_type() -> None:
    nodes = body(mended("camunda7-delegates.bpmn")).nodes
    types = [nodes[n].zeebe.task_type for n in "abc"]
    assert types == ["ScoreSheet", "mailDelegate", "register.add"]
    assert nodes["a"].zeebe.headers == {"catalogue": "neimenggu-2025", "line": "80"}


def test_lanes_hold_the_ids_that_were_replaced() -> None:
    process = read(opened(load("reserved-ids.bpmn")).normalised)
    assert process.lanes[0].nodes == ("Start_1", "End_1")
    assert process.body.nodes["Start_1"].lane == "l"


def test_of_nested_lanes_the_innermost_counts() -> None:
    assert body(opened(load("nested-lanes.bpmn"))).nodes["step"].lane == "clerk"
