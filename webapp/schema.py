"""The schema: every table of engine and domain, brought up to date by alembic."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, MetaData, create_engine, text
from sqlalchemy.engine import make_url

import domain
import engine.store.control
import engine.store.tables  # noqa: F401 - declares the tables
from engine.store.metadata import is_append_only, metadata, tenant_tables

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_KEY = 5_281_940_173
GUC = "app.tenant"


def target_metadata() -> MetaData:
    """The metadata with the tables of every domain part."""
    for part in pkgutil.iter_modules(domain.__path__):
        if part.ispkg:
            name = f"domain.{part.name}.model"
            if importlib.util.find_spec(name) is not None:
                importlib.import_module(name)
    return metadata


def upgrade(url: str, *, runtime_role: str | None = None) -> None:
    """Bring a database to the newest schema; safe when several nodes start at once.

    ``url`` is the owner's on PostgreSQL; ``runtime_role`` then gets the rights it needs and
    no others.
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
    return create_engine(parsed)


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def grant(connection: sa.Connection, role: str) -> None:
    """Give the runtime role its rights: all rows, no structure; what is history only grows."""
    quoted = '"' + role.replace('"', '""') + '"'
    connection.execute(text(f"grant usage on schema public to {quoted}"))
    connection.execute(
        text(f"grant select, insert, update, delete on all tables in schema public to {quoted}")
    )
    growing = ", ".join(t.name for t in tenant_tables() if is_append_only(t))
    connection.execute(text(f"revoke update, delete on {growing} from {quoted}"))
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


def tenant_table_names() -> list[str]:
    """The names of all tenant tables, in dependency order."""
    target_metadata()
    return [table.name for table in tenant_tables()]
