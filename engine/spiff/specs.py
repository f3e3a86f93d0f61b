"""Task specs: the part of SpiffWorkflow that we replace by subclass so that tokens move as BPMN says.

SpiffWorkflow keeps a tree of tasks; these specs decide when a task is ready and which
children it gets. Three rules differ from the library's own specs:

* children appear when a token leaves, never as predictions, so the tree holds what happened
  and what is open, nothing else;
* a join counts arrivals of its own round only (the library fires early in the second round of
  a loop, so that an approval is skipped silently);
* no spec touches variables: every question goes to the :class:`~engine.spiff.host.Host`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.specs.StartTask import StartTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Event, EventKind, Node
from engine.spiff.host import ServiceStopped

if TYPE_CHECKING:
    from engine.spiff.workflow import CaseWorkflow

OPEN = TaskState.NOT_FINISHED_MASK
MAX_INSTANCES = 200


def host_of(task: Task) -> Any:
    """The host of the case this task belongs to."""
    top: CaseWorkflow = task.workflow.top_workflow
    return top.host


def ancestors(task: Task) -> Iterator[Task]:
    """The tasks above this one within its (sub)workflow, nearest first."""
    above = task.parent
    while above is not None:
        yield above
        above = above.parent


class Spec(BpmnTaskSpec):  # type: ignore[misc]
    """A spec whose children are made on completion; ``node`` is None for internal specs."""

    def __init__(self, wf_spec: Any, name: str, node: Node | None = None) -> None:
        super().__init__(wf_spec, name, inputs=[], outputs=[], data={})
        self.node = node
        self.loop: MultiInstance | None = None

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

    def targets(self, my_task: Task) -> list[Any]:
        """The specs that get a token when this task completes."""
        return list(self.outputs)

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
                event.cancel()


class Begin(Spec, StartTask):  # type: ignore[misc]
    """The root of a process: one token to the start event that was triggered."""

    def __init__(self, wf_spec: Any) -> None:
        Spec.__init__(self, wf_spec, "Start")

    def targets(self, my_task: Task) -> list[Any]:
        chosen = my_task.workflow.start_at
        if chosen is None:
            return list(self.outputs)
        return [spec for spec in self.outputs if spec.name == chosen]


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
        try:
            host_of(my_task).perform(my_task.workflow.top_workflow.token(my_task))
        except ServiceStopped as stopped:
            if stopped.error_code is not None:
                my_task.workflow.top_workflow.throw_code(
                    my_task, EventKind.ERROR, stopped.error_code
                )
            return None
        return True


class Choice(Spec):
    """An exclusive gateway that splits: the first true condition, else the default."""

    def __init__(self, wf_spec: Any, name: str, node: Node) -> None:
        super().__init__(wf_spec, name, node)
        self.choices: list[tuple[str, str, str]] = []  # (condition, flow id, spec name)
        self.default: tuple[str, str] | None = None  # (flow id, spec name)

    def matching(self, my_task: Task) -> list[tuple[str, str]]:
        """The flows to take, as (flow id, spec name)."""
        host, token = host_of(my_task), my_task.workflow.top_workflow.token(my_task)
        for condition, flow, target in self.choices:
            if not condition or host.condition(token, condition):
                return [(flow, target)]
        return [self.default] if self.default else host.no_exit(token)

    def _run_hook(self, my_task: Task) -> bool | None:
        taken = self.matching(my_task)
        my_task.internal_data["flows"] = [flow for flow, _ in taken]
        my_task.internal_data["to"] = [target for _, target in taken]
        return True

    def targets(self, my_task: Task) -> list[Any]:
        specs = self._wf_spec.task_specs
        return [specs[name] for name in my_task.internal_data.pop("to")]


class _Join(Spec, UnstructuredJoin):  # type: ignore[misc]
    """What parallel and inclusive gateways share: they wait for the tokens of one round."""

    def __init__(self, wf_spec: Any, name: str, node: Node | None) -> None:
        UnstructuredJoin.__init__(self, wf_spec, name, inputs=[], outputs=[], data={})
        self.node = node
        self.loop = None

    def _update_hook(self, my_task: Task) -> bool:
        return bool(UnstructuredJoin._update_hook(self, my_task))

    def _run_hook(self, my_task: Task) -> bool | None:
        return True

    def _previous_firing(self, task: Task) -> Task | None:
        return next((t for t in ancestors(task) if t.task_spec is self), None)

    def _round(self, my_task: Task) -> list[Task]:
        firing = self._previous_firing(my_task)
        return [
            t
            for t in my_task.workflow.tasks.values()
            if t.task_spec is self and self._previous_firing(t) is firing
        ]


class ParallelGateway(_Join):
    """Waits for one token on each incoming flow, gives one to each outgoing flow."""

    def _check_threshold_unstructured(self, my_task: Task) -> bool:
        need = list(self._inputs)
        for task in self._round(my_task):
            if task.parent.state == TaskState.COMPLETED and task.parent.task_spec.name in need:
                need.remove(task.parent.task_spec.name)
        return not need


class InclusiveGateway(Choice, _Join):
    """Waits for every token that can still arrive; gives one to each true condition."""

    def __init__(self, wf_spec: Any, name: str, node: Node) -> None:
        _Join.__init__(self, wf_spec, name, node)
        self.choices = []
        self.default = None

    def _update_hook(self, my_task: Task) -> bool:
        return _Join._update_hook(self, my_task)

    def matching(self, my_task: Task) -> list[tuple[str, str]]:
        host, token = host_of(my_task), my_task.workflow.top_workflow.token(my_task)
        taken = [
            (flow, target)
            for condition, flow, target in self.choices
            if not condition or host.condition(token, condition)
        ]
        return taken or ([self.default] if self.default else host.no_exit(token))

    def _check_threshold_unstructured(self, my_task: Task) -> bool:
        done = {
            t.parent.task_spec.name
            for t in self._round(my_task)
            if t.parent.state == TaskState.COMPLETED
        }
        missing = [name for name in self._inputs if name not in done]
        return not any(
            self._may_still_feed(task, my_task, missing, done)
            for task in my_task.workflow.tasks.values()
        )

    def _may_still_feed(
        self, task: Task, my_task: Task, missing: list[str], done: set[str]
    ) -> bool:
        """BPMN 2.0, 13.4.3: a token that can reach an empty input and no filled one."""
        if not task.has_state(OPEN) or task.task_spec is self:
            return False
        above = set(ancestors(task))
        firing = self._previous_firing(my_task)
        if my_task in above or (firing is not None and firing not in above):
            return False
        reached = self._reachable(task.task_spec)
        return any(m in reached for m in missing) and not any(d in reached for d in done)

    def _reachable(self, start: Any) -> set[str]:
        seen: set[str] = set()
        todo = [start]
        while todo:
            spec = todo.pop()
            if spec is not self and spec.name not in seen:
                seen.add(spec.name)
                todo.extend(spec.outputs)
        return seen


class Merge(_Join):
    """The end of a process level: waits until nothing else is open there."""

    def _check_threshold_unstructured(self, my_task: Task) -> bool:
        return not any(
            t.has_state(OPEN) and t.task_spec is not self for t in my_task.workflow.tasks.values()
        )


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
    """Stands before an activity with boundary events and arms them."""

    def _on_complete_hook(self, my_task: Task) -> None:
        for spec in self.outputs:
            armed = isinstance(spec, BoundaryEvent)
            my_task._add_child(spec, TaskState.WAITING if armed else TaskState.FUTURE)


class EventGateway(Spec):
    """Arms all its catch events; the first that fires cancels the others."""


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
    if event.kind is EventKind.ERROR:
        top.throw_code(my_task, event.kind, event.ref)
        return None
    if event.kind is EventKind.ESCALATION:
        top.throw_code(my_task, event.kind, event.ref)
    elif event.kind is EventKind.SIGNAL:
        top.throw_signal(my_task, event.ref)
    elif event.kind is EventKind.MESSAGE:
        host_of(my_task).perform(top.token(my_task))
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

    def _on_cancel(self, my_task: Task) -> None:
        my_task.workflow.top_workflow.cancel_body(my_task)


class MultiInstance(Spec):
    """One instance of ``each`` per item of a collection, at once or one after another."""

    def __init__(self, wf_spec: Any, name: str, node: Node, each: Spec) -> None:
        super().__init__(wf_spec, name, node)
        self.each = each
        each.loop = self

    def _update_hook(self, my_task: Task) -> bool:
        assert self.node is not None
        assert self.node.loop is not None
        top = my_task.workflow.top_workflow
        items = host_of(my_task).open_loop(top.token(my_task), MAX_INSTANCES)
        my_task.internal_data.update(total=len(items), done=0, next=0)
        if not items:
            host_of(my_task).close_loop(top.token(my_task))
            return True
        my_task._set_state(TaskState.STARTED)
        count = 1 if self.node.loop.sequential else len(items)
        for child in [self._add_instance(my_task) for _ in range(count)]:
            child.task_spec._update(child)
        return False

    def _add_instance(self, my_task: Task) -> Task:
        child = my_task._add_child(self.each, TaskState.WAITING)
        child.internal_data["index"] = my_task.internal_data["next"]
        my_task.internal_data["next"] += 1
        top = my_task.workflow.top_workflow
        host_of(my_task).open_instance(top.token(my_task), child.id, child.internal_data["index"])
        return child

    def instance_done(self, child: Task) -> None:
        """Count one finished instance; finish, or start the next one."""
        my_task, top = child.parent, child.workflow.top_workflow
        host, facts = host_of(child), my_task.internal_data
        facts["done"] += 1
        token = top.token(my_task)
        host.close_instance(token, child.id)
        active = facts["next"] - facts["done"]
        counts = (facts["total"], active, facts["done"])
        if facts["done"] == facts["total"] or host.loop_decided(token, counts):
            for other in my_task.children:
                if other.task_spec is self.each and other.has_state(OPEN):
                    other.cancel()
            host.close_loop(token)
            my_task._set_state(TaskState.READY)
        elif facts["next"] < facts["total"] and active == 0:
            following = self._add_instance(my_task)
            following.task_spec._update(following)

    def _on_cancel(self, my_task: Task) -> None:
        for child in my_task.children:
            child.cancel()

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        for key in ("total", "done", "next"):
            my_task.internal_data.pop(key, None)
