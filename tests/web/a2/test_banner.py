"""A2, steps 1 to 6: application, acceptance, joint assessment on site, signatures, decision."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.store.tables import clock_stops
from tests.web.chain.drive import wrong_fields

from .conftest import Arrive

SIGNED = ("SignByAssessors", "SignByHeads", "SignByLeader")
REFUSES = {"decision": "refuse", "reason": "现场照片与记录不一致。"}


@pytest.mark.rule("R-ORD-11", "R-ORD-7", "R-ORD-4", "R-ORD-1")
@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("completed", False, "completed"),
        ("truthful", False, "truthful"),
        ("material", {"selfReport": None}, "material.selfReport"),
        ("material", {"fund": None}, "material.fund"),
        ("material", {"yearPlan": None}, "material.yearPlan"),
    ],
)
def test_an_application_is_complete_and_comes_after_construction(
    arrive: Arrive, field: str, value: object, named: str
) -> None:
    drive, case = arrive("SubmitApplication")
    refused = drive.complete(case, "SubmitApplication", expect=422, **{field: value})
    assert wrong_fields(refused) == {named}


@pytest.mark.rule("R-ORD-11")
def test_the_banner_where_the_mine_lies_receives_the_application(arrive: Arrive) -> None:
    drive, case = arrive("Accept")
    assert drive.items("ord-baiyin", case, "Accept")
    for other in ("ord-heping", "ord-songjia", "ord-tongla"):
        assert drive.items(other, case, "Accept") == [], "another banner, the city"


@pytest.mark.rule("R-ORD-3", "R-ORD-5")
@pytest.mark.parametrize("fact", ["planned", "leader"])
def test_an_accepted_mine_is_in_the_plan_and_has_its_leader(arrive: Arrive, fact: str) -> None:
    drive, case = arrive("Accept")
    assert wrong_fields(drive.complete(case, "Accept", expect=422, **{fact: None})) == {fact}


@pytest.mark.rule("R-ORD-11")
def test_what_is_missing_is_told_and_supplemented(arrive: Arrive) -> None:
    drive, case = arrive("Accept")
    missing = {"c3": "missing", "decision": "supplement", "planned": None, "leader": None}
    drive.complete(case, "Accept", **missing)
    drive.complete(case, "TellMissing")
    assert drive.rows(clock_stops), "the clock of the case stands"
    drive.complete(case, "AnswerSupplement")
    assert drive.open_steps(case) == ["Accept"]


def test_an_application_nobody_supplements_lapses(arrive: Arrive) -> None:
    drive, case = arrive("Accept")
    missing = {"c1": "missing", "decision": "supplement", "planned": None, "leader": None}
    drive.complete(case, "Accept", **missing)
    drive.complete(case, "TellMissing")
    drive.wait(12)
    assert drive.outcome(case) == ("completed", "逾期未补正，申请失效")


def test_an_application_of_another_place_is_refused_with_reasons(arrive: Arrive) -> None:
    drive, case = arrive("Accept")
    no = {"decision": "refuse", "reason": "不属于本旗受理。", "planned": None, "leader": None}
    drive.complete(case, "Accept", **no)
    assert drive.outcome(case) == ("completed", "不予受理")


@pytest.mark.rule("R-ORD-12", "R-YJ-8")
def test_three_departments_assess_on_site_at_the_same_time(arrive: Arrive) -> None:
    drive, case = arrive("AssessSite")
    assert drive.open_steps(case) == ["AssessSite"] * 3
    for who in ("ord-nasen", "ord-chenglin", "ord-wurina"):
        assert len(drive.items(who, case, "AssessSite")) == 1, "each for its own department"


@pytest.mark.rule("R-ORD-17", "R-ORD-32", "R-ORD-3")
def test_assessors_heads_and_leader_sign_and_nobody_goes_on_without(arrive: Arrive) -> None:
    drive, case = arrive("SignByAssessors")
    (item,) = drive.items("ord-nasen", case, "SignByAssessors")
    body = {"revision": item["revision"], "data": {"decision": "agree"}}
    path = f"/work-items/{item['id']}/complete"
    refused = drive.call("ord-nasen", "POST", path, body, expect=422)
    assert refused["code"] == "pin_needed"
    for element, number in zip(SIGNED, (3, 3, 1), strict=True):
        assert drive.open_steps(case) == [element] * number
        for _ in range(number):
            drive.complete(case, element)
    assert drive.open_steps(case) == ["DecidePreliminary"]


@pytest.mark.rule("R-ORD-17", "R-ORD-32")
@pytest.mark.parametrize("element", SIGNED)
def test_a_signer_who_refuses_sends_the_record_back(arrive: Arrive, element: str) -> None:
    drive, case = arrive("SignByAssessors")
    drive.walk(case, element)
    drive.complete(case, element, **REFUSES)
    while "AssessSite" not in drive.open_steps(case):
        drive.complete(case, drive.open_steps(case)[0])
    drive.clock.advance(timedelta(minutes=1))
    drive.walk(case, "DecidePreliminary")
    assert drive.passed(case).count("IsEndorsed") == 2


@pytest.mark.rule("R-ORD-13", "R-ORD-1")
def test_one_department_that_says_no_leaves_only_the_return(arrive: Arrive) -> None:
    drive, case = arrive("AssessSite")
    drive.complete(case, "AssessSite", result="fail", opinion="复垦区未完成。")
    drive.walk(case, "DecidePreliminary")
    refused = drive.complete(case, "DecidePreliminary", expect=422)
    assert wrong_fields(refused) == {"decision"}
    no = {"decision": "fail", "reason": "复垦区未完成。", "opinion": None}
    drive.complete(case, "DecidePreliminary", **no)
    (item,) = drive.items("ord-gaowei", case, "ChooseNext")
    assert item["values"].keys() == {"next", "plan"}
    drive.complete(case, "ChooseNext")
    assert drive.open_steps(case) == ["FillMineDetails"], "back to construction"


def test_an_enterprise_may_stop_after_the_return(arrive: Arrive) -> None:
    drive, case = arrive("DecidePreliminary")
    no = {"decision": "fail", "reason": "复垦区未完成。", "opinion": None}
    drive.complete(case, "DecidePreliminary", **no)
    drive.complete(case, "ChooseNext", next="stop", plan=None)
    assert drive.outcome(case) == ("completed", "企业结束申请")


@pytest.mark.rule("R-ORD-13")
def test_the_banner_reports_to_the_city_with_a_file(arrive: Arrive) -> None:
    drive, case = arrive("ReportUp")
    refused = drive.complete(case, "ReportUp", expect=422, reportFile=None)
    assert wrong_fields(refused) == {"reportFile"}
