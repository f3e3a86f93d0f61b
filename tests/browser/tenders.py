"""A tender that takes bids, for the pages that are looked at."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from domain.tender.rules import Criterion, Plan, Terms
from domain.tender.sealing import Effort, make_box_key, wrap_key
from domain.tender.store import Publication, keep_opening_key, publish_tender
from engine.actors import load_actor
from engine.ids import new_id
from engine.store.tables import batches
from tests.web.a1.drive import Drive

OFFICERS = ("wulan", "liqiang", "tumen")
PHRASE = "开标口令不止十二个字符的"
TEXT = "现公开招标第三方评估机构，承担本批绿色矿山申报的现场核查和评估。"


def open_tender(drive: Drive) -> str:
    """Publish a tender whose officers are of the cast; returns its id."""
    product, prepared, now = drive.product, drive.prepared, drive.clock.now()
    until = now + timedelta(days=400)
    criteria = (
        Criterion("price", "报价", Decimal(30), by_price=True),
        Criterion("team", "人员和业绩", Decimal(40)),
        Criterion("way", "工作方案", Decimal(30)),
    )
    title = "二〇二六年第一批绿色矿山第三方评估机构公开招标"
    plan = Plan(title, TEXT, "0471-1234567", now, until, until, criteria)
    with product.db.tenant(prepared.tenant_id) as tx:
        for name in OFFICERS:
            officer, key = load_actor(tx, prepared.members[name]), make_box_key()
            assert officer is not None
            wrapped = wrap_key(key, PHRASE, Effort(1, 64))
            keep_opening_key(tx, officer, key.public, wrapped, now)
        batch = tx.insert(
            batches,
            kind="tender",
            number="2026-0901",
            title="一批",
            status="done",
            created_by=new_id(),
            created_at=now,
        )
        terms = Terms(20, 3, 3, Decimal(100), ())
        members = tuple(prepared.members[name] for name in OFFICERS)
        made = Publication(batch, plan, terms, members, make_box_key())
        return str(publish_tender(tx, product.world.offices.get(tx), made, None, now).id)
