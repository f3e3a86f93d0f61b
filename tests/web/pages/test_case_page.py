"""办件: lists, the case page, acts on a case, files, objections."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from sqlalchemy import select

from engine.canonical import canonical, digest
from engine.errors import Unavailable
from engine.store.metadata import TENANT
from engine.store.tables import attachments, readings, settings
from engine.timing.redating import redate_case
from tests.web.pages.conftest import At
from tests.web.pages.desk import Desk, Shown, upload

IS_CALENDAR = (settings.c.tenant_id == TENANT) & (settings.c.name == "calendar")
START = "//form[@action='/cases' and @method='post']"


def titles(shown: Shown) -> list[str]:
    """The folded records of a case."""
    return [e.text_content() for e in shown.find("//details//summary/span[@class='fw-bold']")]


# ---------------------------------------------------------------- lists and starting


def test_an_applicant_starts_a_case_and_comes_to_its_first_step(desk: Desk) -> None:
    shown = desk["applicant"].get("/cases/mine")
    answer = desk["applicant"].post("/cases", shown.fields(START))
    assert answer.status == 303
    assert "填写矿山基本情况" in desk["applicant"].get(answer.location).main


def test_starting_twice_from_the_same_page_makes_one_case(desk: Desk) -> None:
    fields = desk["applicant"].get("/cases/mine").fields(START)
    places = {desk["applicant"].post("/cases", fields).location for _ in range(2)}
    assert len(places) == 1
    assert len(desk["applicant"].get("/cases/mine").find("//tbody/tr")) == 1


def test_nobody_is_offered_a_procedure_he_may_not_start(desk: Desk) -> None:
    offered = desk["clerk"].get("/cases/mine").find("//input[@name='procedure']/@value")
    assert "green-mine-listing" not in offered
    assert desk["clerk"].post("/cases", procedure="green-mine-listing").status == 403


def test_a_procedure_the_tenant_does_not_offer_cannot_be_started(desk: Desk) -> None:
    assert desk["applicant"].post("/cases", procedure="nonsense").status == 404


def test_cases_of_the_enterprise_are_listed_for_all_its_people_and_nobody_elses(at: At) -> None:
    desk, _case = at("Accept")
    assert "青峦一号煤矿" in desk["partner"].get("/cases/mine").main
    assert "还没有发起过办件" in desk["rival"].get("/cases/mine").main


def test_the_list_of_cases_is_filtered_by_status(at: At) -> None:
    desk, _case = at("Accept")
    assert len(desk["clerk"].get("/cases?status=open").find("//tbody/tr")) == 1
    assert "没有找到办件" in desk["clerk"].get("/cases?status=completed").main


# ---------------------------------------------------------------- the page


def test_deadlines_that_moved_are_told_old_and_new_but_not_others_to_the_applicant(at: At) -> None:
    desk, case = at("Accept")
    product = desk.drive.product
    with product.db.tenant(desk.drive.prepared.tenant_id) as tx:
        kept = tx.one(select(settings.c.value).where(IS_CALENDAR))
        days = {f"2026-03-{day:02}": False for day in range(1, 32)}
        tx.update(settings, settings.c.name == "calendar", value={**kept.value, "days": days})
        tx.update(settings, settings.c.name == "calendar", digest=digest(canonical(days)))
        assert redate_case(tx, product.world, UUID(case))
    words = desk["clerk"].get(f"/cases/{case}").main
    assert "工作日历变更，期限重新计算" in words
    assert re.search("“受理.*”的期限由 03-.* 改为 04-", words)
    assert "期限重新计算" not in desk["applicant"].get(f"/cases/{case}").main


def test_the_page_tells_status_applicant_stage_and_version(at: At) -> None:
    desk, case = at("Accept")
    words = desk["clerk"].get(f"/cases/{case}").main
    for said in ("办理中", "鄂尔多斯市青峦演示煤业有限公司", "受理", "第 1 版"):
        assert said in words


def test_an_open_step_leads_those_it_is_with_to_its_form(at: At) -> None:
    desk, case = at("Accept")
    link = f"//a[@href='/work/{desk.item('clerk', case, 'Accept')}']"
    assert desk["clerk"].get(f"/cases/{case}").find(link)
    assert not desk["applicant"].get(f"/cases/{case}").find(link)


def test_the_timeline_tells_who_did_what_and_what_was_decided(at: At) -> None:
    desk, case = at("ReviewDocuments")
    timeline = desk["clerk"].get(f"/cases/{case}").one("//ol[@class='timeline-zh']")
    words = " ".join(timeline.text_content().split())
    assert "受理审查 受理 乌兰（保护监督科科员）" in words
    assert "发起办件" in words


def test_the_timeline_leads_to_the_record_of_a_step(at: At) -> None:
    desk, case = at("ReviewDocuments")
    shown = desk["clerk"].get(f"/cases/{case}")
    targets = shown.find("//ol[@class='timeline-zh']//a/@href")
    assert targets
    assert all(shown.find(f"//details[@id='{target[1:]}']") for target in targets)


def test_an_applicant_reads_his_own_records_and_not_those_of_the_office(at: At) -> None:
    desk, case = at("ReviewDocuments")
    assert titles(desk["applicant"].get(f"/cases/{case}")) == [
        "提交申报材料",
        "绿色矿山建设自评估",
        "填写矿山基本情况",
    ]
    assert "受理审查" in titles(desk["clerk"].get(f"/cases/{case}"))


def test_a_record_shows_values_and_leaves_out_what_the_form_said_then(at: At) -> None:
    desk, case = at("ReviewDocuments")
    record = desk["clerk"].get(f"/cases/{case}").find("//details[starts-with(@id, 'record-')]")[0]
    words = " ".join(record.text_content().split())
    assert "受理意见 受理" in words
    assert "此前已补正" not in words


def test_a_document_delivered_is_told_with_recipient_and_method(at: At) -> None:
    desk, case = at("ReviewDocuments")
    words = desk["applicant"].get(f"/cases/{case}").main
    assert "受理通知书鄂尔多斯市青峦演示煤业有限公司 · 电子送达 · 2026-03-0" in words


def test_a_case_that_waits_for_a_date_says_so(at: At) -> None:
    desk, case = at("PrepareNotice")
    desk.drive.complete(case, "PrepareNotice")
    shown = desk["region"].get(f"/cases/{case}")
    assert "公示期满 等待中" in shown.main
    assert "等待中" in shown.one("//bpmn-viewer").get("state")


def test_every_procedure_a_case_went_through_has_a_drawing_of_its_own(at: At) -> None:
    desk, case = at("DecideAssessment")
    shown = desk["region"].get(f"/cases/{case}")
    tabs = shown.find("//nav[@aria-label='流程图分图']//a")
    assert [tab.text for tab in tabs] == ["绿色矿山申报入库", "第三方评估"]
    other = desk["region"].get(f"/cases/{case}{tabs[1].get('href')}")
    assert "third-party-assessment" in other.one("//bpmn-viewer/@src")


def test_a_drawing_that_is_not_of_the_case_is_not_found(at: At) -> None:
    desk, case = at("Accept")
    assert desk["clerk"].get(f"/cases/{case}/diagram/nonsense.bpmn").status == 404


def test_a_case_one_has_nothing_to_do_with_is_not_found(at: At) -> None:
    desk, case = at("Accept")
    assert desk["rival"].get(f"/cases/{case}").status == 404


# ---------------------------------------------------------------- acts


def test_an_applicant_withdraws_with_a_reason(at: At) -> None:
    desk, case = at("Accept")
    assert desk["applicant"].post(f"/cases/{case}/withdraw", reason="重新整理材料").status == 303
    assert desk.drive.outcome(case)[0] == "withdrawn"
    assert "重新整理材料" in desk["applicant"].get(f"/cases/{case}").main


def test_an_act_without_a_reason_is_422_and_stays_unfolded(at: At) -> None:
    desk, case = at("Accept")
    shown = desk["applicant"].post(f"/cases/{case}/withdraw", reason=" ")
    assert shown.status == 422
    assert "请填写理由" in shown.one("//details[@open]").text_content()
    assert desk.drive.outcome(case)[0] == "open"


def test_an_act_that_comes_too_late_is_409_and_keeps_the_reason(at: At) -> None:
    desk, case = at("ReviewDocuments")
    shown = desk["applicant"].post(f"/cases/{case}/withdraw", reason="不再申报")
    assert shown.status == 409
    assert shown.typed("reason") == "不再申报"
    assert "不能撤回" in shown.main


def test_an_act_is_offered_to_those_alone_who_may_do_it(at: At) -> None:
    desk, case = at("Accept")

    def offered(who: str) -> set[str]:
        found = desk[who].get(f"/cases/{case}").find("//form/@action")
        return {place.rpartition("/")[2] for place in found if place.startswith(f"/cases/{case}/")}

    assert offered("applicant") == {"withdraw", "urge"}
    assert offered("clerk") == set()
    assert offered("admin") == {"urge", "terminate", "suspend"}
    assert offered("auditor") == set()


def test_an_act_nobody_offered_is_refused(at: At) -> None:
    desk, case = at("Accept")
    assert desk["clerk"].post(f"/cases/{case}/terminate", reason="不该由我").status == 403


def test_urging_again_within_the_hour_is_told_at_its_button(at: At) -> None:
    desk, case = at("Accept")
    desk["applicant"].post(f"/cases/{case}/urge")
    shown = desk["applicant"].post(f"/cases/{case}/urge")
    assert shown.status == 409
    assert "一小时内只能催办一次" in shown.main


def test_a_suspended_case_is_resumed_by_the_administrator(at: At) -> None:
    desk, case = at("Accept")
    desk["admin"].post(f"/cases/{case}/suspend", reason="核对主体")
    assert desk["admin"].post(f"/cases/{case}/resume", reason="已核对").status == 303
    assert desk.drive.outcome(case)[0] == "open"


# ---------------------------------------------------------------- files, failures, readings


def test_a_file_is_a_download_that_no_browser_shows(at: At) -> None:
    desk, case = at("Accept")
    link = desk["clerk"].get(f"/cases/{case}").find("//a[starts-with(@href, '/files/')]/@href")[0]
    answer = desk["clerk"].get(link).answer
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_file_of_a_case_is_not_found_by_strangers_to_it(at: At) -> None:
    desk, case = at("Accept")
    link = desk["clerk"].get(f"/cases/{case}").find("//a[starts-with(@href, '/files/')]/@href")[0]
    assert desk["rival"].get(link).status == 404


def test_a_file_uploaded_for_itself_is_found_again_by_its_owner_alone(desk: Desk) -> None:
    answer = desk["applicant"].post("/files", {"file": upload()})
    (row,) = desk.drive.rows(attachments)
    assert answer.status == 201
    assert desk["applicant"].get(f"/files/{row.id}").status == 200
    assert desk["partner"].get(f"/files/{row.id}").status == 404


@pytest.mark.parametrize(
    ("who", "said"), [("clerk", "评分暂不可用"), ("applicant", "管理员正在处理，您无需操作")]
)
def test_a_failure_stands_on_the_case_with_its_cause_for_officials_only(
    at: At, who: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, case = at("Accept")
    bindings = desk.drive.product.world.bindings

    def fail(*_given: object) -> None:
        raise Unavailable("评分暂不可用", "no scores now")

    monkeypatch.setitem(bindings._known, "delivery.record", fail)
    desk.drive.complete(case, "Accept")
    words = desk[who].get(f"/cases/{case}").main
    assert "流转异常" in words
    assert said in words


def test_each_reading_by_an_auditor_is_recorded(at: At) -> None:
    desk, case = at("Accept")
    before = len(desk.drive.rows(readings))
    desk["auditor"].get(f"/cases/{case}")
    (row,) = desk.drive.rows(readings)[before:]
    assert (str(row.case_id), row.what, row.by) == (
        case,
        "case",
        desk.actor("auditor").membership_id,
    )


def test_a_reading_by_those_it_is_with_is_not_recorded(at: At) -> None:
    desk, case = at("Accept")
    before = len(desk.drive.rows(readings))
    desk["clerk"].get(f"/cases/{case}")
    assert len(desk.drive.rows(readings)) == before
