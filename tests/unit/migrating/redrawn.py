"""Random redraws of random procedures that are sound by construction: blocks changed as blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

from engine.bpmn.model import Process
from tests.unit.semantics.mutation import with_quorum
from tests.unit.semantics.twin import Procedure
from tests.unit.spiff.blocks import Block, Maker, drawn, walk

_SEVERAL = ("and", "or", "xor")


class Redrawer:
    """Changes blocks at random; the same seed always makes the same redraw."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.made = 0

    def redrawn(self, block: Block) -> Block:
        """The procedure after one to three changes."""
        for _ in range(self.random.randint(1, 3)):
            places = list(_sequences(block))
            change = self.random.choice(
                (self._insert, self._insert, self._remove, self._swap, self._wrap, self._rename)
            )
            block = _replaced(block, self.random.choice(places), change)
        return block

    def _task(self) -> Block:
        self.made += 1
        return Block("task", f"new{self.made}")

    def _insert(self, seq: Block) -> Block:
        place = self.random.randint(0, len(seq.parts))
        return replace(seq, parts=(*seq.parts[:place], self._task(), *seq.parts[place:]))

    def _remove(self, seq: Block) -> Block:
        if len(seq.parts) < 2:
            return seq
        place = self.random.randrange(1, len(seq.parts))
        return replace(seq, parts=(*seq.parts[:place], *seq.parts[place + 1 :]))

    def _swap(self, seq: Block) -> Block:
        if len(seq.parts) < 3:
            return seq
        place = self.random.randrange(1, len(seq.parts) - 1)
        first, second = seq.parts[place : place + 2]
        return replace(seq, parts=(*seq.parts[:place], second, first, *seq.parts[place + 2 :]))

    def _wrap(self, seq: Block) -> Block:
        """A part and a new task side by side."""
        place = self.random.randrange(len(seq.parts))
        self.made += 1
        kind = self.random.choice(_SEVERAL)
        beside = Block("seq", "", (self._task(),))
        both = Block(kind, f"w{self.made}", (Block("seq", "", (seq.parts[place],)), beside))
        return replace(seq, parts=(*seq.parts[:place], both, *seq.parts[place + 1 :]))

    def _rename(self, seq: Block) -> Block:
        place = self.random.randrange(len(seq.parts))
        part = seq.parts[place]
        if part.kind != "task":
            return seq
        renamed = replace(part, id=f"{part.id}again")
        return replace(seq, parts=(*seq.parts[:place], renamed, *seq.parts[place + 1 :]))


def _sequences(block: Block) -> Iterator[Block]:
    for part in walk(block):
        if part.kind == "seq" and part.parts:
            yield part


def _replaced(block: Block, seq: Block, change: Callable[[Block], Block]) -> Block:
    """The block with one sequence in it changed."""
    if block is seq:
        return change(block)
    parts = list(block.parts)
    for place, part in enumerate(parts):
        if any(inner is seq for inner in walk(part)):
            parts[place] = _replaced(part, seq, change)
            break
    return replace(block, parts=tuple(parts))


def made(block: Block) -> Procedure:
    """The processes of a block, its conditions, and (count, quorum) of each loop."""
    processes, conditions = drawn(block)
    loops = {b.id: (b.count, b.quorum) for b in walk(block) if b.kind == "each"}
    every: list[Process] = [with_quorum(p, loops) for p in processes]
    return every, conditions, loops


def pair(seed: int) -> tuple[Procedure, Procedure]:
    """A procedure and a redraw of it."""
    block = Maker(seed).procedure()
    return made(block), made(Redrawer(seed).redrawn(block))
