"""A tender at a desk: three officers with passphrases, bodies that bid, people to evaluate."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from desk import Desk

from domain.tender.envelope import pack_offer
from domain.tender.openings import open_tender
from domain.tender.rules import Criterion, Offer, Plan, Terms
from domain.tender.sealing import BoxKey, Effort, make_box_key, seal_bid, unwrap_key, wrap_key
from domain.tender.store import (
    Publication,
    Receipt,
    close_bids,
    join_tender,
    keep_opening_key,
    load_tender,
    officer_of,
    publish_tender,
    take_bid,
)
from engine.actors import Actor
from engine.ids import new_id
from engine.store.control import assessor_people

DISCIPLINES = ("地质", "采矿", "选矿", "生态", "环境")
TERMS = Terms(20, 2, 3, Decimal(100), DISCIPLINES)
CRITERIA = (
    Criterion("price", "报价", Decimal(30), by_price=True),
    Criterion("team", "人员", Decimal(70)),
)
PHRASES = ("山上有松柏一二三四五六", "河边有杨柳甲乙丙丁戊己", "草原有牛羊天地玄黄宇宙")
LIGHT = Effort(1, 64)


@dataclass
class Tendering:
    """One tender over a batch of reported cases."""

    desk: Desk
    terms: Terms = TERMS
    officers: list[Actor] = field(default_factory=list)
    cases: list[UUID] = field(default_factory=list)
    batch_id: UUID = field(default_factory=new_id)
    id: UUID = field(default_factory=new_id)
    people: dict[UUID, list[UUID]] = field(default_factory=dict)

    def set_up(self, title: str = "第三方评估机构招标") -> None:
        """Officers with keys, two cases in a batch."""
        desk = self.desk
        self.officers = [desk.person(f"开标人{n}") for n in "甲乙丙"]
        for officer, phrase in zip(self.officers, PHRASES, strict=True):
            key, wrapped = fresh_key(phrase)
            with desk.tx() as tx:
                keep_opening_key(tx, officer, key.public, wrapped, desk.clock.now())
        self.cases = [desk.case(), desk.case()]
        self.batch_id = desk.batch("tender", *self.cases)
        self.publish(title)

    def publication(self, title: str = "第三方评估机构招标", **changed: Any) -> Publication:
        now = self.desk.clock.now()
        until = now + timedelta(days=21)
        plan = Plan(title, "正文", "0477-1", now, until, until + timedelta(hours=1), CRITERIA)
        facts: dict[str, Any] = {
            "batch_id": self.batch_id,
            "plan": plan,
            "terms": self.terms,
            "officers": tuple(o.membership_id for o in self.officers),
            "opening": make_box_key(),
        }
        return Publication(**{**facts, **changed})

    def publish(self, title: str = "第三方评估机构招标", **changed: Any) -> Any:
        with self.desk.tx() as tx:
            row = publish_tender(
                tx,
                self.desk.office,
                self.publication(title, **changed),
                None,
                self.desk.clock.now(),
            )
            for case_id in self.cases:
                join_tender(tx, row.id, case_id)
        self.id = row.id
        return row

    def row(self) -> Any:
        with self.desk.tx() as tx:
            return load_tender(tx, self.id)

    def body(self, name: str, code: str) -> Actor:
        """A body with a person for every discipline, and who bids for it."""
        body_id = self.desk.body(name, code, at_work=False)
        self.people[body_id] = []
        for discipline in DISCIPLINES:
            person = new_id()
            with self.desk.db.control() as control:
                control.insert(
                    assessor_people,
                    id=person,
                    body_id=body_id,
                    name=f"{name}{discipline}",
                    disciplines=[discipline],
                    created_at=self.desk.clock.now(),
                )
            self.people[body_id].append(person)
        return self.desk.person(f"{name}投标人", "assessor", body_id=body_id)

    def offer(self, bidder: Actor, price: str, **changed: Any) -> Offer:
        assert bidder.body_id is not None
        facts = {"people": tuple(self.people[bidder.body_id]), "takes_no_fee": True}
        return Offer(Decimal(price), **{**facts, **changed})

    def sealed(
        self, bidder: Actor, price: str, document: bytes = b"%PDF-", **changed: Any
    ) -> bytes:
        content = pack_offer(self.offer(bidder, price, **changed), document)
        return seal_bid(self.row().opening_public, content, str(self.id), str(bidder.body_id))

    def bid(self, bidder: Actor, price: str, document: bytes = b"%PDF-", **changed: Any) -> Receipt:
        sealed = self.sealed(bidder, price, document, **changed)
        with self.desk.tx() as tx:
            return take_bid(tx, bidder, self.id, sealed, self.desk.clock.now())

    def until(self, moment: datetime) -> None:
        self.desk.clock.moment = moment

    def close(self) -> Any:
        """Bidding ends at its time."""
        self.until(self.row().bids_until)
        with self.desk.tx() as tx:
            tender = load_tender(tx, self.id, lock=True)
            return close_bids(tx, tender, self.desk.clock.now())

    def opens(self, place: int) -> str:
        """One officer opens with his passphrase."""
        officer, phrase = self.officers[place], PHRASES[place]
        with self.desk.tx() as tx:
            row = officer_of(tx, self.id, officer)
        key = unwrap_key(row.public, row.wrapped, phrase)
        with self.desk.tx() as tx:
            return open_tender(tx, officer, self.id, key, self.desk.clock.now())

    def opened(self) -> None:
        """Closed, and opened by two."""
        self.close()
        self.until(self.row().opens_at)
        self.opens(0)
        self.opens(2)


def fresh_key(phrase: str) -> tuple[BoxKey, dict[str, Any]]:
    """A key of a person's own."""
    key = make_box_key()
    return key, wrap_key(key, phrase, LIGHT)


def build_tendering(desk: Desk, **changed: Any) -> Tendering:
    """A tender that takes bids."""
    made = Tendering(desk, **changed)
    made.set_up()
    return made
