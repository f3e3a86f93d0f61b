"""Authority to act for somebody, given for a term: its end takes the person off his items.

Every request asks whether the term is over; the clock ends it too, so that nothing waits with
somebody who may not act any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.cases.command import OPEN, Command, lock_case
from engine.history import Act
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import memberships, work_items
from engine.timing.dispatch import Due, finish, schedule
from engine.work_items.holding import hold
from engine.world import World

KIND = "authority"


def plan_end(tx: Unit, membership_id: UUID, ends_at: datetime) -> None:
    """Have the clock end an authority when its term is over."""
    schedule(tx, KIND, membership_id, ends_at)


def end_when_over(tx: Unit, world: World, due: Due) -> None:
    """End an authority whose term is over; one that was prolonged since is planned anew."""
    row = tx.get(memberships, due.ref_id)
    if row is None or not row.active or row.ends_at is None:
        finish(tx, due)
    elif row.ends_at > world.clock.now():
        schedule(tx, KIND, row.id, row.ends_at)
    else:
        end_authority(tx, world, row.id, None)
        finish(tx, due)


def end_authority(tx: Unit, world: World, membership_id: UUID, by: UUID | None) -> int:
    """Let a person act no more and give what he holds back to its group; returns how many items."""
    held = _held(tx, membership_id)
    for item in held:
        case = lock_case(tx, item.case_id)
        if case.status == OPEN:
            command = Command(tx, world, case, None, world.bundles.get(tx, case.bundle_id))
            why = {"reason": "授权已终止"}
            hold(command, item, item.owner, Act("item.released", item.element, item.id, why))
    now = world.clock.now()
    over = {"active": False, "ended_at": now, "ended_by": by}
    tx.update(memberships, memberships.c.id == membership_id, **over)
    return len(held)


def _held(tx: Unit, membership_id: UUID) -> Sequence[Any]:
    return tx.all(
        select(work_items)
        .where(
            work_items.c.tenant_id == TENANT,
            work_items.c.holder == membership_id,
            work_items.c.status == "claimed",
        )
        .order_by(work_items.c.case_id, work_items.c.id)
    )
