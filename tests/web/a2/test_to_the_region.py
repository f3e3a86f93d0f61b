"""A2 from the banner to the region's list over HTTP: signatures, one tender for two mines."""

from __future__ import annotations

import pytest

from engine.store.tables import incidents
from tests.web.chain.drive import Drive

STEPS = [
    "FillMineDetails", "SubmitApplication", "Accept", "AssessSite", "SignByAssessors",
    "SignByHeads", "SignByLeader", "DecidePreliminary", "ReportUp", "PlanTender", "ApprovePlan",
    "PublishTender", "OpenBids", "EvaluateBids", "AnnounceResult", "SettleQueries",
    "SignContract", "AcceptAssignment", "AssessOnSite", "WriteReport", "ReceiveReport",
]  # fmt: skip
"""The steps of people up to the fork, and those of the assessor, in their order."""

AFTER = ["DecideAssessment", "PrepareNotice", "ReportRegion", "RecordRegionResult"]
TENDER = (
    ("ord-tongla", "PlanTender"),
    ("ord-zhaoqiang", "ApprovePlan"),
    ("ord-tongla", "PublishTender"),
    ("ord-tongla", "OpenBids"),
    ("ord-tongla", "EvaluateBids"),
    ("ord-tongla", "AnnounceResult"),
    ("ord-tongla", "SettleQueries"),
    ("ord-zhaoqiang", "SignContract"),
)


def together(drive: Drive, who: str, kind: str, element: str, cases: list[str]) -> None:
    """Complete a step of several cases by one act."""
    done = drive.handle(who, kind, element, cases)
    assert (done["status"], done["done"]) == ("done", len(cases)), done


@pytest.mark.rule(
    "R-ORD-11", "R-ORD-12", "R-ORD-13", "R-ORD-14", "R-ORD-16", "R-ORD-20", "R-ORD-21", "R-ORD-37"
)
def test_two_mines_come_from_the_banner_to_the_region_by_one_tender(drive: Drive) -> None:
    cases = [drive.begin(), drive.begin()]
    for case in cases:
        drive.walk(case, "PlanTender")
    for who, element in TENDER:
        for _ in range(30):
            if element in drive.open_steps(cases[0]):
                break
            drive.wait(1)
        together(drive, who, "tender", element, cases)
    for case in cases:
        drive.walk(case, "PrepareNotice")
    together(drive, "ord-songjia", "notice", "PrepareNotice", cases)
    for case in cases:
        drive.walk(case)
        assert drive.outcome(case) == ("completed", "纳入自治区绿色矿山名录")
        assert drive.breaks(case) == []
        passed = list(dict.fromkeys(drive.passed(case)))
        assert [step for step in passed if step in STEPS] == STEPS
        assert [step for step in passed if step in AFTER] == AFTER
        assert passed.index("SignByTrackingHeads") < passed.index("DecideAssessment")
    assert drive.rows(incidents) == []


@pytest.mark.rule("R-NAT-4")
def test_the_city_keeps_no_list(drive: Drive) -> None:
    answer = drive.client.get("/public/ordos/list.json")
    assert answer.status_code == 404
