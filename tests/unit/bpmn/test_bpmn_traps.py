"""Every trap of the token machine is executed, normalised or refused by name: never ignored."""

from __future__ import annotations

import pytest

from engine.bpmn.findings import Severity
from engine.bpmn.read import read_diagram

from .diagrams import (
    END,
    ROOTS,
    START,
    USER,
    boundary,
    codes,
    diagram,
    event,
    file,
    findings,
    flow,
    line,
    node,
    process,
    read,
    user,
)


def test_a_flow_without_id_gets_the_same_id_on_every_reading() -> None:
    nameless = flow("step", "end").replace('id="f_step_end" ', "")
    source = diagram(line(START, user()), END, nameless)
    found = findings(source)["flow-id-added"]
    assert (found.severity, found.element) == (Severity.INFO, "step")
    assert read(source).body.nodes["end"].incoming == ("Flow_step_end",)
    assert read(source) == read(source)


def test_two_nameless_flows_between_the_same_ends_are_told_apart() -> None:
    nameless = flow("g", "end").replace('id="f_g_end" ', "")
    taken = flow("start", "g", flow_id="Flow_g_end")
    body = read(diagram(START, node("exclusiveGateway", "g"), END, taken, nameless, nameless)).body
    assert body.nodes["g"].outgoing == ("Flow_g_end_2", "Flow_g_end_3")


@pytest.mark.parametrize("flag", ["", 'isExecutable="false"', 'isExecutable="nonsense"'])
def test_a_process_not_marked_executable_opens_as_a_draft(flag: str) -> None:
    source = file(process(line(START, user(), END), attributes=f'id="p" {flag}'))
    assert codes(source) == {"process-not-executable"}
    assert read(source).executable
    assert not read_diagram(source).blocks


def test_a_data_reference_that_leads_nowhere_does_not_hang() -> None:
    lost = (
        '<bpmn:dataInputAssociation id="da"><bpmn:sourceRef>r</bpmn:sourceRef>'
        "</bpmn:dataInputAssociation>"
    )
    inner = user("t", lost)
    for depth in range(3):
        ends = f'<bpmn:startEvent id="i{depth}"/>', f'<bpmn:endEvent id="o{depth}"/>'
        inner = node("subProcess", f"s{depth}", line(ends[0], inner, ends[1]))
    reference = '<bpmn:dataObjectReference id="r" dataObjectRef="nowhere"/>'
    assert codes(diagram(line(START, inner, END), reference)) == {
        "noted:dataAssociation",
        "noted:dataObject",
    }


@pytest.mark.parametrize(
    "drawn",
    [
        node("receiveTask", "x", attributes='messageRef="gone"'),
        event("intermediateCatchEvent", "x", '<bpmn:messageEventDefinition messageRef="gone"/>'),
        event("intermediateCatchEvent", "x", '<bpmn:signalEventDefinition signalRef="gone"/>'),
        event(
            "intermediateThrowEvent", "x", '<bpmn:escalationEventDefinition escalationRef="gone"/>'
        ),
    ],
)
def test_a_reference_to_nothing_is_an_error_on_the_element(drawn: str) -> None:
    found = findings(diagram(line(START, drawn, END)))["reference-missing"]
    assert (found.severity, found.element, found.name) == (Severity.ERROR, "x", "环节")
    assert "gone" in found.zh


@pytest.mark.parametrize(
    ("declared", "definition", "code"),
    [
        ('<bpmn:message id="d"/>', '<bpmn:messageEventDefinition messageRef="d"/>', "name-missing"),
        ('<bpmn:signal id="d"/>', '<bpmn:signalEventDefinition signalRef="d"/>', "name-missing"),
        ('<bpmn:error id="d"/>', '<bpmn:errorEventDefinition errorRef="d"/>', "code-missing"),
    ],
)
def test_a_nameless_declaration_is_an_error_where_it_is_used(
    declared: str, definition: str, code: str
) -> None:
    tag = "endEvent" if "error" in definition else "intermediateThrowEvent"
    drawn = event(tag, "x", definition)
    found = findings(diagram(line(START, drawn), roots=declared))[code]
    assert (found.severity, found.element) == (Severity.ERROR, "x")


def test_references_with_a_prefix_are_resolved() -> None:
    source = diagram(
        START,
        node("receiveTask", "x", attributes='messageRef="tns:msg"'),
        END,
        flow("tns:start", "tns:x", flow_id="f1"),
        flow("x", "end"),
        roots=ROOTS,
    )
    assert codes(source) == {"reference-prefixed"}
    assert read(source).body.nodes["x"].event.ref == "回执"
    assert read(source).body.nodes["x"].incoming == ("f1",)


@pytest.mark.parametrize("reserved", ["Start", "End", "Root"])
@pytest.mark.parametrize("tag", ["userTask", "endEvent"])
def test_ids_of_internal_specs_are_refused_by_name(reserved: str, tag: str) -> None:
    drawn = node(tag, reserved)
    found = findings(diagram(line(START, drawn)))["id-reserved"]
    assert (found.severity, found.element) == (Severity.ERROR, reserved)


def test_an_id_used_twice_is_an_error_and_the_first_element_stands() -> None:
    source = diagram(line(START, user("a", name="第一"), END), user("a", name="第二"))
    found = findings(source)["id-duplicate"]
    assert (found.severity, found.element) == (Severity.ERROR, "a")
    assert read(source).body.nodes["a"].name == "第一"


def test_an_id_used_twice_on_different_levels_is_an_error() -> None:
    inner = '<bpmn:startEvent id="start"/>' + user("b") + flow("start", "b", flow_id="fi")
    assert "id-duplicate" in codes(diagram(line(START, node("subProcess", "s", inner), END)))


@pytest.mark.parametrize("wrong", ["1a", "a b", "a:b", "-a", "a" * 121])
def test_an_id_that_is_no_name_is_an_error(wrong: str) -> None:
    assert "id-form" in codes(diagram(START, user(wrong), END))


@pytest.mark.parametrize("good", ["_1", "审查", "a.b-c", "a" * 105])
def test_other_ids_are_fine(good: str) -> None:
    assert not codes(diagram(line(START, user(good), END)))


def test_a_node_without_id_is_an_error_at_its_place() -> None:
    found = findings(diagram(line(START, END), "<bpmn:userTask name='x'/>"))["id-missing"]
    assert ":" in found.element
    assert found.name == "x"


@pytest.mark.parametrize(("source", "target"), [("start", "gone"), ("gone", "end"), ("start", "")])
def test_a_dangling_flow_is_an_error(source: str, target: str) -> None:
    found = findings(diagram(START, END, flow(source, target, flow_id="f")))["flow-dangling"]
    assert (found.severity, found.element) == (Severity.ERROR, "f")


def test_a_flow_across_a_border_is_an_error() -> None:
    inner = '<bpmn:startEvent id="in"/>'
    drawn = diagram(START, node("subProcess", "s", inner), END, flow("in", "end", flow_id="f"))
    assert findings(drawn)["flow-crosses-border"].element == "f"


def test_stale_flow_lists_do_not_count() -> None:
    source = diagram(
        line(START, user(inner="<bpmn:incoming>f_start_step</bpmn:incoming>"
                               "<bpmn:incoming>old</bpmn:incoming>"), END)
    )  # fmt: skip
    assert codes(source) == {"flow-list-stale"}
    assert read(source).body.nodes["step"].incoming == ("f_start_step",)


def test_a_default_that_does_not_leave_the_gateway_is_an_error() -> None:
    gateway = node("exclusiveGateway", "g", attributes='default="f_start_g"')
    source = diagram(line(START, gateway, END))
    assert findings(source)["default-not-outgoing"].element == "g"
    assert read(source).body.nodes["g"].default == ""


@pytest.mark.parametrize("host", ["gone", "start", ""])
def test_a_boundary_event_must_sit_on_an_activity(host: str) -> None:
    source = diagram(line(START, user(), END), boundary("b", host, "timer"), flow("b", "end"))
    assert findings(source)["attached-to-missing"].element == "b"


def test_a_lane_that_lists_what_is_gone_is_a_warning() -> None:
    lanes = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="科"><bpmn:flowNodeRef>gone'
        "</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    found = findings(diagram(lanes, line(START, user(), END)))["lane-unknown-node"]
    assert (found.severity, found.element) == (Severity.WARNING, "l1")


def test_an_element_in_two_lanes_is_a_warning_and_the_first_counts() -> None:
    ref = "<bpmn:flowNodeRef>step</bpmn:flowNodeRef>"
    lanes = (
        f'<bpmn:laneSet id="ls"><bpmn:lane id="l1">{ref}</bpmn:lane>'
        f'<bpmn:lane id="l2">{ref}</bpmn:lane></bpmn:laneSet>'
    )
    source = diagram(lanes, line(START, user(), END))
    assert codes(source) == {"lane-twice"}
    assert read(source).body.nodes["step"].lane == "l1"


def test_two_extensions_of_one_kind_are_an_error() -> None:
    twice = USER + '<zeebe:assignmentDefinition candidateGroups="leader"/>'
    assert codes(diagram(line(START, user(extensions=twice), END))) == {"element-twice"}


def test_two_properties_of_one_name_are_an_error() -> None:
    one = '<zeebe:property name="stage" value="x"/>'
    extensions = f"{USER}<zeebe:properties>{one}{one}</zeebe:properties>"
    assert codes(diagram(line(START, user(extensions=extensions), END))) == {"element-twice"}


def test_a_condition_drawn_twice_is_an_error() -> None:
    twice = flow("step", "end").replace(
        "></bpmn:sequenceFlow>", ">" + "<bpmn:conditionExpression/>" * 2 + "</bpmn:sequenceFlow>"
    )
    assert "element-twice" in codes(diagram(line(START, user()), END, twice))


def test_a_chain_of_a_thousand_nodes_is_read_without_recursion() -> None:
    chain = line(START, *(user(f"n{n}") for n in range(1_000)), END)
    assert len(read(diagram(chain)).body.nodes) == 1_002


def test_sub_processes_are_read_as_deep_as_the_xml_may_be() -> None:
    inner = ""
    for depth in range(55):
        inner = node("subProcess", f"s{depth}", inner)
    assert sum(1 for _ in read(diagram(inner)).body.walk()) == 55


def link(tag: str, node_id: str, name: str = "go") -> str:
    return event(tag, node_id, f'<bpmn:linkEventDefinition name="{name}"/>')


def throws(node_id: str, name: str = "go") -> str:
    return link("intermediateThrowEvent", node_id, name)


def catches(node_id: str, name: str = "go") -> str:
    return link("intermediateCatchEvent", node_id, name)


def test_every_throw_of_a_link_leads_to_its_catch() -> None:
    gateway = node("exclusiveGateway", "g", attributes='default="f_g_t2"')
    drawn = diagram(
        line(START, gateway, throws("t1")), throws("t2"), flow("g", "t2"),
        line(catches("c"), user(), END),
    )  # fmt: skip
    body = read(drawn).body
    assert not codes(drawn)
    assert body.nodes["c"].incoming == ("Link_t1", "Link_t2")
    assert body.nodes["t1"].outgoing == ("Link_t1",)
    assert not body.flows["Link_t1"].is_drawn
    assert read_diagram(drawn).diagram.source == drawn


@pytest.mark.parametrize(
    ("elements", "code", "element"),
    [
        ([throws("t", "gone"), catches("c")], "link-target-missing", "t"),
        ([throws("t"), catches("c"), catches("c2")], "link-target-twice", "c2"),
        ([throws("t", ""), catches("c")], "link-name-missing", "t"),
        ([throws("t"), catches("c", "")], "link-name-missing", "c"),
        ([throws("t"), catches("c"), flow("t", "end")], "link-throw-outgoing", "t"),
        ([throws("t"), catches("c"), flow("start", "c")], "link-catch-incoming", "c"),
    ],
)
def test_a_link_that_leads_nowhere_or_to_two_places_is_an_error(
    elements: list[str], code: str, element: str
) -> None:
    drawn = diagram(START, END, flow("start", "t"), flow("c", "end"), *elements)
    found = findings(drawn)[code]
    assert (found.severity, found.element) == (Severity.ERROR, element)


def test_a_link_does_not_lead_out_of_its_level() -> None:
    inner = line('<bpmn:startEvent id="in"/>', throws("t"))
    drawn = diagram(line(START, node("subProcess", "s", inner), END), line(catches("c"), user()))
    assert findings(drawn)["link-target-missing"].element == "t"
