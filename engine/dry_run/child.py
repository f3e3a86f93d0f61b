"""The child process of dry runs: plays the trials on its standard input under limits."""

from __future__ import annotations

import json
import resource
import sys

MEMORY = 1 << 30
CPU_SECONDS = 30


def main() -> int:
    """Play the trials on standard input; 0 when their answers were written."""
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_CPU, CPU_SECONDS)
    _limit(resource.RLIMIT_CORE, 0)
    # Imported under the limits, so that nothing of the engine runs without them.
    import structlog  # noqa: PLC0415

    from engine.dry_run.run import try_scenario  # noqa: PLC0415
    from engine.dry_run.trial import trial_of  # noqa: PLC0415

    # What goes wrong stands in the answer; standard output holds nothing else.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    answers = [try_scenario(trial_of(written)) for written in json.load(sys.stdin)]
    sys.stdout.write(json.dumps(answers))
    return 0


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (allowed, allowed))


if __name__ == "__main__":
    sys.exit(main())
