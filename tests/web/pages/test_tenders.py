"""A tender on pages: bids, the opening by two officers, points, what the public reads."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import request
from sqlalchemy import select

from domain.tender.evaluation import draw_committee, freeze_committee, record_result
from domain.tender.model import bids
from domain.tender.openings import check_bids
from domain.tender.rules import Criterion, Plan, Terms
from domain.tender.sealing import Effort, make_box_key, wrap_key
from domain.tender.store import (
    Publication,
    close_bids,
    keep_opening_key,
    load_tender,
    publish_tender,
)
from engine.actors import Actor
from engine.ids import new_id
from engine.store.control import assessor_people
from engine.store.metadata import TENANT
from engine.store.tables import attachments, batches
from tests.web.a1.drive import PEOPLE, SLUG
from tests.web.pages.desk import Browser, Desk, Shown
from webapp.http.sealed_intake import channel_of, is_sealed_path

OFFICERS = ("clerk", "colleague", "leader")
PHRASE = "开标口令不止十二个字符的"
PRICE, DOCUMENT = "1357913.57", b"%PDF- secret way of working"
READ_PRICE = "1,357,913.57"


@dataclass
class Open:
    """A tender that takes bids, before the browsers of the cast."""

    desk: Desk
    id: UUID

    @property
    def address(self) -> str:
        return f"/tenders/{self.id}"

    def tx(self) -> Any:
        return self.desk.drive.product.db.tenant(self.desk.drive.prepared.tenant_id)

    def row(self) -> Any:
        with self.tx() as tx:
            return load_tender(tx, self.id)

    def at(self, moment: Any) -> None:
        self.desk.drive.clock.moment = moment

    def bid(self, who: Browser, **changed: Any) -> Shown:
        given: dict[str, Any] = {"price": PRICE, "no_fee": "yes", "people": people_of(self.desk)}
        given["document"] = [(io.BytesIO(DOCUMENT), "标书.pdf")]
        return who.post(f"{self.address}/bid", {**given, **changed})

    def close(self) -> None:
        row = self.row()
        with self.tx() as tx:
            close_bids(tx, load_tender(tx, self.id, lock=True), row.bids_until)
        self.at(row.opens_at)


def people_of(desk: Desk) -> list[str]:
    body = desk.actor("assessor").body_id
    with desk.drive.product.db.control() as control:
        rows = control.all(select(assessor_people.c.id).where(assessor_people.c.body_id == body))
    return [str(row.id) for row in rows]


@pytest.fixture
def tender(desk: Desk) -> Open:
    product, prepared = desk.drive.product, desk.drive.prepared
    now = desk.drive.clock.now()
    until = now + timedelta(days=21)
    criteria = (
        Criterion("price", "报价", Decimal(30), by_price=True),
        Criterion("team", "人员", Decimal(70)),
    )
    plan = Plan("第三方评估机构招标", "正文", "0471-1", now, until, until, criteria)
    terms = Terms(20, 1, 1, Decimal(100), ())
    with product.db.tenant(prepared.tenant_id) as tx:
        officers = [desk.actor(name) for name in OFFICERS]
        for officer in officers:
            key = make_box_key()
            keep_opening_key(tx, officer, key.public, wrap_key(key, PHRASE, Effort(1, 64)), now)
        batch = tx.insert(
            batches,
            kind="tender",
            number="2026-0901",
            title="一批",
            status="done",
            created_by=new_id(),
            created_at=now,
        )
        made = Publication(
            batch, plan, terms, tuple(o.membership_id for o in officers), make_box_key()
        )
        row = publish_tender(tx, product.world.offices.get(tx), made, officers[0], now)
    return Open(desk, row.id)


def test_the_public_reads_the_notice_and_its_twin(tender: Open) -> None:
    anybody = tender.desk.anybody()
    listed = anybody.get(f"/public/{SLUG}/tenders")
    assert "第三方评估机构招标" in listed.main
    shown = anybody.get(f"/public/{SLUG}/tenders/{tender.id}")
    assert "正在接收投标" in shown.main
    told = anybody.client.get(f"/public/{SLUG}/tenders/{tender.id}.json").json
    every = anybody.client.get(f"/public/{SLUG}/tenders.json").json["tenders"]
    assert (told["status"], told["result"], [one["id"] for one in every]) == (
        "bidding",
        [],
        [str(tender.id)],
    )
    assert anybody.get(f"/public/{SLUG}/tenders/{new_id()}").status == 404


def test_a_bid_is_sealed_and_answered_with_its_digest(tender: Open) -> None:
    browser = tender.desk["assessor"]
    assert tender.bid(browser).status == 303
    page = browser.get(tender.address)
    with tender.tx() as tx:
        row = tx.one(select(bids).where(bids.c.tenant_id == TENANT))
        files = tx.all(select(attachments.c.id).where(attachments.c.tenant_id == TENANT))
    assert row is not None
    assert row.digest in page.main
    assert PRICE not in page.main
    assert (DOCUMENT in bytes(row.sealed), PRICE in str(row), files) == (False, False, [])


def test_nothing_of_a_bid_is_put_on_disk(tender: Open) -> None:
    """The framework would spool a large part to a temporary file, as it does anywhere else."""
    large = b"%PDF-" + b"x" * 2_000_000

    def stream_at(path: str) -> Any:
        given = {"document": (io.BytesIO(large), "标书.pdf")}
        with tender.desk.app.test_request_context(path, method="POST", data=given):
            return request.files["document"].stream

    assert isinstance(stream_at(f"{tender.address}/bid"), io.BytesIO)
    assert not isinstance(stream_at("/work/1"), io.BytesIO)
    sealed = tender.bid(tender.desk["assessor"], document=[(io.BytesIO(large), "标书.pdf")])
    assert sealed.status == 303
    with tender.tx() as tx:
        assert tx.scalar(select(bids.c.size).where(bids.c.tenant_id == TENANT)) > len(large)


def test_the_server_keeps_a_bid_in_memory_and_refuses_what_is_too_large() -> None:
    class Adjusted:
        inbuf_overflow, max_request_body_size, max_request_header_size = 10, 10**9, 10**5
        url_scheme, url_prefix = "http", ""

    def begun(path: str, size: int) -> Any:
        parser = channel_of(1_000_000).parser_class(Adjusted())
        parser.received(
            f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n".encode()
        )
        if parser.error is None:
            parser.received(b"x" * 500_000)
        return parser

    held = begun("/tenders/1/bid", 900_000)
    assert (held.error, held.body_rcv.buf.overflowed) == (None, False)
    assert begun("/work/1", 900_000).body_rcv.buf.overflowed
    assert begun("/tenders/1/bid", 1_000_001).error is not None
    assert not is_sealed_path("/tenders/1/bid/more")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"price": "一万"}, "报价须为大于零的金额，最多两位小数"),
        ({"document": []}, "请选择投标文件"),
    ],
)
def test_an_incomplete_bid_says_what_is_missing(
    tender: Open, changed: dict[str, Any], message: str
) -> None:
    shown = tender.bid(tender.desk["assessor"], **changed)
    assert (shown.status, message in shown.main) == (422, True)
    with tender.tx() as tx:
        assert not tx.all(select(bids.c.id).where(bids.c.tenant_id == TENANT))


def test_only_bodies_bid_and_only_in_time(tender: Open) -> None:
    assert tender.bid(tender.desk["clerk"]).status == 403
    assert tender.bid(tender.desk["assessor"]).status == 303
    assert tender.desk["assessor"].post(f"{tender.address}/withdraw").status == 303
    tender.at(tender.row().bids_until)
    late = tender.bid(tender.desk["assessor"])
    assert (late.status, "投标已经截止" in late.main) == (409, True)


def test_two_officers_open_one_after_the_other(tender: Open) -> None:
    desk = tender.desk
    tender.bid(desk["assessor"])
    early = desk["clerk"].post(f"{tender.address}/open", passphrase=PHRASE)
    assert (early.status, "未到开标时间" in early.main) == (409, True)
    tender.close()
    wrong = desk["clerk"].post(f"{tender.address}/open", passphrase="另一个十二字符的口令呀")
    assert (wrong.status, "开标口令不正确" in wrong.main) == (403, True)
    assert desk["clerk"].post(f"{tender.address}/open", passphrase=PHRASE).status == 303
    again = desk["clerk"].post(f"{tender.address}/open", passphrase=PHRASE)
    assert (again.status, "您已经解封" in again.main) == (409, True)
    sealed = desk["clerk"].get(tender.address).main
    assert PRICE not in sealed
    assert READ_PRICE not in sealed
    assert desk["region"].post(f"{tender.address}/open", passphrase=PHRASE).status == 403
    assert desk["leader"].post(f"{tender.address}/open", passphrase=PHRASE).status == 303
    opened = desk["clerk"].get(tender.address)
    assert READ_PRICE in opened.main
    link = opened.one("//a[contains(@href, '/document')]/@href")
    assert desk["clerk"].client.get(link).data == DOCUMENT
    assert desk["region"].get(link).status == 403
    assert PRICE not in desk["region"].get(tender.address).main


def test_two_lost_passphrases_end_the_tender(tender: Open) -> None:
    for name in ("clerk", "leader"):
        assert tender.desk[name].post(f"{tender.address}/lost").status == 303
    assert tender.row().status == "failed"
    assert "废标" in tender.desk.anybody().get(f"/public/{SLUG}/tenders/{tender.id}").main


def test_the_committee_scores_and_the_public_reads_the_result(tender: Open) -> None:
    desk = tender.desk
    tender.bid(desk["assessor"])
    tender.close()
    for name in ("clerk", "leader"):
        desk[name].post(f"{tender.address}/open", passphrase=PHRASE)
    seat(tender, [desk.actor("region"), desk.actor("regional colleague")])
    with tender.tx() as tx:
        bid = tx.scalar(select(bids.c.id).where(bids.c.tenant_id == TENANT))
    left, following = seats(tender)
    assert left.post(f"{tender.address}/scores", {f"{bid}.team": "71"}).status == 422
    assert left.post(f"{tender.address}/recuse", reason="").status == 422
    assert left.post(f"{tender.address}/recuse", reason="曾任职").status == 303
    assert left.post(f"{tender.address}/scores", {f"{bid}.team": "60"}).status == 403
    assert following.post(f"{tender.address}/scores", {f"{bid}.team": "60.5"}).status == 303
    kept = following.get(tender.address).one(f"//input[@name='{bid}.team']/@value")
    assert kept == "60.5"
    with tender.tx() as tx:
        record_result(tx, load_tender(tx, tender.id, lock=True), desk.drive.clock.now())
        draw = load_tender(tx, tender.id).draw_id
    shown = desk.anybody().get(f"/public/{SLUG}/draws/{draw}").main
    assert "第 2 号" in shown, "who judges is told by a number, not by name"
    assert "90.50" in desk.anybody().get(f"/public/{SLUG}/tenders/{tender.id}").main


def seat(tender: Open, pool: list[Actor]) -> None:
    desk = tender.desk
    with tender.tx() as tx:
        office, now = desk.drive.product.world.offices.get(tx), desk.drive.clock.now()
        office = replace(office, parameters={**office.parameters, "draw.source": "system"})
        check_bids(tx, office, load_tender(tx, tender.id, lock=True), now)
        row = load_tender(tx, tender.id, lock=True)
        freeze_committee(tx, office, row, pool, pool[0], now)
    desk.drive.clock.advance(timedelta(minutes=1))
    with tender.tx() as tx:
        row = load_tender(tx, tender.id, lock=True)
        draw_committee(tx, row, "ab" * 16, desk.drive.clock.now())


def seats(tender: Open) -> tuple[Browser, Browser]:
    """Who sits in the committee, and its reserve."""
    pair = [tender.desk["region"], tender.desk["regional colleague"]]
    pair.sort(
        key=lambda one: not one.get(tender.address).find("//form[contains(@action, 'scores')]")
    )
    return pair[0], pair[1]


def test_a_passphrase_is_set_with_the_password(tender: Open) -> None:
    browser = tender.desk["clerk"]
    given = {"passphrase": PHRASE, "again": PHRASE, "password": PEOPLE.password("wulan")}
    for changed, status in (({"password": "x"}, 422), ({"again": "y"}, 422), ({}, 303)):
        assert browser.post("/access/opening-key", {**given, **changed}).status == status
    assert "现在的口令设置于" in browser.get("/access/opening-key").main
    body = tender.desk["assessor"].post("/access/opening-key", given)
    assert body.status in (403, 422)


def test_another_tenants_people_do_not_see_it(tender: Open) -> None:
    assert tender.desk["assessor"].get(f"/tenders/{new_id()}").status == 404
    assert tender.desk.anybody().get(tender.address).status == 302
    assert "第三方评估机构招标" in tender.desk["assessor"].get("/tenders").main
