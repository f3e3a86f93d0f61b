"""What is read of a case's tokens is a marking of the semantics, and can be placed again."""

from __future__ import annotations

import pytest

from engine.migrating.marking import Markings
from engine.semantics.rest import TooManyWays
from engine.spiff.machine import BudgetExceeded, Machine
from tests.unit.semantics.eventful import EVENTFUL, eventful
from tests.unit.semantics.mutation import WIDE, blocks, torn
from tests.unit.semantics.twin import NoExit, Procedure, Twin

MOST_ACTS = 20


def walk(procedure: Procedure, seed: int) -> int:
    """Compare after every act; how many acts there were."""
    twin = Twin(procedure, seed)
    while twin.moves < MOST_ACTS and not twin.is_over():
        twin.act()
        if twin.machine.completed:
            break
        twin.run._reload()
        standing = twin.machine.standing()
        assert Markings(twin.semantics, 99).of(standing) in twin.markings
        again = Machine.place(twin.run.program, standing, twin.host)
        assert again.standing() == standing
        twin.run.machine = Machine.load(twin.run.program, again.dump(), twin.host)
    return twin.moves


def has_twin_flows(procedure: Procedure) -> bool:
    """Whether two flows lead from one node to another: the engine does not tell them apart."""
    levels = [p.body for p in procedure[0]]
    levels += [n.body for p in procedure[0] for n in p.body.walk() if n.body is not None]
    ends = [[(f.source, f.target) for f in level.flows.values()] for level in levels]
    return any(len(set(ways)) < len(ways) for ways in ends)


def walks(seeds: range) -> int:
    acts = 0
    for seed in seeds:
        make = eventful if seed >= EVENTFUL else torn if seed % 2 or seed >= WIDE else blocks
        procedure = make(seed)
        if has_twin_flows(procedure):
            continue
        try:
            acts += walk(procedure, seed)
        except (NoExit, BudgetExceeded, TooManyWays):
            continue
    return acts


@pytest.mark.parametrize("first", [0, WIDE, EVENTFUL])
def test_a_standing_is_a_marking_and_is_placed_as_it_was(first: int) -> None:
    assert walks(range(first, first + 25)) > 50


@pytest.mark.full
@pytest.mark.parametrize("first", [10_000, WIDE + 10_000, EVENTFUL + 10_000])
def test_many_standings_are_markings(first: int) -> None:
    assert walks(range(first, first + 1_000)) > 1_000
