"""Statements that are compiled and checked once, and then run by the driver.

SQLAlchemy writes the SQL and knows how values are stored; what a step costs beyond that should be
the database, so on the step path its statements skip the layers between. Writes are kept until
something is read or the unit ends, and then sent in one go: on PostgreSQL in one pipeline.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import CompoundSelect, Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import BindParameter

from engine.store.guard import check_compiled
from engine.store.metadata import TENANT
from engine.store.wire import Wire, text_of

Values = Mapping[str, Any]
NAMES = "lucheng_statements"
"""Under this name a connection knows which statements its server keeps; see ``wire.Names``."""


class Answer:
    """What comes back for a statement that is sent with others; to look at it sends them."""

    __slots__ = ("_count", "_has_come", "_prepared", "_rows", "_send")

    def __init__(self, prepared: Prepared, send: Callable[[], None]) -> None:
        self._prepared, self._send = prepared, send
        self._has_come, self._count = False, 0
        self._rows: list[Any] = []

    def come(self, fetched: Iterable[Sequence[Any]], count: int) -> None:
        """Take in what the driver gave."""
        if not self._prepared.writes:
            self._rows = self._prepared.rows(fetched)
        self._count, self._has_come = count, True

    @property
    def rows(self) -> list[Any]:
        """The rows that were asked for."""
        self._await()
        return self._rows

    @property
    def count(self) -> int:
        """How many rows the statement concerned."""
        self._await()
        return self._count

    def _await(self) -> None:
        if not self._has_come:
            self._send()
        if not self._has_come:
            raise RuntimeError("the statement was not sent: its transaction has failed or is over")


class Ready(NamedTuple):
    """A statement with its values as the driver takes them, and who waits for its answer."""

    sql: str
    values: Any
    answer: Answer | None = None


class Prepared:
    """One statement for one dialect."""

    def __init__(self, statement: Any, dialect: Dialect, columns: Iterable[str] = ()) -> None:
        """Compile and check; ``columns`` are those an insert is given values for."""
        compiled = statement.compile(dialect=dialect, column_keys=list(columns) or None)
        check_compiled(compiled)
        self.sql = str(compiled)
        if "__[POSTCOMPILE" in self.sql:
            raise TypeError("a list of values has no place in a statement that is made once")
        self.writes = not isinstance(statement, Select | CompoundSelect)
        defaults = {c.key: _constant(c) for c in compiled.insert_prefetch}
        self._fixed = {**compiled.construct_params(_check=False), **defaults}
        self._order: Sequence[str] = compiled.positiontup or ()
        self._store = _processors(compiled.binds, self._order, dialect)
        if not self.writes:
            kept = list(statement.selected_columns)
            self._row = _row_of([c.key or "" for c in kept])
            self._read = [
                c.type.dialect_impl(dialect).result_processor(dialect, None) for c in kept
            ]

    def ready(self, values: Values, tenant: UUID | None, answer: Answer | None = None) -> Ready:
        """The statement with these values, for this tenant if it is about one."""
        given = self._fixed.copy()
        given.update(values)
        given[TENANT.key] = tenant
        for name, process in self._store:
            given[name] = process(given[name])
        return Ready(self.sql, tuple(given[name] for name in self._order), answer)

    def rows(self, fetched: Iterable[Sequence[Any]]) -> list[Any]:
        """What the driver gave, as rows with names."""
        return [
            self._row(*[v if f is None else f(v) for f, v in zip(self._read, row, strict=True)])
            for row in fetched
        ]


def _constant(column: Any) -> Any:
    if not column.default.is_scalar:
        raise TypeError(f"the default of {column} has to be a constant")
    return column.default.arg


def _processors(
    binds: Mapping[str, BindParameter[Any]], sent: Sequence[str], dialect: Dialect
) -> list[tuple[str, Callable[[Any], Any]]]:
    found = (
        (name, b.type.dialect_impl(dialect).bind_processor(dialect))
        for name, b in binds.items()
        if name in sent
    )
    return [(name, process) for name, process in found if process is not None]


def _row_of(names: Sequence[str]) -> Any:
    base: Any = collections.namedtuple("Row", list(names), rename=True)  # type: ignore[misc]
    return type("Row", (base,), {"_mapping": property(lambda row: row._asdict())})


class Driver:
    """The driver's side of a SQLAlchemy connection."""

    def __init__(
        self, connection: Connection, heard: Sequence[Callable[[Sequence[str]], None]]
    ) -> None:
        self._connection = connection
        self._heard = heard
        raw: Any = connection.connection.driver_connection
        self._raw = raw
        self._wire: Wire | None = None
        if connection.dialect.name == "postgresql":
            self._wire = Wire(raw, connection.info.get(NAMES))

    def send(self, all_ready: Sequence[Ready], *, commit: bool = False) -> None:
        """Run statements in their order and give their answers out; with ``commit`` the
        transaction ends in the same go where the database can do that."""
        for hear in self._heard:
            hear([ready.sql for ready in all_ready])
        try:
            if self._wire is None:
                self._run_each(all_ready)
            else:
                self._run_together(self._wire, all_ready, commit=commit)
        except self._connection.dialect.loaded_dbapi.Error as error:
            raise self._told(all_ready, error) from error

    def _run_each(self, all_ready: Sequence[Ready]) -> None:
        cursor = self._raw.cursor()
        for sql, values, answer in all_ready:
            cursor.execute(sql, values)
            if answer is not None:
                answer.come(cursor.fetchall(), cursor.rowcount)

    def _run_together(self, wire: Wire, all_ready: Sequence[Ready], *, commit: bool) -> None:
        texts = [(sql, [text_of(value) for value in values]) for sql, values, _ in all_ready]
        results = wire.run(texts, commit=commit)
        for ready, result in zip(all_ready, results, strict=True):
            if ready.answer is not None:
                ready.answer.come(result.rows, result.touched)

    def _told(self, all_ready: Sequence[Ready], error: Exception) -> Exception:
        """What callers know to catch; the values stay out of every message."""
        dialect = self._connection.dialect
        base = dialect.loaded_dbapi.Error
        sql = all_ready[-1].sql if all_ready else "COMMIT"
        return DBAPIError.instance(sql, None, error, base, hide_parameters=True, dialect=dialect)
