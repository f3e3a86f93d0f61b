"""The two workflow classes of a case: the case itself and the process levels inside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import EventKind, Kind, TimerKind
from engine.spiff.event_sub import ArmedStart, arm, begin_sub, catching_start
from engine.spiff.gateways import EventGateway, Join
from engine.spiff.host import BudgetExceeded, Host, ScopeRef, Token
from engine.spiff.loops import MultiInstance
from engine.spiff.script import NoScripts
from engine.spiff.specs import (
    BodyTask,
    BoundaryEvent,
    BoundarySplit,
    CatchEvent,
    Spec,
    cancel,
)
from engine.spiff.task import CaseTask

_NOBODY = NoScripts()
MOST_LEVELS = 64
"""More than the gate lets through: eight calls, each of five levels of sub-processes."""


class _Level:
    """What the case and a body share: a table of open tasks instead of tree walks."""

    spec: Any
    tasks: dict[UUID, Task]
    open: dict[UUID, Task]
    completed: bool
    start_at: str | None = None

    def begin(self) -> None:
        """One token at the start of the level, and its event sub-processes armed."""
        CaseTask(self, self.spec.start)._ready()
        arm(self)

    def open_tasks(self) -> list[Task]:
        """The unfinished tasks of this level, in order of creation."""
        return list(self.open.values())

    def update_waiting_tasks(self) -> None:
        """Ask the waiting joins again; events wait for the runtime, not for this."""
        waiting = [t.task_spec for t in self.open.values() if t._state == TaskState.WAITING]
        for join in dict.fromkeys(spec for spec in waiting if isinstance(spec, Join)):
            join.settle(self)

    def is_completed(self) -> bool:
        return self.completed

    def cancel(self, *_: Any, **__: Any) -> list[Task]:
        """Cancel what is open on this level; bodies below follow through their tasks."""
        self.completed = True
        cancelled = self.open_tasks()
        for task in cancelled:
            cancel(task)
        return cancelled

    def terminate(self, by: Task) -> None:
        """A terminate end event: nothing stays open here, and the level is complete."""
        for task in self.open_tasks():
            if task is not by:
                cancel(task)
        self.completed = True

    def _task_completed_notify(self, task: Task) -> None:
        if task.task_spec.name == "End":
            self.completed = True
        if not self.completed:
            self.update_waiting_tasks()


class BodyWorkflow(_Level, BpmnSubWorkflow):  # type: ignore[misc]
    """The running level of an embedded sub-process or a called process."""

    def __init__(self, spec: Any, owner: UUID, case: CaseWorkflow) -> None:
        self.open = {}
        super().__init__(spec, parent_task_id=owner, top_workflow=case, deserializing=True)


class CaseWorkflow(_Level, BpmnWorkflow):  # type: ignore[misc]
    """The running top level of a case; finds bodies, tokens and catchers."""

    def __init__(self, spec: Any, bodies: Mapping[str, Any], host: Host) -> None:
        self.host = host
        self.open = {}
        self._bodies = bodies
        super().__init__(spec, subprocess_specs=bodies, script_engine=_NOBODY, deserializing=True)

    @property
    def script_engine(self) -> NoScripts:
        return _NOBODY

    @script_engine.setter
    def script_engine(self, _: Any) -> None:
        """The library may not install an engine that runs Python."""

    def levels(self) -> list[_Level]:
        """The case level and every running body."""
        running = [b for b in self.subprocesses.values() if not b.completed]
        return [*reversed(running), self]

    def task(self, token_id: UUID) -> Task | None:
        """The open task with this id on any level."""
        for level in self.levels():
            found = level.open.get(token_id)
            if found is not None:
                return found
        return None

    def token(self, task: Task) -> Token:
        """Describe a task to the host."""
        described: Token | None = task.described
        if described is None:
            spec: Spec = task.task_spec
            assert spec.node is not None
            described = task.described = Token(
                id=task.id,
                node=spec.node,
                process=task.workflow.spec.name,
                scopes=tuple(self._scopes(task)),
                instance=spec.is_instance,
            )
        return described

    def _scopes(self, task: Task) -> Iterator[ScopeRef]:
        current: Task | None = task
        while current is not None:
            yield from _own_scopes(current)
            above = current.workflow.parent_task_id
            if above is None:
                return
            current = self.get_task_from_id(above)
            assert current is not None

    def nodes_in(self, name: str) -> Iterator[str]:
        """The ids of all nodes that run inside a body, at any depth."""
        todo, seen = [name], set[str]()
        while todo:
            here = todo.pop()
            if here in seen:
                continue
            seen.add(here)
            for spec in self._bodies[here].task_specs.values():
                if spec.node is not None:
                    yield spec.node.id
                inner = getattr(spec, "body", None)
                todo += [inner] if inner is not None else []

    def around(self, task: Task) -> Iterator[Task]:
        """The activities a task runs inside, innermost first."""
        above = task.workflow.parent_task_id
        while above is not None:
            outer = self.get_task_from_id(above)
            assert outer is not None
            yield outer
            above = outer.workflow.parent_task_id

    def open_body(self, task: Task, name: str) -> None:
        """Start the level below a sub-process or call activity."""
        if sum(1 for _ in self.around(task)) >= MOST_LEVELS:
            raise BudgetExceeded(
                f"流程嵌套或调用超过 {MOST_LEVELS} 层，请检查是否循环调用",
                f"levels are nested more than {MOST_LEVELS} deep; look for calls in a circle",
                code="levels_too_deep",
                element=task.task_spec.node.id,
            )
        self.host.open_body(self.token(task))
        level = BodyWorkflow(self._bodies[name], task.id, self)
        self.subprocesses[task.id] = level
        level.begin()

    def cancel_body(self, task: Task) -> None:
        """Cancel the level below a cancelled task and forget its scopes."""
        level = self.subprocesses.get(task.id)
        if level is not None:
            level.cancel()
            del self.subprocesses[task.id]
        self.host.drop_scopes([task.id])

    def finish_bodies(self) -> bool:
        """Complete the tasks whose level has ended; True when one did."""
        ended = [i for i, level in self.subprocesses.items() if level.completed]
        moved = False
        for task_id in ended:
            task = self.get_task_from_id(task_id)
            del self.subprocesses[task_id]
            if task is not None and task.state == TaskState.STARTED:
                self.host.close_body(self.token(task))
                task._set_state(TaskState.READY)
                moved = True
        return moved

    def fire(self, task: Task) -> Task:
        """Let a waiting event happen: cancels what it interrupts before anything else runs.

        Returns the token that goes on from it.
        """
        spec, parent = task.task_spec, task.parent
        if isinstance(spec, ArmedStart):
            return begin_sub(task)
        if isinstance(spec, BoundaryEvent):
            if spec.interrupting:
                _cancel_others(parent, task)
            elif spec.event.kind is EventKind.CONDITIONAL:
                task = parent._add_child(spec, TaskState.WAITING)  # the armed one knows its past
            elif spec.event.kind is not EventKind.TIMER:
                parent._add_child(spec, TaskState.WAITING)
            elif spec.event.timer is TimerKind.CYCLE and self.host.repeats(self.token(task)):
                task = parent._add_child(spec, TaskState.WAITING)  # the armed one keeps its id
        elif parent is not None and isinstance(parent.task_spec, EventGateway):
            _cancel_others(parent, task)
        task.internal_data["fired"] = True
        spec._update(task)
        return task

    def throw_code(self, source: Task, kind: EventKind, code: str) -> None:
        """Give an error or escalation to the nearest event around that catches it.

        The border of the activity comes first, then the event sub-processes beside it, then the
        border of what runs both, and so on outwards, through calls as well.
        """
        current: Task | None = source
        while current is not None:
            catcher = _catcher(current, kind, code) or catching_start(current, kind, code)
            if catcher is not None:
                self.fire(catcher)
                return
            above = current.workflow.parent_task_id
            current = self.get_task_from_id(above) if above is not None else None
        self.host.uncaught(self.token(source), kind.value, code)

    def throw_signal(self, source: Task, name: str) -> None:
        """Fire every event of this case that waits for the signal, then tell the host."""
        token = self.token(source)  # it may be interrupted by what it throws
        for level in self.levels():
            for task in level.open_tasks():
                if _waits_for_signal(task, name):
                    self.fire(task)
        self.host.signal(token, name)


def _own_scopes(task: Task) -> Iterator[ScopeRef]:
    spec: Spec = task.task_spec
    node = spec.node
    if isinstance(spec, BodyTask):
        assert node is not None
        called = node.kind is Kind.CALL_ACTIVITY
        keeps = bool(node.zeebe.outputs) or node.runs_beside
        yield ScopeRef(task.id, isolated=called, instance=spec.is_instance, keeps=keeps)
    elif spec.is_instance or isinstance(spec, MultiInstance):
        yield ScopeRef(task.id, instance=spec.is_instance)
    if spec.is_instance:
        yield ScopeRef(task.parent.id)


def _waits_for_signal(task: Task, name: str) -> bool:
    spec = task.task_spec
    if task.state != TaskState.WAITING or not isinstance(spec, CatchEvent):
        return False
    return spec.event.kind is EventKind.SIGNAL and spec.event.ref == name


def _cancel_others(parent: Task, chosen: Task) -> None:
    for sibling in parent.children:
        if sibling is not chosen:
            cancel(sibling)


def _catcher(task: Task, kind: EventKind, code: str) -> Task | None:
    """The armed boundary event of this activity (or of its loop) that catches the code."""
    activity = task.parent if task.task_spec.loop is not None else task
    split = activity.parent
    if split is None or not isinstance(split.task_spec, BoundarySplit):
        return None
    armed = [
        child
        for child in split.children
        if child.state == TaskState.WAITING
        and isinstance(child.task_spec, CatchEvent)
        and child.task_spec.event.kind is kind
    ]
    exact = [c for c in armed if c.task_spec.event.ref == code]
    return next(iter(exact or [c for c in armed if not c.task_spec.event.ref]), None)
