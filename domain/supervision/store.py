"""Supervision as it is kept: mines known here, inspections of a year, findings and sanctions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from domain.draws.rules import UP
from domain.register.copies import copied_entries
from domain.register.model import holders, list_entries, list_events, mines
from domain.register.rules import ON_THE_LIST, ListEvent, ListStatus, Scale, name_key
from domain.register.store import Change, change_entry, keeps_list
from domain.supervision.model import (
    findings,
    inspection_bases,
    inspections,
    sanctions,
)
from domain.supervision.rules import (
    Coverage,
    FindingStatus,
    Outcome,
    next_finding,
    year_target,
)
from engine.actors import Actor
from engine.errors import NotFound
from engine.office import Office
from engine.store.database import Unit
from engine.store.metadata import TENANT


@dataclass(frozen=True)
class KnownMine:
    """A mine of the list as this tenant knows it; ``entry_id`` where the list is kept here."""

    mine: str
    name: str
    holder: str
    division: str
    status: ListStatus
    entry_id: UUID | None = None
    licence: str = ""
    scale: Scale | None = None
    catalogue: str = ""
    """By which indicators the entry was assessed; empty where the list does not say."""


def known_mines(tx: Unit, office: Office) -> list[KnownMine]:
    """Every mine of the own list, or of the copies that the keeper of the list sends."""
    return _own_entries(tx) if keeps_list(office) else _copies(tx)


def listed_mines(tx: Unit, office: Office) -> list[KnownMine]:
    """Those that are on the list now."""
    return [one for one in known_mines(tx, office) if one.status in ON_THE_LIST]


def find_known(tx: Unit, office: Office, mine: str) -> KnownMine:
    """A mine by level and number; NotFound when it is not known here."""
    found = next((one for one in known_mines(tx, office) if one.mine == mine), None)
    if found is None:
        raise NotFound("名录中没有此矿山", "there is no such mine on the list", mine=mine)
    return found


def find_licensed(tx: Unit, office: Office, licence: str) -> KnownMine | None:
    """The mine of the own list with this mining licence; None where none bears it.

    Rules: R-IM-11, R-NAT-10.
    """
    return next((one for one in _own_entries(tx) if one.licence == licence), None)


def _own_entries(tx: Unit) -> list[KnownMine]:
    rows = tx.all(
        select(
            list_entries.c.id,
            list_entries.c.level,
            list_entries.c.status,
            list_entries.c.catalogue,
            mines.c.no,
            mines.c.name,
            mines.c.printed_name,
            mines.c.division,
            mines.c.licence_no,
            mines.c.scale,
            holders.c.name.label("holder"),
        )
        .join(
            mines,
            (mines.c.tenant_id == list_entries.c.tenant_id)
            & (mines.c.id == list_entries.c.mine_id),
        )
        .outerjoin(
            holders,
            (holders.c.tenant_id == mines.c.tenant_id) & (holders.c.id == mines.c.holder_id),
        )
        .where(list_entries.c.tenant_id == TENANT)
        .order_by(list_entries.c.level, mines.c.no)
    )
    return [
        KnownMine(
            f"{row.level}:{row.no}",
            row.name or row.printed_name,
            row.holder or "",
            row.division or "",
            ListStatus(row.status),
            row.id,
            row.licence_no or "",
            Scale(row.scale),
            row.catalogue,
        )
        for row in rows
    ]


def _copies(tx: Unit) -> list[KnownMine]:
    return [
        KnownMine(
            f"{one.level}:{one.number}",
            one.name,
            one.holder,
            one.division,
            one.status,
            scale=one.scale,
        )
        for one in copied_entries(tx)
    ]


def removals_of(tx: Unit, office: Office, holder: str) -> int:
    """How often mines of this holder were removed from the list, by the holder's name.

    Rules: R-YJ-16.
    """
    key = name_key(holder)
    if not keeps_list(office):
        return sum(one.removals for one in copied_entries(tx) if name_key(one.holder) == key)
    return int(
        tx.scalar(
            select(func.count())
            .select_from(list_events)
            .join(
                list_entries,
                (list_entries.c.tenant_id == list_events.c.tenant_id)
                & (list_entries.c.id == list_events.c.entry_id),
            )
            .join(
                mines,
                (mines.c.tenant_id == list_entries.c.tenant_id)
                & (mines.c.id == list_entries.c.mine_id),
            )
            .join(
                holders,
                (holders.c.tenant_id == mines.c.tenant_id) & (holders.c.id == mines.c.holder_id),
            )
            .where(
                list_events.c.tenant_id == TENANT,
                list_events.c.event == ListEvent.REMOVE,
                holders.c.name_key == key,
            )
        )
    )


# ---------------------------------------------------------------- inspections


def base_of(tx: Unit, office: Office, year: int) -> int:
    """The number of mines the share of a year is taken of: as fixed, else those listed now."""
    base = tx.scalar(
        select(inspection_bases.c.count).where(
            inspection_bases.c.tenant_id == TENANT, inspection_bases.c.year == year
        )
    )
    return len(listed_mines(tx, office)) if base is None else int(base)


def coverage_of(tx: Unit, office: Office, year: int, percent: Decimal) -> Coverage:
    """How far the inspections of a year are; the base is what was on the list when it was fixed."""
    count = base_of(tx, office, year)
    done = len(inspected_in(tx, year))
    rounding = str(office.parameters.get("inspection.rounding", UP))
    return Coverage(year, count, year_target(count, percent, rounding), done)


def fix_base(tx: Unit, office: Office, year: int, now: datetime) -> int:
    """Fix the base number of a year, once; returns it."""
    row = {"year": year, "count": len(listed_mines(tx, office)), "fixed_at": now}
    tx.insert_missing(inspection_bases, ("year",), [row])
    return coverage_of(tx, office, year, Decimal(0)).base


def inspected_in(tx: Unit, year: int) -> set[str]:
    """The mines inspected in a year."""
    rows = tx.all(
        select(inspections.c.mine)
        .where(inspections.c.tenant_id == TENANT, inspections.c.year == year)
        .distinct()
    )
    return {row.mine for row in rows}


def record_inspection(tx: Unit, **facts: Any) -> None:
    """Keep that a mine was inspected; once for a case and mine."""
    tx.insert_missing(inspections, ("case_id", "mine"), [facts])


# ---------------------------------------------------------------- findings


@dataclass(frozen=True)
class Found:
    """A finding: which condition of the list a mine meets, and until when it is to be mended."""

    mine: str
    fact: str
    rule: str
    outcome: Outcome
    words: str
    description: str
    due_on: date | None
    case_id: UUID | None = None


def open_finding(
    tx: Unit, office: Office, found: Found, actor: Actor | None, now: datetime
) -> UUID:
    """Keep a finding; where the list is kept the mine is marked, or ordered to rectify.

    Rules: R-IM-38, R-NAT-33.
    """
    mine = find_known(tx, office, found.mine)
    row = tx.insert(
        findings,
        mine=mine.mine,
        mine_name=mine.name,
        case_id=found.case_id,
        fact=found.fact,
        rule=found.rule,
        outcome=found.outcome,
        words=found.words,
        description=found.description,
        status=FindingStatus.OPEN,
        due_on=found.due_on,
        found_on=office.calendar.local_day(now),
    )
    event = {
        Outcome.MARK: ListEvent.MARK,
        Outcome.RECTIFY: ListEvent.ORDER_RECTIFICATION,
    }.get(found.outcome)
    if event is not None and mine.entry_id is not None:
        marks = frozenset({found.words[:100]})
        change = Change(event, found.description or found.words, found.case_id, added=marks)
        change_entry(tx, mine.entry_id, change, actor, now)
    return row


def close_finding(
    tx: Unit,
    office: Office,
    finding_id: UUID,
    wanted: FindingStatus,
    actor: Actor | None,
    now: datetime,
) -> int:
    """Accept or fail a finding; returns how many of the mine are still open.

    The mark goes, and the mine is listed without reserve again, only when all are accepted.
    """
    row = tx.get(findings, finding_id, lock=True)
    if row is None:
        raise NotFound("没有这个问题", "there is no such finding")
    status = next_finding(FindingStatus(row.status), wanted)
    today = office.calendar.local_day(now)
    tx.update(findings, findings.c.id == finding_id, status=status, closed_on=today)
    left = open_findings(tx, row.mine)
    mine = find_known(tx, office, row.mine)
    if wanted is FindingStatus.ACCEPTED and mine.entry_id is not None:
        _take_off(tx, mine, row, {one.words[:100] for one in left}, actor, now)
    return len(left)


def _take_off(
    tx: Unit, mine: KnownMine, row: Any, staying: set[str], actor: Actor | None, now: datetime
) -> None:
    entry = tx.get(list_entries, mine.entry_id)  # type: ignore[arg-type]
    assert entry is not None
    cleared = frozenset({row.words[:100]} & set(entry.marks)) - staying
    is_over = not staying and entry.status == ListStatus.RECTIFYING
    if not is_over and not cleared:
        return
    event = ListEvent.ACCEPT_RECTIFICATION if is_over else ListEvent.CLEAR_MARK
    reason = f"{row.words}：整改验收合格"
    change_entry(tx, entry.id, Change(event, reason, row.case_id, cleared=cleared), actor, now)


def open_findings(tx: Unit, mine: str) -> Sequence[Any]:
    """What a mine still has to mend, oldest first."""
    return tx.all(
        select(findings)
        .where(
            findings.c.tenant_id == TENANT,
            findings.c.mine == mine,
            findings.c.status == FindingStatus.OPEN,
        )
        .order_by(findings.c.found_on, findings.c.id)
    )


def findings_of_case(tx: Unit, case_id: UUID) -> Sequence[Any]:
    """The findings a case has opened."""
    return tx.all(
        select(findings)
        .where(findings.c.tenant_id == TENANT, findings.c.case_id == case_id)
        .order_by(findings.c.id)
    )


# ---------------------------------------------------------------- removal, sanctions


@dataclass(frozen=True)
class Removal:
    """A removal that was decided: of which mine, why, by which case."""

    mine: str
    reason: str
    case_id: UUID | None = None


def remove_mine(
    tx: Unit, office: Office, removal: Removal, actor: Actor | None, now: datetime
) -> int:
    """Remove a mine from the own list; returns how often its holder was removed by now.

    Rules: R-IM-41, R-IM-48, R-YJ-16.
    """
    mine = find_known(tx, office, removal.mine)
    if mine.entry_id is None:
        raise NotFound("本级不设名录，由名录管理机关移出", "no list is kept here")
    if mine.status in ON_THE_LIST:
        change = Change(ListEvent.REMOVE, removal.reason, removal.case_id)
        change_entry(tx, mine.entry_id, change, actor, now)
    return removals_of(tx, office, mine.holder) if mine.holder else 0


def record_sanction(tx: Unit, mine: KnownMine, kinds: Iterable[str], facts: dict[str, Any]) -> None:
    """Keep measures against a mine that does not rectify.

    Rules: R-ORD-30, R-YJ-20.
    """
    for kind in kinds:
        tx.insert(sanctions, mine=mine.mine, mine_name=mine.name, kind=kind, **facts)


def count_open(tx: Unit) -> int:
    """How many findings are open."""
    return int(
        tx.scalar(
            select(func.count()).where(
                findings.c.tenant_id == TENANT, findings.c.status == FindingStatus.OPEN
            )
        )
    )
