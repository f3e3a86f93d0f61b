"""The documented commands set up PostgreSQL: an owner, a runtime role, a loaded tenant."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from webapp.cli import main


@pytest.fixture
def roles(postgres_server: URL) -> Iterator[tuple[str, str, str]]:
    """URLs of an owner and a runtime role of a new database, and the runtime role's name."""
    mark = uuid.uuid4().hex[:8]
    owner, runtime, base = f"owner_{mark}", f"runtime_{mark}", f"lucheng_{mark}"
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for role in (owner, runtime):
            connection.execute(text(f"create role {role} login password 'secret'"))
        connection.execute(text(f"create database {base} owner {owner}"))

    def url(role: str) -> str:
        return postgres_server.set(
            drivername="postgresql", username=role, password="secret", database=base
        ).render_as_string(hide_password=False)

    yield url(owner), url(runtime), runtime
    with admin.connect() as connection:
        connection.execute(text(f"drop database {base} with (force)"))
        for role in (owner, runtime):
            connection.execute(text(f"drop role {role}"))
    admin.dispose()


def test_the_documented_commands_set_up_an_installation(
    roles: tuple[str, str, str], tmp_path: Path
) -> None:
    owner_url, runtime_url, runtime = roles
    run = CliRunner().invoke
    upgraded = run(main, ["db", "upgrade", "--database", owner_url, "--runtime-role", runtime])
    assert upgraded.exit_code == 0, upgraded.output
    environment = {"DATABASE_URL": runtime_url, "DATA_DIR": str(tmp_path)}
    loaded = run(main, ["tenant", "load", "neimenggu"], env=environment)
    assert loaded.exit_code == 0, loaded.output
    verified = run(main, ["history", "verify"], env=environment)
    assert verified.exit_code == 0, verified.output
