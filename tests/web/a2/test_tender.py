"""A2, step 7: one open tender for a batch, its failures, the other way to choose a body."""

from __future__ import annotations

from typing import Any

import pytest

from domain.assessors.model import assignments
from domain.assessors.rules import BanKind
from domain.assessors.store import Banning, ban, present_bodies
from tests.web.a1.changing import change
from tests.web.chain.drive import Drive

from .chain import A2, CLEAR, GREEN, LOCAL
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


@pytest.mark.rule("R-ORD-14", "R-ORD-37")
def test_bids_are_open_for_twenty_days_and_not_one_less(arrive: Arrive) -> None:
    drive, case = arrive("PlanTender")
    drive.walk(case, "PublishTender")
    published = drive.today
    drive.complete(case, "PublishTender")
    while not drive.open_steps(case):
        drive.wait(1)
    assert drive.open_steps(case) == ["OpenBids"]
    assert (drive.today - published).days >= 20
    assert (drive.today - published).days <= 23, "the next working day at the latest"


@pytest.mark.rule("R-ORD-37")
def test_a_plan_the_government_does_not_approve_is_changed(arrive: Arrive) -> None:
    drive, case = arrive("PlanTender")
    drive.complete(case, "PlanTender")
    drive.complete(case, "ApprovePlan", decision="change", reason="补充回避条款。")
    assert drive.open_steps(case) == ["PlanTender"]


@pytest.mark.rule("R-ORD-37")
def test_too_few_bids_make_a_failed_tender_that_is_repeated(arrive: Arrive) -> None:
    drive, case = arrive("OpenBids")
    (item,) = drive.items("ord-tongla", case, "OpenBids")
    two = [o["value"] for f in item["fields"] if f["field"] == "bidders" for o in f["options"]][:2]
    drive.complete(case, "OpenBids", bidders=two)
    assert drive.open_steps(case) == ["PlanTender"]


@pytest.mark.rule("R-ORD-37")
def test_without_a_winner_the_tender_is_repeated(arrive: Arrive) -> None:
    drive, case = arrive("EvaluateBids")
    drive.complete(case, "EvaluateBids", winner="none")
    assert drive.open_steps(case) == ["PlanTender"]


@pytest.mark.rule("R-ORD-37")
def test_a_result_found_void_begins_the_tender_anew(arrive: Arrive) -> None:
    drive, case = arrive("SettleQueries")
    drive.complete(case, "SettleQueries", finding="void", reply="评标委员会成员应当回避。")
    assert drive.open_steps(case) == ["PlanTender"]


@pytest.mark.rule("R-ORD-34", "R-ORD-19")
def test_a_body_on_the_blacklist_may_not_bid(arrive: Arrive) -> None:
    drive, case = arrive("PlanTender")
    bar(drive, LOCAL)
    drive.walk(case, "OpenBids")
    assert offered(drive, case, "OpenBids", "bidders") == [CLEAR, GREEN]


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
