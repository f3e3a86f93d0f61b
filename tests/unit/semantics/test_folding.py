"""A folded process is sound exactly when the whole one is, and wide ones are decided by it."""

from __future__ import annotations

import pytest

from engine.bpmn.model import Body, Process
from engine.gate.proof import MOST_MOVES
from engine.semantics.folding import folded, size
from engine.semantics.soundness import prove
from tests.unit.semantics.decided import drawn, fitting
from tests.unit.semantics.tiny import level

WIDE = 30
BRANCHES = ", ".join(f"g t{n} j" for n in range(WIDE))
STEPS = " ".join(f"t{n}" for n in range(WIDE))


def wide(join: str, more: str = "", ways: str = "") -> Process:
    """Thirty branches between two gateways."""
    words = f"s:start g:and {STEPS} j:{join} e:end {more}"
    return Process("p", "p", level(words, f"s g, {BRANCHES}, j e{ways}"))


def kinds(process: Process) -> set[str]:
    """The flaws of a process, with the budget of the gate."""
    proof = prove(process, most_moves=MOST_MOVES)
    assert proof.verdict != "unknown"
    return {flaw.kind for flaw in proof.flaws}


def test_thirty_branches_side_by_side_are_sound() -> None:
    assert size(folded(wide("and"))) == 3
    assert kinds(wide("and")) == set()


def test_a_wide_process_with_a_flaw_is_not_folded_into_a_sound_one() -> None:
    assert "deadlock" in kinds(wide("and", "x:xor y z:end", ", g x y j, x z"))
    assert "improper_completion" in kinds(wide("xor"))


UNTOUCHED: list[Body] = [
    level("s:start g:or a b j:or e:end", "s g a j e, g b j"),
    level("s:start x:xor a b j:xor e:end", "s x a j e, x b j"),
    level("s:start g:and a*2 b*2 j:and e:end", "s g a j e, g b j"),
]


@pytest.mark.parametrize("drawing", UNTOUCHED)
def test_what_is_not_simple_stays_as_it_is(drawing: Body) -> None:
    assert folded(Process("p", "p", drawing)).body == drawing


@pytest.mark.parametrize("seeds", [range(120), pytest.param(range(3_000), marks=pytest.mark.full)])
def test_a_folded_process_gets_the_verdict_of_the_whole(seeds: range) -> None:
    compared = 0
    for seed in fitting(seeds):
        main, called = drawn(seed)
        less = folded(main)
        if size(less) == size(main):
            continue
        whole, small = (prove(p, called, most_moves=MOST_MOVES) for p in (main, less))
        if "unknown" not in (whole.verdict, small.verdict):
            compared += 1
            assert {f.kind for f in whole.flaws} == {f.kind for f in small.flaws}, seed
    assert compared > len(seeds) // 15
