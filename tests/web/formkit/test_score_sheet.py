"""The score sheet (评分表) in a form: shown, filled in, judged, and counted by the server."""

from __future__ import annotations

from typing import Any

import pytest

from domain.scoring.catalogue import parse_catalogue
from domain.scoring.rules import score
from domain.scoring.sheet import sheet_rows
from engine.errors import NotFound
from engine.forms.context import FormBroken
from engine.forms.model import Right
from engine.forms.read import inspect_form
from engine.forms.validation import validate
from webapp.formkit.render import render_form, render_score_totals

from .browser import read_page
from .samples import SHEET, catalogue_file, form_context, form_of, render_context

CATALOGUE = parse_catalogue(catalogue_file("catalogue", "neimenggu-2025"), "neimenggu-2025.yaml")
ROWS = sheet_rows(CATALOGUE, "g1", "open_pit")


def full_sheet(**changes: Any) -> dict[str, Any]:
    """A complete sheet with full points and evidence in every row; rows may be replaced."""
    items = {
        row.item.id: {"score": f"{row.item.points}", "evidence": ["a1"], "record": "已核"}
        for row in ROWS
    }
    prerequisites = {one.id: True for one in CATALOGUE.prerequisites}
    kept = {name: row for name, row in {**items, **changes}.items() if row is not None}
    return {"prerequisites": prerequisites, "items": kept}


def judge(sheet: Any, **attributes: Any) -> Any:
    """The sheet submitted in a form whose component has these attributes too."""
    return validate(form_of([{**SHEET[0], **attributes}]), {"sheet": sheet}, form_context())


def codes(sheet: Any, **attributes: Any) -> dict[str, str]:
    return {error.field: error.code for error in judge(sheet, **attributes).errors}


@pytest.mark.rule("R-IM-53")
def test_a_complete_sheet_is_kept_so_that_it_can_be_scored() -> None:
    result = judge(full_sheet())

    assert result.errors == ()
    kept = result.values["sheet"]
    assert (kept["group"], kept["variant"]) == ("g1", "open_pit")
    assert str(score(CATALOGUE, kept).total) == "100.00"


@pytest.mark.rule("R-NAT-41")
def test_evidence_is_the_proof_and_a_mark_of_ones_own_is_not() -> None:
    result = judge(full_sheet(M10={"score": "2", "proof": True}))

    assert result.errors == ()
    kept = result.values["sheet"]["items"]
    assert kept["M10"]["proof"] is False
    assert kept["M11"]["proof"] is True
    assert score(CATALOGUE, result.values["sheet"]).without_proof == ("M10",)


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ({"M05": None}, "items.M05", "missing_item"),
        ({"M05": {"score": "2.5"}}, "items.M05.score", "above_points"),
        ({"M05": {"score": "-1"}}, "items.M05.score", "negative"),
        ({"M05": {"score": "很多"}}, "items.M05.score", "not_a_number"),
        ({"M08": {"score": "4"}}, "items.M08.score", "full_or_zero"),
        ({"M05": {"not_applicable": True}}, "items.M05.reason", "missing_reason"),
        ({"M02": {"deductions": [{"count": "三"}]}}, "items.M02.deductions.0.count", "not_a_count"),
        ({"M01": {"deductions": [{"id": "z"}]}}, "items.M01.deductions.0.id", "unknown_line"),
        ({"M05": {"score": "1", "evidence": ["gone"]}}, "items.M05.evidence", "no_such_file"),
        ({"M05": {"score": "1", "record": "a\x00"}}, "items.M05", "control_characters"),
        ({"M05": {"score": "1", "evidence": "a1"}}, "items.M05", "wrong_shape"),
        ({"M05": "2"}, "items.M05", "wrong_shape"),
        ({"M99": {"score": "2"}}, "items.M99", "unknown_item"),
    ],
)
def test_a_wrong_row_is_refused_at_its_place(
    changes: dict[str, Any], place: str, code: str
) -> None:
    assert codes(full_sheet(**changes)) == {f"sheet.{place}": code}


@pytest.mark.parametrize(
    "sheet", ["text", [1], {"items": []}, {"items": {str(n): {} for n in range(301)}}]
)
def test_a_value_that_is_no_sheet_is_refused(sheet: Any) -> None:
    assert codes(sheet) == {"sheet": "wrong_shape"}


def test_an_empty_sheet_is_asked_for_only_where_it_is_required() -> None:
    assert codes(None) == {"sheet": "required"}
    assert judge({}, validate={}).values == {"sheet": {}}


def test_an_unjudged_prerequisite_is_missing() -> None:
    sheet = full_sheet()
    del sheet["prerequisites"]["MP2"]

    assert codes(sheet) == {"sheet.prerequisites.MP2": "missing_prerequisite"}


def test_check_records_are_asked_for_where_the_form_says_so() -> None:
    sheet = full_sheet(M05={"score": "2", "evidence": ["a1"]})

    assert judge(sheet).is_valid
    found = judge(sheet, recordRequired=True)
    assert [error.field for error in found.errors] == ["sheet.items.M05.record"]
    assert "M05 清洁卫生" in found.errors[0].zh


def test_the_form_decides_group_and_method_where_it_sets_them() -> None:
    result = judge({**full_sheet(), "group": "g2", "variant": "underground"})

    assert result.errors == ()
    assert result.values["sheet"]["group"] == "g1"


def test_without_group_the_sheet_asks_for_it_and_shows_no_rows() -> None:
    component = {
        name: value for name, value in SHEET[0].items() if name not in ("group", "variant")
    }
    form = form_of([component])

    html = str(render_form(form, {"sheet": {}}, (), render_context()))

    names = {name for name, _ in read_page(html).controls}
    assert {"f.sheet.group", "f.sheet.variant"} <= names
    assert "请先选择行业组和开采方式" in html
    errors = validate(form, {"sheet": full_sheet()}, form_context()).errors
    assert [error.field for error in errors] == ["sheet.group"]


def test_all_rows_stand_by_part_with_their_demands() -> None:
    html = str(render_form(form_of(SHEET), {"sheet": {}}, (), render_context()))

    assert html.count('class="score-row') == 46
    assert html.count('class="score-part"') == 6
    for text in ("一、矿区环境", "约束性", "自上而下分台阶开采", "每处扣 0.5 分", "查现场"):
        assert text in html


def test_the_totals_name_what_is_missing_and_what_falls_short() -> None:
    sheet = full_sheet(M05=None, M08={"score": "0"}, M10={"score": "2"})
    sheet["prerequisites"]["MP1"] = False
    del sheet["prerequisites"]["MP2"]

    html = str(render_score_totals(form_of(SHEET), {"sheet": sheet}, "sheet", render_context()))

    assert '<span class="score-total">91.00</span>' in html
    assert "已评 45 / 46 项" in html
    assert "达标线 60" in html
    assert "不满足先决条件：手续齐全，证照合法有效" in html
    assert "8 开采方式" in html
    assert "未完成 2 处" in html
    assert "缺证明材料 1 项" in html


def test_the_line_of_the_form_replaces_the_printed_one() -> None:
    form = form_of([{**SHEET[0], "line": "=60 + 20"}])

    html = str(render_score_totals(form, {"sheet": full_sheet()}, "sheet", render_context()))

    assert "达标线 80" in html


def test_totals_of_something_else_are_not_found() -> None:
    with pytest.raises(NotFound):
        render_score_totals(form_of(SHEET), {}, "other", render_context())


def test_a_row_that_cannot_be_counted_is_shown_as_it_was_typed() -> None:
    sheet = full_sheet(M02={"deductions": [{"count": "三<b>"}]}, M05={"score": "很多"})

    html = str(render_form(form_of(SHEET), {"sheet": sheet}, (), render_context()))

    controls = read_page(html).controls
    assert ("f.sheet.items.M02.deductions.~count", "三<b>") in controls
    assert ("f.sheet.items.M05.score", "很多") in controls


def test_errors_link_to_the_row_they_are_about() -> None:
    form, context = form_of(SHEET), form_context()
    values = {"sheet": full_sheet(M05=None, M07={"not_applicable": True})}
    checked = validate(form, values, context)

    page = read_page(str(render_form(form, values, checked.errors, render_context(context))))

    assert {"f-sheet-items-M05", "f-sheet-items-M07-reason"} <= set(page.links)
    assert set(page.links) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_a_sheet_that_is_only_read_has_no_controls() -> None:
    context = form_context({"sheet": full_sheet()}, {"sheet": Right.READ_ONLY})

    html = str(render_form(form_of(SHEET), {}, (), render_context(context)))

    page = read_page(html)
    assert page.controls == []
    assert page.files == []
    assert "100.00" in html
    assert "总平面图.pdf" in html


def test_a_sheet_without_catalogue_is_a_finding() -> None:
    document = b'{"id": "a", "components": [{"type": "scoreSheet", "key": "s", "label": "s"}]}'

    assert {finding.code for finding in inspect_form(document).findings} == {"bad_attribute"}


def test_a_catalogue_that_is_not_in_the_bundle_breaks_the_form() -> None:
    with pytest.raises(FormBroken):
        judge(full_sheet(), catalogue="=null")
