"""What a person was told inside the product, and what could not be told to anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.errors import Forbidden
from engine.messaging.notifications import list_notifications, mark_all_read, mark_read
from engine.messaging.outbox import send_again, unsent_messages
from engine.work_items.lists import SEES_ALL, may_see_cases
from webapp.product import Product


@dataclass(frozen=True)
class Told:
    """A page of notifications; ``linked`` are the cases among them that the person may open."""

    rows: Sequence[Any]
    next: str | None
    linked: frozenset[UUID]


def read_notifications(
    product: Product,
    actor: Actor,
    *,
    unread: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Told:
    """The person's notifications, latest first."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        found = list_notifications(tx, actor, unread=unread, cursor=cursor, limit=limit)
        named = {row.case_id for row in found.rows if row.case_id is not None}
        return Told(found.rows, found.next, may_see_cases(tx, actor, named))


def read_one(product: Product, actor: Actor, notification_id: UUID) -> UUID | None:
    """Mark a notification as read; gives its case when the person may open it."""
    with product.db.tenant(actor.tenant_id) as tx:
        row = mark_read(tx, actor, notification_id, product.clock.now())
        seen = may_see_cases(tx, actor, {row.case_id} - {None})
        return row.case_id if row.case_id in seen else None


def read_all(product: Product, actor: Actor) -> int:
    """Mark everything as read; returns how many notifications were new."""
    with product.db.tenant(actor.tenant_id) as tx:
        return mark_all_read(tx, actor, product.clock.now())


def read_unsent(product: Product, actor: Actor) -> Sequence[Any]:
    """The messages that could not be sent so far; for administrators and auditors."""
    if actor.capacity not in SEES_ALL:
        raise Forbidden("只有审计员和管理员可以查看", "only auditors and administrators may look")
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        return unsent_messages(tx)


def send_unsent(product: Product, actor: Actor, message_id: UUID) -> None:
    """Let a message that failed be sent again now."""
    if actor.capacity != "admin":
        raise Forbidden("只有管理员可以再次发送", "only an administrator may send it again")
    with product.db.tenant(actor.tenant_id) as tx:
        send_again(tx, message_id, product.clock.now())
