"""How many are inspected in a quarter, and what may happen to a finding."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.supervision.rules import (
    Coverage,
    FindingStands,
    FindingStatus,
    is_barred,
    next_finding,
    round_size,
    year_target,
)


@pytest.mark.rule("R-ORD-25", "R-YJ-18")
def test_48_mines_make_10_a_year_at_least_one_each_quarter() -> None:
    target, done, drawn = year_target(48, Decimal(20)), 0, []
    for left in (4, 3, 2, 1):
        drawn.append(round_size(Coverage(2026, 48, target, done), left, 1, 48 - done))
        done += drawn[-1]
    assert (target, drawn, done) == (10, [3, 3, 2, 2], 10)


@pytest.mark.rule("R-ORD-25", "R-YJ-18", "R-NAT-31", "R-IM-46")
@given(st.integers(0, 500), st.decimals(0, 100, places=1), st.integers(0, 5))
def test_four_rounds_always_reach_the_share_and_never_draw_a_mine_twice(
    base: int, percent: Decimal, least: int
) -> None:
    target, done = year_target(base, percent), 0
    assert base * percent <= target * 100
    for left in (4, 3, 2, 1):
        size = round_size(Coverage(2026, base, target, done), left, least, base - done)
        assert size >= min(least, base - done)
        done += size
    assert target <= done <= base


@pytest.mark.rule("R-ORD-25")
@pytest.mark.parametrize(
    ("done", "quarter", "missing"),
    [(3, 1, 0), (2, 1, 1), (5, 2, 0), (0, 2, 5), (7, 3, 1), (10, 4, 0), (9, 4, 1), (12, 4, 0)],
)
def test_a_shortfall_shows_at_the_end_of_each_quarter(
    done: int, quarter: int, missing: int
) -> None:
    assert Coverage(2026, 48, 10, done).shortfall(Decimal(quarter) / 4) == missing


@pytest.mark.rule("R-YJ-16", "R-YJ-5")
@pytest.mark.parametrize(
    ("removals", "most", "barred"),
    [(0, 2, False), (1, 2, False), (2, 2, True), (3, 2, True), (9, None, False)],
)
def test_the_second_removal_bars_where_a_limit_is_set(
    removals: int, most: int | None, barred: bool
) -> None:
    assert is_barred(removals, most) is barred


@pytest.mark.rule("R-IM-42")
def test_a_finding_ends_once_and_a_failed_one_can_still_be_mended() -> None:
    allowed = set()
    for before, after in product(FindingStatus, repeat=2):
        try:
            allowed.add((before, next_finding(before, after)))
        except FindingStands:
            continue
    opened, accepted, failed = FindingStatus
    assert allowed == {(opened, accepted), (opened, failed), (failed, accepted)}


@pytest.mark.rule("R-IM-46")
@pytest.mark.parametrize(
    ("base", "rounding", "expected"),
    [(48, "up", 5), (48, "nearest", 5), (42, "up", 5), (42, "nearest", 4), (45, "nearest", 5)],
)
def test_the_tenant_says_how_the_years_number_is_rounded(
    base: int, rounding: str, expected: int
) -> None:
    assert year_target(base, Decimal(10), rounding) == expected
