"""Recorded draws: the same for everyone who has pool and seed, and of exactly the size asked."""

from __future__ import annotations

import hashlib
import random
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.batches.draws import draw, draw_holds, pool_digest

SEED = "5f" * 32
POOL = st.sets(st.text(min_size=1, max_size=8), min_size=1, max_size=40)


@pytest.mark.rule("R-IM-31")
@given(POOL, st.data(), st.text(min_size=16, max_size=64))
def test_a_draw_takes_exactly_its_size_and_ranks_everybody_once(
    pool: set[str], data: st.DataObject, seed: str
) -> None:
    size = data.draw(st.integers(0, len(pool)))
    ranking = draw(pool, size, seed)
    assert {member.id for member in ranking} == pool
    assert [member.rank for member in ranking] == list(range(1, len(pool) + 1))
    assert sum(member.drawn for member in ranking) == size


@given(POOL, st.randoms())
def test_the_order_of_the_pool_does_not_matter(pool: set[str], chance: random.Random) -> None:
    shuffled = sorted(pool)
    chance.shuffle(shuffled)
    assert draw(shuffled, 1, SEED) == draw(sorted(pool), 1, SEED)


@given(POOL, st.data())
def test_a_larger_draw_keeps_everybody_of_a_smaller_one(
    pool: set[str], data: st.DataObject
) -> None:
    size = data.draw(st.integers(0, len(pool) - 1))
    smaller = {m.id for m in draw(pool, size, SEED) if m.drawn}
    larger = {m.id for m in draw(pool, size + 1, SEED) if m.drawn}
    assert smaller < larger


def test_the_ranking_can_be_computed_by_anybody_with_sha256() -> None:
    pool = ["a", "b", "c", "d"]
    by_hand = sorted(pool, key=lambda name: hashlib.sha256((SEED + name).encode()).hexdigest())
    assert [member.id for member in draw(pool, 2, SEED)] == by_hand


def test_another_seed_gives_another_ranking() -> None:
    pool = [str(number) for number in range(20)]
    assert draw(pool, 3, SEED) != draw(pool, 3, SEED[::-1])


def test_every_member_is_drawn_about_equally_often() -> None:
    pool = [str(number) for number in range(10)]
    hits = dict.fromkeys(pool, 0)
    for seed in range(2_000):
        for member in draw(pool, 2, f"{seed:032}"):
            hits[member.id] += member.drawn
    assert all(320 <= count <= 480 for count in hits.values()), hits


@pytest.mark.parametrize(("pool", "size"), [(["a", "a"], 1), (["a"], 2), (["a"], -1)])
def test_a_pool_with_doubles_or_too_large_a_draw_is_a_defect(pool: list[str], size: int) -> None:
    with pytest.raises(ValueError, match=r"pool|draw"):
        draw(pool, size, SEED)


def recorded(**changed: object) -> SimpleNamespace:
    pool = ["a", "b", "c"]
    row = {
        "pool": pool,
        "size": 1,
        "purpose": "p",
        "frozen_digest": pool_digest(pool, 1, "p"),
        "seed": SEED,
        "ranking": [member.id for member in draw(pool, 1, SEED)],
    }
    return SimpleNamespace(**{**row, **changed})


def test_a_recorded_draw_holds() -> None:
    assert draw_holds(recorded())


@pytest.mark.parametrize(
    "changed",
    [
        {"pool": ["a", "b"]},
        {"size": 2},
        {"purpose": "q"},
        {"seed": SEED[::-1]},
        {"seed": None},
        {"ranking": ["c", "b", "a", "d"]},
    ],
)
def test_a_draw_that_was_touched_does_not_hold(changed: dict[str, object]) -> None:
    assert not draw_holds(recorded(**changed))
