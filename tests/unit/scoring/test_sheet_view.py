"""The sheet as pages show it: its rows, the totals so far, several sheets side by side."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings

from domain.scoring.rules import score
from domain.scoring.sheet import Row, compare, preview, sheet_rows

from .builders import NATION, REGION, Sheet, does_not_apply, full_sheet, with_items
from .strategies import sheets


def row_of(name: str, group: str = "g1", variant: str = "underground") -> Row:
    return next(row for row in sheet_rows(REGION, group, variant) if row.item.id == name)


@pytest.mark.rule("R-NAT-45", "R-IM-53")
@pytest.mark.parametrize(
    ("group", "count", "last"), [("g1", 46, list(range(12, 21))), ("g2", 41, [21, 22, 23, 24])]
)
def test_a_sheet_has_the_rows_of_its_group_in_the_documents_order(
    group: str, count: int, last: list[int]
) -> None:
    rows = sheet_rows(REGION, group, "open_pit")
    numbers = [row.item.number for row in rows]

    assert len(rows) == count
    assert numbers == sorted(numbers)
    assert [row.item.number for row in rows if row.part.id == "P3"] == last


@pytest.mark.rule("R-IM-55")
def test_a_row_holds_what_the_printed_table_shows() -> None:
    row = row_of("M11", variant="geothermal_water")

    assert (row.part.name, row.section.name) == ("二、资源开采", "2 开采工作面")
    assert row.item.name == "质量要求"
    assert "发现一处不符合扣1分" in row.item.criterion
    assert row.item.methods == ("查资料", "查现场")
    assert row.item.basis == ("开采设计", "开发利用方案")
    assert row.departments == ("自然资源", "能源", "应急管理(矿山安全监管)")
    assert not row.item.constraint
    assert row.proof_required


@pytest.mark.rule("R-IM-53")
@pytest.mark.parametrize(
    ("name", "group", "variant", "names"),
    [
        ("M08", "g1", "open_pit", ["露天开采"]),
        ("M08", "g1", "underground", ["地下开采"]),
        ("M11", "g1", "oil_gas", ["石油天然气等"]),
        ("M11", "g1", "fluid", ["石油天然气等", "地热、矿泉水等"]),
        ("M08", "g2", "cement_limestone", ["露天开采", "地下开采"]),
        ("M21", "g2", "cement_limestone", ["水泥灰岩行业"]),
        ("M21", "g2", "open_pit", ["砂石、建筑石材等行业", "水泥灰岩行业"]),
        ("M01", "g1", "open_pit", []),
    ],
)
def test_a_row_shows_the_demand_of_the_variant_or_all_where_it_does_not_decide(
    name: str, group: str, variant: str, names: list[str]
) -> None:
    assert [title for title, _ in row_of(name, group, variant).demands] == names


@pytest.mark.rule("R-IM-53")
@pytest.mark.parametrize(
    ("variant", "points"),
    [("open_pit", [2, 2, 2, 2]), ("underground", [3, 3, 2]), ("oil_gas", [2, 2, 2, 2])],
)
def test_item_9_offers_the_techniques_of_one_mining_method(variant: str, points: list[int]) -> None:
    assert [line.points for line in row_of("M09", variant=variant).lines] == points


@pytest.mark.parametrize(
    ("name", "kind"),
    [("M08", "full_or_zero"), ("M02", "findings"), ("M01", "lines"), ("M45", "lines")],
)
def test_a_row_says_how_it_may_be_filled_in(name: str, kind: str) -> None:
    assert row_of(name).input == kind


def test_an_excused_row_says_why_and_needs_no_proof() -> None:
    row = row_of("M08", variant="fluid")

    assert "不涉及项" in row.excused
    assert not row.proof_required


@pytest.mark.rule("R-NAT-41", "R-NAT-43", "R-NAT-44", "R-IM-26")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("M10", ["缺少支撑材料或证明材料不得分"]),
        ("M03", ["缺少支撑材料或证明材料不得分", "到什么现场看了什么内容"]),
        ("M50", ["缺少支撑材料或证明材料不得分", "专家打分取平均值"]),
    ],
)
def test_a_row_says_what_its_check_record_must_hold(name: str, told: list[str]) -> None:
    guidance = row_of(name).record_guidance

    assert len(guidance) == len(told)
    assert all(part in text for part, text in zip(told, guidance, strict=True))


def test_departments_that_are_inferred_are_marked() -> None:
    inferred = [
        row.item.id for row in sheet_rows(REGION, "g2", "open_pit") if row.departments_are_inferred
    ]

    assert inferred == ["M22", "M24", "M25", "M37"]


def test_an_empty_sheet_is_worth_nothing_yet_and_may_reach_everything() -> None:
    found = preview(REGION, {"group": "g1", "variant": "open_pit"})

    assert [str(found.total), str(found.reachable)] == ["0.00", "100.00"]
    assert found.answered == 0
    assert len(found.missing) == 46 + 5
    assert found.faults == ()
    assert found.shortfalls == ()
    assert not found.is_complete


def test_totals_grow_with_the_rows_filled_in() -> None:
    sheet: Sheet = {
        "group": "g1",
        "variant": "open_pit",
        "items": {
            "M01": {"score": "1.5", "proof": True},
            "M04": does_not_apply(),
            "M08": {"score": "0", "proof": True},
            "M09": {"score": "6"},
        },
    }

    found = preview(REGION, sheet)

    assert str(found.total) == "1.80"  # 12 x 1.5 / 10: item 4 is converted
    assert str(found.reachable) == "86.40"  # 12 x 9.5 / 10 = 11.4; 20 - 5 - 8 = 7; 68 more
    assert found.answered == 4
    assert found.shortfalls == ("M08",)
    assert found.without_proof == ("M09",)


@pytest.mark.rule("R-NAT-41", "R-IM-26")
def test_scored_rows_without_a_check_record_are_listed() -> None:
    recorded = {"score": "2", "proof": True, "record": "张三、李四到选厂查看了除尘设施"}
    sheet = with_items(
        {"group": "g1", "variant": "open_pit", "items": {}},
        {"M02": recorded, "M04": "2", "M06": does_not_apply()},
    )

    assert preview(REGION, sheet).unrecorded == ("M04",)


def test_a_wrong_row_counts_as_unanswered_and_is_told() -> None:
    sheet = with_items(full_sheet(), {"M02": "7", "M08": "nonsense"})

    found = preview(REGION, sheet)

    assert [place.field for place in found.faults] == ["items.M02.score", "items.M08.score"]
    assert str(found.total) == "93.00"
    assert found.shortfalls == ()


@pytest.mark.parametrize("sheet", [None, {}, [], {"group": "g9"}, {"group": "g1", "items": 3}])
def test_what_is_no_sheet_is_told_and_breaks_nothing(sheet: object) -> None:
    found = preview(REGION, sheet)

    assert found.items == ()
    assert found.faults
    assert str(found.total) == "0.00"


def test_a_part_without_applicable_items_is_told_while_it_is_filled_in() -> None:
    idle = {item.id: does_not_apply() for item in REGION.items if item.part == "P1"}

    found = preview(REGION, with_items(full_sheet(), idle))

    assert [place.field for place in found.faults] == ["parts.P1"]
    assert str(found.total) == "88.00"


def test_prerequisites_not_met_are_shown_as_vetoes() -> None:
    sheet = full_sheet()
    sheet["prerequisites"]["MP2"] = False

    assert preview(REGION, sheet).vetoes == ("MP2",)


def test_the_preview_shows_the_line_that_will_decide() -> None:
    assert preview(REGION, full_sheet()).line == REGION.standard.pass_line
    assert preview(REGION, full_sheet(), line=Decimal(80)).line == 80


def test_a_total_shown_as_the_line_but_below_it_is_below() -> None:
    sheet = with_items(full_sheet(), {"M02": "1.999999"})

    found = preview(REGION, sheet, line=Decimal(100))

    assert str(found.total) == "100.00"
    assert found.is_below


@settings(deadline=None, max_examples=100)
@given(sheet=sheets(NATION))
def test_the_preview_of_a_complete_sheet_is_its_score(sheet: Sheet) -> None:
    found, result = preview(NATION, sheet), score(NATION, sheet)

    assert found.is_complete
    assert found.total == found.reachable == result.total
    assert found.is_below is ("below_line" in result.reasons)
    assert found.parts == result.parts
    assert [f"constraint:{name}" for name in found.shortfalls] == [
        reason for reason in result.reasons if reason.startswith("constraint:")
    ]


@pytest.mark.rule("R-NAT-43")
def test_sheets_side_by_side_show_where_they_disagree() -> None:
    own = full_sheet()
    third_party = with_items(own, {"M02": "1.5", "M18": does_not_apply(), "M26": {"score": "1"}})

    found = compare(REGION, {"自评估": own, "第三方": third_party})

    assert found.labels == ("自评估", "第三方")
    assert found.differing == ("M02", "M18", "M26")
    assert [str(one.total) for one in found.previews] == ["100.00", "98.50"]
    cells = next(row.cells for row in found.rows if row.item.id == "M18")
    assert [cell.applies for cell in cells if cell is not None] == [True, False]


def test_sheets_of_different_groups_show_an_empty_cell_for_the_rows_of_the_other() -> None:
    coal, quarry = full_sheet(), full_sheet(REGION, "g2", "open_pit")

    found = compare(REGION, {"甲": coal, "乙": quarry})

    assert len(found.rows) == 50
    assert set(found.differing) == {item.id for item in REGION.items if item.part == "P3"}


def test_stored_proof_is_given_for_each_sheet_by_its_label() -> None:
    sheet = full_sheet()

    found = compare(REGION, {"甲": sheet, "乙": sheet}, proof={"乙": frozenset({"M01"})})

    assert [str(one.total) for one in found.previews] == ["100.00", "2.00"]


def test_no_sheets_compare_to_nothing() -> None:
    assert compare(REGION, {}).rows == ()
