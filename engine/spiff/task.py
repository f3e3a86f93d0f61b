"""Our task: the library's, without its log lines, known to its level while it is open.

The library builds a dictionary for a log line at every change of state, logging or not, and
finds open tasks by walking a tree. Here a level keeps a table of its open tasks.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.spiff.host import Token

OPEN = TaskState.NOT_FINISHED_MASK


class CaseTask(Task):  # type: ignore[misc]
    """A token, or a place a token has left and whose neighbours are still open.

    ``described`` is what the host was told of it: where it stands and runs inside never changes.
    """

    described: Token | None = None

    def __init__(
        self,
        level: Any,
        spec: Any,
        parent: Task | None = None,
        state: int = TaskState.FUTURE,
        id: UUID | None = None,
    ) -> None:
        super().__init__(level, spec, parent, state, id)
        if state & OPEN:
            level.open[self.id] = self

    def _set_state(self, value: int) -> None:
        self._state = value
        if not value & OPEN:
            self.workflow.open.pop(self.id, None)

    def _add_child(self, task_spec: Any, state: int = TaskState.FUTURE) -> CaseTask:
        return CaseTask(self.workflow, task_spec, self, state)


def prune(level: Any) -> None:
    """Forget every task that neither is open nor stands directly above one that is.

    What is kept of the past is what open tasks ask of it: the flow a token came by to a join,
    and the activity a boundary event belongs to. So a case stays as small after a thousand
    rounds as after the first.
    """
    kept = dict.fromkeys(level.open)
    above = {task._parent for task in level.open.values()} - {None}
    level.tasks = {i: t for i, t in level.tasks.items() if i in kept or i in above}
    for task in level.tasks.values():
        if task._parent not in level.tasks:
            task._parent = None
        task._children = [child for child in task._children if child in level.tasks]
