"""Due work: control rows without content, claimed by lease, done in the tenant's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, or_, select, update

from engine.store.control import dispatch
from engine.store.database import ControlUnit, Unit

LEASE = timedelta(seconds=30)
"""How long claimed work is nobody else's; whoever works on it renews it, a dead node does not."""
BACKOFF = (5, 30, 120, 600, 3600)
"""Seconds to wait after the first, second … failed attempt."""
HELD_BACK = datetime(9000, 1, 1, tzinfo=UTC)
"""Until when work of a frozen tenant is leased: to nobody, until it is let go."""


@dataclass(frozen=True)
class Due:
    """One claimed row: what kind of work, whose, on which row of theirs, and until when claimed."""

    id: UUID
    kind: str
    tenant_id: UUID
    ref_id: UUID
    attempts: int
    until: datetime


def schedule(tx: Unit, kind: str, ref_id: UUID, due_at: datetime) -> None:
    """Have something done at a time; scheduling it again moves the time."""
    tx.place(
        dispatch,
        ("kind", "tenant_id", "ref_id"),
        ("due_at", "lease_until"),
        kind=kind,
        tenant_id=tx.tenant_id,
        ref_id=ref_id,
        due_at=due_at,
        lease_until=None,
        attempts=0,
    )
    tx.remind(due_at)


def hurry(tx: Unit, kind: str, ref_ids: Iterable[UUID], now: datetime) -> None:
    """Let work that waits for its next attempt be done now; what is not planned stays so."""
    ids = list(ref_ids)
    if ids:
        tx.update(
            dispatch,
            dispatch.c.kind == kind,
            dispatch.c.tenant_id == tx.tenant_id,
            dispatch.c.ref_id.in_(ids),
            due_at=now,
        )
        tx.remind(now)


def unschedule(tx: Unit, kind: str, ref_ids: Iterable[UUID]) -> None:
    """Take back work that is not to be done any more."""
    ids = list(ref_ids)
    if ids:
        tx.remove(dispatch, kind=kind, tenant_id=tx.tenant_id, ref_id=ids)


def due_rows(now: datetime, limit: int) -> Select[Any]:
    """What a clock looks for: up to ``limit`` due rows that nobody holds, oldest first."""
    return (
        select(dispatch)
        .where(
            dispatch.c.due_at <= now,
            or_(dispatch.c.lease_until.is_(None), dispatch.c.lease_until < now),
        )
        .order_by(dispatch.c.due_at, dispatch.c.id)
        .limit(limit)
    )


def claim(control: ControlUnit, now: datetime, limit: int = 50) -> list[Due]:
    """Lease up to ``limit`` due rows, oldest first; nobody else gets them before the lease ends."""
    chosen = due_rows(now, limit)
    if control.dialect == "postgresql":
        chosen = chosen.with_for_update(skip_locked=True)
    rows = control.all(chosen)
    until = now + LEASE
    if rows:
        control.execute(
            update(dispatch)
            .where(dispatch.c.id.in_([row.id for row in rows]))
            .values(lease_until=until, attempts=dispatch.c.attempts + 1)
        )
    return [Due(r.id, r.kind, r.tenant_id, r.ref_id, r.attempts + 1, until) for r in rows]


def hold_back(tx: Unit) -> None:
    """Let nobody claim anything of the tenant until it is let go again."""
    tx.update(dispatch, dispatch.c.tenant_id == tx.tenant_id, lease_until=HELD_BACK)


def let_go(tx: Unit, now: datetime) -> None:
    """Let what was held back be claimed again."""
    own = dispatch.c.tenant_id == tx.tenant_id
    tx.update(dispatch, own, dispatch.c.lease_until == HELD_BACK, lease_until=None)
    tx.remind(now)


def is_running_out(due: Due, now: datetime) -> bool:
    """Whether work that was claimed should be renewed before it is begun."""
    return due.until - now < LEASE / 2


def renew(control: ControlUnit, claimed: Sequence[Due], now: datetime) -> list[Due]:
    """Lease on what is still ours; what somebody has taken over meanwhile is left to him."""
    until = now + LEASE
    kept = {
        row.id
        for row in control.all(
            update(dispatch)
            .where(
                dispatch.c.id.in_([due.id for due in claimed]),
                dispatch.c.lease_until == claimed[0].until,
            )
            .values(lease_until=until)
            .returning(dispatch.c.id)
        )
    }
    return [replace(due, until=until) for due in claimed if due.id in kept]


def postpone(tx: ControlUnit | Unit, due: Due, until: datetime) -> None:
    """Give the row back until a later time, unless somebody has planned it anew meanwhile."""
    tx.execute(
        update(dispatch)
        .where(dispatch.c.id == due.id, dispatch.c.lease_until.is_not(None))
        .values(lease_until=None, due_at=until)
    )


def next_attempt(due: Due, now: datetime) -> datetime:
    """When work that could not be done is tried again: ever later."""
    return now + timedelta(seconds=BACKOFF[min(due.attempts, len(BACKOFF)) - 1])


def finish(tx: Unit, due: Due) -> None:
    """Delete the row in the transaction that did the work."""
    tx.execute(delete(dispatch).where(dispatch.c.id == due.id))


def next_due(control: ControlUnit) -> datetime | None:
    """When the next row is due; None when nothing is."""
    row = control.one(
        select(dispatch.c.due_at)
        .where(dispatch.c.lease_until.is_(None))
        .order_by(dispatch.c.due_at)
        .limit(1)
    )
    return None if row is None else row.due_at
