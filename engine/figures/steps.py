"""The figures of every step: open work by age, what is overdue, how long it took, what came back.

They stand in a table of one row a step. Whoever looks reads that table; when it is older than a
quarter of an hour it is counted anew first, in one pass over the open work and that of a year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, cast, extract, func, or_, select
from sqlalchemy.types import Float, Integer

from engine.cases.command import OPEN, SUSPENDED
from engine.cases.lifecycle import next_number
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import cases, step_figures, work_items

FRESH = timedelta(minutes=15)
WEEK, MONTH, QUARTER, YEAR = (timedelta(weeks=n) for n in (1, 4, 13, 52))
COUNTS = "step-figures"
SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class StepFigures:
    """What the figures say of one step; ``ages`` counts open work: week, month, quarter, older."""

    procedure: str
    element: str
    name: str
    ages: tuple[int, int, int, int]
    overdue: int
    done: int
    seconds: int
    in_time: int
    late: int
    returned: int

    @property
    def waiting(self) -> int:
        """How much work is open."""
        return sum(self.ages)

    @property
    def mean_seconds(self) -> int | None:
        """How long it took from the opening to the completion, on average; None when never."""
        return self.seconds // self.done if self.done else None


@dataclass(frozen=True)
class Figures:
    """The figures of all steps and when they were counted; ``as_of`` is None without any work."""

    steps: Sequence[StepFigures]
    as_of: datetime | None


def read_figures(tx: Unit) -> Figures:
    """The figures as they were counted last, by procedure and step."""
    rows = tx.all(
        select(step_figures)
        .where(step_figures.c.tenant_id == TENANT)
        .order_by(step_figures.c.procedure, step_figures.c.element)
    )
    return Figures([_figures(row) for row in rows], rows[0].as_of if rows else None)


def is_stale(found: Figures, now: datetime) -> bool:
    """Whether the figures are to be counted anew."""
    return found.as_of is None or now - found.as_of >= FRESH


def count_figures(tx: Unit, now: datetime) -> Figures:
    """Count everything anew, unless somebody else has done so meanwhile; returns the figures."""
    next_number(tx, COUNTS)  # locks: one counts, the others find what he has counted
    tx.flush()
    found = read_figures(tx)
    if not is_stale(found, now):
        return found
    rows = tx.all(_counted(tx.dialect, now))
    tx.delete(step_figures)
    tx.insert_many(step_figures, ({**row._mapping, "as_of": now} for row in rows))
    tx.flush()
    return read_figures(tx)


def _counted(dialect: str, now: datetime) -> Any:
    items, since = work_items, now - YEAR
    is_open = and_(items.c.closed_at.is_(None), cases.c.status.in_((OPEN, SUSPENDED)))
    is_done = and_(items.c.status == "completed", items.c.closed_at > since)
    is_due = and_(is_done, items.c.due_at.is_not(None))
    opened = items.c.opened_at
    limits = [now - age for age in (WEEK, MONTH, QUARTER)]
    return (
        select(
            cases.c.procedure,
            items.c.element,
            func.max(items.c.name).label("name"),
            _count(and_(is_open, opened > limits[0])).label("week"),
            _count(and_(is_open, opened <= limits[0], opened > limits[1])).label("month"),
            _count(and_(is_open, opened <= limits[1], opened > limits[2])).label("quarter"),
            _count(and_(is_open, opened <= limits[2])).label("older"),
            _count(and_(is_open, items.c.due_at < now)).label("overdue"),
            _count(is_done).label("done"),
            cast(
                func.coalesce(func.sum(case((is_done, _seconds(dialect)), else_=0.0)), 0.0), Integer
            ).label("seconds"),
            _count(and_(is_due, items.c.closed_at <= items.c.due_at)).label("in_time"),
            _count(and_(is_due, items.c.closed_at > items.c.due_at)).label("late"),
            _count(and_(items.c.status == "returned", items.c.closed_at > since)).label("returned"),
        )
        .join(cases, and_(cases.c.tenant_id == items.c.tenant_id, cases.c.id == items.c.case_id))
        .where(
            items.c.tenant_id == TENANT,
            or_(items.c.closed_at.is_(None), items.c.closed_at > since),
        )
        .group_by(cases.c.procedure, items.c.element)
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _seconds(dialect: str) -> Any:
    """How long an item was open, in the words of the database."""
    items = work_items
    if dialect == "postgresql":
        return cast(extract("epoch", items.c.closed_at - items.c.opened_at), Float)
    days = func.julianday(items.c.closed_at) - func.julianday(items.c.opened_at)
    return days * SECONDS_A_DAY


def _figures(row: Any) -> StepFigures:
    return StepFigures(
        procedure=row.procedure,
        element=row.element,
        name=row.name,
        ages=(row.week, row.month, row.quarter, row.older),
        overdue=row.overdue,
        done=row.done,
        seconds=row.seconds,
        in_time=row.in_time,
        late=row.late,
        returned=row.returned,
    )
