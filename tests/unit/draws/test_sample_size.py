"""How many of a batch are drawn."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.draws.rules import sample_size

PERCENT = st.decimals(0, 100, places=2)


@pytest.mark.rule("R-IM-31")
@pytest.mark.parametrize(
    ("count", "percent", "minimum", "expected"),
    [
        (48, "20", 1, 10),  # 9.6 is rounded up
        (5, "20", 1, 1),
        (6, "20", 1, 2),
        (1, "20", 1, 1),
        (3, "5", 1, 1),
        (3, "5", 0, 1),
        (10, "0", 2, 2),
        (2, "20", 5, 2),  # never more than there are
        (0, "20", 1, 0),
        (100, "33.33", 1, 34),
    ],
)
def test_the_share_is_rounded_up_and_at_least_the_minimum(
    count: int, percent: str, minimum: int, expected: int
) -> None:
    assert sample_size(count, Decimal(percent), minimum) == expected


@given(st.integers(0, 10_000), PERCENT, st.integers(0, 50))
def test_the_size_is_exact_and_within_the_batch(count: int, percent: Decimal, least: int) -> None:
    share = ceil(Fraction(percent) * count / 100)
    assert sample_size(count, percent, least) == min(count, max(share, least))


@pytest.mark.parametrize(("count", "percent"), [(-1, 20), (10, -1), (10, 101)])
def test_a_share_that_is_none_is_a_defect(count: int, percent: int) -> None:
    with pytest.raises(ValueError, match="share"):
        sample_size(count, Decimal(percent), 1)
