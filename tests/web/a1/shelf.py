"""Databases kept at milestones of the chain, to be copied: a test begins where it has something
to say.

A milestone is reached once a session, from the one before it, by the very steps a test would take.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL

from webapp.product import build_product
from webapp.schema import target_metadata
from webapp.settings import Settings

from .drive import Drive, Prepared, prepare

MILESTONES = (
    "AssessSelf",
    "SubmitApplication",
    "Accept",
    "ReviewDocuments",
    "ChooseSiteMode",
    "VerifySite",
    "DecidePreliminary",
    "ReportUp",
    "Commission",
    "AcceptAssignment",
    "AssessOnSite",
    "WriteReport",
    "ReceiveReport",
    "DecideAssessment",
    "CheckDocuments",
    "DrawSample",
    "SpotCheck",
    "Deliberate",
    "PrepareNotice",
    "ApproveListing",
)
"""Steps at which a case is kept, in the order of the chain."""

RUNTIME = "lucheng_runtime"


@dataclass(frozen=True)
class Kept:
    """A database at a milestone: where its copy lies, what time it is there, and the case."""

    place: str
    folder: Path
    moment: datetime
    case: str
    files: dict[str, dict[str, list[str]]]


class Store(Protocol):
    """A kind of database that can be copied while nobody is connected to it."""

    def fresh(self, folder: Path) -> tuple[str, Settings]: ...

    def copy(self, place: str, folder: Path) -> tuple[str, Settings]: ...

    def drop(self, place: str) -> None: ...


def _settings(folder: Path, url: str = "") -> Settings:
    return Settings(data_dir=folder, database_url=url, token_days=3650)


class SqliteStore:
    """Files."""

    def fresh(self, folder: Path) -> tuple[str, Settings]:
        settings = _settings(folder)
        product = build_product(settings)
        target_metadata().create_all(product.db.engine)
        product.db.dispose()
        return str(folder), settings

    def copy(self, place: str, folder: Path) -> tuple[str, Settings]:
        shutil.copytree(place, folder, dirs_exist_ok=True)
        return str(folder), _settings(folder)

    def drop(self, place: str) -> None:
        """Temporary folders are cleared by pytest."""


@dataclass
class PostgresStore:
    """Databases copied by the server, used as the runtime role."""

    server: URL
    template: str
    _admin: Engine = field(init=False)

    def __post_init__(self) -> None:
        self._admin = create_engine(self.server, isolation_level="AUTOCOMMIT")

    def fresh(self, folder: Path) -> tuple[str, Settings]:
        return self._make(self.template, folder)

    def copy(self, place: str, folder: Path) -> tuple[str, Settings]:
        return self._make(place, folder)

    def drop(self, place: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(f"drop database {place} with (force)"))

    def close(self) -> None:
        """Let the server go."""
        self._admin.dispose()

    def _make(self, template: str, folder: Path) -> tuple[str, Settings]:
        name = f"a1_{uuid.uuid4().hex[:12]}"
        with self._admin.connect() as connection:
            connection.execute(text(f"create database {name} template {template}"))
        url = self.server.set(database=name, username=RUNTIME, password="runtime")
        return name, _settings(folder, url.render_as_string(hide_password=False))


class Shelf:
    """What is kept of one kind of database."""

    def __init__(self, store: Store, new_folder: Callable[[], Path]) -> None:
        self._store, self._new_folder = store, new_folder
        self._kept: dict[str, Kept] = {}
        folder = new_folder()
        place, settings = store.fresh(folder)
        self.prepared: Prepared = prepare(settings)
        self._first = (place, folder)

    def begin(self, folder: Path) -> tuple[Drive, str]:
        """The product on a copy without cases, and the place of the copy."""
        place, settings = self._store.copy(self._first[0], folder)
        return Drive.start(self.prepared, settings), place

    def arrive(self, milestone: str, folder: Path) -> tuple[Drive, str, str]:
        """The product on a copy in which a case waits at a milestone; the case and the place."""
        kept = self._kept.get(milestone) or self._reach(milestone)
        shutil.copytree(kept.folder, folder, dirs_exist_ok=True)
        place, settings = self._store.copy(kept.place, folder)
        drive = Drive.start(self.prepared, settings)
        drive.clock.moment = kept.moment
        drive.files = {case: dict(files) for case, files in kept.files.items()}
        return drive, kept.case, place

    def drop(self, place: str) -> None:
        """Forget a copy."""
        self._store.drop(place)

    def keep(self, name: str, beginning: str, go: Callable[[Drive, str], None]) -> None:
        """Keep something else under a name of its own: a milestone from which one went on."""
        if name not in self._kept:
            folder = self._new_folder()
            drive, case, place = self.arrive(beginning, folder)
            go(drive, case)
            self._put_away(name, drive, case, place, folder)

    def _reach(self, milestone: str) -> Kept:
        folder, number = self._new_folder(), MILESTONES.index(milestone)
        if number:
            drive, case, place = self.arrive(MILESTONES[number - 1], folder)
        else:
            drive, place = self.begin(folder)
            case = drive.begin()
        drive.walk(case, milestone)
        return self._put_away(milestone, drive, case, place, folder)

    def _put_away(self, name: str, drive: Drive, case: str, place: str, folder: Path) -> Kept:
        drive.product.db.dispose()
        self._kept[name] = Kept(place, folder, drive.clock.moment, case, drive.files)
        return self._kept[name]
