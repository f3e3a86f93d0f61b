"""Starts the product again and again: imports once, then forks a real server for every line read.

Run as a program. Each child is a process of its own that serves until it is killed.
"""

from __future__ import annotations

import os
import signal
import sys

from webapp.product import build_product
from webapp.serve import serve
from webapp.settings import read_settings


def main() -> None:
    """Fork a server for each line of standard input and print its process id."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need no waiting for
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.close(0)
            serve(build_product(read_settings(os.environ)), role="all", demo=False)
            os._exit(0)
        sys.stdout.write(f"pid {pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
