"""A clock node of the product in a process of its own, which can be killed.

``python -m bench.clock_process URL AHEAD``: its clock runs AHEAD seconds before the machine's, so
that leases of a killed node need not be waited for.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from webapp.product import build_product
from webapp.settings import read_settings
from webapp.worker import NodeClock


@dataclass(frozen=True)
class AheadClock:
    """The machine's clock, moved."""

    by: timedelta

    def now(self) -> datetime:
        """The moment, moved."""
        return datetime.now(UTC) + self.by


def main(url: str, ahead: str) -> None:
    """Run until a signal comes."""
    settings = read_settings({**os.environ, "DATABASE_URL": url})
    product = build_product(settings, AheadClock(timedelta(seconds=float(ahead))))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    clock = NodeClock(product)
    clock.start()
    stop.wait()
    clock.stop()
    product.db.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
