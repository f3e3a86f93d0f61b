"""What is read from a diagram: nodes, flows, events, lanes and extensions, as drawn."""

from __future__ import annotations

import hashlib

from engine.bpmn.model import Event, EventKind, IoMapping, Kind, Loop, TimerKind
from engine.bpmn.read import read_diagram

from .diagrams import (
    END,
    ROOTS,
    START,
    boundary,
    diagram,
    event,
    file,
    flow,
    line,
    loop,
    mapping,
    node,
    process,
    read,
    user,
)


def test_a_diagram_keeps_its_bytes_and_their_digest() -> None:
    source = diagram(line(START, user(), END))
    reading = read_diagram(source)
    assert reading.diagram.source == source
    assert reading.diagram.digest == hashlib.sha256(source).hexdigest()


def test_nodes_and_flows_are_in_the_order_of_the_file() -> None:
    body = read(diagram(line(START, user("b"), user("a"), END))).body
    assert list(body.nodes) == ["start", "b", "a", "end"]
    assert list(body.flows) == ["f_start_b", "f_b_a", "f_a_end"]
    assert body.nodes["b"].incoming == ("f_start_b",)
    assert body.nodes["b"].outgoing == ("f_b_a",)


def test_a_gateway_has_conditions_and_a_default() -> None:
    body = read(
        diagram(
            START,
            node("exclusiveGateway", "g", attributes='default="f_g_end"'),
            user("a"),
            END,
            flow("start", "g"),
            flow("g", "a", condition="=x &lt; 3"),
            flow("g", "end"),
            flow("a", "end"),
        )
    ).body
    assert body.nodes["g"].default == "f_g_end"
    assert body.flows["f_g_a"].condition == "=x < 3"
    assert body.flows["f_g_end"].condition == ""


def test_all_extensions_of_a_user_task_are_read() -> None:
    extensions = (
        "<zeebe:userTask/>"
        '<zeebe:formDefinition formId="f"/>'
        '<zeebe:assignmentDefinition assignee="=owner" candidateGroups="clerk, leader" '
        'candidateUsers="person:1"/>'
        '<zeebe:taskSchedule dueDate="=working days(5)"/>'
        '<zeebe:priorityDefinition priority="70"/>'
        '<zeebe:properties><zeebe:property name="rigid" value="true"/>'
        '<zeebe:property name="legalBasis" value=" 第十条 "/></zeebe:properties>'
    )
    zeebe = read(diagram(line(START, user(extensions=extensions), END))).body.nodes["step"].zeebe
    assert zeebe.form_id == "f"
    assert (zeebe.assignee, zeebe.candidate_users) == ("=owner", "person:1")
    assert zeebe.candidate_groups == "clerk, leader"
    assert (zeebe.due_date, zeebe.priority) == ("=working days(5)", "70")
    assert zeebe.properties == {"rigid": "true", "legalBasis": " 第十条 "}


def test_a_service_task_has_type_headers_and_mappings() -> None:
    extensions = (
        '<zeebe:taskDefinition type="draw.pick"/>'
        '<zeebe:taskHeaders><zeebe:header key="ratio" value="0.1"/></zeebe:taskHeaders>'
        + mapping("input =pool from", "output =picked mines")
    )
    source = diagram(line(START, node("serviceTask", "x", extensions=extensions), END))
    zeebe = read(source).body.nodes["x"].zeebe
    assert (zeebe.task_type, zeebe.headers) == ("draw.pick", {"ratio": "0.1"})
    assert zeebe.inputs == (IoMapping("=pool", "from"),)
    assert zeebe.outputs == (IoMapping("=picked", "mines"),)


def test_a_call_activity_says_what_it_calls_and_what_it_passes() -> None:
    extensions = (
        '<zeebe:calledElement processId="notice" propagateAllParentVariables="false" '
        'propagateAllChildVariables="false"/>'
    )
    found = read(diagram(line(START, node("callActivity", "x", extensions=extensions), END)))
    zeebe = found.body.nodes["x"].zeebe
    assert found.calls() == ("notice",)
    assert (zeebe.propagate_parent, zeebe.propagate_child) == (False, False)


def test_a_call_passes_everything_unless_it_says_otherwise() -> None:
    extensions = '<zeebe:calledElement processId="notice"/>'
    source = diagram(line(START, node("callActivity", "x", extensions=extensions), END))
    zeebe = read(source).body.nodes["x"].zeebe
    assert (zeebe.propagate_parent, zeebe.propagate_child) == (True, True)


def test_a_multi_instance_marker_is_read() -> None:
    extension = (
        "<bpmn:extensionElements><zeebe:loopCharacteristics inputCollection='=all' "
        "inputElement='one' outputCollection='opinions' outputElement='=opinion'/>"
        "</bpmn:extensionElements>"
    )
    marker = (
        f"<bpmn:multiInstanceLoopCharacteristics isSequential='true'>{extension}"
        "<bpmn:completionCondition>=numberOfCompletedInstances > 2</bpmn:completionCondition>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    found = read(diagram(line(START, user(inner=marker), END))).body.nodes["step"]
    assert found.loop == Loop(
        True, "=all", "one", "opinions", "=opinion", "=numberOfCompletedInstances > 2"
    )


def test_events_know_the_name_or_code_they_refer_to() -> None:
    def seen(kind: str) -> Event:
        drawn = event("intermediateThrowEvent", "x", kind)
        return read(diagram(line(START, drawn, END), roots=ROOTS)).body.nodes["x"].event

    assert seen("message") == Event(EventKind.MESSAGE, "回执", correlation_key="=case.number")
    assert seen("signal") == Event(EventKind.SIGNAL, "停工")
    assert seen("error") == Event(EventKind.ERROR, "NO_MINE")
    assert seen("escalation") == Event(EventKind.ESCALATION, "REPORT")
    assert seen("link") == Event(EventKind.LINK, "go")
    assert seen("conditional") == Event(EventKind.CONDITIONAL, expression="=ready")
    assert seen("terminate") == Event(EventKind.TERMINATE)
    assert seen("") == Event()


def test_timers_keep_their_form_and_text() -> None:
    forms = {"timer": TimerKind.DURATION, "date": TimerKind.DATE, "cycle": TimerKind.CYCLE}
    for kind, form in forms.items():
        drawn = event("intermediateCatchEvent", "x", kind)
        found = read(diagram(line(START, drawn, END))).body.nodes["x"].event
        assert found.timer is form
        assert found.expression


def test_a_receive_task_waits_for_its_message() -> None:
    drawn = node("receiveTask", "x", attributes='messageRef="msg"')
    found = read(diagram(line(START, drawn, END), roots=ROOTS)).body.nodes["x"]
    assert found.event == Event(EventKind.MESSAGE, "回执", correlation_key="=case.number")


def test_boundary_events_know_their_activity_and_whether_they_interrupt() -> None:
    body = read(
        diagram(
            line(START, user(), END),
            boundary("b1", "step", "timer"),
            boundary("b2", "step", "timer", interrupting=False),
            flow("b1", "end"),
            flow("b2", "end"),
        )
    ).body
    assert [(b.id, b.interrupting) for b in body.boundaries("step")] == [
        ("b1", True),
        ("b2", False),
    ]


def test_a_sub_process_has_a_body_of_its_own() -> None:
    inner = '<bpmn:startEvent id="in"/><bpmn:endEvent id="out"/>' + flow("in", "out")
    found = read(diagram(line(START, node("subProcess", "sub", inner), END)))
    sub = found.body.nodes["sub"]
    assert sub.kind is Kind.SUB_PROCESS
    assert sub.body is not None
    assert list(sub.body.nodes) == ["in", "out"]
    assert [n.id for n in found.body.walk()] == ["start", "sub", "in", "out", "end"]


def test_documentation_is_never_that_of_a_child() -> None:
    inner = (
        '<bpmn:startEvent id="in"><bpmn:documentation>内部</bpmn:documentation></bpmn:startEvent>'
        '<bpmn:endEvent id="out"/>' + flow("in", "out")
    )
    found = read(diagram(line(START, node("subProcess", "sub", inner), END)))
    assert found.documentation == ""
    assert found.body.nodes["sub"].documentation == ""
    sub = found.body.nodes["sub"].body
    assert sub is not None
    assert sub.nodes["in"].documentation == "内部"


def test_an_element_keeps_its_own_documentation() -> None:
    source = diagram(
        "<bpmn:documentation>全流程</bpmn:documentation>",
        line(START, user(inner="<bpmn:documentation>第一条</bpmn:documentation>"), END),
    )
    assert read(source).documentation == "全流程"
    assert read(source).body.nodes["step"].documentation == "第一条"


def test_lanes_of_the_same_name_are_told_apart_by_id() -> None:
    lanes = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="科室"><bpmn:flowNodeRef>a'
        '</bpmn:flowNodeRef></bpmn:lane><bpmn:lane id="l2" name="科室"><bpmn:flowNodeRef>b'
        "</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    found = read(diagram(lanes, line(START, user("a"), user("b"), END)))
    assert (found.body.nodes["a"].lane, found.body.nodes["b"].lane) == ("l1", "l2")
    assert [(lane.id, lane.name, lane.nodes) for lane in found.lanes] == [
        ("l1", "科室", ("a",)),
        ("l2", "科室", ("b",)),
    ]


def test_of_nested_lanes_the_innermost_counts() -> None:
    lanes = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="outer" name="局">'
        "<bpmn:flowNodeRef>a</bpmn:flowNodeRef><bpmn:flowNodeRef>b</bpmn:flowNodeRef>"
        '<bpmn:childLaneSet id="cs"><bpmn:lane id="inner" name="科">'
        "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane>"
        "</bpmn:laneSet>"
    )
    found = read(diagram(lanes, line(START, user("a"), user("b"), END)))
    assert (found.body.nodes["a"].lane, found.body.nodes["b"].lane) == ("inner", "outer")


def test_a_process_knows_its_pool_and_takes_its_name_when_it_has_none() -> None:
    pool = (
        '<bpmn:collaboration id="c"><bpmn:participant id="p1" name="自然资源局" '
        'processRef="p"/></bpmn:collaboration>'
    )
    named = file(pool, process(line(START, user(), END)))
    assert (read(named).pool, read(named).name) == ("自然资源局", "流程")
    nameless = process(line(START, user(), END), attributes='id="p" isExecutable="true"')
    assert read(file(pool, nameless)).name == "自然资源局"


def test_a_process_has_its_version_tag_and_properties() -> None:
    extensions = (
        '<bpmn:extensionElements><zeebe:versionTag value="2025"/><zeebe:properties>'
        '<zeebe:property name="rule" value="R-1"/></zeebe:properties></bpmn:extensionElements>'
    )
    found = read(diagram(extensions, line(START, user(), END)))
    assert found.version_tag == "2025"
    assert found.zeebe.properties == {"rule": "R-1"}


def test_sequential_and_parallel_markers_differ() -> None:
    def seen(sequential: bool) -> bool:
        marked = user(inner=loop(sequential=sequential))
        found = read(diagram(line(START, marked, END))).body.nodes["step"].loop
        assert found is not None
        return found.sequential

    assert (seen(True), seen(False)) == (True, False)
