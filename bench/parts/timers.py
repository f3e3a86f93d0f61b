"""B5: timers fire once, on time, though a clock is killed in the middle of its work."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.engine import URL

from bench.databases import Postgres, open_database
from bench.meter import percentile
from bench.rows import parts_of
from bench.samples import reminded
from bench.world import Town, build_town
from engine.timing.clock import Clock, FrozenClock, SystemClock
from engine.timing.dispatch import LEASE, due_rows
from engine.timing.work import ENGINE_DOERS, run_due

AFTER = "PT2S"
PATIENCE = 60.0
LOOK = 0.05


@dataclass(frozen=True)
class TimerFindings:
    """What two clocks did, one of them killed while timers were due."""

    lag_p95: float
    fired: int
    lost: int
    double: int
    left_by_the_killed: int
    fired_a_second: float
    poll_ms: float
    poll_server_us: float
    pending: int


@dataclass
class Desk:
    """The database as its owner sees it: what is due, what has fired."""

    connection: Any

    def due(self, case_ids: set[UUID]) -> dict[UUID, datetime]:
        """When the waiting timer of each case is due."""
        rows = self.connection.execute("select case_id, due_at from timers").fetchall()
        return {case_id: due for case_id, due in rows if case_id in case_ids}

    def fired(self) -> list[tuple[UUID, datetime]]:
        """Every firing that history knows."""
        found: list[tuple[UUID, datetime]] = self.connection.execute(
            "select case_id, at from history where kind = 'timer.fired'"
        ).fetchall()
        return found

    def waiting(self, *, leased: bool) -> int:
        """How many rows wait for a clock, or are leased to one."""
        where = "lease_until is not null" if leased else "lease_until is null"
        row = self.connection.execute(f"select count(*) from dispatch where {where}").fetchone()
        return int(row[0])


def timers(server: Postgres, *, steady: int, burst: int, pending: int) -> TimerFindings:
    """A steady trickle for the lag, a burst with a kill for lost and double, polls on many rows."""
    url = server.create()
    loaded = FrozenClock(datetime.now(UTC) - timedelta(hours=2))
    town = town_at(build_town(open_database(url), loaded, [reminded(AFTER)]), SystemClock())
    owner = psycopg.connect(**parts_of(server.as_owner(url)), autocommit=True)
    desk = Desk(owner)
    try:
        lags = _trickle(town, url, desk, steady)
        left, rate, cases = _burst(town, url, desk, burst)
        counts = Counter(case_id for case_id, _ in desk.fired())
        return TimerFindings(
            lag_p95=percentile(lags, 0.95),
            fired=sum(counts.values()),
            lost=sum(counts[case_id] == 0 for case_id in cases) + steady - len(lags),
            double=sum(count - 1 for count in counts.values()),
            left_by_the_killed=left,
            fired_a_second=rate,
            poll_ms=_poll(town, owner, pending),
            poll_server_us=_poll_on_the_server(town, owner),
            pending=pending,
        )
    finally:
        owner.close()
        town.db.dispose()


def _trickle(town: Town, url: URL, desk: Desk, count: int) -> list[float]:
    """Timers that come due one after the other while two clocks run; how late each fired."""
    with _clock(url), _clock(url):
        cases = {town.start("reminded") for _ in range(3)}
        _until(lambda: len(desk.fired()) >= len(cases), desk)  # both clocks are up
        known = set(cases)
        due: dict[UUID, datetime] = {}
        for _ in range(count):
            case_id = town.start("reminded")
            due |= desk.due({case_id})
        _until(lambda: len(desk.fired()) >= count + len(known), desk)
    return [(at - due[case_id]).total_seconds() for case_id, at in desk.fired() if case_id in due]


def _burst(town: Town, url: URL, desk: Desk, count: int) -> tuple[int, float, set[UUID]]:
    """Many timers due at once; one clock is killed amid them, its leases run out, all fire."""
    earlier = town_at(town, FrozenClock(datetime.now(UTC) - timedelta(hours=1)))
    cases = {earlier.start("reminded") for _ in range(count)}
    before = len(desk.fired())
    with _clock(url), _clock(url) as victim:
        _until(lambda: len(desk.fired()) > before, desk)
        begun = time.perf_counter()
        _until(lambda: len(desk.fired()) - before >= count // 3, desk)
        victim.kill()
        victim.wait()
        _until(lambda: desk.waiting(leased=False) == 0 and _settled(desk), desk)
        rate = (len(desk.fired()) - before) / (time.perf_counter() - begun)
    left = desk.waiting(leased=True)
    with _clock(url, ahead=LEASE.total_seconds() + 10):
        _until(lambda: desk.waiting(leased=True) + desk.waiting(leased=False) == 0, desk)
    return left, rate, cases


def _settled(desk: Desk) -> bool:
    """True when nothing fires any more: what is left is leased to the dead."""
    seen = len(desk.fired())
    time.sleep(LOOK * 20)
    return len(desk.fired()) == seen


def town_at(town: Town, clock: Clock) -> Town:
    """The same town by another clock."""
    return replace(town, world=replace(town.world, clock=clock))


def _poll(town: Town, owner: Any, pending: int) -> float:
    """Milliseconds of a sweep that finds nothing due among many rows."""
    owner.execute(
        "insert into dispatch (id, kind, tenant_id, ref_id, due_at, attempts) "
        "select md5('d' || n)::uuid, 'timer', %s, md5('r' || n)::uuid, "
        "now() + interval '1 day' + n * interval '1 second', 0 from generate_series(1, %s) n",
        (town.tenant_id, pending),
    )
    owner.execute("analyze dispatch")
    spent = []
    for _ in range(30):
        begun = time.perf_counter()
        run_due(town.db, town.world, ENGINE_DOERS)
        spent.append((time.perf_counter() - begun) * 1e3)
    return percentile(spent, 0.5)


def _poll_on_the_server(town: Town, owner: Any) -> float:
    """Microseconds the database itself needs to find that nothing is due, as it tells them."""
    text = due_rows(datetime.now(UTC), 50).compile(
        dialect=town.db.engine.dialect, compile_kwargs={"literal_binds": True}
    )
    spent = []
    for _ in range(30):
        ((told,),) = owner.execute(f"explain (analyze, format json) {text}").fetchall()
        spent.append(told[0]["Execution Time"] * 1e3)
    return percentile(spent, 0.5)


@contextmanager
def _clock(url: URL, ahead: float = 0) -> Iterator[subprocess.Popen[bytes]]:
    address = url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "bench.clock_process", address, str(ahead)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _until(is_done: Callable[[], bool], desk: Desk) -> None:
    """Look again and again; TimeoutError when nothing has fired for far too long."""
    seen, end = -1, 0.0
    while not is_done():
        fired = len(desk.fired())
        if fired != seen:
            seen, end = fired, time.monotonic() + PATIENCE
        elif time.monotonic() > end:
            raise TimeoutError(f"the clocks do not do what is due: {fired} fired, then none")
        time.sleep(LOOK)
