"""The statements of the step path, prepared once a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Dialect, Table, bindparam, delete, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ColumnElement

from engine.store.metadata import TENANT, is_tenant_table
from engine.store.prepared import Prepared


class Statements:
    """The prepared statements of one database."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = _written(dialect)
        self._made: dict[Any, Prepared] = {}
        self.heard: list[Callable[[Sequence[str]], None]] = []
        """Who wants to hear the texts of the statements that are sent together."""

    def of(self, statement: Any) -> Prepared:
        """A statement that is a constant of its module."""
        return self._get(statement, lambda: Prepared(statement, self._dialect))

    def insertion(self, table: Table, columns: tuple[str, ...]) -> Prepared:
        """Add a row with these columns."""

        def make() -> Prepared:
            names = [name for name in columns if name in table.c]
            return Prepared(insert(table).values(own(table)), self._dialect, names)

        return self._get(("insert", table, columns), make)

    def completion(self, table: Table, key: tuple[str, ...], columns: tuple[str, ...]) -> Prepared:
        """Add a row unless there is one with the same key."""

        def make() -> Prepared:
            kind = postgresql if self._dialect.name == "postgresql" else sqlite
            made: Any = kind.insert(table).values(own(table))
            names = [name for name in columns if name in table.c]
            made = made.on_conflict_do_nothing(index_elements=_whole(table, key))
            return Prepared(made, self._dialect, names)

        return self._get(("complete", table, key, columns), make)

    def placing(
        self,
        table: Table,
        key: tuple[str, ...],
        renewed: tuple[str, ...],
        columns: tuple[str, ...],
    ) -> Prepared:
        """Add a row, or renew these columns of the one with the same key."""

        def make() -> Prepared:
            kind = postgresql if self._dialect.name == "postgresql" else sqlite
            made: Any = kind.insert(table).values(own(table))
            new = {name: made.excluded[name] for name in renewed}
            names = [name for name in columns if name in table.c]
            return Prepared(
                made.on_conflict_do_update(index_elements=_whole(table, key), set_=new),
                self._dialect,
                names,
            )

        return self._get(("place", table, key, renewed, columns), make)

    def change(self, table: Table, key: tuple[str, ...], names: tuple[str, ...]) -> Prepared:
        """Change columns of the rows with a key."""

        def make() -> Prepared:
            new = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
            return Prepared(update(table).where(*_equal(table, key)).values(new), self._dialect)

        return self._get(("change", table, key, names), make)

    def removal(self, table: Table, key: tuple[str, ...]) -> Prepared:
        """Delete the rows with a key."""
        return self._get(
            ("remove", table, key),
            lambda: Prepared(delete(table).where(*_equal(table, key)), self._dialect),
        )

    def _get(self, name: Any, make: Callable[[], Prepared]) -> Prepared:
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = make()
        return found


def _written(dialect: Dialect) -> Dialect:
    """The dialect in which the wire wants its statements: with numbered places on PostgreSQL."""
    if dialect.name != "postgresql":
        return dialect
    numbered: Any = type(dialect)
    made: Dialect = numbered(paramstyle="numeric_dollar")
    return made


def _whole(table: Table, key: tuple[str, ...]) -> tuple[str, ...]:
    return ("tenant_id", *key) if is_tenant_table(table) else key


def _equal(table: Table, key: tuple[str, ...]) -> Iterator[ColumnElement[bool]]:
    if is_tenant_table(table):
        yield table.c.tenant_id == TENANT
    for name in key:
        yield table.c[name] == bindparam(f"key_{name}", type_=table.c[name].type)


def own(table: Table) -> dict[str, Any]:
    """The value every new row of a tenant table gets from the unit of work."""
    return {"tenant_id": TENANT} if is_tenant_table(table) else {}
