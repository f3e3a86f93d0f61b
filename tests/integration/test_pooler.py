"""A pooler in transaction mode may stand between: nothing outlives a transaction."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from engine.cases.lifecycle import start_case
from engine.ids import new_id
from engine.store.control import tenants
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import counters
from engine.timing.clock import FrozenClock

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "process"))

from nodes import free_port
from town import build_town

POOLER = os.environ.get("TEST_PGBOUNCER") or shutil.which(
    "pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin"
)
SERVER_CONNECTIONS, CLIENTS, ROUNDS = 3, 6, 300
SETTINGS = """
[databases]
{database} = host={host} port={port} dbname={database} user={user} password={password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 100
ignore_startup_parameters = extra_float_digits
logfile = {folder}/log
pidfile = {folder}/pid
"""


def make_tenants(db: Database, clock: FrozenClock, count: int) -> list[UUID]:
    made = [new_id() for _ in range(count)]
    with db.control() as control:
        for tenant_id in made:
            control.insert(
                tenants,
                id=tenant_id,
                slug=f"t{tenant_id.hex[-8:]}",
                name="试行",
                level="city",
                parent_id=None,
                created_at=clock.now(),
            )
    return made


def test_nothing_of_a_unit_of_work_stays_on_its_connection(
    postgres_url: URL, clock: FrozenClock
) -> None:
    db = Database(postgres_url.render_as_string(hide_password=False), prepares="off")
    (tenant_id,) = make_tenants(db, clock, 1)
    for number in range(20):  # more often than the driver would wait before it prepares
        with db.tenant(tenant_id) as tx:
            tx.upsert(counters, ("name",), {"name": "n", "value": number}, {"value": number})
    with db.engine.connect() as connection:
        left = connection.execute(
            text(
                "select current_setting('app.tenant', true),"
                " (select count(*) from pg_prepared_statements),"
                " (select count(*) from pg_locks where locktype = 'advisory')"
            )
        ).one()
    assert tuple(left) in {("", 0, 0), (None, 0, 0)}
    db.dispose()


@pytest.fixture
def pooled_url(postgres_url: URL) -> Iterator[URL]:
    """The fresh database behind a pooler with fewer connections than clients."""
    if POOLER is None:
        pytest.skip("no pgbouncer here (Debian: apt-get install pgbouncer, or TEST_PGBOUNCER)")
    port, socket_folder = free_port(), str(postgres_url.query.get("host") or "")
    with tempfile.TemporaryDirectory(prefix="pooler") as folder:
        written = SETTINGS.format(
            database=postgres_url.database,
            host=socket_folder or postgres_url.host,
            port=postgres_url.port or 5432,
            user=postgres_url.username,
            password=postgres_url.password,
            listen=port,
            size=SERVER_CONNECTIONS,
            folder=folder,
        )
        settings = Path(folder) / "pgbouncer.ini"
        settings.write_text(written)
        command = [POOLER, *_as_somebody(folder, socket_folder), str(settings)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as pooler:
            url = postgres_url.set(host="127.0.0.1", port=port, query={})
            _wait_for(url, pooler)
            yield url
            pooler.terminate()


def _as_somebody(folder: str, socket_folder: str) -> list[str]:
    """The pooler does not run as root: then it runs as the owner of the server's socket."""
    if os.geteuid() != 0:
        return []
    owner = pwd.getpwuid(os.stat(socket_folder).st_uid).pw_name if socket_folder else "nobody"
    shutil.chown(folder, owner)
    return ["-u", owner]


def _wait_for(url: URL, pooler: subprocess.Popen[str]) -> None:
    engine = create_engine(url, connect_args={"prepare_threshold": None})
    while True:
        assert pooler.poll() is None, pooler.stderr and pooler.stderr.read()
        with suppress(OperationalError), engine.connect():
            break
    engine.dispose()


@pytest.mark.full
def test_tenants_never_meet_behind_a_pooler_in_transaction_mode(
    pooled_url: URL, clock: FrozenClock
) -> None:
    db = Database(pooled_url.render_as_string(hide_password=False))
    owners = make_tenants(db, clock, CLIENTS)

    def work(tenant_id: UUID) -> int:
        mine = Database(pooled_url.render_as_string(hide_password=False))
        for number in range(ROUNDS):
            with mine.tenant(tenant_id) as tx:
                tx.upsert(counters, ("name",), {"name": "n", "value": 0}, {"value": number})
            with mine.tenant(tenant_id, read_only=True) as tx:
                rows = tx.all(select(counters).where(counters.c.tenant_id == TENANT))
                assert [(row.tenant_id, row.value) for row in rows] == [(tenant_id, number)]
            with mine.engine.connect() as bare:  # no tenant: the next client sees nothing
                assert bare.execute(text("select count(*) from counters")).scalar() == 0
        mine.dispose()
        return ROUNDS

    with ThreadPoolExecutor(CLIENTS) as pool:
        assert sum(pool.map(work, owners)) == CLIENTS * ROUNDS

    with db.engine.connect() as bare:  # that a pooler stands between is seen from its process id
        assert bare.execute(text("select count(*) from pg_prepared_statements")).scalar() == 0
    town = build_town(db, clock)
    started = start_case(db, town.world, town["applicant"], "walking", {})
    town.complete("applicant", "Fill", subject="试行", amount="12", plannedOn="2026-03-20")
    assert town.breaks(started["id"]) == []
    db.dispose()
