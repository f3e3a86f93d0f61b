"""What was not touched comes back as it was: bytes, comments, drawing, extensions of tools."""

from __future__ import annotations

import random
import re

import pytest
from bpmn.diagrams import END, START, diagram, line, user
from bpmn.mutations import SHIPPED, mutate
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn.xml import decode
from engine.gate.imported import check_import
from engine.importing.document import Document
from engine.importing.run import import_diagram

from .files import NAMES, load


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_diagram_comes_back_byte_for_byte(path: object) -> None:
    source = path.read_bytes()  # type: ignore[attr-defined]
    assert import_diagram(source).normalised == source


def test_one_id_is_all_that_is_added() -> None:
    source = load("kept-as-it-is.bpmn")
    added = b' id="Flow_step_end"'
    normalised = import_diagram(source).normalised
    assert normalised.count(added) == 1
    assert normalised.replace(added, b"") == source


def test_a_file_keeps_its_encoding() -> None:
    for name, codec in (
        ("encoding-gbk.bpmn", "gbk"),
        ("encoding-utf16-unmarked.bpmn", "utf-16-le"),
    ):
        normalised = import_diagram(load(name)).normalised
        assert normalised.decode(codec).replace(' id="Flow_step_end"', "") == load(name).decode(
            codec
        )


def test_a_character_the_encoding_lacks_is_written_as_a_reference() -> None:
    source = load("encoding-latin1.bpmn").replace(
        b'sourceRef="step"', 'name="é" sourceRef="step"'.encode("latin-1")
    )
    task = b'<bpmn:userTask id="step"'
    more = b' xmlns:c="http://camunda.org/schema/1.0/bpmn" c:assignee="&#24352;"'
    normalised = import_diagram(source.replace(task, task + more)).normalised
    assert b'assignee="&#24352;"' in normalised
    assert "é".encode("latin-1") in normalised


@pytest.mark.parametrize("name", NAMES)
def test_comments_and_drawing_are_kept(name: str) -> None:
    before, after = decode(load(name)), decode(import_diagram(load(name)).normalised)
    assert re.findall(r"<!--.*?-->|<\?acme.*?\?>", after) == re.findall(
        r"<!--.*?-->|<\?acme.*?\?>", before
    )
    assert _drawing(after) == _drawing(before)


def _drawing(text: str) -> list[str]:
    return re.findall(r"<\w+:(?:BPMNShape|BPMNEdge|Bounds|waypoint)\b[^>]*>", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_document_without_changes_is_its_own_text(name: str) -> None:
    text = decode(import_diagram(load(name)).normalised).encode()
    assert Document(text).written() == text


def test_changes_stand_where_they_belong() -> None:
    document = Document(diagram(line(START, user(), END)))
    (start,) = document.bpmn("startEvent")
    document.set(start, "name", 'A "b" <c>')
    document.extend(start, "formDefinition", formId="x")
    document.insert(start, "<!--behind-->")
    document.insert(start, "<!--before-->", behind=False)
    (end,) = document.bpmn("endEvent")
    document.remove(end)
    text = document.written().decode()
    assert (
        '<!--before--><bpmn:startEvent id="start" name=\'A "b" &lt;c&gt;\'>'
        '<bpmn:extensionElements><zeebe:formDefinition formId="x"/></bpmn:extensionElements>'
        "</bpmn:startEvent><!--behind-->"
    ) in text
    assert "endEvent" not in text


SEEDS = [load(name) for name in NAMES]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SEEDS), st.randoms(use_true_random=False), st.integers(1, 5))
def test_a_mutated_file_is_a_draft_or_has_a_finding_at_its_place(
    source: bytes, chance: random.Random, times: int
) -> None:
    for _ in range(times):
        source = mutate(source, chance) or b"<a/>"
    report, normalised = check_import(source)
    if report.readable:
        assert import_diagram(normalised).normalised == normalised
    else:
        (finding,) = report.findings
        assert re.fullmatch(r"\d+:\d+", finding.element)
        assert not normalised
