"""The lists people work from: keyset pages, counts that stop at a hundred."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_

from engine.actors import Actor
from engine.cases.parts import OPEN_ITEM
from engine.cursors import decode_cursor, encode_cursor
from engine.errors import Forbidden, NotFound
from engine.store.control import enterprises
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.prepared import Answer
from engine.store.tables import (
    case_viewers,
    cases,
    history,
    incidents,
    readings,
    work_items,
)
from engine.tenancy.model import COMMISSIONED
from engine.work_items.offered import OWNERS, Sought, count_of, item_rows, page_of, principal_values
from engine.work_items.standing_in import stand_ins

PAGE = 50
COUNT_LIMIT = 100
"""A number beyond tells nobody anything, and counting on would cost ever more."""
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
    principals: Sequence[str] | None = None,
    due: tuple[datetime, datetime] | None = None,
) -> Page:
    """The items a person may work on, by due date.

    ``view``: "mine" (with the person), "group" (offered to the person's roles) or "all"; ``due``
    after the first moment and by the second. A search finds number, title, step and enterprise.
    """
    own = f"person:{actor.membership_id}"
    principals = principals or {
        "mine": [own],
        "group": [p for p in actor.principals if p != own],
    }.get(view, list(actor.principals))
    if not principals:
        return Page([], None)
    sought = Sought(bool(cursor), bool(search), bool(procedure), due is not None)
    statement = page_of(len(principals), sought)
    values: dict[str, Any] = {**principal_values(principals), "most": limit + 1}
    if cursor:
        values["after_at"], values["after_item"] = decode_cursor(cursor)
    if search:
        values |= {"pattern": _pattern(search), **_owners_named(tx, search)}
    if due is not None:
        values["due_after"], values["due_by"] = due
    if procedure:
        values["of_procedure"] = procedure
    rows = tx.fetch(statement, **values)
    return _page(rows, limit, lambda row: encode_cursor(row.sort_at, row.id))


def substituted_items(
    tx: Unit,
    actor: Actor,
    now: datetime,
    *,
    search: str = "",
    cursor: str | None = None,
    limit: int = PAGE,
) -> Page:
    """The items of the colleagues a person acts for, within the scope of each rule, by due date."""
    found: dict[UUID, Any] = {}
    own = set(actor.principals)
    for rule in stand_ins(tx, actor, now):
        theirs = [p for p in rule.absent.principals if p not in own]
        page = open_items(
            tx,
            actor,
            search=search,
            procedure=rule.procedure,
            cursor=cursor,
            limit=limit,
            principals=theirs,
        )
        found |= {row.id: row for row in page.rows}
    rows = sorted(found.values(), key=lambda row: (row.sort_at, row.id))
    return _page(rows[: limit + 1], limit, lambda row: encode_cursor(row.sort_at, row.id))


def _filtered(
    statement: Select[Any], search: str, procedure: str, *, by_step: bool = False
) -> Select[Any]:
    if search:
        named = [cases.c.title, cases.c.number, *([work_items.c.name] if by_step else [])]
        pattern = _pattern(search)
        statement = statement.where(or_(*(c.ilike(pattern, escape="\\") for c in named)))
    if procedure:
        statement = statement.where(cases.c.procedure == procedure)
    return statement


def _pattern(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _owners_named(tx: Unit, text: str) -> dict[str, str]:
    """The enterprises a text names, as the owners of cases the statements take."""
    rows = tx.all(
        select(enterprises.c.id)
        .where(enterprises.c.name.ilike(_pattern(text), escape="\\"))
        .order_by(enterprises.c.name)
        .limit(len(OWNERS))
    )
    found = [f"enterprise:{row.id}" for row in rows]
    return dict(zip(OWNERS, found + [""] * len(OWNERS), strict=False))


def _page(rows: Sequence[Any], limit: int, key: Any) -> Page:
    more = len(rows) > limit
    shown = rows[:limit]
    return Page(shown, key(shown[-1]) if more else None)


def ask_count(tx: Unit, principals: Sequence[str], before: datetime | None = None) -> Answer:
    """Ask how many items principals have, due ``before``; :func:`counted` tells."""
    values: dict[str, Any] = {**principal_values(principals), "most": COUNT_LIMIT}
    if before is not None:
        values["moment"] = before
    return tx.ask(count_of(len(principals), is_due=before is not None), **values)


def counted(asked: Answer) -> int:
    """The count that was asked for, up to ``COUNT_LIMIT``."""
    return int(asked.rows[0].found)


def count_open_items(tx: Unit, actor: Actor) -> int:
    """How many items are open for a person, counted up to ``COUNT_LIMIT``."""
    return counted(ask_count(tx, actor.principals))


def done_items(
    tx: Unit, actor: Actor, *, search: str = "", cursor: str | None = None, limit: int = PAGE
) -> Page:
    """The items a person completed, latest first."""
    statement = item_rows().where(
        work_items.c.closed_by == actor.membership_id,
        work_items.c.status.in_(("completed", "returned")),
    )
    if cursor:
        statement = statement.where(
            tuple_(work_items.c.closed_at, work_items.c.id) < decode_cursor(cursor)
        )
    statement = _filtered(statement, search, "", by_step=True).order_by(
        work_items.c.closed_at.desc(), work_items.c.id.desc()
    )
    rows = tx.all(statement.limit(limit + 1))
    return _page(rows, limit, lambda row: encode_cursor(row.closed_at, row.id))


def started_items(
    tx: Unit, actor: Actor, *, search: str = "", cursor: str | None = None, limit: int = PAGE
) -> Page:
    """The open items of the cases a person began, with whomever they are; latest first."""
    statement = item_rows().where(
        cases.c.starter == actor.membership_id,
        work_items.c.status.in_(OPEN_ITEM),
    )
    if cursor:
        statement = statement.where(
            tuple_(work_items.c.opened_at, work_items.c.id) < decode_cursor(cursor)
        )
    statement = _filtered(statement, search, "", by_step=True).order_by(
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
    if actor.stands_for is not None and may_see(tx, actor.stands_for, case):
        return True
    if actor.capacity in SEES_ALL or case.starter == actor.membership_id:
        return True
    return _has_viewer(tx, case.id, actor.principals)


def may_stand_in(tx: Unit, actor: Actor, case: Any, now: datetime) -> bool:
    """Whether the person acts for an absent colleague who may see the case."""
    return any(
        rule.covers(case.procedure) and may_see(tx, rule.absent, case)
        for rule in stand_ins(tx, actor, now)
    )


def _has_viewer(tx: Unit, case_id: UUID, principals: Collection[str]) -> bool:
    if not principals:
        return False
    found = tx.one(
        select(case_viewers.c.principal)
        .where(
            case_viewers.c.tenant_id == TENANT,
            case_viewers.c.case_id == case_id,
            case_viewers.c.principal.in_(list(principals)),
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


def visible_case(tx: Unit, actor: Actor, case_id: UUID, now: datetime | None = None) -> Any:
    """The case row; NotFound when it does not exist or the person may not know of it.

    With ``now`` a substitute sees what the colleague he acts for sees.
    """
    case = tx.get(cases, case_id)
    is_seen = case is not None and may_see(tx, actor, case)
    if not (is_seen or (case is not None and now and may_stand_in(tx, actor, case, now))):
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
