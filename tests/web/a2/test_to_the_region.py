"""A2 from the banner to the region's list over HTTP: signatures, one tender for two mines."""

from __future__ import annotations

import pytest

from domain.assessors.model import assignments
from engine.store.tables import incidents
from tests.web.chain.drive import Drive

from .chain import CLEAR, DOCUMENT, GREEN, LOCAL, bid
from .conftest import Arrive

STEPS = [
    "FillMineDetails", "SubmitApplication", "Accept", "AssessSite", "SignByAssessors",
    "SignByHeads", "SignByLeader", "DecidePreliminary", "ReportUp", "PlanTender", "ApprovePlan",
    "PublishTender", "OpenBids", "DrawCommittee", "EvaluateBids", "AnnounceResult",
    "SettleQueries", "SignContract", "AcceptAssignment", "AssessOnSite", "WriteReport",
    "ReceiveReport",
]  # fmt: skip
"""The steps of people up to the fork, and those of the assessor, in their order."""

AFTER = ["DecideAssessment", "PrepareNotice", "ReportRegion", "RecordRegionResult"]
BIDS = {"ord-tanbo": "580000.00", "ord-yelei": "612000.00", "ord-jinshan": "596000.00"}
OFFICERS = ("ord-hasi", "ord-liuyan")
EXPERTS = (
    "ord-jiangbo", "ord-suhe", "ord-caojing", "ord-wulantuya", "ord-tengfei", "ord-dongmei",
    "ord-bayar",
)  # fmt: skip


def together(drive: Drive, who: str, kind: str, element: str, cases: list[str]) -> None:
    """Complete a step of several cases by one act."""
    done = drive.handle(who, kind, element, cases)
    assert (done["status"], done["done"]) == ("done", len(cases)), done


def until(drive: Drive, case: str, element: str) -> None:
    """Let days pass until a step waits."""
    while element not in drive.open_steps(case):
        assert drive.open_steps(case) == []
        drive.wait(1)


def tendered(drive: Drive, cases: list[str]) -> None:
    """One tender for all cases, everybody over HTTP: bids, opening, points, contract."""
    clerk = "ord-tongla"
    together(drive, clerk, "tender", "PlanTender", cases)
    together(drive, "ord-zhaoqiang", "tender", "ApprovePlan", cases)
    together(drive, clerk, "tender", "PublishTender", cases)
    (listed,) = drive.get(clerk, "/tenders")["items"]
    address = f"/tenders/{listed['id']}"
    receipts = [bid(drive, who, address, price) for who, price in BIDS.items()]
    assert [answer.status_code for answer in receipts] == [201, 201, 201]
    assert drive.get(clerk, address)["bids"] == [], "sealed"
    until(drive, cases[0], "OpenBids")
    phrases = [{"passphrase": f"Kaibiao-{who}-2025"} for who in OFFICERS]
    turns = [
        drive.call(who, "POST", f"{address}/open", phrase)["turn"]
        for who, phrase in zip(OFFICERS, phrases, strict=True)
    ]
    assert turns == ["first", "second"]
    together(drive, OFFICERS[0], "tender", "OpenBids", cases)
    together(drive, clerk, "tender", "DrawCommittee", cases)
    assert drive.open_steps(cases[0]) == ["DrawCommittee"], "nobody sits before the number is out"
    drive.draw_by_number()
    together(drive, clerk, "tender", "DrawCommittee", cases)
    evaluated(drive, address)
    together(drive, clerk, "tender", "EvaluateBids", cases)
    together(drive, clerk, "tender", "AnnounceResult", cases)
    ranking = drive.get(clerk, address)["result"]
    assert [line["body"] for line in ranking] == [GREEN, LOCAL, CLEAR]
    until(drive, cases[0], "SettleQueries")
    together(drive, clerk, "tender", "SettleQueries", cases)
    together(drive, "ord-zhaoqiang", "tender", "SignContract", cases)
    assert {(row.body_name, row.status) for row in drive.rows(assignments)} == {
        (GREEN, "commissioned")
    }


def evaluated(drive: Drive, address: str) -> None:
    """The drawn members read a bid and give their points; one steps back, the next takes over."""
    seated = [who for who in EXPERTS if "score" in drive.get(who, address)["operations"]]
    assert len(seated) == 5
    drive.call(
        seated[0], "POST", f"{address}/recusal", {"reason": "亲属在投标机构任职"}, expect=204
    )
    after = [who for who in EXPERTS if "score" in drive.get(who, address)["operations"]]
    assert len(after) == 5
    assert seated[0] not in after
    for who in after:
        shown = drive.get(who, address)
        read = drive.client.get(
            f"/api/v1/tenders/bids/{shown['bids'][0]['id']}/document", headers=drive.bearer(who)
        )
        assert read.data == DOCUMENT
        codes = [line["code"] for line in shown["criteria"] if not line["by_price"]]
        given = {one["id"]: dict.fromkeys(codes, "18") for one in shown["bids"]}
        drive.call(who, "PUT", f"{address}/scores", {"scores": given}, expect=204)


@pytest.mark.rule(
    "R-ORD-11", "R-ORD-12", "R-ORD-13", "R-ORD-14", "R-ORD-16", "R-ORD-20", "R-ORD-21", "R-ORD-37"
)
def test_two_mines_come_from_the_banner_to_the_region_by_one_tender(drive: Drive) -> None:
    cases = [drive.begin(), drive.begin()]
    for case in cases:
        drive.walk(case, "PlanTender")
    tendered(drive, cases)
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
def test_the_city_keeps_no_list(arrive: Arrive) -> None:
    drive, _ = arrive("SubmitApplication")
    answer = drive.client.get("/public/ordos/list.json")
    assert answer.status_code == 404
