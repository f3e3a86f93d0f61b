"""Where the tokens of a case stand, as plain values: read from one drawing, placed on another.

Nothing is judged here. Who moves a case to another drawing reads its standing, says by its own
rules where each token stands on the other, and places it there; ids are kept, so that variables,
items, timers and waiting messages go on belonging to their tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from engine.ids import new_id
from engine.spiff.build import Program
from engine.spiff.event_sub import ArmedStart
from engine.spiff.gateways import EventGateway, Join, Merge
from engine.spiff.host import Host
from engine.spiff.specs import BoundaryEvent, BoundarySplit
from engine.spiff.task import CaseTask
from engine.spiff.workflow import BodyWorkflow, CaseWorkflow


@dataclass(frozen=True)
class Edge:
    """An event that waits beside others: on the border of an activity, or for a whole level."""

    id: UUID
    node: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stand:
    """A token at a node; an empty ``node`` is the end of its level.

    ``source`` is the node it came by, where that matters: before a join, behind an event-based
    gateway, at the end. ``above`` is the id of what stands over it there.
    """

    id: UUID
    node: str
    state: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    above: UUID | None = None
    edges: tuple[Edge, ...] = ()
    runs: tuple[Stand, ...] = ()
    inside: Level | None = None


@dataclass(frozen=True)
class Level:
    """A running level: its name, its tokens, and the event sub-processes armed with it.

    ``armed`` names them by their start events.
    """

    name: str
    stands: tuple[Stand, ...]
    armed: tuple[Edge, ...] = ()
    start_at: str | None = None


def read_standing(case: CaseWorkflow) -> Level:
    """The tokens of a case that rests."""
    return _read_level(case, case)


def _read_level(case: CaseWorkflow, level: Any) -> Level:
    stands, armed = [], []
    for task in level.open_tasks():
        if isinstance(task.task_spec, ArmedStart):
            armed.append(_edge(task))
        elif not isinstance(task.task_spec, BoundaryEvent) and task.task_spec.loop is None:
            stands.append(_read(case, task))
    return Level(level.spec.name, tuple(stands), tuple(armed), level.start_at)


def _read(case: CaseWorkflow, task: Any) -> Stand:
    spec, parent = task.task_spec, task.parent
    source, above = "", None
    edges: tuple[Edge, ...] = ()
    if parent is not None and isinstance(parent.task_spec, BoundarySplit):
        waiting = (t for t in parent.children if t is not task and t.id in task.workflow.open)
        edges, above = tuple(_edge(t) for t in waiting), parent.id
    elif parent is not None and (
        isinstance(spec, Join) or isinstance(parent.task_spec, EventGateway)
    ):
        node = parent.task_spec.node
        source, above = "" if node is None else node.id, parent.id
    runs = tuple(
        _read(case, t)
        for t in task.children
        if t.task_spec.loop is spec and t.id in t.workflow.open
    )
    inner = case.subprocesses.get(task.id)
    return Stand(
        id=task.id,
        node="" if spec.node is None else spec.node.id,
        state=int(task.state),
        facts=dict(task.internal_data or {}),
        source=source,
        above=above,
        edges=edges,
        runs=runs,
        inside=None if inner is None else _read_level(case, inner),
    )


def _edge(task: Any) -> Edge:
    return Edge(task.id, task.task_spec.node.id, dict(task.internal_data or {}))


def place_standing(program: Program, standing: Level, host: Host) -> CaseWorkflow:
    """A case whose tokens stand so; LookupError for a node the program does not have."""
    case = CaseWorkflow(program.main, program.levels, host)
    _place_level(case, case, standing, program)
    return case


def _place_level(case: CaseWorkflow, level: Any, standing: Level, program: Program) -> None:
    level.start_at = standing.start_at
    sources: dict[UUID, CaseTask] = {}
    for stand in standing.stands:
        _place(case, level, stand, sources, program)
    armed = {spec.node.id: spec for spec in level.spec.armed}
    for edge in standing.armed:
        _made(level, armed[edge.node], None, TaskState.WAITING, edge.id, edge.facts)


def _place(
    case: CaseWorkflow, level: Any, stand: Stand, sources: dict[UUID, CaseTask], program: Program
) -> None:
    specs = level.spec.task_specs
    spec = specs[stand.node] if stand.node else level.spec.end
    parent, split = None, specs.get(f"split:{stand.node}")
    if split is not None:
        parent = CaseTask(level, split, None, TaskState.COMPLETED, stand.above or new_id())
        for edge in stand.edges:
            _made(level, specs[edge.node], parent, TaskState.WAITING, edge.id, edge.facts)
    elif stand.above is not None:
        above = specs[stand.source] if stand.source else level.spec.start
        if stand.above not in sources:
            made = CaseTask(level, above, None, TaskState.COMPLETED, stand.above)
            sources[stand.above] = made
        parent = sources[stand.above]
    elif isinstance(spec, Merge):
        parent = CaseTask(level, level.spec.start, None, TaskState.COMPLETED, new_id())
    task = _made(level, spec, parent, stand.state, stand.id, stand.facts)
    _fill(case, task, stand, program)


def _fill(case: CaseWorkflow, task: CaseTask, stand: Stand, program: Program) -> None:
    """Put what runs inside an activity under its task."""
    for run in stand.runs:
        each = task.task_spec.each
        _fill(case, _made(task.workflow, each, task, run.state, run.id, run.facts), run, program)
    if stand.inside is not None:
        inner = BodyWorkflow(program.levels[stand.inside.name], stand.id, case)
        case.subprocesses[stand.id] = inner
        _place_level(case, inner, stand.inside, program)


def _made(
    level: Any, spec: Any, parent: Any, state: int, id_: UUID, facts: Mapping[str, Any]
) -> CaseTask:
    task = CaseTask(level, spec, parent, state, id_)
    task.internal_data = dict(facts)
    return task
