"""What demonstration people do about a tender beside its steps: bid, open, score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.tender.evaluation import SEATED, committee_of, points_of, valid_bids
from domain.tender.model import tenders
from domain.tender.openings import openings_of
from domain.tender.rules import BidStatus, TenderStatus
from domain.tender.scoring import criteria_of
from domain.tender.sealing import Effort, make_box_key, wrap_key
from domain.tender.store import bids_of, keep_opening_key, officers_of, opening_key_of
from engine.actors import Actor, load_actor, people_for
from engine.store.control import assessor_bodies, assessor_people
from engine.store.metadata import TENANT
from engine.store.tables import draws
from webapp.demo.samples import sample_files
from webapp.demo.story import BidPlan, TenderPlan
from webapp.product import Product
from webapp.usecases.tenders import TypedBid, give_points, open_with, place_bid

OFFICERS = "tender.officers"
OPEN = (TenderStatus.CLOSED, TenderStatus.OPENING)
POINT = Decimal("0.1")


@dataclass(frozen=True)
class Tendering:
    """The people around the tenders of one tenant; each act is the use case of the page."""

    product: Product
    tenant_id: UUID
    plan: TenderPlan
    effort: Effort = field(default_factory=Effort)

    def prepare(self) -> None:
        """Give every opening officer who has none a key, opened by his passphrase."""
        with self.product.db.tenant(self.tenant_id) as tx:
            roles = self.product.world.offices.get(tx).parameter(OFFICERS)
            for officer in people_for(tx, roles):
                if opening_key_of(tx, officer.membership_id) is None:
                    key = make_box_key()
                    wrapped = wrap_key(key, self._phrase(officer.username), self.effort)
                    keep_opening_key(tx, officer, key.public, wrapped, self.product.clock.now())

    def go_on(self) -> None:
        """Everybody does about every tender what can be done now."""
        for tender in self._tenders():
            if tender.status == TenderStatus.BIDDING:
                self._bid(tender)
            elif tender.status in OPEN and self.product.clock.now() >= tender.opens_at:
                self._open(tender)
            elif tender.status == TenderStatus.EVALUATION:
                self._score(tender)

    def _tenders(self) -> Sequence[Any]:
        at_work = (TenderStatus.BIDDING, *OPEN, TenderStatus.EVALUATION)
        with self.product.db.tenant(self.tenant_id, read_only=True) as tx:
            return tx.all(
                select(tenders).where(tenders.c.tenant_id == TENANT, tenders.c.status.in_(at_work))
            )

    def _phrase(self, username: str) -> str:
        return self.plan.passphrase.replace("{username}", username)

    # --- bids -------------------------------------------------------------------------------

    def _bid(self, tender: Any) -> None:
        with self.product.db.tenant(self.tenant_id, read_only=True) as tx:
            there = {b.body_name for b in bids_of(tx, tender.id) if b.status == BidStatus.RECEIVED}
        now = self.product.clock.now()
        for plan in self.plan.bids:
            is_time = tender.bids_from + timedelta(days=plan.after) <= now < tender.bids_until
            if plan.body not in there and is_time:
                self._place(tender, plan)

    def _place(self, tender: Any, plan: BidPlan) -> None:
        with self.product.db.tenant(self.tenant_id, read_only=True) as tx:
            named = assessor_bodies.c.name == plan.body
            body_id = tx.scalar(select(assessor_bodies.c.id).where(named))
            bidder = people_for(tx, [f"body:{body_id}"])[0]
            of_body = select(assessor_people.c.id).where(assessor_people.c.body_id == body_id)
            staff = tx.all(of_body.order_by(assessor_people.c.name))
        name, document = sample_files(f"{plan.body}投标文件")["document"]
        people = [str(one.id) for one in staff]
        typed = TypedBid(plan.price, people, True, name, document)
        place_bid(self.product, bidder, tender.id, typed)

    # --- opening and points -----------------------------------------------------------------

    def _open(self, tender: Any) -> None:
        with self.product.db.tenant(self.tenant_id, read_only=True) as tx:
            acted = {row.officer for row in openings_of(tx, tender.id)}
            rows = [row.membership_id for row in officers_of(tx, tender.id) if row.lost_at is None]
            officers = [actor for one in rows if (actor := load_actor(tx, one)) is not None]
        free = [one for one in officers if one.membership_id not in acted]
        for officer in free[: 2 - len(acted)]:
            open_with(self.product, officer, tender.id, self._phrase(officer.username))

    def _score(self, tender: Any) -> None:
        with self.product.db.tenant(self.tenant_id, read_only=True) as tx:
            given, valid = points_of(tx, tender.id), valid_bids(tx, tender.id)
            drawn = tx.get(draws, tender.draw_id)
            seated = [r for r in committee_of(tx, tender.id) if r.status == SEATED]
            late = [
                (place, load_actor(tx, row.membership_id))
                for place, row in enumerate(seated)
                if any(row.membership_id not in given.get(bid.id, {}) for bid in valid)
            ]
        passed = self.product.clock.now() - drawn.settled_at if drawn else timedelta(0)
        for place, member in late:
            if member is not None and passed >= timedelta(hours=place * self.plan.pace):
                self._give(tender, member, place, valid)

    def _give(self, tender: Any, member: Actor, place: int, valid: Sequence[Any]) -> None:
        shares = {plan.body: plan.share for plan in self.plan.bids}
        typed = {
            bid.id: {
                line.code: _points(line.points, shares.get(bid.body_name, 0) - place)
                for line in criteria_of(tender.terms["criteria"])
                if not line.by_price
            }
            for bid in valid
        }
        give_points(self.product, member, tender.id, typed)


def _points(most: Decimal, share: int) -> str:
    return str((most * max(share, 0) / 100).quantize(POINT, ROUND_HALF_UP))
