"""What is proved and what the engine does agree: no case of a sound process is ever stranded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn.model import Process
from engine.bpmn.read import read_diagram
from engine.semantics.marking import Marking
from engine.semantics.move import Move
from engine.semantics.soundness import prove
from engine.spiff.host import BudgetExceeded
from engine.spiff.machine import Waiting
from tests.unit.semantics.mutation import blocks, torn
from tests.unit.semantics.twin import NoExit, Twin

PROCESSES = Path(__file__).parents[3] / "processes"
WALKS, MOST_ACTS, MOST_MOVES = 3, 40, 4_000


class Walk(Twin):
    """The engine alone: nothing is held against the semantics, and no service stops."""

    def _draw(self, acting: str = "") -> None:
        super()._draw(acting)
        for name, outcome in self.host.outcomes.items():
            if outcome:
                self.host.outcomes[name] = ""

    def _begun(self, place: Waiting, wanted: Callable[[Move], bool]) -> frozenset[Marking]:
        return frozenset()

    def _follow(self, begun: frozenset[Marking]) -> None:
        """Nothing is followed."""

    def _book(self) -> None:
        """Nothing is booked."""


def is_stranded(procedure: tuple[list[Process], list[str], dict[str, tuple[int, int]]]) -> bool:
    """Whether one of a few random walks of the engine ends where nothing can move."""
    for walk in range(WALKS):
        try:
            twin = Walk(procedure, walk)
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


def agrees(seed: int) -> tuple[str, bool]:
    """What is proved of a torn process and whether the engine strands a case of it."""
    procedure = torn(seed)
    stranded = is_stranded(procedure)
    main, *called = procedure[0]
    proof = prove(main, {p.id: p for p in called}, most_moves=MOST_MOVES)
    assert not (stranded and proof.verdict == "sound"), f"seed {seed} strands though proved sound"
    return (
        "deadlock" if any(f.kind == "deadlock" for f in proof.flaws) else proof.verdict
    ), stranded


SEEDS = st.integers(0, 2**31)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(SEEDS)
def test_a_process_that_strands_a_case_is_not_proved_sound(seed: int) -> None:
    agrees(seed)


@pytest.mark.full
@pytest.mark.timeout(3600)
@settings(max_examples=2_000, deadline=None, derandomize=True, database=None)
@given(SEEDS)
def test_many_processes_that_strand_a_case_are_not_proved_sound(seed: int) -> None:
    agrees(seed)


def test_the_engine_strands_cases_of_processes_proved_to_have_a_deadlock() -> None:
    """Chance finds the way only sometimes; where it never did, the comparison would be empty."""
    answers = [agrees(seed) for seed in range(1, 100, 2)]
    stranded = [proved for proved, strands in answers if strands]
    assert len(stranded) > 5
    assert set(stranded) <= {"deadlock", "unsound", "unknown"}
    assert stranded.count("deadlock") * 2 > len(stranded)


def test_every_shipped_procedure_is_sound() -> None:
    files = sorted(PROCESSES.rglob("*.bpmn"))
    shipped = {p.id: p for f in files for p in read_diagram(f.read_bytes()).diagram.processes}
    assert shipped
    for process in shipped.values():
        proof = prove(process, shipped)
        assert (process.id, proof.verdict, proof.flaws) == (process.id, "sound", ())
