"""Start events that happen by themselves: a message, a signal or a time begins a case.

Publication keeps a row for each of them. A row counts as long as its bundle is the one in force, so
a later version takes over by coming into force, and what it replaces starts nothing any more. Times
are rows of the dispatch table; each start is one transaction that also takes its cause away, so it
happens once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.bpmn.model import EventKind, Node, TimerKind
from engine.cases.expressions import environment, text_or_value
from engine.cases.lifecycle import create_case_by_event
from engine.definitions.bundles import Bundle, bundle_in_force
from engine.messaging.handoffs import handed_by, settle
from engine.messaging.start_rows import KIND, forget, rows_for
from engine.office import Office
from engine.store.database import Unit
from engine.store.tables import start_events
from engine.timing.cycles import first_round, next_round
from engine.timing.deadlines import deadline_of, due_at
from engine.timing.dispatch import Due, finish, schedule
from engine.world import World


@dataclass(frozen=True)
class Starting:
    """A start event that may happen now, with the bundle in force that holds it."""

    row: Any
    bundle: Bundle
    node: Node


def start_by_message(tx: Unit, world: World, message: Any, now: datetime) -> int:
    """Begin a case at every start event that waits for the message; how many that were."""
    rows = rows_for(tx, EventKind.MESSAGE, message.name)
    found = [s for s in (_in_force(tx, world, row, now) for row in rows) if s is not None]
    handed = handed_by(tx, message.handoff_id)
    for start in found:
        facts = {"kind": "message", "name": message.name, "message": str(message.id)}
        begun = create_case_by_event(
            tx, world, start.bundle, start.node, message.payload, facts, handed
        )
        settle(tx, message.handoff_id, begun.case.id)
    return len(found)


def start_by_time(tx: Unit, world: World, due: Due) -> None:
    """Begin a case whose time has come or that a signal has asked for; plan the next of a cycle."""
    row = tx.get(start_events, due.ref_id, lock=True)
    now = world.clock.now()
    if row is None:
        finish(tx, due)
        return
    starting = _in_force(tx, world, row, now)
    if starting is None:
        _put_off(tx, due, row, now)
    elif row.due_at is None:
        _plan(tx, world, due, starting)
    elif row.due_at > now:
        schedule(tx, KIND, row.id, row.due_at)
    else:
        facts = {"kind": row.kind, "name": row.name}
        create_case_by_event(tx, world, starting.bundle, starting.node, {}, facts)
        _go_on(tx, world, due, row)


def _in_force(tx: Unit, world: World, row: Any, now: datetime) -> Starting | None:
    current = bundle_in_force(tx, row.procedure, now)
    if current is None or current.id != row.bundle_id:
        return None
    bundle = world.bundles.get(tx, row.bundle_id)
    node = bundle.process.body.nodes[row.element]
    return Starting(row, bundle, node)


def _put_off(tx: Unit, due: Due, row: Any, now: datetime) -> None:
    """A bundle that is not in force yet waits for its day; one that was replaced is forgotten."""
    if row.armed_at > now:
        schedule(tx, KIND, row.id, row.armed_at)
    else:
        forget(tx, [row.id])
        finish(tx, due)


def _plan(tx: Unit, world: World, due: Due, starting: Starting) -> None:
    """Say when the timer of a bundle that has come into force happens first."""
    row, event = starting.row, starting.node.event
    office = world.offices.get(tx)
    env = environment(tx, office, world.clock.now(), office.parameter)
    value = text_or_value(event.expression, {}, env)
    if event.timer is TimerKind.CYCLE:
        deadline = first_round(value, row.armed_at, (), office)
    else:
        deadline = deadline_of(value, row.armed_at, (), office)
    first = _moment(deadline, office)
    if event.timer is TimerKind.DATE and first < row.armed_at:
        forget(tx, [row.id])  # the day was over before the bundle came into force
        finish(tx, due)
        return
    tx.change(start_events, {"id": row.id}, due_at=first, deadline=deadline)
    schedule(tx, KIND, row.id, first)


def _moment(deadline: Mapping[str, Any], office: Office) -> datetime:
    found = due_at(deadline, (), office)
    assert found is not None  # nothing stops the clock of a case that has not begun
    return found


def _go_on(tx: Unit, world: World, due: Due, row: Any) -> None:
    """Plan the next round of a cycle after now; times that were missed are not made up for."""
    office, now = world.offices.get(tx), world.clock.now()
    deadline = row.deadline
    while deadline is not None and "every" in deadline and _moment(deadline, office) <= now:
        deadline = next_round(deadline, office)
    if deadline is None or "every" not in deadline:
        forget(tx, [row.id])
        finish(tx, due)
        return
    following = _moment(deadline, office)
    tx.change(start_events, {"id": row.id}, due_at=following, deadline=deadline)
    schedule(tx, KIND, row.id, following)
