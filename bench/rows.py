"""The rows a command left behind, and the same rows written by bare SQL: the floor F.

Rows are compared before and after, so the floor does not depend on how the engine writes them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import psycopg
from sqlalchemy import LargeBinary, Table
from sqlalchemy.engine import URL

from bench.databases import Postgres

Key = tuple[Any, ...]
Row = tuple[Any, ...]
Rows = dict[str, dict[Key, Row]]


@dataclass
class Changes:
    """What differs between two looks at the same tables."""

    deleted: dict[Table, list[Key]] = field(default_factory=dict)
    updated: list[tuple[Table, Key, dict[str, Any]]] = field(default_factory=list)
    inserted: dict[Table, list[Row]] = field(default_factory=dict)

    @property
    def statements(self) -> int:
        """How many statements write them."""
        return len(self.deleted) + len(self.updated) + len(self.inserted)

    @property
    def count(self) -> int:
        """How many rows they are."""
        gone, new = self.deleted.values(), self.inserted.values()
        return sum(map(len, gone)) + sum(map(len, new)) + len(self.updated)


def changes(tables: Sequence[Table], before: Rows, after: Rows) -> Changes:
    """The net change: rows gone, rows altered (only the columns that differ), rows new."""
    found = Changes()
    for table in tables:
        old, new = before[table.name], after[table.name]
        names = [column.name for column in table.columns]
        gone = [key for key in old if key not in new]
        if gone:
            found.deleted[table] = gone
        for key in old.keys() & new.keys():
            if old[key] != new[key]:
                pairs = zip(names, old[key], new[key], strict=True)
                found.updated.append((table, key, {n: b for n, a, b in pairs if a != b}))
        fresh = [row for key, row in new.items() if key not in old]
        if fresh:
            found.inserted[table] = fresh
    return found


class Bare(Protocol):
    """A driver connection without any library above it."""

    def look(self, tables: Sequence[Table], case_id: UUID | None) -> Rows:
        """The rows of a case as they stand; tables without a case are read whole."""
        ...

    def state(self, case_id: UUID) -> bytes:
        """The token state of a case."""
        ...

    def take_state(self, case_id: UUID) -> bytes:
        """The token state of a case, locked until the next ``write``."""
        ...

    def write(self, found: Changes) -> None:
        """Write changes in one transaction."""
        ...

    def close(self) -> None:
        """End the connection."""
        ...


def _statements(found: Changes, mark: str) -> list[tuple[str, list[Any]]]:
    """The fewest plain statements: one per table for rows gone and new, one per altered row."""
    made: list[tuple[str, list[Any]]] = []
    for table, keys in reversed(found.deleted.items()):
        columns = ", ".join(c.name for c in table.primary_key)
        places = ", ".join("(" + ", ".join([mark] * len(key)) + ")" for key in keys)
        made.append(
            (
                f"delete from {table.name} where ({columns}) in (values {places})"
                if mark == "?"
                else f"delete from {table.name} where ({columns}) in ({places})",
                [part for key in keys for part in key],
            )
        )
    for table, key, values in found.updated:
        assigned = ", ".join(f'"{name}" = {mark}' for name in values)
        where = " and ".join(f"{c.name} = {mark}" for c in table.primary_key)
        made.append((f"update {table.name} set {assigned} where {where}", [*values.values(), *key]))
    for table, rows in found.inserted.items():
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        places = ", ".join("(" + ", ".join([mark] * len(row)) + ")" for row in rows)
        made.append(
            (
                f"insert into {table.name} ({columns}) values {places}",
                [part for row in rows for part in row],
            )
        )
    return made


def _key_positions(table: Table) -> list[int]:
    names = [column.name for column in table.columns]
    return [names.index(column.name) for column in table.primary_key]


def _keyed(table: Table, rows: Iterable[Row]) -> dict[Key, Row]:
    positions = _key_positions(table)
    return {tuple(row[p] for p in positions): tuple(row) for row in rows}


def _case_column(table: Table) -> str:
    if table.name == "cases":
        return "id"
    return "case_id" if "case_id" in table.c else ""


class BarePostgres:
    """psycopg, as the runtime role; what is written goes in one pipelined transaction."""

    def __init__(self, server: Postgres, url: URL, tenant_id: UUID) -> None:
        self._eye = psycopg.connect(**parts_of(server.as_owner(url)), autocommit=True)
        self._hand = psycopg.connect(**parts_of(url), prepare_threshold=None)
        self._tenant = str(tenant_id)

    def look(self, tables: Sequence[Table], case_id: UUID | None) -> Rows:
        """The rows as text, so that writing them costs no conversion."""
        found: Rows = {}
        for table in tables:
            columns = ", ".join(
                f'"{c.name}"' if isinstance(c.type, LargeBinary) else f'"{c.name}"::text'
                for c in table.columns
            )
            of_case = _case_column(table) if case_id else ""
            where = f" where {of_case} = %s" if of_case else ""
            rows = self._eye.execute(
                f"select {columns} from {table.name}{where}",
                (case_id,) if of_case else (),
            )
            found[table.name] = _keyed(table, rows.fetchall())
        return found

    def state(self, case_id: UUID) -> bytes:
        """The state, without a lock."""
        row = self._eye.execute("select state from cases where id = %s", (case_id,)).fetchone()
        assert row is not None
        return bytes(row[0])

    def take_state(self, case_id: UUID) -> bytes:
        """The state, in a transaction that ``write`` ends."""
        self._hand.execute("select set_config('app.tenant', %s, true)", (self._tenant,))
        row = self._hand.execute(
            "select state from cases where tenant_id = %s and id = %s for update",
            (self._tenant, case_id),
        ).fetchone()
        assert row is not None
        return bytes(row[0])

    def write(self, found: Changes) -> None:
        """One transaction of the tenant, all statements in one pipeline."""
        statements = _statements(found, "%s")
        with self._hand.pipeline(), self._hand.cursor() as cursor:
            cursor.execute("select set_config('app.tenant', %s, true)", (self._tenant,))
            for statement, values in statements:
                cursor.execute(statement, values)
            self._hand.commit()

    def close(self) -> None:
        """End both connections."""
        self._eye.close()
        self._hand.close()


class BareSqlite:
    """sqlite3 with the settings the product uses."""

    def __init__(self, url: URL) -> None:
        self._connection = sqlite3.connect(str(url.database), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._connection.execute(f"pragma {pragma}")

    def look(self, tables: Sequence[Table], case_id: UUID | None) -> Rows:
        """The rows as the file holds them."""
        found: Rows = {}
        for table in tables:
            columns = ", ".join(f'"{c.name}"' for c in table.columns)
            of_case = _case_column(table) if case_id else ""
            where = f" where {of_case} = ?" if of_case else ""
            rows = self._connection.execute(
                f"select {columns} from {table.name}{where}",
                (case_id.hex,) if case_id and of_case else (),
            )
            found[table.name] = _keyed(table, rows.fetchall())
        return found

    def take_state(self, case_id: UUID) -> bytes:
        """The state, in a transaction that ``write`` ends."""
        self._connection.execute("begin immediate")
        return self.state(case_id)

    def state(self, case_id: UUID) -> bytes:
        """The state, without a lock."""
        row = self._connection.execute("select state from cases where id = ?", (case_id.hex,))
        return bytes(row.fetchone()[0])

    def write(self, found: Changes) -> None:
        """One immediate transaction."""
        statements = _statements(found, "?")
        if not self._connection.in_transaction:
            self._connection.execute("begin immediate")
        for statement, values in statements:
            self._connection.execute(statement, values)
        self._connection.execute("commit")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def parts_of(url: URL) -> dict[str, Any]:
    """A URL as the driver takes it."""
    parts = {
        "host": url.query.get("host") or url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
    }
    return {key: value for key, value in parts.items() if value is not None}
