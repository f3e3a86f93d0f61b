"""Every diagram that ships is read without an error and passes the gate's structural checks."""

from __future__ import annotations

from pathlib import Path

import pytest
from bpmn.rows import ROWS

from engine.bpmn.feature import Verdict as FeatureVerdict
from engine.bpmn.support import FEATURES
from engine.gate.check import check_diagram

ROOT = Path(__file__).parents[3]
SHIPPED = sorted(
    [*ROOT.glob("processes/**/*.bpmn"), *ROOT.glob("tests/process/data/*.bpmn")],
    key=lambda path: path.as_posix(),
)


def test_there_are_shipped_diagrams() -> None:
    assert SHIPPED


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_diagram_has_no_errors(path: Path) -> None:
    report = check_diagram(path.read_bytes())
    assert [(f.code, f.element) for f in report.findings if f.blocks] == []


@pytest.mark.parametrize(
    "key", [key for key, row in FEATURES.items() if row.verdict is not FeatureVerdict.REFUSED]
)
def test_what_the_table_says_is_executed_may_be_published(key: str) -> None:
    report = check_diagram(ROWS[key])
    assert [(f.code, f.element) for f in report.findings if f.blocks] == []


@pytest.mark.parametrize(
    "key", [key for key, row in FEATURES.items() if row.verdict is FeatureVerdict.REFUSED]
)
def test_what_the_table_refuses_may_not_be_published(key: str) -> None:
    assert not check_diagram(ROWS[key]).publishable
