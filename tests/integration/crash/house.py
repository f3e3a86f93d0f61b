"""A house of nodes that die all the time: by a kill at a seeded moment, or at a marked point."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from random import Random
from threading import Condition, Thread

from engine.cases.command import AFTER_COMMIT, BEFORE_COMMIT
from engine.messaging.outbox import AFTER_SENDING

from .nursery import NEVER

ROOT = Path(__file__).parents[3]
PROGRAM = "tests.integration.crash.nursery"
PATIENCE = 60
LONGEST_LIFE = 0.5
"""Seconds within which a node is killed whose moment is chosen by chance."""
AT_MARK = 5.0
"""Seconds a node is given to come to its marked point before chance takes it."""
MOMENT = 1.0
CHANCE = "random moment"
POINTS = {
    "web": (BEFORE_COMMIT, AFTER_COMMIT),
    "clock": (BEFORE_COMMIT, AFTER_COMMIT, AFTER_SENDING),
}
MARKED = {(role, point) for role, points in POINTS.items() for point in points}
MOST_TIMES = {"web": 6, "clock": 2}


def free_port() -> int:
    """A port nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Slot:
    """A place for one node after another."""

    name: str
    role: str
    port: int = 0


class Nursery:
    """The process that forks nodes, and what they say."""

    def __init__(self, environment: Mapping[str, str], begun: float, speed: float, wire: Path):
        arguments = [str(begun), str(speed), str(wire)]
        self.lines: list[str] = []
        self._born: dict[str, int] = {}
        self._changed = Condition()
        self._process = subprocess.Popen(
            [sys.executable, "-m", PROGRAM, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith("LUCHENG_")},
                **environment,
            },
        )
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def bear(self, slot: Slot, point: str = NEVER, times: int = 0) -> int:
        """Fork a node, and give its process id once it serves."""
        assert self._process.stdin is not None
        with self._changed:
            self._born.pop(slot.name, None)
            line = f"{slot.name} {slot.role} {slot.port} {point} {times}\n"
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()
            is_there = self._changed.wait_for(lambda: slot.name in self._born, PATIENCE)
            assert is_there, "".join(self.lines[-50:])
            return self._born[slot.name]

    def close(self) -> None:
        """End it; its nodes are killed one by one by whoever bore them."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for raw in self._process.stdout:
            line = raw.decode()
            with self._changed:
                said = line.split()
                if said[:1] == ["ready"]:
                    self._born[said[1]] = int(said[2])
                elif said:
                    self.lines.append(line)
                self._changed.notify_all()
        self._process.stdout.close()


@dataclass
class House:
    """Keeps every slot occupied; until ``goal`` kills each node is there to be killed."""

    nursery: Nursery
    slots: tuple[Slot, ...]
    goal: int
    seed: int
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    _living: dict[Slot, int] = field(default_factory=dict)
    _changed: Condition = field(default_factory=Condition)
    _keepers: list[Future[None]] = field(default_factory=list)
    _over: tuple[int, int] = (-1, -1)

    def open(self) -> None:
        """Begin to keep."""
        self._over = os.pipe()
        pool = ThreadPoolExecutor(len(self.slots))
        self._keepers = [pool.submit(self._keep, slot) for slot in self.slots]
        pool.shutdown(wait=False)

    def close(self) -> None:
        """Kill whoever lives, and keep no more."""
        os.write(self._over[1], b"over")
        for keeper in self._keepers:
            keeper.result(2 * PATIENCE)
        for end in self._over:
            os.close(end)

    @property
    def is_calm(self) -> bool:
        """Whether the kills are over: enough of them, and some at every marked point."""
        if not self.goal:
            return True
        return self.kills.total() >= self.goal and self.kills.keys() >= MARKED

    def wait_for_kills(self, count: int) -> None:
        """Return once so many nodes were killed."""
        with self._changed:
            while not self._changed.wait_for(lambda: self.kills.total() >= count, PATIENCE):
                raise AssertionError("".join(self.nursery.lines[-50:]))

    def any_web(self, chance: Random) -> tuple[Slot, int]:
        """A web node that lives, or just did: its slot and process."""
        with self._changed:
            is_there = self._changed.wait_for(lambda: bool(self._webs()), PATIENCE)
            assert is_there, "".join(self.nursery.lines[-50:])
            return chance.choice(self._webs())

    def wait_for_another(self, slot: Slot, pid: int) -> None:
        """Return once it is known that this node is dead; a moment's patience if it is not."""
        with self._changed:
            self._changed.wait_for(lambda: self._living.get(slot) != pid, MOMENT)

    def _webs(self) -> list[tuple[Slot, int]]:
        return [(slot, pid) for slot, pid in self._living.items() if slot.role == "web"]

    def _keep(self, slot: Slot) -> None:
        chance = Random(f"{self.seed} {slot.name}")
        points = cycle(chance.sample([CHANCE, *POINTS[slot.role]], len(POINTS[slot.role]) + 1))
        while True:
            point, times = NEVER, 0
            if not self.is_calm:
                point, times = next(points), chance.randint(1, MOST_TIMES[slot.role])
            pid = self.nursery.bear(slot, point.replace(" ", "_"), times)
            if not self._watch(slot, pid, point, chance):
                return

    def _watch(self, slot: Slot, pid: int, point: str, chance: Random) -> bool:
        """Return when the node is dead: True when another one is to come."""
        try:
            life = os.pidfd_open(pid)
        except ProcessLookupError:
            return self._count(slot, point)
        self._settle(slot, pid)
        patience = None if point == NEVER else AT_MARK
        if point == CHANCE:
            patience = chance.uniform(0, LONGEST_LIFE)
        ended = _wait(patience, life, self._over[0])
        is_over = self._over[0] in ended
        if not ended or is_over:
            signal.pidfd_send_signal(life, signal.SIGKILL)
            point = CHANCE
        _wait(PATIENCE, life)
        os.close(life)
        self._count(slot, point if not is_over else "")
        return not is_over

    def _settle(self, slot: Slot, pid: int) -> None:
        with self._changed:
            self._living[slot] = pid
            self._changed.notify_all()

    def _count(self, slot: Slot, point: str) -> bool:
        with self._changed:
            self._living.pop(slot, None)
            if point:
                self.kills[(slot.role, point)] += 1
            self._changed.notify_all()
        return True


def _wait(seconds: float | None, *files: int) -> set[int]:
    """The files that can be read within the time: a process that ended, a pipe that was written."""
    watched = select.poll()
    for file in files:
        watched.register(file, select.POLLIN)
    milliseconds = None if seconds is None else int(seconds * 1000)
    return {file for file, _ in watched.poll(milliseconds)}
