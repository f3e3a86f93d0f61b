"""The lists people work from: keyset pages, counts that stop at a thousand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_, union

from engine.actors import Actor
from engine.cursors import decode_cursor, encode_cursor
from engine.errors import Forbidden, NotFound
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import (
    case_viewers,
    cases,
    history,
    incidents,
    item_candidates,
    readings,
    work_items,
)
from engine.tenancy.model import COMMISSIONED

PAGE = 50
COUNT_LIMIT = 1_000
ITEM_VIEWS = ("mine", "group", "substituted", "copied", "done", "started")
SEES_ALL = ("auditor", "admin")


@dataclass(frozen=True)
class Page:
    """Rows and the cursor of the next page, None at the end."""

    rows: Sequence[Any]
    next: str | None


def open_items(
    tx: Unit,
    actor: Actor,
    *,
    view: str = "all",
    search: str = "",
    procedure: str = "",
    cursor: str | None = None,
    limit: int = PAGE,
) -> Page:
    """The items a person may work on, by due date.

    ``view``: "mine" (with the person), "group" (offered to the person's roles) or "all".
    """
    own = f"person:{actor.membership_id}"
    principals = {
        "mine": [own],
        "group": [p for p in actor.principals if p != own],
    }.get(view, list(actor.principals))
    after = decode_cursor(cursor) if cursor else None
    nearest = [_nearest(principal, after, limit + 1, search, procedure) for principal in principals]
    if not nearest:
        return Page([], None)
    found = union(*nearest).subquery()
    statement = (
        _item_rows()
        .join(found, work_items.c.id == found.c.item_id)
        .add_columns(found.c.due_at.label("sort_at"))
        .order_by(found.c.due_at, work_items.c.id)
        .limit(limit + 1)
    )
    rows = tx.all(statement)
    return _page(rows, limit, lambda row: encode_cursor(row.sort_at, row.id))


def _nearest(
    principal: str, after: Any, limit: int, search: str, procedure: str
) -> Select[tuple[Any, Any]]:
    """The first items of one principal, read along the index however many there are."""
    offered = item_candidates.c
    statement = select(offered.item_id, offered.due_at).where(
        offered.tenant_id == TENANT, offered.principal == principal
    )
    if after is not None:
        statement = statement.where(tuple_(offered.due_at, offered.item_id) > after)
    if search or procedure:
        of_item = and_(work_items.c.tenant_id == TENANT, work_items.c.id == offered.item_id)
        of_case = and_(cases.c.tenant_id == TENANT, cases.c.id == work_items.c.case_id)
        statement = statement.join(work_items, of_item).join(cases, of_case)
        statement = _filtered(statement, search, procedure)
    found = statement.order_by(offered.due_at, offered.item_id).limit(limit).subquery()
    return select(found.c.item_id, found.c.due_at)


def _item_rows() -> Select[Any]:
    return (
        select(
            work_items,
            cases.c.number.label("case_number"),
            cases.c.title.label("case_title"),
            cases.c.procedure,
            cases.c.status.label("case_status"),
        )
        .join(
            cases,
            and_(cases.c.tenant_id == work_items.c.tenant_id, cases.c.id == work_items.c.case_id),
        )
        .where(work_items.c.tenant_id == TENANT)
    )


def _filtered(statement: Select[Any], search: str, procedure: str) -> Select[Any]:
    if search:
        pattern = f"%{_escaped(search)}%"
        statement = statement.where(
            or_(
                cases.c.title.ilike(pattern, escape="\\"),
                cases.c.number.ilike(pattern, escape="\\"),
            )
        )
    if procedure:
        statement = statement.where(cases.c.procedure == procedure)
    return statement


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _page(rows: Sequence[Any], limit: int, key: Any) -> Page:
    more = len(rows) > limit
    shown = rows[:limit]
    return Page(shown, key(shown[-1]) if more else None)


def count_open_items(tx: Unit, actor: Actor, now: datetime) -> dict[str, int]:
    """How many items are open for a person: all, overdue; counted up to a thousand."""
    return {"all": _count(tx, actor, None), "overdue": _count(tx, actor, now)}


def _count(tx: Unit, actor: Actor, due_before: datetime | None) -> int:
    offered = item_candidates.c
    parts = []
    for principal in actor.principals:
        part = select(offered.item_id).where(
            offered.tenant_id == TENANT, offered.principal == principal
        )
        if due_before is not None:
            part = part.where(offered.due_at < due_before)
        # the order keeps the database on the index instead of reading the table through
        nearest = part.order_by(offered.due_at, offered.item_id).limit(COUNT_LIMIT)
        parts.append(select(nearest.subquery().c.item_id))
    items = union(*parts).subquery()
    capped = select(items.c.item_id).limit(COUNT_LIMIT).subquery()
    return int(tx.scalar(select(func.count()).select_from(capped)))


def done_items(
    tx: Unit, actor: Actor, *, search: str = "", cursor: str | None = None, limit: int = PAGE
) -> Page:
    """The items a person completed, latest first."""
    statement = _item_rows().where(
        work_items.c.closed_by == actor.membership_id, work_items.c.status == "completed"
    )
    if cursor:
        statement = statement.where(
            tuple_(work_items.c.closed_at, work_items.c.id) < decode_cursor(cursor)
        )
    statement = _filtered(statement, search, "").order_by(
        work_items.c.closed_at.desc(), work_items.c.id.desc()
    )
    rows = tx.all(statement.limit(limit + 1))
    return _page(rows, limit, lambda row: encode_cursor(row.closed_at, row.id))


def started_items(
    tx: Unit, actor: Actor, *, search: str = "", cursor: str | None = None, limit: int = PAGE
) -> Page:
    """The open items of the cases a person began, with whomever they are; latest first."""
    statement = _item_rows().where(
        cases.c.starter == actor.membership_id,
        work_items.c.status.in_(("offered", "claimed", "stuck")),
    )
    if cursor:
        statement = statement.where(
            tuple_(work_items.c.opened_at, work_items.c.id) < decode_cursor(cursor)
        )
    statement = _filtered(statement, search, "").order_by(
        work_items.c.opened_at.desc(), work_items.c.id.desc()
    )
    rows = tx.all(statement.limit(limit + 1))
    return _page(rows, limit, lambda row: encode_cursor(row.opened_at, row.id))


def list_cases(
    tx: Unit,
    actor: Actor,
    *,
    mine: bool = False,
    started: bool = False,
    status: str = "",
    search: str = "",
    procedure: str = "",
    cursor: str | None = None,
    limit: int = PAGE,
) -> Page:
    """The cases a person may see, latest first; with ``mine`` those the person began or owns,
    with ``started`` only those the person began."""
    statement = select(cases).where(cases.c.tenant_id == TENANT)
    if started:
        statement = statement.where(cases.c.starter == actor.membership_id)
    elif mine:
        statement = statement.where(
            or_(
                cases.c.starter == actor.membership_id,
                cases.c.principal.in_(list(actor.principals)),
            )
        )
    elif actor.capacity not in SEES_ALL:
        statement = statement.where(_was_with(actor))
    if status and actor.capacity not in COMMISSIONED:  # how a case ended is not told to them
        statement = statement.where(cases.c.status == status)
    if cursor:
        statement = statement.where(tuple_(cases.c.started_at, cases.c.id) < decode_cursor(cursor))
    statement = _filtered(statement, search, procedure).order_by(
        cases.c.started_at.desc(), cases.c.id.desc()
    )
    rows = tx.all(statement.limit(limit + 1))
    return _page(rows, limit, lambda row: encode_cursor(row.started_at, row.id))


def _was_with(actor: Actor) -> ColumnElement[bool]:
    """Whether a case is or was with the person, or is the person's."""
    seen = select(case_viewers.c.case_id).where(
        case_viewers.c.tenant_id == TENANT,
        case_viewers.c.principal.in_(list(actor.principals)),
    )
    return cases.c.id.in_(seen)


def may_see(tx: Unit, actor: Actor, case: Any) -> bool:
    """True for those the case is or was with, whose it is, and for auditor and administrator."""
    if actor.capacity in SEES_ALL or case.starter == actor.membership_id:
        return True
    found = tx.one(
        select(case_viewers.c.principal)
        .where(
            case_viewers.c.tenant_id == TENANT,
            case_viewers.c.case_id == case.id,
            case_viewers.c.principal.in_(list(actor.principals)),
        )
        .limit(1)
    )
    return found is not None


def may_see_cases(tx: Unit, actor: Actor, case_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those among these cases that the person may open."""
    if actor.capacity in SEES_ALL or not case_ids:
        return frozenset(case_ids)
    of_case = (case_viewers.c.tenant_id == cases.c.tenant_id) & (
        case_viewers.c.case_id == cases.c.id
    )
    rows = tx.all(
        select(cases.c.id)
        .outerjoin(case_viewers, of_case & case_viewers.c.principal.in_(list(actor.principals)))
        .where(
            cases.c.tenant_id == TENANT,
            cases.c.id.in_(case_ids),
            or_(cases.c.starter == actor.membership_id, case_viewers.c.principal.is_not(None)),
        )
        .distinct()
    )
    return frozenset(row.id for row in rows)


def visible_case(tx: Unit, actor: Actor, case_id: UUID) -> Any:
    """The case row; NotFound when it does not exist or the person may not know of it."""
    case = tx.get(cases, case_id)
    if case is None or not may_see(tx, actor, case):
        raise NotFound("办件不存在", "there is no such case", case=str(case_id))
    return case


def note_reading(tx: Unit, actor: Actor, case_id: UUID | None, what: str, now: datetime) -> None:
    """Record that someone read a case, or a list of cases, outside his own work."""
    if actor.capacity in SEES_ALL:
        tx.insert(readings, case_id=case_id, what=what, by=actor.membership_id, at=now)


def history_of(tx: Unit, case_id: UUID, *, after: int = 0, limit: int = 500) -> Sequence[Any]:
    """The facts of a case from a sequence number on, oldest first."""
    return tx.all(
        select(history)
        .where(history.c.tenant_id == TENANT, history.c.case_id == case_id, history.c.seq > after)
        .order_by(history.c.seq)
        .limit(limit)
    )


def items_of(tx: Unit, case_id: UUID) -> Sequence[Any]:
    """All work items of a case, oldest first."""
    return tx.all(
        select(work_items)
        .where(work_items.c.tenant_id == TENANT, work_items.c.case_id == case_id)
        .order_by(work_items.c.opened_at, work_items.c.id)
    )


def open_incidents(tx: Unit, actor: Actor, *, case_id: UUID | None = None) -> Sequence[Any]:
    """Incidents that wait for repair, oldest first; for administrators and leaders."""
    if actor.capacity not in ("admin", "leader", "auditor"):
        raise Forbidden("只有管理员可以查看异常", "only an administrator may see incidents")
    statement = (
        select(incidents, cases.c.number.label("case_number"), cases.c.title.label("case_title"))
        .join(
            cases,
            and_(cases.c.tenant_id == incidents.c.tenant_id, cases.c.id == incidents.c.case_id),
        )
        .where(incidents.c.tenant_id == TENANT, incidents.c.closed_at.is_(None))
        .order_by(incidents.c.opened_at)
        .limit(200)
    )
    if actor.capacity not in SEES_ALL:
        own = cases.c.starter == actor.membership_id
        statement = statement.where(or_(own, _was_with(actor)))
    if case_id is not None:
        statement = statement.where(incidents.c.case_id == case_id)
    return tx.all(statement)
