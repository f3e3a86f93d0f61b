"""The opening in the database: two officers, one after the other, each act recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.assessors.rules import BanKind, Obstacle
from domain.assessors.store import bans_of, check_body
from domain.tender.envelope import kept_offer, offer_of, unpack_offer
from domain.tender.model import bids, openings, tender_shares
from domain.tender.rules import (
    BidRefused,
    BidStatus,
    Failure,
    Offer,
    Person,
    TenderStands,
    TenderStatus,
    check_opening,
    distinct,
    offer_obstacles,
    team_obstacles,
)
from domain.tender.sealing import BoxKey, SealBroken, address_of, open_bid, open_inner, open_outer
from domain.tender.store import (
    bids_of,
    cases_of,
    fail_tender,
    load_tender,
    move_tender,
    officer_of,
)
from engine.actors import Actor
from engine.errors import Conflict
from engine.office import Office, local_date
from engine.store.control import assessor_people
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import cases

FIRST, SECOND = "first", "second"


@dataclass(frozen=True)
class Checked:
    """A bid after the opening, with every reason why it cannot count."""

    bid: UUID
    body_name: str
    obstacles: tuple[Obstacle, ...]


def check_turn(tx: Unit, actor: Actor, tender_id: UUID, now: datetime) -> tuple[Any, str]:
    """The officer and whether he is the first or the second to open now."""
    tender = load_tender(tx, tender_id, lock=True)
    officer = officer_of(tx, tender_id, actor)
    check_opening(TenderStatus(tender.status), tender.closed_at, tender.opens_at, now)
    acted = openings_of(tx, tender_id)
    if any(row.officer == actor.membership_id for row in acted):
        raise Conflict(
            "您已经解封，须由另一名开标人继续",
            "you have opened already; another officer goes on",
            code="same_officer",
        )
    if acted and acted[-1].at > now:
        raise Conflict(
            "系统时钟早于上一次开标记录", "the clock is before the last opening", code="clock_back"
        )
    return officer, SECOND if acted else FIRST


def open_tender(tx: Unit, actor: Actor, tender_id: UUID, key: BoxKey, now: datetime) -> str:
    """What an officer's open key does: the first leaves the way open, the second opens the bids.

    Returns which of the two he was.
    """
    officer, turn = check_turn(tx, actor, tender_id, now)
    if key.public != officer.public:
        raise SealBroken
    tender = load_tender(tx, tender_id)
    if turn == FIRST:
        _leave_to_others(tx, tender_id, officer.membership_id, key)
        move_tender(tx, tender, TenderStatus.OPENING)
        opened: list[dict[str, Any]] = []
    else:
        opening = _opening_key(tx, tender, officer.membership_id, key)
        opened = _open_bids(tx, tender, opening)
        move_tender(tx, tender, TenderStatus.OPENED, opened_at=now)
    tx.insert(
        openings,
        tender_id=tender_id,
        turn=turn,
        officer=actor.membership_id,
        at=now,
        bids=opened,
    )
    return turn


def _leave_to_others(tx: Unit, tender_id: UUID, first: UUID, key: BoxKey) -> None:
    """Take the outer seals off; what is within opens to the two others only."""
    for share in _shares(tx, tender_id):
        if share.first == first:
            left = open_outer(key, share.box, str(tender_id), str(first), str(share.second))
            tx.update(tender_shares, tender_shares.c.id == share.id, left=left)


def _opening_key(tx: Unit, tender: Any, second: UUID, key: BoxKey) -> BoxKey:
    first = openings_of(tx, tender.id)[0].officer
    for share in _shares(tx, tender.id):
        if (share.first, share.second) == (first, second) and share.left is not None:
            opening = open_inner(key, share.left, str(tender.id), str(first), str(second))
            if opening.public == tender.opening_public:
                return opening
    raise SealBroken


def _shares(tx: Unit, tender_id: UUID) -> Sequence[Any]:
    return tx.all(
        select(tender_shares).where(
            tender_shares.c.tenant_id == TENANT, tender_shares.c.tender_id == tender_id
        )
    )


def _open_bids(tx: Unit, tender: Any, opening: BoxKey) -> list[dict[str, Any]]:
    rows = tx.all(
        select(bids)
        .where(
            bids.c.tenant_id == TENANT,
            bids.c.tender_id == tender.id,
            bids.c.status == BidStatus.RECEIVED,
        )
        .order_by(bids.c.received_at, bids.c.id)
    )
    return [_open_one(tx, row, opening) for row in rows]


def _open_one(tx: Unit, row: Any, opening: BoxKey) -> dict[str, Any]:
    """One bid; a seal that is broken costs this bid, not the tender."""
    told = {"body": row.body_name, "digest": row.digest}
    try:
        if address_of(row.sealed) != row.digest:
            raise SealBroken
        content = open_bid(opening, row.sealed, str(row.tender_id), str(row.body_id))
        offer, document = unpack_offer(content)
    except SealBroken as error:
        fault = {"code": error.code, "zh": error.zh, "en": error.en}
        tx.update(bids, bids.c.id == row.id, status=BidStatus.INVALID, faults=[fault])
        return {**told, "opened": False}
    tx.update(
        bids,
        bids.c.id == row.id,
        price=str(offer.price),
        offer=kept_offer(offer),
        file=document,
    )
    return {**told, "opened": True, "price": str(offer.price)}


def openings_of(tx: Unit, tender_id: UUID) -> Sequence[Any]:
    """Who opened and when, the first officer first."""
    return tx.all(
        select(openings)
        .where(openings.c.tenant_id == TENANT, openings.c.tender_id == tender_id)
        .order_by(openings.c.turn)
    )


# ---------------------------------------------------------------- who may bid


def check_bids(
    tx: Unit, office: Office, tender: Any, now: datetime
) -> tuple[list[Checked], Failure | None]:
    """Judge every opened bid: body, people, price, ties to the mines of the batch.

    Rules: R-ORD-34, R-ORD-35.
    """
    if tender.status != TenderStatus.OPENED:
        raise TenderStands(TenderStatus(tender.status))
    day, found = local_date(office, now), []
    for row in bids_of(tx, tender.id):
        if row.status not in (BidStatus.RECEIVED, BidStatus.VALID) or row.offer is None:
            continue
        offer = offer_of(row.offer)
        reasons = [
            *offer_obstacles(offer),
            *body_obstacles(tx, tender.id, row.body_id, day),
            *team_obstacles(row.body_id, _team(tx, offer), tender.terms["disciplines"], day),
        ]
        checked = Checked(row.id, row.body_name, distinct(reasons))
        _keep(tx, checked)
        found.append(checked)
    failure = None if any(not c.obstacles for c in found) else Failure.NO_VALID_BID
    if failure is not None:
        fail_tender(tx, tender, failure)
    return found, failure


def body_obstacles(tx: Unit, tender_id: UUID, body_id: UUID, day: dt.date) -> tuple[Obstacle, ...]:
    """Every reason why a body may not bid: itself, its bans, its ties to a mine of the batch.

    Rules: R-ORD-34, R-NAT-15.
    """
    holders = [enterprise_of(tx, case_id) for case_id in cases_of(tx, tender_id)]
    return distinct(
        obstacle
        for holder in holders or [None]
        for obstacle in check_body(tx, body_id, holder, day).obstacles
    )


def check_qualified(tx: Unit, tender_id: UUID, body_id: UUID, day: dt.date) -> None:
    """Raise BidRefused with the reasons when a body may not bid; its people are judged when opened.

    Rules: R-ORD-34, R-NAT-15.
    """
    found = body_obstacles(tx, tender_id, body_id, day)
    if found:
        raise BidRefused(
            "不能投标：" + "；".join(obstacle.zh for obstacle in found),
            "the body may not bid: " + "; ".join(obstacle.en for obstacle in found),
            obstacles=[obstacle.code for obstacle in found],
        )


def _keep(tx: Unit, checked: Checked) -> None:
    tx.update(
        bids,
        bids.c.id == checked.bid,
        status=BidStatus.INVALID if checked.obstacles else BidStatus.VALID,
        faults=[vars(obstacle) for obstacle in checked.obstacles],
    )


def _team(tx: Unit, offer: Offer) -> list[Person]:
    rows = tx.all(select(assessor_people).where(assessor_people.c.id.in_(list(offer.people))))
    return [
        Person(
            row.id,
            row.name,
            row.body_id,
            frozenset(row.disciplines),
            tuple(bans_of(tx, BanKind.PERSON, row.id)),
        )
        for row in rows
    ]


def enterprise_of(tx: Unit, case_id: UUID) -> UUID | None:
    """The enterprise whose case it is, or None."""
    principal = tx.scalar(
        select(cases.c.principal).where(cases.c.tenant_id == TENANT, cases.c.id == case_id)
    )
    kind, _, tail = str(principal).partition(":")
    try:
        return UUID(tail) if kind == "enterprise" else None
    except ValueError:
        return None
