"""What follows the tokens of a case to another version: its items, timers, waiting messages.

Kept are id, holder, draft and all that people did with an item; told anew is what the drawing says
of it. A period that the new drawing says otherwise is counted again from when it began.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import load_actor
from engine.bpmn.model import EventKind, Node, TimerKind
from engine.cases.command import Command
from engine.cases.sync import new_item
from engine.spiff.machine import Waiting
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import (
    incidents,
    item_candidates,
    subscriptions,
    timers,
    work_items,
)
from engine.timing.cycles import first_round
from engine.timing.deadline_words import LEGAL_DUE
from engine.timing.deadlines import FAR, Stop, deadline_of, due_at, promised
from engine.timing.dispatch import schedule, unschedule
from engine.timing.running_time import open_items
from engine.work_items.viewers import admit

_TOLD = ("element", "name", "form", "batch", "priority")
"""Columns of an item that the drawing alone decides."""
_MOMENTS = ("started_at", "due_at", "opened_at", "legal_due_at", "claimed_at")
_IDS = ("id", "case_id", "token_id", "holder", "owner", "tenant_id")

Changes = dict[str, dict[str, list[Any]]]
"""By item id and column: what was there, and what is there now, as JSON."""


def rows_before(tx: Unit, case_id: UUID) -> dict[str, Any]:
    """The timers and waiting messages of a case as JSON, to be put back as they are."""
    return {
        "timers": [_plain(row) for row in tx.all(_of(timers, case_id))],
        "subscriptions": [_plain(row) for row in tx.all(_of(subscriptions, case_id))],
    }


def move_rows(command: Command, was: Mapping[UUID, Node], stops: Sequence[Stop]) -> Changes:
    """Let the rows say what the new drawing says; ``was`` is where each token stood.

    Call it after the tokens were placed and before the command is closed, which opens what is new
    and takes back what is gone. Returns what was changed of items.
    """
    places = {place.token.id: place for place in command.machine.waiting()}
    changed: Changes = {}
    for item in command.tx.all(open_items(command.case.id)):
        place = places.get(item.token_id)
        if place is not None and item.parent_id is None:
            found = dict(_item_changes(command, item, place, was[item.token_id], stops))
            if found:
                changed[str(item.id)] = {
                    name: [_json(getattr(item, name)), _json(value)]
                    for name, value in found.items()
                }
                _write_item(command, item, found)
    for row in command.tx.all(_of(timers, command.case.id)):
        place = places.get(row.token_id)
        if place is not None and place.event is not None:
            _move_timer(command, row, place, was[row.token_id], stops)
    _move_subscriptions(command, places, was)
    _move_incidents(command, was)
    return changed


def _item_changes(
    command: Command, item: Any, place: Waiting, was: Node, stops: Sequence[Stop]
) -> Iterator[tuple[str, Any]]:
    told = new_item(command, place, stops)
    yield from ((n, told[n]) for n in _TOLD if getattr(item, n) != told[n])
    if _people(was) != _people(place.token.node):
        yield "candidates", told["candidates"]
        if item.status == "claimed" and not _may_keep(command.tx, item.holder, told["candidates"]):
            yield from (("status", "offered"), ("holder", None), ("owner", None))
            yield "claimed_at", None
    if _periods(was) != _periods(place.token.node):
        yield from _dated(command, item, place, stops)


def _people(node: Node) -> tuple[str, str, str]:
    zeebe = node.zeebe
    return zeebe.assignee, zeebe.candidate_users, zeebe.candidate_groups


def _periods(node: Node) -> tuple[str, str]:
    return node.zeebe.due_date, node.zeebe.properties.get(LEGAL_DUE, "")


def _may_keep(tx: Unit, holder: UUID, candidates: Sequence[str]) -> bool:
    """Whether who holds an item is one of those the new drawing offers it to."""
    actor = load_actor(tx, holder)
    return actor is not None and bool(set(actor.principals) & set(candidates))


def _dated(
    command: Command, item: Any, place: Waiting, stops: Sequence[Stop]
) -> Iterator[tuple[str, Any]]:
    due_text, legal_text = _periods(place.token.node)
    legal = _deadline(command, place, legal_text, item.opened_at)
    deadline = _deadline(command, place, due_text or legal_text, item.opened_at)
    legal_due = None if legal is None else due_at(legal, stops, command.office)
    due = None if deadline is None else due_at(deadline, stops, command.office)
    yield from (("deadline", deadline), ("due_at", promised(due, legal_due)))
    yield from (("legal", legal), ("legal_due_at", legal_due))


def _deadline(
    command: Command, place: Waiting, expression: str, begun: datetime
) -> dict[str, Any] | None:
    if not expression:
        return None
    inside = [ref.id for ref in place.token.scopes]
    return deadline_of(command.value(place.token, expression), begun, inside, command.office)


def _write_item(command: Command, item: Any, found: Mapping[str, Any]) -> None:
    tx = command.tx
    tx.change(work_items, {"id": item.id}, **found, revision=item.revision + 1)
    offer_anew(command, item.id)


def offer_anew(command: Command, item_id: UUID) -> None:
    """Let the list of an item's candidates be what the item says."""
    tx = command.tx
    item = tx.get(work_items, item_id)
    assert item is not None
    if item.status not in ("offered", "claimed"):
        return
    holder = item.holder
    principals = item.candidates if holder is None else [f"person:{holder}"]
    tx.delete(item_candidates, item_candidates.c.item_id == item_id)
    due = item.due_at or FAR
    tx.insert_many(
        item_candidates,
        ({"item_id": item_id, "principal": p, "due_at": due} for p in principals),
    )
    admit(tx, command.case.id, principals)


def _move_timer(
    command: Command, row: Any, place: Waiting, was: Node, stops: Sequence[Stop]
) -> None:
    """A timer that waits on: dated again, from when it began, where its period is another."""
    assert place.event is not None
    tx, node = command.tx, place.token.node
    found: dict[str, Any] = {} if row.element == node.id else {"element": node.id}
    if was.event.expression != place.event.expression:
        inside = [ref.id for ref in place.token.scopes]
        value = command.value(place.token, place.event.expression)
        begun = first_round if place.event.timer is TimerKind.CYCLE else deadline_of
        deadline = begun(value, row.started_at, inside, command.office)
        due = due_at(deadline, stops, command.office)
        found |= {"deadline": deadline, "due_at": due}
        plan_timer(tx, row.id, due)
    if found:
        tx.change(timers, {"id": row.id}, **found)


def plan_timer(tx: Unit, timer_id: UUID, due: datetime | None) -> None:
    """Let the clock know when a timer is due; a clock that stands knows of none."""
    if due is None:
        unschedule(tx, "timer", [timer_id])
    else:
        schedule(tx, "timer", timer_id, due)


def _move_subscriptions(
    command: Command, places: Mapping[UUID, Waiting], was: Mapping[UUID, Node]
) -> None:
    """What waits for another message now is waited for anew when the command is closed."""
    for token_id, row_id in list(command.parts.subscriptions.items()):
        place = places.get(token_id)
        if place is None or place.event is None:
            continue
        old, new = was[token_id], place.token.node
        is_same = (old.id, old.event.ref, old.event.correlation_key) == (
            new.id,
            new.event.ref,
            new.event.correlation_key,
        )
        if not is_same and place.event.kind in (EventKind.MESSAGE, EventKind.SIGNAL):
            command.tx.remove(subscriptions, id=[row_id])
            del command.parts.subscriptions[token_id]


def _move_incidents(command: Command, was: Mapping[UUID, Node]) -> None:
    """An incident of a token names the element where it stands."""
    for token_id, old in was.items():
        token = command.machine.token(token_id)
        if token is not None and token.node.id != old.id:
            command.tx.update(
                incidents,
                incidents.c.case_id == command.case.id,
                incidents.c.token_id == token_id,
                incidents.c.closed_at.is_(None),
                element=token.node.id,
            )


def put_back(tx: Unit, case_id: UUID, before: Mapping[str, Any]) -> None:
    """Let timers and waiting messages be as :func:`rows_before` found them, ids included."""
    now_there = [row.id for row in tx.all(_of(timers, case_id))]
    unschedule(tx, "timer", now_there)
    for table, rows in ((timers, before["timers"]), (subscriptions, before["subscriptions"])):
        tx.delete(table, table.c.case_id == case_id)
        tx.insert_many(table, [_row(row) for row in rows])
    for row in before["timers"]:
        values = _row(row)
        if values["due_at"] is not None:
            schedule(tx, "timer", values["id"], values["due_at"])


def put_items_back(command: Command, changed: Changes) -> None:
    """Give items what the old drawing said of them, where nobody has changed it since."""
    for item_id, columns in changed.items():
        item = command.tx.get(work_items, UUID(item_id))
        if item is None or item.closed_at is not None:
            continue
        back = {n: was for n, (was, now) in columns.items() if _json(getattr(item, n)) == now}
        if back:
            values = _row(back)
            command.tx.change(work_items, {"id": item.id}, **values, revision=item.revision + 1)
            offer_anew(command, item.id)


def _of(table: Any, case_id: UUID) -> Any:
    return (
        select(table)
        .where(table.c.tenant_id == TENANT, table.c.case_id == case_id)
        .order_by(table.c.id)
    )


def _plain(row: Any) -> dict[str, Any]:
    """A row as JSON."""
    values = row._mapping.items()
    return {name: _json(value) for name, value in values if name != "tenant_id"}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _row(plain: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row that was kept as JSON."""
    return {name: _value(name, value) for name, value in plain.items()}


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _MOMENTS:
        return datetime.fromisoformat(value)
    return UUID(value) if name in _IDS else value
