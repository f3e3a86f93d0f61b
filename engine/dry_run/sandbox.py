"""Playing what a stranger drew: in a child process with limits, never in this one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import engine
from engine.bpmn.findings import Finding, Severity
from engine.dry_run.trial import Trial

WALL_SECONDS = 30.0
CHILD = (sys.executable, "-P", "-m", "engine.dry_run.child")


def try_in_child(
    trial: Trial, *, command: Sequence[str] = CHILD, wall_seconds: float = WALL_SECONDS
) -> dict[str, Any]:
    """What a dry run gives; one that exhausts the child is a finding."""
    root = str(Path(engine.__file__).parents[1])
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command, the trial is only its input
            command,
            input=json.dumps(trial.to_json()).encode(),
            capture_output=True,
            timeout=wall_seconds,
            check=False,
            env={"PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        answer = json.loads(done.stdout)
        if done.returncode == 0 and isinstance(answer, dict):
            return answer
    except (subprocess.TimeoutExpired, ValueError):
        pass
    return {"findings": [_too_expensive().to_json()]}


def _too_expensive() -> Finding:
    return Finding(
        "too-expensive",
        Severity.ERROR,
        "1:1",
        "",
        "试运行超出了时间或内存的限度。",
        "The dry run exceeded the limits of time or memory.",
        "缩短推进的时间，或检查图中不停的循环。",
        "Advance the clock less, or look for a loop that never rests.",
    )
