"""Gateways: where tokens choose, split and meet, counted exactly as BPMN 2.0 counts them.

A token that arrives at a join is a waiting task there until the join takes it. A join looks at
the tokens that wait now, one flow by one flow, and takes one from each flow that it needs. The
library counts the tasks of earlier rounds instead and so fires early in the second round of a
loop: an approval is skipped silently. Nothing here reads the past of a case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Node
from engine.spiff.event_sub import disarm, is_idle
from engine.spiff.specs import BoundarySplit, Spec, host_of


class Choice(Spec):
    """An exclusive gateway that splits: the first true condition, else the default."""

    def matching(self, my_task: Task) -> list[tuple[str, str]]:
        host, token = host_of(my_task), my_task.workflow.top_workflow.token(my_task)
        for condition, flow, target in self.choices:
            if not condition or host.condition(token, condition):
                return [(flow, target)]
        return [self.default] if self.default else host.no_exit(token)


class Join(Spec):
    """Where tokens wait for each other; which of them are taken together is the subclass's rule."""

    def _update_hook(self, my_task: Task) -> bool:
        my_task._set_state(TaskState.WAITING)
        self.settle(my_task.workflow)
        return False  # settling has made ready what may go on

    def settle(self, level: Any) -> None:
        """Fire as often as the waiting tokens allow."""
        here = [t for t in level.open.values() if t.task_spec is self]
        if any(t.state == TaskState.FUTURE for t in here):
            return  # another token of the same split arrives in a moment
        waiting = [t for t in here if t.state == TaskState.WAITING]
        while waiting and (taken := self._taken(level, waiting)):
            for task in taken[:-1]:
                task._set_state(TaskState.CANCELLED)
            taken[-1]._ready()
            waiting = [t for t in waiting if t.state == TaskState.WAITING]

    def _taken(self, level: Any, waiting: Sequence[Task]) -> list[Task]:
        """The tokens the join takes now, none while it has to wait."""
        raise NotImplementedError

    def _one_per_flow(self, waiting: Sequence[Task]) -> list[Task]:
        free: Counter[str] = Counter(self._inputs)
        chosen = []
        for task in waiting:
            source = task.parent.task_spec.name
            if free[source]:
                free[source] -= 1
                chosen.append(task)
        return chosen


class ParallelGateway(Join):
    """Waits for one token on each incoming flow, gives one to each outgoing flow."""

    def _taken(self, level: Any, waiting: Sequence[Task]) -> list[Task]:
        chosen = self._one_per_flow(waiting)
        return chosen if len(chosen) == len(self._inputs) else []


class InclusiveGateway(Join):
    """Waits for every token that can still arrive; gives one to each true condition."""

    def __init__(self, wf_spec: Any, name: str, node: Node) -> None:
        super().__init__(wf_spec, name, node)
        self._reach: dict[str, frozenset[str]] = {}

    def _taken(self, level: Any, waiting: Sequence[Task]) -> list[Task]:
        filled = {t.parent.task_spec.name for t in waiting}
        empty = set(self._inputs) - filled
        awaited = empty and any(self._may_feed(task, empty, filled) for task in level.open.values())
        return [] if awaited else self._one_per_flow(waiting)

    def _may_feed(self, task: Task, empty: set[str], filled: set[str]) -> bool:
        """BPMN 2.0, 13.4.3: the token can reach an empty flow of the gateway and no filled one."""
        ahead = map(self._reachable, self._standing(task))
        return any(
            not empty.isdisjoint(reached) and filled.isdisjoint(reached) for reached in ahead
        )

    def _standing(self, task: Task) -> list[Any]:
        """Where the token stands, or those that it is about to become stand in a moment."""
        if task.task_spec is not self:
            found = [task.task_spec]
        else:
            # What has just been taken goes on from here; what waits stays until it is taken.
            found = [] if task.state == TaskState.WAITING else list(self.outputs)
        # An activity and the events at its border wait side by side once it has begun.
        return [
            spec
            for place in found
            for spec in (place.outputs if isinstance(place, BoundarySplit) else [place])
        ]

    def _reachable(self, start: Any) -> frozenset[str]:
        """The specs that a token at ``start`` can come to without passing this gateway."""
        if start.name not in self._reach:
            seen: set[str] = set()
            todo = [start]
            while todo:
                spec = todo.pop()
                if spec is not self and spec.name not in seen:
                    seen.add(spec.name)
                    todo.extend(spec.outputs)
            self._reach[start.name] = frozenset(seen)
        return self._reach[start.name]


class Merge(Join):
    """The end of a process level: waits until nothing else is open there."""

    def _taken(self, level: Any, waiting: Sequence[Task]) -> list[Task]:
        if not is_idle(level, self):
            return []
        disarm(level)
        return list(waiting)


class EventGateway(Spec):
    """Arms all its catch events; the first that fires cancels the others."""
