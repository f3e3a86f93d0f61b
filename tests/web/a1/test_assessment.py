"""A1, steps 7 to 9: commission, assessment by the third party, its result."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.assessors.model import assignments, bans
from domain.assessors.rules import BanKind
from domain.assessors.store import Banning, ban, record_tie
from engine.store.control import assessor_bodies, enterprises
from engine.store.tables import deliveries, outbox, records

from .conftest import Arrive
from .drive import Drive, Json, wrong_fields

FIRST, SECOND = "内蒙古绿衡演示评估咨询有限公司", "内蒙古明鉴演示矿业技术中心"


def bodies(drive: Drive) -> dict[str, UUID]:
    with drive.product.db.control(read_only=True) as control:
        return {row.name: row.id for row in control.all(select(assessor_bodies))}


def offered(drive: Drive, case: str) -> list[str]:
    """The bodies the region may choose from."""
    (item,) = drive.items("xiaohong", case, "Commission")
    field = next(field for field in item["fields"] if field["field"] == "body")
    return [option["label"] for option in field["options"] if option["value"] != "search"]


def bar(drive: Drive, name: str) -> None:
    """Criticise a body publicly, today."""
    banning = Banning(BanKind.BODY, bodies(drive)[name], name, drive.today, 3, "评估结论严重失实")
    with drive.product.db.tenant(drive.prepared.tenant_id) as tx:
        ban(tx, banning, None, drive.clock.now())


def weak_sheet(drive: Drive, case: str) -> dict[str, Any]:
    """Changes to a full sheet that leave the constraint items whole and miss the line."""
    (item,) = drive.items("qiaoyan", case, "AssessOnSite")
    rows = next(field for field in item["fields"] if field["sheet"])["sheet"]["items"]
    return {"scores": {row["id"]: "0" for row in rows if not row["constraint"]}}


# ---------------------------------------------------------------- commission


@pytest.mark.rule("R-IM-22", "R-NAT-14")
def test_the_region_commissions_the_third_party(arrive: Arrive) -> None:
    drive, case = arrive("Commission")
    assert drive.items("wulan", case, "Commission") == []
    assert drive.items("fanzhi", case, "AcceptAssignment") == []
    drive.complete(case, "Commission", by="dalai")
    assert drive.items("fanzhi", case, "AcceptAssignment")
    assert drive.items("shiwen", case, "AcceptAssignment") == [], "the other body's"
    (row,) = drive.rows(assignments)
    assert (row.body_name, row.status) == (FIRST, "commissioned")


@pytest.mark.rule("R-IM-24")
def test_the_body_is_told_that_it_takes_no_fee(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Commission")
    refused = drive.complete(case, "Commission", expect=422, noFee=False)
    assert wrong_fields(refused) == {"noFee"}


@pytest.mark.rule("R-IM-27", "R-IM-22")
def test_a_barred_body_is_not_offered(arrive_once: Arrive) -> None:
    drive, case = arrive_once("ReportUp")
    bar(drive, FIRST)
    drive.complete(case, "ReportUp")
    assert offered(drive, case) == [SECOND]


@pytest.mark.rule("R-IM-22", "R-IM-27")
def test_a_body_barred_meanwhile_is_not_eligible_and_another_is_chosen(arrive: Arrive) -> None:
    drive, case = arrive("Commission")
    bar(drive, FIRST)
    drive.complete(case, "Commission")
    assert drive.open_steps(case) == ["Commission"]
    assert offered(drive, case) == [SECOND]
    assert drive.rows(assignments) == []
    drive.complete(case, "Commission", body=f"$option {SECOND}")
    assert drive.items("shiwen", case, "AcceptAssignment")


@pytest.mark.rule("R-IM-22")
def test_a_body_tied_to_the_enterprise_is_not_offered(arrive_once: Arrive) -> None:
    drive, case = arrive_once("ReportUp")
    with drive.product.db.control(read_only=True) as control:
        enterprise = control.one(
            select(enterprises.c.id).where(enterprises.c.credit_code == "91150627MA0DEM0135")
        )
    assert enterprise is not None
    with drive.product.db.tenant(drive.prepared.tenant_id) as tx:
        body, now = bodies(drive)[FIRST], drive.clock.now()
        record_tie(tx, body, enterprise.id, None, now, ground="同一控股股东")
    drive.complete(case, "ReportUp")
    assert offered(drive, case) == [SECOND]


def test_without_any_eligible_body_the_commission_waits(arrive_once: Arrive) -> None:
    drive, case = arrive_once("ReportUp")
    bar(drive, FIRST)
    bar(drive, SECOND)
    drive.complete(case, "ReportUp")
    assert offered(drive, case) == []
    (item,) = drive.items("xiaohong", case, "Commission")
    body = f"body:{bodies(drive)[FIRST]}"
    data = drive.data(case, item, {"body": body})
    refused = drive.hand_in("xiaohong", item, data, expect=422)
    assert wrong_fields(refused) == {"body"}


@pytest.mark.rule("R-IM-22", "R-IM-27")
def test_the_commission_goes_on_once_there_is_a_body(arrive_once: Arrive) -> None:
    drive, case = arrive_once("ReportUp")
    bar(drive, FIRST)
    bar(drive, SECOND)
    drive.complete(case, "ReportUp")
    drive.complete(case, "Commission", body="search")
    assert offered(drive, case) == [], "nobody may be commissioned yet"
    with drive.product.db.tenant(drive.prepared.tenant_id) as tx:
        tx.update(bans, bans.c.subject_id == bodies(drive)[SECOND], lifted_on=drive.today)
    drive.wait(1)
    drive.complete(case, "Commission", body="search")
    assert offered(drive, case) == [SECOND]
    drive.complete(case, "Commission", body=f"$option {SECOND}")
    assert drive.items("shiwen", case, "AcceptAssignment")


@pytest.mark.rule("R-IM-22")
def test_a_body_that_declines_is_replaced(arrive: Arrive) -> None:
    drive, case = arrive("Commission")
    drive.complete(case, "Commission")
    drive.complete(case, "AcceptAssignment", answer="decline", declineReason="评估力量不足。")
    assert drive.open_steps(case) == ["Commission"]
    drive.complete(case, "Commission", body=f"$option {SECOND}")
    drive.complete(case, "AcceptAssignment", by="shiwen")
    assert drive.open_steps(case) == ["AssessOnSite"]
    assert drive.items("shiwen", case, "AssessOnSite")
    states = {row.body_name: row.status for row in drive.rows(assignments)}
    assert states == {FIRST: "declined", SECOND: "accepted"}


def _broken(promise: str) -> Json:
    return {promise: False}


@pytest.mark.rule("R-IM-23", "R-IM-24")
@pytest.mark.parametrize("promise", ["independent", "noFee", "noTransfer", "truthful"])
def test_a_body_accepts_with_every_promise_only(arrive_once: Arrive, promise: str) -> None:
    drive, case = arrive_once("AcceptAssignment")
    refused = drive.complete(case, "AcceptAssignment", expect=422, **_broken(promise))
    assert wrong_fields(refused) == {promise}


# ---------------------------------------------------------------- assessment and report


@pytest.mark.rule("R-IM-26", "R-NAT-44")
def test_the_sheet_has_a_check_record_in_every_row(arrive_once: Arrive) -> None:
    drive, case = arrive_once("AssessOnSite")
    (item,) = drive.items("qiaoyan", case, "AssessOnSite")
    data = drive.data(case, item, {})
    name = next(iter(data["assessorSheet"]["items"]))
    data["assessorSheet"]["items"][name].pop("record")
    refused = drive.hand_in("qiaoyan", item, data, expect=422)
    assert wrong_fields(refused) == {f"assessorSheet.items.{name}.record"}


@pytest.mark.rule("R-IM-26", "R-NAT-44")
@pytest.mark.parametrize("fact", ["visitedOn", "participants", "places"])
def test_who_went_where_and_saw_what_is_written_down(arrive_once: Arrive, fact: str) -> None:
    drive, case = arrive_once("AssessOnSite")
    refused = drive.complete(case, "AssessOnSite", expect=422, **{fact: None})
    assert any(field.startswith(fact) for field in wrong_fields(refused))


def test_a_visit_before_the_application_is_refused(arrive_once: Arrive) -> None:
    drive, case = arrive_once("AssessOnSite")
    refused = drive.complete(case, "AssessOnSite", expect=422, visitedOn="2026-03-01")
    assert wrong_fields(refused) == {"visitedOn"}


@pytest.mark.rule("R-IM-23")
@pytest.mark.parametrize("file", ["report", "record", "images", "commitmentFile"])
def test_a_report_comes_with_record_images_and_commitment(arrive_once: Arrive, file: str) -> None:
    drive, case = arrive_once("WriteReport")
    refused = drive.complete(case, "WriteReport", expect=422, **{file: None})
    assert wrong_fields(refused) == {file}


@pytest.mark.rule("R-IM-23")
def test_an_incomplete_report_goes_back_to_the_body(arrive: Arrive) -> None:
    drive, case = arrive("ReceiveReport")
    refused = drive.complete(case, "ReceiveReport", expect=422, received=["report"])
    assert wrong_fields(refused) == {"receipt"}
    drive.complete(
        case,
        "ReceiveReport",
        received=["report"],
        receipt="incomplete",
        missingNote="缺少核查记录和影像资料。",
    )
    assert drive.open_steps(case) == ["AssessOnSite"]
    (item,) = drive.items("qiaoyan", case, "AssessOnSite")
    assert item["values"]["assessorSheet"]["items"], "the sheet is as it was"
    drive.walk(case, "DecideAssessment")
    assert drive.passed(case).count("ReceiveReport") == 2


@pytest.mark.rule("R-IM-23")
def test_an_overdue_assessment_is_told_to_both_and_may_still_be_done(arrive: Arrive) -> None:
    drive, case = arrive("AssessOnSite")
    told = len(drive.rows(outbox, outbox.c.kind == "escalate"))
    drive.wait(21)
    (message,) = drive.rows(outbox, outbox.c.kind == "escalate")[told:]
    assert "region-clerk" in message.payload["to"]
    assert f"body:{bodies(drive)[FIRST]}" in message.payload["to"]
    drive.sweep()
    for who in ("xiaohong", "fanzhi"):
        shown = drive.get(who, "/notifications?unread=true")["items"]
        assert "第三方现场评估逾期" in shown[0]["title"]
        assert shown[0]["case"] == case, "whoever is told may look at the case"
    assert drive.open_steps(case) == ["AssessOnSite"]
    drive.walk(case, "DecideAssessment")


# ---------------------------------------------------------------- result


@pytest.mark.rule("R-IM-29", "R-IM-53")
def test_an_assessment_below_the_line_cannot_pass(arrive: Arrive) -> None:
    drive, case = arrive("AssessOnSite")
    drive.complete(case, "AssessOnSite", assessorSheet={"sheet": weak_sheet(drive, case)})
    drive.walk(case, "DecideAssessment")
    refused = drive.complete(case, "DecideAssessment", expect=422)
    assert wrong_fields(refused) == {"decision"}
    drive.complete(case, "DecideAssessment", decision="fail", reason="总得分低于达标分数线。")
    assert drive.open_steps(case) == ["ChooseNext"]
    assert "评估结果告知书" in [row.document for row in drive.rows(deliveries)]
    assert "CheckDocuments" not in drive.passed(case)
    drive.complete(case, "ChooseNext", next="stop")
    assert drive.outcome(case) == ("completed", "企业结束申报")


@pytest.mark.rule("R-IM-53", "R-NAT-37")
def test_a_constraint_item_short_in_the_assessment_cannot_pass(arrive_once: Arrive) -> None:
    drive, case = arrive_once("AssessOnSite")
    (item,) = drive.items("qiaoyan", case, "AssessOnSite")
    rows = next(field for field in item["fields"] if field["sheet"])["sheet"]["items"]
    strict = next(row["id"] for row in rows if row["constraint"])
    drive.complete(case, "AssessOnSite", assessorSheet={"sheet": {"scores": {strict: "0"}}})
    drive.walk(case, "DecideAssessment")
    refused = drive.complete(case, "DecideAssessment", expect=422)
    assert wrong_fields(refused) == {"decision"}


@pytest.mark.rule("R-IM-25")
def test_experts_judge_the_indicators_before_the_report_is_received(arrive: Arrive) -> None:
    drive, case = arrive("JudgeIndicators")
    assert drive.open_steps(case) == ["JudgeIndicators"]
    for other in ("fanzhi", "xiaohong", "alatan"):
        assert drive.items(other, case, "JudgeIndicators") == [], "experts of the pool alone"
    refused = drive.complete(case, "JudgeIndicators", expect=422, judgements=[])
    assert wrong_fields(refused) == {"judgements"}
    unable = [{"item": "矿井水利用", "judgement": "unable", "reason": "缺少在线监测数据。"}]
    refused = drive.complete(case, "JudgeIndicators", expect=422, judgements=unable)
    assert wrong_fields(refused) == {"doubt"}, "what cannot be judged is a doubt"
    drive.complete(case, "JudgeIndicators", by="baiyinna")
    assert drive.open_steps(case) == ["ReceiveReport"]


@pytest.mark.rule("R-NAT-42", "R-NAT-43")
def test_shared_plants_and_ways_of_asking_are_told_and_kept(arrive_once: Arrive) -> None:
    drive, case = arrive_once("AssessOnSite")
    told = {
        "methodNotes": "发放问卷 30 份，专家打分取平均值。",
        "sharedPlant": "选煤厂由三座煤矿共建，处理量按入洗协议划分，关联关系明确。",
    }
    drive.complete(case, "AssessOnSite", **told)
    kept = [row.content for row in drive.rows(records, records.c.element == "AssessOnSite")]
    assert {name: kept[0][name] for name in told} == told


@pytest.mark.rule("R-IM-25")
def test_a_doubt_is_put_to_the_departments_before_the_decision(arrive: Arrive) -> None:
    drive, case = arrive("JudgeIndicators")
    drive.complete(case, "JudgeIndicators", doubt="yes", doubtItems="矿井水综合利用率的口径。")
    drive.walk(case, "DecideAssessment")
    refused = drive.complete(case, "DecideAssessment", expect=422, decision="doubt")
    assert wrong_fields(refused) == {"questions"}
    questions = "矿井水综合利用率按何种数据认定？"
    drive.complete(case, "DecideAssessment", decision="doubt", questions=questions)
    assert drive.open_steps(case) == ["ConsultDepartments"]
    assert drive.items("tianye", case, "ConsultDepartments") == []
    drive.complete(case, "ConsultDepartments", by="alatan")
    assert drive.open_steps(case) == ["DecideAssessment"]
    drive.complete(case, "DecideAssessment")
    assert "CheckDocuments" in drive.open_steps(case)


@pytest.mark.rule("R-IM-29")
def test_a_passed_assessment_is_the_way_to_the_check_of_the_region(arrive_once: Arrive) -> None:
    drive, case = arrive_once("DecideAssessment")
    drive.complete(case, "DecideAssessment")
    assert drive.open_steps(case) == ["CheckDocuments"] * 5


def test_the_total_of_the_assessment_is_computed_not_typed(arrive_once: Arrive) -> None:
    drive, case = arrive_once("DecideAssessment")
    (item,) = drive.items("tianye", case, "DecideAssessment")
    assert item["values"].keys() == {"decision", "questions", "reason"}
