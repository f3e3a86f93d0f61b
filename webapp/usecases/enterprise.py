"""An enterprise's own page: its mines, its applications, what is asked of it and until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.documents.store import documents_of
from domain.register.listing import ListRow, rows_of_holder
from engine.actors import Actor
from engine.cases.command import OPEN, Command
from engine.cases.parts import OPEN_ITEM
from engine.errors import Forbidden
from engine.office import Office
from engine.store.control import enterprises
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import clock_stops
from engine.tenancy.model import Capacity
from engine.work_items.lists import items_of, list_cases, open_items
from engine.work_items.sight import case_seen, items_seen, sight_of
from webapp.product import Product
from webapp.usecases.names import in_words, principal_names
from webapp.usecases.noted import reading

MOST_CASES = 30
REASON = "failureReason"
"""The variable in which procedures keep why they ended without success."""


@dataclass(frozen=True)
class Application:
    """One case of the enterprise as it may see it.

    ``with_unit`` is by whom it is being handled, ``due`` the item whose period is told, ``amend``
    the item whose submission may still be taken back, ``reason`` why it ended as it did.
    """

    case: Any
    title: str
    with_unit: str
    due: Any
    ground: str
    reason: str
    notices: Sequence[Any]
    amend: UUID | None


@dataclass(frozen=True)
class EnterpriseView:
    """Everything of the page."""

    name: str
    credit_code: str
    office: Office
    mines: Sequence[ListRow]
    asked: Sequence[Any]
    supplements: frozenset[UUID]
    applications: Sequence[Application]


def read_enterprise(product: Product, actor: Actor) -> EnterpriseView:
    """The page of the enterprise the person acts for; Forbidden for everybody else."""
    if actor.capacity != Capacity.APPLICANT or actor.enterprise_id is None:
        raise Forbidden("您不是企业用户", "you act for no enterprise")
    with reading(product, actor) as tx:
        office = product.world.offices.get(tx)
        own = tx.one(select(enterprises).where(enterprises.c.id == actor.enterprise_id))
        assert own is not None
        asked = open_items(tx, actor).rows
        found = list_cases(tx, actor, mine=True, limit=MOST_CASES).rows
        return EnterpriseView(
            name=own.name,
            credit_code=own.credit_code,
            office=office,
            mines=rows_of_holder(tx, own.name, own.credit_code),
            asked=asked,
            supplements=_waited_for(tx, {row.case_id for row in asked}),
            applications=[_application(product, tx, actor, office, row) for row in found],
        )


def _waited_for(tx: Unit, case_ids: set[UUID]) -> frozenset[UUID]:
    """The cases whose clock stands still because the applicant is waited for."""
    return frozenset(_grounds(tx, case_ids))


def _grounds(tx: Unit, case_ids: set[UUID]) -> Mapping[UUID, str]:
    stops = clock_stops
    rows = tx.all(
        select(stops.c.case_id, stops.c.ground).where(
            stops.c.tenant_id == TENANT, stops.c.case_id.in_(case_ids), stops.c.to_at.is_(None)
        )
    )
    return {row.case_id: row.ground for row in rows}


def _application(product: Product, tx: Unit, actor: Actor, office: Office, row: Any) -> Application:
    bundle = product.world.bundles.get(tx, row.bundle_id)
    sight = sight_of(tx, actor, row, bundle)
    every = items_of(tx, row.id)
    seen = items_seen(sight, every, bundle)
    waiting = [item for item in seen if item.status in OPEN_ITEM]
    names = principal_names(tx, office, {p for item in waiting for p in item.candidates})
    others = [item for item in waiting if item.id not in sight.items]
    dated = sorted((i for i in waiting if i.due_at is not None), key=lambda item: item.due_at)
    return Application(
        case=case_seen(sight, row, seen),
        title=bundle.title,
        with_unit=in_words([p for item in others for p in item.candidates], names)
        or (office.name if others else ""),
        due=next(iter(dated), None),
        ground=_grounds(tx, {row.id}).get(row.id, ""),
        reason=_reason(product, tx, actor, row),
        notices=[d for d in documents_of(tx, row.id) if d.for_applicant and d.file_id is not None],
        amend=_amendable(actor, row, every),
    )


def _reason(product: Product, tx: Unit, actor: Actor, row: Any) -> str:
    """Why a case ended without success, as its procedure says."""
    if row.status == OPEN:
        return ""
    bundle = product.world.bundles.get(tx, row.bundle_id)
    command = Command(tx, product.world, row, actor, bundle)
    value = command.resolve(command.scopes.view(()).get(REASON))
    return value if isinstance(value, str) else ""


def _amendable(actor: Actor, row: Any, items: Sequence[Any]) -> UUID | None:
    """The person's own last submission, while nobody has taken up what came after it."""
    if row.status != OPEN:
        return None
    waiting = [item for item in items if item.status in OPEN_ITEM]
    done = [item for item in items if item.closed_at is not None and item.status == "completed"]
    last = max(done, key=lambda item: (item.closed_at, item.id), default=None)
    is_free = bool(waiting) and all(item.status == "offered" for item in waiting)
    is_own = last is not None and last.closed_by == actor.membership_id
    return last.id if last is not None and is_own and is_free else None
