"""离职转办: everything a person holds goes to another, one command an item, in one list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.audit import note_act
from engine.errors import Forbidden, LuchengError
from engine.store.metadata import TENANT
from engine.store.tables import cases, item_candidates, work_items
from engine.tenancy.model import Capacity
from engine.work_items.handing_on import transfer_item
from engine.work_items.reasons import need_reason
from webapp.product import Product


@dataclass(frozen=True)
class HandedOver:
    """One item of a hand-over; ``error`` says why it stays where it is."""

    item: UUID
    name: str
    number: str
    error: LuchengError | None = None


def hand_over(
    product: Product, actor: Actor, leaver: UUID, to: UUID, reason: str
) -> list[HandedOver]:
    """Transfer all that is with a person; what cannot be is listed with its reason and stays.

    Done again it goes on with what is left.
    """
    need_reason(reason)
    if actor.capacity != Capacity.ADMIN:
        raise Forbidden("只有管理员可以离职转办", "only an administrator may hand over")
    done = []
    for row in _held_by(product, actor, leaver):
        error: LuchengError | None = None
        try:
            with product.db.tenant(actor.tenant_id) as tx:
                transfer_item(tx, product.world, actor, row.id, to, reason)
        except LuchengError as refused:
            error = refused
        done.append(HandedOver(row.id, row.name, row.number, error))
    with product.db.tenant(actor.tenant_id) as tx:
        told = {"to": str(to), "reason": reason, "count": sum(one.error is None for one in done)}
        note_act(tx, actor, "case.hand-over", str(leaver), product.clock.now(), told)
    return done


def _held_by(product: Product, actor: Actor, leaver: UUID) -> list[Any]:
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        return list(
            tx.all(
                select(work_items.c.id, work_items.c.name, cases.c.number)
                .join(
                    item_candidates,
                    (item_candidates.c.tenant_id == work_items.c.tenant_id)
                    & (item_candidates.c.item_id == work_items.c.id),
                )
                .join(
                    cases,
                    (cases.c.tenant_id == work_items.c.tenant_id)
                    & (cases.c.id == work_items.c.case_id),
                )
                .where(
                    work_items.c.tenant_id == TENANT,
                    item_candidates.c.principal == f"person:{leaver}",
                )
                .order_by(item_candidates.c.due_at, work_items.c.id)
            )
        )
