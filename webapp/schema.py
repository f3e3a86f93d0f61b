"""The schema: every table of engine and domain, brought up to date by alembic."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import make_url

import domain
import engine.store.control
import engine.store.tables  # noqa: F401 - declares the tables
from engine.store.metadata import is_append_only, metadata, settling_columns, tenant_tables

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_KEY = 5_281_940_173
GUC = "app.tenant"
REVISION = re.compile(r"(\d{4})(?:-needs-(\d{4}))?")
LONGEST_WAIT_MS = 60_000


@dataclass(frozen=True)
class Standing:
    """Which schema a database has, and which one this program was made for.

    A revision is named by its number; ``0009-needs-0006`` says that programs made for 0006 and
    later still work on it (see docs/operations.md: expand, backfill, contract).
    """

    found: str | None
    expected: str

    @property
    def word(self) -> str:
        """ "current", "empty", "behind", "ahead" (usable) or "too_new" (not usable)."""
        if self.found is None:
            return "empty"
        number, oldest = revision_numbers(self.found)
        made_for, _ = revision_numbers(self.expected)
        if number == made_for:
            return "current"
        if number < made_for:
            return "behind"
        return "ahead" if oldest <= made_for else "too_new"

    @property
    def is_usable(self) -> bool:
        """Whether this program may work on the database."""
        return self.word in ("current", "ahead")


def revision_numbers(revision: str) -> tuple[int, int]:
    """The number of a revision, and of the oldest one whose programs work on it."""
    matched = REVISION.fullmatch(revision)
    if matched is None:
        raise ValueError(f"no revision of ours: {revision}")
    return int(matched[1]), int(matched[2] or 1)


@cache
def expected_revision() -> str:
    """The newest revision this program knows."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert head is not None
    return head


def standing(engine_: Engine) -> Standing:
    """What schema a database has; raises what the database raises when it cannot be reached."""
    with engine_.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return Standing(None, expected_revision())
        found = connection.execute(text("select version_num from alembic_version")).scalar()
    return Standing(found, expected_revision())


def mark_current(connection: sa.Connection) -> None:
    """Note that the database has the newest schema, without changing anything else."""
    command.stamp(_config(connection), "head")


def target_metadata() -> MetaData:
    """The metadata with the tables of every domain part."""
    for part in pkgutil.iter_modules(domain.__path__):
        if part.ispkg:
            name = f"domain.{part.name}.model"
            if importlib.util.find_spec(name) is not None:
                importlib.import_module(name)
    return metadata


def upgrade(url: str, *, runtime_role: str | None = None) -> None:
    """Bring a database to the newest schema, all of it or nothing.

    Two at once do it one after the other: the second finds nothing left to do. ``url`` is the
    owner's on PostgreSQL; ``runtime_role`` then gets the rights it needs and no others.
    """
    engine_ = _engine(url)
    try:
        with engine_.begin() as connection:
            if engine_.dialect.name == "postgresql":
                connection.execute(text("select pg_advisory_xact_lock(:k)"), {"k": LOCK_KEY})
            command.upgrade(_config(connection), "head")
            if runtime_role and engine_.dialect.name == "postgresql":
                grant(connection, runtime_role)
    finally:
        engine_.dispose()


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"))
    engine_ = create_engine(parsed, connect_args={"timeout": LONGEST_WAIT_MS / 1000})
    event.listen(engine_, "connect", _leave_transactions_to_us)
    event.listen(engine_, "begin", _lock_file)
    return engine_


def _leave_transactions_to_us(connection: Any, _record: Any) -> None:
    connection.isolation_level = None


def _lock_file(connection: sa.Connection) -> None:
    # The driver would begin at the first change only, and never for a change of structure.
    connection.exec_driver_sql("begin immediate")


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def grant(connection: sa.Connection, role: str) -> None:
    """Give the runtime role its rights: all rows, no structure; what only grows is not changed."""
    quoted = '"' + role.replace('"', '""') + '"'
    connection.execute(text(f"grant usage on schema public to {quoted}"))
    connection.execute(
        text(f"grant select, insert, update, delete on all tables in schema public to {quoted}")
    )
    growing = ", ".join(t.name for t in tenant_tables() if is_append_only(t))
    connection.execute(text(f"revoke update, delete on {growing} from {quoted}"))
    for table in tenant_tables():
        if columns := ", ".join(settling_columns(table)):
            connection.execute(text(f"revoke update on {table.name} from {quoted}"))
            connection.execute(text(f"grant update ({columns}) on {table.name} to {quoted}"))
    if sa.inspect(connection).has_table("alembic_version"):
        connection.execute(text(f"revoke all on alembic_version from {quoted}"))
        connection.execute(text(f"grant select on alembic_version to {quoted}"))


def secure(connection: sa.Connection, tables: list[str]) -> None:
    """Enable and force row-level security on tenant tables (PostgreSQL only)."""
    if connection.dialect.name != "postgresql":
        return
    rule = f"tenant_id = nullif(current_setting('{GUC}', true), '')::uuid"
    for name in tables:
        connection.execute(text(f'alter table "{name}" enable row level security'))
        connection.execute(text(f'alter table "{name}" force row level security'))
        connection.execute(
            text(f'create policy tenant on "{name}" using ({rule}) with check ({rule})')
        )
    _settle(connection, tables)


def _settle(connection: sa.Connection, tables: list[str]) -> None:
    """Let the database itself refuse to change rows that are settled; only the owner undoes it."""
    connection.execute(
        text(
            "create or replace function refuse_change() returns trigger language plpgsql as $$ "
            "begin raise exception using errcode = 'insufficient_privilege', "
            "message = 'permission denied: a settled row of ' || tg_table_name; end $$"
        )
    )
    for table in tenant_tables():
        if table.name in tables and (columns := settling_columns(table)):
            connection.execute(
                text(
                    f"create trigger settled before update or delete on {table.name} "
                    f"for each row when (old.{columns[0]} is not null) "
                    "execute function refuse_change()"
                )
            )


def tenant_table_names() -> list[str]:
    """The names of all tenant tables, in dependency order."""
    target_metadata()
    return [table.name for table in tenant_tables()]
