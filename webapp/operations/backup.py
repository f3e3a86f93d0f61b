"""Backup and restore of a whole installation: database and attachments in one archive."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import IO, BinaryIO

from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url

from webapp.operations import postgres_tools
from webapp.operations.archive import (
    ATTACHMENTS,
    ArchiveDamaged,
    ArchiveUnfit,
    ArchiveWriter,
    Manifest,
    TargetExists,
    check_archive,
    read_archive,
    write_archive,
)
from webapp.schema import Standing, expected_revision, grant, standing
from webapp.settings import Settings

KIND = "backup"
ENDING = ".lucheng-backup.tar"
DATABASE = "database"


def make_backup(settings: Settings, target: Path, now: datetime) -> tuple[Path, Manifest]:
    """Back up to a file, or to a new file in a folder; returns its path and its manifest.

    The database is copied first, as it is at one moment; attachments are on disk before a row
    speaks of them and never deleted, so those of the copied rows are all there afterwards.
    """
    path = target / f"lucheng-{now:%Y%m%d-%H%M%S}{ENDING}" if target.is_dir() else target
    url = make_url(settings.url)
    facts = {
        "made_at": now.isoformat(),
        "program": metadata.version("lucheng"),
        "database": url.get_backend_name(),
        "schema": _schema_of(url),
    }
    with write_archive(path, KIND, facts) as archive:
        with archive.part(DATABASE) as part:
            if url.get_backend_name() == "sqlite":
                _copy_sqlite(Path(str(url.database)), path.parent, part)
            else:
                postgres_tools.dump(url, part)
        _add_attachments(archive, settings.blob_dir)
    return path, archive.manifest


def check_backup(path: Path) -> Manifest:
    """The manifest of a whole backup; ArchiveDamaged or ArchiveUnfit otherwise."""
    return check_archive(path, KIND)


def restore_backup(path: Path, settings: Settings, runtime_role: str | None = None) -> Manifest:
    """Bring a backup back into an empty place; nothing is changed unless the file is whole.

    On PostgreSQL the URL is the owner's, of an empty database; the runtime role then gets its
    rights. The database comes last: until it is there, the place counts as empty.
    """
    url = make_url(settings.url)
    _refuse_occupied(url, settings.blob_dir)
    _refuse_unfit(check_backup(path), url)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".restoring-") as scratch:
        folder = Path(scratch)
        manifest = read_archive(path, KIND, lambda name, content: _unpack(folder, name, content))
        attachments = folder / ATTACHMENTS
        attachments.mkdir(exist_ok=True)
        if settings.blob_dir.exists():
            settings.blob_dir.rmdir()
        os.replace(attachments, settings.blob_dir)
        try:
            _place_database(folder / DATABASE, url, runtime_role)
        except BaseException:
            shutil.rmtree(settings.blob_dir)  # the place was empty, and is so again
            raise
    return manifest


def _place_database(source: Path, url: URL, runtime_role: str | None) -> None:
    if url.get_backend_name() == "sqlite":
        _place_sqlite(source, Path(str(url.database)))
    else:
        postgres_tools.restore(url, source)
        _give_rights(url, runtime_role)


def _schema_of(url: URL) -> str | None:
    is_sqlite = url.get_backend_name() == "sqlite"
    if is_sqlite and not Path(str(url.database)).is_file():
        raise ArchiveUnfit(f"没有数据库文件 {url.database}", f"there is no database {url.database}")
    engine = create_engine(url) if is_sqlite else postgres_tools.engine_of(url)
    try:
        return standing(engine).found
    finally:
        engine.dispose()


def _copy_sqlite(database: Path, folder: Path, target: BinaryIO) -> None:
    """The online copy of SQLite: one moment, while others go on writing."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".copying-") as scratch:
        copy = Path(scratch) / "copy.db"
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as other:
            source.backup(other, pages=-1)
            other.execute("pragma journal_mode = delete")
        with copy.open("rb") as file:
            shutil.copyfileobj(file, target, 1 << 20)


def _add_attachments(archive: ArchiveWriter, root: Path) -> None:
    for path in sorted(root.glob("*/??/*")):
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            archive.attachment(f"{path.parts[-3]}/{path.name}", file, size)


def _refuse_occupied(url: URL, blobs: Path) -> None:
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        is_occupied = file.exists() and file.stat().st_size > 0
    else:
        is_occupied = postgres_tools.has_tables(url)
    if is_occupied or (blobs.is_dir() and any(blobs.iterdir())):
        raise TargetExists(
            "恢复只能在空的数据库和附件文件夹中进行，现有数据不会被覆盖",
            "restore into an empty database and attachment folder: nothing is overwritten",
        )


def _refuse_unfit(manifest: Manifest, url: URL) -> None:
    made_on = manifest.facts["database"]
    if made_on != url.get_backend_name():
        raise ArchiveUnfit(
            f"备份来自 {made_on}；换数据库请用 lucheng tenant export / import",
            f"the backup is of {made_on}; to change databases use lucheng tenant export / import",
        )
    if Standing(manifest.facts["schema"], expected_revision()).word in ("ahead", "too_new"):
        raise ArchiveUnfit(
            "备份来自更新版本的程序，请先更新程序", "the backup is of a newer program: update first"
        )


def _unpack(folder: Path, name: str, content: IO[bytes]) -> None:
    target = folder / name
    if name.startswith(ATTACHMENTS):
        _, owner, digest = name.split("/")
        target = folder / ATTACHMENTS / owner / digest[:2] / digest
    if not target.resolve().is_relative_to(folder.resolve()):
        raise ArchiveDamaged(f"备份中有不该有的名称 {name}", f"a name that cannot be: {name}")
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        shutil.copyfileobj(content, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())


def _place_sqlite(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as database:
        (verdict,) = database.execute("pragma integrity_check").fetchone()
    if verdict != "ok":
        raise ArchiveDamaged("备份中的数据库不完整", "the database in the backup is not whole")
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(source, target)


def _give_rights(url: URL, runtime_role: str | None) -> None:
    if runtime_role is None:
        return
    engine = postgres_tools.engine_of(url)
    try:
        with engine.begin() as connection:
            grant(connection, runtime_role)
    finally:
        engine.dispose()
