"""What a person is told goes on to where he wishes: at once or gathered by mail, and to groups.

Nothing of a case's content leaves the product: a forwarded message carries the subject and the
number of the case. It goes through the outbox, so it is tried again and its failure is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine.actors import Actor
from engine.messaging.outbox import post_message
from engine.messaging.transport import Message
from engine.office import Offices
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import cases, channels, notifications, wishes
from engine.timing.dispatch import Due, finish, schedule
from engine.world import World

MAIL, GROUP = "mail", "group"
FORWARDED = (MAIL, GROUP)
KIND = "digest"
AT_ONCE, GATHERED, NEVER = "at_once", "gathered", "never"
MODES = (AT_ONCE, GATHERED, NEVER)
MOST_GATHERED = 100
FIRST_HOUR = 8
DIGEST_SUBJECT = "消息汇总"


@dataclass(frozen=True)
class Wish:
    """How one person is told by mail; ``modes`` by kind of message, at once where it says nothing.

    ``hour`` is the local hour at which gathered messages are sent.
    """

    address: str
    modes: Mapping[str, str]
    hour: int

    def mode(self, kind: str) -> str:
        """How messages of a kind reach him."""
        return self.modes.get(kind, AT_ONCE)


def forward_to_person(
    tx: Unit, offices: Offices, message: Message, person: Actor, number: str
) -> None:
    """Have what a person was told leave by mail, or gather it, as he wishes."""
    row = tx.one(
        select(wishes).where(
            wishes.c.tenant_id == TENANT,
            wishes.c.membership_id == person.membership_id,
            wishes.c.confirmed_at.is_not(None),
        )
    )
    if row is None:
        return
    mode = Wish(row.address, row.modes, row.hour).mode(message.kind)
    if mode == AT_ONCE:
        told = {"to": row.address, "subject": _subject(message), "lines": _lines(message, number)}
        key = f"{MAIL}:{person.membership_id}:{message.key}"
        post_message(tx, MAIL, key, told, message.created_at)
    elif mode == GATHERED and row.gathered_from is None:
        tx.update(wishes, wishes.c.id == row.id, gathered_from=message.created_at)
        zone = offices.get(tx).calendar.zone
        schedule(tx, KIND, row.id, next_hour(message.created_at, row.hour, zone))


def forward_to_groups(tx: Unit, message: Message, number: str) -> None:
    """Have a message told in every group of the tenant that asks for its kind."""
    for row in tx.all(select(channels).where(channels.c.tenant_id == TENANT, channels.c.is_on)):
        if message.kind in row.kinds:
            told = {
                "channel": str(row.id),
                "subject": _subject(message),
                "lines": _lines(message, number),
            }
            post_message(tx, GROUP, f"{GROUP}:{row.id}:{message.key}", told, message.created_at)


def tell_gathered(tx: Unit, world: World, due: Due) -> None:
    """Send a person what has gathered for him, as one mail."""
    row = tx.get(wishes, due.ref_id, lock=True)
    finish(tx, due)
    if row is None or row.gathered_from is None:
        return
    tx.update(wishes, wishes.c.id == row.id, gathered_from=None)
    lines = list(_gathered(tx, row))
    if lines and row.confirmed_at is not None:
        key = f"{MAIL}:{KIND}:{row.id}:{row.gathered_from.isoformat()}"
        told = {"to": row.address, "subject": DIGEST_SUBJECT, "lines": lines}
        post_message(tx, MAIL, key, told, world.clock.now())


def _gathered(tx: Unit, row: Any) -> Iterable[str]:
    kinds = [kind for kind, mode in row.modes.items() if mode == GATHERED]
    told = notifications
    found = tx.all(
        select(told.c.title, cases.c.number)
        .outerjoin(cases, (cases.c.tenant_id == told.c.tenant_id) & (cases.c.id == told.c.case_id))
        .where(
            told.c.tenant_id == TENANT,
            told.c.membership_id == row.membership_id,
            told.c.created_at >= row.gathered_from,
            told.c.kind.in_(kinds),
            told.c.read_at.is_(None),
        )
        .order_by(told.c.created_at)
        .limit(MOST_GATHERED)
    )
    for note in found:
        yield f"{note.title}（{note.number}）" if note.number else note.title


def next_hour(after: datetime, hour: int, zone: ZoneInfo) -> datetime:
    """The next time the clock of the tenant shows a full hour."""
    local = after.astimezone(zone)
    at = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return at if at > local else at + timedelta(days=1)


def number_of(tx: Unit, case: object) -> str:
    """The number of the case a message is about; empty for none."""
    if not case:
        return ""
    row = tx.one(
        select(cases.c.number).where(cases.c.tenant_id == TENANT, cases.c.id == UUID(str(case)))
    )
    return "" if row is None else str(row.number)


def _subject(message: Message) -> str:
    return str(message.payload.get("subject", ""))


def _lines(message: Message, number: str) -> list[str]:
    return [number] if number else []
