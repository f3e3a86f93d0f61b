"""A2, steps 8 to 10: assessment, tracking beside it, the decision at the line, accountability."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.assessors.model import assignments
from engine.store.tables import cases, deliveries
from tests.web.a1.changing import change
from tests.web.chain.drive import Drive, wrong_fields

from .chain import A2
from .conftest import Arrive

TRACKING = ("Track", "SignByTrackers", "SignByTrackingHeads")
ASSESSING = ("AssessOnSite", "WriteReport", "ReceiveReport")


def scores(total_lost: dict[str, int]) -> dict[str, Any]:
    """A sheet with full points but for what is lost, by the number of the part."""
    full = {"Q1": 220, "Q2": 220, "Q3": 140, "Q4": 140, "Q5": 140, "Q6": 140}
    return {"sheet": {"scores": {k: str(full[k] - lost) for k, lost in total_lost.items()}}}


EVENLY = {"Q1": 44, "Q2": 44, "Q3": 28, "Q4": 28, "Q5": 28, "Q6": 28}
"""Two hundred points lost, each part at 80 per cent."""


def go_on(drive: Drive, case: str, *steps: str) -> None:
    """Complete the open ones of these steps until none of them waits."""
    while open_now := [step for step in drive.open_steps(case) if step in steps]:
        drive.complete(case, open_now[0])


def decide(drive: Drive, case: str) -> dict[str, Any]:
    """Fail the assessment."""
    drive.walk(case, "DecideAssessment")
    no = {"decision": "fail", "reason": "总得分低于达标分数线。"}
    return drive.complete(case, "DecideAssessment", **no)


def begun(drive: Drive, procedure: str, who: str) -> list[str]:
    """The cases of another procedure, each with files of whoever has its first step."""
    found = drive.rows(cases, cases.c.procedure == procedure)
    return [drive.take_up(str(row.id), who) for row in found]


def at_work(arrive: Arrive) -> tuple[Drive, str]:
    """A case whose assessor has just accepted, with the tracking before it."""
    drive, case = arrive("AcceptAssignment")
    drive.complete(case, "AcceptAssignment")
    return drive, case


@pytest.mark.rule("R-ORD-16", "R-ORD-38", "R-ORD-22")
def test_three_departments_track_while_the_body_assesses(arrive: Arrive) -> None:
    drive, case = at_work(arrive)
    assert sorted(set(drive.open_steps(case))) == ["AssessOnSite", "Track"]
    assert drive.open_steps(case).count("Track") == 3
    assert drive.items("ord-luyao", case, "Track")
    assert drive.items("ord-xiejun", case, "Track") == [], "a department that does not track"


@pytest.mark.rule("R-ORD-17", "R-ORD-38")
def test_nothing_is_decided_before_the_tracking_is_signed(arrive: Arrive) -> None:
    drive, case = at_work(arrive)
    go_on(drive, case, *ASSESSING)
    assert set(drive.open_steps(case)) == {"Track"}
    go_on(drive, case, "Track")
    assert drive.open_steps(case) == ["SignByTrackers"] * 3
    go_on(drive, case, "SignByTrackers")
    assert drive.open_steps(case) == ["SignByTrackingHeads"] * 3
    go_on(drive, case, "SignByTrackingHeads")
    assert drive.open_steps(case) == ["DecideAssessment"]


@pytest.mark.rule("R-ORD-17", "R-ORD-32")
def test_a_head_who_refuses_has_the_tracking_done_again(arrive: Arrive) -> None:
    drive, case = at_work(arrive)
    go_on(drive, case, "Track", "SignByTrackers")
    no = {"decision": "refuse", "reason": "缺少跟踪照片。"}
    drive.complete(case, "SignByTrackingHeads", **no)
    go_on(drive, case, "SignByTrackingHeads")
    assert drive.open_steps(case).count("Track") == 3


@pytest.mark.rule("R-ORD-17", "R-ORD-32")
def test_who_worked_only_in_a_round_that_was_refused_does_not_sign_the_next(
    arrive: Arrive,
) -> None:
    drive, case = at_work(arrive)
    go_on(drive, case, "Track", "SignByTrackers")
    three = drive.open_steps(case).count("SignByTrackingHeads")
    no = {"decision": "refuse", "reason": "缺少跟踪照片。"}
    drive.complete(case, "SignByTrackingHeads", **no)
    other = ["natural-resources", "energy"]
    change(drive, {"tracking.departments": other}, A2.slug)
    drive.clock.advance(timedelta(hours=1))
    go_on(drive, case, "SignByTrackingHeads")
    go_on(drive, case, "Track")
    assert three == 3
    assert drive.open_steps(case).count("SignByTrackers") == len(other)


@pytest.mark.rule("R-ORD-15", "R-ORD-41")
@pytest.mark.parametrize(
    ("lost", "good"),
    [
        (EVENLY, True),
        ({**EVENLY, "Q6": 29}, False),
        ({"Q1": 55}, True),
        ({"Q1": 56}, False),
    ],
    ids=["800", "799", "a part at 75 %", "a part below it"],
)
def test_eight_hundred_points_and_the_floor_of_every_part_decide(
    arrive: Arrive, lost: dict[str, int], good: bool
) -> None:
    drive, case = arrive("AssessOnSite")
    drive.complete(case, "AssessOnSite", assessorSheet=scores(lost))
    drive.walk(case, "DecideAssessment")
    answer = drive.complete(case, "DecideAssessment", expect=200 if good else 422)
    assert good or wrong_fields(answer) == {"decision"}


@pytest.mark.rule("R-ORD-41", "R-ORD-15")
def test_another_line_is_another_value_of_the_parameter(arrive: Arrive) -> None:
    drive, _ = arrive("Accept")
    change(drive, {"assessment.pass_line": 850, "assessment.part_floor": 0}, A2.slug)
    case = drive.begin()
    drive.walk(
        case, "DecideAssessment", changes={"AssessOnSite": {"assessorSheet": scores(EVENLY)}}
    )
    refused = drive.complete(case, "DecideAssessment", expect=422)
    assert wrong_fields(refused) == {"decision"}


@pytest.mark.rule("R-ORD-18", "R-ORD-15")
def test_a_failed_assessment_ends_the_application_and_opens_an_accountability_case(
    arrive: Arrive,
) -> None:
    drive, case = arrive("AssessOnSite")
    drive.complete(case, "AssessOnSite", assessorSheet=scores({"Q2": 100}))
    decide(drive, case)
    assert drive.outcome(case) == ("completed", "不符合要求，申请终止")
    told = [row.document for row in drive.rows(deliveries, deliveries.c.case_id == UUID(case))]
    assert "核查评估结果告知书" in told
    drive.sweep()
    (opened,) = begun(drive, "accountability", "ord-tongla")
    assert drive.case(opened)["title"].endswith("北山一号煤矿")
    assert drive.open_steps(opened) == ["ReviewPreliminary"]
    drive.walk(opened)
    assert drive.outcome(opened) == ("completed", "已追究责任")
    assert drive.breaks(opened) == []


@pytest.mark.rule("R-ORD-18", "R-ORD-1")
def test_the_banner_answers_and_the_city_may_find_nobody_at_fault(arrive: Arrive) -> None:
    drive, case = arrive("DecideAssessment")
    decide(drive, case)
    drive.sweep()
    (opened,) = begun(drive, "accountability", "ord-tongla")
    drive.complete(opened, "ReviewPreliminary")
    assert drive.items("ord-zhangyong", opened, "ExplainPreliminary")
    drive.complete(opened, "ExplainPreliminary")
    no = {"decision": "none", "measures": None, "reason": "初评已尽审查义务。"}
    drive.complete(opened, "DecideAccountability", **no)
    assert drive.outcome(opened) == ("completed", "不予问责")


def test_nobody_begins_an_accountability_case_by_hand(arrive: Arrive) -> None:
    drive, _ = arrive("Accept")
    body = {"procedure": "accountability", "variables": {}}
    refused = drive.call("ord-tongla", "POST", "/cases", body, expect=409)
    assert refused["code"]


@pytest.mark.rule("R-ORD-14")
def test_a_fulfilled_assessment_is_recorded_with_the_body(arrive: Arrive) -> None:
    drive, _case = arrive("DecideAssessment")
    assert [row.status for row in drive.rows(assignments)] == ["reported"]


@pytest.mark.rule("R-ORD-14")
def test_an_incomplete_report_goes_back_to_the_body(arrive: Arrive) -> None:
    drive, case = arrive("AssessOnSite")
    go_on(drive, case, "AssessOnSite", "WriteReport")
    short = {"received": ["report"], "receipt": "incomplete", "missingNote": "缺少核查记录。"}
    drive.complete(case, "ReceiveReport", **short)
    assert "AssessOnSite" in drive.open_steps(case)
