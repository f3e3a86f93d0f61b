"""Targets: shares against the register, plans by year, coverage of inspections."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from domain.targets.rules import Coverage, plan_of, target_of

BY = dt.date(2028, 12, 31)


@pytest.mark.rule("R-NAT-12", "R-NAT-32", "R-IM-6", "R-IM-7")
@pytest.mark.parametrize(
    ("share", "told", "counts", "expected"),
    [
        (90, 31, (12, 12), ("38.7", 16, 19, False)),
        (90, 10, (10, 9), ("90.0", 0, 1, True)),
        (90, 11, (11, 9), ("81.8", 1, 2, False)),
        (80, 28, (28, 23), ("82.1", 0, 5, True)),
        (80, 0, (5, 3), ("60.0", 1, 2, False)),
        (80, 3, (9, 9), ("100", 0, 0, True)),
        (90, 0, (0, 0), ("None", 0, 0, False)),
    ],
)
def test_a_target_tells_its_share_what_is_missing_and_who_is_to_be_urged(
    share: int, told: int, counts: tuple[int, int], expected: tuple[str, int, int, bool]
) -> None:
    found = target_of("large", Decimal(share), BY, told, counts)

    reached = str(found.reached).removesuffix(".0") if told == 3 else str(found.reached)
    assert (reached, found.missing, found.not_yet, found.is_met) == expected
    assert found.is_told == (told > 0)


@pytest.mark.rule("R-YJ-6")
def test_a_plan_compares_each_year_with_what_was_listed_by_its_end() -> None:
    listed = [(0, n) for n in range(1, 49)] + [(2022, 49), (2022, 50), (2024, 51)]
    found = plan_of(["2025:56", "2022:50", "2024:55"], listed, dt.date(2025, 6, 1))

    assert [(p.year, p.planned, p.listed, p.is_past, p.is_met) for p in found] == [
        (2022, 50, 50, True, True),
        (2024, 55, 51, True, False),
        (2025, 56, 51, False, False),
    ]


@pytest.mark.parametrize(
    ("base", "drawn", "expected"),
    [(48, 10, (10, "20.8", True)), (48, 9, (10, "18.7", False)), (0, 0, (0, "None", True))],
)
def test_coverage_rounds_what_is_needed_up(
    base: int, drawn: int, expected: tuple[int, str, bool]
) -> None:
    found = Coverage(2026, base, drawn, Decimal(20))

    assert (found.needed, str(found.reached), found.is_met) == expected


@pytest.mark.rule("R-ORD-25", "R-YJ-18", "R-NAT-31")
@pytest.mark.parametrize(
    ("part", "drawn", "due", "short"),
    [("0.25", 0, 3, 3), ("0.25", 3, 3, 0), ("0.5", 4, 5, 1), ("0.75", 9, 8, 0), ("1", 8, 10, 2)],
)
def test_a_shortfall_is_what_is_missing_for_the_year_to_come_out_even(
    part: str, drawn: int, due: int, short: int
) -> None:
    found = Coverage(2026, 48, drawn, Decimal(20))
    assert (found.due_by(Decimal(part)), found.shortfall(Decimal(part))) == (due, short)
