"""The printed periods: each step has its own, none is counted twice, a delivery starts the next."""

from __future__ import annotations

from datetime import date

import pytest

from engine.store.tables import clock_stops, deliveries

from .conftest import Arrive
from .drive import ZONE, Drive, Json, wrong_fields

MISSING: Json = {"c2": "missing", "decision": "supplement"}
REVIEW = ("ReviewDocuments", "ChooseSiteMode", "VerifySite", "GiveSiteOpinion", "DecidePreliminary")
THIRTY = 30


def to_the_last_day(drive: Drive, case: str) -> None:
    """Let the time pass that the open step has left."""
    (element,) = set(drive.open_steps(case))
    while drive.today < drive.due(case, element):
        drive.wait(1)


@pytest.mark.rule("R-IM-17")
def test_the_preliminary_review_takes_thirty_working_days_at_most(arrive_once: Arrive) -> None:
    drive, case = arrive_once("ReviewDocuments")
    began, days = drive.today, 0
    while drive.open_steps(case)[0] in (*REVIEW, "ReportUp"):
        to_the_last_day(drive, case)
        (element,) = set(drive.open_steps(case))
        while element in drive.open_steps(case):
            drive.complete(case, element)
    with drive.product.db.tenant(drive.prepared.tenant_id, read_only=True) as tx:
        calendar = drive.product.world.offices.get(tx).calendar
    day = began
    while day < drive.today:
        day = date.fromordinal(day.toordinal() + 1)
        days += calendar.is_working_day(day)
    assert days == THIRTY


@pytest.mark.rule("R-IM-17", "R-IM-19")
def test_the_visit_on_site_is_one_period_from_the_end_of_the_documents(
    arrive_once: Arrive,
) -> None:
    drive, case = arrive_once("ChooseSiteMode")
    begun = drive.today
    drive.wait(2)
    drive.complete(case, "ChooseSiteMode")
    assert begun == date(2026, 3, 2)
    assert drive.due(case, "VerifySite") == date(2026, 3, 16)
    drive.wait(3)
    drive.complete(case, "VerifySite")
    assert drive.due(case, "GiveSiteOpinion") == date(2026, 3, 16)


@pytest.mark.rule("R-IM-23")
def test_visit_and_report_of_the_assessor_are_one_period(arrive_once: Arrive) -> None:
    drive, case = arrive_once("AssessOnSite")
    due = drive.due(case, "AssessOnSite")
    drive.wait(5)
    drive.complete(case, "AssessOnSite")
    assert drive.due(case, "WriteReport") == due


def told_by_post(arrive_once: Arrive) -> tuple[Drive, str]:
    """A case whose notice of 2 March goes by post; it is the fifth of March."""
    drive, case = arrive_once("Accept")
    drive.complete(case, "Accept", **MISSING)
    drive.complete(case, "TellMissing", deliveryMethod="post")
    drive.wait(3)
    return drive, case


@pytest.mark.rule("R-IM-14")
def test_the_period_of_a_supplement_runs_from_the_day_of_delivery(arrive_once: Arrive) -> None:
    drive, case = told_by_post(arrive_once)
    drive.complete(case, "DeliverNotice", deliveredOn="2026-03-03")
    assert drive.due(case, "AnswerSupplement") == date(2026, 3, 17)
    (row,) = drive.rows(deliveries)
    assert row.delivered_at.astimezone(ZONE).date() == date(2026, 3, 3)
    drive.wait(8)
    assert drive.open_steps(case) == ["AnswerSupplement"], "the last day is the applicant's"
    drive.wait(1)
    assert drive.outcome(case) == ("completed", "逾期未补正，申报失效")


@pytest.mark.rule("R-IM-14")
@pytest.mark.parametrize("day", ["2026-03-01", "2026-03-06"])
def test_a_delivery_lies_between_the_notice_and_today(arrive_once: Arrive, day: str) -> None:
    drive, case = told_by_post(arrive_once)
    refused = drive.complete(case, "DeliverNotice", expect=422, deliveredOn=day)
    assert wrong_fields(refused) == {"deliveredOn"}


@pytest.mark.rule("R-IM-14")
def test_the_clock_stands_only_while_the_applicant_is_asked(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Accept")
    drive.complete(case, "Accept", **MISSING)
    assert not drive.case(case)["clock_stopped"], "the office writes its notice"
    drive.complete(case, "TellMissing", deliveryMethod="post")
    assert not drive.case(case)["clock_stopped"], "the office delivers it"
    drive.complete(case, "DeliverNotice")
    assert drive.case(case)["clock_stopped"]
    drive.complete(case, "AnswerSupplement")
    assert not drive.case(case)["clock_stopped"]
    (stop,) = drive.rows(clock_stops)
    assert "送达后至补正完毕" in stop.ground
