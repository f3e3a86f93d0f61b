"""Checks of the control flow that need nothing but the drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.bpmn.findings import Findings
from engine.bpmn.model import GATEWAYS, Body, Event, EventKind, Kind, Node, Process
from engine.gate.event_subs import check_event_subs, check_starts
from engine.gate.graph import (
    Graph,
    automatic_cycle,
    passes_once_over,
    reached,
    reversed_graph,
    successors,
    waits,
)

MAX_NODES = 300
MAX_NESTING = 5
_DECIDING = frozenset({Kind.EXCLUSIVE, Kind.INCLUSIVE})
_ONE_WAY = frozenset({Kind.EXCLUSIVE, Kind.EVENT_BASED, Kind.COMPLEX})
_CATCHING = frozenset({Kind.CATCH, Kind.RECEIVE_TASK, Kind.BOUNDARY})
_AWAITED = frozenset({EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.CONDITIONAL})
_NAMES = {EventKind.MESSAGE: ("消息", "message"), EventKind.SIGNAL: ("信号", "signal")}


def check_flow(process: Process, findings: Findings, called_waits: Callable[[str], bool]) -> None:
    """Every check of the control flow, level by level."""
    count = sum(1 for _ in process.body.walk())
    if count > MAX_NODES:
        findings.add("too-many-nodes", process.id, process.name, count=count, limit=MAX_NODES)
        return  # the checks below cost more than linear time
    check_starts(process, findings)
    for holder, name, body, depth in _levels(process):
        if depth > MAX_NESTING:
            findings.add("nested-too-deep", holder, name, limit=MAX_NESTING)
        _check_level(holder, name, body, findings)
        _check_loops(body, findings, called_waits)
        for node in body.nodes.values():
            _check_exits(node, body, findings)
            if node.kind is Kind.EVENT_BASED:
                _check_event_gateway(node, body, findings)
        _check_messages(body, findings)
        check_event_subs(body, findings)


def _levels(process: Process) -> Iterator[tuple[str, str, Body, int]]:
    """Every level with the id and name of what holds it, and its depth (the process is 0)."""
    todo: list[tuple[str, str, Body, int]] = [(process.id, process.name, process.body, 0)]
    while todo:
        level = todo.pop()
        yield level
        inner = [n for n in level[2].nodes.values() if n.body is not None]
        todo += [(n.id, n.name, n.body, level[3] + 1) for n in reversed(inner) if n.body]


def _check_level(holder: str, name: str, body: Body, findings: Findings) -> None:
    for node in body.nodes.values():
        _check_ends(node, findings)
    starts = [n.id for n in body.starts()]
    if not starts:
        findings.add("no-start", holder, name)
        return
    graph = successors(body)
    begun = reached(graph, starts)
    # Nobody need be told twice: what leads nowhere is named where it begins to lead nowhere.
    ends = [n.id for n in body.nodes.values() if not n.outgoing]
    ended = reached(reversed_graph(graph), ends)
    for node in body.nodes.values():
        if node.id not in begun and not node.by_event:
            findings.add("unreachable", node.id, node.name)
        elif node.id not in ended:
            findings.add("no-way-out", node.id, node.name)
    _check_joins(body, graph, starts, findings)


def _check_ends(node: Node, findings: Findings) -> None:
    if node.kind is Kind.START and node.incoming:
        findings.add("start-incoming", node.id, node.name)
    if node.kind is Kind.BOUNDARY and node.incoming:
        findings.add("boundary-incoming", node.id, node.name)
    if node.kind is Kind.END:
        if node.outgoing:
            findings.add("end-outgoing", node.id, node.name)
    elif not node.outgoing and not node.by_event:
        code = "gateway-no-exit" if node.kind in GATEWAYS else "implicit-end"
        findings.add(code, node.id, node.name)


def _check_joins(body: Body, graph: Graph, starts: list[str], findings: Findings) -> None:
    for node in body.nodes.values():
        if node.kind is not Kind.PARALLEL or len(node.incoming) < 2:
            continue
        before = reached(graph, starts, without=node.id)
        for flow_id in node.incoming:
            if body.flows[flow_id].source not in before:
                findings.add("join-waits-for-itself", node.id, node.name, flow=flow_id)


def _check_loops(body: Body, findings: Findings, called_waits: Callable[[str], bool]) -> None:
    every = body.nodes.values()
    automatic = {n.id for n in every if passes_once_over(n) or not waits(n, called_waits)}
    for node in body.nodes.values():
        repeat = node.repeat
        if repeat and repeat.condition and not repeat.maximum and node.id in automatic:
            findings.add("loop-without-wait", node.id, node.name, elements=node.name or node.id)
    cycle = automatic_cycle(successors(body), automatic)
    if cycle:
        first = body.nodes[cycle[0]]
        names = "、".join(body.nodes[c].name or c for c in cycle[:10])
        findings.add("loop-without-wait", first.id, first.name, elements=names)


def _check_exits(node: Node, body: Body, findings: Findings) -> None:
    flows = [body.flows[flow_id] for flow_id in node.outgoing]
    for flow in flows:
        if flow.id == node.default and flow.condition:
            findings.add("default-with-condition", flow.id, flow.name)
    if node.kind in _DECIDING and len(flows) > 1:
        for flow in flows:
            if not flow.condition and flow.id != node.default:
                findings.add("condition-missing", flow.id, flow.name or node.name)
        if not node.default:
            findings.add("default-missing", node.id, node.name)
    may_hold_none = not node.default and all(flow.condition for flow in flows)
    if node.kind not in GATEWAYS and flows and may_hold_none:
        findings.add("exits-all-conditional", node.id, node.name)


def _check_event_gateway(node: Node, body: Body, findings: Findings) -> None:
    targets = [body.nodes[body.flows[f].target] for f in node.outgoing]
    if len(targets) == 1:
        findings.add("event-gateway-single", node.id, node.name)
    seen: set[Event] = set()
    for target in targets:
        named = target.name or target.id
        event = target.event
        if target.kind not in {Kind.CATCH, Kind.RECEIVE_TASK} or event.kind not in _AWAITED:
            findings.add("event-gateway-target", node.id, node.name, target=named)
        elif len(target.incoming) > 1:
            findings.add("event-gateway-shared", node.id, node.name, target=named)
        if event.kind in _NAMES and event in seen:
            zh, en = _NAMES[event.kind]
            facts = {"what_zh": zh, "what_en": en, "ref": event.ref}
            findings.add("event-gateway-equal", node.id, node.name, **facts)
        seen.add(event)


def _check_messages(body: Body, findings: Findings) -> None:
    waiting: dict[Event, list[Node]] = {}
    for node in body.nodes.values():
        if node.kind in _CATCHING and node.event.kind is EventKind.MESSAGE and node.event.ref:
            waiting.setdefault(node.event, []).append(node)
    shared = [nodes for nodes in waiting.values() if len(nodes) > 1]
    if not shared:
        return
    branches = list(_branches(body))
    for nodes in shared:
        for position, node in enumerate(nodes):
            other = next((n for n in nodes[:position] if _at_once(n, node, branches)), None)
            if other is not None:
                facts = {"ref": node.event.ref, "other": other.name or other.id}
                findings.add("message-ambiguous", node.id, node.name, **facts)


def _branches(body: Body) -> Iterator[dict[str, int]]:
    """For every split: which of its branches (as bits) reach each node."""
    graph = successors(body)
    beyond: dict[str, set[str]] = {}
    for node in body.nodes.values():
        if node.kind in _ONE_WAY or len(node.outgoing) < 2:
            continue
        reaching: dict[str, int] = dict.fromkeys(body.nodes, 0)
        for bit, target in enumerate(graph[node.id]):
            if target not in beyond:
                beyond[target] = reached(graph, [target])
            for node_id in beyond[target]:
                reaching[node_id] |= 1 << bit
        yield reaching


def _at_once(one: Node, other: Node, splits: list[dict[str, int]]) -> bool:
    """Whether two places may wait together: on one activity, or on two branches of a split."""
    if one.attached_to and one.attached_to == other.attached_to:
        return True
    return any(s[one.id] & ~s[other.id] and s[other.id] & ~s[one.id] for s in splits)
