"""What something costs: wall time, CPU of this process and of the database, WAL bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Protocol


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and CPU time, bytes of write-ahead log."""

    wall: float = 0.0
    client: float = 0.0
    server: float = 0.0
    wal: int = 0

    @property
    def cpu(self) -> float:
        """CPU of client and server together."""
        return self.client + self.server

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.wall + other.wall,
            self.client + other.client,
            self.server + other.server,
            self.wal + other.wal,
        )


class Meter(Protocol):
    """Reads what the server side has used so far."""

    def server(self) -> float:
        """CPU seconds of the database's processes."""
        ...

    def wal(self) -> int:
        """Bytes of write-ahead log ever written."""
        ...


class NoServer:
    """For SQLite, which works in the process itself."""

    def server(self) -> float:
        """Nothing."""
        return 0.0

    def wal(self) -> int:
        """Nothing that could be compared."""
        return 0


class PostgresMeter:
    """CPU of the processes that serve one database, from the kernel; WAL from the server."""

    def __init__(self, owner: Any, database: str) -> None:
        """``owner`` is a driver connection in autocommit that sees all activity."""
        self._owner, self._database = owner, database

    def server(self) -> float:
        """The sum over the processes; 0 when the server runs elsewhere."""
        rows = self._owner.execute(
            "select pid from pg_stat_activity where datname = %s", (self._database,)
        )
        return cpu_seconds(row[0] for row in rows.fetchall())

    def wal(self) -> int:
        """The position in the log."""
        row = self._owner.execute("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
        return int(row[0])


def cpu_seconds(pids: Iterable[int]) -> float:
    """CPU seconds processes have used, to the nanosecond where the kernel tells."""
    total = 0.0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                total += int(task.read_text().split()[0]) / 1e9
            except (OSError, IndexError):
                continue  # the thread has ended meanwhile
    return total


def measure(meter: Meter, act: Callable[[], Any]) -> tuple[Cost, Any]:
    """Do something and tell what it cost, and its result."""
    wal, server = meter.wal(), meter.server()
    client, wall = time.process_time(), time.perf_counter()
    result = act()
    wall, client = time.perf_counter() - wall, time.process_time() - client
    return Cost(wall, client, meter.server() - server, meter.wal() - wal), result


@dataclass(frozen=True)
class Spread:
    """A median with the smallest and largest value around it."""

    middle: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.low:.2f}–{self.high:.2f})"


def spread(values: Sequence[float]) -> Spread:
    """Median, smallest, largest."""
    return Spread(median(values), min(values), max(values))


def ratios(ours: Sequence[Cost], other: Sequence[Cost], what: str = "cpu") -> Spread:
    """Ours divided by another's, repetition by repetition."""
    pairs = zip(ours, other, strict=True)
    return spread([getattr(a, what) / getattr(b, what) for a, b in pairs])


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which ``part`` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
