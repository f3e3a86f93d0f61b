"""Hand-off (移交): a case file passes to another tenant as a message; both sides keep their record.

An act that throws the message writes what is sent and leaves it to the outbox, which brings it over
at least once; who receives it takes it in once, by source and message id, and the message then goes
to what it starts or to the place that waits for it. A tenant takes messages from those above and
below it alone, and a waiting case only from whom it has handed something over to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.errors import Forbidden, Invalid
from engine.feel import to_json
from engine.ids import new_id
from engine.messaging.messages import publish_message
from engine.messaging.outbox import post_message
from engine.messaging.transport import Message
from engine.store.control import tenants
from engine.store.database import ControlUnit, Database, Unit
from engine.store.metadata import TENANT
from engine.store.tables import attachments, early_messages, handoffs, outbox
from engine.timing.clock import Clock

HAND_OFF, PROGRESS = "hand-off", "progress"
KINDS = (HAND_OFF, PROGRESS)
SENT, RECEIVED = "out", "in"
WAITING, TAKEN, BY_FILE = "waiting", "taken", "by_file"
"""On its way; taken in by the other side; to be brought as a file to one that is not here."""
KEPT = timedelta(days=3650)
"""How long a hand-off waits for a case that takes it: nothing handed over is thrown away."""
MOST_SHOWN = 100
AFTER_TAKING = "handoff.after_taking"
"""Marked point: the other side has it and this side does not know yet."""


@dataclass(frozen=True)
class CaseFile:
    """The case file as it lies with the receiver."""

    name: str
    media_type: str
    size: int
    digest: str


Carry = Callable[[UUID, UUID, UUID], CaseFile | None]
"""Make the file of a case of one tenant and lay its bytes down with another, repeatably."""


@dataclass(frozen=True)
class Sending:
    """What an act hands over: to whom, as which message, with which values."""

    to: str
    name: str
    correlation: str
    values: Mapping[str, Any]


def hand_off(tx: Unit, case: Any, element: str, sending: Sending, now: datetime) -> UUID:
    """Have the case file and these values brought to another tenant; returns the message's id."""
    message_id = new_id()
    values = {key: to_json(value) for key, value in sending.values.items()}
    tx.insert(
        handoffs,
        direction=SENT,
        peer=sending.to,
        peer_name="",
        message_id=message_id,
        name=sending.name,
        correlation=sending.correlation,
        case_id=case.id,
        number=case.number,
        status=WAITING,
        at=now,
        seq=0,
    )
    payload = {
        "to": sending.to,
        "message": str(message_id),
        "name": sending.name,
        "correlation": sending.correlation,
        "values": values,
        "case": str(case.id),
        "number": case.number,
        "title": case.title,
        "element": element,
    }
    post_message(tx, HAND_OFF, f"{HAND_OFF}:{message_id}", payload, now)
    return message_id


class HandOff:
    """The transport that brings a hand-off, or word of how it goes on, to another tenant."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        carry: Carry,
        mark: Callable[[str], None] = lambda _point: None,
    ) -> None:
        self._db, self._clock, self._carry, self._mark = db, clock, carry, mark

    def __call__(self, message: Message) -> None:
        with self._db.control(read_only=True) as control:
            source, target = _ends(control, message.tenant_id, str(message.payload["to"]))
        if target is None:
            self._leave_for_file(message)
            return
        if message.kind == PROGRESS:
            with self._db.tenant(target.id) as tx:
                hear_progress(tx, source.slug, message.payload)
            return
        carried = self._carry(source.id, UUID(message.payload["case"]), target.id)
        with self._db.tenant(target.id) as tx:
            take_in(tx, source, message.payload, carried, self._clock.now())
        self._mark(AFTER_TAKING)
        with self._db.tenant(source.id) as tx:
            tx.update(
                handoffs,
                handoffs.c.direction == SENT,
                handoffs.c.message_id == UUID(message.payload["message"]),
                peer_name=target.name,
                status=TAKEN,
            )

    def _leave_for_file(self, message: Message) -> None:
        """The receiver is elsewhere: a file has to be brought, and progress is told by nobody."""
        if message.kind == HAND_OFF:
            with self._db.tenant(message.tenant_id) as tx:
                tx.update(
                    handoffs,
                    handoffs.c.direction == SENT,
                    handoffs.c.message_id == UUID(message.payload["message"]),
                    status=BY_FILE,
                )


def _ends(control: ControlUnit, source_id: UUID, to: str) -> tuple[Any, Any]:
    """Both tenants, None for one that is not here; Forbidden for one not above or below."""
    source = control.one(select(tenants).where(tenants.c.id == source_id))
    target = control.one(select(tenants).where(tenants.c.slug == to))
    if target is None:
        return source, None
    if not (_is_above(control, source, target) or _is_above(control, target, source)):
        raise Forbidden(
            f"{to} 与本单位没有上下级关系，不能移交",
            f"tenant {to} is neither above nor below this one",
        )
    return source, target


def peers_of(control: ControlUnit, tenant_id: UUID) -> frozenset[str]:
    """The tenants of this installation above and below one: those it may hand something to."""
    rows = {row.id: row for row in control.all(select(tenants))}
    own = rows[tenant_id]
    return frozenset(
        row.slug
        for row in rows.values()
        if _is_above(control, row, own) or _is_above(control, own, row)
    )


def _is_above(control: ControlUnit, upper: Any, lower: Any) -> bool:
    parent = lower.parent_id
    while parent is not None:
        if parent == upper.id:
            return True
        row = control.one(select(tenants.c.parent_id).where(tenants.c.id == parent))
        parent = None if row is None else row.parent_id
    return False


def take_in(
    tx: Unit, source: Any, payload: Mapping[str, Any], carried: CaseFile | None, now: datetime
) -> bool:
    """Take a hand-off in once and let its message go where it belongs; False when it was here."""
    row = {
        "direction": RECEIVED,
        "peer": source.slug,
        "peer_name": source.name,
        "message_id": UUID(payload["message"]),
        "name": payload["name"],
        "correlation": payload["correlation"],
        "number": payload["number"],
        "status": WAITING,
        "at": now,
        "seq": 0,
    }
    keys = ("direction", "peer", "message_id")
    handoff: UUID | None = tx.upsert(handoffs, keys, row, {}, give=handoffs.c.id)
    if handoff is None:
        return False
    values = dict(payload["values"])
    if carried is not None:
        file_id = tx.insert(
            attachments,
            case_id=None,
            name=carried.name,
            media_type=carried.media_type,
            size=carried.size,
            digest=carried.digest,
            uploaded_by=None,
            uploaded_at=now,
        )
        tx.update(handoffs, handoffs.c.id == handoff, file_id=file_id)
        values["caseFile"] = [str(file_id)]
    values["handOff"] = {
        "from": source.slug,
        "name": source.name,
        "number": payload["number"],
        "title": payload["title"],
        "at": now.isoformat(),
    }
    kept = publish_message(tx, payload["name"], payload["correlation"], values, now)
    tx.update(
        early_messages, early_messages.c.id == kept, handoff_id=handoff, expires_at=now + KEPT
    )
    return True


@dataclass(frozen=True)
class HandedBy:
    """From where a case came: the tenant and the case's number there."""

    peer: str
    number: str


def handed_by(tx: Unit, handoff_id: UUID | None) -> HandedBy | None:
    """Who handed over what a message brings; None for a message of one's own."""
    row = None if handoff_id is None else tx.get(handoffs, handoff_id)
    return None if row is None else HandedBy(row.peer, row.number)


def settle(tx: Unit, handoff_id: UUID | None, case_id: UUID) -> None:
    """Say which case has taken a hand-off; its file belongs to the case from now on."""
    row = None if handoff_id is None else tx.get(handoffs, handoff_id)
    if row is None:
        return
    tx.update(handoffs, handoffs.c.id == row.id, case_id=case_id, status=TAKEN)
    if row.file_id is not None:
        tx.update(
            attachments,
            attachments.c.id == row.file_id,
            attachments.c.case_id.is_(None),
            case_id=case_id,
        )


def has_dealt_with(tx: Unit, case_id: UUID, peer: str) -> bool:
    """Whether the case was handed over to a tenant, or came from it."""
    row = tx.one(
        select(handoffs.c.id)
        .where(
            handoffs.c.tenant_id == TENANT,
            handoffs.c.case_id == case_id,
            handoffs.c.peer == peer,
        )
        .limit(1)
    )
    return row is not None


def tell_progress(tx: Unit, case: Any, facts: Mapping[str, str], seq: int, now: datetime) -> None:
    """Have the tenant a case came from told its stage and status, and nothing else."""
    payload = {"to": case.handed_by, "number": case.handed_number, "seq": seq, **facts}
    post_message(tx, PROGRESS, f"{PROGRESS}:{case.id}:{seq}", payload, now)


def hear_progress(tx: Unit, peer: str, told: Mapping[str, Any]) -> None:
    """Keep how it goes on at the other side; word that comes late changes nothing."""
    tx.update(
        handoffs,
        handoffs.c.direction == SENT,
        handoffs.c.peer == peer,
        handoffs.c.number == str(told["number"]),
        handoffs.c.seq < int(told["seq"]),
        seq=int(told["seq"]),
        stage=str(told["stage"])[:80],
        peer_status=str(told["status"])[:20],
    )


def handoffs_of(tx: Unit, case_id: UUID) -> Sequence[Any]:
    """What a case handed over and took in, oldest first."""
    return tx.all(
        select(handoffs)
        .where(handoffs.c.tenant_id == TENANT, handoffs.c.case_id == case_id)
        .order_by(handoffs.c.at, handoffs.c.id)
    )


def said_of(tx: Unit, handoff: Any) -> Mapping[str, Any] | None:
    """What was said when it was handed over; None when nothing is kept of it."""
    found: Mapping[str, Any] | None = tx.scalar(
        select(outbox.c.payload).where(
            outbox.c.tenant_id == TENANT, outbox.c.key == f"{HAND_OFF}:{handoff.message_id}"
        )
    )
    return found


def untaken(tx: Unit) -> Sequence[Any]:
    """What came in and no case has taken yet, oldest first."""
    return tx.all(
        select(handoffs)
        .where(
            handoffs.c.tenant_id == TENANT,
            handoffs.c.direction == RECEIVED,
            handoffs.c.status == WAITING,
        )
        .order_by(handoffs.c.at, handoffs.c.id)
        .limit(MOST_SHOWN)
    )


def sending(to: Any, name: str, correlation: str, values: Mapping[str, Any]) -> Sending:
    """What is handed over; Invalid unless a tenant is named."""
    if not isinstance(to, str) or not to.strip():
        raise Invalid(
            "移交没有指明接收单位", "a hand-off must name a tenant", code="hand_off_to_nobody"
        )
    return Sending(to.strip(), name, correlation, values)


def is_changed(case: Any, changes: Mapping[str, Any]) -> bool:
    """Whether an act changed what the tenant a case came from is told."""
    return bool(case.handed_by) and any(
        name in changes and changes[name] != getattr(case, name) for name in ("stage", "status")
    )
