"""Questions about the graph of one level; every walk is iterative, so size never hurts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from engine.bpmn.model import BODIES, Body, Event, EventKind, Kind, Node, TimerKind
from engine.errors import LuchengError
from engine.tenancy.durations import Duration, parse_duration

Graph = Mapping[str, tuple[str, ...]]

_WAITING_KINDS = frozenset({Kind.USER_TASK, Kind.RECEIVE_TASK, Kind.EVENT_BASED})
_WAITING_EVENTS = frozenset({EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL})
"""A condition may be true already, so it is nothing to wait for."""
Waits = Callable[[str], bool]


def successors(body: Body) -> dict[str, tuple[str, ...]]:
    """Where a token may go from each node: along flows, and to the events on its border."""
    graph: dict[str, list[str]] = {node_id: [] for node_id in body.nodes}
    for flow in body.flows.values():
        graph[flow.source].append(flow.target)
    for node in body.nodes.values():
        if node.attached_to in graph:
            graph[node.attached_to].append(node.id)
    return {node_id: tuple(dict.fromkeys(targets)) for node_id, targets in graph.items()}


def reversed_graph(graph: Graph) -> dict[str, tuple[str, ...]]:
    """The same graph with every edge turned round."""
    back: dict[str, list[str]] = {node_id: [] for node_id in graph}
    for node_id, targets in graph.items():
        for target in targets:
            back[target].append(node_id)
    return {node_id: tuple(sources) for node_id, sources in back.items()}


def reached(graph: Graph, starts: Iterable[str], *, without: str = "") -> set[str]:
    """Everything that can be reached from ``starts`` (included), never passing ``without``."""
    todo = [s for s in starts if s != without]
    seen = set(todo)
    while todo:
        for target in graph[todo.pop()]:
            if target not in seen and target != without:
                seen.add(target)
                todo.append(target)
    return seen


def entered_without(body: Body, step: str) -> set[str]:
    """Every node, on all levels, that may be entered while the step ``step`` is never completed.

    A parallel join needs all its flows, every other node one; a sub-process is left when one of
    its ends is entered. An event sub-process may begin whenever its level runs.
    """
    entered, taken = set[str](), set[str]()
    borders: dict[str, list[Node]] = {}
    for node in body.nodes.values():
        borders.setdefault(node.attached_to, []).append(node)
    todo = [n for n in body.nodes.values() if n.kind is Kind.START or n.by_event]
    while todo:
        node = todo.pop()
        if node.id in entered:
            continue
        entered.add(node.id)
        todo += borders.get(node.id, ())
        if node.id == step or not _is_left(node, step, entered):
            continue
        for flow in node.outgoing:
            taken.add(flow)
            target = body.nodes[body.flows[flow].target]
            if target.kind is not Kind.PARALLEL or taken.issuperset(target.incoming):
                todo.append(target)
    return entered


def _is_left(node: Node, step: str, entered: set[str]) -> bool:
    """Whether a token that entered the node may leave it; what lies inside is entered."""
    if node.body is None:
        return True
    inside = entered_without(node.body, step)
    entered |= inside
    return any(n.id in inside and n.id != step for n in node.body.nodes.values() if not n.outgoing)


def waits(node: Node, called_waits: Waits) -> bool:
    """Whether a token that passes this node must wait for someone or something outside."""
    if node.kind in _WAITING_KINDS:
        return True
    if node.kind in {Kind.CATCH, Kind.BOUNDARY}:
        return node.event.kind in _WAITING_EVENTS and not _is_over_at_once(node.event)
    if node.kind is Kind.CALL_ACTIVITY:
        return called_waits(node.zeebe.called_process)
    if node.kind in BODIES and node.body is not None:
        return has_wait(node.body, called_waits)
    return False


def _is_over_at_once(event: Event) -> bool:
    """Whether a timer says no time at all."""
    if event.timer is not TimerKind.DURATION:
        return False
    try:
        return parse_duration(event.expression) == Duration()
    except LuchengError:
        return False  # FEEL, or what the timers' own check reports


def passes_once_over(node: Node) -> bool:
    """Whether a catch event waits for one moment, which is over in every later round."""
    event = node.event
    is_moment = event.timer is TimerKind.DATE and not event.expression.startswith("=")
    return node.kind is Kind.CATCH and is_moment


def has_wait(body: Body, called_waits: Waits) -> bool:
    """Whether something on the way through a level waits; event sub-processes are not on it."""
    return any(waits(n, called_waits) for n in body.nodes.values() if not n.by_event)


def automatic_cycle(graph: Graph, automatic: set[str]) -> tuple[str, ...]:
    """The nodes on cycles made of ``automatic`` nodes alone, in the graph's order."""
    left = set(automatic)
    back = reversed_graph(graph)
    for edges in (graph, back):
        todo = [n for n in left if not any(t in left for t in edges[n])]
        while todo:
            node_id = todo.pop()
            left.discard(node_id)
            other = back if edges is graph else graph
            todo += [
                n for n in other[node_id] if n in left and not any(t in left for t in edges[n])
            ]
    return tuple(n for n in graph if n in left)
