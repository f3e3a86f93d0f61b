"""Dates, statuses, failures and obstacles of a tender."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from domain.assessors.rules import Ban
from domain.tender.envelope import pack_offer, read_price, unpack_offer
from domain.tender.rules import (
    TRANSITIONS,
    BidRefused,
    Criterion,
    Failure,
    NotYet,
    Offer,
    Person,
    Plan,
    TenderInvalid,
    TenderStands,
    TenderStatus,
    Terms,
    check_opening,
    check_plan,
    check_taking,
    failure_of_bids,
    failure_of_officers,
    next_status,
    offer_obstacles,
    team_obstacles,
)
from domain.tender.sealing import SealBroken
from engine.errors import Invalid

ZONE = ZoneInfo("Asia/Shanghai")
DAY = dt.date(2026, 3, 1)
BEGUN = dt.datetime(2026, 3, 1, 9, tzinfo=ZONE)
UNTIL = dt.datetime(2026, 3, 21, 9, tzinfo=ZONE)
TERMS = Terms(20, 3, 5, Decimal(100), ("地质", "采矿"))
PLAN = Plan(
    title="第三方评估机构招标",
    body="招标公告正文",
    contact="0477-1234567",
    bids_from=BEGUN,
    bids_until=UNTIL,
    opens_at=UNTIL,
    criteria=(
        Criterion("price", "报价", Decimal(30), by_price=True),
        Criterion("team", "人员", Decimal(70)),
    ),
)
MINUTE = dt.timedelta(minutes=1)


@pytest.mark.rule("R-ORD-37")
def test_the_least_number_of_days_is_the_parameters() -> None:
    check_plan(PLAN, TERMS, ZONE)
    for terms, until in ((replace(TERMS, least_days=21), UNTIL), (TERMS, UNTIL - MINUTE * 1440)):
        with pytest.raises(TenderInvalid) as refused:
            check_plan(replace(PLAN, bids_until=until, opens_at=UNTIL), terms, ZONE)
        assert [e["field"] for e in refused.value.facts["errors"]] == ["bidsUntil"]  # type: ignore[attr-defined]


def test_days_are_those_of_the_authoritys_calendar() -> None:
    late = dt.datetime(2026, 2, 28, 17, tzinfo=dt.UTC)  # 1 March there
    check_plan(replace(PLAN, bids_from=late), TERMS, ZONE)
    check_plan(replace(PLAN, bids_from=late - MINUTE * 120), replace(TERMS, least_days=21), ZONE)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"),
        ({"body": ""}, "body"),
        ({"opens_at": UNTIL - MINUTE}, "opensAt"),
        ({"criteria": ()}, "criteria"),
        ({"criteria": PLAN.criteria[:1]}, "criteria"),
        ({"criteria": (Criterion("a", "甲", Decimal(50)),) * 2}, "criteria"),
        ({"criteria": (Criterion("a", "甲", Decimal("NaN")),)}, "criteria"),
    ],
)
def test_an_incomplete_plan_names_its_faults(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(TenderInvalid) as refused:
        check_plan(replace(PLAN, **changed), TERMS, ZONE)
    assert field in [e["field"] for e in refused.value.facts["errors"]]  # type: ignore[attr-defined]


def test_every_status_is_in_the_table_and_failed_is_final() -> None:
    assert set(TRANSITIONS) == set(TenderStatus)
    assert not TRANSITIONS[TenderStatus.FAILED]
    with pytest.raises(TenderStands):
        next_status(TenderStatus.BIDDING, TenderStatus.OPENED)


@pytest.mark.parametrize(
    ("status", "now", "taken"),
    [
        (TenderStatus.BIDDING, BEGUN - MINUTE, False),
        (TenderStatus.BIDDING, BEGUN, True),
        (TenderStatus.BIDDING, UNTIL - MINUTE, True),
        (TenderStatus.BIDDING, UNTIL, False),
        (TenderStatus.CLOSED, BEGUN, False),  # a clock that was set back
    ],
)
def test_bids_come_while_they_may(status: TenderStatus, now: dt.datetime, taken: bool) -> None:
    if taken:
        check_taking(status, BEGUN, UNTIL, now)
        return
    with pytest.raises(BidRefused):
        check_taking(status, BEGUN, UNTIL, now)


@pytest.mark.parametrize(
    ("status", "closed", "now", "refusal"),
    [
        (TenderStatus.CLOSED, UNTIL, UNTIL - MINUTE, NotYet),
        (TenderStatus.CLOSED, UNTIL + MINUTE, UNTIL, NotYet),
        (TenderStatus.BIDDING, None, UNTIL, TenderStands),
        (TenderStatus.OPENED, UNTIL, UNTIL, TenderStands),
        (TenderStatus.FAILED, None, UNTIL, TenderStands),
        (TenderStatus.CLOSED, UNTIL, UNTIL, None),
        (TenderStatus.OPENING, UNTIL, UNTIL, None),
    ],
)
def test_opening_has_its_time(
    status: TenderStatus, closed: Any, now: dt.datetime, refusal: Any
) -> None:
    if refusal is None:
        check_opening(status, closed, UNTIL, now)
        return
    with pytest.raises(refusal):
        check_opening(status, closed, UNTIL, now)


def test_two_lost_passphrases_fail_a_tender_and_one_does_not() -> None:
    assert [failure_of_officers(3, lost) for lost in range(4)] == [
        None,
        None,
        Failure.LOST_PASSPHRASES,
        Failure.LOST_PASSPHRASES,
    ]


def test_fewer_bids_than_the_parameter_fail_a_tender() -> None:
    assert [failure_of_bids(n, 3) for n in (2, 3)] == [Failure.FEW_BIDS, None]


@pytest.mark.rule("R-ORD-34")
@pytest.mark.rule("R-ORD-35")
@pytest.mark.rule("R-NAT-16")
def test_people_are_of_the_body_not_banned_and_cover_the_disciplines() -> None:
    body, other = uuid4(), uuid4()
    ban = Ban(DAY, None, "弄虚作假")
    good = Person(uuid4(), "甲", body, frozenset({"地质", "采矿"}))
    assert not list(team_obstacles(body, [good], TERMS.disciplines, DAY))
    found = [
        [o.code for o in team_obstacles(body, team, TERMS.disciplines, DAY)]
        for team in (
            [replace(good, body_id=other)],
            [replace(good, bans=(ban,))],
            [replace(good, disciplines=frozenset({"地质"}))],
            [],
        )
    ]
    assert found == [
        ["foreign_person"],
        ["banned_person"],
        ["discipline"],
        ["discipline", "discipline"],
    ]


@pytest.mark.rule("R-NAT-18")
def test_an_offer_declares_that_no_fee_is_taken() -> None:
    good = Offer(Decimal(1), (), takes_no_fee=True)
    assert not list(offer_obstacles(good))
    assert [o.code for o in offer_obstacles(replace(good, takes_no_fee=False))] == ["fee"]
    assert [o.code for o in offer_obstacles(replace(good, price=Decimal(0)))] == ["price"]


def test_an_offer_comes_back_from_its_envelope() -> None:
    offer = Offer(
        Decimal("1200000.50"), (uuid4(), uuid4()), takes_no_fee=True, file_name="标书.pdf"
    )
    assert unpack_offer(pack_offer(offer, b"%PDF-\x00")) == (offer, b"%PDF-\x00")
    for broken in (b"", b"\x00\x00\x00\x02{}", b"\xff\xff\xff\xff"):
        with pytest.raises(SealBroken):
            unpack_offer(broken)


@pytest.mark.parametrize("typed", ["", "0", "-1", "1.001", "NaN", "Infinity", "1e40", "一万"])
def test_what_is_no_amount_is_no_price(typed: str) -> None:
    with pytest.raises(Invalid):
        read_price(typed)
    assert read_price("1,200,000.5") == Decimal("1200000.5")
