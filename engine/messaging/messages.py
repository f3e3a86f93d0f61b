"""Messages and signals: routed to one waiting place, kept when early, never broadcast by luck."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from engine.feel import to_json
from engine.ids import new_id
from engine.messaging.start_rows import signal_starts
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import early_messages, subscriptions
from engine.timing.dispatch import Due, finish, hurry, schedule

KEEP_EARLY = timedelta(days=30)


def publish_message(
    tx: Unit,
    name: str,
    correlation: str,
    payload: Mapping[str, Any],
    now: datetime,
    *,
    message_id: str | None = None,
) -> UUID:
    """Keep a message for the one case that waits for it, now or later; returns its id.

    Delivery is a command of its own on the receiving case, so that no transaction locks two. A
    message that its sender gave an id of his own is taken once, however often it is sent within
    the time it is kept.
    """
    kept = new_id()
    row = {
        "id": kept,
        "name": name,
        "correlation": correlation,
        "payload": {key: to_json(value) for key, value in payload.items()},
        "expires_at": now + KEEP_EARLY,
        "message_id": message_id,
    }
    if message_id is None:
        tx.insert(early_messages, **row)
    elif not tx.insert_once(early_messages, ("name", "message_id"), **row).count:
        return _known(tx, name, message_id)
    schedule(tx, "message", kept, now)
    return kept


def _known(tx: Unit, name: str, message_id: str) -> UUID:
    found: UUID = tx.scalar(
        select(early_messages.c.id).where(
            early_messages.c.tenant_id == TENANT,
            early_messages.c.name == name,
            early_messages.c.message_id == message_id,
        )
    )
    return found


def take_message(tx: Unit, message: Any, due: Due, now: datetime) -> None:
    """A message has reached where it was meant for; one with an id of its own is remembered."""
    if message.message_id is None:
        tx.delete(early_messages, early_messages.c.id == message.id)
        finish(tx, due)
    else:
        tx.change(early_messages, {"id": message.id}, taken_at=now, payload={})
        schedule(tx, "message", message.id, message.expires_at)


def publish_signal(tx: Unit, name: str, source: UUID, now: datetime) -> None:
    """Wake every place of other cases that waits for the signal, and begin what it starts."""
    waiting = tx.all(
        select(subscriptions.c.id)
        .where(
            subscriptions.c.tenant_id == TENANT,
            subscriptions.c.kind == "signal",
            subscriptions.c.name == name,
            subscriptions.c.case_id != source,
        )
        .order_by(subscriptions.c.id)  # two signals at once lock their rows in one order
    )
    for row in waiting:
        count_signals(tx, row.id, 1)
        schedule(tx, "signal", row.id, now)
    signal_starts(tx, name, now)


def count_signals(tx: Unit, place: UUID, more: int) -> int:
    """Note signals that are to wake a place, or take them off; how many are left, 0 without it."""
    left = tx.execute(
        update(subscriptions)
        .where(subscriptions.c.tenant_id == TENANT, subscriptions.c.id == place)
        .values(signals=subscriptions.c.signals + more)
        .returning(subscriptions.c.signals)
    ).scalar()
    return int(left or 0)


def redeliver(tx: Unit, token_id: UUID, now: datetime) -> None:
    """Have what came for a waiting token delivered now, if anything did."""
    place = tx.one(
        select(subscriptions).where(
            subscriptions.c.tenant_id == TENANT, subscriptions.c.token_id == token_id
        )
    )
    if place is None:
        return
    early = find_early(tx, place.name, place.correlation) if place.kind == "message" else None
    if early is not None:
        schedule(tx, "message", early, now)
    hurry(tx, "signal", [place.id], now)


def find_early(tx: Unit, name: str, correlation: str) -> UUID | None:
    """The oldest kept message for a place that has just begun to wait."""
    found: UUID | None = tx.scalar(
        select(early_messages.c.id)
        .where(
            early_messages.c.tenant_id == TENANT,
            early_messages.c.name == name,
            early_messages.c.correlation == correlation,
            early_messages.c.taken_at.is_(None),
        )
        .order_by(early_messages.c.id)
        .limit(1)
    )
    return found
