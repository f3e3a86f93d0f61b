"""The list as it is kept: mines enter, are marked, change status; every step is remembered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.sql import ColumnElement

from domain.register.copies import entry_fact
from domain.register.listing import list_row
from domain.register.mines import (
    MineFacts,
    Source,
    add_printed_mine,
    ensure_mine,
    numbers_of,
)
from domain.register.model import list_entries, list_events
from domain.register.rules import (
    ON_THE_LIST,
    Level,
    ListEntry,
    ListEvent,
    ListStatus,
    next_status,
)
from engine.actors import Actor
from engine.errors import Invalid, NotFound
from engine.messaging.facts import publish_fact
from engine.office import Office
from engine.store.database import Unit
from engine.store.metadata import TENANT

SYSTEM = "系统"
LIST_KEPT = "list.kept"


class NoList(NotFound):
    """The tenant keeps no list: only the nation and the region do (R-NAT-4)."""

    code = "no_list"


@dataclass(frozen=True)
class Entering:
    """An entry to be made in the list: which mine, on what ground, by which standard."""

    mine: MineFacts
    listed_on: dt.date
    reason: str
    case_id: UUID | None = None
    catalogue: str = ""
    score: str = ""


def keeps_list(office: Office) -> bool:
    """Whether the tenant says itself that it keeps a list; nobody inherits one.

    Rules: R-NAT-4.
    """
    origin = office.parameter_facts.get(LIST_KEPT, {}).get("origin")
    return office.parameters.get(LIST_KEPT) is True and origin == office.slug


def own_level(office: Office) -> Level:
    """The level of the list a tenant keeps; :class:`NoList` when it keeps none."""
    if not keeps_list(office):
        raise NoList(
            f"{office.short}不设绿色矿山名录，名录由国家和自治区管理",
            "this tenant keeps no list; only the nation and the region do",
        )
    return Level.NATIONAL if office.level == "national" else Level.REGIONAL


@dataclass(frozen=True)
class Change:
    """Something that happens to an entry: the event, why, and the marks it adds and takes off."""

    event: ListEvent
    reason: str
    case_id: UUID | None = None
    added: frozenset[str] = frozenset()
    cleared: frozenset[str] = frozenset()


def import_mines(
    tx: Unit, office: Office, entries: Iterable[ListEntry], source: Source, now: datetime
) -> int:
    """Enter the mines of a printed list; returns how many were new.

    Loading the same list again adds nothing and changes nothing: what people have confirmed or
    decided since stands. A number that is taken already is replaced by the next free one.
    """
    own_level(office)
    known = numbers_of(tx, source.name)
    added = [entry for entry in entries if entry.mine.no not in known]
    for entry in added:
        entry_id = tx.insert(
            list_entries,
            mine_id=add_printed_mine(tx, entry.mine, source, now),
            level=entry.level,
            status=entry.status,
            marks=sorted(entry.marks),
            listed_on=entry.listed_on,
        )
        _note(tx, entry_id, Change(ListEvent.ENTER, f"自《{source.name}》载入"), None, now)
    return len(added)


def enter_list(
    tx: Unit, office: Office, entering: Entering, actor: Actor | None, now: datetime
) -> UUID:
    """Put a mine on the tenant's list; returns the entry's id, the same one for the same case.

    Rules: R-IM-33, R-NAT-22.
    """
    level = own_level(office)
    if entering.case_id is not None:
        entered = _entry(tx, list_entries.c.case_id == entering.case_id)
        if entered is not None:
            found: UUID = entered.id
            return found

    mine_id = ensure_mine(tx, entering.mine, now)
    row = _entry(tx, list_entries.c.mine_id == mine_id, list_entries.c.level == level)
    before = None if row is None else ListStatus(row.status)
    values: dict[str, Any] = {
        "status": next_status(before, ListEvent.ENTER),
        "marks": [],
        "listed_on": entering.listed_on,
        "case_id": entering.case_id,
        "catalogue": entering.catalogue,
        "score": entering.score,
    }
    if row is None:
        entry_id = tx.insert(list_entries, mine_id=mine_id, level=level, **values)
    else:
        entry_id = row.id
        tx.update(list_entries, list_entries.c.id == entry_id, **values)
    change = Change(ListEvent.ENTER, entering.reason, entering.case_id)
    _note(tx, entry_id, change, actor, now, before=before)
    return entry_id


def change_entry(
    tx: Unit, entry_id: UUID, change: Change, actor: Actor | None, now: datetime
) -> ListStatus:
    """Let something happen to an entry and keep it in its history; returns the new status.

    Rules: R-IM-34.
    """
    if not change.reason.strip():
        raise Invalid(
            "请填写理由",
            "a reason is required",
            errors=[{"field": "reason", "message": "请填写理由"}],
        )
    row = tx.get(list_entries, entry_id, lock=True)
    if row is None:
        raise NotFound("名录中没有此矿山", "there is no such entry", entry=str(entry_id))
    missing = change.cleared - set(row.marks)
    if missing:
        told = "、".join(sorted(missing))
        raise NotFound(f"没有“{told}”的标注", "the entry does not bear this mark", mark=told)

    before = ListStatus(row.status)
    status = next_status(before, change.event)
    stays = status in ON_THE_LIST
    marks = (set(row.marks) | change.added) - change.cleared if stays else set[str]()
    tx.update(list_entries, list_entries.c.id == entry_id, status=status, marks=sorted(marks))
    _note(tx, entry_id, change, actor, now, before=before)
    return status


def raise_level(
    tx: Unit, entry_id: UUID, reason: str, case_id: UUID, actor: Actor | None, now: datetime
) -> None:
    """The nation has taken the mine to its own list: the entry here says so from now on.

    Rules: R-NAT-25.
    """
    row = tx.get(list_entries, entry_id, lock=True)
    if row is None:
        raise NotFound("名录中没有此矿山", "there is no such entry", entry=str(entry_id))
    if row.level == Level.NATIONAL:
        return
    tx.update(list_entries, list_entries.c.id == entry_id, level=Level.NATIONAL)
    change_entry(tx, entry_id, Change(ListEvent.RAISE, reason, case_id), actor, now)


def reassess(
    tx: Unit,
    entry_id: UUID,
    standard: tuple[str, str],
    change: Change,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Keep that a mine was found to meet other indicators: ``standard`` is catalogue and score.

    Rules: R-IM-3, R-NAT-28.
    """
    catalogue, score = standard
    change_entry(tx, entry_id, change, actor, now)
    tx.update(list_entries, list_entries.c.id == entry_id, catalogue=catalogue, score=score)


def mark(
    tx: Unit, entry_id: UUID, reasons: Iterable[str], actor: Actor | None, now: datetime
) -> None:
    """Mark an entry (标注) for one or several further reasons; earlier marks stay.

    Rules: R-IM-37.1, R-IM-37.2, R-IM-37.3.
    """
    added = frozenset(text.strip() for text in reasons if text.strip())
    change = Change(ListEvent.MARK, "；".join(sorted(added)), added=added)
    change_entry(tx, entry_id, change, actor, now)


def clear_mark(
    tx: Unit, entry_id: UUID, cleared: str, actor: Actor | None, now: datetime, *, reason: str
) -> None:
    """Take one mark off an entry; NotFound when it does not bear it."""
    change = Change(ListEvent.CLEAR_MARK, reason, cleared=frozenset({cleared}))
    change_entry(tx, entry_id, change, actor, now)


def _entry(tx: Unit, *where: ColumnElement[bool]) -> Any:
    return tx.one(
        select(list_entries).where(list_entries.c.tenant_id == TENANT, *where).with_for_update()
    )


def _note(
    tx: Unit,
    entry_id: UUID,
    change: Change,
    actor: Actor | None,
    now: datetime,
    *,
    before: ListStatus | None = None,
) -> None:
    """Append to the entry's history what happened and where it stands since."""
    row = list_row(tx, entry_id)
    entry = row.entry
    events = [
        one.event
        for one in tx.all(
            select(list_events.c.event).where(
                list_events.c.tenant_id == TENANT, list_events.c.entry_id == entry_id
            )
        )
    ]
    removals = [*events, change.event].count(ListEvent.REMOVE)
    publish_fact(tx, entry_fact(row, removals), now)
    tx.insert(
        list_events,
        entry_id=entry_id,
        seq=len(events) + 1,
        event=change.event,
        status_before=before,
        status=entry.status,
        marks=sorted(entry.marks),
        reason=change.reason,
        at=now,
        by=None if actor is None else actor.membership_id,
        by_name=SYSTEM if actor is None else actor.label,
        case_id=change.case_id,
    )
