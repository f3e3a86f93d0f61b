"""A sheet that cannot be scored says where and why, all places at once, in both languages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain.scoring.catalogue import parse_catalogue
from domain.scoring.errors import MAX_PLACES, SheetInvalid
from domain.scoring.rules import score
from engine.errors import Invalid

from .builders import REGION, THOUSAND, Sheet, does_not_apply, full_sheet, with_items


def faults(sheet: object) -> list[tuple[str, str]]:
    with pytest.raises(SheetInvalid) as caught:
        score(REGION, sheet)
    return [(place.field, place.code) for place in caught.value.places]


def row(entry: object, name: str = "M02") -> Sheet:
    sheet = full_sheet()
    sheet["items"][name] = entry
    return sheet


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2.01", "above_points"),
        (3, "above_points"),
        (Decimal("2.000000000001"), "above_points"),
        ("-1", "negative"),
        ("-0.5", "negative"),
        (-1, "negative"),
        ("abc", "not_a_number"),
        ("1e0", "not_a_number"),
        ("1,5", "not_a_number"),
        ("1_0", "not_a_number"),
        ("２", "not_a_number"),
        ("+1", "not_a_number"),
        (".5", "not_a_number"),
        ("1.", "not_a_number"),
        ("0x1", "not_a_number"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("1/2", "not_a_number"),
        (Decimal("NaN"), "not_a_number"),
        (Decimal("sNaN"), "not_a_number"),
        (Decimal("Infinity"), "not_a_number"),
        (True, "not_a_number"),
        ([1], "not_a_number"),
        ({"a": 1}, "not_a_number"),
        (1.5, "binary_float"),
        (float("nan"), "binary_float"),
        ("1" * 30, "too_many_digits"),
        ("1" * 5000, "too_many_digits"),
        ("1." + "1" * 13, "too_many_digits"),
        (Decimal("1e999999"), "too_many_digits"),
        (Decimal("1e-999999"), "too_many_digits"),
        pytest.param(10**5000, "too_many_digits", id="huge integer"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_score_that_is_no_valid_number_of_points_is_refused(value: object, code: str) -> None:
    assert faults(row({"score": value, "proof": True})) == [("items.M02.score", code)]


@pytest.mark.parametrize(
    ("value", "points"),
    [("1.5", "1.5"), (1, "1"), (Decimal("1.50"), "1.5"), (" 1 ", "1"), ("-0", "0"), ("2.0", "2")],
)
def test_a_score_may_be_text_an_integer_or_a_decimal(value: object, points: str) -> None:
    result = score(REGION, row({"score": value, "proof": True}))

    assert result.parts[0].got == 10 + Decimal(points)


@pytest.mark.rule("R-NAT-37")
@pytest.mark.parametrize("value", ["1", "0.01", "4.99"])
def test_an_all_or_nothing_item_scores_full_or_zero(value: str) -> None:
    assert faults(row({"score": value, "proof": True}, "M08")) == [
        ("items.M08.score", "full_or_zero")
    ]


@pytest.mark.parametrize(
    ("entry", "field", "code"),
    [
        (None, "items.M02", "missing_item"),
        ({}, "items.M02.score", "missing_score"),
        ({"score": ""}, "items.M02.score", "missing_score"),
        ({"score": None, "proof": True}, "items.M02.score", "missing_score"),
        ({"not_applicable": False}, "items.M02.score", "missing_score"),
        ({"not_applicable": True}, "items.M02.reason", "missing_reason"),
        ({"not_applicable": True, "reason": 3}, "items.M02.reason", "not_text"),
        ({"not_applicable": "yes"}, "items.M02.not_applicable", "not_a_bool"),
        ({"score": "1", "proof": "yes"}, "items.M02.proof", "not_a_bool"),
        ({"score": "1", "proof": 1}, "items.M02.proof", "not_a_bool"),
        ({"score": "1", "prof": True}, "items.M02.prof", "unknown_key"),
        ({"score": "1", "record": 5}, "items.M02.record", "not_text"),
        ({"score": "1", "record": "长" * 4001}, "items.M02.record", "not_text"),
        ({"score": "1", "evidence": "a"}, "items.M02.evidence", "not_a_list"),
        ({"score": "1", "evidence": [1]}, "items.M02.evidence", "not_a_list"),
        ("2", "items.M02", "not_a_table"),
        (2, "items.M02", "not_a_table"),
        ([], "items.M02", "not_a_table"),
    ],
)
def test_a_row_that_is_wrong_or_missing_is_named(entry: object, field: str, code: str) -> None:
    assert (field, code) in faults(row(entry))


def test_a_row_cannot_be_scored_and_not_applicable() -> None:
    entry = {"not_applicable": True, "reason": "无", "score": "1"}

    assert faults(row(entry)) == [("items.M02.score", "score_and_not_applicable")]


def test_a_missing_row_is_named() -> None:
    assert faults(with_items(full_sheet(), {"M44": None})) == [("items.M44", "missing_item")]


@pytest.mark.rule("R-NAT-45")
@pytest.mark.parametrize(("group", "alien"), [("g1", "M21"), ("g2", "M12")])
def test_an_item_of_the_other_industry_group_is_refused(group: str, alien: str) -> None:
    sheet = full_sheet(REGION, group, "open_pit")
    sheet["items"][alien] = {"score": "0"}

    assert faults(sheet) == [(f"items.{alien}", "not_of_this_group")]


@pytest.mark.rule("R-NAT-45")
@pytest.mark.parametrize("variant", ["fluid", "oil_gas"])
def test_an_item_without_a_demand_for_the_variant_is_refused(variant: str) -> None:
    sheet = full_sheet(REGION, "g1", variant)
    sheet["items"]["M08"] = {"score": "5", "proof": True}

    assert faults(sheet) == [("items.M08", "not_of_this_variant")]


def test_an_item_without_a_demand_for_the_variant_may_be_written_as_not_applicable() -> None:
    sheet = full_sheet(REGION, "g1", "fluid")
    sheet["items"]["M08"] = does_not_apply("油气井无此项")

    assert score(REGION, sheet).not_applicable["M08"] == "油气井无此项"


@pytest.mark.parametrize(
    ("key", "value", "field", "code"),
    [
        ("group", "g3", "group", "unknown_group"),
        ("group", None, "group", "unknown_group"),
        ("group", ["g1"], "group", "unknown_group"),
        ("variant", "both", "variant", "unknown_variant"),
        ("variant", None, "variant", "unknown_variant"),
        ("variant", "aggregate_stone", "variant", "unknown_variant"),
        ("variant", {}, "variant", "unknown_variant"),
        ("items", [], "items", "not_a_table"),
        ("items", None, "items", "not_a_table"),
        ("prerequisites", [], "prerequisites", "not_a_table"),
        ("prerequisites", {"MP1": "true"}, "prerequisites.MP1", "not_a_bool"),
        ("prerequisites", {"MP9": True}, "prerequisites.MP9", "unknown_item"),
        ("prerequisites", {}, "prerequisites.MP4", "missing_prerequisite"),
        ("comment", "x", "comment", "unknown_key"),
    ],
)
def test_what_is_wrong_around_the_rows_is_named(
    key: str, value: object, field: str, code: str
) -> None:
    assert (field, code) in faults(full_sheet() | {key: value})


@pytest.mark.parametrize("sheet", [None, [], "x", 3, True])
def test_what_is_no_sheet_at_all_is_refused(sheet: object) -> None:
    assert faults(sheet) == [("sheet", "not_a_sheet")]


def test_every_place_is_told_at_once() -> None:
    sheet: dict[str, Any] = with_items(
        full_sheet(), {"M01": "9", "M08": "1", "M13": None, "M18": does_not_apply(" ")}
    )
    sheet["items"]["M99"] = {"score": "1"}
    sheet["prerequisites"]["MP2"] = None

    assert sorted(faults(sheet)) == [
        ("items.M01.score", "above_points"),
        ("items.M08.score", "full_or_zero"),
        ("items.M13", "missing_item"),
        ("items.M18.reason", "missing_reason"),
        ("items.M99", "unknown_item"),
        ("prerequisites.MP2", "missing_prerequisite"),
    ]


def test_the_error_carries_a_sentence_in_either_language_for_every_place() -> None:
    with pytest.raises(Invalid) as caught:
        score(REGION, row({"score": "3", "proof": True}))

    assert caught.value.code == "score_sheet_invalid"
    assert caught.value.facts["errors"] == [
        {
            "field": "items.M02.score",
            "code": "above_points",
            "message": "M02 配套设施的得分不能超过标准分 2",
            "message_en": "M02: the score exceeds its 2 points",
        }
    ]


def test_a_flood_of_faults_is_cut_short_but_counted() -> None:
    sheet = full_sheet()
    sheet["items"] |= {f"X{number}": {} for number in range(1000)}

    with pytest.raises(SheetInvalid) as caught:
        score(REGION, sheet)

    assert len(caught.value.facts["errors"]) == MAX_PLACES  # type: ignore[arg-type]
    assert "1000" in caught.value.zh


def test_a_long_unknown_key_is_shortened_in_the_message() -> None:
    assert faults(full_sheet() | {"k" * 1000: 1}) == [("k" * 40, "unknown_key")]


@pytest.mark.parametrize("variant", [None, ""])
def test_a_standard_without_variants_needs_none(variant: object) -> None:
    catalogue = parse_catalogue(THOUSAND.encode(), "thousand.yaml")
    sheet = full_sheet(catalogue, "all", "") | {"variant": variant}

    assert str(score(catalogue, sheet).total) == "1000.00"
