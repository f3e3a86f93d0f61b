"""Which items a person has opened: the rest are unread."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import item_openings


def opened_by(tx: Unit, actor: Actor, item_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the items the person has opened."""
    if not item_ids:
        return frozenset()
    rows = tx.all(
        select(item_openings.c.item_id).where(
            item_openings.c.tenant_id == TENANT,
            item_openings.c.membership_id == actor.membership_id,
            item_openings.c.item_id.in_(list(item_ids)),
        )
    )
    return frozenset(row.item_id for row in rows)


def note_opening(tx: Unit, actor: Actor, item_id: UUID, now: datetime) -> None:
    """Note that a person has opened an item, the first time."""
    row = {"item_id": item_id, "membership_id": actor.membership_id, "at": now}
    tx.insert_missing(item_openings, ("item_id", "membership_id"), [row])
