"""The state of a case's tokens as about a kilobyte of bytes.

Layout 1: one version byte, then a JSON array ``[names, levels]``. ``names`` are the spec names
used; a level is ``[parent task id or null, level name, start_at, completed, rows]``; a row is
``[id, parent row or -1, name index, state, internal]``. Specs, variables and times are not here:
specs come from the pinned bundle, variables and history are rows of ours. A new layout gets a new
version and its reader joins the old ones in ``_READERS``: a case that sleeps for years still wakes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import orjson
from SpiffWorkflow.exceptions import WorkflowException

from engine.errors import LuchengError
from engine.spiff.host import Host
from engine.spiff.task import CaseTask, prune
from engine.spiff.workflow import BodyWorkflow, CaseWorkflow

VERSION = 1
MAX_STATE = 1_000_000


class StateUnreadable(LuchengError):
    """The stored state is not of a version this release reads."""

    code = "state_unreadable"


def dump(case: CaseWorkflow) -> bytes:
    """Write the tokens of a case, without what no open token asks for any more."""
    for level in case.levels():
        prune(level)
    names: dict[str, int] = {}
    levels = [_level(case, None, names)]
    levels += [_level(body, parent, names) for parent, body in case.subprocesses.items()]
    blob = bytes([VERSION]) + orjson.dumps([list(names), levels])
    if len(blob) > MAX_STATE:
        raise StateUnreadable(
            "办件的流转状态过大", "the token state of the case is too large", size=len(blob)
        )
    return blob


def load(blob: bytes, main: str, levels: Mapping[str, Any], host: Host) -> CaseWorkflow:
    """Read the tokens of a case onto the specs of its bundle."""
    reader = _READERS.get(blob[0]) if blob else None
    if reader is None:
        raise StateUnreadable(
            "办件的流转状态版本无法识别",
            "the token state of the case has an unknown version",
            version=blob[0] if blob else None,
        )
    try:
        case = CaseWorkflow(levels[main], levels, host)
        reader(case, levels, orjson.loads(blob[1:]))
    except (LookupError, TypeError, ValueError, WorkflowException) as error:
        raise StateUnreadable(
            "办件的流转状态已损坏", "the token state of the case is damaged"
        ) from error
    return case


def _read_1(case: CaseWorkflow, levels: Mapping[str, Any], stored: Any) -> None:
    names, rows = stored
    for parent, name, start_at, completed, tasks in rows:
        level: Any = case
        if parent is not None:
            level = BodyWorkflow(levels[name], UUID(parent), case)
            case.subprocesses[UUID(parent)] = level
        level.start_at, level.completed = start_at, completed
        _fill(level, names, tasks)


_READERS: Mapping[int, Callable[[CaseWorkflow, Mapping[str, Any], Any], None]] = {VERSION: _read_1}


def _level(level: Any, parent: UUID | None, names: dict[str, int]) -> list[Any]:
    tasks = list(level.tasks.values())
    position = {task.id: i for i, task in enumerate(tasks)}
    rows = [
        [
            task.id.hex,
            position.get(task._parent, -1),
            names.setdefault(task.task_spec.name, len(names)),
            task.state,
            task.internal_data or 0,
        ]
        for task in tasks
    ]
    owner = None if parent is None else parent.hex
    return [owner, level.spec.name, level.start_at, level.completed, rows]


def _fill(level: Any, names: list[str], rows: list[Any]) -> None:
    if not rows and not level.completed:
        raise ValueError("a running level without a token")
    specs = level.spec.task_specs
    made: list[CaseTask] = []
    for task_id, parent, name, state, internal in rows:
        above = made[parent] if parent >= 0 else None
        task = CaseTask(level, specs[names[name]], above, state, UUID(task_id))
        task.internal_data = internal or {}
        made.append(task)
