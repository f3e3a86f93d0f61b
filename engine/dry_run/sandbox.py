"""Playing what a stranger drew: in a child process with limits, never in this one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import engine
from engine.bpmn.findings import Finding, Severity
from engine.dry_run.trial import Trial

WALL_SECONDS = 60.0
CHILD = (sys.executable, "-P", "-m", "engine.dry_run.child")


def try_in_child(
    trials: Sequence[Trial], *, command: Sequence[str] = CHILD, wall_seconds: float = WALL_SECONDS
) -> list[dict[str, Any]]:
    """What each dry run gives; when they exhaust the child, all of them are a finding."""
    root = str(Path(engine.__file__).parents[1])
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command, the trial is only its input
            command,
            input=json.dumps([trial.to_json() for trial in trials]).encode(),
            capture_output=True,
            timeout=wall_seconds,
            check=False,
            env={"PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": gettempdir()},
        )
        if done.returncode == 1 and b"MemoryError" not in done.stderr:
            return _all(trials, _failed(done.stderr))
        answers = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return _all(trials, _too_expensive())
    assert isinstance(answers, list)
    return answers


def _all(trials: Sequence[Trial], finding: Finding) -> list[dict[str, Any]]:
    return [{"findings": [finding.to_json()]} for _ in trials]


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


def _failed(told: bytes) -> Finding:
    """A fault of the product itself; its kind stands in the last line of what the child told."""
    last = told.decode("utf-8", "replace").strip().rpartition("\n")[2]
    kind = last.partition(":")[0][:60]
    return Finding(
        "try-failed",
        Severity.ERROR,
        "1:1",
        "",
        f"试运行程序自身出错（{kind}），请报告给软件的维护者。",
        f"The dry run itself failed ({kind}); please tell those who maintain the product.",
    )
