"""Receive tasks and event-based gateways that begin a process (``instantiate``).

BPMN 2.0, 10.5.6: such a task, and every event behind such a gateway, is where a message begins a
case. The reader makes them message start events, so that engine, proof and gate know no other
kind; the gateway itself is a picture. What cannot begin a process is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.bpmn.features import report
from engine.bpmn.findings import Findings
from engine.bpmn.model import EventKind, Flow, Kind, Node
from engine.bpmn.xml import Element

_MARKED = {
    Kind.RECEIVE_TASK: "receiveTask/instantiate-misplaced",
    Kind.EVENT_BASED: "eventBasedGateway/instantiate-misplaced",
}

Level = tuple[dict[str, Node], dict[str, Flow]]


def begin_where_marked(
    nodes: dict[str, Node],
    flows: dict[str, Flow],
    drawn: Mapping[str, Element],
    findings: Findings,
    *,
    top: bool,
) -> Level:
    """The nodes and flows of a level, what is marked to begin the process as its start events."""
    marked = [n for n in nodes.values() if n.kind in _MARKED and _begins(drawn[n.id])]
    if not marked:
        return nodes, flows
    nodes, flows = dict(nodes), dict(flows)
    for node in marked:
        starts = [*_starts(node, nodes, flows)] if top and not node.incoming else []
        if not starts or not all(_can_begin(n, node, nodes) for n in starts):
            report(_MARKED[node.kind], node.id, node.name, findings)
            continue
        for start in starts:
            nodes[start.id] = replace(start, kind=Kind.START, incoming=())
        if node.kind is Kind.EVENT_BASED:
            del nodes[node.id]
            for flow in node.outgoing:
                del flows[flow]
    return nodes, flows


def _begins(element: Element) -> bool:
    return element.get("instantiate") in {"true", "1"}


def _starts(node: Node, nodes: Mapping[str, Node], flows: Mapping[str, Flow]) -> Iterator[Node]:
    """What begins the process: the task itself, or all that the gateway leads to."""
    if node.kind is Kind.RECEIVE_TASK:
        yield node
    else:
        yield from (nodes[flows[flow].target] for flow in node.outgoing)


def _can_begin(node: Node, marked: Node, nodes: Mapping[str, Node]) -> bool:
    """Whether a message alone leads here, and nothing is drawn that a start event cannot have."""
    receives = node.kind is Kind.RECEIVE_TASK or (
        node.kind is Kind.CATCH and node.event.kind is EventKind.MESSAGE
    )
    is_plain = node.loop is None and node.repeat is None
    has_border = any(n.attached_to == node.id for n in nodes.values())
    return receives and is_plain and not has_border and {*node.incoming} <= {*marked.outgoing}
