"""What must hold between a case's tokens and its rows, and who breaks it.

Every command keeps these by itself; the sweep looks whether it is so. It reads page by page without
locks; what looks wrong is looked at again with the case locked, and becomes an incident of the case
with the code ``invariant``. Retrying that incident lets the rows follow the tokens again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, select

from engine.bpmn.model import EventKind
from engine.cases.command import OPEN, SUSPENDED, lock_case
from engine.errors import LuchengError
from engine.spiff.host import Host
from engine.spiff.machine import Machine, Waiting
from engine.store.control import dispatch
from engine.store.database import Database, Unit
from engine.store.metadata import TENANT
from engine.store.tables import cases, incidents, subscriptions, timers, work_items
from engine.world import World

PAGE = 100
CODE = "invariant"
RUNNING = (OPEN, SUSPENDED)
_WAITING_KINDS = (EventKind.MESSAGE, EventKind.SIGNAL)

WORDS = {
    "state_unreadable": ("流转状态无法读取", "its token state cannot be read"),
    "no_active_node": ("没有任何进行中的环节", "no node of it is active"),
    "deadlock_unseen": ("流程已无法继续而没有异常", "it is deadlocked and no incident says so"),
    "service_unseen": ("自动环节停止而没有异常", "a service stands still and no incident says so"),
    "item_missing": ("环节没有对应的待办", "a step has no work item"),
    "item_orphan": ("待办没有对应的环节", "a work item has no step"),
    "timer_missing": ("等待的期限没有登记", "a waiting timer has no row"),
    "timer_orphan": ("登记的期限没有对应的环节", "a timer's row has no token"),
    "timer_unscheduled": ("登记的期限没有排入时钟", "a timer is not planned"),
    "subscription_missing": ("等待的消息没有登记", "a waiting message has no row"),
    "subscription_orphan": ("登记的消息没有对应的环节", "a message's row has no token"),
}


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold: on which case, what (a key of ``WORDS``), and where."""

    case_id: UUID
    what: str
    element: str = ""

    @property
    def zh(self) -> str:
        """The finding as a sentence."""
        where = f"“{self.element}”" if self.element else ""
        return f"{where}{WORDS[self.what][0]}"


@dataclass(frozen=True)
class Rows:
    """The rows that follow the tokens of some cases, by case."""

    items: dict[UUID, list[Any]]
    timers: dict[UUID, list[Any]]
    subscriptions: dict[UUID, list[Any]]
    incidents: dict[UUID, list[Any]]
    planned: frozenset[UUID]


def sweep_tenant(
    db: Database, world: World, tenant_id: UUID, *, is_stopping: Callable[[], bool] = bool
) -> tuple[int, list[Finding]]:
    """Look at every running case of a tenant; how many there were, and what does not hold.

    What is found becomes an incident of its case; incidents whose reason is gone are closed. A
    node that is stopping looks at no further page.
    """
    checked, suspects, told = 0, set[UUID](), set[UUID]()
    for page in _pages(db, tenant_id):
        if is_stopping():
            break
        with db.tenant(tenant_id, read_only=True) as tx:
            found = check_cases(tx, world, page)
        checked += len(page)
        suspects |= {finding.case_id for finding in found}
    with db.tenant(tenant_id, read_only=True) as tx:
        suspects |= {finding.case_id for finding in _left_behind(tx)}
        told = {row.case_id for row in tx.all(_told())}
    confirmed: list[Finding] = []
    for case_id in sorted(suspects | told):
        with db.tenant(tenant_id) as tx:
            confirmed += _confirm(tx, world, case_id)
    return checked, confirmed


def find_broken(db: Database, world: World, tenant_id: UUID) -> tuple[int, list[Finding]]:
    """The same look without writing anything."""
    checked, found = 0, list[Finding]()
    for page in _pages(db, tenant_id):
        with db.tenant(tenant_id, read_only=True) as tx:
            found += check_cases(tx, world, page)
        checked += len(page)
    with db.tenant(tenant_id, read_only=True) as tx:
        found += _left_behind(tx)
    return checked, found


def _pages(db: Database, tenant_id: UUID) -> Iterator[Sequence[Any]]:
    last = UUID(int=0)
    while True:
        with db.tenant(tenant_id, read_only=True) as tx:
            page = tx.all(
                select(cases)
                .where(cases.c.tenant_id == TENANT, cases.c.status.in_(RUNNING), cases.c.id > last)
                .order_by(cases.c.id)
                .limit(PAGE)
            )
        if page:
            yield page
        if len(page) < PAGE:
            return
        last = page[-1].id


def check_cases(tx: Unit, world: World, page: Sequence[Any]) -> list[Finding]:
    """Everything that does not hold for these running cases."""
    rows = _rows_of(tx, [case.id for case in page])
    return [finding for case in page for finding in _check(tx, world, case, rows)]


def _rows_of(tx: Unit, ids: Sequence[UUID]) -> Rows:
    def of(table: Table, *where: Any) -> dict[UUID, list[Any]]:
        found: dict[UUID, list[Any]] = defaultdict(list)
        query = select(table).where(table.c.tenant_id == TENANT, table.c.case_id.in_(ids), *where)
        for row in tx.all(query):
            found[row.case_id].append(row)
        return found

    waiting = of(timers)
    planned = tx.all(
        select(dispatch.c.ref_id).where(
            dispatch.c.kind == "timer",
            dispatch.c.tenant_id == tx.tenant_id,
            dispatch.c.ref_id.in_([row.id for some in waiting.values() for row in some]),
        )
    )
    return Rows(
        items=of(work_items, work_items.c.closed_at.is_(None)),
        timers=waiting,
        subscriptions=of(subscriptions),
        incidents=of(incidents, incidents.c.closed_at.is_(None)),
        planned=frozenset(row.ref_id for row in planned),
    )


def _check(tx: Unit, world: World, case: Any, rows: Rows) -> Iterator[Finding]:
    try:
        program = world.bundles.get(tx, case.bundle_id).program
        # Nothing moves here, so nothing is asked of a host.
        machine = Machine.load(program, case.state, cast(Host, None))
        places = machine.waiting()
    except LuchengError:
        yield Finding(case.id, "state_unreadable")
        return
    told = {row.token_id for row in rows.incidents[case.id]}
    if not places:
        stranded = machine.stranded()
        if not stranded:
            yield Finding(case.id, "no_active_node")
        elif not told & {token.id for token in stranded}:
            yield Finding(case.id, "deadlock_unseen", stranded[0].node.id)
    for place in places:
        if place.kind == "service" and place.token.id not in told:
            yield Finding(case.id, "service_unseen", place.token.node.id)
    yield from _compare(case.id, "item", places, rows.items[case.id], _is_person)
    yield from _compare(case.id, "timer", places, rows.timers[case.id], _is_timer)
    yield from _compare(case.id, "subscription", places, rows.subscriptions[case.id], _is_message)
    for row in rows.timers[case.id]:
        if row.due_at is not None and row.id not in rows.planned:
            yield Finding(case.id, "timer_unscheduled", row.element)


def _compare(
    case_id: UUID,
    kind: str,
    places: Sequence[Waiting],
    rows: Sequence[Any],
    is_kind: Callable[[Waiting], bool],
) -> Iterator[Finding]:
    """A row for every place of the kind, and no row without its place."""
    here = {place.token.id: place.token.node.id for place in places if is_kind(place)}
    known = {row.token_id for row in rows}
    for token_id, element in here.items():
        if token_id not in known:
            yield Finding(case_id, f"{kind}_missing", element)
    for row in rows:
        if row.token_id not in here:
            yield Finding(case_id, f"{kind}_orphan", row.element)


def _is_person(place: Waiting) -> bool:
    return place.kind == "person"


def _is_timer(place: Waiting) -> bool:
    return place.event is not None and place.event.kind is EventKind.TIMER


def _is_message(place: Waiting) -> bool:
    return place.event is not None and place.event.kind in _WAITING_KINDS


def _left_behind(tx: Unit, case_id: UUID | None = None) -> list[Finding]:
    """Open items, timers and waiting messages of cases that are over."""
    found = []
    for kind, table in (
        ("item", work_items),
        ("timer", timers),
        ("subscription", subscriptions),
    ):
        query = select(table.c.case_id, table.c.element).where(
            table.c.tenant_id == TENANT,
            cases.c.tenant_id == TENANT,
            cases.c.id == table.c.case_id,
            cases.c.status.not_in(RUNNING),
        )
        if table is work_items:
            query = query.where(work_items.c.closed_at.is_(None))
        if case_id is not None:
            query = query.where(table.c.case_id == case_id)
        found += [Finding(row.case_id, f"{kind}_orphan", row.element) for row in tx.all(query)]
    return found


def _told() -> Any:
    return select(incidents).where(
        incidents.c.tenant_id == TENANT,
        incidents.c.code == CODE,
        incidents.c.closed_at.is_(None),
    )


def _confirm(tx: Unit, world: World, case_id: UUID) -> list[Finding]:
    """Look again with the case locked, and make its incident say what is so."""
    case = lock_case(tx, case_id)
    is_running = case.status in RUNNING
    found = check_cases(tx, world, [case]) if is_running else _left_behind(tx, case_id)
    row = tx.one(_told().where(incidents.c.case_id == case_id))
    now = world.clock.now()
    if not found:
        if row is not None:
            tx.update(incidents, incidents.c.id == row.id, closed_at=now)
        return []
    facts = {"element": found[0].element, "message": "；".join(f.zh for f in found)[:2000]}
    if row is not None:
        tx.update(incidents, incidents.c.id == row.id, **facts)
    else:
        tx.insert(incidents, case_id=case_id, code=CODE, attempts=1, opened_at=now, **facts)
    return found
