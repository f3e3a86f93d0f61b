"""What the clock does: fire timers, deliver messages, retry, run batch commands, send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from engine.cases.command import (
    AFTER_COMMIT,
    BEFORE_COMMIT,
    OPEN,
    SUSPENDED,
    Command,
    lock_case,
    open_case,
)
from engine.cases.incidents import retry_incident
from engine.cases.sync import close_command
from engine.errors import Conflict
from engine.history import Act
from engine.messaging import forwarding, outbox
from engine.messaging.handoffs import handed_by, has_dealt_with, settle
from engine.messaging.messages import count_signals, take_message
from engine.messaging.start_rows import KIND as START
from engine.messaging.starts import start_by_message, start_by_time
from engine.store.database import Database, Unit
from engine.store.metadata import TENANT
from engine.store.tables import early_messages, incidents, subscriptions, timers
from engine.timing import redating
from engine.timing.dispatch import (
    Due,
    claim,
    finish,
    is_running_out,
    next_attempt,
    postpone,
    renew,
    schedule,
)
from engine.work_items import overdue
from engine.world import World

log = structlog.get_logger(__name__)

Doer = Callable[[Unit, World, Due], None]
Sender = Callable[[Database, World, Due], bool]
GIVE_UP = 50
LONGEST_PAUSE = 3600


def run_due(
    db: Database,
    world: World,
    doers: Mapping[str, Doer],
    *,
    limit: int = 50,
    send: Sender = outbox.send_message,
) -> int:
    """Claim and do what is due now; returns how many rows were claimed.

    Each row is done in one transaction of its tenant; sending is not, it must not wait inside one.
    """
    with db.control() as control:
        claimed = claim(control, world.clock.now(), limit)
    left = claimed
    while left:
        now = world.clock.now()
        if is_running_out(left[0], now):
            with db.control() as control:
                left = renew(control, left, now)
            continue
        due, left = left[0], left[1:]
        _do(db, world, doers if due.kind != outbox.KIND else send, due)
    return len(claimed)


def _do(db: Database, world: World, how: Mapping[str, Doer] | Sender, due: Due) -> None:
    try:
        if not isinstance(how, Mapping):
            how(db, world, due)
            return
        with db.tenant(due.tenant_id) as tx:
            how[due.kind](tx, world, due)
            world.mark(BEFORE_COMMIT)
        world.mark(AFTER_COMMIT)
    except Exception as error:  # a failing row must not stop the others
        log.warning("dispatch_failed", kind=due.kind, ref=str(due.ref_id), error=repr(error))
        _give_back(db, world, due, error)


def _give_back(db: Database, world: World, due: Due, error: Exception) -> None:
    """Make a failure visible where that is possible, and let it be tried again later."""
    try:
        if not isinstance(error, OperationalError):  # the database's troubles are not the case's
            _tell(db, world, due, error)
    except Exception as second:
        log.error("incident_not_told", ref=str(due.ref_id), error=repr(second))
    with db.control() as control:
        postpone(control, due, next_attempt(due, world.clock.now()))


def _tell(db: Database, world: World, due: Due, error: Exception) -> None:
    """Show on its case that a timer, message, signal or retry does not get through."""
    with db.tenant(due.tenant_id) as tx:
        place = _place_of(tx, due)
        if place is None:
            return
        case = lock_case(tx, place.case_id)
        if case.status != OPEN or _place_of(tx, due) is None:
            return
        bundle = world.bundles.get(tx, case.bundle_id)
        node = bundle.node(place.element)
        assert node is not None
        command = Command(tx, world, case, None, bundle)
        command.raise_incident(node, error, token_id=place.token_id)
        command.keep()


def _place_of(tx: Unit, due: Due) -> Any:
    """The row that says where due work takes effect: its case, token and element."""
    if due.kind == "message":
        message = tx.get(early_messages, due.ref_id)
        places = [] if message is None else _waiting_for(tx, message)
        return places[0] if places else None  # of several any: what they share is the trouble
    table = {"timer": timers, "signal": subscriptions, "retry": incidents}.get(due.kind)
    return None if table is None else tx.get(table, due.ref_id)


def fire_timer(tx: Unit, world: World, due: Due) -> None:
    """Fire one timer: lock the case first, read the timer again, advance, delete the row.

    What is overdue on one case happens in the order it was due, each in a transaction of its own.
    """
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
    elif _may_go_on(tx, world, due, case):
        command = open_case(tx, world, case.id, None)
        first = timer if len(command.parts.timers) == 1 else _first_due(tx, timer)
        _happen(command, first, "timer.fired")
        _settle_timer(tx, due)


def _first_due(tx: Unit, timer: Any) -> Any:
    """The timer of the same case that was due before this one, or this one.

    One that has failed is tried again on its own; the others do not wait for it.
    """
    failed = select(incidents.c.token_id).where(
        incidents.c.tenant_id == TENANT,
        incidents.c.case_id == timer.case_id,
        incidents.c.token_id.is_not(None),
        incidents.c.closed_at.is_(None),
    )
    earlier = (
        select(timers)
        .where(
            timers.c.tenant_id == TENANT,
            timers.c.case_id == timer.case_id,
            timers.c.due_at < timer.due_at,
            timers.c.token_id.not_in(failed),
        )
        .order_by(timers.c.due_at, timers.c.id)
        .limit(1)
    )
    return tx.one(earlier) or timer


def _settle_timer(tx: Unit, due: Due) -> None:
    """Plan the timer again if it still waits: for its next round, or because another was first."""
    timer = tx.get(timers, due.ref_id)
    if timer is None or timer.due_at is None:
        finish(tx, due)
    else:
        schedule(tx, "timer", timer.id, timer.due_at)


def deliver_message(tx: Unit, world: World, due: Due) -> None:
    """Give a kept message to the one place that waits for it, else to what it starts.

    It is kept when nothing does yet. Two places that wait for one message are a defect of the
    diagrams: the message is kept until one of them is gone.
    """
    message = tx.get(early_messages, due.ref_id, lock=True)
    now = world.clock.now()
    if message is None or message.expires_at <= now:
        tx.delete(early_messages, early_messages.c.id == due.ref_id)
        finish(tx, due)
        return
    if message.taken_at is not None:
        schedule(tx, "message", message.id, message.expires_at)
        return
    places = _waiting_for(tx, message)
    if len(places) > 1:
        raise Conflict(
            f"有多处在等待消息 {message.name}",
            f"more than one place waits for message {message.name}",
            code="message_ambiguous",
        )
    if not places and start_by_message(tx, world, message, now):
        take_message(tx, message, due, now)
    elif not places:
        # A place that is being made now is not to be seen yet: look again, ever later.
        postpone(tx, due, min(next_attempt(due, now), message.expires_at))
    elif _may_go_on(tx, world, due, lock_case(tx, places[0].case_id)):
        facts = {"name": message.name}
        _fire(tx, world, places[0], "message.received", message.payload, facts)
        settle(tx, message.handoff_id, places[0].case_id)
        take_message(tx, message, due, now)


def _waiting_for(tx: Unit, message: Any) -> list[Any]:
    rows = tx.all(
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
    handed = handed_by(tx, message.handoff_id)
    return [r for r in rows if handed is None or has_dealt_with(tx, r.case_id, handed.peer)]


def deliver_signal(tx: Unit, world: World, due: Due) -> None:
    """Wake one place that waits for a signal, once for each that was sent."""
    place = tx.get(subscriptions, due.ref_id)
    if place is None:
        finish(tx, due)
    elif _may_go_on(tx, world, due, lock_case(tx, place.case_id)):
        if tx.get(subscriptions, due.ref_id) is not None:
            _fire(tx, world, place, "signal.received", facts={"name": place.name})
        if count_signals(tx, due.ref_id, -1) > 0:
            postpone(tx, due, world.clock.now())  # the next of them has a command of its own
        else:
            finish(tx, due)


def _may_go_on(tx: Unit, world: World, due: Due, case: Any) -> bool:
    """True while the case is open; the work of a suspended case is put off, else it is done."""
    if case.status == SUSPENDED:
        postpone(tx, due, next_attempt(due, world.clock.now()))
    elif case.status != OPEN:
        finish(tx, due)
    return bool(case.status == OPEN)


def _fire(
    tx: Unit,
    world: World,
    place: Any,
    kind: str,
    payload: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    _happen(open_case(tx, world, place.case_id, None), place, kind, payload, facts)


def _happen(
    command: Command,
    place: Any,
    kind: str,
    payload: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    command.fire(place.token_id, payload)
    command.machine.advance()
    close_command(command, Act(kind, place.element, content=facts))


def retry_service(tx: Unit, world: World, due: Due) -> None:
    """Retry a failed service task; a new failure counts on the incident and is tried later."""
    incident = tx.get(incidents, due.ref_id)
    if incident is None:
        finish(tx, due)
        return
    if not _may_go_on(tx, world, due, lock_case(tx, incident.case_id)):
        return
    if _is_closed(tx, due.ref_id) or retry_incident(tx, world, None, due.ref_id):
        finish(tx, due)
    elif due.attempts >= GIVE_UP:
        finish(tx, due)  # from here on it waits for an administrator
    else:
        pause = timedelta(seconds=min(LONGEST_PAUSE, 5 * 2**due.attempts))
        schedule(tx, "retry", due.ref_id, world.clock.now() + pause)


def _is_closed(tx: Unit, incident_id: UUID) -> bool:
    incident = tx.get(incidents, incident_id)
    return incident is None or incident.closed_at is not None


ENGINE_DOERS: Mapping[str, Doer] = {
    "timer": fire_timer,
    "message": deliver_message,
    "signal": deliver_signal,
    "retry": retry_service,
    overdue.KIND: overdue.tell_overdue,
    forwarding.KIND: forwarding.tell_gathered,
    redating.KIND: redating.redate_batch,
    START: start_by_time,
}
