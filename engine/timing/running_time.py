"""Time that runs for a case: its deadlines, its timers, and the stops of its clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.bpmn.model import EventKind, TimerKind
from engine.cases.command import Command
from engine.cases.parts import OPEN_ITEM
from engine.office import Office
from engine.spiff.machine import Waiting
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import clock_stops, item_candidates, timers, work_items
from engine.timing.cycles import first_round
from engine.timing.deadlines import FAR, Stop, deadline_of, due_at, promised
from engine.timing.dispatch import schedule, unschedule


@dataclass(frozen=True)
class Shift:
    """A deadline that is another one now; None: its clock stands."""

    what: str
    element: str
    old: datetime | None
    new: datetime | None


def load_stops(tx: Unit, case_id: UUID) -> list[Stop]:
    """The stretches in which the clock of a case stood or stands."""
    rows = tx.all(
        select(clock_stops)
        .where(clock_stops.c.tenant_id == TENANT, clock_stops.c.case_id == case_id)
        .order_by(clock_stops.c.from_at)
    )
    return [Stop(row.token_id, row.from_at, row.to_at) for row in rows]


def sync_stops(command: Command) -> list[Stop]:
    """Start and end the stops that the diagram names (``clockStop``: the legal ground)."""
    tx, case_id, now = command.tx, command.case.id, command.now
    standing = {
        token.id: token.node.zeebe.properties["clockStop"]
        for token in command.machine.tokens()
        if token.node.zeebe.properties.get("clockStop")
    }
    if not standing and not command.parts.has_stops:
        return []
    stops = load_stops(tx, case_id)
    running = {s.token_id for s in stops if s.to_at is None and s.token_id is not None}
    for token_id in running - standing.keys():
        tx.update(
            clock_stops,
            clock_stops.c.case_id == case_id,
            clock_stops.c.token_id == token_id,
            clock_stops.c.to_at.is_(None),
            to_at=now,
        )
    for token_id in standing.keys() - running:
        tx.insert(
            clock_stops,
            case_id=case_id,
            token_id=token_id,
            ground=standing[token_id],
            from_at=now,
        )
    if running == standing.keys():
        return stops
    changed = load_stops(tx, case_id)
    redate(command.tx, command, changed)
    return changed


def shifts(tx: Unit, command: Command, stops: Sequence[Stop]) -> Iterator[Shift]:
    """What :func:`redate` would change; writes nothing."""
    for row in tx.all(open_items(command.case.id)):
        due, legal = _dues(row, stops, command.office)
        if due != row.due_at:
            yield Shift("item", row.element, row.due_at, due)
        if legal != row.legal_due_at:
            yield Shift("legal", row.element, row.legal_due_at, legal)
    for row in tx.all(_timers(command.case.id)):
        due = due_at(row.deadline, stops, command.office)
        if due != row.due_at:
            yield Shift("timer", row.element, row.due_at, due)


def redate(tx: Unit, command: Command, stops: Sequence[Stop]) -> None:
    """Compute the due dates of a case's open items and timers again."""
    for row in tx.all(open_items(command.case.id)):
        if row.deadline is not None or row.legal is not None:
            _set_item_due(tx, row.id, *_dues(row, stops, command.office))
    for row in tx.all(_timers(command.case.id)):
        due = due_at(row.deadline, stops, command.office)
        tx.change(timers, {"id": row.id}, due_at=due)
        if due is None:
            unschedule(tx, "timer", [row.id])
        else:
            schedule(tx, "timer", row.id, due)


def _dues(item: Any, stops: Sequence[Stop], office: Office) -> tuple[Any, Any]:
    """When the promised and the legal deadline of an item end."""
    both = [None if kept is None else due_at(kept, stops, office) for kept in _kept(item)]
    return promised(*both), both[1]


def _kept(item: Any) -> tuple[Any, Any]:
    return item.deadline, item.legal


def _set_item_due(tx: Unit, item_id: UUID, due: Any, legal: Any) -> None:
    tx.change(work_items, {"id": item_id}, due_at=due, legal_due_at=legal)
    tx.change(item_candidates, {"item_id": item_id}, due_at=due or FAR)


def open_items(case_id: UUID) -> Any:
    """The query for the items of a case that are not over."""
    return select(work_items).where(
        work_items.c.tenant_id == TENANT,
        work_items.c.case_id == case_id,
        work_items.c.status.in_(OPEN_ITEM),
    )


def _timers(case_id: UUID) -> Any:
    return select(timers).where(timers.c.tenant_id == TENANT, timers.c.case_id == case_id)


def sync_timers(command: Command, places: Sequence[Waiting], stops: Sequence[Stop]) -> None:
    """Make a row for every timer that waits now, and remove those that do not."""
    tx = command.tx
    waiting = {p.token.id: p for p in places if p.event and p.event.kind is EventKind.TIMER}
    rows = command.parts.timers
    gone = [row_id for token_id, row_id in rows.items() if token_id not in waiting]
    if gone:
        tx.remove(timers, id=gone)
        unschedule(tx, "timer", gone)
    for token_id, place in waiting.items():
        if token_id not in rows:
            _open_timer(command, place, stops)
        elif token_id in command.rounds:
            _begin_round(command, rows[token_id], command.rounds[token_id], stops)


def _begin_round(
    command: Command, timer_id: UUID, deadline: Mapping[str, Any], stops: Sequence[Stop]
) -> None:
    due = due_at(deadline, stops, command.office)
    command.tx.change(timers, {"id": timer_id}, deadline=deadline, due_at=due)
    if due is None:
        unschedule(command.tx, "timer", [timer_id])
    else:
        schedule(command.tx, "timer", timer_id, due)


def _open_timer(command: Command, place: Waiting, stops: Sequence[Stop]) -> None:
    tx, token = command.tx, place.token
    assert place.event is not None
    inside = [ref.id for ref in token.scopes]
    value = command.value(token, place.event.expression)
    begun = first_round if place.event.timer is TimerKind.CYCLE else deadline_of
    deadline = begun(value, command.now, inside, command.office)
    due = due_at(deadline, stops, command.office)
    timer_id = tx.insert(
        timers,
        case_id=command.case.id,
        token_id=token.id,
        element=token.node.id,
        started_at=command.now,
        deadline=deadline,
        due_at=due,
    )
    if due is not None:
        schedule(tx, "timer", timer_id, due)
