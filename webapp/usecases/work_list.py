"""The lists a person works from, with everything their rows say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from engine.actors import Actor
from engine.batches.acts import GATHERING
from engine.errors import Invalid
from engine.office import Office, local_date
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import (
    batch_cases,
    batches,
    cases,
    clock_stops,
    history,
)
from engine.timing.deadlines import FAR
from engine.work_items.lists import (
    COUNT_LIMIT,
    Page,
    ask_count,
    counted,
    open_items,
    substituted_items,
)
from engine.work_items.openings import opened_by
from engine.work_items.signing import is_personal
from engine.work_items.standing_in import stand_ins
from webapp.product import Product
from webapp.usecases.names import in_words, principal_names

VIEWS = ("all", "mine", "group", "substituted")
OVERDUE, TODAY, PAUSED = "overdue", "today", "paused"
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class WorkList:
    """A page of open items; ``applicants`` says whose cases they are, ``withs`` with whom they
    are, ``grounds`` why the clock of a case stands still, ``urged`` where someone waits,
    ``gathered`` which items are in a batch that was not handled yet, ``opened`` which the person
    has opened, ``acts_for`` the absent colleagues he stands in for."""

    rows: Sequence[Any]
    next: str | None
    counts: Mapping[str, int]
    applicants: Mapping[UUID, str]
    withs: Mapping[UUID, str]
    grounds: Mapping[UUID, str]
    urged: frozenset[UUID]
    gathered: Mapping[UUID, UUID]
    opened: frozenset[UUID] = frozenset()
    acts_for: Sequence[str] = ()


def read_work_list(
    product: Product,
    actor: Actor,
    *,
    view: str,
    search: str = "",
    cursor: str | None = None,
    due: str = "",
) -> WorkList:
    """The open items of a person in one view, with counts of every view."""
    if view not in VIEWS:
        raise Invalid("没有这个分类", "there is no such view", code="view")
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        office, now = product.world.offices.get(tx), product.clock.now()
        if view == "substituted":
            found = _without_signatures(
                product, tx, substituted_items(tx, actor, now, search=search, cursor=cursor)
            )
        else:
            within = _within(office, now, due)
            found = open_items(tx, actor, view=view, search=search, cursor=cursor, due=within)
            if due == PAUSED:
                found = Page([row for row in found.rows if _is_paused(row)], found.next)
        rules = stand_ins(tx, actor, now)
        case_ids = {row.case_id for row in found.rows}
        owners = _owners(tx, case_ids)
        offered = {p for row in found.rows for p in row.candidates if row.holder is None}
        names = principal_names(tx, office, {*owners.values(), *offered})
        return WorkList(
            rows=found.rows,
            next=found.next,
            counts=count_work(tx, actor, office, now) | _count_absent(product, tx, actor, now),
            applicants={case: names.get(owner, "") for case, owner in owners.items()},
            withs={
                row.id: in_words(row.candidates, names) for row in found.rows if row.holder is None
            },
            grounds=_grounds(tx, case_ids),
            urged=_urged(tx, found.rows),
            gathered=_gathered(tx, {row.id for row in found.rows if row.batch}),
            opened=opened_by(tx, actor, [row.id for row in found.rows]),
            acts_for=list(dict.fromkeys(rule.absent.name for rule in rules)),
        )


def _within(office: Office, now: datetime, due: str) -> tuple[datetime, datetime] | None:
    """The stretch of time a filter by due date looks at."""
    if due == OVERDUE:
        return (LONG_AGO, now)
    if due == TODAY:
        return (now, office.calendar.end_of(local_date(office, now)))
    if due == PAUSED:
        return (FAR - timedelta(seconds=1), FAR)
    return None


def _is_paused(row: Any) -> bool:
    """Whether an item has a period and its clock stands still."""
    return row.deadline is not None and row.due_at is None


def _without_signatures(product: Product, tx: Unit, found: Page) -> Page:
    """What a substitute may do: never a step that asks for the absent colleague's signature."""
    return Page([row for row in found.rows if not is_signature(product, tx, row)], found.next)


def is_signature(product: Product, tx: Unit, row: Any) -> bool:
    """Whether an item of a list is at a step that is signed."""
    case = tx.get(cases, row.case_id)
    assert case is not None
    node = product.world.bundles.get(tx, case.bundle_id).node(row.element)
    return node is not None and is_personal(node)


def _count_absent(product: Product, tx: Unit, actor: Actor, now: datetime) -> dict[str, int]:
    """How many items wait for absent colleagues, counted up to a limit."""
    found = substituted_items(tx, actor, now, limit=COUNT_LIMIT)
    return {"substituted": len(_without_signatures(product, tx, found).rows)}


def count_work(tx: Unit, actor: Actor, office: Office, now: datetime) -> dict[str, int]:
    """How many items are in each view, overdue and due today; counted up to a limit."""
    own = f"person:{actor.membership_id}"
    others = [p for p in actor.principals if p != own]
    tonight = office.calendar.end_of(local_date(office, now))
    asked = {
        "all": ask_count(tx, actor.principals),
        "mine": ask_count(tx, [own]),
        "overdue": ask_count(tx, actor.principals, before=now),
        "tonight": ask_count(tx, actor.principals, before=tonight),
    }
    if others:
        asked["group"] = ask_count(tx, others)
    found = {"group": 0, **{name: counted(answer) for name, answer in asked.items()}}
    return {**found, "today": max(0, found.pop("tonight") - found["overdue"])}


def _owners(tx: Unit, case_ids: set[UUID]) -> dict[UUID, str]:
    if not case_ids:
        return {}
    rows = tx.all(
        select(cases.c.id, cases.c.principal).where(
            cases.c.tenant_id == TENANT, cases.c.id.in_(case_ids)
        )
    )
    return {row.id: row.principal for row in rows}


def _urged(tx: Unit, items: Sequence[Any]) -> frozenset[UUID]:
    """The cases that were urged since their item arrived."""
    if not items:
        return frozenset()
    arrived = {item.case_id: item.opened_at for item in items}
    rows = tx.all(
        select(history.c.case_id, func.max(history.c.at).label("at"))
        .where(
            history.c.tenant_id == TENANT,
            history.c.case_id.in_(arrived),
            history.c.kind == "case.urged",
        )
        .group_by(history.c.case_id)
    )
    return frozenset(row.case_id for row in rows if row.at >= arrived[row.case_id])


def _gathered(tx: Unit, item_ids: set[UUID]) -> dict[UUID, UUID]:
    """The batch each of these items waits in to be handled."""
    if not item_ids:
        return {}
    rows = tx.all(
        select(batch_cases.c.item_id, batch_cases.c.batch_id)
        .join(
            batches,
            (batches.c.tenant_id == batch_cases.c.tenant_id)
            & (batches.c.id == batch_cases.c.batch_id),
        )
        .where(
            batch_cases.c.tenant_id == TENANT,
            batch_cases.c.item_id.in_(item_ids),
            batches.c.status.in_(GATHERING),
        )
    )
    return {row.item_id: row.batch_id for row in rows}


def _grounds(tx: Unit, case_ids: set[UUID]) -> dict[UUID, str]:
    """The ground on which the clock of each case stands still now."""
    if not case_ids:
        return {}
    rows = tx.all(
        select(clock_stops.c.case_id, clock_stops.c.ground).where(
            clock_stops.c.tenant_id == TENANT,
            clock_stops.c.case_id.in_(case_ids),
            clock_stops.c.to_at.is_(None),
        )
    )
    return {row.case_id: row.ground for row in rows}
