"""A transaction: of one tenant, or outside tenants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from itertools import product
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Executable,
    Row,
    Select,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ColumnElement

from engine.ids import new_id
from engine.store.guard import READ_ONLY, TenantScopeMissing, WriteRefused
from engine.store.metadata import TENANT, is_tenant_table
from engine.store.prepared import Answer, Driver, Prepared, Ready
from engine.store.statements import Statements, own

_ENTER = "select set_config('app.tenant', $1, true)"


def _no_sending() -> None:
    """An answer that was sent for at once has come."""


class ControlUnit:
    """A transaction outside tenants: control tables only."""

    def __init__(self, connection: Connection, statements: Statements) -> None:
        self._connection = connection
        self._statements = statements

    @property
    def dialect(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self._connection.dialect.name

    def of_tenant(self, tenant_id: UUID) -> Unit:
        """The same transaction, from here on for rows of one tenant; what it keeps it has to send
        before the end."""
        unit = Unit(self._connection, tenant_id, self._statements)
        unit.enter()
        return unit

    def fetch(self, statement: Any, **values: Any) -> list[Any]:
        """All rows of a statement that is made once: a constant of its module."""
        prepared = self._statements.of(statement)
        answer = Answer(prepared, _no_sending)
        ready = prepared.ready(values, None, answer)
        Driver(self._connection, self._statements.heard).send([ready])
        return answer.rows

    def execute(self, statement: Executable, values: Any = None) -> Any:
        """Run a statement that touches control tables only."""
        return self._connection.execute(statement, values)

    def insert(self, table: Table, **values: Any) -> None:
        """Add one row."""
        self.execute(insert(table), values)

    def one(self, statement: Executable, **values: Any) -> Row[Any] | None:
        """The first row, or None."""
        row: Row[Any] | None = self.execute(statement, values).first()
        return row

    def all(self, statement: Executable, **values: Any) -> Sequence[Row[Any]]:
        """All rows."""
        rows: Sequence[Row[Any]] = self.execute(statement, values).all()
        return rows


class Unit:
    """A transaction of one tenant.

    Every statement is checked for the tenant predicate before it runs (``store.guard``); rows
    written carry the tenant's id because this class puts it there. Control tables may be touched
    too, so that a timer and its dispatch row are written together. Writes whose result nobody
    asks for, and questions whose answer nobody has looked at yet, are kept and sent together
    (``store.prepared``).
    """

    def __init__(self, connection: Connection, tenant_id: UUID, statements: Statements) -> None:
        self._connection = connection
        self.tenant_id = tenant_id
        self._statements = statements
        self._driver = Driver(connection, statements.heard)
        self._is_read_only = bool(connection.get_execution_options().get(READ_ONLY))
        self._kept: list[Ready] = []
        self.when_committed: list[Callable[[], None]] = []
        self.soonest: datetime | None = None

    @property
    def dialect(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self._connection.dialect.name

    def enter(self) -> None:
        """Tell row-level security whose rows are meant, until the transaction ends."""
        if self.dialect == "postgresql":
            self._kept.append(Ready(_ENTER, (str(self.tenant_id),)))

    def leave(self) -> None:
        """Send what is left, and end the transaction in the same go where that can be done."""
        if [ready.sql for ready in self._kept] != [_ENTER]:  # else nobody has asked for anything
            self._send(commit=True)

    def execute(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Any:
        """Run a statement; the parameter ``tenant`` is ours to fill."""
        self.flush()
        return self._connection.execute(statement, {**(values or {}), TENANT.key: self.tenant_id})

    def insert(self, table: Table, /, **values: Any) -> UUID:
        """Add one row and return its id (a new one when the table has ids and none is given)."""
        row = self._row(table, values)
        self._keep(self._statements.insertion(table, tuple(row)), row)
        row_id: UUID = row.get("id", self.tenant_id)
        return row_id

    def insert_many(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add several rows."""
        for values in rows:
            self.insert(table, **values)

    def insert_missing(
        self, table: Table, key: Sequence[str], rows: Iterable[Mapping[str, Any]]
    ) -> None:
        """Add those rows whose key is not there yet; safe against others who do the same."""
        for values in rows:
            row = self._row(table, values)
            self._keep(self._statements.completion(table, tuple(key), tuple(row)), row)

    def insert_once(self, table: Table, key: Sequence[str], /, **values: Any) -> Answer:
        """Add a row unless there is one with the same key, now or in a moment; it counts 1 or 0."""
        row = self._row(table, values)
        return self._ask(self._statements.completion(table, tuple(key), tuple(row)), row)

    def place(
        self, table: Table, key: Sequence[str], renewed: Sequence[str], /, **values: Any
    ) -> None:
        """Add a row, or renew some columns of the one with the same key; sent later."""
        row = self._row(table, values)
        names = (tuple(key), tuple(renewed), tuple(row))
        self._keep(self._statements.placing(table, *names), row)

    def upsert(
        self,
        table: Table,
        key: Sequence[str],
        values: Mapping[str, Any],
        changes: Mapping[str, Any],
        *,
        give: Any = None,
    ) -> Any:
        """Add a row, or make ``changes`` to the one with the same key; safe against others.

        Returns the column ``give`` of the row, None when it exists already and nothing changes.
        """
        row = {name: v for name, v in self._row(table, values).items() if name in table.c}
        dialect = postgresql if self.dialect == "postgresql" else sqlite
        statement = dialect.insert(table).values({**row, **own(table)})
        if is_tenant_table(table):
            key = ("tenant_id", *key)
        if changes:
            statement = statement.on_conflict_do_update(index_elements=key, set_=dict(changes))
        else:
            statement = statement.on_conflict_do_nothing(index_elements=key)
        column = next(iter(table.primary_key)) if give is None else give
        return self.execute(statement.returning(column)).scalar()

    def update(self, table: Table, *where: ColumnElement[bool], **values: Any) -> int:
        """Change the tenant's rows that match; returns how many."""
        statement = update(table).where(*where).values(**values)
        if is_tenant_table(table):
            statement = statement.where(table.c.tenant_id == TENANT)
        count: int = self.execute(statement).rowcount
        return count

    def delete(self, table: Table, *where: ColumnElement[bool]) -> int:
        """Delete the tenant's rows that match; returns how many."""
        statement = delete(table).where(*where)
        if is_tenant_table(table):
            statement = statement.where(table.c.tenant_id == TENANT)
        count: int = self.execute(statement).rowcount
        return count

    def change(self, table: Table, key: Mapping[str, Any], /, **values: Any) -> None:
        """Like :meth:`update` where columns equal values, and sent later."""
        self._keep(*self._changing(table, key, values))

    def change_now(self, table: Table, key: Mapping[str, Any], /, **values: Any) -> int:
        """Like :meth:`change`, sent at once with what was kept; returns how many rows changed."""
        return self._ask(*self._changing(table, key, values)).count

    def remove(self, table: Table, /, **key: Any) -> None:
        """Like :meth:`delete` where columns equal values (or one of a list), and sent later."""
        removal = self._statements.removal(table, tuple(key))
        choices = [value if isinstance(value, list) else [value] for value in key.values()]
        for values in product(*choices):
            given = zip((f"key_{name}" for name in key), values, strict=True)
            self._keep(removal, dict(given))

    def ask(self, statement: Any, **values: Any) -> Answer:
        """The rows of a statement that is made once: a constant of its module; sent later."""
        prepared = self._statements.of(statement)
        answer = Answer(prepared, self.flush)
        self._put(prepared, values, answer)
        return answer

    def fetch(self, statement: Any, **values: Any) -> list[Any]:
        """Like :meth:`ask`, sent at once with what was kept."""
        return self.ask(statement, **values).rows

    def flush(self) -> None:
        """Send what was kept."""
        if self._kept:
            self._send()

    def _send(self, *, commit: bool = False) -> None:
        kept, self._kept = self._kept, []
        self._driver.send(kept, commit=commit)

    def one(self, statement: Executable, **values: Any) -> Row[Any] | None:
        """The first row, or None."""
        row: Row[Any] | None = self.execute(statement, values).first()
        return row

    def all(self, statement: Executable, **values: Any) -> Sequence[Row[Any]]:
        """All rows."""
        rows: Sequence[Row[Any]] = self.execute(statement, values).all()
        return rows

    def scalar(self, statement: Executable, **values: Any) -> Any:
        """The first column of the first row, or None."""
        return self.execute(statement, values).scalar()

    def get(self, table: Table, row_id: UUID, *, lock: bool = False) -> Row[Any] | None:
        """The row with this id in this tenant; with ``lock`` until the transaction ends."""
        found = self.ask_for(table, row_id, lock=lock).rows
        return found[0] if found else None

    def ask_for(self, table: Table, row_id: UUID, *, lock: bool = False) -> Answer:
        """Like :meth:`get`, sent later; the answer has one row or none."""
        return self.ask(_locking(table) if lock else _finding(table), row_id=row_id)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that can fail alone."""
        self.flush()
        with self._connection.begin_nested():
            try:
                yield
                self.flush()
            finally:
                self._kept = []  # what failed is not to be written

    def after_commit(self, call: Callable[[], None]) -> None:
        """Run something once the transaction is committed; never when it rolls back."""
        self.when_committed.append(call)

    def remind(self, moment: datetime) -> None:
        """Something is to be done then; once it is committed the clock of this process is told."""
        self.soonest = moment if self.soonest is None else min(moment, self.soonest)

    def _keep(
        self, prepared: Prepared, values: Mapping[str, Any], answer: Answer | None = None
    ) -> None:
        if self._is_read_only:
            raise WriteRefused("this transaction was opened for reading")
        self._put(prepared, values, answer)

    def _ask(self, prepared: Prepared, values: Mapping[str, Any]) -> Answer:
        answer = Answer(prepared, self.flush)
        self._keep(prepared, values, answer)
        return answer

    def _put(self, prepared: Prepared, values: Mapping[str, Any], answer: Answer | None) -> None:
        self._kept.append(prepared.ready(values, self.tenant_id, answer))

    def _changing(
        self, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]
    ) -> tuple[Prepared, dict[str, Any]]:
        given = {f"key_{name}": value for name, value in key.items()}
        given |= {f"new_{name}": value for name, value in values.items()}
        return self._statements.change(table, tuple(key), tuple(values)), given

    def _row(self, table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
        row = dict(values)
        if is_tenant_table(table):
            if row.pop("tenant_id", self.tenant_id) != self.tenant_id:
                raise TenantScopeMissing(f"a row of another tenant for {table.name}")
            row[TENANT.key] = self.tenant_id
        if "id" in table.c and "id" not in row:
            row["id"] = new_id()
        return row


@cache
def _finding(table: Table) -> Select[Any]:
    return select(table).where(table.c.tenant_id == TENANT, table.c.id == bindparam("row_id"))


@cache
def _locking(table: Table) -> Select[Any]:
    # Ids never change: rows that refer to the locked one may be written meanwhile.
    return _finding(table).with_for_update(key_share=True)
