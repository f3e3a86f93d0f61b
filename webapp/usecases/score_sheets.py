"""Score sheets of a case: compared, printed, as a spreadsheet."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from engine.actors import Actor
from engine.errors import NotFound
from webapp.product import Product
from webapp.rendering.pdf import render_pdf
from webapp.usecases.reading import open_view
from webapp.usecases.review import Comparison, compare_scores

HEAD = ("序号", "评价指标", "分值")
DIFFERENT = PatternFill("solid", fgColor="FFE0A3")
WIDTHS = (8, 44, 8)


def read_comparison(
    product: Product, actor: Actor, case_id: UUID, what: str = "scores"
) -> tuple[Any, Comparison]:
    """The case and its score sheets side by side; NotFound when it has none the person sees."""
    with open_view(product, actor, case_id, what) as view:
        found = compare_scores(view)
        case = view.case
    if not found.sheets:
        raise NotFound("此办件没有评分表", "the case has no score sheet")
    return case, found


def printed_sheet(
    product: Product, actor: Actor, case_id: UUID, record_id: UUID
) -> tuple[str, bytes] | None:
    """One score sheet as a PDF laid out like the official table; None when there is none."""
    with open_view(product, actor, case_id, "score-sheet") as view:
        found = compare_scores(view)
        case, office = view.case, view.office
        zone = office.calendar.zone
    sheet = next((one for one in found.sheets if one["record"] == record_id), None)
    if sheet is None:
        return None
    title = f"{sheet['title']}评分表"
    given = {
        "title": title,
        "made": f"{office.name}　{case.number}",
        "facts": [
            ["办件编号", case.number],
            ["办件名称", case.title],
            ["评分环节", sheet["title"]],
            ["评分人", sheet["who"]],
            ["日期", sheet["at"].astimezone(zone).strftime("%Y-%m-%d")],
        ],
        "sheet": {name: value for name, value in sheet.items() if name not in ("at", "record")},
    }
    return f"{case.number}-{title}.pdf", render_pdf("score-sheet", given)


def spreadsheet(product: Product, actor: Actor, case_id: UUID) -> tuple[str, bytes]:
    """The comparison as XLSX; every cell is text or a number, none is a formula."""
    case, found = read_comparison(product, actor, case_id, "scores-file")
    book = Workbook()
    page = book.active
    page.title = "评分对照"
    columns = [f"{sheet['title']}\n{sheet['who']}" for sheet in found.sheets]
    _row(page, [*HEAD, *columns], bold=True)
    for row in found.rows:
        name = f"{row.name}（约束性）" if row.is_constraint else row.name
        _row(page, [row.number, name, row.points, *row.scores], marked=row.differs)
    whole, totals = found.sheets[0]["whole"], [sheet["total"] for sheet in found.sheets]
    _row(page, ["", "合计", whole, *totals], bold=True)
    for number, width in enumerate([*WIDTHS, *(18 for _ in columns)], start=1):
        page.column_dimensions[get_column_letter(number)].width = width
    page.freeze_panes = "D2"
    out = io.BytesIO()
    book.save(out)
    return f"{case.number}-评分对照.xlsx", out.getvalue()


def _row(page: Any, values: list[str], *, bold: bool = False, marked: bool = False) -> None:
    at = page.max_row + (1 if page.max_row > 1 or page.cell(1, 1).value is not None else 0)
    for column, value in enumerate(values, start=1):
        cell = page.cell(at, column)
        if _is_number(value):
            cell.value = float(value)
        else:
            cell.value = value
            cell.data_type = "s"  # a text that begins like a formula stays a text
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(bold=bold)
        if marked and column > len(HEAD):
            cell.fill = DIFFERENT


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()
