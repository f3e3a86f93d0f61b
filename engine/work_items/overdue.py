"""Overdue steps: whoever a diagram names (``escalateTo``) and those with whom the step is are told.

Only tenants that have published such a step are looked through: a dispatch row of their own comes
due with the next deadline, at the latest after an hour. Each deadline of an item is told once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from engine.bpmn.model import Diagram
from engine.cases.command import OPEN, open_case
from engine.cases.incidents import tell_trouble
from engine.cases.parts import OPEN_ITEM
from engine.gate.properties import listed
from engine.messaging.outbox import post_message
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import cases, outbox, work_items
from engine.timing.dispatch import Due, finish, schedule
from engine.work_items.viewers import admit
from engine.world import World

KIND = "overdue"
PAUSE = timedelta(hours=1)
AT_ONCE = 200


def watch(tx: Unit, diagrams: Iterable[Diagram], now: datetime) -> None:
    """Have the tenant's deadlines looked at when one of these diagrams escalates."""
    nodes = (node for d in diagrams for p in d.processes for node in p.body.walk())
    if any(node.zeebe.properties.get("escalateTo") for node in nodes):
        schedule(tx, KIND, tx.tenant_id, now)


def tell_overdue(tx: Unit, world: World, due: Due) -> None:
    """Tell of every deadline that has passed and was not told of, then wait for the next one."""
    now = world.clock.now()
    rows = _overdue(tx, world, now)
    told = 0
    for row, text in rows[:AT_ONCE]:
        try:
            with tx.savepoint():
                _tell(tx, world, row, text)
            told += 1
        except SQLAlchemyError:
            raise  # the database's troubles are not the case's
        except Exception as error:
            # One diagram that cannot say whom to tell must not silence the others.
            tell_trouble(tx, world, row.case_id, error, row)
    finish(tx, due)
    is_more = told and len(rows) > AT_ONCE
    schedule(tx, KIND, tx.tenant_id, now if is_more else _next(tx, now))


def _deadline(row: Any) -> datetime:
    """What escalates: the legal deadline where a step has one besides the promised."""
    ends: datetime = row.legal_due_at or row.due_at
    return ends


def _key(row: Any) -> str:
    return f"{KIND}:{row.id}:{_deadline(row).isoformat()}"


def _overdue(tx: Unit, world: World, now: datetime) -> list[tuple[Any, str]]:
    """The open items past a deadline that nobody was told of, and to whom their steps escalate."""
    rows = tx.all(
        select(work_items, cases.c.number.label("case_number"), cases.c.title.label("case_title"))
        .add_columns(cases.c.bundle_id)
        .join(
            cases,
            (cases.c.tenant_id == work_items.c.tenant_id) & (cases.c.id == work_items.c.case_id),
        )
        .where(
            work_items.c.tenant_id == TENANT,
            work_items.c.closed_at.is_(None),
            work_items.c.status.in_(OPEN_ITEM),
            work_items.c.due_at <= now,
            or_(work_items.c.legal_due_at.is_(None), work_items.c.legal_due_at <= now),
            cases.c.status == OPEN,
        )
        .order_by(work_items.c.due_at, work_items.c.id)
    )
    found = [(row, text) for row in rows if (text := _escalates_to(tx, world, row))]
    told = _told(tx, [_key(row) for row, _ in found])
    return [(row, text) for row, text in found if _key(row) not in told]


def _escalates_to(tx: Unit, world: World, row: Any) -> str:
    node = world.bundles.get(tx, row.bundle_id).node(row.element)
    return "" if node is None else node.zeebe.properties.get("escalateTo", "")


def _told(tx: Unit, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE]
        rows = tx.all(
            select(outbox.c.key).where(outbox.c.tenant_id == TENANT, outbox.c.key.in_(part))
        )
        found |= {row.key for row in rows}
    return found


def _tell(tx: Unit, world: World, row: Any, text: str) -> None:
    """Post the message; who is told of a case may look at it."""
    above = _principals(tx, world, row, text)
    admit(tx, row.case_id, above)
    own = [f"person:{row.holder}"] if row.holder else list(row.candidates)
    moment = _deadline(row).astimezone(world.offices.get(tx).calendar.zone)
    payload = {
        "to": list(dict.fromkeys([*above, *own])),
        "subject": f"超期：{row.name}",
        "message": [row.case_title, f"办理期限：{moment:%Y-%m-%d %H:%M}"],
        "case": str(row.case_id),
        "number": row.case_number,
    }
    post_message(tx, KIND, _key(row), payload, world.clock.now())


def _principals(tx: Unit, world: World, row: Any, text: str) -> list[str]:
    """The principals a step escalates to: a comma list, or an expression that gives a list."""
    if not text.startswith("="):
        return list(listed(text))
    command = open_case(tx, world, row.case_id, None)
    token = command.machine.token(row.token_id)
    value = [] if token is None else command.value(token, text)
    return list(listed(value)) if isinstance(value, str) else [str(part) for part in value]


def _next(tx: Unit, now: datetime) -> datetime:
    """When the next deadline passes, at the latest after the pause: new items may come before."""
    is_open = (work_items.c.tenant_id == TENANT) & work_items.c.closed_at.is_(None)
    promised = select(func.min(work_items.c.due_at)).where(is_open, work_items.c.due_at > now)
    legal = select(func.min(work_items.c.legal_due_at)).where(
        is_open, work_items.c.due_at <= now, work_items.c.legal_due_at > now
    )
    coming = [tx.scalar(query) for query in (promised, legal)]
    soonest: datetime = min([now + PAUSE, *(at for at in coming if at is not None)])
    return soonest
