"""The database and its unit of work: one command, one transaction, one tenant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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
    create_engine,
    delete,
    event,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.sql import ColumnElement

from engine.errors import LuchengError
from engine.ids import new_id
from engine.store.guard import (
    READ_ONLY,
    CheckedCache,
    TenantScopeMissing,
    WriteRefused,
    watch_execution,
)
from engine.store.metadata import TENANT, is_tenant_table
from engine.store.prepared import Driver, Prepared, Ready
from engine.store.statements import Statements, own

BUSY_TIMEOUT_MS = 15_000
_ENTER = "select set_config('app.tenant', %(tenant)s, true)"
CONNECT_SECONDS = 10

# Also through a role it is a member of: it need only ``set role``.
_TOO_STRONG = """
select exists (
    select 1 from pg_roles r
    where (r.rolsuper or r.rolbypassrls or r.rolcreaterole)
    and pg_has_role(current_user, r.oid, 'member')
) or exists (
    select 1 from pg_class c
    where c.relkind in ('r', 'p') and c.relrowsecurity
    and pg_has_role(current_user, c.relowner, 'member')
)
"""


class RoleRefused(LuchengError):
    """The database role could by-pass row-level security."""

    code = "role_refused"


class ControlUnit:
    """A transaction outside tenants: control tables only."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def dialect(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self._connection.dialect.name

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
    asks for are sent together before the next statement that is asked for (``store.prepared``).
    """

    def __init__(self, connection: Connection, tenant_id: UUID, statements: Statements) -> None:
        self._connection = connection
        self.tenant_id = tenant_id
        self._statements = statements
        self._driver = Driver(connection, statements.heard)
        self._kept: list[Ready] = []
        self._after: list[Callable[[], None]] = []

    @property
    def dialect(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self._connection.dialect.name

    def enter(self) -> None:
        """Tell row-level security whose rows are meant, until the transaction ends."""
        if self.dialect == "postgresql":
            self._driver.send([Ready(_ENTER, {"tenant": str(self.tenant_id)})])

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

    def insert_once(self, table: Table, key: Sequence[str], /, **values: Any) -> bool:
        """Add a row at once; False when there is one with the same key, now or in a moment."""
        row = self._row(table, values)
        self._keep(self._statements.completion(table, tuple(key), tuple(row)), row)
        return self.flush() == 1

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
        prepared, given = self._changing(table, key, values)
        self._keep(prepared, given)
        return self.flush()

    def remove(self, table: Table, /, **key: Any) -> None:
        """Like :meth:`delete` where columns equal values (or one of a list), and sent later."""
        removal = self._statements.removal(table, tuple(key))
        choices = [value if isinstance(value, list) else [value] for value in key.values()]
        for values in product(*choices):
            given = zip((f"key_{name}" for name in key), values, strict=True)
            self._keep(removal, dict(given))

    def fetch(self, statement: Any, **values: Any) -> list[Any]:
        """All rows of a statement that is made once: a constant of its module."""
        self.flush()
        prepared = self._statements.of(statement)
        given = {**values, TENANT.key: self.tenant_id}
        return prepared.rows(self._driver.fetch(prepared.ready(given)))

    def flush(self) -> int:
        """Send what was kept; returns how many rows the last statement concerned."""
        if not self._kept:
            return 0
        kept, self._kept = self._kept, []
        return self._driver.send(kept)

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
        found = self.fetch(_locking(table) if lock else _finding(table), row_id=row_id)
        return found[0] if found else None

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
        self._after.append(call)

    def _keep(self, prepared: Prepared, values: Mapping[str, Any]) -> None:
        if self._connection.get_execution_options().get(READ_ONLY):
            raise WriteRefused("this transaction was opened for reading")
        self._kept.append(prepared.ready({**values, TENANT.key: self.tenant_id}))

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


class Database:
    """One SQLite file or PostgreSQL database; thread-safe, one per process."""

    def __init__(self, url: str, *, insecure_role: bool = False) -> None:
        """Open the database; RoleRefused when the role could see across tenants."""
        self.url = make_url(url)
        self.engine = _open(self.url)
        self._checked = CheckedCache()
        self.statements = Statements(self.engine.dialect)
        if self.engine.dialect.name == "postgresql" and not insecure_role:
            self._check_role()

    @contextmanager
    def tenant(
        self, tenant_id: UUID, *, read_only: bool = False, frozen: bool = False
    ) -> Iterator[Unit]:
        """A unit of work for one tenant; commits at the end, rolls back on any exception.

        A ``frozen`` one sees the database as it is at its first query, however long it takes.
        """
        with self._begin(read_only, frozen) as connection:
            unit = Unit(connection, tenant_id, self.statements)
            unit.enter()
            yield unit
            unit.flush()
        for call in unit._after:
            call()

    @contextmanager
    def control(self, *, read_only: bool = False) -> Iterator[ControlUnit]:
        """A unit of work on control tables."""
        with self._begin(read_only) as connection:
            yield ControlUnit(connection)

    def dispose(self) -> None:
        """Close every connection; call after a fork and at the end."""
        self.engine.dispose()

    @contextmanager
    def _begin(self, read_only: bool, frozen: bool = False) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            if frozen and connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            connection.execution_options(compiled_cache=self._checked, **{READ_ONLY: read_only})
            with connection.begin():
                yield connection

    def _check_role(self) -> None:
        with self.engine.connect() as connection:
            can_pass = connection.execute(text(_TOO_STRONG)).scalar()
        if can_pass:
            self.engine.dispose()
            raise RoleRefused(
                "数据库账号可以绕过行级安全策略，请改用运行账号（或加 --insecure-role）",
                "the database role can by-pass row-level security; "
                "use the runtime role (or --insecure-role)",
            )


def _open(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        url = url.set(drivername="postgresql+psycopg")
        # No prepared statements: a pooler in transaction mode would lose them.
        arguments = {"prepare_threshold": None, "connect_timeout": CONNECT_SECONDS}
        # What people typed stands in no error message (hide_parameters), and so in no log.
        engine = create_engine(
            url, pool_pre_ping=True, hide_parameters=True, connect_args=arguments
        )
    event.listen(engine, "before_cursor_execute", watch_execution, retval=True)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we issue BEGIN ourselves, see _begin_sqlite
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
        "trusted_schema=OFF",
    ):
        connection.execute("PRAGMA " + pragma)


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads first and writes later loses updates or fails at once.
    read_only = connection.get_execution_options().get(READ_ONLY)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
