"""After the tokens moved: items, timers, subscriptions and clock stops follow them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import ask_staffed
from engine.bpmn.model import EventKind, Process
from engine.cases.command import Command
from engine.cases.parts import OPEN_ITEM
from engine.errors import Invalid
from engine.feel import FeelError
from engine.history import Act
from engine.ids import new_id
from engine.messaging.handoffs import is_changed, tell_progress
from engine.messaging.messages import find_early, redeliver
from engine.spiff.host import Token
from engine.spiff.machine import Waiting
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.prepared import Answer
from engine.store.tables import (
    incidents,
    item_candidates,
    subscriptions,
    work_items,
)
from engine.timing.deadline_words import LEGAL_DUE
from engine.timing.deadlines import FAR, Stop, deadline_of, due_at, promised
from engine.timing.dispatch import hurry, schedule, unschedule
from engine.timing.running_time import sync_stops, sync_timers
from engine.work_items.barring import has_rule, is_anybody_left, nobody
from engine.work_items.signing import is_personal
from engine.work_items.viewers import admit, part_with

PRIORITY = 50
FIRST_RETRY = timedelta(seconds=5)


@dataclass(frozen=True)
class Offered:
    """A new item, and whom it is offered to."""

    token: Token
    item_id: UUID
    candidates: frozenset[str]


@dataclass
class Moved:
    """What a command did to the open places, as history tells it."""

    opened: list[dict[str, Any]] = field(default_factory=list)
    gone: list[UUID] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    offered: list[Offered] = field(default_factory=list)
    present: list[Answer] = field(default_factory=list)
    """Who of those the new items are offered to is there at all."""


def close_command(command: Command, act: Act, **changes: Any) -> Moved:
    """Write everything the command did and append its act; the caller commits.

    ``changes`` are columns of the case that the act itself decides, such as its status.
    """
    places = command.machine.waiting()
    moved = Moved()
    stops = sync_stops(command)
    _sync_items(command, [p for p in places if p.kind == "person"], stops, moved)
    sync_timers(command, places, stops)
    _sync_subscriptions(command, places)
    _tell_of_deadlock(command)
    _sync_incidents(command, places)
    command.scopes.flush(command.tx)
    content = {
        **(act.content or {}),
        "passed": [[p.node, *p.flows] for p in command.machine.passed],
        "opened": moved.opened,
        "closed": moved.closed,
    }
    if command.records:
        content["records"] = command.records
    if command.decisions:
        content["decisions"] = command.decisions
    done = Act(act.kind, act.element, act.item_id, content)
    changed = {**_changes(command, places), **changes}
    command.conclude(done, **changed)
    if is_changed(command.case, changed):
        told = {"stage": _public_stage(places), "status": command.status}
        tell_progress(command.tx, command.case, told, command.chain.seq, command.now)
    _tell_of_nobody(command, moved)
    return moved


def _subscriptions(case_id: UUID) -> Any:
    return select(subscriptions).where(
        subscriptions.c.tenant_id == TENANT, subscriptions.c.case_id == case_id
    )


def _open_incidents(case_id: UUID) -> Any:
    return select(incidents).where(
        incidents.c.tenant_id == TENANT,
        incidents.c.case_id == case_id,
        incidents.c.closed_at.is_(None),
    )


def _sync_items(
    command: Command, places: Sequence[Waiting], stops: Sequence[Stop], moved: Moved
) -> None:
    tx, known = command.tx, command.parts.items
    here = {place.token.id for place in places}
    gone = [known[token_id] for token_id in known.keys() - here]
    gone += [child for item_id in gone for child in command.parts.added.get(item_id, ())]
    for item_id in gone:
        close_item(tx, item_id, "withdrawn", command.now)
        moved.closed.append(str(item_id))
    if gone and not command.machine.completed:
        part_with(tx, command.case, gone)
    moved.gone = gone
    new = [place for place in places if place.token.id not in known]
    if new:
        _open_items(command, new, stops, moved)


def _open_items(
    command: Command, places: Sequence[Waiting], stops: Sequence[Stop], moved: Moved
) -> None:
    """Make the items of places that people have to act on now, all in one go."""
    tx = command.tx
    rows = [new_item(command, place, stops) for place in places]
    tx.insert_many(work_items, rows)
    offers = [(row, principal) for row in rows for principal in row["candidates"]]
    tx.insert_many(
        item_candidates,
        ({"item_id": r["id"], "principal": p, "due_at": r["due_at"] or FAR} for r, p in offers),
    )
    principals = list(dict.fromkeys(principal for _, principal in offers))
    admit(tx, command.case.id, principals)
    moved.present = ask_staffed(tx, principals)
    moved.offered = [
        Offered(place.token, row["id"], frozenset(row["candidates"]))
        for place, row in zip(places, rows, strict=True)
    ]
    moved.opened += [
        {
            "item": str(row["id"]),
            "element": row["element"],
            "name": place.token.node.name,
            "to": row["candidates"],
        }
        for place, row in zip(places, rows, strict=True)
    ]


def close_item(tx: Unit, item_id: UUID, status: str, now: Any, **more: Any) -> None:
    """End a work item and take it out of every list."""
    tx.change(work_items, {"id": item_id}, status=status, closed_at=now, **more)
    tx.remove(item_candidates, item_id=item_id)


def new_item(command: Command, place: Waiting, stops: Sequence[Stop]) -> dict[str, Any]:
    """The row of an item; every new item has the same columns, so that one statement takes all."""
    token = place.token
    node, zeebe = token.node, token.node.zeebe
    by_law = zeebe.properties.get(LEGAL_DUE, "")
    legal, legal_due = _deadline(command, token, by_law, stops)
    deadline, due = _deadline(command, token, zeebe.due_date or by_law, stops)
    return {
        "id": new_id(),
        "case_id": command.case.id,
        "token_id": token.id,
        "element": node.id,
        "name": node.name or node.id,
        "form": zeebe.form_id,
        "batch": "" if is_personal(node) else zeebe.properties.get("batch", ""),
        "status": "offered",
        "holder": None,
        "candidates": _candidates(command, place),
        "priority": _priority(command, place),
        "deadline": deadline,
        "due_at": promised(due, legal_due),
        "legal": legal,
        "legal_due_at": legal_due,
        "revision": 1,
        "opened_at": command.now,
    }


def _deadline(
    command: Command, token: Token, expression: str, stops: Sequence[Stop]
) -> tuple[dict[str, Any] | None, datetime | None]:
    """A deadline as it is stored, and when it ends; both None without an expression."""
    if not expression:
        return None, None
    inside = [ref.id for ref in token.scopes]
    value = command.value(token, expression)
    deadline = deadline_of(value, command.now, inside, command.office)
    return deadline, due_at(deadline, stops, command.office)


def _candidates(command: Command, place: Waiting) -> list[str]:
    """The principals an item is offered to; text is a comma list, FEEL may give a list."""
    zeebe = place.token.node.zeebe
    found: list[str] = []
    for expression in (zeebe.assignee, zeebe.candidate_users, zeebe.candidate_groups):
        if not expression:
            continue
        value = command.value(place.token, expression)
        parts = value.split(",") if isinstance(value, str) else value
        if not isinstance(parts, list) or not all(isinstance(p, str) for p in parts):
            raise Invalid(
                f"“{place.token.node.name}”的办理人表达式未得出人员或角色",
                f"the assignment of {place.token.node.id} gives no principals",
                code="assignment",
                element=place.token.node.id,
            )
        found += [p.strip() for p in parts if p.strip()]
    return list(dict.fromkeys(found))


def _priority(command: Command, place: Waiting) -> int:
    written = place.token.node.zeebe.priority
    if not written:
        return PRIORITY
    value = command.value(place.token, written)
    return max(0, min(100, int(value)))


def _tell_of_nobody(command: Command, moved: Moved) -> None:
    """An item no one may do is told to the administrator; it never waits unseen."""
    present = {row.principal for asked in moved.present for row in asked.rows}
    alone = [offered for offered in moved.offered if _is_for_nobody(command, offered, present)]
    for offered in alone:
        node, token_id = offered.token.node, offered.token.id
        command.raise_incident(node, nobody(node), token_id=token_id, item_id=offered.item_id)
    if alone:
        command.keep()


def _is_for_nobody(command: Command, offered: Offered, present: set[str]) -> bool:
    if present.isdisjoint(offered.candidates):
        return True
    token = offered.token
    return has_rule(command, token.node) and not is_anybody_left(
        command, offered.candidates, token.node, token
    )


def _sync_subscriptions(command: Command, places: Sequence[Waiting]) -> None:
    tx = command.tx
    kinds = (EventKind.MESSAGE, EventKind.SIGNAL)
    waiting = {p.token.id: p for p in places if p.event and p.event.kind in kinds}
    rows = command.parts.subscriptions
    gone = [row_id for token_id, row_id in rows.items() if token_id not in waiting]
    if gone:
        tx.remove(subscriptions, id=gone)
    for token_id, place in waiting.items():
        if token_id not in rows:
            _open_subscription(command, place)


def _open_subscription(command: Command, place: Waiting) -> None:
    event = place.event
    assert event is not None
    key = ""
    if event.correlation_key:
        key = str(command.value(place.token, event.correlation_key))
    command.tx.insert(
        subscriptions,
        case_id=command.case.id,
        token_id=place.token.id,
        element=place.token.node.id,
        kind=event.kind.value,
        name=event.ref,
        correlation=key,
    )
    if event.kind is EventKind.MESSAGE:
        early = find_early(command.tx, event.ref, key)
        if early is not None:
            schedule(command.tx, "message", early, command.now)


def _tell_of_deadlock(command: Command) -> None:
    """Tokens that wait at a join for partners that cannot come any more never wait unseen."""
    for token in command.machine.stranded():
        node = token.node
        error = Invalid(
            f"“{node.name or node.id}”处等待的分支不会再到达，流程无法继续",
            f"nothing can come to {node.id} any more: the diagram is deadlocked",
            code="deadlock",
        )
        command.raise_incident(node, error, token_id=token.id)


def catch_up(tx: Unit, case_id: UUID, now: datetime) -> None:
    """Let what a suspended case has missed be done now: messages, signals, retries."""
    for row in tx.all(_subscriptions(case_id)):
        redeliver(tx, row.token_id, now)
    hurry(tx, "retry", [row.id for row in tx.all(_open_incidents(case_id))], now)


def _sync_incidents(command: Command, places: Sequence[Waiting]) -> None:
    """Close incidents whose place is no longer stuck; let the clock retry services."""
    tx = command.tx
    if not command.parts.incidents and not command.new_incidents:
        return
    rows = tx.all(_open_incidents(command.case.id))
    services = {place.token.id for place in places if place.kind == "service"}
    events = {place.token.id for place in places if place.kind == "event"}
    stopped = services | events | {token.id for token in command.machine.stranded()}
    for row in rows:
        if not _still_stands(command, row, stopped):
            tx.change(incidents, {"id": row.id}, closed_at=command.now)
            unschedule(tx, "retry", [row.id])
        elif row.id in command.new_incidents and row.token_id in services:
            schedule(tx, "retry", row.id, command.now + FIRST_RETRY)


def _still_stands(command: Command, incident: Any, stopped: set[UUID]) -> bool:
    if incident.item_id is None:
        return incident.token_id in stopped
    item = command.tx.get(work_items, incident.item_id)
    if item is None or item.status not in OPEN_ITEM:
        return False
    if incident.code == "nobody":
        token = command.machine.token(item.token_id)
        held = item.holder is not None
        return not held and not (
            token is not None and is_anybody_left(command, item.candidates, token.node, token)
        )
    return bool(item.status == "stuck")


def _changes(command: Command, places: Sequence[Waiting]) -> dict[str, Any]:
    """The columns of the case that follow from where its tokens are."""
    changed: dict[str, Any] = {"state": command.machine.dump(), "stage": _stage(places)}
    if command.machine.completed:
        changed |= {"status": "completed", "stage": "", "ended_at": command.now}
        changed |= _outcome(command)
    title = _title(command)
    return changed | {"title": title} if title else changed


def _title(command: Command) -> str:
    """What the case is called, as the process property ``subject`` says; empty while it cannot."""
    expression = command.bundle.process.zeebe.properties.get("subject")
    try:
        subject = command.subject(expression) if expression else None
    except FeelError:
        return ""  # the variables the subject speaks of are not there yet
    return f"{command.bundle.title}：{subject}"[:200] if subject else ""


def _stage(places: Sequence[Waiting]) -> str:
    """The stage as lists show it: the names of the open steps, at most three."""
    names = [
        place.token.node.zeebe.properties.get("stage") or place.token.node.name
        for place in places
        if place.kind == "person" or not (place.attached_to or place.armed)
    ]
    return "、".join(list(dict.fromkeys(n for n in names if n))[:3])[:80]


def _public_stage(places: Sequence[Waiting]) -> str:
    """The stage as those outside may know it: never the name of a step."""
    told = [place.token.node.zeebe.properties for place in places if place.kind == "person"]
    names = [of.get("publicStage") or of.get("stage", "") for of in told]
    return "、".join(list(dict.fromkeys(n for n in names if n))[:3])[:80]


def _outcome(command: Command) -> dict[str, str]:
    """The name of the end event the case ran into last."""
    levels = _case_levels(command.bundle.process)
    for passed in reversed(command.machine.passed):
        if passed.process in levels and not passed.flows:
            node = command.bundle.process.node(passed.node)
            if node is not None and node.name and not node.by_event:
                return {"outcome": node.name[:80]}
    return {}


def _case_levels(process: Process) -> set[str]:
    """The level of the case and those of the event sub-processes it may end in."""
    levels = {process.id}
    todo = [(process.id, process.body)]
    while todo:
        name, body = todo.pop()
        inner = [(f"{name}/{n.id}", n.body) for n in body.nodes.values() if n.by_event and n.body]
        levels.update(name for name, _ in inner)
        todo += inner
    return levels
