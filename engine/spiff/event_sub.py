"""Event sub-processes: armed with the level they stand in, begun by their start event.

An armed start is a waiting task of the level around the event sub-process, beside its tokens. It
holds nothing back: a level is over when nothing but armed starts is left. An interrupting start
withdraws all that is open on its level, other armed starts included, before its body begins; one
that does not interrupt stays armed (a timer that says one moment does not, and a cycle only until
its last round), as often as it happens.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import EventKind, Node, TimerKind
from engine.spiff.specs import BodyTask, CatchEvent, cancel
from engine.spiff.task import CaseTask


class ArmedStart(CatchEvent):
    """The start event of an event sub-process, as it waits on the level around it."""

    def __init__(self, wf_spec: Any, node: Node, sub: BodyTask) -> None:
        super().__init__(wf_spec, f"arm:{node.id}", node)
        self.interrupting = node.interrupting
        self.sub = sub

    @property
    def is_once(self) -> bool:
        """Whether it happens at most once."""
        is_moment = self.event.kind is EventKind.TIMER and self.event.timer is not TimerKind.CYCLE
        return self.interrupting or is_moment


def arm(level: Any) -> None:
    """Let the event sub-processes of a level that begins wait for what starts them."""
    for spec in level.spec.armed:
        CaseTask(level, spec, None, TaskState.WAITING)


def disarm(level: Any) -> None:
    """Nothing starts the event sub-processes of a level that is over."""
    for spec in level.spec.armed:
        for task in [t for t in level.open.values() if t.task_spec is spec]:
            cancel(task)


def is_idle(level: Any, join: Any) -> bool:
    """Whether nothing is open on a level but tokens at ``join`` and armed starts."""
    return all(
        t.task_spec is join or isinstance(t.task_spec, ArmedStart) for t in level.open.values()
    )


def begin_sub(armed: Task) -> Task:
    """Run the event sub-process of an armed start; the token that stands for it."""
    spec: ArmedStart = armed.task_spec
    level = armed.workflow
    if spec.interrupting:
        for task in level.open_tasks():
            cancel(task)
    elif spec.is_once or not _is_armed_again(armed):
        cancel(armed)
    running = CaseTask(level, spec.sub)
    spec.sub._update(running)
    return running


def _is_armed_again(armed: Task) -> bool:
    """Whether an armed start that does not interrupt waits on; a cycle may have had its last."""
    if armed.task_spec.event.kind is not EventKind.TIMER:
        return True
    top = armed.workflow.top_workflow
    return bool(top.host.repeats(top.token(armed)))


def catching_start(thrower: Task, kind: EventKind, code: str) -> Task | None:
    """The armed start on the level of a task that catches what it throws; exact codes first.

    What an event sub-process throws does not start the same one again.
    """
    level = thrower.workflow
    if not level.spec.armed:
        return None
    armed = [
        task
        for task in level.open.values()
        if isinstance(task.task_spec, ArmedStart)
        and task.task_spec.event.kind is kind
        and task.task_spec.sub is not thrower.task_spec
    ]
    exact = [task for task in armed if task.task_spec.event.ref == code]
    return next(iter(exact or [task for task in armed if not task.task_spec.event.ref]), None)
