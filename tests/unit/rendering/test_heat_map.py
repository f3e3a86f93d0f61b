"""The heat map: every shipped diagram is drawn, values are written, hostile names are text."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from engine.figures.steps import StepFigures
from webapp.rendering.heatmap import COLOURS, Mark, heat_map
from webapp.usecases.overview import heats

ROOT = Path(__file__).parents[3]
DIAGRAMS = sorted((ROOT / "processes").glob("*/*.bpmn"))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_every_shipped_diagram_becomes_a_picture(path: Path) -> None:
    tree = etree.fromstring(str(heat_map(path.read_bytes(), {}, "标题", "说明")))
    assert tree.findtext(f"{SVG}title") == "标题"
    assert len(tree.findall(f"{SVG}rect")) > 2


def test_a_marked_step_is_coloured_and_says_its_value() -> None:
    source = (ROOT / "processes/national/national-review.bpmn").read_bytes()
    text = str(heat_map(source, {"VerifySite": Mark(4, "12.5 天")}, "题", "述"))
    assert text.count("12.5 天") == 1
    assert text.count(COLOURS[4]) == 1


def test_names_are_text_and_nothing_else() -> None:
    source = (ROOT / "processes/national/national-review.bpmn").read_bytes()
    hostile = source.replace('实地抽查核查"'.encode(), b'&lt;script&gt;alert(1)"')
    text = str(heat_map(hostile, {"VerifySite": Mark(0, "<b>")}, "<i>", "述"))
    assert "<script" not in text
    assert "<b>" not in text
    assert "<i>" not in text


def step(element: str, **changes: int) -> StepFigures:
    ages = (changes.pop("waiting", 0), 0, 0, 0)
    facts = {"overdue": 0, "done": 0, "seconds": 0, "in_time": 0, "late": 0, "returned": 0}
    return StepFigures("p", element, element, ages, **{**facts, **changes})


def test_heat_is_told_among_the_steps_of_a_procedure() -> None:
    steps = [
        step("a", done=2, seconds=200, waiting=7, returned=1),
        step("b", done=1, seconds=1_000),
        step("c"),
    ]
    assert {e: (h.level, h.value) for e, h in heats(steps, "duration").items()} == {
        "a": (0, 100),
        "b": (4, 1_000),
    }
    assert {e: h.value for e, h in heats(steps, "waiting").items()} == {"a": 7}
    assert {e: h.value for e, h in heats(steps, "returned").items()} == {"a": 1}
