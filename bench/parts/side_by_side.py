"""B9: our side of the comparison with Flowable 7 and Camunda 7 (bench/peers/README.md)."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.engine import URL

from bench.databases import Postgres, open_database
from bench.meter import PostgresMeter, percentile
from bench.rows import parts_of
from bench.samples import side_by_side as workload
from bench.world import Town, answers, build_town
from engine.timing.clock import SystemClock

COMPLETIONS = 14
CLIENTS = 4
LONG_TEXT = "x" * 1_024
SMALL = {"grade": "A", "contact": "office", "place": "city"}
AUDIT = {
    "instances": "select count(*) from cases where status = 'completed'",
    "closed tasks": "select count(*) from work_items where status = 'completed'",
    "history of tasks": "select count(*) from history where kind = 'item.completed'",
    "open tasks": "select count(*) from work_items where status = 'offered'",
    "pending timers": "select count(*) from timers",
}


@dataclass(frozen=True)
class Workload:
    """What our side did in the time."""

    instances: int
    seconds: float
    cpu_seconds: float
    wal_bytes: int
    milliseconds: list[float]
    audit: dict[str, int]

    @property
    def completions(self) -> int:
        """Completed user tasks."""
        return self.instances * COMPLETIONS

    @property
    def is_whole(self) -> bool:
        """Whether the rows are those the workload must leave behind."""
        return self.audit == {
            "instances": self.instances,
            "closed tasks": self.completions,
            "history of tasks": self.completions,
            "open tasks": 0,
            "pending timers": 0,
        }

    def rows(self) -> Iterator[tuple[str, object]]:
        """The metrics both sides report."""
        yield "completed user tasks", self.completions
        yield "tasks a CPU second, engine and database", self.completions / self.cpu_seconds
        yield "CPU ms a completion", self.cpu_seconds / self.completions * 1e3
        yield "tasks a second, four clients", self.completions / self.seconds
        yield "p50 ms", percentile(self.milliseconds, 0.5)
        yield "p95 ms", percentile(self.milliseconds, 0.95)
        yield "WAL bytes a completion", self.wal_bytes / self.completions
        yield "row audit", "equal" if self.is_whole else f"DIFFERS: {self.audit}"


def side_by_side(server: Postgres, *, instances: int) -> Workload:
    """Run the workload with four clients, then count the rows."""
    url = server.create()
    town = build_town(open_database(url), SystemClock(), [workload()])
    owner = psycopg.connect(**parts_of(server.as_owner(url)), autocommit=True)
    try:
        return _run(town, owner, url, instances)
    finally:
        owner.close()
        town.db.dispose()


def _run(town: Town, owner: Any, url: URL, instances: int) -> Workload:
    meter = PostgresMeter(owner, str(url.database))
    share = [instances // CLIENTS + (n < instances % CLIENTS) for n in range(CLIENTS)]
    spent: list[float] = []
    clients = [
        threading.Thread(target=lambda c=count: spent.extend(_client(town, c))) for count in share
    ]
    wal, server = meter.wal(), meter.server()
    client, begun = time.process_time(), time.perf_counter()
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    seconds = time.perf_counter() - begun
    used = time.process_time() - client + meter.server() - server
    audit = {name: int(owner.execute(query).fetchone()[0]) for name, query in AUDIT.items()}
    return Workload(instances, seconds, used, meter.wal() - wal, spent, audit)


def _client(town: Town, count: int) -> list[float]:
    """One client runs its cases from start to end; returns milliseconds of each completion."""
    spent: list[float] = []
    for _ in range(count):
        case_id: UUID = town.start("workload")
        while items := town.open_items(case_id):
            amount = str(uuid.uuid4().int % 10_000)
            given = answers(remark=LONG_TEXT) | SMALL | {"amount": amount}
            begun = time.perf_counter()
            town.complete(items[0], given)
            spent.append((time.perf_counter() - begun) * 1e3)
    return spent
