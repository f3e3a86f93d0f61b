"""The scoring table: exact, by price and by the committee's mean, the same whoever computes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.tender.rules import Criterion
from domain.tender.scoring import (
    Compared,
    check_points,
    criteria_of,
    kept_criteria,
    rank_bids,
)
from engine.errors import Conflict, Invalid

CRITERIA = (
    Criterion("price", "报价", Decimal(30), by_price=True),
    Criterion("team", "人员", Decimal(70)),
)
AT = datetime(2026, 4, 1, tzinfo=UTC)
MEMBERS = [uuid4(), uuid4(), uuid4()]


def bid(price: str, minutes: int = 0) -> Compared:
    return Compared(uuid4(), Decimal(price), AT + timedelta(minutes=minutes))


def scored(
    *rows: tuple[Compared, tuple[str, str, str]],
) -> dict[UUID, dict[UUID, dict[str, Decimal]]]:
    return {
        one.id: {m: {"team": Decimal(p)} for m, p in zip(MEMBERS, points, strict=True)}
        for one, points in rows
    }


def test_points_are_the_mean_and_the_share_of_the_lowest_price() -> None:
    low, high = bid("900000"), bid("1100000.10")
    ranking = rank_bids(
        CRITERIA,
        [high, low],
        scored((low, ("60", "61", "61")), (high, ("70", "70", "69.5"))),
        MEMBERS,
    )
    assert [(line.bid, line.rank, line.points, line.total) for line in ranking] == [
        (high.id, 1, {"price": Decimal("24.55"), "team": Decimal("69.83")}, Decimal("94.38")),
        (low.id, 2, {"price": Decimal("30.00"), "team": Decimal("60.67")}, Decimal("90.67")),
    ]


def test_of_equal_points_the_lower_price_then_the_earlier_bid_is_first() -> None:
    only = (CRITERIA[1],)
    late, early, cheap = bid("5", 2), bid("5", 1), bid("4", 3)
    same = ("60", "60", "60")
    ranking = rank_bids(
        only, [late, early, cheap], scored((late, same), (early, same), (cheap, same)), MEMBERS
    )
    assert [line.bid for line in ranking] == [cheap.id, early.id, late.id]


def test_nothing_is_ranked_before_everybody_has_scored() -> None:
    one = bid("1")
    points = scored((one, ("1", "2", "3")))
    del points[one.id][MEMBERS[1]]
    for members, found in ((MEMBERS, points), ([], points)):
        with pytest.raises(Conflict):
            rank_bids(CRITERIA, [one], found, members)


@pytest.mark.parametrize(
    "given_points",
    [{}, {"team": "71"}, {"team": "-0.01"}, {"team": "NaN"}, {"team": "1", "price": "30"}],
)
def test_points_stay_within_the_table(given_points: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        check_points(CRITERIA, {code: Decimal(value) for code, value in given_points.items()})
    check_points(CRITERIA, {"team": Decimal(70)})


def test_a_table_comes_back_as_it_was_kept() -> None:
    assert criteria_of(kept_criteria(CRITERIA)) == CRITERIA


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 10**9), st.lists(st.integers(0, 70), min_size=3, max_size=3)),
        min_size=1,
        max_size=6,
    )
)
def test_the_order_in_which_bids_came_together_changes_nothing(
    rows: list[tuple[int, list[int]]],
) -> None:
    bids = [bid(str(price), place) for place, (price, _) in enumerate(rows)]
    points = {
        one.id: {m: {"team": Decimal(p)} for m, p in zip(MEMBERS, team, strict=True)}
        for one, (_, team) in zip(bids, rows, strict=True)
    }
    ranking = rank_bids(CRITERIA, bids, points, MEMBERS)
    assert ranking == rank_bids(CRITERIA, bids[::-1], points, MEMBERS)
    assert [line.total for line in ranking] == sorted((x.total for x in ranking), reverse=True)
    assert all(0 < line.total <= 100 for line in ranking)
