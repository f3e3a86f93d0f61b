"""The page of the contract (docs/diagrams.md) says what diagrams and forms really hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .picture import DIAGRAMS, ROOT, find, read_picture

PAGE = (ROOT / "docs" / "diagrams.md").read_text("utf-8")
SHIPPED = [path for path in DIAGRAMS if path.is_relative_to(ROOT / "processes")]
FORMS = sorted(ROOT.glob("forms/**/*.form"))


def _rows() -> dict[str, str]:
    """The rows of the page's tables by what stands in their first cell."""
    lines = (line.strip("| ") for line in PAGE.splitlines() if line.startswith("| `"))
    return {line.split(" | ", 1)[0].strip("`"): line for line in lines}


def _services() -> Iterator[tuple[str, set[str], set[str]]]:
    """Type, inputs and the outputs that are read of every service task."""
    for path in SHIPPED:
        for task in find(read_picture(path).root, "//bpmn:serviceTask"):
            (definition,) = find(task, ".//zeebe:taskDefinition")
            inputs = {line.get("target", "") for line in find(task, ".//zeebe:input")}
            outputs = {line.get("source", "").lstrip("=") for line in find(task, ".//zeebe:output")}
            yield definition.get("type", ""), inputs, {name for name in outputs if name.isalpha()}


def test_every_service_task_is_described_with_its_inputs_and_outputs() -> None:
    rows = _rows()
    for task_type, inputs, outputs in _services():
        untold = {
            n for n in inputs | outputs - {"false", "null"} if f"`{n}`" not in rows[task_type]
        }
        assert untold == set(), task_type


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_variable_a_person_sets_is_described(path: Path) -> None:
    tasks = find(read_picture(path).root, "//bpmn:userTask//zeebe:output")
    untold = {t.get("target", "") for t in tasks if f"`{t.get('target')}`" not in PAGE}
    assert untold == set()


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_field_of_a_form_is_described(path: Path) -> None:
    _, _, section = PAGE.partition(f"**`{path.stem}`**")
    section = section.partition("\n**`")[0]
    keys = set(_keys(json.loads(path.read_text("utf-8"))["components"]))
    assert {key for key in keys if f"`{key}`" not in section} == set()


def _keys(components: list[dict[str, Any]], above: str = "") -> Iterator[str]:
    for component in components:
        inner = component.get("components", [])
        if component["type"] == "group":
            path = component.get("path")
            yield from _keys(inner, f"{above}{path}." if path else above)
        elif "key" in component or "path" in component:
            yield above + component.get("key", component.get("path", ""))
            yield from _keys(inner)
