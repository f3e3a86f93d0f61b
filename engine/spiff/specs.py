"""Task specs: what we replace of SpiffWorkflow by subclass so that tokens move as BPMN says.

SpiffWorkflow keeps a tree of tasks; these specs decide when a task is ready and which
children it gets. Three rules differ from the library's own specs:

* children appear when a token leaves, never as predictions, so the tree holds what happened
  and what is open, nothing else;
* a cancelled task takes along what runs inside it (the library drops the instances of a
  multi-instance activity without telling them);
* no spec touches variables: every question goes to the :class:`~engine.spiff.host.Host`.

Gateways stand in :mod:`engine.spiff.gateways`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.specs.StartTask import StartTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Event, EventKind, Node
from engine.spiff.host import ServiceStopped
from engine.spiff.task import OPEN

if TYPE_CHECKING:
    from engine.spiff.loops import Looping
    from engine.spiff.workflow import CaseWorkflow


def host_of(task: Task) -> Any:
    """The host of the case this task belongs to."""
    top: CaseWorkflow = task.workflow.top_workflow
    return top.host


def cancel(task: Task) -> None:
    """Withdraw an open token and whatever runs inside its activity."""
    if task.has_state(OPEN):
        task._set_state(TaskState.CANCELLED)
        task.task_spec.on_cancel(task)


class Spec(BpmnTaskSpec):  # type: ignore[misc]
    """A spec whose children are made on completion; ``node`` is None for internal specs."""

    def __init__(self, wf_spec: Any, name: str, node: Node | None = None) -> None:
        super().__init__(wf_spec, name, inputs=[], outputs=[], data={})
        self.node = node
        self.loop: Looping | None = None
        self.choices: list[tuple[str, str, str]] = []  # (condition, flow id, spec name)
        self.default: tuple[str, str] | None = None  # (flow id, spec name)

    def test(self) -> None:
        """Nothing to test: the gate has read the diagram before it was built."""

    def _predict(self, my_task: Task, *_: Any, **__: Any) -> None:
        """No predictions: see the module's first rule."""

    def _update(self, my_task: Task) -> None:
        if self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, my_task: Task) -> bool:
        return True

    def _run_hook(self, my_task: Task) -> bool | None:
        return True

    def decide(self, my_task: Task) -> None:
        """Choose the flows to leave by, where conditions stand on them."""
        if self.choices:
            taken = self.matching(my_task)
            my_task.internal_data["flows"] = [flow for flow, _ in taken]
            my_task.internal_data["to"] = [target for _, target in taken]

    def matching(self, my_task: Task) -> list[tuple[str, str]]:
        """The flows to take, as (flow id, spec name): all that are true, else the default."""
        host, token = host_of(my_task), my_task.workflow.top_workflow.token(my_task)
        taken = [
            (flow, target)
            for condition, flow, target in self.choices
            if not condition or host.condition(token, condition)
        ]
        return taken or ([self.default] if self.default else host.no_exit(token))

    def targets(self, my_task: Task) -> list[Any]:
        """The specs that get a token when this task completes."""
        if not self.choices:
            return list(self.outputs)
        specs = self._wf_spec.task_specs
        return [specs[name] for name in my_task.internal_data.pop("to")]

    def _on_complete_hook(self, my_task: Task) -> None:
        for target in self.targets(my_task):
            my_task._add_child(target, TaskState.FUTURE)
        self._disarm(my_task)
        if self.loop is not None:
            self.loop.instance_done(my_task)

    def _disarm(self, my_task: Task) -> None:
        """Cancel the armed boundary events of an activity that has completed."""
        split = my_task.parent
        if split is None or not isinstance(split.task_spec, BoundarySplit):
            return
        if isinstance(self, BoundaryEvent):
            return
        for event in split.children:
            if event.state == TaskState.WAITING:
                cancel(event)

    @property
    def is_instance(self) -> bool:
        """Whether its tokens are instances with variables of their own."""
        return self.loop is not None and self.loop.is_multiple

    def on_cancel(self, my_task: Task) -> None:
        """Undo what the open task holds; it is cancelled already."""
        if self.is_instance:
            host_of(my_task).drop_scopes([my_task.id])


class Begin(Spec, StartTask):  # type: ignore[misc]
    """The root of a process: one token to the start event that was triggered, or to the none start.

    The body of an event sub-process has one start event, which has happened already.
    """

    def __init__(self, wf_spec: Any) -> None:
        Spec.__init__(self, wf_spec, "Start")

    def targets(self, my_task: Task) -> list[Any]:
        chosen = my_task.workflow.start_at
        if chosen is not None:
            return [spec for spec in self.outputs if spec.name == chosen]
        plain = [spec for spec in self.outputs if spec.node.event.kind is EventKind.NONE]
        return plain or list(self.outputs)


class Finish(Spec):
    """The task whose completion ends a process level; the library knows it by its name."""

    def __init__(self, wf_spec: Any) -> None:
        super().__init__(wf_spec, "End")


class Step(Spec):
    """A node without behaviour of its own: plain and manual tasks, none events."""


class HumanTask(Spec):
    """A user task: ready until a person completes it."""

    def __init__(self, wf_spec: Any, name: str, node: Node) -> None:
        super().__init__(wf_spec, name, node)
        self.manual = True


class ServiceTask(Spec):
    """A service, send or script task; a failure leaves the token here, started."""

    def _run_hook(self, my_task: Task) -> bool | None:
        return perform(my_task)


def perform(my_task: Task) -> bool | None:
    """Let the host do what the node says; None when the token has to stay."""
    top = my_task.workflow.top_workflow
    try:
        host_of(my_task).perform(top.token(my_task))
    except ServiceStopped as stopped:
        if stopped.error_code is not None:
            top.throw_code(my_task, EventKind.ERROR, stopped.error_code)
        return None
    return True


class CatchEvent(Spec):
    """Waits until the runtime fires it: timer, message, signal, receive task."""

    def __init__(self, wf_spec: Any, name: str, node: Node) -> None:
        super().__init__(wf_spec, name, node)
        self.event: Event = node.event

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.internal_data.pop("fired", False):
            return True
        my_task._set_state(TaskState.WAITING)
        return False


class BoundaryEvent(CatchEvent):
    """An event on the edge of an activity; made waiting by its :class:`BoundarySplit`."""

    def __init__(self, wf_spec: Any, name: str, node: Node) -> None:
        super().__init__(wf_spec, name, node)
        self.interrupting = node.interrupting


class BoundarySplit(Spec):
    """Stands before an activity with boundary events and arms them.

    It does so as soon as the token arrives: nothing that runs beside comes in between.
    """

    def _update_hook(self, my_task: Task) -> bool:
        my_task._set_state(TaskState.COMPLETED)
        self._on_complete_hook(my_task)
        for child in my_task.children:
            if child.state == TaskState.FUTURE:
                child.task_spec._update(child)
        return False

    def _on_complete_hook(self, my_task: Task) -> None:
        for spec in self.outputs:
            armed = isinstance(spec, BoundaryEvent)
            my_task._add_child(spec, TaskState.WAITING if armed else TaskState.FUTURE)


class EndEvent(Spec):
    """An end event; terminate cancels what is open on its level, error and escalation go up."""

    def _run_hook(self, my_task: Task) -> bool | None:
        return throw_event(self, my_task)

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        if self.node is not None and self.node.event.kind is EventKind.TERMINATE:
            my_task.workflow.terminate(my_task)


class ThrowEvent(Spec):
    """An intermediate throw event."""

    def _run_hook(self, my_task: Task) -> bool | None:
        return throw_event(self, my_task)


def throw_event(spec: Spec, my_task: Task) -> bool | None:
    """Throw what the node says; an error leaves the token started until its scope is cancelled."""
    assert spec.node is not None
    event, top = spec.node.event, my_task.workflow.top_workflow
    if event.kind in {EventKind.ERROR, EventKind.CANCEL}:
        top.throw_code(my_task, event.kind, event.ref)
        return None
    if event.kind is EventKind.ESCALATION:
        top.throw_code(my_task, event.kind, event.ref)
    elif event.kind is EventKind.SIGNAL:
        top.throw_signal(my_task, event.ref)
    elif event.kind is EventKind.MESSAGE:
        return perform(my_task)
    return True


class BodyTask(Spec):
    """An embedded sub-process or call activity: runs a process level of its own."""

    def __init__(self, wf_spec: Any, name: str, node: Node, body: str) -> None:
        super().__init__(wf_spec, name, node)
        self.body = body

    def _update_hook(self, my_task: Task) -> bool:
        top = my_task.workflow.top_workflow
        if my_task.id in top.subprocesses:
            return False
        my_task._set_state(TaskState.STARTED)
        top.open_body(my_task, self.body)
        return False

    def on_cancel(self, my_task: Task) -> None:
        my_task.workflow.top_workflow.cancel_body(my_task)
