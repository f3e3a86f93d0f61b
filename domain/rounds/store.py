"""Rounds as they are kept: opened, recommended to, closed, every entry with what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from domain.register.model import holders, list_entries, mines
from domain.register.rules import ON_THE_LIST, Level, ListStatus, name_key
from domain.rounds.model import round_entries, round_quotas, rounds
from domain.rounds.rules import EntryStatus, RoundStatus, Standing, Taking, check_move, taking_fault
from engine.errors import NotFound
from engine.messaging.messages import publish_message
from engine.store.database import Unit
from engine.store.metadata import TENANT

DECIDED = "round-decided"
"""The message that tells the case of a round that all its entries are decided."""


@dataclass(frozen=True)
class Opening:
    """A round to be opened: its case, the notice, and ``quotas`` as (province, tenant, number)."""

    case_id: UUID
    title: str
    document: str
    notice_on: dt.date
    closes_on: dt.date
    quotas: Sequence[tuple[str, str, int]]


def open_round(tx: Unit, opening: Opening, now: datetime) -> UUID:
    """Open a round with a quota for each province; returns its id, the same one for its case."""
    known = tx.one(
        select(rounds.c.id).where(rounds.c.tenant_id == TENANT, rounds.c.case_id == opening.case_id)
    )
    if known is not None:
        found: UUID = known.id
        return found
    round_id = tx.insert(
        rounds,
        case_id=opening.case_id,
        title=opening.title,
        document=opening.document,
        notice_on=opening.notice_on,
        closes_on=opening.closes_on,
        status=RoundStatus.OPEN,
        opened_at=now,
    )
    tx.insert_many(
        round_quotas,
        (
            {"round_id": round_id, "province": province, "peer": peer, "quota": quota}
            for province, peer, quota in opening.quotas
        ),
    )
    return round_id


@dataclass(frozen=True)
class Coming:
    """A recommendation that came in: from which tenant, to which round, which mine."""

    round_id: UUID
    case_id: UUID
    peer: str
    rank: int
    score: Decimal
    mine_name: str
    holder: str
    licence_no: str

    @property
    def mine_key(self) -> str:
        """What makes two recommendations the same mine: the licence, else holder and name."""
        return self.licence_no or f"{name_key(self.holder)} {name_key(self.mine_name)}"


@dataclass(frozen=True)
class Taken:
    """Whether a recommendation was taken in (``fault`` empty), of which province and round."""

    fault: str
    province: str
    title: str


def take_recommendation(tx: Unit, coming: Coming, score_line: Decimal, today: dt.date) -> Taken:
    """Take a recommendation in, or say why not. The round is locked: quotas hold for all at once.

    Rules: R-NAT-23.
    """
    row = _locked(tx, coming.round_id)
    quota = tx.one(
        select(round_quotas).where(
            round_quotas.c.tenant_id == TENANT,
            round_quotas.c.round_id == row.id,
            round_quotas.c.peer == coming.peer,
        )
    )
    province = "" if quota is None else quota.province
    entries = _entries(tx, row.id)
    taking = Taking(
        status=RoundStatus(row.status),
        closes_on=row.closes_on,
        quota=None if quota is None else quota.quota,
        taken={e.rank for e in entries if e.province == province},
        score_line=score_line,
        is_listed=_is_listed(tx, coming.licence_no),
        is_known=any(e.mine_key == coming.mine_key for e in entries),
    )
    fault = taking_fault(taking, coming.rank, coming.score, today)
    if not fault:
        tx.insert(
            round_entries,
            round_id=row.id,
            case_id=coming.case_id,
            province=province,
            rank=coming.rank,
            mine_name=coming.mine_name,
            mine_key=coming.mine_key,
            status=EntryStatus.RECOMMENDED,
        )
    return Taken(fault, province, row.title)


def _is_listed(tx: Unit, licence_no: str) -> bool:
    found = tx.one(
        select(list_entries.c.id)
        .join(
            mines,
            (mines.c.tenant_id == list_entries.c.tenant_id)
            & (mines.c.id == list_entries.c.mine_id),
        )
        .where(
            list_entries.c.tenant_id == TENANT,
            mines.c.licence_no == (licence_no or None),
            list_entries.c.status.in_(list(ON_THE_LIST)),
        )
        .limit(1)
    )
    return found is not None


def record_result(tx: Unit, case_id: UUID, status: EntryStatus, reason: str, now: datetime) -> None:
    """Say what became of an entry; the case of its round hears when the last one is decided.

    Rules: R-NAT-25.
    """
    entry = tx.one(
        select(round_entries).where(
            round_entries.c.tenant_id == TENANT, round_entries.c.case_id == case_id
        )
    )
    if entry is None:
        raise NotFound("此办件不在遴选批次中", "the case is in no round")
    row = _locked(tx, entry.round_id)
    tx.update(
        round_entries,
        round_entries.c.id == entry.id,
        status=status,
        reason=reason,
        decided_at=now,
    )
    if RoundStatus(row.status) is RoundStatus.CLOSED:
        _finish_when_decided(tx, row, now)


def leave_round(tx: Unit, case_id: UUID, reason: str, now: datetime) -> None:
    """A case ended before it was decided is not selected; its round waits for it no more."""
    entry = tx.one(
        select(round_entries.c.status).where(
            round_entries.c.tenant_id == TENANT, round_entries.c.case_id == case_id
        )
    )
    if entry is not None and entry.status == EntryStatus.RECOMMENDED:
        record_result(tx, case_id, EntryStatus.NOT_SELECTED, reason, now)


def close_round(tx: Unit, round_id: UUID, now: datetime) -> Mapping[str, int]:
    """Take no more recommendations; gives how many came (``recommended``) and are ``open``."""
    row = _locked(tx, round_id)
    check_move(RoundStatus(row.status), RoundStatus.CLOSED)
    tx.update(rounds, rounds.c.id == row.id, status=RoundStatus.CLOSED)
    counts = entry_counts(tx, row.id)
    recommended = sum(counts.values())
    if recommended:
        _finish_when_decided(tx, row, now)
    return {"recommended": recommended, "open": counts[EntryStatus.RECOMMENDED]}


def finish_round(tx: Unit, round_id: UUID) -> Mapping[EntryStatus, int]:
    """The round is over; gives how many entries ended how."""
    row = _locked(tx, round_id)
    check_move(RoundStatus(row.status), RoundStatus.DONE)
    tx.update(rounds, rounds.c.id == row.id, status=RoundStatus.DONE)
    return entry_counts(tx, row.id)


def entry_counts(tx: Unit, round_id: UUID) -> dict[EntryStatus, int]:
    """How many entries of a round there are in each status."""
    rows = tx.all(
        select(round_entries.c.status, func.count().label("number"))
        .where(round_entries.c.tenant_id == TENANT, round_entries.c.round_id == round_id)
        .group_by(round_entries.c.status)
    )
    found = {EntryStatus(row.status): row.number for row in rows}
    return {status: found.get(status, 0) for status in EntryStatus}


def _locked(tx: Unit, round_id: UUID) -> Any:
    row = tx.get(rounds, round_id, lock=True)
    if row is None:
        raise NotFound("没有这个遴选批次", "there is no such round")
    return row


def _finish_when_decided(tx: Unit, row: Any, now: datetime) -> None:
    tx.flush()
    if entry_counts(tx, row.id)[EntryStatus.RECOMMENDED] == 0:
        publish_message(tx, DECIDED, str(row.case_id), {}, now)


def _entries(tx: Unit, round_id: UUID) -> Sequence[Any]:
    return tx.all(
        select(round_entries).where(
            round_entries.c.tenant_id == TENANT, round_entries.c.round_id == round_id
        )
    )


# ---------------------------------------------------------------- the province's own list


def listed_mines(tx: Unit, numbers: Collection[int]) -> Mapping[int, Any]:
    """The entries of the tenant's own list with these numbers of the register, with their mines."""
    rows = tx.all(
        select(
            list_entries.c.id.label("entry_id"),
            list_entries.c.level,
            list_entries.c.status,
            list_entries.c.marks,
            mines.c.no,
            mines.c.printed_name,
            mines.c.name,
            mines.c.licence_no,
            mines.c.division,
            mines.c.mineral,
            mines.c.method,
            mines.c.scale,
            mines.c.to_be_confirmed,
            holders.c.name.label("holder"),
            holders.c.credit_code,
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
        .where(list_entries.c.tenant_id == TENANT, mines.c.no.in_(sorted(numbers)))
        .order_by(mines.c.no, list_entries.c.level.desc())
    )
    return {row.no: row for row in rows}


def standing_of(row: Any) -> Standing:
    """How a mine stands on the list, from its row."""
    return Standing(
        known=ListStatus(row.status) is not ListStatus.REMOVED,
        name=row.printed_name,
        level=Level(row.level),
        status=ListStatus(row.status),
        marks=frozenset(row.marks),
        is_confirmed=not row.to_be_confirmed and row.holder is not None,
    )
