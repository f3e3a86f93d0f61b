"""What helps to decide: the next step, scores side by side, changes, previews; signing on."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from tests.web.pages.conftest import At
from tests.web.pages.desk import Desk


def task(desk: Desk, who: str, case: str, element: str) -> str:
    """The words of somebody's task page."""
    return desk[who].get(f"/work/{desk.item(who, case, element)}").main


def test_the_page_says_what_comes_next_before_the_button_is_pressed(at: At) -> None:
    desk, case = at("Accept")
    words = task(desk, "clerk", case, "Accept")
    assert "提交后下一步" in words
    assert "一次性告知补正内容" in words
    assert "初审资料核查" in words


def test_scores_stand_side_by_side_and_are_printed(at: At) -> None:
    desk, case = at("DecideAssessment")
    page = desk["clerk"].get(f"/cases/{case}/scores")
    columns = page.find("//table//thead//th")
    assert len(columns) >= 5
    rows = page.find("//table/tbody/tr")
    assert len(rows) > 30
    marked = [row for row in rows if "differs" in (row.get("class") or "")]
    assert f"{len(marked)} 项得分不一致" in page.main if marked else "各表得分一致" in page.main

    answer = desk["clerk"].client.get(f"/cases/{case}/scores.xlsx")
    book = load_workbook(io.BytesIO(answer.get_data()))
    answer.close()
    sheet = book.active
    assert sheet is not None
    assert sheet.max_row == len(rows) + 1
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}

    href = page.find("//thead//a/@href")[0]
    printed = desk["clerk"].client.get(href)
    assert printed.get_data().startswith(b"%PDF-")
    printed.close()
    assert desk["rival"].get(f"/cases/{case}/scores").status == 404


def test_who_decides_sees_changes_opinions_and_scores_at_once(at: At) -> None:
    desk, case = at("DecidePreliminary")
    words = task(desk, "leader", case, "DecidePreliminary")
    assert "审签要点" in words
    assert "意见并排" in words
    assert "审签要点" not in desk["applicant"].get(f"/cases/{case}").main


def test_an_attachment_is_looked_at_as_a_picture_and_served_as_a_download(at: At) -> None:
    desk, case = at("Accept")
    page = desk["clerk"].get(f"/cases/{case}?records=all")
    href = page.find("//a[contains(@href, '/view')]/@href")[0]
    shown = desk["clerk"].get(href)
    assert shown.status == 200
    assert desk["rival"].get(href).status == 404
    download = desk["clerk"].client.get(href.removesuffix("/view"))
    assert download.headers["Content-Disposition"].startswith("attachment")
    download.close()
