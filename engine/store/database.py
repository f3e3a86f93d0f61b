"""The database and its unit of work: one command, one transaction, one tenant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from engine.errors import LuchengError
from engine.store.guard import READ_ONLY, CheckedCache
from engine.store.opening import AUTO, open_engine
from engine.store.statements import Statements
from engine.store.unit import ControlUnit, Unit

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


class Database:
    """One SQLite file or PostgreSQL database; thread-safe, one per process."""

    def __init__(self, url: str, *, insecure_role: bool = False, prepares: str = AUTO) -> None:
        """Open the database; RoleRefused when the role could see across tenants.

        ``prepares``: whether a PostgreSQL keeps the statements of the step path, see ``opening``.
        """
        self.url = make_url(url)
        self.engine = open_engine(self.url, prepares=prepares)
        self._checked = CheckedCache()
        self.statements = Statements(self.engine.dialect)
        self.reminders: list[Callable[[datetime], None]] = []
        """Who is told, after a commit, of the earliest moment at which it wants something done."""
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
            unit.leave()
        for call in unit.when_committed:
            call()
        if unit.soonest is not None:
            for remind in self.reminders:
                remind(unit.soonest)

    @contextmanager
    def control(self, *, read_only: bool = False) -> Iterator[ControlUnit]:
        """A unit of work on control tables."""
        with self._begin(read_only) as connection:
            yield ControlUnit(connection, self.statements)

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


__all__ = ["ControlUnit", "Database", "RoleRefused", "Unit"]
