"""Tenders in the database: published over a batch, officers and their keys, bids taken in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from domain.tender.model import (
    bids,
    opening_keys,
    tender_cases,
    tender_officers,
    tender_shares,
    tenders,
)
from domain.tender.rounds import tenders_of_batch, tenders_of_lone_case
from domain.tender.rules import (
    SEALED,
    BidStatus,
    Failure,
    NotYet,
    Plan,
    TenderStands,
    TenderStatus,
    Terms,
    check_plan,
    check_taking,
    failure_of_bids,
    failure_of_officers,
    next_status,
)
from domain.tender.scoring import kept_criteria
from domain.tender.sealing import BoxKey, address_of, share_key
from engine.actors import Actor
from engine.cases.lifecycle import next_number
from engine.errors import Conflict, Forbidden, NotFound
from engine.ids import new_id
from engine.office import Office, local_date
from engine.store.control import assessor_bodies
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import batches, memberships

HEAVY = frozenset({"sealed", "file"})
BID_FACTS = tuple(column for column in bids.c if column.name not in HEAVY)
"""What is read of a bid where its content is not needed."""


@dataclass(frozen=True)
class Publication:
    """A tender about to be published: over which batch, by whom opened, with what key.

    Without a batch it is for the one case ``case_id``.
    """

    batch_id: UUID | None
    plan: Plan
    terms: Terms
    officers: tuple[UUID, ...]
    opening: BoxKey
    case_id: UUID | None = None


@dataclass(frozen=True)
class Receipt:
    """What a body gets for its bid."""

    digest: str
    size: int
    received_at: datetime


# ---------------------------------------------------------------- officers' keys


def keep_opening_key(
    tx: Unit, actor: Actor, public: str, wrapped: Mapping[str, Any], now: datetime
) -> UUID:
    """Give the person a new opening key; tenders that run keep the one they were sealed for."""
    if not actor.may_act or actor.body_id is not None or actor.enterprise_id is not None:
        raise Forbidden("您的身份不能担任开标人", "your capacity does not open tenders")
    return tx.insert(
        opening_keys,
        membership_id=actor.membership_id,
        public=public,
        wrapped=dict(wrapped),
        made_at=now,
    )


def opening_key_of(tx: Unit, membership_id: UUID) -> Any:
    """The latest opening key of a person, or None."""
    return tx.one(
        select(opening_keys)
        .where(opening_keys.c.tenant_id == TENANT, opening_keys.c.membership_id == membership_id)
        .order_by(opening_keys.c.made_at.desc(), opening_keys.c.id.desc())
        .limit(1)
    )


# ---------------------------------------------------------------- publication


def publish_tender(
    tx: Unit, office: Office, made: Publication, actor: Actor | None, now: datetime
) -> Any:
    """Publish the notice and take bids from its time on; the opening key is shared and forgotten.

    A batch whose tender runs already gives that tender; after a failed one a new round begins.

    Rules: R-ORD-14, R-ORD-37.
    """
    earlier = _earlier_rounds(tx, made)
    if earlier and earlier[-1].status != TenderStatus.FAILED:
        return earlier[-1]
    check_plan(made.plan, made.terms, office.calendar.zone)
    keys = {member: _key_for(tx, member) for member in made.officers}
    year, plan = local_date(office, now).year, made.plan
    tender_id = tx.insert(
        tenders,
        batch_id=made.batch_id,
        number=f"招〔{year}〕{next_number(tx, f'tender:{year}')}号",
        round=len(earlier) + 1,
        title=plan.title.strip(),
        body=plan.body.strip(),
        contact=plan.contact.strip(),
        status=TenderStatus.BIDDING,
        opening_public=made.opening.public,
        bids_from=plan.bids_from,
        bids_until=plan.bids_until,
        opens_at=plan.opens_at,
        terms=_kept_terms(made.terms, plan),
        published_by=None if actor is None else actor.membership_id,
    )
    _share(tx, tender_id, made.opening, keys)
    return load_tender(tx, tender_id)


def _earlier_rounds(tx: Unit, made: Publication) -> Sequence[Any]:
    if made.batch_id is None:
        return tenders_of_lone_case(tx, made.case_id)
    tx.get(batches, made.batch_id, lock=True)  # two cases must not open two tenders
    return tenders_of_batch(tx, made.batch_id)


def join_tender(tx: Unit, tender_id: UUID, case_id: UUID) -> None:
    """Let a case be one of those the tender finds an assessor for."""
    row = {"id": new_id(), "tender_id": tender_id, "case_id": case_id}
    tx.insert_missing(tender_cases, ("tender_id", "case_id"), [row])


def cases_of(tx: Unit, tender_id: UUID) -> list[UUID]:
    """The cases a tender finds an assessor for, the oldest first."""
    rows = tx.all(
        select(tender_cases.c.case_id)
        .where(tender_cases.c.tenant_id == TENANT, tender_cases.c.tender_id == tender_id)
        .order_by(tender_cases.c.case_id)
    )
    return [row.case_id for row in rows]


def _key_for(tx: Unit, membership_id: UUID) -> Any:
    row = opening_key_of(tx, membership_id)
    if row is None:
        raise Conflict(
            "开标人尚未设置开标口令",
            "an opening officer has not set a passphrase",
            code="no_opening_key",
            officer=str(membership_id),
        )
    return row


def _share(tx: Unit, tender_id: UUID, opening: BoxKey, keys: Mapping[UUID, Any]) -> None:
    publics = {str(member): key.public for member, key in keys.items()}
    shares = share_key(opening, publics, str(tender_id))
    for member, key in keys.items():
        tx.insert(tender_officers, tender_id=tender_id, membership_id=member, key_id=key.id)
    for (first, second), box in shares.items():
        tx.insert(
            tender_shares, tender_id=tender_id, first=UUID(first), second=UUID(second), box=box
        )


def _kept_terms(terms: Terms, plan: Plan) -> dict[str, Any]:
    return {
        "leastBids": terms.least_bids,
        "committee": terms.committee,
        "disciplines": list(terms.disciplines),
        "criteria": kept_criteria(plan.criteria),
        "total": str(terms.total),
    }


def load_tender(tx: Unit, tender_id: UUID, *, lock: bool = False) -> Any:
    """The row of a tender; NotFound for another tenant's."""
    row = tx.get(tenders, tender_id, lock=lock)
    if row is None:
        raise NotFound("招标不存在", "there is no such tender")
    return row


def tender_of_case(tx: Unit, case_id: UUID) -> Any:
    """The latest tender of a case, locked; NotFound when there is none."""
    found = tx.scalar(
        select(tenders.c.id)
        .join(
            tender_cases,
            (tender_cases.c.tenant_id == tenders.c.tenant_id)
            & (tender_cases.c.tender_id == tenders.c.id),
        )
        .where(tenders.c.tenant_id == TENANT, tender_cases.c.case_id == case_id)
        .order_by(tenders.c.bids_from.desc(), tenders.c.id.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound("此办件没有招标", "the case has no tender")
    return load_tender(tx, found, lock=True)


def tenders_by_date(tx: Unit, most: int) -> Sequence[Any]:
    """The tenders of the authority, latest first."""
    return tx.all(
        select(tenders)
        .where(tenders.c.tenant_id == TENANT)
        .order_by(tenders.c.bids_from.desc(), tenders.c.id.desc())
        .limit(most)
    )


def move_tender(tx: Unit, tender: Any, following: TenderStatus, **facts: Any) -> None:
    """Let a tender take the next status, with what comes with it."""
    status = next_status(TenderStatus(tender.status), following)
    tx.update(tenders, tenders.c.id == tender.id, status=status, **facts)


def fail_tender(tx: Unit, tender: Any, why: Failure) -> None:
    """End a round of which nothing can come; it is repeated as a round of its own."""
    move_tender(tx, tender, TenderStatus.FAILED, failed_why=why)


# ---------------------------------------------------------------- officers of a tender


def officers_of(tx: Unit, tender_id: UUID) -> Sequence[Any]:
    """The three opening officers of a tender with their names and the keys it was sealed for."""
    return tx.all(
        select(
            tender_officers,
            memberships.c.name,
            opening_keys.c.public,
            opening_keys.c.wrapped,
        )
        .join(
            memberships,
            (memberships.c.tenant_id == tender_officers.c.tenant_id)
            & (memberships.c.id == tender_officers.c.membership_id),
        )
        .join(
            opening_keys,
            (opening_keys.c.tenant_id == tender_officers.c.tenant_id)
            & (opening_keys.c.id == tender_officers.c.key_id),
        )
        .where(tender_officers.c.tenant_id == TENANT, tender_officers.c.tender_id == tender_id)
        .order_by(memberships.c.name, memberships.c.id)
    )


def officer_of(tx: Unit, tender_id: UUID, actor: Actor) -> Any:
    """The person as an opening officer of the tender; Forbidden when he is none."""
    for row in officers_of(tx, tender_id):
        if row.membership_id == actor.membership_id:
            return row
    raise Forbidden("您不是此招标的开标人", "you are no opening officer of this tender")


def report_lost(tx: Unit, actor: Actor, tender_id: UUID, now: datetime) -> Failure | None:
    """An officer says that his passphrase is lost; with two lost the tender fails."""
    tender = load_tender(tx, tender_id, lock=True)
    officer = officer_of(tx, tender_id, actor)
    if TenderStatus(tender.status) not in SEALED:
        raise TenderStands(TenderStatus(tender.status))
    if officer.lost_at is None:
        tx.update(tender_officers, tender_officers.c.id == officer.id, lost_at=now)
    everyone = officers_of(tx, tender_id)
    failure = failure_of_officers(
        len(everyone), sum(1 for row in everyone if row.lost_at is not None)
    )
    if failure is not None:
        fail_tender(tx, tender, failure)
    return failure


# ---------------------------------------------------------------- bids


def check_bidder(tx: Unit, tender: Any, actor: Actor, now: datetime) -> UUID:
    """The body a person bids for, now; Forbidden or BidRefused."""
    if actor.body_id is None or not actor.may_act:
        raise Forbidden("只有评估机构可以投标", "only assessor bodies bid")
    check_taking(TenderStatus(tender.status), tender.bids_from, tender.bids_until, now)
    return actor.body_id


def take_bid(tx: Unit, actor: Actor, tender_id: UUID, sealed: bytes, now: datetime) -> Receipt:
    """Keep a sealed bid; an earlier one of the same body is replaced by it."""
    tender = load_tender(tx, tender_id, lock=True)
    body_id = check_bidder(tx, tender, actor, now)
    _end_bid(tx, tender_id, body_id, BidStatus.REPLACED, now)
    receipt = Receipt(address_of(sealed), len(sealed), now)
    body = tx.one(select(assessor_bodies.c.name).where(assessor_bodies.c.id == body_id))
    if body is None:
        raise NotFound("评估机构不存在", "there is no such assessor body")
    tx.insert(
        bids,
        tender_id=tender_id,
        body_id=body_id,
        body_name=body.name,
        status=BidStatus.RECEIVED,
        sealed=sealed,
        received_from=actor.membership_id,
        **vars(receipt),
    )
    return receipt


def withdraw_bid(tx: Unit, actor: Actor, tender_id: UUID, now: datetime) -> None:
    """Take the body's bid back while bids may still come."""
    tender = load_tender(tx, tender_id, lock=True)
    body_id = check_bidder(tx, tender, actor, now)
    if not _end_bid(tx, tender_id, body_id, BidStatus.WITHDRAWN, now):
        raise NotFound("没有可以撤回的投标", "there is no bid to withdraw")


def _end_bid(tx: Unit, tender_id: UUID, body_id: UUID, status: BidStatus, now: datetime) -> int:
    """A bid that no longer counts keeps its digest; what was sealed in it is gone."""
    return tx.update(
        bids,
        bids.c.tender_id == tender_id,
        bids.c.body_id == body_id,
        bids.c.status == BidStatus.RECEIVED,
        status=status,
        ended_at=now,
        sealed=b"",
    )


def bids_of(tx: Unit, tender_id: UUID, *, body_id: UUID | None = None) -> Sequence[Any]:
    """The bids of a tender, or those of one body, in the order they came; without their content."""
    asked = select(*BID_FACTS).where(bids.c.tenant_id == TENANT, bids.c.tender_id == tender_id)
    if body_id is not None:
        asked = asked.where(bids.c.body_id == body_id)
    return tx.all(asked.order_by(bids.c.received_at, bids.c.id))


def count_received(tx: Unit, tender_id: UUID) -> int:
    """How many bids were there when bidding ended, or are there now."""
    return int(
        tx.scalar(
            select(func.count())
            .select_from(bids)
            .where(
                bids.c.tenant_id == TENANT,
                bids.c.tender_id == tender_id,
                bids.c.status.not_in((BidStatus.REPLACED, BidStatus.WITHDRAWN)),
            )
        )
    )


def close_bids(tx: Unit, tender: Any, now: datetime) -> Failure | None:
    """End bidding for good; with fewer bids than the terms ask for the tender fails."""
    if tender.status != TenderStatus.BIDDING:
        raise TenderStands(TenderStatus(tender.status))
    if now < tender.bids_until:
        raise NotYet("投标尚未截止", "bidding is not over yet")
    failure = failure_of_bids(count_received(tx, tender.id), int(tender.terms["leastBids"]))
    if failure is not None:
        fail_tender(tx, tender, failure)
    else:
        move_tender(tx, tender, TenderStatus.CLOSED, closed_at=now)
    return failure
