"""Batches as people see them: what waits for a batch, the batches, how far each has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_

from engine.actors import Actor
from engine.batches.acts import GATHERING
from engine.batches.work import DONE, FAILED, JOINED, QUEUED
from engine.cursors import decode_cursor, encode_cursor
from engine.errors import NotFound
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import (
    batch_acts,
    batch_cases,
    batches,
    case_viewers,
    cases,
    item_candidates,
    work_items,
)
from engine.work_items.lists import PAGE, SEES_ALL, Page

MOST_WAITING = 500
STAFF = ("officer", "leader")


@dataclass(frozen=True)
class Progress:
    """How far a batch has come."""

    total: int
    waiting: int
    done: int
    failed: int

    @property
    def is_over(self) -> bool:
        """Whether every case was handled, well or not."""
        return self.waiting == 0


def waiting_items(tx: Unit, actor: Actor, kind: str) -> Sequence[Any]:
    """The items of a kind the person may gather into a batch, with the case of each, oldest first.

    Items in a batch that has not been acted on are left out; at most 500 are given.
    """
    statement = (
        _waiting(actor)
        .where(work_items.c.batch == kind)
        .add_columns(
            work_items.c.id,
            work_items.c.case_id,
            work_items.c.name,
            work_items.c.form,
            work_items.c.revision,
            work_items.c.due_at,
            work_items.c.opened_at,
            cases.c.number.label("case_number"),
            cases.c.title.label("case_title"),
        )
        .join(
            cases,
            and_(cases.c.tenant_id == work_items.c.tenant_id, cases.c.id == work_items.c.case_id),
        )
        .order_by(work_items.c.opened_at, work_items.c.id)
        .limit(MOST_WAITING)
    )
    return tx.all(statement)


def waiting_kinds(tx: Unit, actor: Actor) -> dict[str, int]:
    """How many items wait for the person by kind of batch."""
    found = _waiting(actor).add_columns(work_items.c.batch).subquery()
    rows = tx.all(select(found.c.batch, func.count().label("items")).group_by(found.c.batch))
    return {row.batch: row.items for row in rows}


def list_batches(
    tx: Unit, actor: Actor, *, kind: str = "", cursor: str | None = None, limit: int = PAGE
) -> Page:
    """One page of the batches the person may see, latest first, each with its number of cases."""
    size = (
        select(func.count())
        .select_from(batch_cases)
        .where(batch_cases.c.tenant_id == TENANT, batch_cases.c.batch_id == batches.c.id)
        .scalar_subquery()
    )
    statement = select(batches, size.label("size")).where(
        batches.c.tenant_id == TENANT, batches_seen_by(actor)
    )
    if kind:
        statement = statement.where(batches.c.kind == kind)
    if cursor:
        place = tuple_(batches.c.created_at, batches.c.id)
        statement = statement.where(place < decode_cursor(cursor))
    statement = statement.order_by(batches.c.created_at.desc(), batches.c.id.desc())
    rows = tx.all(statement.limit(limit + 1))
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], None if last is None else encode_cursor(last.created_at, last.id))


def visible_batch(tx: Unit, actor: Actor, batch_id: UUID) -> Any:
    """The batch; NotFound when it does not exist or the person may not know of it."""
    row = tx.one(
        select(batches).where(
            batches.c.tenant_id == TENANT, batches.c.id == batch_id, batches_seen_by(actor)
        )
    )
    if row is None:
        raise NotFound("批次不存在", "there is no such batch")
    return row


def cases_of_batch(tx: Unit, batch_id: UUID) -> Sequence[Any]:
    """The cases of a batch by number, with their results and the step that is done."""
    return tx.all(
        select(
            batch_cases,
            cases.c.number.label("case_number"),
            cases.c.title.label("case_title"),
            work_items.c.name.label("step"),
        )
        .join(
            cases,
            and_(cases.c.tenant_id == batch_cases.c.tenant_id, cases.c.id == batch_cases.c.case_id),
        )
        .join(
            work_items,
            and_(
                work_items.c.tenant_id == batch_cases.c.tenant_id,
                work_items.c.id == batch_cases.c.item_id,
            ),
        )
        .where(batch_cases.c.tenant_id == TENANT, batch_cases.c.batch_id == batch_id)
        .order_by(cases.c.number)
    )


def acts_of_batch(tx: Unit, batch_id: UUID) -> Sequence[Any]:
    """What was done to a batch, oldest first."""
    return tx.all(
        select(batch_acts)
        .where(batch_acts.c.tenant_id == TENANT, batch_acts.c.batch_id == batch_id)
        .order_by(batch_acts.c.at, batch_acts.c.id)
    )


def batch_progress(tx: Unit, batch_id: UUID) -> Progress:
    """How many cases of a batch are handled, wait or failed."""
    rows = tx.all(
        select(batch_cases.c.status, func.count().label("cases"))
        .where(batch_cases.c.tenant_id == TENANT, batch_cases.c.batch_id == batch_id)
        .group_by(batch_cases.c.status)
    )
    counts = {row.status: int(row.cases) for row in rows}
    return Progress(
        total=sum(counts.values()),
        waiting=counts.get(JOINED, 0) + counts.get(QUEUED, 0),
        done=counts.get(DONE, 0),
        failed=counts.get(FAILED, 0),
    )


def _waiting(actor: Actor) -> Select[Any]:
    """Open items of any batch kind that are offered to the person and in no batch yet."""
    offered = (
        select(item_candidates.c.item_id)
        .where(
            item_candidates.c.tenant_id == TENANT,
            item_candidates.c.principal.in_(list(actor.principals)),
        )
        .distinct()
    )
    gathered = (
        select(batch_cases.c.item_id)
        .join(
            batches,
            and_(
                batches.c.tenant_id == batch_cases.c.tenant_id,
                batches.c.id == batch_cases.c.batch_id,
            ),
        )
        .where(batch_cases.c.tenant_id == TENANT, batches.c.status.in_(GATHERING))
    )
    return select().where(
        work_items.c.tenant_id == TENANT,
        work_items.c.batch != "",
        work_items.c.status.in_(("offered", "claimed")),
        work_items.c.id.in_(offered),
        work_items.c.id.not_in(gathered),
    )


def batches_seen_by(actor: Actor) -> ColumnElement[bool]:
    """The condition that holds for batches the person made, and for staff also for those that hold
    a case he may see.
    """
    if actor.capacity in SEES_ALL:
        return batches.c.tenant_id == TENANT
    if actor.capacity not in STAFF:
        return batches.c.created_by == actor.membership_id
    seen = (
        select(batch_cases.c.batch_id)
        .join(
            case_viewers,
            and_(
                case_viewers.c.tenant_id == batch_cases.c.tenant_id,
                case_viewers.c.case_id == batch_cases.c.case_id,
            ),
        )
        .where(
            batch_cases.c.tenant_id == TENANT,
            case_viewers.c.principal.in_(list(actor.principals)),
        )
    )
    return or_(batches.c.created_by == actor.membership_id, batches.c.id.in_(seen))
