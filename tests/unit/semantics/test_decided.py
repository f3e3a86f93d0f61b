"""The proof comes to an answer: on shipped diagrams always, on random ones nearly always."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.bpmn.read import read_diagram
from engine.gate.check import check_diagram
from engine.gate.context import GateContext
from tests.unit.semantics.decided import MOST_ELEMENTS, decide

ROOT = Path(__file__).parents[3]
SHIPPED = sorted(ROOT.glob("processes/**/*.bpmn"))
AT_MOST = 0.01


def test_nothing_is_unknown_of_the_shipped_diagrams() -> None:
    read = {path: read_diagram(path.read_bytes()).diagram for path in SHIPPED}
    known = {process.id: diagram for diagram in read.values() for process in diagram.processes}
    context = GateContext(process=known.get, structure_only=True)
    verdicts = {
        path.stem: check_diagram(path.read_bytes(), context).soundness.verdict for path in SHIPPED
    }
    assert verdicts
    assert set(verdicts.values()) == {"sound"}, verdicts


@pytest.mark.parametrize("seeds", [range(150), pytest.param(range(2_000), marks=pytest.mark.full)])
def test_hardly_anything_is_unknown_of_random_diagrams(seeds: range) -> None:
    decided = decide(seeds)
    assert len(decided.sizes) > len(seeds) // 2
    assert max(decided.sizes) > MOST_ELEMENTS * 3 // 4
    assert decided.verdicts["sound"] > 20
    assert decided.verdicts["unsound"] > 20
    assert decided.share_unknown <= AT_MOST, decided.unknown
