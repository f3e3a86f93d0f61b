"""Notifications (消息): what a person is told inside the product, and whether it was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_

from engine.actors import Actor, people_for
from engine.cursors import decode_cursor, encode_cursor
from engine.errors import NotFound
from engine.messaging.forwarding import forward_to_groups, forward_to_person, number_of
from engine.messaging.transport import Message
from engine.office import Offices
from engine.store.database import Database, Unit
from engine.store.metadata import TENANT
from engine.store.tables import cases, notifications
from engine.work_items.lists import PAGE, Page

COUNT_LIMIT = 100
MOST_TITLE = 200
MOST_BODY = 4_000


class InApp:
    """The transport that shows a message to the people it is meant for, once each.

    The payload names the principals ``to``, a ``subject``, a ``message`` (a text, or lines of a
    list) and the ``case``.
    """

    stays_inside = True
    """What it tells is seen in the tenant alone."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._offices = Offices()

    def __call__(self, message: Message) -> None:
        given = message.payload
        with self._db.tenant(message.tenant_id) as tx:
            people = people_for(tx, given.get("to", ()))
            if not people:
                raise NotFound("没有可以接收消息的人员", "nobody is there to be told")
            number = number_of(tx, given.get("case"))
            fresh = [self._show(tx, person, message) for person in people]
            for person, is_fresh in zip(people, fresh, strict=True):
                if is_fresh:
                    forward_to_person(tx, self._offices, message, person, number)
            if any(fresh):
                forward_to_groups(tx, message, number)

    def _show(self, tx: Unit, person: Actor, message: Message) -> bool:
        given = message.payload
        row = {
            "membership_id": person.membership_id,
            "key": message.key,
            "kind": message.kind,
            "title": str(given.get("subject", ""))[:MOST_TITLE],
            "body": "\n".join(in_lines(given.get("message")))[:MOST_BODY],
            "case_id": UUID(given["case"]) if given.get("case") else None,
            "created_at": message.created_at,
        }
        shown = tx.upsert(notifications, ("membership_id", "key"), row, {}, give=notifications.c.id)
        return shown is not None


def in_lines(value: Any) -> Iterable[str]:
    """A value of a diagram as lines of text: a list line by line, a record as its values."""
    if isinstance(value, Mapping):
        yield "：".join(line for inner in value.values() for line in in_lines(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from in_lines(inner)
    elif value is not None and value != "":
        yield str(value)


def list_notifications(
    tx: Unit, actor: Actor, *, unread: bool = False, cursor: str | None = None, limit: int = PAGE
) -> Page:
    """What a person was told, latest first, with number and title of the case."""
    told = notifications
    statement = (
        select(told, cases.c.number.label("case_number"), cases.c.title.label("case_title"))
        .outerjoin(cases, (cases.c.tenant_id == told.c.tenant_id) & (cases.c.id == told.c.case_id))
        .where(*_own(actor))
    )
    if unread:
        statement = statement.where(told.c.read_at.is_(None))
    if cursor:
        statement = statement.where(tuple_(told.c.created_at, told.c.id) < decode_cursor(cursor))
    statement = statement.order_by(told.c.created_at.desc(), told.c.id.desc()).limit(limit + 1)
    rows: Sequence[Any] = tx.all(statement)
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(shown, encode_cursor(shown[-1].created_at, shown[-1].id) if more else None)


def count_unread(tx: Unit, actor: Actor) -> int:
    """How many notifications a person has not read; counted up to a hundred."""
    unread = (
        select(notifications.c.id)
        .where(*_own(actor), notifications.c.read_at.is_(None))
        .limit(COUNT_LIMIT)
        .subquery()
    )
    return int(tx.scalar(select(func.count()).select_from(unread)))


def mark_read(tx: Unit, actor: Actor, notification_id: UUID, now: datetime) -> Any:
    """Note that a person has read a notification, the first time; NotFound unless it is his."""
    row = tx.get(notifications, notification_id)
    if row is None or row.membership_id != actor.membership_id:
        raise NotFound("消息不存在", "there is no such notification")
    is_new = (notifications.c.id == notification_id, notifications.c.read_at.is_(None))
    tx.update(notifications, *is_new, read_at=now)
    return row


def mark_all_read(tx: Unit, actor: Actor, now: datetime) -> int:
    """Note that a person has read everything up to now; returns how many were new."""
    own = (notifications.c.membership_id == actor.membership_id, notifications.c.read_at.is_(None))
    return tx.update(notifications, *own, notifications.c.created_at <= now, read_at=now)


def _own(actor: Actor) -> tuple[Any, ...]:
    return (
        notifications.c.tenant_id == TENANT,
        notifications.c.membership_id == actor.membership_id,
    )
