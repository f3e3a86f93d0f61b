"""Statements that are compiled and checked once, and then run by the driver.

SQLAlchemy writes the SQL and knows how values are stored; what a step costs beyond that should be
the database, so on the step path its statements skip the layers between. Writes are kept until
something is read or the unit ends, and then sent in one go: on PostgreSQL in one pipeline.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import BindParameter

from engine.store.guard import check_compiled

Values = Mapping[str, Any]


class Ready(NamedTuple):
    """A statement with its values, as the driver takes them."""

    sql: str
    values: Any


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
        self._order: Sequence[str] | None = compiled.positiontup
        self._store = _processors(compiled.binds, dialect)
        if not self.writes:
            kept = list(statement.selected_columns)
            self._row = _row_of([c.key or "" for c in kept])
            self._read = [
                c.type.dialect_impl(dialect).result_processor(dialect, None) for c in kept
            ]

    def ready(self, values: Values) -> Ready:
        """The statement with these values."""
        given = {**self._fixed, **values}
        for name, process in self._store:
            given[name] = process(given[name])
        if self._order is None:
            return Ready(self.sql, given)
        return Ready(self.sql, tuple(given[name] for name in self._order))

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
    binds: Mapping[str, BindParameter[Any]], dialect: Dialect
) -> list[tuple[str, Callable[[Any], Any]]]:
    found = (
        (name, b.type.dialect_impl(dialect).bind_processor(dialect)) for name, b in binds.items()
    )
    return [(name, process) for name, process in found if process is not None]


def _row_of(names: Sequence[str]) -> Any:
    base: Any = collections.namedtuple("Row", list(names), rename=True)  # type: ignore[misc]
    return type("Row", (base,), {"_mapping": property(lambda row: row._asdict())})


class Driver:
    """The driver's side of a SQLAlchemy connection."""

    def __init__(self, connection: Connection, heard: Sequence[Callable[[str], None]]) -> None:
        self._connection = connection
        self._heard = heard
        self._raw: Any = connection.connection.driver_connection
        self._pipelined = connection.dialect.name == "postgresql"

    def fetch(self, ready: Ready) -> list[Any]:
        """Run one reading statement."""
        return list(self._guarded([ready], lambda: self._run(ready).fetchall()))

    def send(self, all_ready: Sequence[Ready]) -> int:
        """Run statements in their order; returns how many rows the last of them concerned."""
        return int(self._guarded(all_ready, lambda: self._run_all(all_ready).rowcount))

    def _run_all(self, all_ready: Sequence[Ready]) -> Any:
        if not self._pipelined or len(all_ready) == 1:
            for ready in all_ready[:-1]:
                self._run(ready)
            return self._run(all_ready[-1])
        with self._raw.pipeline():
            cursors = [self._run(ready) for ready in all_ready]
        return cursors[-1]

    def _run(self, ready: Ready) -> Any:
        return self._raw.cursor().execute(ready.sql, ready.values)

    def _guarded(self, all_ready: Sequence[Ready], act: Callable[[], Any]) -> Any:
        for ready in all_ready if self._heard else ():
            for hear in self._heard:
                hear(ready.sql)
        dialect = self._connection.dialect
        try:
            return act()
        except dialect.loaded_dbapi.Error as error:
            # what callers know to catch; the values stay out of every message
            base = dialect.loaded_dbapi.Error
            raise DBAPIError.instance(
                all_ready[-1].sql, None, error, base, hide_parameters=True, dialect=dialect
            ) from error
