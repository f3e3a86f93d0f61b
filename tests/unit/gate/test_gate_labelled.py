"""The proof against labelled diagrams: each flaw is found and named, each near miss is sound."""

from __future__ import annotations

from collections import Counter

import pytest

from engine.bpmn.model import Diagram
from engine.bpmn.read import read_diagram
from engine.gate.check import check_diagram
from engine.gate.context import GateContext
from engine.gate.report import Report

from .labels import Label, labels
from .replay import CONFIRMED, Walker

LABELS = list(labels())
UNSOUND = [label for label in LABELS if label.verdict == "unsound"]
SOUND = [label for label in LABELS if label.verdict == "sound"]


def named(label: Label) -> str:
    return f"{label.kind}-{label.name}"


def judged(label: Label) -> Report:
    """The report on the diagram as a file, with the files it calls at hand."""
    return check_diagram(label.bpmn(), GateContext(process=called(label).get, structure_only=True))


def called(label: Label) -> dict[str, Diagram]:
    return {name: read_diagram(source).diagram for name, source in label.called().items()}


def test_there_are_enough_of_each_kind_and_half_of_them_are_sound() -> None:
    counts = Counter((label.kind, label.verdict) for label in LABELS)
    assert len(LABELS) >= 80
    assert len({label.name for label in LABELS}) == len(LABELS)
    for kind in CONFIRMED:
        assert counts[kind, "unsound"] >= 10
        assert counts[kind, "sound"] >= 10
    assert len(SOUND) * 2 >= len(LABELS)


@pytest.mark.parametrize("label", UNSOUND, ids=named)
def test_a_flaw_is_found_and_named_by_its_kind(label: Label) -> None:
    report = judged(label)
    assert report.soundness.verdict == "unsound"
    assert label.kind in {violation.kind for violation in report.soundness.violations}
    assert not report.publishable


@pytest.mark.parametrize("label", SOUND, ids=named)
def test_a_near_miss_is_sound_and_may_be_published(label: Label) -> None:
    report = judged(label)
    assert report.soundness.to_json() == {"verdict": "sound", "violations": []}
    assert [(f.code, f.element, f.en) for f in report.findings if f.blocks] == []


@pytest.mark.parametrize("label", UNSOUND, ids=named)
def test_every_counter_example_can_be_walked_and_shows_its_flaw(label: Label) -> None:
    violations = judged(label).soundness.violations
    assert violations
    others = {name: diagram.process(name) for name, diagram in called(label).items()}
    walker = Walker(read_diagram(label.bpmn()).diagram.process(), others)
    for violation in violations:
        shows = CONFIRMED[violation.kind]
        assert shows(walker, violation.trace, violation.elements), violation


@pytest.mark.parametrize(
    ("kind", "trace", "elements"),
    [
        ("deadlock", ("s", "x"), ("j",)),
        ("deadlock", ("s", "x", "a"), ("j",)),
        ("lack_of_synchronisation", ("s", "x", "a"), ("j",)),
        ("no_option_to_complete", ("s", "x"), ("a",)),
        ("improper_completion", ("s", "x", "a", "j"), ("e",)),
        ("dead_activity", (), ("b",)),
    ],
)
def test_the_second_look_believes_no_false_example(
    kind: str, trace: tuple[str, ...], elements: tuple[str, ...]
) -> None:
    sound = next(label for label in SOUND if label.name == "choice-into-merge")
    walker = Walker(read_diagram(sound.bpmn()).diagram.process(), {})
    assert not CONFIRMED[kind](walker, trace, elements)
