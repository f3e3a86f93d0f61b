"""Chain A2: the shipped city and its procedure, driven and kept as every chain is."""

from __future__ import annotations

import io
from dataclasses import replace
from uuid import UUID

from werkzeug.test import TestResponse

from domain.tender.model import tenders
from domain.tender.rules import TenderStatus
from domain.tender.sealing import Effort
from tests.web.chain.drive import Chain, Drive
from webapp.demo.story import read_story
from webapp.demo.tendering import Tendering
from webapp.places import data_root
from webapp.product import Product

DOCUMENT = b"%PDF-1.7 the way of working"

MILESTONES = (
    "SubmitApplication",
    "Accept",
    "AssessSite",
    "SignByAssessors",
    "SignByLeader",
    "DecidePreliminary",
    "ReportUp",
    "PlanTender",
    "PublishTender",
    "OpenBids",
    "DrawCommittee",
    "EvaluateBids",
    "AnnounceResult",
    "SettleQueries",
    "AcceptAssignment",
    "AssessOnSite",
    "DecideAssessment",
    "PrepareNotice",
    "ReportRegion",
    "RecordRegionResult",
)
"""Steps at which a case is kept, in the order of the chain."""

LIGHT = Effort(1, 64)
"""What guesses cost is tested elsewhere."""


def tendering(product: Product, tenant_id: UUID) -> Tendering:
    """The bodies, opening officers and committee of the demonstration."""
    plan = read_story(data_root() / "tenants" / "ordos" / "demo" / "world.toml").tendering
    assert plan is not None
    at_once = [replace(one, after=0) for one in plan.bids]
    return Tendering(product, tenant_id, replace(plan, bids=at_once, pace=0), LIGHT)


def take_part(drive: Drive) -> None:
    """Whoever has something to do about a tender does it; the number comes on the day after."""
    if drive.rows(tenders, tenders.c.status == TenderStatus.OPENED, tenders.c.draw_id.is_not(None)):
        drive.draw_by_number()
    tendering(drive.product, drive.prepared.tenant_id).go_on()


A2 = Chain(
    slug="ordos",
    procedure="banner-mine-listing",
    starter="ord-gaowei",
    everyone_sees="ord-guanli",
    milestones=MILESTONES,
    beside=take_part,
    prepared=lambda product, tenant_id: tendering(product, tenant_id).prepare(),
)
GREEN, CLEAR, LOCAL = (
    "内蒙古绿衡演示评估咨询有限公司",
    "内蒙古明鉴演示矿业技术中心",
    "鄂尔多斯市禾盛演示评估有限公司",
)


def bid(drive: Drive, who: str, address: str, price: str) -> TestResponse:
    """A body's bid over HTTP, with all its people."""
    staff = drive.get(who, address)["staff"]
    typed = {
        "price": price,
        "people": [one["id"] for one in staff],
        "no_fee": "true",
        "document": (io.BytesIO(DOCUMENT), "投标文件.pdf"),
    }
    path, headers = f"/api/v1{address}/bid", drive.bearer(who)
    return drive.client.post(path, data=typed, headers=headers)
