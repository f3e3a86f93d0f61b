"""Diagrams of other tools: they open, what is certain is normalised, every doubt is named."""

from __future__ import annotations

import pytest

from engine.bpmn.findings import Severity
from engine.bpmn.read import read_diagram

from .diagrams import (
    END,
    START,
    USER,
    codes,
    diagram,
    file,
    findings,
    flow,
    line,
    mapping,
    node,
    process,
    read,
    user,
)

PLAIN = line(START, user(), END)


def with_extension(inner: str, tag: str = "userTask") -> bytes:
    base = USER if tag == "userTask" else ""
    return diagram(line(START, node(tag, "step", extensions=base + inner), END))


def test_a_file_without_a_process_is_an_error_on_the_file() -> None:
    found = findings(file())["no-process"]
    assert (found.severity, found.element) == (Severity.ERROR, "file")
    assert read_diagram(file()).diagram.processes == ()


def test_an_empty_process_is_an_error() -> None:
    found = findings(diagram())["empty-process"]
    assert (found.severity, found.element) == (Severity.ERROR, "p")


def test_an_empty_pool_is_left_out() -> None:
    source = file(process(attributes='id="q" name="企业"'), process(PLAIN))
    assert codes(source) == {"empty-pool"}
    assert [p.id for p in read_diagram(source).diagram.processes] == ["p"]


def test_the_one_executable_process_is_executed_and_the_others_are_pictures() -> None:
    other = process(node("complexGateway", "g"), attributes='id="q" isExecutable="false"')
    source = file(other, process(PLAIN))
    assert codes(source) == {"process-not-executed"}
    found = read_diagram(source).diagram
    assert [(p.id, p.executable) for p in found.processes] == [("p", True), ("q", False)]
    assert found.process().id == "p"


@pytest.mark.parametrize("flag", ["true", "false"])
def test_two_candidates_for_execution_are_an_error(flag: str) -> None:
    second = process(
        '<bpmn:startEvent id="s9"/><bpmn:endEvent id="e9"/>' + flow("s9", "e9"),
        attributes=f'id="q" isExecutable="{flag}"',
    )
    first = process(PLAIN, attributes=f'id="p" isExecutable="{flag}"')
    assert findings(file(first, second))["several-processes"].element == "q"


def test_an_unknown_element_is_named() -> None:
    found = findings(diagram(PLAIN, '<bpmn:teleport id="t"/>'))["unknown-element"]
    assert (found.severity, found.element) == (Severity.ERROR, "p")
    assert "teleport" in found.zh


def test_a_known_element_in_the_wrong_place_is_named() -> None:
    found = findings(diagram(line(START, user(inner="<bpmn:lane id='l'/>"), END)))
    assert found["unknown-element"].element == "step"


def test_an_unknown_attribute_is_named_with_its_value() -> None:
    found = findings(diagram(line(START, user(attributes='speed="fast"'), END)))
    assert found["unknown-attribute"].element == "step"
    assert "fast" in found["unknown-attribute"].en


@pytest.mark.parametrize("value", ["##unspecified", "##WebService", ""])
def test_a_default_implementation_means_nothing(value: str) -> None:
    source = diagram(line(START, user(attributes=f'implementation="{value}"'), END))
    assert not codes(source)


def test_another_implementation_is_named() -> None:
    source = diagram(line(START, user(attributes='implementation="urn:mine"'), END))
    assert codes(source) == {"unknown-attribute"}


@pytest.mark.parametrize(
    "extension",
    [
        '<x:thing xmlns:x="http://www.bizagi.com/bpmn20"/>',
        '<x:signavioMetaData xmlns:x="http://www.signavio.com" metaKey="bgcolor"/>',
        '<x:BPSimData xmlns:x="http://www.bpsim.org/schemas/1.0"/>',
        '<modeler:anything xmlns:modeler="http://camunda.org/schema/modeler/1.0"/>',
    ],
)
def test_bookkeeping_of_tools_is_passed_over(extension: str) -> None:
    assert not codes(with_extension(extension))


def test_colours_and_template_marks_are_passed_over() -> None:
    attributes = (
        'bioc:fill="#fff" zeebe:modelerTemplate="sign" zeebe:modelerTemplateVersion="2" '
        'xmlns:color="http://www.omg.org/spec/BPMN/non-normative/color/1.0" '
        'color:border-color="#000"'
    )
    assert not codes(diagram(line(START, user(attributes=attributes), END)))


def test_the_drawing_is_passed_over_whatever_it_holds() -> None:
    drawing = (
        '<bpmndi:BPMNDiagram id="di"><bpmndi:BPMNPlane id="pl" bpmnElement="p">'
        '<bpmndi:BPMNShape id="di" bpmnElement="step"><dc:Bounds x="1" y="1" width="9" height="9"/>'
        "</bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    )
    assert not codes(diagram(PLAIN, roots=drawing))


@pytest.mark.parametrize("foreign", ['<x:rule xmlns:x="urn:vendor"/>', "<rule/>"])
def test_an_unknown_extension_is_an_error(foreign: str) -> None:
    found = findings(with_extension(foreign))["unknown-extension"]
    assert (found.severity, found.element) == (Severity.ERROR, "step")


def test_an_unknown_vendor_attribute_is_an_error() -> None:
    source = diagram(line(START, user(attributes='xmlns:x="urn:vendor" x:rule="1"'), END))
    assert codes(source) == {"unknown-extension"}


@pytest.mark.parametrize(
    ("attribute", "instead"),
    [
        ('camunda:assignee="${user}"', "zeebe:assignmentDefinition assignee"),
        ('camunda:candidateGroups="a"', "zeebe:assignmentDefinition candidateGroups"),
        ('camunda:formKey="embedded:app:x"', "zeebe:formDefinition formId"),
        ('camunda:dueDate="P1D"', "zeebe:taskSchedule dueDate"),
        ('camunda:unheardOf="x"', "zeebe:properties"),
    ],
)
def test_camunda_7_attributes_that_change_execution_are_errors_with_a_replacement(
    attribute: str, instead: str
) -> None:
    source = diagram(line(START, user(attributes=attribute), END))
    found = findings(source)["foreign-extension"]
    assert (found.severity, found.element) == (Severity.ERROR, "step")
    assert instead in found.remedy_zh
    assert "Camunda 7" in found.en


@pytest.mark.parametrize("name", ["asyncBefore", "exclusive", "historyTimeToLive", "jobPriority"])
def test_mere_technique_of_camunda_7_is_a_warning(name: str) -> None:
    source = diagram(line(START, user(attributes=f'camunda:{name}="1"'), END))
    assert findings(source)["foreign-technical"].severity is Severity.WARNING
    assert not read_diagram(source).blocks


@pytest.mark.parametrize(
    "namespace",
    [
        "http://flowable.org/bpmn",
        "http://activiti.org/bpmn",
        "http://www.jboss.org/drools",
        "http://spiffworkflow.org/bpmn/schema/1.0/core",
    ],
)
def test_extensions_of_other_engines_are_errors(namespace: str) -> None:
    source = with_extension(f'<x:taskListener xmlns:x="{namespace}"/>')
    assert codes(source) == {"foreign-extension"}


def test_a_diagram_for_another_platform_says_so() -> None:
    source = file(process(PLAIN), attributes='modeler:executionPlatform="Camunda Platform"')
    assert findings(source)["other-platform"].severity is Severity.INFO
    ours = file(process(PLAIN), attributes='modeler:executionPlatform="Camunda Cloud"')
    assert not codes(ours)


def test_a_user_task_without_its_mark_is_run_as_a_work_item() -> None:
    source = diagram(line(START, user(extensions=USER.replace("<zeebe:userTask/>", "")), END))
    assert codes(source) == {"user-task-type"}


def test_a_called_process_in_bpmns_own_attribute_is_taken() -> None:
    drawn = node("callActivity", "x", attributes='calledElement="tns:notice"')
    source = diagram(line(START, drawn, END))
    assert codes(source) == {"reference-prefixed", "called-element-attribute"}
    assert read(source).calls() == ("notice",)


@pytest.mark.parametrize(
    "extension",
    [
        "executionListeners",
        "taskListeners",
        "linkedResources",
        "userTaskForm",
        "adHoc",
        "conditionalFilter",
        "somethingNew",
    ],
)
def test_other_zeebe_extensions_are_refused_by_name(extension: str) -> None:
    found = findings(with_extension(f"<zeebe:{extension}/>"))["unsupported-extension"]
    assert extension in found.zh
    assert found.remedy_zh


@pytest.mark.parametrize(
    ("tag", "extension"),
    [
        ("serviceTask", '<zeebe:formDefinition formId="x"/>'),
        ("task", '<zeebe:taskDefinition type="x"/>'),
        ("userTask", '<zeebe:script expression="=1" resultVariable="x"/>'),
        ("manualTask", mapping("output =a b")),
        ("userTask", mapping("input =a b")),
        ("scriptTask", mapping("input =a b")),
        ("intermediateThrowEvent", '<zeebe:taskDefinition type="x"/>'),
        ("intermediateThrowEvent", mapping("input =a b")),
        ("endEvent", mapping("output =a b")),
    ],
)
def test_an_extension_where_it_is_not_executed_is_an_error(tag: str, extension: str) -> None:
    found = findings(with_extension(extension, tag))["misplaced-extension"]
    assert (found.severity, found.element) == (Severity.ERROR, "step")


def test_a_start_form_is_for_the_none_start_of_the_process_only() -> None:
    form = '<zeebe:formDefinition formId="apply"/>'
    start = node("startEvent", "begin", extensions=form)
    assert not codes(diagram(line(start, user(), END)))
    inner = line(start, user("inside"), END.replace('id="end"', 'id="out"'))
    source = diagram(line(START, node("subProcess", "sub", inner), END))
    assert findings(source)["misplaced-extension"].element == "begin"


def test_an_unknown_attribute_of_an_extension_is_an_error() -> None:
    source = with_extension('<zeebe:priorityDefinition priority="1" mood="good"/>')
    assert codes(source) == {"unknown-attribute"}


def test_the_number_of_retries_is_noted() -> None:
    source = with_extension('<zeebe:taskDefinition type="x" retries="3"/>', "serviceTask")
    assert findings(source)["extension-noted"].severity is Severity.INFO


@pytest.mark.parametrize(
    ("binding", "expected"),
    [("latest", {"binding-latest"}), ("deployment", set()), ("versionTag", {"unknown-attribute"})],
)
def test_a_binding_is_resolved_at_publication_or_refused(binding: str, expected: set[str]) -> None:
    extension = f'<zeebe:calledElement processId="notice" bindingType="{binding}"/>'
    assert codes(with_extension(extension, "callActivity")) == expected


def test_a_finding_below_the_owner_points_at_the_owner() -> None:
    marker = "<bpmn:multiInstanceLoopCharacteristics id='mi' speed='1'/>"
    source = diagram(line(START, user(inner=marker), END))
    assert findings(source)["unknown-attribute"].element == "step"
