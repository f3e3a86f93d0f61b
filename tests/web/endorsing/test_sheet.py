"""The endorsement sheet as a PDF: what it says, and that every character of it has a glyph."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from domain.endorsements.store import endorsements_of
from engine.store.metadata import TENANT
from engine.store.tables import readings
from tests.web.endorsing.office import Office
from webapp.rendering import pdf
from webapp.rendering.child import FAMILIES
from webapp.rendering.pdf import NoPdf, render_pdf
from webapp.usecases.endorsement_sheet import picture_of


def text_of(content: bytes, tmp_path: Path) -> str:
    """The words of a PDF as a reader program finds them."""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here")
    file = tmp_path / "sheet.pdf"
    file.write_bytes(content)
    done = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True, text=True
    )
    return done.stdout.replace("\u200b", "")


def fonts_of(content: bytes, tmp_path: Path) -> list[str]:
    file = tmp_path / "fonts.pdf"
    file.write_bytes(content)
    done = subprocess.run(["pdffonts", str(file)], capture_output=True, check=True, text=True)
    return [line.split()[0].partition("+")[2] for line in done.stdout.splitlines()[2:]]


def sheet(office: Office, who: str, case: str) -> tuple[int, bytes]:
    answer = office.browser(who).client.get(f"/cases/{case}/endorsements.pdf")
    content = answer.get_data()
    answer.close()
    return answer.status_code, content


def test_the_sheet_has_every_signature_with_what_leads_to_its_check(
    office: Office, tmp_path: Path
) -> None:
    case, bureau = office.bureau.begin(), office.bureau
    bureau.sign("officer")
    bureau.sign("leader", decision="refuse", reason="与现场不符")
    bureau.assess("重新评估")
    status, content = sheet(office, "officer", case)
    words = text_of(content, tmp_path)
    assert status == 200
    with bureau.town.db.tenant(bureau.town.tenant_id, read_only=True) as tx:
        rows = endorsements_of(tx, UUID(case))
        (read,) = tx.all(readings.select().where(readings.c.tenant_id == TENANT))
    for row in rows:
        assert row.code in words
        assert row.signature in "".join(words.split())
        assert f"/public/verify?tenant=walk&code={row.code}" in "".join(words.split())
    assert words.count("已失效") >= 2
    assert "包联领导" in words
    assert "系统内的签名" in words
    assert read.what == "sheet"


def test_a_case_without_signatures_has_no_sheet_and_outsiders_get_none(office: Office) -> None:
    case = office.bureau.begin()
    assert sheet(office, "officer", case)[0] == 404
    office.bureau.sign("officer")
    assert sheet(office, "applicant", case)[0] == 403
    assert sheet(office, "other", case)[0] == 404


GIVEN = {"title": "", "made": "", "facts": [], "signatures": [], "note": ""}
COMMON = "乌兰图门自然资源局签字背书核查评估跟踪监管㛃犇堃喆旻赟〔2026〕（）“”：；、—…①％"


def test_no_character_is_without_a_glyph(tmp_path: Path) -> None:
    content = render_pdf("endorsement", {**GIVEN, "note": COMMON})
    assert COMMON in text_of(content, tmp_path).replace("\n", "").replace(" ", "")
    families = tuple(name.replace(" ", "") for name in FAMILIES)
    fonts = fonts_of(content, tmp_path)
    assert fonts
    assert all(name.casefold().startswith(tuple(f.casefold() for f in families)) for name in fonts)


def test_what_people_wrote_is_text_and_no_program(tmp_path: Path) -> None:
    written = '#read("/etc/passwd") $x^2$ *strong* = heading @ref <label>'
    content = render_pdf("endorsement", {**GIVEN, "note": written})
    assert "".join(written.split()) in "".join(text_of(content, tmp_path).split())


def test_a_child_that_hangs_or_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "CHILD", (sys.executable, "-c", "import time; time.sleep(60)"))
    with pytest.raises(NoPdf, match="took too long"):
        render_pdf("endorsement", GIVEN, wall_seconds=0.5)
    for code, said in ((3, "no font"), (1, "could not be set")):
        monkeypatch.setattr(pdf, "CHILD", (sys.executable, "-c", f"raise SystemExit({code})"))
        with pytest.raises(NoPdf, match=said):
            render_pdf("endorsement", GIVEN)


def test_the_code_for_a_phone_is_drawn_of_the_address_alone() -> None:
    one, again = picture_of("https://a.example/1"), picture_of("https://a.example/1")
    assert one == again
    assert one.startswith("<svg")
    assert one != picture_of("https://a.example/2")
