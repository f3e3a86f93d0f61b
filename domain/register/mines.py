"""Mines and their holders in the register: found by number or licence, never by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from domain.register.model import holders, mines
from domain.register.rules import Method, Mine, Scale, name_key
from engine.errors import Conflict, NotFound
from engine.store.database import Unit
from engine.store.metadata import TENANT


@dataclass(frozen=True)
class Source:
    """The printed list that rows were read from, and the division its mines lie in."""

    name: str
    division: str = ""


@dataclass(frozen=True)
class MineFacts:
    """A mine as an application tells it; ``no`` or ``licence_no`` find one the register knows.

    ``updates_register`` when a clerk has said that the application tells better than the register.
    """

    name: str
    holder: str
    mineral: str
    method: Method
    scale: Scale
    division: str = ""
    credit_code: str | None = None
    licence_no: str | None = None
    no: int | None = None
    updates_register: bool = False


def numbers_of(tx: Unit, source: str) -> set[int]:
    """The numbers of a printed list whose mines are in the register already."""
    rows = tx.all(
        select(mines.c.source_no).where(mines.c.tenant_id == TENANT, mines.c.source == source)
    )
    return {row.source_no for row in rows}


def add_printed_mine(tx: Unit, mine: Mine, source: Source, now: datetime) -> UUID:
    """Register a mine of a printed list; a number that is taken becomes the next free one."""
    holder = None if mine.holder is None else _ensure_holder(tx, mine.holder.name, None, now)
    taken = _mine_by(tx, mines.c.no, mine.no) is not None
    return tx.insert(
        mines,
        no=_next_no(tx) if taken else mine.no,
        printed_name=mine.printed_name,
        name=mine.name,
        holder_id=holder,
        to_be_confirmed=mine.to_be_confirmed,
        division=source.division,
        mineral=mine.mineral,
        method=mine.method,
        scale=mine.scale,
        source=source.name,
        source_no=mine.no,
        created_at=now,
    )


def find_mine(tx: Unit, facts: MineFacts) -> Any:
    """The mine of the register that number or licence name, or None."""
    if facts.no is not None:
        known = _mine_by(tx, mines.c.no, facts.no)
        if known is None:
            raise NotFound(f"矿山登记中没有 {facts.no} 号", "there is no mine of this number")
        return known
    return _mine_by(tx, mines.c.licence_no, facts.licence_no) if facts.licence_no else None


def holder_of(tx: Unit, mine: Any) -> Any:
    """The holder of a registered mine; None while nobody has confirmed who it is."""
    return None if mine.holder_id is None else tx.get(holders, mine.holder_id)


def is_held_by(holder: Any, facts: MineFacts) -> bool:
    """Whether the registered holder is the one the application names; an unknown one may be."""
    if holder is None:
        return True
    if holder.credit_code and facts.credit_code:
        return bool(holder.credit_code == facts.credit_code)
    return bool(holder.name_key == name_key(facts.holder))


def ensure_mine(tx: Unit, facts: MineFacts, now: datetime) -> UUID:
    """The mine that number or licence name, or a new one: names identify no mine.

    What is registered stays unless the facts are said to update it; a gap is filled. The mine of
    another holder is never touched.
    """
    known = find_mine(tx, facts)
    if known is not None and not is_held_by(holder_of(tx, known), facts):
        raise Conflict(
            "该采矿许可证证号登记在其他采矿权人名下",
            "the mine is registered for another holder",
            code="holder_differs",
            mine=known.no,
        )
    holder = _ensure_holder(tx, facts.holder, facts.credit_code, now)
    told: dict[str, Any] = {
        "name": facts.name,
        "holder_id": holder,
        "to_be_confirmed": False,
        "licence_no": facts.licence_no,
        "division": facts.division,
        "mineral": facts.mineral,
        "method": facts.method,
        "scale": facts.scale,
    }
    if known is not None:
        if not facts.updates_register:
            told = {name: getattr(known, name) or value for name, value in told.items()}
            told["to_be_confirmed"] = False
        tx.update(mines, mines.c.id == known.id, **told)
        mine_id: UUID = known.id
        return mine_id
    printed = facts.name if facts.name.startswith(facts.holder) else facts.holder + facts.name
    return tx.insert(mines, no=_next_no(tx), printed_name=printed, created_at=now, **told)


def _ensure_holder(tx: Unit, name: str, credit_code: str | None, now: datetime) -> UUID:
    key = name_key(name)
    row = tx.one(select(holders).where(holders.c.tenant_id == TENANT, holders.c.name_key == key))
    if row is None:
        return tx.insert(
            holders, name=name.strip(), name_key=key, credit_code=credit_code, created_at=now
        )
    if credit_code and row.credit_code and row.credit_code != credit_code:
        raise Conflict(
            f"采矿权人“{name}”的统一社会信用代码与登记不一致",
            "the holder is registered with another credit code",
            code="holder_differs",
            registered=row.credit_code,
        )
    if credit_code and not row.credit_code:
        tx.update(holders, holders.c.id == row.id, credit_code=credit_code)
    found: UUID = row.id
    return found


def _mine_by(tx: Unit, column: Any, value: Any) -> Any:
    return tx.one(select(mines).where(mines.c.tenant_id == TENANT, column == value))


def _next_no(tx: Unit) -> int:
    last = tx.scalar(select(func.max(mines.c.no)).where(mines.c.tenant_id == TENANT))
    return int(last or 0) + 1
