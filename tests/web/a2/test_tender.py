"""A2, step 7: one open tender for a batch, its failures, the other way to choose a body."""

from __future__ import annotations

from typing import Any

import pytest

from domain.assessors.model import assignments
from domain.assessors.rules import BanKind
from domain.assessors.store import Banning, ban, present_bodies
from domain.tender.model import tenders
from tests.web.a1.changing import change
from tests.web.chain.drive import Drive

from .chain import A2, CLEAR, GREEN, LOCAL, bid, take_part
from .conftest import Arrive


def bar(drive: Drive, name: str) -> None:
    """Bar a body, from today on and without end."""
    with drive.product.db.tenant(drive.prepared.tenant_id) as tx:
        (body,) = (found for found in present_bodies(tx) if found.name == name)
        banning = Banning(BanKind.BODY, body.id, name, drive.today, None, "评估弄虚作假")
        ban(tx, banning, None, drive.clock.now())


def offered(drive: Drive, case: str, element: str, field: str) -> list[str]:
    """What may be chosen at a step of the city government."""
    (item,) = drive.items("ord-tongla", case, element)
    found: dict[str, Any] = next(f for f in item["fields"] if f["field"] == field)
    return [option["label"] for option in found["options"]]


def tender_rows(drive: Drive) -> list[tuple[int, str, str]]:
    """Round, status and reason of failure of every tender."""
    rows = drive.rows(tenders)
    return sorted((row.round, row.status, row.failed_why) for row in rows)


def published(arrive: Arrive) -> tuple[Drive, str, str]:
    """A tender that takes bids; nobody has bid."""
    drive, case = arrive("PublishTender")
    drive.complete(case, "PublishTender")
    (row,) = drive.rows(tenders)
    return drive, case, f"/tenders/{row.id}"


def until_a_step(drive: Drive, case: str) -> list[str]:
    """Let days pass until somebody is asked."""
    while not drive.open_steps(case):
        drive.wait(1)
    return drive.open_steps(case)


@pytest.mark.rule("R-ORD-14", "R-ORD-37")
def test_bids_are_open_for_twenty_days_and_not_one_less(arrive: Arrive) -> None:
    drive, case, _ = published(arrive)
    begun = drive.today
    take_part(drive)
    assert until_a_step(drive, case) == ["OpenBids"]
    assert (drive.today - begun).days >= 20
    assert (drive.today - begun).days <= 23, "the next working day at the latest"


@pytest.mark.rule("R-ORD-37")
def test_a_plan_the_government_does_not_approve_is_changed(arrive: Arrive) -> None:
    drive, case = arrive("PlanTender")
    drive.complete(case, "PlanTender")
    drive.complete(case, "ApprovePlan", decision="change", reason="补充回避条款。")
    assert drive.open_steps(case) == ["PlanTender"]


@pytest.mark.rule("R-ORD-37")
def test_too_few_bids_make_a_failed_tender_that_is_repeated(arrive: Arrive) -> None:
    drive, case, _ = published(arrive)
    assert until_a_step(drive, case) == ["PublishTender"]
    drive.complete(case, "PublishTender")
    assert tender_rows(drive) == [(1, "failed", "few_bids"), (2, "bidding", "")]
    drive.walk(case, "AcceptAssignment")
    assert tender_rows(drive)[1] == (2, "assigned", "")


@pytest.mark.rule("R-ORD-37")
def test_two_lost_passphrases_make_a_failed_tender(arrive: Arrive) -> None:
    drive, case, address = published(arrive)
    take_part(drive)
    assert until_a_step(drive, case) == ["OpenBids"]
    drive.complete(case, "OpenBids")
    assert drive.open_steps(case) == ["OpenBids"], "nobody has opened yet"
    lost = [drive.call(who, "POST", f"{address}/lost") for who in ("ord-chenbin", "ord-hasi")]
    assert [answer["failed"] for answer in lost] == [False, True]
    drive.complete(case, "OpenBids")
    assert drive.open_steps(case) == ["PublishTender"]
    assert tender_rows(drive) == [(1, "failed", "lost_passphrases")]


@pytest.mark.rule("R-ORD-34", "R-ORD-37")
def test_without_a_valid_bid_the_tender_is_repeated(arrive: Arrive) -> None:
    drive, case = arrive("OpenBids")
    for name in (CLEAR, GREEN, LOCAL):
        bar(drive, name)
    drive.complete(case, "OpenBids")
    assert drive.open_steps(case) == ["PublishTender"]
    assert tender_rows(drive) == [(1, "failed", "no_valid_bid")]


@pytest.mark.rule("R-ORD-37")
def test_nothing_is_announced_before_the_whole_committee_has_scored(arrive: Arrive) -> None:
    drive, case = arrive("DrawCommittee")
    drive.complete(case, "DrawCommittee")
    drive.complete(case, "EvaluateBids")
    assert drive.open_steps(case) == ["EvaluateBids"]
    take_part(drive)
    drive.complete(case, "EvaluateBids")
    assert drive.open_steps(case) == ["AnnounceResult"]


@pytest.mark.rule("R-ORD-37")
@pytest.mark.parametrize(
    ("finding", "step", "state"),
    [("void", "PublishTender", "failed"), ("again", "EvaluateBids", "evaluation")],
)
def test_an_upheld_objection_takes_the_result_back(
    arrive: Arrive, finding: str, step: str, state: str
) -> None:
    drive, case = arrive("SettleQueries")
    drive.complete(case, "SettleQueries", finding=finding, reply="评标委员会成员应当回避。")
    assert drive.open_steps(case) == [step]
    (row,) = drive.rows(tenders)
    assert row.status == state
    assert row.winner_id is None or state == "failed"


@pytest.mark.rule("R-ORD-34", "R-ORD-19")
def test_a_body_on_the_blacklist_may_not_bid(arrive: Arrive) -> None:
    drive, _, address = published(arrive)
    bar(drive, LOCAL)
    answer = bid(drive, "ord-jinshan", address, "596000")
    assert (answer.status_code, answer.json["code"]) == (409, "bid_refused")
    assert "评估弄虚作假" in answer.json["message"]
    assert bid(drive, "ord-tanbo", address, "580000").status_code == 201


@pytest.mark.rule("R-ORD-34")
def test_a_winner_barred_meanwhile_gets_nothing_and_another_is_determined(arrive: Arrive) -> None:
    drive, case = arrive("SettleQueries")
    bar(drive, GREEN)
    drive.complete(case, "SettleQueries")
    drive.complete(case, "SignContract")
    assert set(drive.open_steps(case)) == {"Commission", "Track"}
    assert offered(drive, case, "Commission", "body")[:2] == [CLEAR, LOCAL]
    drive.complete(case, "Commission", body=f"$option {LOCAL}")
    assert drive.items("ord-jinshan", case, "AcceptAssignment")


@pytest.mark.rule("R-ORD-14")
def test_the_winner_is_assigned_the_case_of_the_batch(arrive: Arrive) -> None:
    drive, case = arrive("AcceptAssignment")
    (row,) = drive.rows(assignments)
    assert (row.body_name, row.status) == (GREEN, "commissioned")
    assert drive.items("ord-tanbo", case, "AcceptAssignment")
    assert drive.items("ord-yelei", case, "AcceptAssignment") == []


@pytest.mark.rule("R-ORD-14")
def test_a_body_that_declines_is_replaced(arrive: Arrive) -> None:
    drive, case = arrive("AcceptAssignment")
    drive.complete(case, "AcceptAssignment", answer="decline", declineReason="力量不足。")
    assert "Commission" in drive.open_steps(case)


@pytest.mark.rule("R-YJ-9", "R-ORD-14")
def test_a_parameter_makes_a_commission_of_the_tender(arrive: Arrive) -> None:
    drive, case = arrive("ReportUp")
    change(drive, {"selection.mode": "commission"}, A2.slug)
    drive.complete(case, "ReportUp")
    assert set(drive.open_steps(case)) == {"Commission", "Track"}
