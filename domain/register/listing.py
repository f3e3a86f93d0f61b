"""The list as it is read: pages by number, filters, the CSV file, an entry with its history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, tuple_

from domain.register.export_rows import public_csv
from domain.register.model import holders, list_entries, list_events, mines
from domain.register.rules import (
    ON_THE_LIST,
    Holder,
    Level,
    ListEntry,
    ListStatus,
    Method,
    Mine,
    Scale,
    name_key,
)
from engine.cursors import decode_place, encode_cursor
from engine.errors import NotFound
from engine.store.database import Unit
from engine.store.metadata import TENANT

PAGE = 50
CSV_PAGE = 500


@dataclass(frozen=True)
class ListFilter:
    """What a reader of the list wants to see; nothing set means everything on the list."""

    level: Level | None = None
    mineral: str = ""
    method: Method | None = None
    scale: Scale | None = None
    status: ListStatus | None = None
    search: str = ""


@dataclass(frozen=True)
class ListRow:
    """An entry with the ids and facts that its own page needs."""

    id: UUID
    mine_id: UUID
    entry: ListEntry
    division: str
    catalogue: str
    score: str


@dataclass(frozen=True)
class ListPage:
    """Rows and the cursor of the next page, None at the end."""

    rows: Sequence[ListRow]
    next: str | None


def public_list(
    tx: Unit, wanted: ListFilter, *, cursor: str | None = None, limit: int = PAGE
) -> ListPage:
    """One page of the list by number; what left the list shows only when asked for by status.

    Rules: R-IM-33.
    """
    statement = _filtered(_rows(), wanted)
    if cursor:
        statement = statement.where(tuple_(mines.c.no, list_entries.c.level) > decode_place(cursor))
    statement = statement.order_by(mines.c.no, list_entries.c.level).limit(limit + 1)
    rows = tx.all(statement)
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else encode_cursor(last.no, last.level)
    return ListPage([_list_row(row) for row in rows[:limit]], following)


def csv_lines(tx: Unit, wanted: ListFilter) -> Iterator[str]:
    """The whole list as the pieces of a CSV file, the header first."""
    yield public_csv(())
    cursor: str | None = None
    while True:
        page = public_list(tx, wanted, cursor=cursor, limit=CSV_PAGE)
        _header, _, lines = public_csv(row.entry for row in page.rows).partition("\n")
        yield lines
        cursor = page.next
        if cursor is None:
            return


def count_list(tx: Unit, wanted: ListFilter) -> int:
    """How many entries a reader's choice finds."""
    found = _filtered(_rows(), wanted).with_only_columns(func.count(), maintain_column_froms=True)
    return int(tx.scalar(found))


def minerals(tx: Unit) -> list[str]:
    """The minerals of the mines on the list, for the reader to choose from."""
    statement = _filtered(_rows(), ListFilter()).with_only_columns(
        mines.c.mineral, maintain_column_froms=True
    )
    return sorted({row.mineral for row in tx.all(statement)})


def list_row(tx: Unit, entry_id: UUID) -> ListRow:
    """One entry; NotFound for another tenant's."""
    row = tx.one(_rows().where(list_entries.c.id == entry_id))
    if row is None:
        raise NotFound("名录中没有此矿山", "there is no such entry", entry=str(entry_id))
    return _list_row(row)


def rows_of_holder(tx: Unit, name: str, credit_code: str) -> list[ListRow]:
    """The entries of a mining-right holder, by his credit code or else by his name."""
    statement = _rows().where(
        or_(holders.c.credit_code == credit_code, holders.c.name_key == name_key(name))
    )
    return [_list_row(row) for row in tx.all(statement.order_by(mines.c.no))]


def entry_history(tx: Unit, entry_id: UUID) -> Sequence[Any]:
    """Everything that happened to an entry, oldest first."""
    return tx.all(
        select(list_events)
        .where(list_events.c.tenant_id == TENANT, list_events.c.entry_id == entry_id)
        .order_by(list_events.c.seq)
    )


def _rows() -> Select[Any]:
    return (
        select(
            list_entries,
            mines.c.no,
            mines.c.printed_name,
            mines.c.name.label("mine_name"),
            mines.c.to_be_confirmed,
            mines.c.division,
            mines.c.mineral,
            mines.c.method,
            mines.c.scale,
            holders.c.name.label("holder_name"),
        )
        .join(
            mines,
            and_(
                mines.c.tenant_id == list_entries.c.tenant_id,
                mines.c.id == list_entries.c.mine_id,
            ),
        )
        .outerjoin(
            holders,
            and_(holders.c.tenant_id == mines.c.tenant_id, holders.c.id == mines.c.holder_id),
        )
        .where(list_entries.c.tenant_id == TENANT)
    )


def _filtered(statement: Select[Any], wanted: ListFilter) -> Select[Any]:
    statuses = list(ON_THE_LIST) if wanted.status is None else [wanted.status]
    statement = statement.where(list_entries.c.status.in_(statuses))
    for column, value in (
        (list_entries.c.level, wanted.level),
        (mines.c.mineral, wanted.mineral),
        (mines.c.method, wanted.method),
        (mines.c.scale, wanted.scale),
    ):
        if value:
            statement = statement.where(column == value)
    if wanted.search.strip():
        text = wanted.search.strip()
        for sign in ("\\", "%", "_"):
            text = text.replace(sign, "\\" + sign)
        found = f"%{text}%"
        statement = statement.where(
            or_(
                mines.c.printed_name.ilike(found, escape="\\"),
                mines.c.name.ilike(found, escape="\\"),
                holders.c.name.ilike(found, escape="\\"),
            )
        )
    return statement


def _list_row(row: Any) -> ListRow:
    holder = None if row.holder_name is None else Holder(row.holder_name)
    mine = Mine(
        no=row.no,
        printed_name=row.printed_name,
        name=row.mine_name,
        holder=holder,
        to_be_confirmed=row.to_be_confirmed,
        mineral=row.mineral,
        method=Method(row.method),
        scale=Scale(row.scale),
    )
    entry = ListEntry(
        mine, Level(row.level), ListStatus(row.status), frozenset(row.marks), row.listed_on
    )
    return ListRow(row.id, row.mine_id, entry, row.division, row.catalogue, row.score)
