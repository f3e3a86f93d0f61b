"""Models and migrations give the same schema on both databases."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import URL, make_url

from engine.store.metadata import control_tables
from webapp.schema import target_metadata, tenant_table_names, upgrade

CONTROL = {
    "accounts",
    "assessor_bodies",
    "assessor_people",
    "dispatch",
    "enterprises",
    "second_factors",
    "sessions",
    "sign_in_attempts",
    "tenants",
    "tokens",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """An empty database, as its owner."""
    if request.param == "sqlite":
        yield make_url(f"sqlite:///{tmp_path / 'empty.db'}")
        return
    server: URL = request.getfixturevalue("postgres_server")
    name = f"e_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"create database {name}"))
    yield server.set(database=name)
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    admin.dispose()


def test_migrations_and_models_agree(empty_url: URL) -> None:
    url = empty_url.render_as_string(hide_password=False)
    upgrade(url)
    engine = create_engine(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, target_metadata())
    engine.dispose()
    assert differences == []


def test_upgrading_twice_changes_nothing(empty_url: URL) -> None:
    url = empty_url.render_as_string(hide_password=False)
    upgrade(url)
    upgrade(url)
    engine = create_engine(empty_url)
    assert "alembic_version" in inspect(engine).get_table_names()
    engine.dispose()


def test_the_control_tables_are_these_and_no_others() -> None:
    target_metadata()
    assert {table.name for table in control_tables()} == CONTROL


def test_every_tenant_table_begins_its_keys_with_the_tenant() -> None:
    tables = target_metadata().tables
    for name in tenant_table_names():
        table = tables[name]
        assert next(iter(table.primary_key.columns)).name == "tenant_id", name
        for key in table.foreign_key_constraints:
            target = key.referred_table
            if target.name != "tenants":
                assert next(c.name for c in key.columns) == "tenant_id", (name, target.name)


def test_migrated_postgresql_secures_every_tenant_table(postgres_server: URL) -> None:
    name = f"s_{uuid.uuid4().hex[:12]}"
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"create database {name}"))
    url = postgres_server.set(database=name)
    upgrade(url.render_as_string(hide_password=False))
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(
            text("select relname from pg_class where relrowsecurity and relforcerowsecurity")
        ).scalars()
        assert set(rows) == set(tenant_table_names())
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    admin.dispose()
