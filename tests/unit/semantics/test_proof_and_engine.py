"""What is proved and what the engine does agree: no case of a sound process is ever stranded."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.bpmn.model import Process
from engine.bpmn.read import read_diagram
from engine.semantics.soundness import prove
from engine.spiff.machine import BudgetExceeded
from tests.unit.semantics.mutation import blocks, torn
from tests.unit.semantics.twin import NoExit, Twin

PROCESSES = Path(__file__).parents[3] / "processes"
WALKS, MOST_ACTS = 3, 40


class Willing(Twin):
    """A case whose services never stop for an incident."""

    def _draw(self, acting: str = "") -> None:
        super()._draw(acting)
        for name, outcome in self.host.outcomes.items():
            if outcome:
                self.host.outcomes[name] = ""


def is_stranded(procedure: tuple[list[Process], list[str], dict[str, tuple[int, int]]]) -> bool:
    """Whether one of a few random walks of the engine ends where nothing can move."""
    for walk in range(WALKS):
        try:
            twin = Willing(procedure, walk)
            while twin.moves < MOST_ACTS and not twin.is_over():
                twin.act()
        except (NoExit, BudgetExceeded):
            continue
        if not twin.machine.completed and not twin.places():
            return True
    return False


@pytest.mark.parametrize("seed", range(0, 40, 2))
def test_whole_blocks_are_sound(seed: int) -> None:
    main, *called = blocks(seed)[0]
    proof = prove(main, {p.id: p for p in called})
    assert (proof.verdict, proof.flaws) == ("sound", ())


def disagreements(seeds: range) -> tuple[list[int], int]:
    """The seeds of processes that strand a case although proved sound, and how many strand."""
    wrong, stranded = [], 0
    for seed in seeds:
        procedure = torn(seed)
        if is_stranded(procedure):
            stranded += 1
            main, *called = procedure[0]
            proof = prove(main, {p.id: p for p in called}, most_moves=4_000)
            if proof.verdict == "sound":
                wrong.append(seed)
    return wrong, stranded


def test_a_process_that_strands_a_case_is_not_proved_sound() -> None:
    wrong, stranded = disagreements(range(1, 100, 2))
    assert wrong == []
    assert stranded > 5


@pytest.mark.full
@pytest.mark.parametrize("batch", range(1, 20))
def test_many_processes_that_strand_a_case_are_not_proved_sound(batch: int) -> None:
    assert disagreements(range(batch * 200 + 1, batch * 200 + 200, 2))[0] == []


def test_every_shipped_procedure_is_sound() -> None:
    files = sorted(PROCESSES.rglob("*.bpmn"))
    shipped = {p.id: p for f in files for p in read_diagram(f.read_bytes()).diagram.processes}
    assert shipped
    for process in shipped.values():
        proof = prove(process, shipped)
        assert (process.id, proof.verdict, proof.flaws) == (process.id, "sound", ())
