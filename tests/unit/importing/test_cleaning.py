"""What a drawing may not carry along is taken away, named, and nothing else is touched."""

from __future__ import annotations

import pytest

from engine.importing.run import import_diagram
from webapp.usecases.redrawing import EMPTY_DRAWING

DRAWING = EMPTY_DRAWING.format(id="trial", name='"试画"')
START = '<bpmn:startEvent id="Begin" name="开始">'
SHAPE = '<bpmndi:BPMNShape id="Begin_di" bpmnElement="Begin">'
PNG = "data:image/png;base64,iVBORw0KGgo="

HOSTILE = [
    (START, START[:-1] + ' zeebe:modelerTemplateIcon="https://elsewhere.example/a.svg">', START),
    (START, START[:-1] + ' zeebe:modelerTemplateIcon="javascript:alert(1)">', START),
    (
        START,
        START
        + "<bpmn:documentation>看&lt;script&gt;alert(1)&lt;/script&gt;这里</bpmn:documentation>",
        START + "<bpmn:documentation>看alert(1)这里</bpmn:documentation>",
    ),
    (
        START,
        START + "<bpmn:documentation>看<script>alert(1)</script></bpmn:documentation>",
        START + "<bpmn:documentation>看</bpmn:documentation>",
    ),
    (
        SHAPE,
        SHAPE[:-1] + ' xmlns:b="http://bpmn.io/schema/bpmn/biocolor/1.0" b:fill="url(http://e)">',
        SHAPE[:-1] + ' xmlns:b="http://bpmn.io/schema/bpmn/biocolor/1.0">',
    ),
]
FINE = [
    (START, START[:-1] + f' zeebe:modelerTemplateIcon="{PNG}">'),
    (START, START + "<bpmn:documentation>分数 &lt; 60 的退回；a &lt; b</bpmn:documentation>"),
    (SHAPE, SHAPE[:-1] + ' xmlns:b="urn:b" b:fill="#fff" b:stroke="rgb(1, 2, 3)">'),
]


@pytest.mark.parametrize(("place", "hostile", "cleaned"), HOSTILE)
def test_what_leads_elsewhere_is_taken_away_and_named(
    place: str, hostile: str, cleaned: str
) -> None:
    made = import_diagram(DRAWING.replace(place, hostile).encode())
    assert made.normalised.decode() == DRAWING.replace(place, cleaned)
    assert [finding.element for finding in made.findings if "removed" in finding.code]


@pytest.mark.parametrize(("place", "fine"), FINE)
def test_what_is_harmless_stays_byte_for_byte(place: str, fine: str) -> None:
    text = DRAWING.replace(place, fine).encode()
    assert import_diagram(text).normalised == text
