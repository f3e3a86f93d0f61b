"""The service tasks of a tender, as two cases of one batch come by, each on its own."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from desk import Desk
from sqlalchemy import select
from tendering import DISCIPLINES, PHRASES, Tendering, fresh_key

from domain.assessors.store import assignment_of, record_tie
from domain.tender.evaluation import score_bid, valid_bids
from domain.tender.store import keep_opening_key, tender_of_case
from engine.actors import Actor, load_actor
from engine.errors import Conflict, LuchengError
from engine.store.metadata import TENANT
from engine.store.tables import batches, cases
from webapp.bindings.inputs import InputInvalid
from webapp.bindings.registry import all_bindings

BINDINGS = all_bindings()


@pytest.fixture
def lot(desk: Desk) -> Tendering:
    """A batch of two cases, officers with keys, no tender yet."""
    made = Tendering(desk)
    made.officers = [desk.person(f"开标人{n}", roles=[("tender-opener", "")]) for n in "甲乙丙"]
    for officer, phrase in zip(made.officers, PHRASES, strict=True):
        key, wrapped = fresh_key(phrase)
        with desk.tx() as tx:
            keep_opening_key(tx, officer, key.public, wrapped, desk.clock.now())
    made.cases = [desk.case(), desk.case()]
    made.batch_id = desk.batch("tender", *made.cases)
    return made


def call(lot: Tendering, task: str, case_id: UUID, **given: Any) -> Any:
    binding, actor = BINDINGS.get(f"tender.{task}"), lot.officers[0]
    assert binding is not None
    with lot.desk.tx() as tx:
        result = binding(lot.desk.context(case_id, tx=tx, actor=actor), given)
    assert set(result or ()) == BINDINGS.results[f"tender.{task}"]
    return result


def each(lot: Tendering, task: str, **given: Any) -> Any:
    """What the first case is given; the second is given the same."""
    one, two = (call(lot, task, case_id, **given) for case_id in lot.cases)
    assert one == two
    return one


def opened_for_bids(lot: Tendering, **changed: Any) -> Any:
    with lot.desk.tx() as tx:
        number = tx.scalar(
            select(batches.c.number).where(
                batches.c.tenant_id == TENANT, batches.c.id == lot.batch_id
            )
        )
    given: dict[str, Any] = {
        "batch": number,
        "officers": ["tender-opener"],
        "title": "第三方评估机构招标",
        "body": "招标公告正文",
        "days": Decimal(21),
        "leastDays": Decimal(20),
        "leastBids": Decimal(2),
        "committee": Decimal(3),
        "total": Decimal(100),
        "disciplines": list(DISCIPLINES),
        "criteria": [
            {"title": "报价", "points": Decimal(30), "byPrice": "yes", "code": "price"},
            {"title": "人员", "points": Decimal(70), "code": "team"},
        ],
    }
    found = each(lot, "open", **{**given, **changed})
    with lot.desk.tx() as tx:
        lot.id = tender_of_case(tx, lot.cases[0]).id
    return found


def experts(desk: Desk, count: int) -> list[Actor]:
    return [desk.person(f"专家{n}", "expert", roles=[("expert", "")]) for n in range(count)]


def test_two_cases_go_through_one_tender(lot: Tendering) -> None:
    desk = lot.desk
    assert opened_for_bids(lot)["round"] == 1
    bidders = [lot.body("甲评估", "B1"), lot.body("乙评估", "B2")]
    for bidder, price in zip(bidders, ("110", "90"), strict=True):
        lot.bid(bidder, price)
    lot.until(lot.row().bids_until)
    assert each(lot, "close-bids") == {
        "bids": 2,
        "failed": False,
        "reason": "",
        "told": "",
    }
    experts(desk, 4)
    assert each(lot, "check-opening", pool=["expert"])["opened"] is False
    lot.opens(0)
    lot.opens(1)
    judged = each(lot, "check-opening", pool=["expert"])
    assert judged["bids"] == [
        {"body": name, "valid": True, "reasons": []} for name in ("甲评估", "乙评估")
    ]
    with pytest.raises(Conflict) as refused:
        call(lot, "draw-committee", lot.cases[0])
    assert refused.value.code == "draw_at_once"
    desk.clock.advance(timedelta(minutes=1))
    members = each(lot, "draw-committee")["members"]
    early = each(lot, "record-result")
    assert (early["winner"], len(early["waiting"])) == ("", 3)
    for member in members:
        with desk.tx() as tx:
            who = load_actor(tx, UUID(member["value"].removeprefix("person:")))
            assert who is not None
            for row in valid_bids(tx, lot.id):
                score_bid(tx, who, row.id, {"team": Decimal(60)}, desk.clock.now())
    result = each(lot, "record-result")
    assert result["winner"] == f"body:{bidders[1].body_id}"
    assert [(line["rank"], line["body"]) for line in result["ranking"]] == [
        (1, "乙评估"),
        (2, "甲评估"),
    ]
    assert each(lot, "reopen-evaluation") == {"reopened": True}
    assert each(lot, "record-result") == result
    each(lot, "record-contract", number="合〔2026〕1", signedOn="2026-05-01")
    holder = desk.enterprise("某矿业", "E1")
    with desk.tx() as tx:
        tx.update(cases, cases.c.id == lot.cases[1], principal=f"enterprise:{holder}")
        tied = bidders[1].body_id
        assert tied is not None
        record_tie(tx, tied, holder, None, desk.clock.now(), ground="同一控制人")
    done = [call(lot, "assign", case_id) for case_id in lot.cases]
    assert [row["assigned"] for row in done] == [True, False]
    assert "同一控制人" in done[1]["reasons"][0]
    with desk.tx() as tx:
        found = [assignment_of(tx, case_id) for case_id in lot.cases]
    assert (found[0].body_name, found[1]) == ("乙评估", None)


def test_a_failed_tender_is_told_to_every_case_and_repeats(lot: Tendering) -> None:
    first = opened_for_bids(lot)
    lot.until(lot.row().bids_until)
    assert each(lot, "close-bids") == {
        "bids": 0,
        "failed": True,
        "reason": "few_bids",
        "told": "投标不足规定家数",
    }
    again = opened_for_bids(lot)
    assert (again["round"], again["tender"] != first["tender"]) == (2, True)
    assert each(lot, "check-opening", pool=["expert"])["failed"] is False


def test_a_notice_too_short_or_without_three_officers_is_not_published(lot: Tendering) -> None:
    for changed, code in (
        ({"days": Decimal(12)}, "tender_invalid"),
        ({"officers": [f"person:{lot.officers[0].membership_id}"]}, "officers"),
        ({"criteria": [{"title": "报价", "points": Decimal(30)}]}, "tender_invalid"),
    ):
        with pytest.raises(LuchengError) as refused:
            opened_for_bids(lot, **changed)
        assert refused.value.code == code


@pytest.mark.parametrize(
    "changed",
    [
        {"batch": "没有"},
        {"days": None},
        {"leastBids": Decimal("1.5")},
        {"criteria": []},
        {"criteria": ["报价"]},
        {"criteria": [{"title": "报价"}]},
    ],
)
def test_a_wrong_input_names_itself(lot: Tendering, changed: dict[str, Any]) -> None:
    with pytest.raises(InputInvalid) as refused:
        opened_for_bids(lot, **changed)
    assert refused.value.facts["input"] == next(iter(changed))
