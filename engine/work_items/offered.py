"""What is offered to a person: statements that read the first of each principal along the index.

They are made once for so many principals; however many items a role has, a page reads a page of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
    union,
)

from engine.store.metadata import TENANT
from engine.store.tables import cases, item_candidates, work_items
from engine.store.types import Moment

_OFFERED = item_candidates.c
_MOST = bindparam("most", type_=Integer())
_AFTER = tuple_(bindparam("after_at", type_=Moment()), bindparam("after_item", type_=Uuid()))
_PATTERN = bindparam("pattern", type_=String())
_DUE_AFTER = bindparam("due_after", type_=Moment())
_DUE_BY = bindparam("due_by", type_=Moment())
OWNERS = tuple(f"owner_{number}" for number in range(5))
"""Whose cases a search by the name of an enterprise looks for, at most so many."""


def principal_values(principals: Sequence[str]) -> Mapping[str, str]:
    """The principals as the statements take them."""
    return {f"principal_{number}": principal for number, principal in enumerate(principals)}


@dataclass(frozen=True)
class Sought:
    """By what a page is narrowed: after a row, by a text, a procedure, a stretch of time."""

    is_next: bool = False
    searches: bool = False
    by_procedure: bool = False
    by_due: bool = False


@cache
def page_of(count: int, sought: Sought) -> Select[Any]:
    """The first ``most`` items of so many principals by due date, ``sort_at`` in the rows."""
    nearest = [_nearest(number, sought) for number in range(count)]
    every = union(*nearest).subquery()
    found = select(every).order_by(every.c.due_at, every.c.item_id).limit(_MOST).subquery()
    return (
        item_rows()
        .join(found, work_items.c.id == found.c.item_id)
        .add_columns(found.c.due_at.label("sort_at"))
        .order_by(found.c.due_at, work_items.c.id)
    )


@cache
def count_of(count: int, *, is_due: bool) -> Select[Any]:
    """How many items so many principals have, counted up to ``most``; due by ``moment``."""
    parts = []
    for number in range(count):
        part = _of_principal(number)
        if is_due:
            part = part.where(_OFFERED.due_at <= bindparam("moment", type_=Moment()))
        # the order keeps the database on the index instead of reading the table through
        nearest = part.order_by(_OFFERED.due_at, _OFFERED.item_id).limit(_MOST)
        parts.append(select(nearest.subquery().c.item_id))
    items = union(*parts).subquery()
    capped = select(items.c.item_id).limit(_MOST).subquery()
    return select(func.count().label("found")).select_from(capped)


def item_rows() -> Select[Any]:
    """Items with what a list shows of their cases."""
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


def _of_principal(number: int) -> Select[Any]:
    principal = bindparam(f"principal_{number}", type_=String())
    return select(_OFFERED.item_id, _OFFERED.due_at).where(
        _OFFERED.tenant_id == TENANT, _OFFERED.principal == principal
    )


def _nearest(number: int, sought: Sought) -> Select[Any]:
    """The first items of one principal, read along the index however many there are."""
    statement = _of_principal(number)
    if sought.is_next:
        statement = statement.where(tuple_(_OFFERED.due_at, _OFFERED.item_id) > _AFTER)
    if sought.by_due:
        statement = statement.where(_OFFERED.due_at > _DUE_AFTER, _OFFERED.due_at <= _DUE_BY)
    if sought.searches or sought.by_procedure:
        of_item = and_(work_items.c.tenant_id == TENANT, work_items.c.id == _OFFERED.item_id)
        of_case = and_(cases.c.tenant_id == TENANT, cases.c.id == work_items.c.case_id)
        statement = statement.join(work_items, of_item).join(cases, of_case)
    if sought.searches:
        named = (cases.c.title, cases.c.number, work_items.c.name)
        texts = (column.ilike(_PATTERN, escape="\\") for column in named)
        owners = (cases.c.principal == bindparam(name, type_=String()) for name in OWNERS)
        statement = statement.where(or_(*texts, *owners))
    if sought.by_procedure:
        statement = statement.where(cases.c.procedure == bindparam("of_procedure", type_=String()))
    found = statement.order_by(_OFFERED.due_at, _OFFERED.item_id).limit(_MOST).subquery()
    return select(found.c.item_id, found.c.due_at)
