"""A1, steps 4 to 6: preliminary review by documents and on site, decision, report."""

from __future__ import annotations

import pytest

from engine.store.tables import deliveries

from .conftest import Arrive
from .drive import Drive, Json, wrong_fields

POINTS = ("p1", "p2", "p3", "p4", "p5", "p6", "p7")
FAILED: Json = {"findings": "缺少相关证明。", "result": "fail", "opinion": "不符合要求。"}


def fail_documents(drive: Drive, case: str, point: str = "p1") -> None:
    """One department finds a point not met, the others agree."""
    drive.complete(case, "ReviewDocuments", by="chenjun", **{**FAILED, point: "fail"})
    drive.complete(case, "ReviewDocuments", by="wangfang")
    drive.complete(case, "ReviewDocuments", by="gaowa")


@pytest.mark.rule("R-IM-16", "R-NAT-13")
def test_every_department_reviews_at_the_same_time_and_for_itself(arrive: Arrive) -> None:
    drive, case = arrive("ReviewDocuments")
    assert drive.open_steps(case) == ["ReviewDocuments"] * 3
    for person in ("gaowa", "wangfang", "chenjun"):
        assert len(drive.items(person, case, "ReviewDocuments")) == 1
        drive.complete(case, "ReviewDocuments", by=person)
        assert drive.items(person, case, "ReviewDocuments") == []
    assert drive.open_steps(case) == ["ChooseSiteMode"]


@pytest.mark.rule("R-IM-18")
@pytest.mark.parametrize("point", POINTS)
def test_each_of_the_seven_points_is_judged_and_can_fail(arrive_once: Arrive, point: str) -> None:
    drive, case = arrive_once("ReviewDocuments")
    refused = drive.complete(case, "ReviewDocuments", expect=422, **{point: None})
    assert point in wrong_fields(refused)
    bad: Json = {point: "fail", "findings": "缺少相关证明。"}
    refused = drive.complete(case, "ReviewDocuments", expect=422, **bad)
    assert wrong_fields(refused) == {"result"}, "with a point failed no department may agree"


@pytest.mark.rule("R-IM-17", "R-IM-18")
def test_failed_documents_end_the_review_without_a_visit(arrive: Arrive) -> None:
    drive, case = arrive("ReviewDocuments")
    fail_documents(drive, case)
    assert drive.open_steps(case) == ["DecidePreliminary"]
    refused = drive.complete(case, "DecidePreliminary", expect=422)
    assert wrong_fields(refused) == {"decision"}
    drive.complete(case, "DecidePreliminary", decision="fail", reason="资料核查不符合要求。")
    assert drive.open_steps(case) == ["ChooseNext"]
    assert not {"VerifySite", "VerifySiteByBanner", "ReportUp"} & set(drive.passed(case))


@pytest.mark.rule("R-IM-17")
def test_good_documents_are_followed_by_a_visit(arrive_once: Arrive) -> None:
    drive, case = arrive_once("ReviewDocuments")
    drive.walk(case, "DecidePreliminary")
    passed = drive.passed(case)
    assert passed.index("VerifySite") > passed.index("ReviewDocuments")


@pytest.mark.rule("R-IM-19")
def test_the_visit_may_be_delegated_but_the_decision_stays(arrive: Arrive) -> None:
    drive, case = arrive("ChooseSiteMode")
    delegated: Json = {"siteMode": "delegated", "delegateReason": "就近核查，三个工作日内完成。"}
    refused = drive.complete(case, "ChooseSiteMode", expect=422, **delegated)
    assert wrong_fields(refused) == {"responsible"}
    drive.complete(case, "ChooseSiteMode", responsible=True, **delegated)
    assert drive.open_steps(case) == ["VerifySiteByBanner"]
    assert drive.items("narisu", case, "VerifySiteByBanner") == [], "another banner's inspector"
    drive.complete(case, "VerifySiteByBanner", by="yangjie")
    assert drive.open_steps(case) == ["GiveBannerSiteOpinion"] * 2
    for person in ("hasi", "duanwei"):
        drive.complete(case, "GiveBannerSiteOpinion", by=person)
    assert drive.items("buhe", case, "DecidePreliminary") == []
    drive.complete(case, "DecidePreliminary", by="tumen")
    assert drive.open_steps(case) == ["ReportUp"]


@pytest.mark.rule("R-IM-16", "R-IM-17")
def test_a_department_that_finds_a_mine_wanting_on_site_fails_the_review(
    arrive_once: Arrive,
) -> None:
    drive, case = arrive_once("GiveSiteOpinion")
    assert drive.open_steps(case) == ["GiveSiteOpinion"] * 2
    assert drive.items("wangfang", case, "GiveSiteOpinion") == [], "the other departments'"
    found = {"result": "fail", "opinion": "排污口未规范设置。"}
    drive.complete(case, "GiveSiteOpinion", by="chenjun", **found)
    drive.complete(case, "GiveSiteOpinion", by="gaowa")
    refused = drive.complete(case, "DecidePreliminary", expect=422)
    assert wrong_fields(refused) == {"decision"}


@pytest.mark.rule("R-IM-20")
def test_on_site_every_constraint_item_is_judged(arrive_once: Arrive) -> None:
    drive, case = arrive_once("VerifySite")
    (item,) = drive.items("wangfang", case, "VerifySite")
    assert len(item["values"]["siteConstraints"]) == 20
    data = drive.data(case, item, {})
    data["siteConstraints"][4].pop("result")
    refused = drive.hand_in("wangfang", item, data, expect=422)
    assert "siteConstraints.4.result" in wrong_fields(refused)


@pytest.mark.rule("R-IM-20", "R-IM-17")
def test_a_constraint_item_failed_on_site_fails_the_review(arrive: Arrive) -> None:
    drive, case = arrive("VerifySite")
    (item,) = drive.items("wangfang", case, "VerifySite")
    data = drive.data(case, item, {})
    data["siteConstraints"][0]["result"] = "fail"
    refused = drive.hand_in("wangfang", item, data, expect=422)
    assert wrong_fields(refused) == {"result"}
    drive.hand_in("wangfang", item, {**data, "result": "fail"})
    for person in ("chenjun", "gaowa"):
        drive.complete(case, "GiveSiteOpinion", by=person)
    refused = drive.complete(case, "DecidePreliminary", expect=422)
    assert wrong_fields(refused) == {"decision"}


@pytest.mark.rule("R-IM-16", "R-IM-19")
def test_the_bureau_takes_responsibility_for_its_decision(arrive_once: Arrive) -> None:
    drive, case = arrive_once("DecidePreliminary")
    refused = drive.complete(case, "DecidePreliminary", expect=422, responsible=False)
    assert wrong_fields(refused) == {"responsible"}


@pytest.mark.rule("R-IM-12")
def test_after_a_failed_review_the_enterprise_may_build_on_and_apply_again(
    arrive: Arrive,
) -> None:
    drive, case = arrive("DecidePreliminary")
    reason = "排土场未按方案复垦。"
    drive.complete(case, "DecidePreliminary", decision="fail", reason=reason)
    documents = [row.document for row in drive.rows(deliveries)]
    assert "初审结果告知书" in documents
    drive.complete(case, "ChooseNext", next="again")
    assert drive.open_steps(case) == ["AssessSelf"]
    drive.walk(case, "ReportUp")
    assert drive.passed(case).count("SubmitApplication") == 2
    assert drive.breaks(case) == []


def test_after_a_failed_review_the_enterprise_may_end_its_application(arrive: Arrive) -> None:
    drive, case = arrive("DecidePreliminary")
    drive.complete(case, "DecidePreliminary", decision="fail", reason="排土场未按方案复垦。")
    drive.complete(case, "ChooseNext", next="stop")
    assert drive.outcome(case) == ("completed", "企业结束申报")


@pytest.mark.rule("R-IM-21")
def test_a_passed_review_is_reported_to_the_region(arrive: Arrive) -> None:
    drive, case = arrive("DecidePreliminary")
    drive.complete(case, "DecidePreliminary")
    refused = drive.complete(case, "ReportUp", expect=422, reportFile=None)
    assert wrong_fields(refused) == {"reportFile"}
    drive.complete(case, "ReportUp")
    assert drive.open_steps(case) == ["Commission"]
    assert drive.items("xiaohong", case, "Commission"), "now it is with the region"
