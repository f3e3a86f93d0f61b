"""Databases kept at milestones of the chain: a test begins where it has something to say.

One product is alive at a time; it is put back to a milestone by changing the database beneath it.
A milestone is reached once a session, from the one before it, by the very steps a test would take.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from webapp.http.frame import limiter
from webapp.product import build_product
from webapp.schema import target_metadata
from webapp.settings import Settings

from .drive import BEGIN, Chain, Drive, prepare

RUNTIME = "lucheng_runtime"
NOTHING = "nothing yet"


@dataclass(frozen=True)
class Kept:
    """A database at a milestone: what time it is there, the case, its files."""

    moment: datetime
    case: str
    files: dict[str, dict[str, list[str]]]


class Store(Protocol):
    """One live database, and copies of it by name; nobody is connected while one is made."""

    settings: Settings

    def keep(self, name: str) -> None:
        """Copy the live database away."""
        ...

    def take(self, name: str) -> None:
        """Make the live database a copy of what was kept."""
        ...


class SqliteStore:
    """Folders with a database file and attachments."""

    def __init__(self, folder: Path) -> None:
        self._live, self._kept = folder / "live", folder / "kept"
        self.settings = Settings(data_dir=self._live, token_days=3650)
        product = build_product(self.settings)
        target_metadata().create_all(product.db.engine)
        product.db.dispose()

    def keep(self, name: str) -> None:
        shutil.copytree(self._live, self._kept / name)

    def take(self, name: str) -> None:
        shutil.rmtree(self._live)
        shutil.copytree(self._kept / name, self._live)


class PostgresStore:
    """Databases of one server, used as the runtime role; attachments lie in folders."""

    def __init__(self, folder: Path, server: URL, template: str) -> None:
        self._files = folder
        self._admin = create_engine(server, isolation_level="AUTOCOMMIT")
        self._name = f"chain_{uuid.uuid4().hex[:8]}"
        self._copies: dict[str, str] = {}
        self._copy(template, self._name)
        url = server.set(database=self._name, username=RUNTIME, password="runtime")
        self.settings = Settings(
            data_dir=folder / "live",
            database_url=url.render_as_string(hide_password=False),
            token_days=3650,
        )

    def keep(self, name: str) -> None:
        copy = self._copies[name] = f"{self._name}_{len(self._copies)}"
        self._copy(self._name, copy)
        self.settings.data_dir.mkdir(exist_ok=True)
        shutil.copytree(self.settings.data_dir, self._files / copy)

    def take(self, name: str) -> None:
        self._drop(self._name)
        self._copy(self._copies[name], self._name)
        shutil.rmtree(self.settings.data_dir)
        shutil.copytree(self._files / self._copies[name], self.settings.data_dir)

    def close(self) -> None:
        """Drop everything and let the server go."""
        for name in (self._name, *self._copies.values()):
            self._drop(name)
        self._admin.dispose()

    def _copy(self, source: str, target: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(f"create database {target} template {source}"))

    def _drop(self, name: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(f"drop database {name} with (force)"))


class Shelf:
    """What is kept of one kind of database, and the one product that uses it."""

    def __init__(self, store: Store, chain: Chain) -> None:
        self._store, self._milestones = store, chain.milestones
        prepared = prepare(store.settings, chain)
        self._live = Drive.start(prepared, store.settings)
        self._live.product.db.dispose()
        self._kept = {NOTHING: Kept(BEGIN, "", {})}
        store.keep(NOTHING)

    def begin(self) -> Drive:
        """The product without cases."""
        return self._take(NOTHING)

    def arrive(self, name: str) -> tuple[Drive, str]:
        """The product with a case that waits at a milestone, and that case."""
        if name not in self._kept:
            self._reach(name)
        return self._take(name), self._kept[name].case

    def keep(self, name: str, beginning: str, go: Callable[[Drive], None]) -> None:
        """Keep something else under a name of its own: a milestone from which one went on."""
        if name not in self._kept:
            drive, case = self.arrive(beginning)
            go(drive)
            self._put_away(name, drive, case)

    def close(self) -> None:
        """Let go of the database."""
        self._live.product.db.dispose()

    def _reach(self, milestone: str) -> None:
        number = self._milestones.index(milestone)
        if number:
            drive, case = self.arrive(self._milestones[number - 1])
        else:
            drive = self.begin()
            case = drive.begin()
        drive.walk(case, milestone)
        self._put_away(milestone, drive, case)

    def _put_away(self, name: str, drive: Drive, case: str) -> None:
        drive.product.db.dispose()
        self._store.keep(name)
        self._kept[name] = Kept(drive.clock.moment, case, drive.files)

    def _take(self, name: str) -> Drive:
        live, kept = self._live, self._kept[name]
        live.product.db.dispose()
        self._store.take(name)
        limiter.reset()  # what earlier tests asked for does not count
        live.clock.moment = kept.moment
        files = {case: dict(files) for case, files in kept.files.items()}
        return Drive(live.product, live.clock, live.client, live.prepared, files=files)
