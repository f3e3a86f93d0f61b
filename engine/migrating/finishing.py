"""Whether a case that stands so can end on a drawing: every way from there is explored."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import Process
from engine.migrating.marking import Markings, Part
from engine.migrating.model import Drawing, Reason, label
from engine.migrating.reasons import reason
from engine.semantics.marking import Marking
from engine.semantics.move import By
from engine.semantics.moves import Semantics
from engine.semantics.net import NotCovered
from engine.semantics.soundness import MOST_INSTANCES, Flaw, prove_from
from engine.spiff.standing import Level

MOST_MOVES = 30_000
_SAID = {"deadlock": "would_wait_for_ever", "no_option_to_complete": "would_wait_for_ever"}


class Finishing:
    """Answers for the cases of one drawing; where several stand alike the answer is kept."""

    def __init__(self, drawing: Drawing, most_moves: int = MOST_MOVES) -> None:
        self.drawing, self.most_moves = drawing, most_moves
        self._semantics: dict[str, Semantics] = {}
        self._known: dict[tuple[str, Marking], tuple[tuple[Reason, ...], bool]] = {}

    def judge(self, standing: Level) -> tuple[tuple[Reason, ...], bool]:
        """Why a case could not end from there, and whether a token moves on at once."""
        try:
            return self._judge(self.drawing.processes[self.drawing.main], standing)
        except NotCovered as error:
            where = str(error.facts.get("element", ""))
            return (reason("not_covered", where, label(self.drawing.node(where), where)),), False

    def _judge(self, process: Process, standing: Level) -> tuple[tuple[Reason, ...], bool]:
        semantics = self._of(process)
        markings = Markings(semantics)
        marking = markings.of(standing)
        key = (process.id, marking)
        if key not in self._known:
            self._known[key] = self._look(semantics, marking)
        reasons, moves_on = self._known[key]
        for part in markings.parts:
            more, also = self._judge(self._process(part, semantics), part.standing)
            reasons, moves_on = (*reasons, *more), moves_on or also
        return reasons, moves_on

    def _of(self, process: Process) -> Semantics:
        if process.id not in self._semantics:
            called = self.drawing.processes
            self._semantics[process.id] = Semantics(
                process, called, most=MOST_INSTANCES, proving=True
            )
        return self._semantics[process.id]

    def _process(self, part: Part, semantics: Semantics) -> Process:
        return next(inner for spot, inner in semantics.net.closed() if spot is part.spot)

    def _look(self, semantics: Semantics, marking: Marking) -> tuple[tuple[Reason, ...], bool]:
        proof = prove_from(semantics, marking, self.most_moves)
        found = [r for flaw in proof.flaws for r in self._reasons(flaw)]
        if not found and not proof.is_whole:
            found.append(reason("unproved", self.drawing.main))
        moves_on = any(move.by is By.ENGINE for move in semantics.moves(marking))
        return tuple(found), moves_on

    def _reasons(self, flaw: Flaw) -> Iterator[Reason]:
        for element in flaw.elements:
            name = label(self.drawing.node(element), element)
            yield reason(_SAID.get(flaw.kind, "would_double"), element, name)
