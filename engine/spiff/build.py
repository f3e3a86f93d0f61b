"""From the model of a diagram to the specs SpiffWorkflow interprets.

The library's own parser is not used: it recurses along the flow, drops flows without id, may
hang on a data reference and evaluates Python. A :class:`Program` is immutable and shared by
all cases of a bundle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.bpmn.model import ACTIVITIES, GATEWAYS, Body, EventKind, Kind, Node, Process
from engine.spiff.event_sub import ArmedStart
from engine.spiff.gateways import (
    Choice,
    EventGateway,
    InclusiveGateway,
    Merge,
    ParallelGateway,
)
from engine.spiff.loops import MultiInstance, StandardLoop
from engine.spiff.specs import (
    Begin,
    BodyTask,
    BoundaryEvent,
    BoundarySplit,
    CatchEvent,
    EndEvent,
    Finish,
    HumanTask,
    ServiceTask,
    Spec,
    Step,
    ThrowEvent,
)

_PLAIN = {
    Kind.TASK: Step,
    Kind.MANUAL_TASK: Step,
    Kind.USER_TASK: HumanTask,
    Kind.SERVICE_TASK: ServiceTask,
    Kind.SEND_TASK: ServiceTask,
    Kind.SCRIPT_TASK: ServiceTask,
    Kind.BUSINESS_RULE_TASK: ServiceTask,
    Kind.RECEIVE_TASK: CatchEvent,
    Kind.EXCLUSIVE: Choice,
    Kind.PARALLEL: ParallelGateway,
    Kind.INCLUSIVE: InclusiveGateway,
    Kind.EVENT_BASED: EventGateway,
    Kind.START: Step,
    Kind.END: EndEvent,
    Kind.CATCH: CatchEvent,
    Kind.THROW: ThrowEvent,
    Kind.BOUNDARY: BoundaryEvent,
}


class LevelSpec(WorkflowSpec):  # type: ignore[misc]
    """The spec of one process level; the attributes are those the library's workflow reads."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.io_specification = None
        self.data_objects: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.armed: tuple[ArmedStart, ...] = ()
        self.start = Begin(self)
        self.end = Merge(self, ":merge", None)
        self.end.connect(Finish(self))


@dataclass(frozen=True)
class Program:
    """A process and all it calls, ready to run. Keys of ``levels`` are level names."""

    process: str
    levels: Mapping[str, Any]
    nodes: Mapping[str, Mapping[str, Node]]
    has_conditions: bool = False

    @property
    def main(self) -> Any:
        """The level a case starts on."""
        return self.levels[self.process]


def build_program(process: Process, called: Mapping[str, Process]) -> Program:
    """Build the specs of a process and of every process it reaches by call activities."""
    levels: dict[str, Any] = {}
    nodes: dict[str, Mapping[str, Node]] = {}
    todo: list[tuple[str, Body]] = [(process.id, process.body)]
    while todo:
        name, body = todo.pop()
        if name in levels:
            continue
        levels[name], below = _build_level(name, body)
        nodes[name] = body.nodes
        todo += below
        for node in body.nodes.values():
            if node.kind is Kind.CALL_ACTIVITY:
                target = called[node.zeebe.called_process]
                todo.append((target.id, target.body))
    every = (node for level in nodes.values() for node in level.values())
    has_conditions = any(node.event.kind is EventKind.CONDITIONAL for node in every)
    return Program(process.id, levels, nodes, has_conditions)


def _build_level(name: str, body: Body) -> tuple[LevelSpec, list[tuple[str, Body]]]:
    level = LevelSpec(name)
    below: list[tuple[str, Body]] = []
    entry: dict[str, Spec] = {}
    exit_: dict[str, Spec] = {}
    for node in body.nodes.values():
        spec = _node_spec(level, name, node)
        if node.body is not None:
            below.append((f"{name}/{node.id}", node.body))
        if node.by_event:
            level.armed += _armed(level, node, spec)
        entry[node.id] = exit_[node.id] = spec
        if node.kind in ACTIVITIES and body.boundaries(node.id):
            split = BoundarySplit(level, f"split:{node.id}")
            split.connect(spec)
            entry[node.id] = split
    _connect(level, body, entry, exit_)
    return level, below


def _armed(level: LevelSpec, node: Node, spec: Spec) -> tuple[ArmedStart, ...]:
    """What waits for the start of an event sub-process."""
    assert node.body is not None
    assert isinstance(spec, BodyTask)
    return tuple(ArmedStart(level, start, spec) for start in node.body.starts())


def _node_spec(level: LevelSpec, name: str, node: Node) -> Spec:
    is_looped = node.loop is not None or node.repeat is not None
    label = f"each:{node.id}" if is_looped else node.id
    if node.kind is Kind.CALL_ACTIVITY:
        spec: Spec = BodyTask(level, label, node, node.zeebe.called_process)
    elif node.body is not None:
        spec = BodyTask(level, label, node, f"{name}/{node.id}")
    elif (
        (node.kind is Kind.START and node.event.kind is not EventKind.NONE)
        or (node.kind is Kind.THROW and node.event.kind is EventKind.NONE)
        or node.event.kind is EventKind.LINK
    ):
        spec = Step(level, label, node)
    else:
        spec = _PLAIN[node.kind](level, label, node)
    if node.loop is not None:
        return MultiInstance(level, node.id, node, spec)
    if node.repeat is not None:
        return StandardLoop(level, node.id, node, spec)
    return spec


def _connect(
    level: LevelSpec, body: Body, entry: Mapping[str, Spec], exit_: Mapping[str, Spec]
) -> None:
    for node in body.nodes.values():
        spec = exit_[node.id]
        if node.kind is Kind.START:
            level.start.connect(entry[node.id])
        if node.kind is Kind.BOUNDARY:
            entry[node.attached_to].connect(spec)
        is_decided = decides(node, body)
        for flow_id in node.outgoing:
            flow = body.flows[flow_id]
            target = entry[flow.target]
            spec.connect(target)
            if is_decided and flow_id == node.default:
                spec.default = (flow_id, target.name)
            elif is_decided:
                spec.choices.append((flow.condition, flow_id, target.name))
        if not node.outgoing:
            spec.connect(level.end)


def decides(node: Node, body: Body) -> bool:
    """Whether data choose among the ways out: at a gateway that decides, or by conditions."""
    if node.kind in {Kind.EXCLUSIVE, Kind.INCLUSIVE}:
        return bool(node.outgoing)
    if node.kind in GATEWAYS:
        return False
    return bool(node.default) or any(body.flows[f].condition for f in node.outgoing)
