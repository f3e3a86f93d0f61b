"""What holds for every sheet whatever its scores, against a second implementation."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.scoring.indicators import Catalogue
from domain.scoring.rules import score

from .builders import NATION, REGION, Sheet, does_not_apply, full_sheet
from .oracle import oracle_reasons, oracle_total, raw_catalogue
from .strategies import score_from, scored_items, sheets

RAW = {
    "neimenggu-2025": raw_catalogue("neimenggu-2025"),
    "national-2024": raw_catalogue("national-2024"),
}

PART_ONE = [item.id for item in REGION.items[:7]]

some = settings(deadline=None, max_examples=200)
both = pytest.mark.parametrize("catalogue", [REGION, NATION], ids=["region", "nation"])


def raw_of(catalogue: Catalogue) -> dict[str, Any]:
    return RAW[catalogue.standard.id]


@pytest.mark.rule("R-NAT-37", "R-NAT-38", "R-NAT-41", "R-NAT-45", "R-IM-53")
@both
@some
@given(data=st.data())
def test_total_and_reasons_are_those_of_a_second_implementation(
    catalogue: Catalogue, data: st.DataObject
) -> None:
    sheet = data.draw(sheets(catalogue))
    line = data.draw(st.integers(0, 100))

    result = score(catalogue, sheet, line=Decimal(line))

    assert result.exact == oracle_total(raw_of(catalogue), sheet)
    assert set(result.reasons) == oracle_reasons(raw_of(catalogue), sheet, Fraction(line))
    assert result.passed is (not result.reasons)


@pytest.mark.rule("R-NAT-40")
@both
@some
@given(data=st.data())
def test_a_total_lies_between_zero_and_a_hundred(catalogue: Catalogue, data: st.DataObject) -> None:
    result = score(catalogue, data.draw(sheets(catalogue)))

    assert 0 <= result.exact <= 100
    assert all(0 <= part.exact <= Fraction(part.part.points) for part in result.parts)


@some
@given(sheet=sheets(REGION), order=st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(sheet: Sheet, order: Any) -> None:
    items, prerequisites = list(sheet["items"].items()), list(sheet["prerequisites"].items())
    order.shuffle(items)
    order.shuffle(prerequisites)
    shuffled = {
        "items": dict(items),
        "prerequisites": dict(prerequisites),
        "variant": sheet["variant"],
        "group": sheet["group"],
    }

    there, here = score(REGION, shuffled), score(REGION, sheet)

    assert (there.exact, set(there.reasons)) == (here.exact, set(here.reasons))


@pytest.mark.rule("R-NAT-37", "R-NAT-38")
@some
@given(data=st.data(), byte=st.integers(0, 255))
def test_a_higher_score_never_makes_the_result_worse(data: st.DataObject, byte: int) -> None:
    sheet = data.draw(sheets(REGION))
    item = data.draw(scored_items(REGION, sheet))
    higher, lower = deepcopy(sheet), deepcopy(sheet)
    scores = sorted([score_from(item, byte), sheet["items"][item.id]["score"]], key=Decimal)
    for changed, points in zip((lower, higher), scores, strict=True):
        changed["items"][item.id]["score"] = points

    worse, better = score(REGION, lower), score(REGION, higher)

    assert better.exact >= worse.exact
    assert set(better.reasons) <= set(worse.reasons)


@pytest.mark.rule("R-NAT-41")
@some
@given(data=st.data())
def test_stored_proof_never_makes_the_result_worse(data: st.DataObject) -> None:
    sheet = data.draw(sheets(REGION))
    proven = deepcopy(sheet)
    for row in proven["items"].values():
        row["proof"] = True

    before, after = score(REGION, sheet), score(REGION, proven)

    assert after.exact >= before.exact
    assert after.without_proof == ()


@pytest.mark.rule("R-NAT-38")
@some
@given(tenths=st.integers(0, 10), idle=st.sets(st.sampled_from(PART_ONE), max_size=6))
def test_items_of_the_same_rate_convert_to_that_rate(tenths: int, idle: set[str]) -> None:
    sheet = full_sheet()
    for item in REGION.items[:7]:
        scored = {"score": str(item.points * tenths / 10), "proof": True}
        sheet["items"][item.id] = does_not_apply() if item.id in idle else scored

    assert score(REGION, sheet).parts[0].exact == Fraction(12 * tenths, 10)


@pytest.mark.rule("R-NAT-38")
@some
@given(sheet=sheets(REGION))
def test_a_part_is_its_points_times_got_by_applicable(sheet: Sheet) -> None:
    result = score(REGION, sheet)

    for part in result.parts:
        rows = [row for row in result.items if row.item.part == part.part.id and row.applies]
        got = sum(Fraction(row.got or 0) for row in rows)
        applicable = sum(Fraction(row.item.points) for row in rows)
        assert part.exact * applicable == Fraction(part.part.points) * got


@pytest.mark.rule("R-NAT-38")
@some
@given(data=st.data())
def test_conversion_touches_no_other_part(data: st.DataObject) -> None:
    sheet = data.draw(sheets(REGION))
    item = data.draw(scored_items(REGION, sheet))
    scored = {name for name, row in sheet["items"].items() if "score" in row}
    assume(sum(i.part == item.part and i.id in scored for i in REGION.items) > 1)
    without = deepcopy(sheet)
    without["items"][item.id] = does_not_apply()

    before, after = score(REGION, sheet).parts, score(REGION, without).parts

    assert [p for p in before if p.part.id != item.part] == [
        p for p in after if p.part.id != item.part
    ]


@some
@given(sheet=sheets(REGION), digits=st.integers(1, 6))
def test_the_callers_decimal_context_changes_nothing(sheet: Sheet, digits: int) -> None:
    expected = score(REGION, sheet)
    with localcontext() as context:
        context.prec = digits
        context.rounding = "ROUND_UP"
        found = score(REGION, sheet)

    assert (found.exact, found.total, found.reasons) == (
        expected.exact,
        expected.total,
        expected.reasons,
    )


@some
@given(sheet=sheets(REGION))
def test_the_shown_total_is_the_exact_one_half_up(sheet: Sheet) -> None:
    result = score(REGION, sheet)
    difference = Fraction(result.total) - result.exact

    assert Fraction(-1, 200) < difference <= Fraction(1, 200)
    assert str(result.total) == f"{result.total:.2f}"


@some
@given(sheet=sheets(REGION))
def test_scoring_leaves_the_sheet_as_it_was(sheet: Sheet) -> None:
    before = deepcopy(sheet)

    score(REGION, sheet)

    assert sheet == before
