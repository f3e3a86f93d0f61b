"""A backup made while people work brings back everything that was acknowledged before it."""

from __future__ import annotations

import io
import sqlite3
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import URL

from engine.cases.lifecycle import start_case
from engine.definitions.loading import tenant_id_of
from engine.errors import LuchengError
from engine.store.metadata import TENANT
from engine.store.tables import attachments, cases, history
from engine.timing.clock import FrozenClock
from webapp.cli import main
from webapp.operations import backup, postgres_tools
from webapp.operations.archive import ArchiveDamaged, ArchiveUnfit, TargetExists
from webapp.operations.backup import check_backup, make_backup, restore_backup
from webapp.product import Product, build_product
from webapp.schema import upgrade
from webapp.settings import Settings
from webapp.usecases.files import store_upload
from webapp.usecases.verifying import verify_histories

sys.path.insert(0, str(Path(__file__).parents[1] / "process"))

from town import Town, build_town

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
FILLED = {"subject": "采购铁锹", "amount": "12", "plannedOn": "2026-03-20"}
FLIPS = 60


@dataclass(frozen=True)
class Places:
    """An installation to back up, the URL its backup is made with, and an empty place."""

    settings: Settings
    reader: str
    empty: Settings
    owner: str
    runtime_role: str | None


@pytest.fixture(params=["sqlite", "postgresql"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Places]:
    here, there = tmp_path / "here", tmp_path / "there"
    if request.param == "sqlite":
        yield Places(Settings(data_dir=here), "", Settings(data_dir=there), "", None)
        return
    runtime: URL = request.getfixturevalue("postgres_url")
    server: URL = request.getfixturevalue("postgres_server")
    name = f"r_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"create database {name}"))

    def plain(url: URL) -> str:
        return url.render_as_string(hide_password=False)

    yield Places(
        Settings(data_dir=here, database_url=plain(runtime)),
        plain(server.set(database=runtime.database)),
        Settings(data_dir=there, database_url=plain(runtime.set(database=name))),
        plain(server.set(database=name)),
        runtime.username,
    )
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    admin.dispose()


@dataclass(frozen=True)
class Office:
    """A running installation with a small tenant."""

    product: Product
    town: Town

    def work(self) -> str:
        """One case begun and filled in, with a file; returns its id once acknowledged."""
        town = self.town
        case = start_case(town.db, town.world, town["applicant"], "walking", {})["id"]
        content = b"%PDF-1.7 " + str(case).encode()
        store_upload(self.product, town["applicant"], "证明.pdf", io.BytesIO(content))
        town.complete("applicant", "Fill", **FILLED)
        return str(case)


@pytest.fixture
def office(places: Places, clock: FrozenClock) -> Iterator[Office]:
    if not places.settings.database_url:
        places.settings.data_dir.mkdir()
        upgrade(places.settings.url)
    product = build_product(places.settings, clock)
    yield Office(product, build_town(product.db, clock))
    product.db.dispose()


def back_up(places: Places, target: Path) -> Path:
    return make_backup(_as(places.settings, places.reader), target, NOW)[0]


def bring_back(places: Places, path: Path) -> None:
    restore_backup(path, _as(places.empty, places.owner), places.runtime_role)


def _as(settings: Settings, url: str) -> Settings:
    return replace(settings, database_url=url) if url else settings


def everything(product: Product) -> dict[str, Any]:
    tenant_id = tenant_id_of(product.db, "walk")
    with product.db.tenant(tenant_id, read_only=True) as tx:
        facts = tx.all(select(history).where(history.c.tenant_id == TENANT))
        files = tx.all(select(attachments).where(attachments.c.tenant_id == TENANT))
        open_cases = tx.all(select(cases.c.id).where(cases.c.tenant_id == TENANT))
    contents = {}
    for row in files:
        with product.blobs.open(tenant_id, row.digest) as file:
            contents[row.id] = file.read()
    return {
        "cases": {str(row.id) for row in open_cases},
        "facts": {(row.case_id, row.seq, row.hash) for row in facts},
        "files": contents,
    }


def test_the_drill_a_backup_during_work_brings_back_all_that_was_acknowledged(
    places: Places, office: Office, tmp_path: Path
) -> None:
    before = {office.work() for _ in range(3)}
    until_then = everything(office.product)
    stop, meanwhile = Event(), Event()

    def go_on() -> None:
        while not stop.is_set():
            office.work()
            meanwhile.set()

    worker = Thread(target=go_on)
    worker.start()
    meanwhile.wait(60)
    path = back_up(places, tmp_path)
    stop.set()
    worker.join()

    check_backup(path)
    bring_back(places, path)
    restored = build_product(places.empty)
    there = everything(restored)
    assert verify_histories(restored, None) == (len(there["cases"]), [])
    assert before <= there["cases"] <= everything(office.product)["cases"]
    assert until_then["facts"] <= there["facts"]
    assert until_then["files"].items() <= there["files"].items()
    assert all(content.startswith(b"%PDF") for content in there["files"].values())

    town = replace(office.town, db=restored.db)
    before_number = len(there["facts"])
    Office(restored, town).work()
    assert len(everything(restored)["facts"]) > before_number, "work goes on where it was"
    restored.db.dispose()


def test_any_changed_byte_is_found(places: Places, office: Office, tmp_path: Path) -> None:
    office.work()
    path = back_up(places, tmp_path)
    whole, chance = path.read_bytes(), Random(20261121)
    positions = {0, 300, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(FLIPS))}
    damaged = tmp_path / "damaged.tar"
    for position in positions:
        changed = bytearray(whole)
        changed[position] ^= 1 << chance.randrange(8)
        damaged.write_bytes(changed)
        with pytest.raises(ArchiveDamaged):
            check_backup(damaged)
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        damaged.write_bytes(whole[:length])
        with pytest.raises(ArchiveDamaged):
            check_backup(damaged)
    damaged.write_bytes(whole + b"\0")
    with pytest.raises(ArchiveDamaged):
        check_backup(damaged)


def test_a_damaged_backup_changes_nothing(places: Places, office: Office, tmp_path: Path) -> None:
    office.work()
    path = back_up(places, tmp_path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ArchiveDamaged):
        bring_back(places, path)
    assert not places.empty.data_dir.exists()
    if places.owner:
        assert not postgres_tools.has_tables(_url(places.owner))


def _url(text_: str) -> URL:
    from sqlalchemy.engine import make_url  # noqa: PLC0415

    return make_url(text_)


def test_a_restore_overwrites_nothing(places: Places, office: Office, tmp_path: Path) -> None:
    office.work()
    path = back_up(places, tmp_path)
    with pytest.raises(TargetExists):
        restore_backup(path, _as(places.settings, places.reader))
    bring_back(places, path)
    with pytest.raises(TargetExists):
        bring_back(places, path)
    with pytest.raises(TargetExists):
        back_up(places, path)


def test_a_restore_that_fails_leaves_the_place_empty(
    places: Places, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.work()
    path = back_up(places, tmp_path)

    def fail(*_args: object) -> None:
        raise postgres_tools.DumpFailed("失败", "failed")

    with monkeypatch.context() as patched:
        patched.setattr(postgres_tools, "restore", fail)
        patched.setattr(backup, "_place_sqlite", fail)
        with pytest.raises(postgres_tools.DumpFailed):
            bring_back(places, path)
    bring_back(places, path)


def test_a_file_that_was_damaged_before_is_told_and_the_rest_is_kept(
    places: Places, office: Office, tmp_path: Path
) -> None:
    office.work()
    (file,) = places.settings.blob_dir.glob("*/*/*")
    file.write_bytes(b"%PDF- something else")
    _, manifest = make_backup(_as(places.settings, places.reader), tmp_path, NOW)
    assert manifest.facts["damaged_at_source"] == [f"{file.parts[-3]}/{file.name}"]


def test_a_backup_of_another_database_or_of_a_newer_program_is_refused(
    places: Places, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = back_up(places, tmp_path)
    other = "postgresql://nobody@127.0.0.1:1/x" if not places.owner else ""
    monkeypatch.setattr(postgres_tools, "has_tables", lambda _url: False)
    with pytest.raises(ArchiveUnfit):
        restore_backup(path, replace(places.empty, database_url=other))
    engine = create_engine(_url(places.reader or places.settings.url))
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    engine.dispose()
    newer = back_up(places, tmp_path / "newer.tar")
    with pytest.raises(ArchiveUnfit):
        bring_back(places, newer)


def test_a_role_that_sees_a_part_of_the_rows_makes_no_backup(
    postgres_url: URL, tmp_path: Path
) -> None:
    settings = Settings(
        data_dir=tmp_path, database_url=postgres_url.render_as_string(hide_password=False)
    )
    with pytest.raises(postgres_tools.DumpFailed):
        make_backup(settings, tmp_path / "backup.tar", NOW)
    assert list(tmp_path.iterdir()) == []


def test_without_postgresqls_programs_it_says_where_they_come_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgres_tools, "_candidates", lambda _name: iter(()))
    with pytest.raises(LuchengError, match="install the PostgreSQL client"):
        postgres_tools.find_tool("pg_dump", 16)


def test_the_commands_back_up_check_and_restore(tmp_path: Path, clock: FrozenClock) -> None:
    here = {"DATA_DIR": str(tmp_path / "here"), "DATABASE_URL": ""}
    there = {"DATA_DIR": str(tmp_path / "there"), "DATABASE_URL": ""}
    folder = tmp_path / "backups"
    folder.mkdir()
    run = CliRunner().invoke
    assert run(main, ["backup", str(folder)], env=here).exit_code == 2, "there is no database yet"
    assert run(main, ["db", "upgrade"], env=here).exit_code == 0
    made = run(main, ["backup", str(folder)], env=here)
    assert made.exit_code == 0, made.output
    (file,) = folder.iterdir()
    assert run(main, ["backup", "check", str(file)]).exit_code == 0
    restored = run(main, ["restore", str(file)], env=there)
    assert restored.exit_code == 0, restored.output
    with closing(sqlite3.connect(tmp_path / "there" / "lucheng.db")) as database:
        assert database.execute("select count(*) from tenants").fetchone() == (0,)
    file.write_bytes(file.read_bytes()[:-5])
    assert run(main, ["backup", "check", str(file)]).exit_code == 2
    assert run(main, ["backup", "check", str(tmp_path / "none")]).exit_code == 2
