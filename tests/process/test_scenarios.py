"""Every scenario that ships beside a procedure holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from webapp.product import shipped_sources
from webapp.usecases.trying import try_file

ROOT = Path(__file__).parents[2] / "processes"
ENDING = ".scenario.json"
SHIPPED = sorted(ROOT.glob(f"*/*{ENDING}"))


def test_there_are_shipped_scenarios() -> None:
    assert len(SHIPPED) >= 2


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name.removesuffix(ENDING))
def test_a_shipped_scenario_holds(path: Path) -> None:
    diagram = path.with_name(path.name.removesuffix(ENDING) + ".bpmn")
    now = datetime(2026, 3, 2, 1, tzinfo=UTC)
    code, answer = try_file(diagram, path, None, shipped_sources(), now)
    assert code == 0, json.dumps(answer, ensure_ascii=False)
