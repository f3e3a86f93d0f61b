"""Service tasks that tell people something: deliveries on record, reminders by the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.cases.lifecycle import BY_EVENT
from engine.definitions.binding import BindingContext, Bindings, Result
from engine.errors import Invalid
from engine.feel import to_json
from engine.messaging.handoffs import RECEIVED, handoffs_of
from engine.messaging.outbox import post_message
from engine.office import local_date
from engine.store.control import enterprises
from engine.store.database import Unit
from engine.store.tables import deliveries
from webapp.bindings.inputs import Inputs

bindings = Bindings()

ELECTRONIC = "electronic"
DELIVERY, ESCALATION = "delivery", "escalate"
MESSAGE_KINDS = (DELIVERY, ESCALATION)
METHODS = (ELECTRONIC, "direct", "post", "entrusted")


@dataclass(frozen=True)
class Delivering:
    """A document to be delivered electronically; ``place`` tells two of one case apart."""

    case_id: UUID
    case_number: str
    document: str
    to: str
    content: Any
    place: str


@bindings.register("delivery.record", gives=("delivery",))
def record_delivery(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Record that ``document`` was delivered ``to`` somebody by ``method``; periods start with it.

    Electronic delivery happens now and sends the document's content; any other happened on
    ``deliveredOn`` and was taken by ``receivedBy``. Gives ``delivery``: id, method, deliveredAt.
    """
    inputs = Inputs(context, given)
    document, method = inputs.text("document"), inputs.text("method")
    if method not in METHODS:
        raise inputs.wrong("method", "送达方式", "a way of delivery")
    at = context.now if method == ELECTRONIC else _delivered_at(context, inputs)
    if method == ELECTRONIC:
        delivering = Delivering(
            case_id=context.case_id,
            case_number=context.case_number,
            document=document,
            to=inputs.text("to"),
            content=to_json(inputs.value("content")),
            place=context.element,
        )
        delivery = deliver_electronically(context.tx, delivering, context.actor, at)
    else:
        delivery = context.tx.insert(
            deliveries,
            case_id=context.case_id,
            document=document,
            recipient=inputs.text("receivedBy", "") or _name(context.tx, inputs.text("to")),
            method=method,
            delivered_at=at,
            recorded_by=None if context.actor is None else context.actor.membership_id,
        )
    told = {"id": str(delivery), "method": method, "deliveredAt": at.isoformat()}
    return {"delivery": told}


def deliver_electronically(
    tx: Unit, delivering: Delivering, actor: Actor | None, now: datetime
) -> UUID:
    """Record that a document was delivered now, and send what it says; gives the delivery."""
    delivery = tx.insert(
        deliveries,
        case_id=delivering.case_id,
        document=delivering.document,
        recipient=_recipient(tx, delivering),
        method=ELECTRONIC,
        delivered_at=now,
        recorded_by=None if actor is None else actor.membership_id,
    )
    if delivering.to == BY_EVENT:
        return delivery  # the case came from another tenant: it is told by the answer it gets
    told = {
        "to": [delivering.to],
        "subject": delivering.document,
        "message": delivering.content,
        "case": str(delivering.case_id),
        "number": delivering.case_number,
    }
    key = f"{DELIVERY}:{delivering.case_id}:{delivering.place}:{delivery}"
    post_message(tx, DELIVERY, key, told, now)
    return delivery


@bindings.register("notify.escalate", gives={"escalated": "boolean"})
def escalate(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Tell the principals ``to`` about ``subject`` with ``message``, after the commit."""
    inputs = Inputs(context, given)
    to = inputs.texts("to")
    if not to:
        raise inputs.wrong("to", "接收人", "whom to tell")
    content = {"to": to, "subject": inputs.text("subject"), "message": inputs.text("message")}
    _send(context, ESCALATION, context.now.isoformat(), content)
    return {"escalated": True}


def tell_member(tx: Unit, tender: Any, member: UUID, now: datetime) -> None:
    """Tell somebody that he sits in the committee of a tender."""
    told = {
        "to": [f"person:{member}"],
        "subject": f"评标：{tender.title}",
        "message": f"您已被抽取为评标委员会成员，请在“招标”中打开 {tender.number} 评分或申请回避。",
    }
    post_message(tx, ESCALATION, f"committee:{tender.id}:{member}", told, now)


def _delivered_at(context: BindingContext, inputs: Inputs) -> datetime:
    day = inputs.required_day("deliveredOn")
    if day > local_date(context.office, context.now):
        raise Invalid("送达日期不能晚于今天", "a delivery cannot lie in the future")
    zone = context.office.calendar.zone
    return datetime.combine(day, time(12), tzinfo=zone).astimezone(UTC)


def _recipient(tx: Unit, delivering: Delivering) -> str:
    """Who is told: of a case that was handed over, the tenant it came from."""
    if delivering.to != BY_EVENT:
        return _name(tx, delivering.to)
    came = [row for row in handoffs_of(tx, delivering.case_id) if row.direction == RECEIVED]
    return str(came[0].peer_name) if came else BY_EVENT


def _name(tx: Unit, principal: str) -> str:
    """The name behind a principal, for the record of a delivery."""
    kind, _, tail = principal.partition(":")
    if kind != "enterprise":
        return principal
    row = tx.one(select(enterprises.c.name).where(enterprises.c.id == UUID(tail)))
    return principal if row is None else str(row.name)


def _send(context: BindingContext, kind: str, once: str, payload: Mapping[str, Any]) -> None:
    key = f"{kind}:{context.case_id}:{context.element}:{once}"
    told = {**payload, "case": str(context.case_id), "number": context.case_number}
    post_message(context.tx, kind, key, told, context.now)
