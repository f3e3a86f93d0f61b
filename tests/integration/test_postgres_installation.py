"""The documented commands set up PostgreSQL: an owner, a runtime role, a loaded tenant."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

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


def test_the_documented_roles_back_up_and_restore(
    roles: tuple[str, str, str], postgres_server: URL, tmp_path: Path
) -> None:
    owner_url, runtime_url, runtime = roles
    run = CliRunner().invoke
    here = {"DATABASE_URL": runtime_url, "DATA_DIR": str(tmp_path / "here")}
    run(main, ["db", "upgrade", "--database", owner_url, "--runtime-role", runtime])
    assert run(main, ["tenant", "load", "neimenggu"], env=here).exit_code == 0
    owner, old = make_url(owner_url), make_url(runtime_url)
    mark = uuid.uuid4().hex[:8]
    reader, base = f"backup_{mark}", f"restored_{mark}"
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(
            text(f"create role {reader} login bypassrls password 'secret' in role pg_read_all_data")
        )
        connection.execute(text(f"create database {base} owner {owner.username}"))

    def plain(url: URL) -> str:
        return url.render_as_string(hide_password=False)

    file = str(tmp_path / "backup.tar")
    made = run(main, ["backup", file, "--database", plain(old.set(username=reader))], env=here)
    assert made.exit_code == 0, made.output
    there = {
        "DATABASE_URL": plain(old.set(database=base)),
        "DATA_DIR": str(tmp_path / "there"),
        "LUCHENG_SECRET_KEY": "k" * 40,
    }
    target = ["--database", plain(owner.set(database=base)), "--runtime-role", runtime]
    restored = run(main, ["restore", file, *target], env=there)
    assert restored.exit_code == 0, restored.output
    for words in (["history", "verify"], ["doctor", "--deep"], ["tenant", "load", "neimenggu"]):
        said = run(main, words, env=there)
        assert said.exit_code == 0, said.output
    with admin.connect() as connection:
        connection.execute(text(f"drop database {base} with (force)"))
        connection.execute(text(f"drop owned by {reader}"))
        connection.execute(text(f"drop role {reader}"))
    admin.dispose()
