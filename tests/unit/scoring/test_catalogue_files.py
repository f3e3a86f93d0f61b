"""The two shipped catalogues are complete: every item, point and mark of the documents is there."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from domain.scoring.indicators import Catalogue, Item
from domain.scoring.points import total

from .builders import NATION, REGION

# Typed from the documents, part by part; constraint items (约束性) carry an asterisk.
_REGION = """
2 2 1 2 2 2 1
5* 8 2* 5
3* 2* 2 2* 1 2 1 3 2  5 5 4 4
2 1 2* 2 1* 1* 2* 1* 2* 2* 2* 1 1*
3* 2* 5* 3* 3 2
1 2 2 2 1 2* 2*
"""
_NATION = _REGION.replace("3* 2* 5* 3* 3 2", "5* 2* 5* 3* 3")

both = pytest.mark.parametrize("catalogue", [REGION, NATION], ids=["region", "nation"])


def typed(text: str) -> list[tuple[Decimal, bool]]:
    return [(Decimal(mark.rstrip("*")), mark.endswith("*")) for mark in text.split()]


def items_of(catalogue: Catalogue, group: str) -> list[Item]:
    return [item for item in catalogue.items if group in item.groups]


@pytest.mark.rule("R-NAT-36", "R-IM-53", "R-IM-54")
@pytest.mark.parametrize(
    ("catalogue", "text"), [(REGION, _REGION), (NATION, _NATION)], ids=["region", "nation"]
)
def test_every_item_has_the_printed_points_and_kind(catalogue: Catalogue, text: str) -> None:
    found = [(item.points, item.constraint) for item in catalogue.items]

    assert found == typed(text)


@pytest.mark.rule("R-NAT-36", "R-IM-53")
@pytest.mark.parametrize(("catalogue", "items"), [(REGION, 50), (NATION, 49)])
def test_a_catalogue_has_its_items_and_twenty_constraint_items(
    catalogue: Catalogue, items: int
) -> None:
    kinds = Counter(item.kind for item in catalogue.items)

    assert kinds == {"约束性": 20, "提升性": items - 20}


@pytest.mark.rule("R-NAT-36", "R-NAT-45", "R-IM-53")
@both
@pytest.mark.parametrize("group", ["g1", "g2"])
def test_the_parts_add_up_to_a_hundred_for_either_industry_group(
    catalogue: Catalogue, group: str
) -> None:
    sums = [
        total(item.points for item in items_of(catalogue, group) if item.part == part.id)
        for part in catalogue.parts
    ]

    assert sums == [12, 20, 18, 20, 18, 12]


@pytest.mark.rule("R-NAT-45")
@both
def test_part_three_is_items_12_to_20_or_items_21_to_24(catalogue: Catalogue) -> None:
    numbers = {
        group: [item.number for item in items_of(catalogue, group) if item.part == "P3"]
        for group in ("g1", "g2")
    }

    assert numbers == {"g1": list(range(12, 21)), "g2": list(range(21, 25))}


@pytest.mark.rule("R-NAT-37", "R-NAT-45")
@both
def test_aggregates_have_seventeen_constraint_items_the_others_twenty(
    catalogue: Catalogue,
) -> None:
    counts = {
        group: sum(item.constraint for item in items_of(catalogue, group)) for group in ("g1", "g2")
    }

    assert counts == {"g1": 20, "g2": 17}


@pytest.mark.rule("R-NAT-37")
@both
def test_every_constraint_item_scores_all_or_nothing(catalogue: Catalogue) -> None:
    types = {item.scoring.type for item in catalogue.items if item.constraint}

    assert types == {"all_or_nothing"}


@pytest.mark.rule("R-NAT-35")
@both
def test_there_are_five_prerequisites_each_with_its_checks(catalogue: Catalogue) -> None:
    assert [len(found.checks) for found in catalogue.prerequisites] == [3, 2, 1, 2, 2]


@pytest.mark.rule("R-IM-54")
def test_item_38_has_three_points_and_item_43_is_new() -> None:
    works = REGION.items[42]

    assert [REGION.items[37].points, NATION.items[37].points] == [3, 5]
    assert works.name == "建设与维护"
    assert works.points == 2
    assert works.base_number is None


@pytest.mark.rule("R-IM-54")
def test_the_regional_items_follow_the_national_ones_but_for_those_two() -> None:
    pairs = [
        (item, NATION.items[item.base_number - 1]) for item in REGION.items if item.base_number
    ]
    differing = [ours.number for ours, theirs in pairs if ours.points != theirs.points]

    assert [theirs.number for _, theirs in pairs] == list(range(1, 50))
    assert differing == [38]
    assert all((ours.kind, ours.methods) == (theirs.kind, theirs.methods) for ours, theirs in pairs)


@pytest.mark.rule("R-IM-55")
def test_every_regional_item_names_its_departments_and_marks_the_inferred_ones() -> None:
    assert all(item.departments or item.departments_inferred for item in REGION.items)
    assert [item.number for item in REGION.items if item.departments_inferred] == [22, 24, 25, 37]


@pytest.mark.rule("R-IM-56")
def test_a_new_mine_needs_one_year_in_the_region_and_has_no_exception_nationally() -> None:
    key = "new_mine_years_since_production"
    regional, national = REGION.prerequisites[3].thresholds, NATION.prerequisites[3].thresholds

    assert (regional[key], regional["normal_operation_years"]) == (1, 3)
    assert key not in national


@pytest.mark.rule("R-IM-53", "R-NAT-39")
def test_the_printed_pass_lines_are_60_to_be_confirmed_and_80() -> None:
    assert [REGION.standard.pass_line, NATION.standard.pass_line] == [60, 80]
    assert REGION.standard.pass_line_to_confirm
    assert REGION.standard.pass_line_note is not None
    assert "待确认" in REGION.standard.pass_line_note.zh
    assert not NATION.standard.pass_line_to_confirm


@pytest.mark.rule("R-NAT-46")
@both
def test_a_catalogue_says_from_when_and_how_long_it_holds(catalogue: Catalogue) -> None:
    standard = catalogue.standard

    assert standard.issued is not None
    assert standard.valid_years == 5
    assert standard.document


@pytest.mark.rule("R-NAT-42", "R-NAT-43", "R-NAT-44", "R-IM-25")
def test_the_scoring_instructions_of_the_document_travel_with_it() -> None:
    told = {found.place: found.text for found in REGION.explanations}

    assert "配套系统，应明确关联关系" in told["二（三）"]
    assert "专家打分取平均值" in told["二（四）"]
    assert "哪些工作人员到什么现场看了什么内容" in told["二（五）"]
    assert "专家无法给出判定结论或存在疑议" in told["三"]


@both
@pytest.mark.parametrize("text", ["criterion", "name", "name_en", "section"])
def test_no_item_lacks_its_texts(catalogue: Catalogue, text: str) -> None:
    assert [item.id for item in catalogue.items if not getattr(item, text)] == []


@pytest.mark.parametrize(
    ("number", "name", "criterion"),
    [
        (10, "开采回采率", "开采回采率达到“三率”指标一般要求及以上。符合得2分，不符合得0分。"),
        (28, "碳排放核算", "开展的得2分，未开展的得0分。"),
        (43, "建设与维护", "发现一处不符合要求扣1分。"),
        (50, "矿地和谐", "建立职业健康管理制度"),
    ],
)
def test_texts_are_the_official_ones(number: int, name: str, criterion: str) -> None:
    item = REGION.items[number - 1]

    assert item.name == name
    assert criterion in item.criterion
