"""Documents of a case: offered by the step, issued once, numbered, seen by those they are for."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pytest

from domain.documents.model import issued_documents
from engine.store.tables import history
from tests.unit.rendering.glyphs import fonts_in, glyphs_in
from tests.web.pages.conftest import At
from tests.web.pages.desk import Desk


def issue(desk: Desk, who: str, case: str, ref: str) -> str:
    """Press the button of a document; gives where its file is."""
    page = desk[who].get(f"/cases/{case}")
    form = page.find(f"//form[input[@name='document' and @value='{ref}']]")[0]
    given = {i.get("name"): i.get("value") for i in form.xpath(".//input")}
    answer = desk[who].post(f"/cases/{case}/documents", given)
    assert answer.status == 303
    return str(
        desk[who].get(f"/cases/{case}").find("//a[starts-with(@href, '/documents/')]/@href")[0]
    )


def file_of(desk: Desk, who: str, href: str) -> bytes:
    """The bytes of a download."""
    answer = desk[who].client.get(href)
    content = answer.get_data()
    answer.close()
    return content


@pytest.mark.rule("R-IM-14")
def test_a_notice_of_supplement_is_numbered_and_reaches_the_applicant_only_as_issued(
    at: At,
) -> None:
    desk, case = at("Accept")
    drive = desk.drive
    drive.complete(case, "Accept", c2="missing", decision="supplement")
    drive.complete(case, "TellMissing")
    assert (
        not desk["applicant"].get(f"/cases/{case}").find("//a[starts-with(@href, '/documents/')]")
    )

    href = issue(desk, "clerk", case, "supplement-notice")
    (row,) = drive.rows(issued_documents)
    assert row.number.endswith("001号")
    content = file_of(desk, "applicant", href)
    assert content.startswith(b"%PDF-")
    assert 0 not in glyphs_in(content)
    assert hashlib.sha256(content).hexdigest() == row.digest
    assert [e for e in row.content["paragraphs"] if e.startswith("1．")]
    assert row.number in desk["applicant"].get(f"/cases/{case}").main
    assert desk["rival"].get(href).status == 404
    assert desk["assessor"].get(href).status == 404


def test_a_document_is_issued_once_and_stands_in_the_history(at: At) -> None:
    desk, case = at("Commission")
    drive = desk.drive
    href = issue(desk, "clerk", case, "result-notice")
    again = next(row for row in drive.rows(issued_documents) if row.template == "result-notice")
    told = {"document": "result-notice", "record": str(again.record_id)}
    desk["clerk"].post(f"/cases/{case}/documents", told)
    assert len(drive.rows(issued_documents)) == 1
    (fact,) = [f for f in drive.rows(history) if f.kind == "document.issued"]
    assert fact.content["digest"] == again.digest
    assert "制作文书" in desk["clerk"].get(f"/cases/{case}").main
    assert desk["auditor"].post(f"/cases/{case}/documents", told).status == 403
    assert desk["applicant"].post(f"/cases/{case}/documents", told).status == 403
    assert desk["clerk"].post(f"/cases/{case}/documents", {"document": "opinion"}).status == 404
    assert desk["clerk"].get(href).status == 200
    view = desk["clerk"].get(f"/cases/{case}").find("//a[contains(@href, '/view')]/@href")
    assert any("页的预览" in desk["clerk"].get(one).body for one in view)


def test_the_volume_holds_everything_under_the_digests_of_its_index(at: At) -> None:
    desk, case = at("Commission")
    issue(desk, "clerk", case, "opinion")
    archive = zipfile.ZipFile(io.BytesIO(file_of(desk, "clerk", f"/cases/{case}/volume.zip")))
    index = json.loads(archive.read("目录.json"))["files"]
    assert [one["name"] for one in index] == archive.namelist()[:-2]
    for one in index:
        assert hashlib.sha256(archive.read(one["name"])).hexdigest() == one["sha256"]
    names = "\n".join(archive.namelist())
    assert "文书/001-" in names
    assert "附件/001-" in names
    assert ".lucheng.zip" in names
    volume = archive.read("卷宗.pdf")
    assert 0 not in glyphs_in(volume)
    assert {font.partition("-")[0] for font in fonts_in(volume)} == {"NotoSansSC"}
    assert desk["applicant"].get(f"/cases/{case}/volume.zip").status == 403


def test_the_documents_of_the_whole_case_come_once_it_is_over(at: At) -> None:
    desk, case = at("Accept")
    assert not desk["clerk"].get(f"/cases/{case}").find("//input[@name='document']")
    desk.drive.complete(case, "Accept", decision="refuse", reason="矿业权已过期")
    href = issue(desk, "clerk", case, "result-notice")
    assert file_of(desk, "applicant", href).startswith(b"%PDF-")
    assert "制作文书" not in desk["clerk"].get(f"/cases/{case}").main
