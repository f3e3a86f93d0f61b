"""The rows of one tenant past every wall: their ids, what gives them away, their digest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Connection, LargeBinary, Numeric, Table, Uuid, insert, select
from sqlalchemy import types as sql_types

from engine.ids import new_id
from engine.store.control import accounts, dispatch, sessions, tokens
from engine.store.metadata import metadata, tenant_tables
from engine.store.types import Moment

UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NOW = datetime(2026, 3, 2, tzinfo=UTC)
WORDS = {
    "cases": ("number", "title"),
    "mines": ("name",),
    "objections": ("name", "contact", "content"),
    "memberships": ("username",),
    "attachments": ("digest", "name"),
    "tenders": ("number",),
    "history": ("hash", "digest"),
    "notification_channels": ("sealed",),
    "notification_wishes": ("address",),
}
"""Columns whose values are said nowhere but where somebody was let in."""


def fill_empty_tables(connection: Connection, tenant_id: UUID) -> None:
    """Something in every table of the tenant: what the town never came to do, made up."""
    for table in tenant_tables():
        mine = table.c.tenant_id == tenant_id
        if connection.execute(select(table).where(mine).limit(1)).first() is None:
            connection.execute(insert(table).values(_made_up(connection, table, tenant_id)))


def _made_up(connection: Connection, table: Table, tenant_id: UUID) -> dict[str, Any]:
    row = {column.name: _value(column.type) for column in table.columns}
    for key in table.foreign_key_constraints:
        there = key.referred_table
        columns = [element.column for element in key.elements]
        found = select(*columns).order_by(there.primary_key.columns.values()[-1]).limit(1)
        if "tenant_id" in there.c:
            found = found.where(there.c.tenant_id == tenant_id)
        values = connection.execute(found).first()
        row.update(
            zip((element.parent.name for element in key.elements), values or (), strict=False)
        )
    return {**row, "tenant_id": tenant_id}


def _value(kind: Any) -> Any:
    table: tuple[tuple[Any, Any], ...] = (
        (Uuid, new_id()),
        (Boolean, True),
        (sql_types.JSON, []),
        (Moment, NOW),
        (Numeric, Decimal(1)),
        (sql_types.Integer, 1),
        (sql_types.Date, date(2026, 3, 2)),
        (sql_types.Time, time(9)),
        (LargeBinary, b"x"),
    )
    for known, value in table:
        if isinstance(kind, known):
            return value
    return str(new_id())[: getattr(kind, "length", None) or 36]


class Renamed:
    """A row under another id."""

    def __init__(self, row: Any, row_id: UUID) -> None:
        self._row, self.id, self.number = row, row_id, f"无〔2026〕{row_id.hex[:6]}号"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)

    def __getitem__(self, place: int) -> Any:
        return self._row[place]


@dataclass(frozen=True)
class Estate:
    """What belongs to one tenant, as its owner knows it."""

    tenant_id: UUID
    rows: Mapping[str, list[Any]]
    ids: frozenset[str]
    words: frozenset[str]

    def row(self, table: str, n: int = 0) -> Any:
        """A row of a table."""
        found = self.rows[table]
        return found[n % len(found)]

    def id(self, table: str, n: int = 0) -> UUID:
        """The id of a row of a table."""
        found: UUID = self.row(table, n).id
        return found

    def made_up(self, new: Callable[[], UUID]) -> Estate:
        """The same rows under ids that nobody has."""
        return replace(
            self, rows={n: [Renamed(r, new()) for r in some] for n, some in self.rows.items()}
        )

    def told_in(self, text: str, asked: Iterable[str] = ()) -> set[str]:
        """What of the tenant stands in a text, beyond what was asked with."""
        found = set(UUIDS.findall(text)) & self.ids
        found |= {word for word in self.words if word in text}
        known = set(asked)
        return {one for one in found - known if not any(one in said for said in known)}


def estate_of(connection: Connection, tenant_id: UUID) -> Estate:
    """Everything of a tenant; the connection sees past the walls."""
    rows = {
        table.name: connection.execute(select(table).where(table.c.tenant_id == tenant_id)).all()
        for table in tenant_tables()
    }
    ids = {str(row.id) for some in rows.values() for row in some if hasattr(row, "id")}
    words = {str(word) for word in _words(rows) if word and len(str(word)) >= 4}
    return Estate(tenant_id, rows, frozenset(ids), frozenset(words))


def _words(rows: Mapping[str, list[Any]]) -> Iterator[Any]:
    for table, columns in WORDS.items():
        for row in rows[table]:
            for column in columns:
                yield getattr(row, column, None)


def digest_of(connection: Connection, tenant_id: UUID, files: Path) -> dict[str, str]:
    """Table by table what stands in the rows of a tenant; also what control tables say of it."""
    found = {}
    people = select(metadata.tables["memberships"].c.account_id).where(
        metadata.tables["memberships"].c.tenant_id == tenant_id
    )
    chosen = [(table, table.c.tenant_id == tenant_id) for table in tenant_tables()]
    chosen += [(table, table.c.tenant_id == tenant_id) for table in (sessions, tokens, dispatch)]
    for table, mine in [*chosen, (accounts, accounts.c.id.in_(people))]:
        rows = connection.execute(select(table).where(mine).order_by(*table.primary_key)).all()
        found[table.name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    kept = sorted((p.name, p.stat().st_size) for p in (files / str(tenant_id)).glob("**/*"))
    return {**found, "files": hashlib.sha256(repr(kept).encode()).hexdigest()}
