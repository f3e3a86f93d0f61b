"""Tenders in the database: what may be read when, and by whom; every attack that was thought of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from desk import Desk
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from tendering import PHRASES, TERMS, Tendering, build_tendering

from domain.assessors.rules import AssignmentStatus, BanKind
from domain.assessors.store import Banning, assignment_of, ban, record_tie
from domain.tender.evaluation import (
    assign_case,
    committee_of,
    draw_committee,
    freeze_committee,
    record_contract,
    record_result,
    recuse,
    reopen_evaluation,
    score_bid,
    valid_bids,
)
from domain.tender.model import bids, tender_shares
from domain.tender.openings import check_bids, open_tender, openings_of
from domain.tender.rules import (
    BidRefused,
    Failure,
    NotYet,
    TenderInvalid,
    TenderStands,
    TenderStatus,
)
from domain.tender.sealing import (
    PassphraseWrong,
    SealBroken,
    address_of,
    make_box_key,
    open_inner,
    open_outer,
    unwrap_key,
)
from domain.tender.store import (
    bids_of,
    close_bids,
    load_tender,
    officer_of,
    officers_of,
    report_lost,
    take_bid,
    tender_of_case,
    withdraw_bid,
)
from engine.errors import Conflict, Forbidden, LuchengError, NotFound
from engine.store.metadata import TENANT, tenant_tables
from engine.store.tables import cases

PRICE, DOCUMENT = "1357913.57", "技术方案：无人机航测全区矿山".encode()
SEED = "5f" * 16


@pytest.fixture
def tender(desk: Desk) -> Tendering:
    return build_tendering(desk)


@pytest.fixture
def bidders(tender: Tendering) -> list[Any]:
    return [tender.body("甲评估", "T1"), tender.body("乙评估", "T2")]


def everything_stored(desk: Desk) -> bytes:
    """Every value of every row of the tenant, text and bytes, in one heap."""
    heap = b""
    with desk.tx() as tx:
        for table in tenant_tables():
            for row in tx.all(select(table).where(table.c.tenant_id == TENANT)):
                for value in row:
                    raw = value if isinstance(value, bytes) else repr(value).encode()
                    heap += bytes(raw) + b"\n"
    return heap


def everywhere_read(desk: Desk) -> list[Any]:
    with desk.tx() as tx:
        return list(tx.all(select(tender_shares).where(tender_shares.c.tenant_id == TENANT)))


# ---------------------------------------------------------------- unreadable before the opening


def test_before_the_opening_nobody_reads_a_bid_even_with_the_database(
    tender: Tendering, bidders: list[Any]
) -> None:
    tender.bid(bidders[0], PRICE, DOCUMENT)
    tender.close()
    heap = everything_stored(tender.desk)
    hidden = (PRICE.encode(), DOCUMENT, DOCUMENT.hex().encode(), DOCUMENT[:12])
    assert not [secret for secret in hidden if secret in heap]
    with tender.desk.tx() as tx:
        officers = officers_of(tx, tender.id)
        sealed = tx.scalar(select(bids.c.sealed).where(bids.c.tenant_id == TENANT))
    shares = {(str(s.first), str(s.second)): s.box for s in everywhere_read(tender.desk)}
    keys = {}
    for officer in officers:
        for phrase in PHRASES:
            try:
                keys[str(officer.membership_id)] = unwrap_key(
                    officer.public, officer.wrapped, phrase
                )
            except PassphraseWrong:
                continue
    assert len(keys) == 3
    for alone, key in keys.items():
        reached = [sealed]
        for (first, second), box in shares.items():
            if first == alone:
                reached.append(open_outer(key, box, str(tender.id), first, second))
                continue
            with pytest.raises(SealBroken):
                open_outer(key, box, str(tender.id), first, second)
        for box in [*reached, *shares.values()]:
            for first, second in permutations(keys, 2):
                with pytest.raises(SealBroken):
                    open_inner(key, box, str(tender.id), first, second)
        assert not [one for one in reached if PRICE.encode() in one or DOCUMENT in one]


def test_two_officers_read_everything_and_it_is_recorded(
    tender: Tendering, bidders: list[Any]
) -> None:
    receipts = [tender.bid(bidders[0], PRICE, DOCUMENT), tender.bid(bidders[1], "99.5")]
    tender.opened()
    with tender.desk.tx() as tx:
        found = bids_of(tx, tender.id)
        first, second = openings_of(tx, tender.id)
        document = tx.scalar(
            select(bids.c.file).where(bids.c.tenant_id == TENANT, bids.c.id == found[0].id)
        )
    assert [row.price for row in found] == [PRICE, "99.5"]
    assert bytes(document) == DOCUMENT
    assert (first.officer, second.officer) == (
        tender.officers[0].membership_id,
        tender.officers[2].membership_id,
    )
    assert (first.bids, [b["digest"] for b in second.bids]) == ([], [r.digest for r in receipts])
    assert tender.row().status == TenderStatus.OPENED


# ---------------------------------------------------------------- attacks


def test_a_bid_of_another_body_does_not_open(tender: Tendering, bidders: list[Any]) -> None:
    """Somebody with the database copies what one body sealed into the row of another."""
    tender.bid(bidders[0], PRICE)
    tender.bid(bidders[1], "1")
    stolen = tender.sealed(bidders[0], PRICE)
    with tender.desk.tx() as tx:
        tx.update(
            bids,
            bids.c.body_id == bidders[1].body_id,
            sealed=stolen,
            digest=address_of(stolen),
        )
    tender.opened()
    with tender.desk.tx() as tx:
        rows = {row.body_name: row for row in bids_of(tx, tender.id)}
    assert (rows["甲评估"].price, rows["乙评估"].price) == (PRICE, None)
    assert rows["乙评估"].status == "invalid"
    assert rows["乙评估"].faults[0]["code"] == "seal_broken"


def test_an_altered_bid_costs_that_bid_only(tender: Tendering, bidders: list[Any]) -> None:
    tender.bid(bidders[0], PRICE)
    sealed = bytearray(tender.sealed(bidders[1], "1"))
    with tender.desk.tx() as tx:
        receipt = take_bid(tx, bidders[1], tender.id, bytes(sealed), tender.desk.clock.now())
        sealed[-1] ^= 1
        tx.update(bids, bids.c.digest == receipt.digest, sealed=bytes(sealed))
    tender.opened()
    with tender.desk.tx() as tx:
        assert [row.price for row in bids_of(tx, tender.id)] == [PRICE, None]


def test_a_bid_to_another_round_or_tender_does_not_open(desk: Desk) -> None:
    one, two = build_tendering(desk), build_tendering(desk)
    bidder = one.body("甲评估", "T1")
    two.people = one.people
    other = two.body("乙评估", "T2")
    replayed = one.sealed(bidder, PRICE)
    with desk.tx() as tx:
        take_bid(tx, bidder, two.id, replayed, desk.clock.now())
    two.bid(other, "5")
    two.opened()
    with desk.tx() as tx:
        assert [row.price for row in bids_of(tx, two.id)] == [None, "5"]


def test_the_same_sealed_bid_is_not_kept_twice(tender: Tendering, bidders: list[Any]) -> None:
    sealed = tender.sealed(bidders[0], PRICE)
    now = tender.desk.clock.now()
    with tender.desk.tx() as tx:
        take_bid(tx, bidders[0], tender.id, sealed, now)
    with pytest.raises(IntegrityError), tender.desk.tx() as tx:
        take_bid(tx, bidders[1], tender.id, sealed, now)
    with tender.desk.tx() as tx:
        assert len(bids_of(tx, tender.id)) == 1


def test_nobody_opens_before_the_time_or_while_bids_may_come(
    tender: Tendering, bidders: list[Any]
) -> None:
    for bidder in bidders:
        tender.bid(bidder, PRICE)
    with pytest.raises(NotYet):
        tender.opens(0)
    tender.close()
    with pytest.raises(NotYet):
        tender.opens(0)
    tender.until(tender.row().opens_at - timedelta(seconds=1))
    with pytest.raises(NotYet):
        tender.opens(0)
    assert not [share for share in everywhere_read(tender.desk) if share.left is not None]


def test_what_was_closed_stays_closed_when_the_clock_goes_back(
    tender: Tendering, bidders: list[Any]
) -> None:
    before = tender.desk.clock.now()
    for bidder in bidders:
        tender.bid(bidder, PRICE)
    tender.close()
    tender.until(before)
    with pytest.raises(BidRefused):
        tender.bid(bidders[0], "1")
    tender.until(tender.row().opens_at)
    tender.opens(0)
    tender.until(tender.row().opens_at - timedelta(days=1))
    with pytest.raises(NotYet):
        tender.opens(1)
    tender.until(tender.row().opens_at)
    assert tender.opens(1) == "second"


def test_one_officer_does_not_open_twice(tender: Tendering, bidders: list[Any]) -> None:
    for bidder in bidders:
        tender.bid(bidder, PRICE)
    tender.close()
    tender.until(tender.row().opens_at)
    assert tender.opens(1) == "first"
    with pytest.raises(Conflict) as refused:
        tender.opens(1)
    assert refused.value.code == "same_officer"
    with tender.desk.tx() as tx:
        assert [row.price for row in bids_of(tx, tender.id)] == [None, None]


def test_who_is_no_officer_or_holds_another_key_opens_nothing(
    tender: Tendering, bidders: list[Any]
) -> None:
    for bidder in bidders:
        tender.bid(bidder, PRICE)
    tender.close()
    tender.until(tender.row().opens_at)
    now = tender.desk.clock.now()
    stranger = tender.desk.person("旁人")
    for who, refusal in ((stranger, Forbidden), (tender.officers[0], SealBroken)):
        with pytest.raises(refusal), tender.desk.tx() as tx:
            open_tender(tx, who, tender.id, make_box_key(), now)
    with tender.desk.tx() as tx:
        row = officer_of(tx, tender.id, tender.officers[0])
    with pytest.raises(PassphraseWrong):
        unwrap_key(row.public, row.wrapped, PHRASES[1])


def test_another_tenant_meets_nothing(
    tender: Tendering, bidders: list[Any], other_desk: Desk
) -> None:
    tender.bid(bidders[0], PRICE)
    foreign = other_desk.person("外单位投标人", "assessor", body_id=bidders[0].body_id)
    for act in (
        lambda tx: load_tender(tx, tender.id),
        lambda tx: take_bid(tx, foreign, tender.id, b"x", other_desk.clock.now()),
        lambda tx: withdraw_bid(tx, foreign, tender.id, other_desk.clock.now()),
        lambda tx: open_tender(tx, foreign, tender.id, make_box_key(), other_desk.clock.now()),
    ):
        with pytest.raises(NotFound), other_desk.tx() as tx:
            act(tx)
    with other_desk.tx() as tx:
        assert not bids_of(tx, tender.id)


# ---------------------------------------------------------------- bids


def test_a_bid_is_replaced_and_withdrawn_until_the_end(
    tender: Tendering, bidders: list[Any]
) -> None:
    one, two = tender.bid(bidders[0], "2"), tender.bid(bidders[0], "1")
    now = tender.desk.clock.now()
    with tender.desk.tx() as tx:
        withdraw_bid(tx, bidders[0], tender.id, now)
        rows = bids_of(tx, tender.id, body_id=bidders[0].body_id)
        gone = tx.all(select(bids.c.sealed).where(bids.c.tenant_id == TENANT))
    assert {row.digest: row.status for row in rows} == {
        one.digest: "replaced",
        two.digest: "withdrawn",
    }
    assert {bytes(row.sealed) for row in gone} == {b""}
    with pytest.raises(NotFound), tender.desk.tx() as tx:
        withdraw_bid(tx, bidders[0], tender.id, now)


def test_a_late_bid_is_refused_and_only_bodies_bid(tender: Tendering, bidders: list[Any]) -> None:
    clerk = tender.desk.person("办事员")
    with pytest.raises(Forbidden), tender.desk.tx() as tx:
        take_bid(tx, clerk, tender.id, b"x", tender.desk.clock.now())
    tender.until(tender.row().bids_until)
    with pytest.raises(BidRefused):
        tender.bid(bidders[0], "1")
    with pytest.raises(BidRefused), tender.desk.tx() as tx:
        withdraw_bid(tx, bidders[0], tender.id, tender.desk.clock.now())


def test_bidding_is_not_closed_before_its_end(tender: Tendering) -> None:
    with pytest.raises(NotYet), tender.desk.tx() as tx:
        close_bids(tx, load_tender(tx, tender.id, lock=True), tender.desk.clock.now())


# ---------------------------------------------------------------- failures and rounds


def test_too_few_bids_fail_the_tender_and_it_repeats(tender: Tendering, bidders: list[Any]) -> None:
    first = tender.id
    tender.bid(bidders[0], "1")
    assert tender.close() == Failure.FEW_BIDS
    again = tender.publish()
    assert (again.id != first, again.round, again.status) == (True, 2, TenderStatus.BIDDING)
    assert tender.publish().id == again.id  # one that runs is not published twice
    with tender.desk.tx() as tx:
        assert load_tender(tx, first).failed_why == Failure.FEW_BIDS


def test_two_lost_passphrases_fail_the_tender(tender: Tendering, bidders: list[Any]) -> None:
    for bidder in bidders:
        tender.bid(bidder, "1")
    now, found = tender.desk.clock.now(), []
    for officer in (tender.officers[0], tender.officers[0], tender.officers[1]):
        with tender.desk.tx() as tx:
            found.append(report_lost(tx, officer, tender.id, now))
    assert found == [None, None, Failure.LOST_PASSPHRASES]
    assert tender.row().status == TenderStatus.FAILED
    with pytest.raises(TenderStands), tender.desk.tx() as tx:
        report_lost(tx, tender.officers[2], tender.id, now)


def test_officers_need_keys_and_the_notice_its_days(tender: Tendering) -> None:
    tender.batch_id = tender.desk.batch("tender", *tender.cases)
    now = tender.desk.clock.now()
    nobody = tuple(tender.desk.person(n).membership_id for n in "ABC")
    plan = tender.publication().plan
    short = replace(plan, bids_until=now + timedelta(days=19))
    for changed, refusal in (({"officers": nobody}, Conflict), ({"plan": short}, TenderInvalid)):
        with pytest.raises(refusal):
            tender.publish(**changed)


# ---------------------------------------------------------------- evaluation


@pytest.fixture
def judged(tender: Tendering, bidders: list[Any]) -> Tendering:
    for bidder, price in zip(bidders, ("1100000", "900000"), strict=True):
        tender.bid(bidder, price)
    tender.opened()
    with tender.desk.tx() as tx:
        row = load_tender(tx, tender.id, lock=True)
        found, failure = check_bids(tx, tender.desk.office, row, tender.desk.clock.now())
    assert ([c.obstacles for c in found], failure) == ([(), ()], None)
    return tender


def drawn(tender: Tendering, size: int = 5) -> list[Any]:
    """A committee drawn from experts."""
    desk = tender.desk
    pool = [desk.person(f"专家{n}", "expert") for n in range(size)]
    pool += tender.officers
    by = desk.person("招标经办")
    with desk.tx() as tx:
        row = load_tender(tx, tender.id, lock=True)
        freeze_committee(tx, desk.office, row, pool, by, desk.clock.now())
    desk.clock.advance(timedelta(minutes=1))
    with desk.tx() as tx:
        found = draw_committee(tx, load_tender(tx, tender.id, lock=True), SEED, desk.clock.now())
    names = {person.membership_id: person for person in pool}
    return [(row.status, names[row.membership_id]) for row in found]


def test_the_committee_is_drawn_from_a_frozen_pool_without_bidders_and_openers(
    judged: Tendering,
) -> None:
    members = drawn(judged)
    assert [status for status, _ in members] == ["seated"] * 3 + ["reserve"] * 2
    openers = {o.membership_id for o in judged.officers}
    assert not openers & {who.membership_id for _, who in members}


def test_pool_and_seed_are_not_made_in_one_step(judged: Tendering, bidders: list[Any]) -> None:
    desk = judged.desk
    pool = [desk.person(f"专家{n}", "expert") for n in range(3)]
    with desk.tx() as tx:
        row, now = load_tender(tx, judged.id, lock=True), desk.clock.now()
        with pytest.raises(Conflict) as refused:
            freeze_committee(tx, desk.office, row, [*pool[:2], *bidders], pool[0], now)
        assert refused.value.code == "small_pool"
        freeze_committee(tx, desk.office, row, pool, pool[0], now)
        frozen = load_tender(tx, judged.id)
        with pytest.raises(Conflict) as refused:
            draw_committee(tx, frozen, SEED, now)
        assert refused.value.code == "draw_at_once"


def test_who_steps_back_is_followed_by_the_next_rank(judged: Tendering) -> None:
    members = drawn(judged)
    leaving, following = members[0][1], members[3][1]
    with judged.desk.tx() as tx:
        now = judged.desk.clock.now()
        recuse(tx, leaving, judged.id, "曾在投标机构任职", now)
        found = {row.membership_id: row for row in committee_of(tx, judged.id)}
    assert found[leaving.membership_id].status == "recused"
    assert found[following.membership_id].status == "seated"
    with pytest.raises(Forbidden), judged.desk.tx() as tx:
        recuse(tx, leaving, judged.id, "再次", now)


def score_everything(judged: Tendering, members: list[Any], points: dict[str, str]) -> None:
    now = judged.desk.clock.now()
    for status, who in members:
        if status != "seated":
            continue
        with judged.desk.tx() as tx:
            for row in valid_bids(tx, judged.id):
                given = {"team": Decimal(points[row.body_name])}
                score_bid(tx, who, row.id, given, now)


def test_result_contract_and_assignment_follow_the_table(judged: Tendering) -> None:
    desk, members = judged.desk, drawn(judged)
    with pytest.raises(Conflict), desk.tx() as tx:
        record_result(tx, load_tender(tx, judged.id, lock=True), desk.clock.now())
    score_everything(judged, members, {"甲评估": "69", "乙评估": "60"})
    with desk.tx() as tx:
        ranking = record_result(tx, load_tender(tx, judged.id, lock=True), desk.clock.now())
    assert [str(line.total) for line in ranking] == ["93.55", "90.00"]
    with desk.tx() as tx:
        row = load_tender(tx, judged.id, lock=True)
        assert [line["body"] for line in row.result["ranking"]] == ["甲评估", "乙评估"]
        record_contract(tx, row, "合〔2026〕1", desk.today)
    for case_id in judged.cases:
        with desk.tx() as tx:
            row = load_tender(tx, judged.id, lock=True)
            assert assign_case(tx, desk.office, row, case_id, None, desk.clock.now()) == ()
    with desk.tx() as tx:
        running = [assignment_of(tx, case_id) for case_id in judged.cases]
        latest = tender_of_case(tx, judged.cases[0])
    assert (latest.id, latest.status) == (judged.id, TenderStatus.ASSIGNED)
    assert {(r.body_name, r.status) for r in running} == {("甲评估", AssignmentStatus.COMMISSIONED)}


def test_an_upheld_objection_takes_the_result_back(judged: Tendering) -> None:
    desk, members = judged.desk, drawn(judged)
    score_everything(judged, members, {"甲评估": "69", "乙评估": "60"})
    with desk.tx() as tx:
        record_result(tx, load_tender(tx, judged.id, lock=True), desk.clock.now())
    with desk.tx() as tx:
        reopen_evaluation(tx, load_tender(tx, judged.id, lock=True))
    assert (judged.row().winner_id, judged.row().result) == (None, None)
    score_everything(judged, members, {"甲评估": "10", "乙评估": "60"})
    with desk.tx() as tx:
        record_result(tx, load_tender(tx, judged.id, lock=True), desk.clock.now())
    assert judged.row().result["ranking"][0]["body"] == "乙评估"


def test_who_has_no_seat_scores_nothing(judged: Tendering) -> None:
    members = drawn(judged)
    with judged.desk.tx() as tx:
        bid = valid_bids(tx, judged.id)[0].id
    for who in (members[4][1], judged.desk.person("旁人")):
        with pytest.raises(Forbidden), judged.desk.tx() as tx:
            score_bid(tx, who, bid, {"team": Decimal(1)}, judged.desk.clock.now())


@pytest.mark.rule("R-ORD-34")
@pytest.mark.rule("R-ORD-35")
@pytest.mark.rule("R-NAT-18")
def test_bids_of_the_banned_the_tied_and_the_paid_do_not_count(
    tender: Tendering, bidders: list[Any]
) -> None:
    desk, now = tender.desk, tender.desk.clock.now()
    paid, tied = tender.body("丙评估", "T3"), tender.body("丁评估", "T4")
    holder = desk.enterprise("某矿业", "E1")
    with desk.tx() as tx:
        tx.update(cases, cases.c.id == tender.cases[1], principal=f"enterprise:{holder}")
        record_tie(tx, tied.body_id, holder, None, now, ground="同一控制人")
        person = tender.people[bidders[1].body_id][2]
        for kind, subject in ((BanKind.BODY, bidders[0].body_id), (BanKind.PERSON, person)):
            ban(tx, Banning(kind, subject, "某某", desk.today, None, "弄虚作假"), None, now)
    for bidder in (*bidders, tied):
        tender.bid(bidder, "10")
    tender.bid(paid, "10", takes_no_fee=False)
    tender.opened()
    with desk.tx() as tx:
        row = load_tender(tx, tender.id, lock=True)
        found, failure = check_bids(tx, desk.office, row, desk.clock.now())
        told = {row.body_name: row.status for row in bids_of(tx, tender.id)}
    assert {c.body_name: [o.code for o in c.obstacles] for c in found} == {
        "甲评估": ["banned"],
        "乙评估": ["banned_person"],
        "丙评估": ["fee"],
        "丁评估": ["tied"],
    }
    assert (failure, set(told.values())) == (Failure.NO_VALID_BID, {"invalid"})
    assert tender.row().status == TenderStatus.FAILED


def test_no_bid_is_judged_before_it_is_open(tender: Tendering) -> None:
    with pytest.raises(LuchengError), tender.desk.tx() as tx:
        check_bids(tx, tender.desk.office, load_tender(tx, tender.id), tender.desk.clock.now())


def test_terms_stand_on_the_tender_as_they_were_published(tender: Tendering) -> None:
    assert tender.row().terms["leastBids"] == TERMS.least_bids
