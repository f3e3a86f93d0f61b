"""The outbox: what is to be told after the commit, at least once, always under the same key.

A message is a row written in the command's transaction together with its dispatch row. A clock
reads it, gives it to the transport of its kind outside any write transaction, then marks it sent.
Status: waiting → sent | given_up, given_up → waiting (sent again by hand).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.errors import Conflict, LuchengError, NotFound
from engine.messaging.transport import Message
from engine.store.database import Database, Unit
from engine.store.metadata import TENANT
from engine.store.tables import outbox
from engine.timing.dispatch import Due, finish, next_attempt, postpone, schedule
from engine.world import World

WAITING, SENT, GIVEN_UP = "waiting", "sent", "given_up"
KIND = "outbox"
MOST_ATTEMPTS = 10
"""With the pauses of the dispatch about five hours; then a person has to look."""
AFTER_SENDING = "outbox.after_sending"
"""Marked point: the message has left and nothing says so yet."""
MOST_SHOWN = 200
_LONGEST_ERROR = 500


def post_message(
    tx: Unit, kind: str, key: str, payload: Mapping[str, Any], now: datetime
) -> UUID | None:
    """Have something told once this transaction is committed; None when the key was posted before.

    ``key`` is unique in the tenant: the same fact is told once, whoever repeats the command.
    """
    row = {
        "kind": kind,
        "key": key,
        "payload": dict(payload),
        "created_at": now,
        "status": WAITING,
    }
    message: UUID | None = tx.upsert(outbox, ("key",), row, {}, give=outbox.c.id)
    if message is not None:
        schedule(tx, KIND, message, now)
    return message


def send_message(db: Database, world: World, due: Due) -> bool:
    """Send one message and mark it sent; a failure stands on its row and is tried again later.

    Returns False for a failure.
    """
    with db.tenant(due.tenant_id, read_only=True) as tx:
        row = tx.get(outbox, due.ref_id)
        is_practice = bool(world.offices.get(tx).practice_of)
    error: Exception | None = None
    if row is not None and row.status == WAITING:
        try:
            _send(world, row, due, is_practice=is_practice)
        except Exception as failure:  # whatever a transport does, the message is kept
            error = failure
        else:
            world.mark(AFTER_SENDING)
    with db.tenant(due.tenant_id) as tx:
        if row is None or row.status != WAITING:
            finish(tx, due)
        elif error is None:
            _keep_sent(tx, due, row, world.clock.now())
        else:
            _keep_failure(tx, due, row, error, world.clock.now())
    return error is None


def _send(world: World, row: Any, due: Due, *, is_practice: bool) -> None:
    if due.attempts > MOST_ATTEMPTS:
        # It was never told how the attempts before ended: each must have taken the process along.
        raise Conflict("发送中断次数过多", "sending it was cut short too often")
    transport = world.transports.get(row.kind)
    if transport is None:
        raise NotFound(f"没有“{row.kind}”类消息的发送渠道", f"nothing sends messages {row.kind}")
    if is_practice and not getattr(transport, "stays_inside", False):
        return  # nothing of a practice reaches anybody outside it
    transport(Message(row.tenant_id, row.kind, row.key, row.payload, row.created_at))


def _keep_sent(tx: Unit, due: Due, row: Any, now: datetime) -> None:
    tx.update(
        outbox,
        outbox.c.id == row.id,
        status=SENT,
        sent_at=now,
        attempts=row.attempts + 1,
        error="",
    )
    finish(tx, due)


def _keep_failure(tx: Unit, due: Due, row: Any, error: Exception, now: datetime) -> None:
    is_over = due.attempts >= MOST_ATTEMPTS
    tx.update(
        outbox,
        outbox.c.id == row.id,
        outbox.c.status == WAITING,
        status=GIVEN_UP if is_over else WAITING,
        attempts=row.attempts + 1,
        error=_wording(error),
    )
    if is_over:
        finish(tx, due)
    else:
        postpone(tx, due, next_attempt(due, now))


def _wording(error: Exception) -> str:
    """What an administrator reads; a foreign error may carry secrets, so only its kind."""
    return error.zh[:_LONGEST_ERROR] if isinstance(error, LuchengError) else type(error).__name__


def unsent_messages(tx: Unit) -> Sequence[Any]:
    """The messages that failed and are not sent yet, oldest first."""
    return tx.all(
        select(outbox)
        .where(outbox.c.tenant_id == TENANT, outbox.c.sent_at.is_(None), outbox.c.attempts > 0)
        .order_by(outbox.c.created_at, outbox.c.id)
        .limit(MOST_SHOWN)
    )


def send_again(tx: Unit, message_id: UUID, now: datetime) -> None:
    """Let a failed message be tried now, given up or not; Conflict when it was sent."""
    row = tx.get(outbox, message_id, lock=True)
    if row is None:
        raise NotFound("消息不存在", "there is no such message")
    if row.status == SENT:
        raise Conflict("消息已经发出", "the message was sent")
    tx.update(outbox, outbox.c.id == message_id, status=WAITING)
    schedule(tx, KIND, message_id, now)
