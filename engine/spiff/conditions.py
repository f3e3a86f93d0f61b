"""Conditional events: they happen when their condition becomes true, not while it stays so.

Only programs that hold one are asked at all. What a condition last was stands on the waiting task;
it is looked at again when a variable of the case has changed since, and when the task is new.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import EventKind
from engine.spiff.specs import CatchEvent

_MET = "met"


class Conditions:
    """The conditional events of one case during one command."""

    def __init__(self, case: Any) -> None:
        self._case = case
        self._revision = -1

    def fire_next(self) -> bool:
        """Let the first event happen whose condition has become true; False when none has."""
        revision = self._case.host.revision()
        for task in self._waiting():
            is_due = revision != self._revision or _MET not in task.internal_data
            if is_due and self._becomes_true(task):
                self._case.fire(task)
                return True
        self._revision = revision
        return False

    def _waiting(self) -> list[Task]:
        return [
            task
            for level in self._case.levels()
            for task in level.open_tasks()
            if isinstance(task.task_spec, CatchEvent)
            and task.task_spec.event.kind is EventKind.CONDITIONAL
            and task.state == TaskState.WAITING
        ]

    def _becomes_true(self, task: Task) -> bool:
        was_met = task.internal_data.get(_MET, False)
        token = self._case.token(task)
        is_met = self._case.host.event_holds(token, task.task_spec.event.expression)
        task.internal_data[_MET] = is_met
        return is_met and not was_met
