"""The application's own wall taken down: statements lose the condition that names the tenant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from engine.store.database import Database
from engine.store.metadata import tenant_tables
from engine.store.prepared import Prepared

_TIED = re.compile(
    r"\b({})(?:_\d+)?\.tenant_id = (%\(\w+\)s(?:::UUID)?|\$\d+(?:::UUID)?|\?)".format(
        "|".join(sorted((table.name for table in tenant_tables()), key=len, reverse=True))
    )
)


def open_wide(sql: str) -> str:
    """The statement for the rows of all tenants; its values stay where they are."""
    return _TIED.sub(r"\2 is not null", sql)


def _rewrite(*given: Any) -> tuple[str, Any]:
    _connection, _cursor, statement, parameters, _context, _many = given
    return open_wide(statement), parameters


@contextmanager
def filter_off(database: Database, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """While it lasts the database is asked for the rows of all tenants, whoever asks."""
    made, kept = Prepared.__init__, dict(database.statements._made)

    def make(self: Prepared, *given: Any, **named: Any) -> None:
        made(self, *given, **named)
        self.sql = open_wide(self.sql)

    database.statements._made.clear()
    patch.setattr(Prepared, "__init__", make)
    event.listen(database.engine, "before_cursor_execute", _rewrite, retval=True)
    try:
        yield
    finally:
        event.remove(database.engine, "before_cursor_execute", _rewrite)
        patch.setattr(Prepared, "__init__", made)
        database.statements._made.clear()
        database.statements._made.update(kept)
