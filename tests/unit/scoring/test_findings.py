"""A row given as deductions or additions comes to the points the printed rule says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.scoring.catalogue import parse_catalogue
from domain.scoring.errors import SheetInvalid
from domain.scoring.rules import score

from .builders import REGION, THOUSAND, full_sheet, with_items


def got(name: str, group: str = "g1", **entry: object) -> Decimal | None:
    sheet = with_items(full_sheet(REGION, group, "open_pit"), {name: {**entry, "proof": True}})
    return next(row.got for row in score(REGION, sheet).items if row.item.id == name)


def faults(name: str, **entry: object) -> list[tuple[str, str]]:
    sheet = with_items(full_sheet(REGION, "g1", "open_pit"), {name: {**entry, "proof": True}})
    with pytest.raises(SheetInvalid) as caught:
        score(REGION, sheet)
    return [(place.field, place.code) for place in caught.value.places]


@pytest.mark.rule("R-NAT-40")
@pytest.mark.parametrize(
    ("deductions", "points"),
    [
        ([], "2"),
        (["0.5"], "1.5"),
        (["0.5", {"points": "0.5", "note": "食堂不整洁"}], "1"),
        ([{"count": 3}], "0.5"),
        ([{"count": 0}], "2"),
        ([{"count": Decimal("2.0")}], "1"),
        ([{"count": 4}], "0"),
        ([{"count": 5}], "0"),
        ([{"count": 1000}], "0"),
        (["2", "2", 2], "0"),
    ],
)
def test_deductions_start_from_full_points_and_stop_at_zero(
    deductions: list[object], points: str
) -> None:
    assert got("M02", deductions=deductions) == Decimal(points)


@pytest.mark.rule("R-NAT-40")
@pytest.mark.parametrize(
    ("deductions", "points"),
    [([{"id": "a"}], "1.5"), ([{"id": "b"}], "0.5"), ([{"id": "b"}, {"id": "a"}], "0")],
)
def test_printed_defects_take_their_printed_points(deductions: list[object], points: str) -> None:
    assert got("M01", deductions=deductions) == Decimal(points)


@pytest.mark.rule("R-NAT-40")
@pytest.mark.parametrize(
    ("name", "additions", "points"),
    [
        ("M17", [], "0"),
        ("M17", [{"id": "a"}, {"id": "b"}], "1.5"),
        ("M26", [{"id": "a"}, {"id": "b"}, {"id": "c"}], "1"),
        ("M44", [{"id": "a"}, {"id": "b"}, {"id": "c"}], "1"),
        ("M45", [{"id": "a", "count": 3}], "1.5"),
        ("M45", [{"id": "a", "count": 9}], "2"),
        ("M45", [{"id": "a", "count": 2}, {"id": "c"}], "2"),
        ("M19", ["0.5", {"points": "0.25"}], "0.75"),
        ("M19", ["3", "3"], "3"),
    ],
)
def test_additions_start_from_zero_and_stop_at_the_items_points(
    name: str, additions: list[object], points: str
) -> None:
    assert got(name, additions=additions) == Decimal(points)


@pytest.mark.rule("R-NAT-40")
@pytest.mark.parametrize(
    ("additions", "points"),
    [
        ([{"id": "1.a"}], "2"),
        ([{"id": "1.a"}, {"id": "1.b"}], "4"),
        ([{"id": "2.a"}], "4"),
        ([{"id": "1.a"}, {"id": "2.a"}], "4"),
    ],
)
def test_of_alternative_paths_the_best_one_counts(additions: list[object], points: str) -> None:
    assert got("M24", "g2", additions=additions) == Decimal(points)


@pytest.mark.rule("R-NAT-40")
@pytest.mark.parametrize(
    ("scoring", "additions", "points"),
    [
        (
            "{type: tiered, options: [{id: '1', items: [{id: a, text: 甲, points: 200},"
            " {id: b, text: 乙, points: 580}]}, {id: '2', items: [{id: a, text: 丙, points: 300},"
            " {id: b, text: 丁, points: 480}]}]}",
            [{"id": "1.a"}, {"id": "2.a"}],
            300,
        ),
        (
            "{type: additive, items: [{id: a, text: 甲, points: 40, per_unit: 项, max: 100},"
            " {id: b, text: 乙, points: 680}]}",
            [{"id": "a", "count": 5}],
            100,
        ),
    ],
    ids=["paths are not mixed", "a line stops at its own most"],
)
def test_lines_count_within_their_path_and_their_own_limit(
    scoring: str, additions: list[object], points: int
) -> None:
    plain = "criterion: 按大类评分, scoring: {type: points}}\n"
    text = THOUSAND[: -len(plain)] + plain.replace("{type: points}", scoring)
    catalogue = parse_catalogue(text.encode(), "x.yaml")
    sheet = full_sheet(catalogue, "all", "")
    sheet["items"]["B1"] = {"additions": additions, "proof": True}

    assert score(catalogue, sheet).parts[1].got == points


@pytest.mark.parametrize(
    ("name", "entry", "field", "code"),
    [
        ("M02", {"additions": ["1"]}, "additions", "wrong_findings"),
        ("M17", {"deductions": ["1"]}, "deductions", "wrong_findings"),
        ("M08", {"deductions": []}, "deductions", "wrong_findings"),
        ("M08", {"additions": ["5"]}, "additions", "wrong_findings"),
        ("M02", {"deductions": "0.5"}, "deductions", "not_a_list"),
        ("M02", {"deductions": None}, "deductions", "not_a_list"),
        ("M02", {"deductions": ["0"] * 201}, "deductions", "too_many"),
        ("M02", {"deductions": ["1", "-1"]}, "deductions.1", "negative"),
        ("M02", {"deductions": [0.5]}, "deductions.0", "binary_float"),
        ("M02", {"deductions": [{"points": "x"}]}, "deductions.0.points", "not_a_number"),
        ("M02", {"deductions": [{"count": -1}]}, "deductions.0.count", "not_a_count"),
        ("M02", {"deductions": [{"count": True}]}, "deductions.0.count", "not_a_count"),
        ("M02", {"deductions": [{"count": "2"}]}, "deductions.0.count", "not_a_count"),
        ("M02", {"deductions": [{"count": Decimal("1.5")}]}, "deductions.0.count", "not_a_count"),
        ("M02", {"deductions": [{"count": Decimal("NaN")}]}, "deductions.0.count", "not_a_count"),
        ("M02", {"deductions": [{"count": 1001}]}, "deductions.0.count", "not_a_count"),
        ("M02", {"deductions": [{}]}, "deductions.0", "unclear"),
        ("M02", {"deductions": [{"points": "1", "count": 1}]}, "deductions.0", "unclear"),
        ("M02", {"deductions": [{"count": 1, "note": 3}]}, "deductions.0.note", "not_text"),
        ("M02", {"deductions": [{"cnt": 1}]}, "deductions.0.cnt", "unknown_key"),
        ("M01", {"deductions": [{"id": "z"}]}, "deductions.0.id", "unknown_line"),
        ("M01", {"deductions": [{"id": ["a"]}]}, "deductions.0.id", "unknown_line"),
        ("M01", {"deductions": [{"id": "a"}] * 2}, "deductions.1.id", "double_line"),
        ("M01", {"deductions": [{"id": "a", "count": 2}]}, "deductions.0.count", "not_countable"),
        ("M20", {"additions": ["2"]}, "additions.0", "unclear"),
    ],
)
def test_a_finding_that_does_not_fit_the_rule_is_refused(
    name: str, entry: dict[str, Any], field: str, code: str
) -> None:
    assert (f"items.{name}.{field}", code) in faults(name, **entry)


def test_score_and_findings_together_are_refused() -> None:
    assert faults("M02", score="1", deductions=["0.5"]) == [
        ("items.M02.score", "score_and_findings")
    ]


@pytest.mark.rule("R-NAT-40")
@settings(deadline=None, max_examples=100)
@given(
    deductions=st.lists(st.decimals(Decimal(0), Decimal(9), places=2).map(str), max_size=8),
    order=st.randoms(use_true_random=False),
)
def test_deductions_in_any_order_leave_the_same_points_within_range(
    deductions: list[str], order: Any
) -> None:
    shuffled = list(deductions)
    order.shuffle(shuffled)

    points = got("M02", deductions=deductions)

    assert points is not None
    assert points == max(Decimal(0), 2 - sum(map(Decimal, deductions), Decimal(0)))
    assert points == got("M02", deductions=shuffled)
