"""Rows of start events that happen by themselves: kept at publication, until they are replaced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.bpmn.model import EventKind, Process
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import bundles, start_events
from engine.timing.dispatch import schedule, unschedule

KIND = "start"
SIGNALLED = "signalled"
"""A row that stands for one start by a signal, made when the signal was thrown."""
_HAPPENING = (EventKind.MESSAGE, EventKind.SIGNAL, EventKind.TIMER)


def arm_starts(
    tx: Unit, bundle_id: UUID, process: Process, effective: datetime, now: datetime
) -> None:
    """Keep the start events of a bundle, and forget those of bundles that no longer count."""
    if effective <= now:
        forget(tx, _replaced(tx, process.id, bundle_id, effective))
    for node in process.body.starts():
        if node.event.kind in _HAPPENING:
            row_id = tx.insert(
                start_events,
                procedure=process.id,
                bundle_id=bundle_id,
                element=node.id,
                kind=node.event.kind.value,
                name=node.event.ref,
                armed_at=max(effective, now),
            )
            if node.event.kind is EventKind.TIMER:
                schedule(tx, KIND, row_id, max(effective, now))


def _replaced(tx: Unit, procedure: str, bundle_id: UUID, effective: datetime) -> list[UUID]:
    """The rows of the bundles that one which holds from now on replaces; later ones stay."""
    rows = tx.all(
        select(start_events.c.id)
        .join(
            bundles,
            (bundles.c.tenant_id == start_events.c.tenant_id)
            & (bundles.c.id == start_events.c.bundle_id),
        )
        .where(
            start_events.c.tenant_id == TENANT,
            start_events.c.procedure == procedure,
            start_events.c.kind != SIGNALLED,
            start_events.c.bundle_id != bundle_id,
            bundles.c.effective_from <= effective,
        )
    )
    return [row.id for row in rows]


def forget(tx: Unit, ids: Sequence[UUID]) -> None:
    """Take rows away with what is planned for them."""
    if ids:
        tx.remove(start_events, id=list(ids))
        unschedule(tx, KIND, ids)


def rows_for(tx: Unit, kind: EventKind, name: str) -> Sequence[Any]:
    """The rows of the start events that a message or signal of this name concerns."""
    found: Sequence[Any] = tx.all(
        select(start_events)
        .where(
            start_events.c.tenant_id == TENANT,
            start_events.c.kind == kind.value,
            start_events.c.name == name,
        )
        .order_by(start_events.c.id)
    )
    return found


def signal_starts(tx: Unit, name: str, now: datetime) -> None:
    """Have a case begun at every start event that waits for the signal, each by itself."""
    for row in rows_for(tx, EventKind.SIGNAL, name):
        once = tx.insert(
            start_events,
            procedure=row.procedure,
            bundle_id=row.bundle_id,
            element=row.element,
            kind=SIGNALLED,
            name=name,
            armed_at=now,
            due_at=now,
        )
        schedule(tx, KIND, once, now)
