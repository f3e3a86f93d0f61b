"""Return by jump: which tokens a return withdraws, and where the new token stands.

A return from one step to an earlier one must withdraw every token that came of the earlier step,
and no other: a colleague's work in a parallel branch does not depend on it. Nothing is read from
the past of the case; the drawing decides. The *region* of a target is what its token can come to:
a join that also waits for a flow from elsewhere ends the region, because beyond it the branch is
no longer alone. SpiffWorkflow's own ``reset`` leaves the step behind a fired join open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import Invalid
from engine.spiff.gateways import Join
from engine.spiff.loops import MultiInstance
from engine.spiff.specs import BoundarySplit, cancel, host_of
from engine.spiff.task import CaseTask


class ReturnRefused(Invalid):
    """There is no way back from this step to that one."""

    code = "return_refused"


@dataclass(frozen=True)
class Jump:
    """What a return has done: ``nodes`` are those whose work is done anew, inner ones included.

    ``may_resume``: nothing but the returner was withdrawn, so his token may be put back later.
    """

    nodes: frozenset[str]
    may_resume: bool


def jump(source: Task, target: str) -> Jump:
    """Withdraw what depends on the step ``target`` and let its token stand there again.

    ``source`` is an open task; the target is looked for on its level and on those around it.
    ReturnRefused when the target is on none of them, or in a branch that ``source`` has left.
    """
    place = source
    while True:
        level = place.workflow
        entry = _entry(level.spec, target)
        if entry is not None:
            break
        if level.parent_task_id is None:
            raise _refused(source, target)
        place = level.top_workflow.get_task_from_id(level.parent_task_id)
    inside = region(level.spec, entry)
    activity = place.parent if place.task_spec.loop is not None else place
    if not _depends(activity, inside):
        raise _refused(source, target)
    withdrawn = [task for task in level.open_tasks() if _depends(task, inside)]
    others = [t for t in withdrawn if t is not source and not _is_edge_of(source, t)]
    for task in withdrawn:
        cancel(task)
    _enter(level, entry)
    is_plain = place is source and source.task_spec.loop is None
    may_resume = is_plain and not others and not isinstance(level.spec.task_specs[target], _LOOPS)
    return Jump(frozenset(_nodes(level, inside)), may_resume)


_LOOPS = (MultiInstance,)


def put_back(task: Task, target: str) -> None:
    """Let the token of a step that is done stand at ``target``, from where it was returned."""
    level = task.workflow
    entry = _entry(level.spec, target)
    if entry is None:
        raise _refused(task, target)
    beside = task.parent.children if _is_split(task.parent) else ()
    for other in (*beside, task):
        cancel(other)
    _enter(level, entry)


def drop_instance(task: Task) -> None:
    """Withdraw one instance of several that nobody has acted on, and count anew."""
    spec = task.task_spec.loop
    if not isinstance(spec, MultiInstance):
        raise Invalid("该环节不是会签环节", "the step does not run several times")
    host_of(task).leave_instance(task.workflow.top_workflow.token(task.parent), task.id)
    cancel(task)
    spec.instance_dropped(task.parent)


def _enter(level: Any, entry: Any) -> None:
    token = CaseTask(level, entry)
    entry._update(token)
    level.update_waiting_tasks()


def _is_split(task: Task | None) -> bool:
    return task is not None and isinstance(task.task_spec, BoundarySplit)


def _is_edge_of(source: Task, task: Task) -> bool:
    """Whether a token waits at an event on the border of the step that is returned from."""
    is_beside = task.parent is not None and task.parent is source.parent
    return is_beside and _is_split(source.parent) and task.state == TaskState.WAITING


def _nodes(level: Any, names: Iterable[str]) -> Iterable[str]:
    """The ids of the nodes of some specs, and of all that runs inside them."""
    specs = level.spec.task_specs
    for name in names:
        spec = specs[name]
        if spec.node is None:
            continue
        yield spec.node.id
        body = getattr(spec, "body", None)
        if body is not None:
            yield from level.top_workflow.nodes_in(body)


def region(spec: Any, entry: Any) -> frozenset[str]:
    """The names of the specs that depend on ``entry``, itself included."""
    inside: set[str] = set()
    todo = [entry]
    while todo:
        here = todo.pop()
        if here.name in inside or (here is not entry and not _opens(here, inside)):
            continue
        inside.add(here.name)
        todo += here.outputs
        loop = getattr(here, "each", None)
        todo += [loop] if loop is not None else []
    return frozenset(inside)


def _opens(spec: Any, inside: set[str]) -> bool:
    """A join belongs to the region once every flow into it comes from there."""
    return not isinstance(spec, Join) or inside.issuperset(spec._inputs)


def _depends(task: Task, inside: frozenset[str]) -> bool:
    spec = task.task_spec
    if spec.name in inside:
        return True
    # a token that waits at a join belongs to the branch it came by
    return isinstance(spec, Join) and task.parent.task_spec.name in inside


def _entry(spec: Any, target: str) -> Any:
    """The spec that a token comes to first when it enters the node ``target``."""
    found = spec.task_specs.get(target)
    if found is None or found.node is None:
        return None
    above = [s for s in found.inputs if isinstance(s, BoundarySplit)]
    return above[0] if above else found


def _refused(source: Task, target: str) -> ReturnRefused:
    node = source.task_spec.node
    return ReturnRefused(
        "不能退回到该环节：该环节不在本环节之前，或处于已汇合的并行分支内",
        "there is no way back: the step is not before this one, or stands in a branch that was "
        "joined",
        source=node.id if node is not None else "",
        target=target,
    )
