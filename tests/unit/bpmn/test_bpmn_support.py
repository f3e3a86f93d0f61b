"""The support table: every row is used by a diagram, and the reader says what the row says."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.bpmn.feature import Verdict
from engine.bpmn.findings import Severity
from engine.bpmn.model import EventKind, Kind
from engine.bpmn.read import read_diagram
from engine.bpmn.support import FEATURES, SECTIONS, feature, is_executed
from engine.bpmn.support_page import support_page

from .diagrams import findings
from .rows import ROWS

PAGE = Path(__file__).parents[3] / "docs" / "bpmn-support.md"


def rows_with(*verdicts: Verdict) -> list[str]:
    return [key for key, row in FEATURES.items() if row.verdict in verdicts]


def test_every_row_has_its_diagram() -> None:
    assert set(ROWS) == set(FEATURES)


@pytest.mark.parametrize("key", rows_with(Verdict.EXECUTED, Verdict.DRAWING))
def test_what_is_executed_or_a_picture_is_accepted_without_a_word(key: str) -> None:
    assert read_diagram(ROWS[key]).findings == ()


@pytest.mark.parametrize("key", rows_with(Verdict.REFUSED))
def test_what_is_not_executed_is_refused_by_name(key: str) -> None:
    found = findings(ROWS[key])[f"unsupported:{key}"]
    assert found.severity is Severity.ERROR
    assert found.element
    assert feature(key).zh in found.zh
    assert feature(key).en in found.en
    assert found.remedy_zh
    assert found.remedy_en


@pytest.mark.parametrize("key", rows_with(Verdict.REFUSED))
def test_nothing_else_of_a_refused_diagram_is_an_error(key: str) -> None:
    errors = {f.code for f in read_diagram(ROWS[key]).findings if f.blocks}
    assert errors == {f"unsupported:{key}"}


@pytest.mark.parametrize("key", rows_with(Verdict.NOTED))
def test_what_has_no_effect_is_noted_and_blocks_nothing(key: str) -> None:
    reading = read_diagram(ROWS[key])
    assert f"noted:{key}" in {f.code for f in reading.findings}
    assert not reading.blocks


def test_a_refusal_has_a_reason_and_a_remedy_in_both_languages() -> None:
    for key in rows_with(Verdict.REFUSED):
        row = feature(key)
        assert all((row.reason_zh, row.reason_en, row.remedy_zh, row.remedy_en)), key


def test_no_key_stands_twice() -> None:
    assert len(FEATURES) == sum(len(rows) for _, _, rows in SECTIONS)


def test_every_element_type_of_the_model_has_a_row() -> None:
    for kind in Kind:
        rows = [key for key in FEATURES if key.partition("/")[0] == kind.value]
        assert rows, kind


def test_every_trigger_of_the_model_has_a_row() -> None:
    for kind in EventKind:
        assert any(key.split("/")[1:2] == [kind.value] for key in FEATURES), kind


def test_the_table_can_be_asked() -> None:
    assert is_executed("userTask")
    assert not is_executed("complexGateway")


def test_the_page_in_the_documentation_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == support_page()
