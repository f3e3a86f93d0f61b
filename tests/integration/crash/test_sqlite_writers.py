"""Four processes write to one SQLite file: nothing is lost and nobody is sent away."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from engine.definitions.binding import Bindings
from engine.definitions.loading import load_tenant
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import counters, outbox
from engine.timing.clock import SystemClock
from engine.world import World

from .house import ROOT
from .installations import FlatSources
from .writer import NAME

PROCESSES = 4
WRITES, MANY_WRITES = 1_000, 20_000


def written_by_all(url: URL, writes: int) -> tuple[int, int, int, int]:
    """Written and refused as the processes say, then the number and the rows that stand."""
    db = Database(str(url))
    tenant_id = load_tenant(db, World(SystemClock(), Bindings()), "walk", FlatSources()).tenant_id
    with db.tenant(tenant_id) as tx:
        tx.insert(counters, name=NAME, value=0)
    program = [sys.executable, "-m", "tests.integration.crash.writer", str(url), str(tenant_id)]
    writers = [
        subprocess.Popen(
            [*program, f"writer {n}", str(writes // PROCESSES)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for n in range(PROCESSES)
    ]
    said = [writer.communicate()[0].split() for writer in writers]
    with db.tenant(tenant_id, read_only=True) as tx:
        value = tx.scalar(
            select(counters.c.value).where(counters.c.tenant_id == TENANT, counters.c.name == NAME)
        )
        rows = tx.scalar(
            select(func.count()).select_from(outbox).where(outbox.c.tenant_id == TENANT)
        )
    db.dispose()
    written, refused = (sum(int(words[place]) for words in said) for place in (0, 1))
    return written, refused, value, rows


def test_four_processes_lose_no_write_and_are_never_locked_out(sqlite_url: URL) -> None:
    assert written_by_all(sqlite_url, WRITES) == (WRITES, 0, WRITES, WRITES)


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_four_processes_lose_none_of_twenty_thousand_writes(sqlite_url: URL) -> None:
    assert written_by_all(sqlite_url, MANY_WRITES) == (MANY_WRITES, 0, MANY_WRITES, MANY_WRITES)
