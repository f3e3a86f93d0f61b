"""Element templates: each, applied to a task, gives a drawing that the gate accepts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from engine.bpmn.findings import Severity
from engine.definitions.publishing import gate_context
from engine.errors import Invalid
from engine.gate.check import check_diagram
from engine.gate.context import GateContext
from engine.tenancy.chain import PLACES, Kind, resolve_parameters
from webapp.bindings.registry import all_bindings
from webapp.places import data_root
from webapp.product import shipped_sources
from webapp.usecases.redrawing import EMPTY_DRAWING
from webapp.usecases.step_templates import templates_in

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
SLUG = "ordos"
"""A tenant whose chain holds every parameter the templates name, and templates of its own."""

FILES = sorted(data_root().glob("processes/*/element-templates/*.json"))


def templates_of(path: Path) -> list[dict[str, Any]]:
    """What a file of the product holds."""
    owner = path.parts[-3]
    return list(templates_in({PLACES[Kind.STEP].path(owner, path.stem): path.read_bytes()}, owner))


FILLED = {
    "candidateGroups": "city-clerk",
    "in_body": '="正文"',
    "in_contact": '="电话"',
    "in_sheet": "=null",
    "in_document": '="告知书"',
    "in_content": '="内容"',
    "in_organiser": '="city-clerk"',
    "in_leader": '="city-clerk"',
    "in_reviewer": '="city-clerk"',
}
"""What an administrator fills in where a template cannot know it."""

READ = {
    prop["value"][1:]
    for path in FILES
    for template in templates_of(path)
    for prop in template["properties"]
    if re.fullmatch(r"=[A-Za-z]+", str(prop.get("value", "")))
}
"""The variables the templates read until somebody names others."""

ONE_CHILD = {
    "zeebe:formDefinition": "formDefinition",
    "zeebe:assignmentDefinition": "assignmentDefinition",
    "zeebe:taskSchedule": "taskSchedule",
    "zeebe:priorityDefinition": "priorityDefinition",
    "zeebe:calledElement": "calledElement",
    "zeebe:taskDefinition": "taskDefinition",
}
PERSON = {"zeebe:formDefinition", "zeebe:assignmentDefinition", "zeebe:taskSchedule"}


def applied(template: Mapping[str, Any]) -> bytes:
    """A drawing of one step to which the template was applied, as the modellers do it."""
    tree = Xml.fromstring(EMPTY_DRAWING.format(id="trial", name='"试画"'))
    process = tree.find(f"{BPMN}process")
    assert process is not None
    kind = template["elementType"]["value"].partition(":")[2]
    step = Xml.SubElement(process, BPMN + kind[0].lower() + kind[1:])
    step.set("id", "Step")
    extensions = Xml.SubElement(step, f"{BPMN}extensionElements")
    for prop in template["properties"]:
        _apply(step, extensions, prop)
    called = extensions.find(f"{ZEEBE}calledElement")
    if called is not None:  # a called procedure gets what the template maps, nothing else
        for direction in ("Parent", "Child"):
            called.set(f"propagateAll{direction}Variables", "false")
    _draw_in(process, step)
    return Xml.tostring(tree)


def _apply(step: Xml.Element, extensions: Xml.Element, prop: Mapping[str, Any]) -> None:
    value = prop.get("value", FILLED.get(prop.get("id", ""), ""))
    if isinstance(value, bool):
        value = "true" if value else "false"
    binding = prop["binding"]
    kind, text = binding["type"], str(value or FILLED.get(prop.get("id", ""), ""))
    if kind == "property":
        step.set(binding["name"], text)
    elif kind == "zeebe:userTask":
        Xml.SubElement(extensions, f"{ZEEBE}userTask")
    elif kind in ONE_CHILD:
        child = extensions.find(ZEEBE + ONE_CHILD[kind])
        child = Xml.SubElement(extensions, ZEEBE + ONE_CHILD[kind]) if child is None else child
        child.set(binding["property"], text)
    elif not prop.get("optional") or text:
        _list(extensions, binding, text)


def _list(extensions: Xml.Element, binding: Mapping[str, Any], text: str) -> None:
    holder, entry = {
        "zeebe:input": ("ioMapping", ("input", {"source": text, "target": binding.get("name")})),
        "zeebe:output": (
            "ioMapping",
            ("output", {"source": binding.get("source"), "target": text}),
        ),
        "zeebe:property": (
            "properties",
            ("property", {"name": binding.get("name"), "value": text}),
        ),
    }[binding["type"]]
    found = extensions.find(ZEEBE + holder)
    found = Xml.SubElement(extensions, ZEEBE + holder) if found is None else found
    Xml.SubElement(found, ZEEBE + entry[0], {k: v for k, v in entry[1].items() if v is not None})


def _draw_in(process: Xml.Element, step: Xml.Element) -> None:
    """Lead the flow from the beginning through the step to the end."""
    flow = process.find(f"{BPMN}sequenceFlow")
    finish = process.find(f"{BPMN}endEvent")
    assert flow is not None
    assert finish is not None
    flow.set("targetRef", "Step")
    Xml.SubElement(step, f"{BPMN}incoming").text = "Begin_to_Finish"
    Xml.SubElement(step, f"{BPMN}outgoing").text = "On"
    Xml.SubElement(process, f"{BPMN}sequenceFlow", id="On", sourceRef="Step", targetRef="Finish")
    finish[0].text = "On"


@pytest.fixture(scope="module")
def context() -> GateContext:
    """What the gate knows of the tenant, and every variable the templates read by default."""
    sources = shipped_sources()
    values = resolve_parameters(SLUG, sources)
    known = gate_context(SLUG, sources, sources.tenant(SLUG), frozenset(values), all_bindings())
    return replace(known, variables=known.variables | READ)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_template_gives_what_the_gate_accepts(path: Path, context: GateContext) -> None:
    (template,) = templates_of(path)
    report = check_diagram(applied(template), context)
    wrong = [f for f in report.findings if f.severity is Severity.ERROR]
    assert [f.zh for f in wrong] == []
    assert report.soundness.verdict.value == "sound"


def test_every_step_of_people_brings_form_role_and_deadline() -> None:
    """Applying a template deletes what it does not bind."""
    for path in FILES:
        for template in templates_of(path):
            if template["elementType"]["value"] == "bpmn:UserTask":
                bound = {prop["binding"]["type"] for prop in template["properties"]}
                assert bound >= PERSON | {"zeebe:userTask", "zeebe:priorityDefinition"}


FOLDER = PLACES[Kind.STEP].folder.format(owner="own")


@pytest.mark.parametrize(
    "picture", ["https://elsewhere.example/a.svg", "data:text/html,<script>", "javascript:alert(1)"]
)
def test_a_picture_from_elsewhere_is_left_out(picture: str) -> None:
    body = f'{{"id": "one", "icon": {{"contents": "{picture}"}}}}'.encode()
    assert list(templates_in({f"{FOLDER}/one.json": body}, "own")) == [{"id": "one"}]


@pytest.mark.parametrize("body", [b"{", b"[1]", b'{"id": 1}', b"\xff"])
def test_a_file_that_is_no_template_is_named(body: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        list(templates_in({f"{FOLDER}/wrong.json": body}, "own"))
    assert refused.value.facts["file"] == f"{FOLDER}/wrong.json"
