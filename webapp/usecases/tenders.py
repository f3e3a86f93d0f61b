"""Tenders: read by anybody, bid for, opened by two officers, evaluated by the committee."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.tender.envelope import LONGEST_NAME, MOST_PEOPLE, pack_offer, read_price
from domain.tender.evaluation import (
    SEATED,
    committee_of,
    points_of,
    recuse,
    score_bid,
    valid_bids,
)
from domain.tender.model import bids, tenders
from domain.tender.openings import check_qualified, check_turn, open_tender, openings_of
from domain.tender.rules import SEALED, Offer, TenderStatus
from domain.tender.scoring import criteria_of
from domain.tender.sealing import (
    Effort,
    check_passphrase,
    make_box_key,
    seal_bid,
    unwrap_key,
    wrap_key,
)
from domain.tender.store import (
    Receipt,
    bids_of,
    check_bidder,
    keep_opening_key,
    load_tender,
    officers_of,
    opening_key_of,
    report_lost,
    take_bid,
    tenders_by_date,
    withdraw_bid,
)
from engine.actors import Actor
from engine.errors import Forbidden, Invalid, NotFound, TooLarge
from engine.office import local_date
from engine.store.control import assessor_people
from engine.store.database import Unit
from engine.store.metadata import TENANT
from webapp.bindings.messages import tell_member
from webapp.product import Product
from webapp.usecases.endorsing import ask_password
from webapp.usecases.files import MEGABYTE, clean_name
from webapp.usecases.sign_in import OF_NAME_AND_PLACE, count_guess, guess_key, take_back

MOST_LISTED = 200


@dataclass(frozen=True)
class TypedBid:
    """What a body typed and chose on the page of a tender."""

    price: str
    people: Sequence[str]
    takes_no_fee: bool
    file_name: str
    document: bytes


@dataclass(frozen=True)
class Standing:
    """A tender as one person may see it, with what he may do there.

    Who sits in the ``committee`` is told with the result.
    """

    tender: Any
    officers: Sequence[Any]
    openings: Sequence[Any]
    own_bids: Sequence[Any]
    staff: Sequence[Any]
    committee: Sequence[str]
    is_officer: bool
    is_seated: bool
    bids: Sequence[Any]
    points: Mapping[UUID, Mapping[str, Decimal]]


def list_tenders(product: Product, tenant_id: UUID) -> Sequence[Any]:
    """The tenders of an authority, latest first."""
    with product.db.tenant(tenant_id, read_only=True) as tx:
        return tenders_by_date(tx, MOST_LISTED)


def read_tender(product: Product, tenant_id: UUID, tender_id: UUID) -> Any:
    """One tender as anybody may read it."""
    with product.db.tenant(tenant_id, read_only=True) as tx:
        return load_tender(tx, tender_id)


def own_view(product: Product, actor: Actor, tender_id: UUID) -> Standing:
    """A tender with what concerns the person; opened bids for officers and the committee only."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        tender = load_tender(tx, tender_id)
        officers, members = officers_of(tx, tender_id), committee_of(tx, tender_id)
        is_officer = any(row.membership_id == actor.membership_id for row in officers)
        is_seated = _is_seated(members, actor)
        opened = is_officer or is_seated
        everyone = points_of(tx, tender_id) if is_seated else {}
        return Standing(
            tender=tender,
            officers=officers,
            openings=openings_of(tx, tender_id),
            own_bids=_own_bids(tx, actor, tender_id),
            staff=_staff(tx, actor),
            committee=[r.name for r in members if r.status == SEATED and tender.result],
            is_officer=is_officer,
            is_seated=is_seated,
            bids=bids_of(tx, tender_id) if opened else [],
            points={bid: given.get(actor.membership_id, {}) for bid, given in everyone.items()},
        )


def acts_of(found: Standing, actor: Actor, now: datetime) -> dict[str, bool]:
    """What the person is offered to do about a tender; whatever he does is checked again."""
    tender, me = found.tender, actor.membership_id
    is_open = tender.status == TenderStatus.BIDDING and now < tender.bids_until
    has_acted = any(row.officer == me for row in found.openings)
    ready = tender.status in (TenderStatus.CLOSED, TenderStatus.OPENING)
    return {
        "bid": actor.body_id is not None and actor.may_act and is_open,
        "officer": found.is_officer and TenderStatus(tender.status) in SEALED,
        "open": found.is_officer and ready and now >= tender.opens_at and not has_acted,
        "score": found.is_seated and tender.status == TenderStatus.EVALUATION,
    }


def _is_seated(members: Sequence[Any], actor: Actor) -> bool:
    return any(r.membership_id == actor.membership_id and r.status == SEATED for r in members)


def _own_bids(tx: Unit, actor: Actor, tender_id: UUID) -> Sequence[Any]:
    return [] if actor.body_id is None else bids_of(tx, tender_id, body_id=actor.body_id)


def _staff(tx: Unit, actor: Actor) -> Sequence[Any]:
    if actor.body_id is None:
        return []
    return tx.all(
        select(assessor_people)
        .where(assessor_people.c.body_id == actor.body_id)
        .order_by(assessor_people.c.name)
    )


# ---------------------------------------------------------------- bids


def place_bid(product: Product, actor: Actor, tender_id: UUID, typed: TypedBid) -> Receipt:
    """Seal a bid in memory and keep it; nothing of what it says is kept beside."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        tender, now = load_tender(tx, tender_id), product.clock.now()
        body_id = check_bidder(tx, tender, actor, now)
        check_qualified(tx, tender_id, body_id, local_date(product.world.offices.get(tx), now))
    limit = product.settings.bid_limit_mb
    if len(typed.document) > limit * MEGABYTE:
        raise TooLarge(f"投标文件超过 {limit} MB", "the bid is too large", limit=limit)
    content = pack_offer(_offer(typed), typed.document)
    sealed = seal_bid(tender.opening_public, content, str(tender_id), str(body_id))
    with product.db.tenant(actor.tenant_id) as tx:
        return take_bid(tx, actor, tender_id, sealed, product.clock.now())


def _offer(typed: TypedBid) -> Offer:
    if not typed.document:
        said = "请选择投标文件"
        raise Invalid(said, "a bid has a document", errors=[{"field": "document", "message": said}])
    price = read_price(typed.price)
    people = tuple(dict.fromkeys(UUID(one) for one in typed.people[:MOST_PEOPLE]))
    return Offer(price, people, typed.takes_no_fee, clean_name(typed.file_name)[:LONGEST_NAME])


def take_back_bid(product: Product, actor: Actor, tender_id: UUID) -> None:
    """Withdraw the body's bid."""
    with product.db.tenant(actor.tenant_id) as tx:
        withdraw_bid(tx, actor, tender_id, product.clock.now())


# ---------------------------------------------------------------- officers


def own_opening_key(product: Product, actor: Actor) -> Any:
    """The person's opening key, or None."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        return opening_key_of(tx, actor.membership_id)


def set_passphrase(
    product: Product, actor: Actor, password: str, phrases: tuple[str, str], address: str
) -> None:
    """Give the person an opening key of his own, opened by his passphrase only."""
    ask_password(product, actor, password, address)
    check_passphrase(*phrases)
    key = make_box_key()
    wrapped = wrap_key(key, phrases[0], Effort())
    with product.db.tenant(actor.tenant_id) as tx:
        keep_opening_key(tx, actor, key.public, wrapped, product.clock.now())


def open_with(product: Product, actor: Actor, tender_id: UUID, passphrase: str) -> str:
    """What an officer's passphrase does: ``first`` or ``second``. Guesses are counted before."""
    with product.db.tenant(actor.tenant_id) as tx:
        officer, _turn = check_turn(tx, actor, tender_id, product.clock.now())
    counted = {guess_key("opening", str(actor.membership_id)): OF_NAME_AND_PLACE}
    with product.db.control() as control:
        count_guess(control, counted, product.clock.now())
    key = unwrap_key(officer.public, officer.wrapped, passphrase)
    with product.db.control() as control:
        take_back(control, counted)
    with product.db.tenant(actor.tenant_id) as tx:
        return open_tender(tx, actor, tender_id, key, product.clock.now())


def lose_passphrase(product: Product, actor: Actor, tender_id: UUID) -> bool:
    """An officer says that he lost his passphrase; True when the tender fails by it."""
    with product.db.tenant(actor.tenant_id) as tx:
        return report_lost(tx, actor, tender_id, product.clock.now()) is not None


# ---------------------------------------------------------------- evaluation


def read_document(product: Product, actor: Actor, bid_id: UUID) -> tuple[str, bytes]:
    """The document of an opened bid, for the opening officers and the committee."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        row = tx.one(
            select(bids.c.tender_id, bids.c.offer, bids.c.file)
            .join(
                tenders,
                (tenders.c.tenant_id == bids.c.tenant_id) & (tenders.c.id == bids.c.tender_id),
            )
            .where(bids.c.tenant_id == TENANT, bids.c.id == bid_id)
        )
        if row is None or row.offer is None:
            raise NotFound("投标文件不存在", "there is no such document")
        officers = officers_of(tx, row.tender_id)
        is_officer = any(one.membership_id == actor.membership_id for one in officers)
        if not is_officer and not _is_seated(committee_of(tx, row.tender_id), actor):
            raise Forbidden("您不能查看此投标文件", "you may not read this bid")
        return str(row.offer["fileName"]), bytes(row.file)


def give_points(
    product: Product, actor: Actor, tender_id: UUID, typed: Mapping[UUID, Mapping[str, str]]
) -> None:
    """Keep a member's points for every valid bid at once."""
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id) as tx:
        tender = load_tender(tx, tender_id)
        codes = [c.code for c in criteria_of(tender.terms["criteria"]) if not c.by_price]
        for row in valid_bids(tx, tender_id):
            given = typed.get(row.id, {})
            score_bid(tx, actor, row.id, {c: _points(given.get(c, "")) for c in codes}, now)


def _points(text: str) -> Decimal:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return Decimal(-1)


def step_back(product: Product, actor: Actor, tender_id: UUID, reason: str) -> None:
    """A member of the committee recuses himself."""
    if not reason.strip():
        said = "请填写回避理由"
        raise Invalid(said, "a reason is needed", errors=[{"field": "reason", "message": said}])
    with product.db.tenant(actor.tenant_id) as tx:
        now = product.clock.now()
        successor = recuse(tx, actor, tender_id, reason, now)
        tell_member(tx, load_tender(tx, tender_id), successor, now)
