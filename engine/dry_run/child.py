"""The child process of a dry run: plays the trial on its standard input under limits."""

from __future__ import annotations

import json
import logging
import resource
import sys

MEMORY = 1 << 30
CPU_SECONDS = 20


def main() -> int:
    """Play the trial on standard input; 0 when an answer was written."""
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_CPU, CPU_SECONDS)
    _limit(resource.RLIMIT_CORE, 0)
    # Imported under the limits, so that nothing of the engine runs without them.
    import structlog  # noqa: PLC0415

    from engine.dry_run.run import try_scenario  # noqa: PLC0415
    from engine.dry_run.trial import trial_of  # noqa: PLC0415

    quiet = structlog.make_filtering_bound_logger(logging.CRITICAL + 1)
    structlog.configure(wrapper_class=quiet)  # what goes wrong stands in the answer
    answer = try_scenario(trial_of(json.load(sys.stdin)))
    sys.stdout.write(json.dumps(answer))
    return 0


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (allowed, allowed))


if __name__ == "__main__":
    sys.exit(main())
