"""Draws: the same for everyone who has content and seed, of exactly the sizes, nobody excluded."""

from __future__ import annotations

import hashlib
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.batches.draws.rules import (
    Excluded,
    Member,
    content_digest,
    draw,
    faults_of_content,
    frozen_content,
    ranking_of,
    seats_of,
)
from engine.batches.draws.seeds import system_source

SEED = "5f" * 32
NAMES = st.sets(st.text(min_size=1, max_size=8), min_size=1, max_size=40)


@st.composite
def contents(draw_: st.DrawFn) -> dict[str, Any]:
    """A pool in up to three strata, some of it excluded, with sizes that fit."""
    names = sorted(draw_(NAMES))
    members = [Member(name, draw_(st.sampled_from(["甲", "乙", "丙"]))) for name in names]
    out = draw_(st.sets(st.sampled_from(names), max_size=len(names) - 1))
    left = [one for one in members if one.id not in out]
    sizes = {
        stratum: draw_(st.integers(0, sum(one.stratum == stratum for one in left)))
        for stratum in sorted({one.stratum for one in left})
    }
    excluded = [Excluded(name, "回避") for name in sorted(out)]
    return frozen_content("检查", members, excluded, sizes, system_source())


@pytest.mark.rule("R-IM-31")
@given(contents(), st.text(min_size=16, max_size=64))
def test_a_draw_takes_exactly_its_sizes_and_nobody_who_is_excluded(
    content: dict[str, Any], seed: str
) -> None:
    assert faults_of_content(content) == []
    ranking = ranking_of(content, seed)
    assert sorted(one.id for one in ranking) == [one["id"] for one in content["members"]]
    for stratum, size in content["sizes"].items():
        ranks = [one for one in ranking if one.stratum == stratum]
        assert [one.rank for one in ranks] == list(range(1, len(ranks) + 1))
        assert sum(one.drawn for one in ranks) == size
    assert not {one.id for one in ranking} & {one["id"] for one in content["excluded"]}


@given(contents(), st.randoms())
def test_neither_order_nor_repetition_of_the_draw_matters(
    content: dict[str, Any], chance: random.Random
) -> None:
    members = [Member(one["id"], one["stratum"]) for one in content["members"]]
    excluded = [Excluded(one["id"], one["reason"]) for one in content["excluded"]]
    chance.shuffle(members)
    chance.shuffle(excluded)
    again = frozen_content("检查", members, excluded, content["sizes"], system_source())
    assert content_digest(again) == content_digest(content)
    assert ranking_of(again, SEED) == ranking_of(content, SEED)


@given(contents(), st.text(min_size=16, max_size=64))
def test_anybody_computes_it_again_in_ten_lines(content: dict[str, Any], seed: str) -> None:
    drawn = []
    for stratum in sorted(content["sizes"]):
        lots = []
        for member in content["members"]:
            if member["stratum"] == stratum:
                lot = hashlib.sha256((seed + member["id"]).encode()).hexdigest()
                lots.append((lot, member["id"]))
        drawn += [name for _lot, name in sorted(lots)[: content["sizes"][stratum]]]
    assert [one.id for one in ranking_of(content, seed) if one.drawn] == drawn


@given(contents(), st.data())
def test_who_refuses_is_followed_by_the_next_rank_of_the_same_stratum(
    content: dict[str, Any], data: st.DataObject
) -> None:
    ranking = ranking_of(content, SEED)
    before = seats_of(ranking, ())
    assert before == [one.id for one in ranking if one.drawn]
    if not before:
        return
    gone = data.draw(st.sampled_from(before))
    of = {one.id: one for one in ranking}
    after = seats_of(ranking, {gone})
    assert set(before) - set(after) == {gone}
    for new in set(after) - set(before):
        assert of[new].stratum == of[gone].stratum
        assert of[new].rank == content["sizes"][of[new].stratum] + 1


@given(NAMES, st.data())
def test_a_larger_draw_keeps_everybody_of_a_smaller_one(
    pool: set[str], data: st.DataObject
) -> None:
    size = data.draw(st.integers(0, len(pool) - 1))
    smaller = {m.id for m in draw(pool, size, SEED) if m.drawn}
    larger = {m.id for m in draw(pool, size + 1, SEED) if m.drawn}
    assert smaller < larger


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


@pytest.mark.parametrize(
    ("members", "excluded", "sizes", "said"),
    [
        ([], [], {"": 0}, "nothing to draw from"),
        ([Member("a")], [Excluded("a", "利害关系")], {"": 0}, "nothing to draw from"),
        ([Member("a"), Member("a")], [], {"": 1}, "twice"),
        ([Member("a")], [Excluded("b", " ")], {"": 1}, "no reason"),
        ([Member("a", "甲"), Member("b", "乙")], [], {"甲": 1}, "no size"),
        ([Member("a")], [], {"": 2}, "cannot give 2"),
        ([Member("a")], [], {"": 1, "乙": 1}, "cannot give 1"),
    ],
)
def test_a_content_that_fits_no_draw_says_why(
    members: list[Member], excluded: list[Excluded], sizes: dict[str, int], said: str
) -> None:
    content = frozen_content("检查", members, excluded, sizes, system_source())
    assert any(said in en for _zh, en in faults_of_content(content))
