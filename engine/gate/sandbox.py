"""Checking what a stranger uploads: first in a child process with limits, then here.

The reader is written to survive anything; the child is there for the day it is not. Memory,
processor time and wall time of the child are bounded, and its environment is empty, so that an
upload can neither hang the server nor read its settings.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import engine
from engine.bpmn.xml import DEFAULT_LIMITS, Limits, Unreadable
from engine.gate.context import GateContext
from engine.gate.imported import check_import
from engine.gate.report import Report, unreadable_report

WALL_SECONDS = 7.0
"""Its processor time ends sooner; a child that sleeps, or a machine that is busy, ends it here."""
CHILD = (sys.executable, "-P", "-m", "engine.gate.child")


def check_in_child(
    source: bytes,
    context: GateContext | None = None,
    *,
    file: str = "",
    limits: Limits = DEFAULT_LIMITS,
    command: Sequence[str] = CHILD,
    wall_seconds: float = WALL_SECONDS,
) -> Report:
    """The gate's report on an upload; one that exhausts the child is unreadable."""
    report, _ = import_in_child(
        source, context, file=file, limits=limits, command=command, wall_seconds=wall_seconds
    )
    return report


def import_in_child(
    source: bytes,
    context: GateContext | None = None,
    *,
    file: str = "",
    limits: Limits = DEFAULT_LIMITS,
    command: Sequence[str] = CHILD,
    wall_seconds: float = WALL_SECONDS,
) -> tuple[Report, bytes]:
    """The report on an upload and its normalised form, which is empty when it is unreadable."""
    if not survives(source, limits=limits, command=command, wall_seconds=wall_seconds):
        return exhausting_report(file), b""
    return check_import(source, context, file=file, limits=limits)


def survives(
    source: bytes,
    *,
    limits: Limits = DEFAULT_LIMITS,
    command: Sequence[str] = CHILD,
    wall_seconds: float = WALL_SECONDS,
) -> bool:
    """Whether a child with limits could read an upload; what is too large is refused unread."""
    if len(source) > limits.size:
        return True
    root = str(Path(engine.__file__).parents[1])
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command, the upload is only its input
            command,
            input=source,
            capture_output=True,
            timeout=wall_seconds,
            check=False,
            env={"PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        return done.returncode == 0 and "readable" in json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return False


def exhausting_report(file: str = "") -> Report:
    """The report on a file that exhausted the child."""
    error = Unreadable(
        "too-expensive",
        "读取该文件超出了时间或内存的限度，不予接受。",
        "Reading the file exceeded the limits of time or memory; it is not accepted.",
    )
    return unreadable_report(error, file)
