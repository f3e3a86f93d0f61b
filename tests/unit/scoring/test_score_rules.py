"""What makes a mine pass or fail, rule by rule."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from domain.scoring.catalogue import parse_catalogue
from domain.scoring.errors import LineInvalid, SheetInvalid
from domain.scoring.rules import score

from .builders import NATION, REGION, THOUSAND, does_not_apply, full_sheet, with_items


@pytest.mark.rule("R-IM-53", "R-NAT-36")
@pytest.mark.parametrize(
    ("group", "variant"),
    [
        ("g1", "open_pit"),
        ("g1", "underground"),
        ("g1", "fluid"),
        ("g1", "oil_gas"),
        ("g1", "geothermal_water"),
        ("g2", "open_pit"),
        ("g2", "underground"),
        ("g2", "aggregate_stone"),
        ("g2", "cement_limestone"),
    ],
)
def test_full_points_everywhere_are_a_hundred(group: str, variant: str) -> None:
    for catalogue in (REGION, NATION):
        result = score(catalogue, full_sheet(catalogue, group, variant))

        assert str(result.total) == "100.00"
        assert result.passed
        assert result.reasons == ()


@pytest.mark.rule("R-NAT-35")
def test_one_prerequisite_not_met_excludes_but_the_total_is_computed() -> None:
    sheet = full_sheet()
    sheet["prerequisites"]["MP3"] = False

    result = score(REGION, sheet)

    assert (str(result.total), result.passed, result.reasons) == (
        "100.00",
        False,
        ("prerequisite:MP3",),
    )


@pytest.mark.rule("R-NAT-35")
def test_a_province_adds_a_veto_by_a_line_of_data() -> None:
    raw = (
        THOUSAND + "prerequisites:\n  - {id: V1, name: 取水许可证, checks: [取水许可证合法有效]}\n"
    )
    catalogue = parse_catalogue(raw.encode(), "x.yaml")
    sheet = full_sheet(catalogue, "all", "")
    sheet["prerequisites"]["V1"] = False

    assert score(catalogue, sheet).reasons == ("prerequisite:V1",)


@pytest.mark.rule("R-NAT-37", "R-NAT-46")
def test_ninety_nine_points_with_a_constraint_item_short_fail() -> None:
    result = score(REGION, with_items(full_sheet(), {"M37": "0"}))

    assert str(result.total) == "99.00"
    assert result.reasons == ("constraint:M37",)


@pytest.mark.rule("R-NAT-37")
@pytest.mark.parametrize("name", [item.id for item in REGION.items if item.constraint])
def test_each_constraint_item_alone_decides(name: str) -> None:
    sheet = with_items(full_sheet(), {name: "0"})

    assert score(REGION, sheet).reasons == (f"constraint:{name}",)


@pytest.mark.rule("R-NAT-37")
def test_no_improvement_item_alone_makes_a_mine_fail() -> None:
    for name in [item.id for item in REGION.items if not item.constraint and "g1" in item.groups]:
        assert score(REGION, with_items(full_sheet(), {name: "0"})).passed


@pytest.mark.rule("R-NAT-37", "R-NAT-45")
def test_the_three_constraint_items_of_group_1_do_not_bind_a_quarry() -> None:
    sheet = full_sheet(REGION, "g2", "open_pit")
    shorts = {item.id: "0" for item in REGION.items if item.constraint and "g2" in item.groups}

    reasons = score(REGION, with_items(sheet, shorts)).reasons

    assert len([reason for reason in reasons if reason.startswith("constraint:")]) == 17


@pytest.mark.rule("R-NAT-37", "R-NAT-46")
def test_a_graded_constraint_item_must_have_full_points_to_the_last_hundredth() -> None:
    raw = THOUSAND.replace("full_points_required: false", "full_points_required: true")
    catalogue = parse_catalogue(raw.encode(), "x.yaml")
    sheet = full_sheet(catalogue, "all", "")

    assert score(catalogue, sheet).passed
    short = with_items(sheet, {"B1": "779.99"})
    assert score(catalogue, short).reasons == ("constraint:B1",)


@pytest.mark.rule("R-NAT-38")
def test_a_not_applicable_item_is_converted_inside_its_part_only() -> None:
    sheet = with_items(full_sheet(), {"M04": does_not_apply(), "M06": "1", "M42": "0"})

    parts = {found.part.id: found for found in score(REGION, sheet).parts}

    assert parts["P1"].exact == Decimal(12) * 9 / 10  # 12 x (10 - 1) / 10
    assert parts["P5"].exact == 15  # 18 - 3, untouched by the conversion in part one
    assert [parts[name].exact for name in ("P2", "P3", "P4", "P6")] == [20, 18, 20, 12]


@pytest.mark.rule("R-NAT-38")
def test_the_written_reason_stays_with_the_result() -> None:
    result = score(REGION, with_items(full_sheet(), {"M18": does_not_apply("无尾矿")}))

    assert result.not_applicable == {"M18": "无尾矿"}


@pytest.mark.rule("R-NAT-38")
@pytest.mark.parametrize("reason", ["", "   ", None])
def test_not_applicable_without_a_reason_is_refused(reason: str | None) -> None:
    sheet = with_items(full_sheet(), {"M18": {"not_applicable": True, "reason": reason}})

    with pytest.raises(SheetInvalid) as caught:
        score(REGION, sheet)

    assert "items.M18.reason" in [place.field for place in caught.value.places]


@pytest.mark.rule("R-NAT-37", "R-NAT-38")
def test_a_constraint_item_judged_not_applicable_is_exempt() -> None:
    result = score(REGION, with_items(full_sheet(), {"M30": does_not_apply("无酸性废水")}))

    assert result.passed
    assert result.exempt == ("M30",)
    assert str(result.total) == "100.00"


@pytest.mark.rule("R-NAT-38")
def test_a_part_without_any_applicable_item_cannot_be_converted() -> None:
    part = {item.id: does_not_apply() for item in REGION.items if item.part == "P1"}

    with pytest.raises(SheetInvalid) as caught:
        score(REGION, with_items(full_sheet(), part))

    assert [(place.field, place.code) for place in caught.value.places] == [
        ("parts.P1", "no_applicable_item")
    ]


@pytest.mark.rule("R-NAT-41", "R-IM-26")
@pytest.mark.parametrize("entry", [{"score": "2"}, {"score": "2", "proof": False}])
def test_points_without_stored_proof_are_no_points_and_are_reported(
    entry: dict[str, object],
) -> None:
    result = score(REGION, with_items(full_sheet(), {"M02": entry}))

    assert str(result.total) == "98.00"
    assert result.without_proof == ("M02",)


@pytest.mark.rule("R-NAT-37", "R-NAT-41")
def test_a_constraint_item_without_proof_falls_short() -> None:
    result = score(REGION, with_items(full_sheet(), {"M08": {"score": "5"}}))

    assert result.reasons == ("constraint:M08",)


@pytest.mark.rule("R-NAT-41")
def test_the_stored_proof_outweighs_the_marks_on_the_sheet() -> None:
    stored = {item.id for item in REGION.items} - {"M02"}

    result = score(REGION, full_sheet(), proof=stored)

    assert result.without_proof == ("M02",)
    assert str(result.total) == "98.00"


@pytest.mark.rule("R-NAT-41")
def test_an_item_scored_zero_needs_no_proof() -> None:
    result = score(REGION, with_items(full_sheet(), {"M02": {"score": "0"}}))

    assert result.without_proof == ()


@pytest.mark.rule("R-IM-53")
def test_item_9_takes_one_list_of_techniques_and_never_more_than_its_points() -> None:
    every = {"additions": [{"id": name} for name in "abcd"], "proof": True}
    three = {"additions": [{"id": name} for name in "abc"], "proof": True}

    open_pit = score(REGION, with_items(full_sheet(REGION, "g1", "open_pit"), {"M09": every}))
    underground = score(REGION, with_items(full_sheet(), {"M09": three}))

    assert [r.parts[1].got for r in (open_pit, underground)] == [20, 20]


@pytest.mark.rule("R-IM-53")
def test_a_technique_of_the_other_mining_method_is_refused() -> None:
    sheet = with_items(full_sheet(), {"M09": {"additions": [{"id": "d"}], "proof": True}})

    with pytest.raises(SheetInvalid) as caught:
        score(REGION, sheet)  # d, the internal dump, is printed for open pits only

    assert [place.field for place in caught.value.places] == ["items.M09.additions.0.id"]


@pytest.mark.rule("R-NAT-38", "R-IM-53")
@pytest.mark.parametrize("variant", ["fluid", "oil_gas", "geothermal_water"])
def test_item_8_does_not_apply_to_oil_gas_and_geothermal_mines(variant: str) -> None:
    sheet = with_items(full_sheet(REGION, "g1", variant), {"M11": "4"})

    result = score(REGION, sheet)

    assert "M08" in result.not_applicable
    assert result.parts[1].exact == Fraction(20 * 14, 15)


@pytest.mark.rule("R-NAT-39")
@pytest.mark.parametrize(("line", "passed"), [("98", True), ("98.00", True), ("98.01", False)])
def test_the_line_given_replaces_the_printed_one(line: str, passed: bool) -> None:
    sheet = with_items(full_sheet(), {"M02": "0"})

    assert score(REGION, sheet, line=Decimal(line)).passed is passed


@pytest.mark.rule("R-NAT-39", "R-IM-53")
def test_without_a_line_the_printed_one_decides() -> None:
    improvement = [item.id for item in REGION.items if not item.constraint and "g1" in item.groups]
    least = with_items(full_sheet(), dict.fromkeys(improvement, "0"))
    fifteen = {"M09": "8", "M11": "5", "M14": "2"}

    assert str(score(REGION, least).total) == "45.00"
    assert score(REGION, least).reasons == ("below_line",)
    assert score(REGION, with_items(least, fifteen)).passed
    assert score(REGION, with_items(least, fifteen | {"M11": "4.99"})).reasons == ("below_line",)


@pytest.mark.parametrize("line", ["-1", "100.01", "NaN", "Infinity"])
def test_a_line_outside_the_total_is_refused(line: str) -> None:
    with pytest.raises(LineInvalid):
        score(REGION, full_sheet(), line=Decimal(line))


def test_all_reasons_are_told_in_order() -> None:
    sheet = with_items(full_sheet(), {"M40": "0", "M08": "0"})
    sheet["prerequisites"] |= {"MP5": False, "MP1": False}

    result = score(REGION, sheet, line=Decimal(99))

    assert result.reasons == (
        "prerequisite:MP1",
        "prerequisite:MP5",
        "constraint:M08",
        "constraint:M40",
        "below_line",
    )


@pytest.mark.rule("R-ORD-41")
@pytest.mark.parametrize(
    ("a", "b", "reasons"),
    [
        ("165", "635", ()),  # 165 is 75 % of 220, the total 800
        ("164.99", "780", ("part_floor:A",)),
        ("220", "584.99", ("part_floor:B",)),
        ("165", "634.99", ("below_line",)),
        ("100", "600", ("part_floor:A", "below_line")),
    ],
)
def test_a_thousand_point_standard_has_a_total_line_and_a_floor_per_part(
    a: str, b: str, reasons: tuple[str, ...]
) -> None:
    catalogue = parse_catalogue(THOUSAND.encode(), "thousand.yaml")
    sheet = with_items(full_sheet(catalogue, "all", ""), {"A1": a, "B1": b})

    assert score(catalogue, sheet).reasons == reasons


def test_the_result_is_told_in_the_form_of_the_outside_contract() -> None:
    sheet = with_items(full_sheet(), {"M37": "0", "M02": "0.5"})

    told = score(REGION, sheet).as_json()

    assert told["total"] == "97.50"
    assert told["passed"] is False
    assert told["reasons"] == ["constraint:M37"]
    assert told["parts"] == [
        {"name": "一、矿区环境", "points": "12", "score": "10.50"},
        {"name": "二、资源开采", "points": "20", "score": "20.00"},
        {"name": "三、资源综合利用", "points": "18", "score": "18.00"},
        {"name": "四、绿色低碳", "points": "20", "score": "19.00"},
        {"name": "五、生态修复与环境治理", "points": "18", "score": "18.00"},
        {"name": "六、科技创新与规范管理", "points": "12", "score": "12.00"},
    ]


@pytest.mark.parametrize(
    ("points", "shown"), [("0.005", "98.01"), ("0.0049", "98.00"), ("0.015", "98.02")]
)
def test_a_total_is_shown_with_two_decimals_half_up(points: str, shown: str) -> None:
    assert str(score(REGION, with_items(full_sheet(), {"M02": points})).total) == shown
