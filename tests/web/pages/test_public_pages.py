"""Pages without sign-in: list, notices, objections."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.notices.model import objections
from domain.register.import_rows import import_rows
from domain.register.mines import Source
from domain.register.store import import_mines
from engine.definitions.loading import load_tenant
from engine.store.tables import attachments, readings
from engine.tenancy.model import TenantFile
from tests.process.town import FlatSources
from tests.web.a1.drive import DEMO, SLUG
from tests.web.pages.conftest import At
from tests.web.pages.desk import Browser, Desk, Shown, upload
from webapp.product import shipped_sources

LIST = f"/public/{SLUG}/list"
NOTICES = f"/public/{SLUG}/notices"
FOLLOW = f"/public/{SLUG}/objections"
TOLD = {"name": "张建国", "contact": "13800000000", "content": "排土场未按方案复垦"}


@pytest.fixture
def listed(desk: Desk) -> Desk:
    """The tenant with the 48 mines of the printed list."""
    entries = import_rows((DEMO / "mines-yijinhuoluo.csv").read_bytes()).accepted()
    with desk.drive.product.db.tenant(desk.drive.prepared.tenant_id) as tx:
        office = desk.drive.product.world.offices.get(tx)
        import_mines(tx, office, entries, Source("名单"), desk.drive.clock.now())
    return desk


def names(shown: Shown) -> list[str]:
    return [cell.text_content() for cell in shown.find("//td[contains(@class, 'cell-main')]")]


# ---------------------------------------------------------------- the list


def test_everybody_reads_the_list(listed: Desk) -> None:
    shown = listed.anybody().get(LIST)
    assert "48 座" in shown.main
    assert "内蒙古蒙泰煤电集团有限公司满来梁煤矿" in names(shown)


@pytest.mark.parametrize(
    ("asked", "count"),
    [("level=national", 6), ("method=open_pit", 8), ("scale=small", 3), ("q=满来梁", 2)],
)
def test_the_list_is_filtered_and_searched(listed: Desk, asked: str, count: int) -> None:
    assert len(names(listed.anybody().get(f"{LIST}?{asked}"))) == count


def test_filters_hold_together(listed: Desk) -> None:
    shown = listed.anybody().get(f"{LIST}?level=national&method=open_pit")
    assert len(names(shown)) == 2
    assert shown.find("//select[@name='level']/option[@selected]/@value") == ["national"]


def test_a_filter_that_finds_nothing_offers_to_clear_it(listed: Desk) -> None:
    shown = listed.anybody().get(f"{LIST}?status=removed")
    assert "没有符合条件的矿山" in shown.main
    assert shown.find(f"//a[@href='{LIST}']")


def test_a_filter_nobody_offers_is_refused(listed: Desk) -> None:
    assert listed.anybody().get(f"{LIST}?level=galactic").status == 422


def test_the_csv_file_has_the_agreed_header_and_the_same_filters(listed: Desk) -> None:
    answer = listed.anybody().get(f"{LIST}.csv?level=national")
    assert answer.body.startswith("\ufeff"), "Excel reads it as UTF-8"
    rows = list(csv.reader(io.StringIO(answer.body[1:])))
    assert ",".join(rows[0]) == "no,name,holder,mineral,method,scale,level,status,listed_on"
    assert len(rows) == 7
    assert answer.answer.headers["Content-Disposition"].startswith("attachment")


def test_the_json_file_tells_the_same(listed: Desk) -> None:
    found = listed.anybody().client.get(f"{LIST}.json?q=满来梁").get_json()
    assert (found["total"], found["entries"][0]["scale"]) == (2, "大型")


def test_the_pages_link_to_files_with_the_filters_of_the_reader(listed: Desk) -> None:
    shown = listed.anybody().get(f"{LIST}?level=national")
    assert shown.find(f"//a[@href='{LIST}.csv?level=national']")


@pytest.mark.parametrize("ending", ["", ".csv", ".json"])
@pytest.mark.rule("R-NAT-4")
def test_a_tenant_without_a_list_answers_404(desk: Desk, ending: str) -> None:
    product = desk.drive.product
    load_tenant(product.db, product.world, "walk", FlatSources())
    assert desk.anybody().get(f"/public/walk/list{ending}").status == 404


def test_a_tenant_without_a_list_leads_to_the_one_above_that_keeps_it(desk: Desk) -> None:
    product = desk.drive.product
    load_tenant(product.db, product.world, "walk", BelowTheRegion())
    shown = desk.anybody().get("/public/walk/list")
    assert (shown.status, shown.find("//main//a/@href")) == (404, [LIST])


class BelowTheRegion(FlatSources):
    """The small tenant, as a city of the region."""

    def tenant(self, slug: str) -> TenantFile:
        if slug in (SLUG, "national"):
            return shipped_sources().tenant(slug)
        return replace(super().tenant(slug), parent=SLUG)


def test_an_unknown_tenant_is_not_found(desk: Desk) -> None:
    assert desk.anybody().get("/public/atlantis/list").status == 404


def test_the_public_sees_nobodys_account(listed: Desk) -> None:
    assert not listed["clerk"].get(LIST).find("//*[@id='account']")


# ---------------------------------------------------------------- notices


def noticed(at: At) -> tuple[Desk, str]:
    """A case put to notice today; the address of the notice."""
    desk, case = at("PrepareNotice")
    desk.drive.complete(case, "PrepareNotice")
    return desk, str(desk.anybody().get(NOTICES).one("//tbody//a/@href"))


def objected(browser: Browser, notice: str, **told: object) -> Shown:
    return browser.post(f"{notice}/objections", {**TOLD, "evidence": upload(), **told})


def test_a_notice_shows_period_contact_and_who_is_on_it(at: At) -> None:
    desk, notice = noticed(at)
    words = desk.anybody().get(notice).main
    for said in ("公示中", "2026-03", "青峦一号煤矿", "鄂尔多斯市青峦演示煤业有限公司", "受理异议"):
        assert said in words


def test_the_notices_as_json_name_their_pages(at: At) -> None:
    desk, notice = noticed(at)
    (found,) = desk.anybody().client.get(f"{NOTICES}.json").get_json()["notices"]
    assert (found["href"], found["status"], found["kind"]) == (notice, "open", "notice")


def test_notices_and_announcements_are_told_apart(at: At) -> None:
    desk, _notice = noticed(at)
    assert len(names(desk.anybody().get(f"{NOTICES}?kind=notice"))) == 1
    assert "没有公示公告" in desk.anybody().get(f"{NOTICES}?kind=announcement").main


@pytest.mark.rule("R-GEN-1")
def test_an_objection_gets_a_receipt_that_is_shown_once(at: At) -> None:
    desk, notice = noticed(at)
    visitor = desk.anybody()
    answer = objected(visitor, notice)
    assert answer.status == 303
    first = visitor.get(answer.location)
    assert len(first.one("//p[@class='h1 mb-3']").text) == 19
    assert visitor.get(answer.location).location == FOLLOW


def test_the_receipt_follows_the_objection_with_the_name_masked(at: At) -> None:
    desk, notice = noticed(at)
    visitor = desk.anybody()
    code = visitor.get(objected(visitor, notice).location).one("//p[@class='h1 mb-3']").text
    shown = desk.anybody().post(FOLLOW, code=code.lower().replace("-", " "))
    assert "核实中" in shown.main
    assert "张**" in shown.main
    assert "张建国" not in shown.body


def test_a_wrong_receipt_is_told_and_kept_in_its_field(desk: Desk) -> None:
    shown = desk.anybody().post(FOLLOW, code="AAAA-BBBB")
    assert shown.status == 404
    assert shown.one("//input[@name='code']/@value") == "AAAA-BBBB"


def test_a_refused_objection_keeps_what_was_typed_and_uploaded(at: At) -> None:
    desk, notice = noticed(at)
    visitor = desk.anybody()
    shown = objected(visitor, notice, name="匿名")
    assert shown.status == 422
    assert "匿名异议不予受理" in shown.errors()[0]
    assert shown.typed("content") == TOLD["content"]
    kept = shown.one("//input[@name='kept']/@value")
    again = visitor.post(f"{notice}/objections", {**TOLD, "kept": kept})
    assert again.status == 303
    (row,) = desk.drive.rows(objections)
    assert len(row.evidence) == 1


def test_an_uploaded_file_can_be_taken_back(at: At) -> None:
    desk, notice = noticed(at)
    visitor = desk.anybody()
    shown = objected(visitor, notice, name="匿名")
    marks = {name: shown.one(f"//input[@name='{name}']/@value") for name in ("kept", "remove")}
    again = visitor.post(f"{notice}/objections", {**TOLD, **marks})
    assert again.status == 422
    assert not again.find("//input[@name='remove']")


def test_nobody_names_the_file_of_somebody_else_as_evidence(at: At) -> None:
    desk, notice = noticed(at)
    file = desk.drive.upload("zhaolei", "内部.pdf", b"%PDF-1.4 private")
    shown = desk.anybody().post(f"{notice}/objections", {**TOLD, "kept": f'["{file}"]'})
    assert shown.status == 422
    assert desk.drive.rows(objections) == []


def test_evidence_of_a_wrong_type_is_named_at_its_field(at: At) -> None:
    desk, notice = noticed(at)
    shown = objected(desk.anybody(), notice, evidence=upload("病毒.exe", b"MZ"))
    assert shown.status == 422
    assert "病毒.exe：不接受这种文件类型" in shown.errors()[0]


def test_too_many_objections_from_one_address_are_429_and_nothing_typed_is_lost(at: At) -> None:
    desk, notice = noticed(at)
    visitor = desk.anybody()
    statuses = [objected(visitor, notice).status for _ in range(10)]
    assert set(statuses) == {303}
    shown = objected(visitor, notice)
    assert shown.status == 429
    assert shown.typed("content") == TOLD["content"]


def test_guessing_receipts_is_slowed_down(desk: Desk) -> None:
    statuses = [desk.anybody().post(FOLLOW, code=f"AAAA-{n}").status for n in range(11)]
    assert statuses[-2:] == [404, 429]


def test_an_ended_notice_stays_readable_and_takes_no_objection(at: At) -> None:
    desk, notice = noticed(at)
    desk.drive.wait(6)
    shown = desk.anybody().get(notice)
    assert "公示期满" in shown.main
    assert "青峦一号煤矿" in shown.main
    assert not shown.find("//form[contains(@action, '/objections')]")
    late = objected(desk.anybody(), notice)
    assert late.status == 409
    assert "不再受理异议" in late.main


def test_the_last_second_of_the_last_day_still_counts(at: At) -> None:
    desk, notice = noticed(at)
    ends = desk.drive.rows(objections.metadata.tables["notices"])[0].ends_at
    desk.drive.clock.moment = ends
    assert objected(desk.anybody(), notice).status == 303
    desk.drive.clock.moment = ends + timedelta(seconds=1)
    assert objected(desk.anybody(), notice).status == 409


@pytest.mark.rule("R-GEN-1")
def test_only_those_who_verify_see_who_objects_and_each_reading_is_recorded(at: At) -> None:
    desk, notice = noticed(at)
    objected(desk.anybody(), notice)
    (row,) = desk.drive.rows(objections)
    before = len(desk.drive.rows(readings))
    shown = desk["region"].get(f"/objections/{row.id}")
    assert "张建国" in shown.main
    assert len(desk.drive.rows(readings)) == before + 1
    for who in ("clerk", "applicant", "admin", "auditor"):
        assert desk[who].get(f"/objections/{row.id}").status == 403


def test_those_who_verify_are_led_to_the_objection_from_the_case(at: At) -> None:
    desk, notice = noticed(at)
    objected(desk.anybody(), notice)
    (row,) = desk.drive.rows(objections)
    case = desk["region"].get("/cases").find("//tbody//a/@href")[0]
    link = f"//a[@href='/objections/{row.id}']"
    assert desk["region"].get(case).find(link)
    assert not desk["applicant"].get(case).find(link)
    assert "异议 1 件" in desk["applicant"].get(case).main


def test_evidence_is_a_download_for_those_who_verify(at: At) -> None:
    desk, notice = noticed(at)
    objected(desk.anybody(), notice)
    (row,) = desk.drive.rows(objections)
    link = desk["region"].get(f"/objections/{row.id}").one("//ul[@class='file-list']//a/@href")
    assert desk["region"].get(link).answer.headers["Content-Disposition"].startswith("attachment")
    assert desk["clerk"].get(link).status == 403
    other = next(r for r in desk.drive.rows(attachments) if str(r.id) not in link)
    assert desk["region"].get(f"/objections/{row.id}/files/{other.id}").status == 404
