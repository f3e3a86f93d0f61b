"""A1, step 3: acceptance, supplement, refusal, withdrawal."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine.store.tables import clock_stops, deliveries

from .conftest import Arrive
from .drive import ZONE, Drive, Json, wrong_fields

MISSING: Json = {"c2": "missing", "decision": "supplement"}


def delivered(drive: Drive) -> list[str]:
    """The documents that were delivered, in order."""
    rows = sorted(drive.rows(deliveries), key=lambda row: row.delivered_at)
    return [row.document for row in rows]


@pytest.mark.rule("R-IM-14")
def test_a_supplement_is_told_delivered_and_answered(arrive: Arrive) -> None:
    drive, case = arrive("Accept")
    drive.complete(case, "Accept", **MISSING)
    drive.complete(case, "TellMissing")
    assert drive.open_steps(case) == ["AnswerSupplement"]
    assert delivered(drive) == ["补正告知书"]
    drive.wait(3)
    drive.complete(case, "AnswerSupplement")
    assert drive.open_steps(case) == ["Accept"]
    drive.complete(case, "Accept")
    assert drive.open_steps(case) == ["ReviewDocuments"] * 3
    assert drive.breaks(case) == []


@pytest.mark.rule("R-IM-14")
def test_a_supplement_that_is_not_answered_in_time_lapses(arrive: Arrive) -> None:
    drive, case = arrive("Accept")
    drive.complete(case, "Accept", **MISSING)
    drive.complete(case, "TellMissing")
    drive.wait(10)
    assert drive.open_steps(case) == ["AnswerSupplement"], "the last day is the applicant's"
    drive.wait(1)
    assert drive.outcome(case) == ("completed", "逾期未补正，申报失效")
    assert drive.items("zhaolei", case, "AnswerSupplement") == []


@pytest.mark.rule("R-IM-14")
def test_everything_missing_is_told_at_once_and_said_to_be_all(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Accept")
    drive.complete(case, "Accept", **MISSING)
    refused = drive.complete(case, "TellMissing", expect=422, allTold=False)
    assert wrong_fields(refused) == {"allTold"}
    drive.complete(case, "TellMissing")
    (item,) = drive.items("zhaolei", case, "AnswerSupplement")
    assert len(item["values"]["missing"]) == 2


@pytest.mark.rule("R-IM-14")
def test_every_missing_thing_must_be_answered(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Accept")
    drive.complete(case, "Accept", **MISSING)
    drive.complete(case, "TellMissing")
    (item,) = drive.items("zhaolei", case, "AnswerSupplement")
    data = drive.data(case, item, {})
    data["missing"][1].pop("answer")
    refused = drive.hand_in("zhaolei", item, data, expect=422)
    assert wrong_fields(refused) == {"missing.1.answer"}


@pytest.mark.rule("R-IM-14")
def test_a_second_supplement_must_say_why_it_was_not_told_the_first_time(
    arrive_once: Arrive,
) -> None:
    drive, case = arrive_once("Accept")
    drive.complete(case, "Accept", **MISSING)
    drive.walk(case, "Accept")
    refused = drive.complete(case, "Accept", expect=422, **MISSING)
    assert wrong_fields(refused) == {"again"}
    drive.complete(case, "Accept", again="补正材料中的票据年度有误。", **MISSING)
    assert drive.open_steps(case) == ["TellMissing"]


def test_material_that_is_missing_cannot_be_accepted(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Accept")
    refused = drive.complete(case, "Accept", expect=422, c7="missing")
    assert wrong_fields(refused) == {"decision"}


def test_the_clock_of_the_case_stands_still_during_a_supplement(arrive: Arrive) -> None:
    drive, case = arrive("Accept")
    drive.complete(case, "Accept", **MISSING)
    drive.complete(case, "TellMissing")
    assert drive.case(case)["clock_stopped"]
    drive.complete(case, "AnswerSupplement")
    assert not drive.case(case)["clock_stopped"]
    (stop,) = drive.rows(clock_stops)
    assert "补正" in stop.ground
    assert stop.to_at == drive.clock.now()


def test_the_limit_of_a_supplement_begins_with_its_delivery(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Accept")
    drive.complete(case, "Accept", **MISSING)
    drive.complete(case, "TellMissing", deliveryMethod="post")
    assert drive.open_steps(case) == ["DeliverNotice"]
    drive.wait(2)
    drive.complete(case, "DeliverNotice")
    (row,) = drive.rows(deliveries)
    assert (row.recipient, row.method) == ("孙静", "direct")
    assert row.delivered_at.astimezone(ZONE).date() == drive.today == date(2026, 3, 4)
    assert drive.due(case, "AnswerSupplement") == date(2026, 3, 18)


@pytest.mark.rule("R-IM-13")
def test_a_refusal_ends_the_case_and_its_reason_is_delivered(arrive: Arrive) -> None:
    drive, case = arrive("Accept")
    refused = drive.complete(case, "Accept", expect=422, decision="refuse")
    assert wrong_fields(refused) == {"reason"}
    drive.complete(case, "Accept", decision="refuse", reason="矿山不在本盟市辖区内。")
    assert drive.outcome(case) == ("completed", "不予受理")
    assert delivered(drive) == ["不予受理告知书"]


def test_the_acceptance_is_delivered_to_the_enterprise(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Accept")
    drive.complete(case, "Accept")
    (row,) = drive.rows(deliveries)
    assert row.document == "受理通知书"
    assert row.recipient == "鄂尔多斯市青峦演示煤业有限公司"
    assert datetime.fromisoformat(drive.history(case)[-1]["at"]) == row.delivered_at


def test_an_application_may_be_withdrawn_before_it_is_accepted(arrive: Arrive) -> None:
    drive, case = arrive("Accept")
    drive.call("sunjing", "POST", f"/cases/{case}/withdraw", {"reason": "材料需要重新整理"})
    assert drive.case(case)["status"] == "withdrawn"
    assert drive.open_steps(case) == []
    assert drive.items("wulan", case, "Accept") == []
    assert drive.breaks(case) == []


def test_an_accepted_application_cannot_be_withdrawn_any_more(arrive: Arrive) -> None:
    drive, case = arrive("Accept")
    drive.complete(case, "Accept")
    told = drive.call(
        "zhaolei", "POST", f"/cases/{case}/withdraw", {"reason": "材料需要重新整理"}, expect=409
    )
    assert "受理" in told["message"]
    assert drive.open_steps(case) == ["ReviewDocuments"] * 3


def test_nobody_but_the_applicant_withdraws(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Accept")
    drive.call("wulan", "POST", f"/cases/{case}/withdraw", {"reason": "代为撤回"}, expect=403)
    assert drive.open_steps(case) == ["Accept"]


def test_a_withdrawal_says_why(arrive_once: Arrive) -> None:
    drive, case = arrive_once("Accept")
    refused = drive.call("zhaolei", "POST", f"/cases/{case}/withdraw", {"reason": " "}, expect=422)
    assert wrong_fields(refused) == {"reason"}
    assert drive.case(case)["status"] == "open"
