"""What the clock does: fire timers, deliver messages, retry, run batch commands, send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from engine.command import SUSPENDED, lock_case, open_case
from engine.dispatch import Due, claim, finish, postpone, schedule
from engine.errors import Conflict
from engine.history import Act
from engine.incidents import retry_incident
from engine.store.database import Database, Unit
from engine.store.metadata import TENANT
from engine.store.tables import early_messages, subscriptions, timers
from engine.sync import close_command
from engine.world import World

log = structlog.get_logger(__name__)

Doer = Callable[[Unit, World, Due], None]
GIVE_UP = 50


def run_due(db: Database, world: World, doers: Mapping[str, Doer], *, limit: int = 50) -> int:
    """Claim and do what is due now; returns how many rows were claimed."""
    with db.control() as control:
        claimed = claim(control, world.clock.now(), limit)
    for due in claimed:
        try:
            with db.tenant(due.tenant_id) as tx:
                doers[due.kind](tx, world, due)
        except Exception as error:  # a failing row must not stop the others
            log.warning("dispatch_failed", kind=due.kind, ref=str(due.ref_id), error=repr(error))
            if due.kind == "timer":
                _tell_timer(db, world, due, error)
            with db.control() as control:
                postpone(control, due, world.clock.now())
    return len(claimed)


def _tell_timer(db: Database, world: World, due: Due, error: Exception) -> None:
    """Make it visible on the case that its timer cannot fire."""
    with db.tenant(due.tenant_id) as tx:
        timer = tx.get(timers, due.ref_id)
        if timer is None or lock_case(tx, timer.case_id).status != "open":
            return
        command = open_case(tx, world, timer.case_id, None)
        token = command.machine.token(timer.token_id)
        if token is not None:
            command.raise_incident(token.node, error, token_id=token.id)
            close_command(command, Act("timer.failed", timer.element))


def fire_timer(tx: Unit, world: World, due: Due) -> None:
    """Fire one timer: lock the case first, read the timer again, advance, delete the row."""
    timer = tx.get(timers, due.ref_id)
    if timer is None:
        finish(tx, due)
        return
    case = lock_case(tx, timer.case_id)
    timer = tx.get(timers, due.ref_id)
    now = world.clock.now()
    if timer is None or timer.due_at is None:
        finish(tx, due)
    elif timer.due_at > now:
        schedule(tx, "timer", timer.id, timer.due_at)
    elif case.status == SUSPENDED:
        raise Conflict("办件已挂起", "the case is suspended")
    elif case.status != "open":
        finish(tx, due)
    else:
        command = open_case(tx, world, case.id, None)
        command.fire(timer.token_id)
        command.machine.advance()
        close_command(command, Act("timer.fired", timer.element))
        finish(tx, due)


def deliver_message(tx: Unit, world: World, due: Due) -> None:
    """Give a kept message to the one place that waits for it; keep it when none does yet."""
    message = tx.get(early_messages, due.ref_id)
    if message is None or message.expires_at < world.clock.now():
        if message is not None:
            tx.delete(early_messages, early_messages.c.id == message.id)
        finish(tx, due)
        return
    waiting = tx.all(
        select(subscriptions)
        .where(
            subscriptions.c.tenant_id == TENANT,
            subscriptions.c.kind == "message",
            subscriptions.c.name == message.name,
            subscriptions.c.correlation == message.correlation,
        )
        .order_by(subscriptions.c.id)
        .limit(2)
    )
    finish(tx, due)
    if len(waiting) == 1:
        _wake(tx, world, waiting[0].case_id, waiting[0].token_id, message)
        tx.delete(early_messages, early_messages.c.id == message.id)
    elif waiting:
        log.error("message_ambiguous", name=message.name)


def deliver_signal(tx: Unit, world: World, due: Due) -> None:
    """Wake one place that waits for a signal."""
    subscription = tx.get(subscriptions, due.ref_id)
    finish(tx, due)
    if subscription is not None:
        _wake(tx, world, subscription.case_id, subscription.token_id, None)


def _wake(tx: Unit, world: World, case_id: UUID, token_id: UUID, message: object) -> None:
    command = open_case(tx, world, case_id, None)
    payload = getattr(message, "payload", None)
    kind = "signal.received" if message is None else "message.received"
    command.fire(token_id, payload)
    command.machine.advance()
    name = getattr(message, "name", "")
    close_command(command, Act(kind, content={"name": name}))


def retry_service(tx: Unit, world: World, due: Due) -> None:
    """Retry a failed service task; a new failure counts on the incident and is tried later."""
    try:
        closed = retry_incident(tx, world, None, due.ref_id)
    except Conflict:
        closed = True
    if closed or due.attempts >= GIVE_UP:
        finish(tx, due)
    else:
        raise_later(tx, world, due)


def raise_later(tx: Unit, world: World, due: Due) -> None:
    """Schedule the next attempt of a retry, ever later."""
    schedule(
        tx,
        "retry",
        due.ref_id,
        world.clock.now() + timedelta(seconds=min(3600, 5 * 2**due.attempts)),
    )


ENGINE_DOERS: Mapping[str, Doer] = {
    "timer": fire_timer,
    "message": deliver_message,
    "signal": deliver_signal,
    "retry": retry_service,
}
