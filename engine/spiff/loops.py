"""Activities that run several times: multi-instance and standard loops.

The loop is a task that stays started; below it stand its instances, tasks of the spec ``each``.
Boundary events belong to the loop as a whole. How often it runs is asked of the host.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Node
from engine.spiff.specs import Spec, cancel, host_of

MAX_INSTANCES = 200


class Looping(Spec):
    """Runs ``each`` several times before its token goes on."""

    is_multiple = False
    """Whether every run is an instance with variables of its own."""

    def __init__(self, wf_spec: Any, name: str, node: Node, each: Spec) -> None:
        super().__init__(wf_spec, name, node)
        self.each = each
        each.loop = self

    def instance_done(self, child: Task) -> None:
        """Finish, or go on with the next run."""
        raise NotImplementedError

    def on_cancel(self, my_task: Task) -> None:
        self._cancel_instances(my_task)

    def _cancel_instances(self, my_task: Task) -> None:
        for child in my_task.children:
            if child.task_spec is self.each:
                cancel(child)


class MultiInstance(Looping):
    """One instance of ``each`` per item of a collection, at once or one after another."""

    is_multiple = True

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
        self._count(my_task, child.id)
        host.drop_scopes([child.id])

    def instance_dropped(self, my_task: Task) -> None:
        """Count without an instance that was withdrawn before anybody acted on it."""
        facts = my_task.internal_data
        facts["dropped"] = facts.get("dropped", 0) + 1
        self._count(my_task, None)

    def _count(self, my_task: Task, ended: UUID | None) -> None:
        """Finish when all is done or decided; start the next instance where they follow."""
        host, facts = host_of(my_task), my_task.internal_data
        token = my_task.workflow.top_workflow.token(my_task)
        dropped = facts.get("dropped", 0)
        total, begun = facts["total"] - dropped, facts["next"] - dropped
        active = begun - facts["done"]
        counts = (total, active, facts["done"])
        if facts["done"] == total or host.loop_decided(token, counts, ended):
            self._cancel_instances(my_task)
            host.close_loop(token)
            my_task._set_state(TaskState.READY)
        elif begun < total and active == 0:
            following = self._add_instance(my_task)
            following.task_spec._update(following)

    def on_cancel(self, my_task: Task) -> None:
        super().on_cancel(my_task)
        host_of(my_task).drop_scopes([my_task.id])

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        for key in ("total", "done", "next", "dropped"):
            my_task.internal_data.pop(key, None)


class StandardLoop(Looping):
    """Runs ``each`` again as long as its condition holds, at most so often as it says.

    A run has no variables of its own: what it gives is there for the condition and for the next.
    """

    def _update_hook(self, my_task: Task) -> bool:
        assert self.node is not None
        assert self.node.repeat is not None
        my_task.internal_data["done"] = 0
        if self.node.repeat.test_before and not self._goes_on(my_task):
            return True
        my_task._set_state(TaskState.STARTED)
        self._begin(my_task)
        return False

    def instance_done(self, child: Task) -> None:
        my_task = child.parent
        my_task.internal_data["done"] += 1
        if self._goes_on(my_task):
            self._begin(my_task)
        else:
            my_task._set_state(TaskState.READY)

    def _begin(self, my_task: Task) -> None:
        run = my_task._add_child(self.each, TaskState.WAITING)
        run.task_spec._update(run)

    def _goes_on(self, my_task: Task) -> bool:
        assert self.node is not None
        assert self.node.repeat is not None
        repeat, done = self.node.repeat, my_task.internal_data["done"]
        if repeat.maximum and done >= int(repeat.maximum):
            return False
        top = my_task.workflow.top_workflow
        return bool(host_of(my_task).loop_goes_on(top.token(my_task), done))

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        my_task.internal_data.pop("done", None)
