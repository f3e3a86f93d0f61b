"""Random procedures do step by step what a reference does that knows no tokens.

Every procedure is saved and restored before every act. The seeds are fixed: a failure names its
own and can be run again alone. ``full`` runs many more.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from uuid import UUID

import pytest

from engine.spiff.host import Token
from tests.unit.spiff.blocks import Block, Maker, drawn, walk
from tests.unit.spiff.drawing import Run, TableHost
from tests.unit.spiff.reference import Place, Reference

BATCHES, SIZE, MANY = 6, 50, 94
MOST_ACTS = 60


class RandomHost(TableHost):
    """Answers from a table that is drawn anew before each act; knows the instances by number."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.numbers: dict[UUID, int] = {}
        every = [b for b in walk(block) if b.kind == "each"]
        self.items = {b.id: list(range(b.count)) for b in every}
        self.quorums = {b.id: b.quorum for b in every}

    def open_instance(self, token: Token, instance: UUID, index: int) -> None:
        super().open_instance(token, instance, index)
        self.numbers[instance] = index

    def loop_decided(self, token: Token, counts: tuple[int, int, int], _ended: UUID | None) -> bool:
        return counts[2] >= self.quorums[token.node.id]


class Pair:
    """The same procedure in the engine and in the reference."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        block = Maker(seed).procedure()
        processes, self.conditions = drawn(block)
        self.host = RandomHost(block)
        self.draw_truths()
        self.run = Run(processes[0], self.host, *processes[1:])
        self.reference = Reference(block, self.host.truths)

    def draw_truths(self) -> None:
        for condition in self.conditions:
            self.host.truths[condition] = self.random.random() < 0.4

    def tokens(self) -> list[tuple[Place, UUID]]:
        """What waits in the engine, named as the reference names it."""
        found = []
        for place in self.run.machine.waiting():
            token = place.token
            around = (self.host.numbers[ref.id] for ref in token.scopes if ref.instance)
            found.append(((tuple(reversed(list(around))), token.node.id), token.id))
        return sorted(found)

    def act(self) -> None:
        """One random act in both."""
        self.run._reload()
        place, token_id = self.random.choice(self.tokens())
        self.draw_truths()
        person = place[1][0] in "tm"
        (self.run.machine.complete if person else self.run.machine.fire)(token_id)
        self.run.machine.advance()
        self.reference.act(place)


def compare(seed: int) -> int:
    """Run one procedure to its end in both; returns how many acts it took."""
    pair = Pair(seed)
    for acts in range(MOST_ACTS):
        places = [place for place, _ in pair.tokens()]
        assert places == pair.reference.places(), f"seed {seed}, after {acts} acts"
        if not places:
            assert pair.run.is_over, f"seed {seed}: nothing waits, but it is not over"
            assert pair.host.scopes == set(), f"seed {seed}: scopes are left behind"
            return acts
        pair.act()
    return MOST_ACTS


def compare_all(seeds: Sequence[int]) -> None:
    lengths = [compare(seed) for seed in seeds]
    assert sum(lengths) > len(seeds) * 6, "the procedures are too short to say anything"
    assert sum(length < MOST_ACTS for length in lengths) > len(seeds) / 2


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_engine_does_what_the_reference_does(batch: int) -> None:
    compare_all(range(batch * SIZE, (batch + 1) * SIZE))


@pytest.mark.full
@pytest.mark.parametrize("batch", range(BATCHES, BATCHES + MANY))
def test_the_engine_does_what_the_reference_does_many_times(batch: int) -> None:
    compare_all(range(batch * SIZE, (batch + 1) * SIZE))
