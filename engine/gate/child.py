"""The child process of the sandbox: reads the bytes on its standard input and checks them.

The proof is left out: it counts its own steps, and is made once, where the called are known.
Writes the report as JSON on standard output. The limits are set here, before a byte is read.
"""

from __future__ import annotations

import json
import resource
import sys

MEMORY = 1 << 30
CPU_SECONDS = 5


def main() -> int:
    """Check standard input under limits; 0 when a report was written."""
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_CPU, CPU_SECONDS)
    _limit(resource.RLIMIT_CORE, 0)
    # Imported under the limits, so that nothing of the reader runs without them.
    from engine.gate.imported import check_import  # noqa: PLC0415

    report, _ = check_import(sys.stdin.buffer.read(), proving=False)
    sys.stdout.write(json.dumps(report.to_json()))
    return 0


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (allowed, allowed))


if __name__ == "__main__":
    sys.exit(main())
