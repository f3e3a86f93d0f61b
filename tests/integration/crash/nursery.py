"""Starts nodes again and again: imports the product once, then forks a node for every line read.

Run as a program. A line says what to start: ``<slot> web <port> <mark> <times>`` or
``<slot> clock 0 <mark> <times>``. Each node is a process of its own that serves until it is
killed, by somebody else or by its own hand at the marked point it was given.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine.messaging.transport import Message, Transport
from webapp.app import create_app
from webapp.product import Product, build_product
from webapp.settings import read_settings
from webapp.web_node import WebNode
from webapp.worker import sweep

NEVER = "-"
GLANCE = 0.1
"""Seconds between two looks of a clock that found nothing due."""


@dataclass(frozen=True)
class HurriedClock:
    """A clock that runs ``speed`` times as fast since ``begun``, the same in every process."""

    begun: float
    speed: float

    def now(self) -> datetime:
        """The moment of the campaign."""
        passed = (time.time() - self.begun) * self.speed
        return datetime.fromtimestamp(self.begun, UTC) + timedelta(seconds=passed)


@dataclass
class Fate:
    """Ends the process by its own hand when a marked point is passed for the n-th time."""

    point: str = NEVER
    left: int = 0

    def __call__(self, point: str) -> None:
        if point == self.point:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Wire:
    """A transport that notes in a file what has left, and lets the product's own one send it."""

    inner: Transport
    path: Path

    def __call__(self, message: Message) -> None:
        # First: killed between the two, it is sent again, and none is sent that is not noted.
        wire = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(wire, f"{message.key}\n".encode())
        os.close(wire)
        self.inner(message)


def watched(product: Product, wire: Path, fate: Fate) -> Product:
    """The product with its marks and its wire watched."""
    transports = {kind: Wire(sender, wire) for kind, sender in product.world.transports.items()}
    return replace(product, world=replace(product.world, mark=fate, transports=transports))


def _serve_web(product: Product, node: WebNode, slot: str) -> None:
    _say(f"ready {slot} {os.getpid()}")
    node.run()


def _serve_clock(product: Product, slot: str) -> None:
    _say(f"ready {slot} {os.getpid()}")
    pause = threading.Event()
    while True:
        try:
            idle = sweep(product) == 0
        except Exception as error:  # as the clock of a node: it goes on whatever a sweep meets
            _say(f"note {slot} {type(error).__name__}")
            idle = True
        if idle:
            pause.wait(GLANCE)


def _say(line: str) -> None:
    # A line of its own, even after half a line of somebody who was killed in the middle of it.
    os.write(1, f"\n{line}\n".encode())


def main() -> None:
    """Fork a node for each line of standard input."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need no waiting for
    begun, speed, wire = float(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])
    fate = Fate()
    product = build_product(read_settings(os.environ), HurriedClock(begun, speed))
    product = watched(product, wire, fate)
    app = create_app(product)
    product.db.dispose()
    for line in sys.stdin:
        slot, role, port, point, times = line.split()
        if os.fork() != 0:
            continue
        os.close(0)
        fate.point, fate.left = point, int(times)
        if role == "web":
            _serve_web(product, WebNode(app, product.settings, int(port)), slot)
        _serve_clock(product, slot)


if __name__ == "__main__":
    main()
