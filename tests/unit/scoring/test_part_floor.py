"""The 1000-point standard: its line, and the floor of every part, checked another way round."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.scoring.catalogue import load_catalogue
from domain.scoring.errors import LineInvalid
from domain.scoring.points import total
from domain.scoring.rules import score

from .builders import INDICATORS, NATION, full_sheet, with_items
from .oracle import oracle_short_parts, oracle_total, raw_catalogue

NAME = "national-2020"
STANDARD = load_catalogue(INDICATORS / f"{NAME}.yaml")
RAW = raw_catalogue(NAME)
PARTS = [part.id for part in STANDARD.parts]


@pytest.mark.rule("R-ORD-41")
def test_the_2020_standard_has_six_parts_a_thousand_points_and_its_two_lines() -> None:
    standard = STANDARD.standard

    assert [part.name.partition("、")[2] for part in STANDARD.parts] == [
        "矿区环境",
        "资源开发方式",
        "资源综合利用",
        "节能减排",
        "科技创新与智能矿山",
        "企业管理与企业形象",
    ]
    assert total(part.points for part in STANDARD.parts) == standard.total == 1000
    assert (standard.pass_line, standard.part_floor) == (800, 75)


@pytest.mark.rule("R-ORD-41")
def test_the_file_says_that_it_is_a_placeholder_and_invents_no_indicator() -> None:
    assert "占位" in STANDARD.standard.title
    assert STANDARD.standard.pass_line_to_confirm
    assert [item.part for item in STANDARD.items] == PARTS, "one row for each part, no more"
    assert all("占位" in item.criterion for item in STANDARD.items)


@pytest.mark.rule("R-ORD-41")
@given(
    shares=st.lists(st.integers(0, 1000), min_size=6, max_size=6),
    floor=st.integers(0, 100),
    line=st.integers(0, 1000),
)
def test_line_and_floor_agree_with_the_other_way_to_count(
    shares: list[int], floor: int, line: int
) -> None:
    points = zip(STANDARD.items, shares, strict=True)
    scores = {item.id: str(item.points * share / 1000) for item, share in points}
    sheet = with_items(full_sheet(STANDARD, "all", ""), scores)

    result = score(STANDARD, sheet, line=Decimal(line), floor=Decimal(floor))

    expected = [f"part_floor:{name}" for name in oracle_short_parts(RAW, sheet, Fraction(floor))]
    below = ["below_line"] if oracle_total(RAW, sheet) < line else []
    assert list(result.reasons) == expected + below


@pytest.mark.rule("R-ORD-41")
@pytest.mark.parametrize(("points", "reasons"), [("165", ()), ("164.99", ("part_floor:P1",))])
def test_eight_hundred_points_do_not_make_up_for_a_part_below_its_floor(
    points: str, reasons: tuple[str, ...]
) -> None:
    result = score(STANDARD, with_items(full_sheet(STANDARD, "all", ""), {"Q1": points}))

    assert result.total > 940
    assert result.reasons == reasons


@pytest.mark.rule("R-ORD-41")
def test_a_floor_given_holds_where_the_print_has_none() -> None:
    sheet = with_items(full_sheet(NATION), {"N42": "0"})
    assert score(NATION, sheet).passed

    assert score(NATION, sheet, floor=Decimal(95)).reasons == ("part_floor:P5",)


@pytest.mark.parametrize("floor", ["-1", "100.01", "NaN"])
def test_a_floor_that_is_no_percentage_is_refused(floor: str) -> None:
    with pytest.raises(LineInvalid):
        score(STANDARD, full_sheet(STANDARD, "all", ""), floor=Decimal(floor))
