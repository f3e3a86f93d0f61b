"""A process with less to look at, and sound exactly when the whole one is.

Steps that only people do, one after another, are one step; branches of one such step between the
same parallel gateways are one branch; a gateway with one way in and one way out is none. These
are the fusions of Murata (Petri nets: properties, analysis and applications, 1989): they keep
whether tokens get stuck, pile up, come to the end. What is folded away is named by what stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.bpmn.model import Body, Flow, Kind, Node, Process
from engine.semantics.closed import return_targets

_SIMPLE = frozenset({Kind.TASK, Kind.MANUAL_TASK, Kind.USER_TASK})


def folded(process: Process) -> Process:
    """The process with everything folded that can be; itself where a task may return a case."""
    if any(return_targets(node) for node in process.body.walk()):
        return process
    return replace(process, body=_folded(process.body))


def size(process: Process) -> int:
    """How many nodes there are on all levels."""
    return sum(1 for _ in process.body.walk())


def _folded(body: Body) -> Body:
    nodes = {
        node.id: replace(node, body=_folded(node.body)) if node.body is not None else node
        for node in body.nodes.values()
    }
    level = _Level(nodes, dict(body.flows))
    while level.fold():
        pass
    return Body(level.nodes, level.flows)


class _Level:
    """The nodes and flows of one level while it is folded."""

    def __init__(self, nodes: dict[str, Node], flows: dict[str, Flow]) -> None:
        self.nodes, self.flows = nodes, flows
        self._borders = {n.attached_to for n in nodes.values() if n.attached_to}

    def fold(self) -> bool:
        """Fold once through the level; whether anything was folded."""
        before = len(self.nodes)
        for node_id in [*self.nodes]:
            node = self.nodes.get(node_id)
            if node is not None and self._is_passed(node):
                self._join(node)
        for node in [*self._twins()]:
            self._drop(node)
        return len(self.nodes) < before

    def _is_passed(self, node: Node) -> bool:
        """Whether a token only passes: after a simple step one more, or a gateway that is none."""
        if len(node.incoming) != 1 or len(node.outgoing) != 1:
            return False
        flow = self.flows[node.incoming[0]]
        if flow.source == node.id:
            return False
        follows = self._is_simple(node) and self._is_simple(self.nodes[flow.source])
        return follows or node.kind is Kind.PARALLEL

    def _is_simple(self, node: Node) -> bool:
        """Whether people finish it, it is left by one flow, and nothing else can happen to it."""
        return (
            node.kind in _SIMPLE
            and node.loop is None
            and node.repeat is None
            and node.id not in self._borders
            and len(node.incoming) == len(node.outgoing) == 1
            and not self.flows[node.outgoing[0]].condition
        )

    def _join(self, node: Node) -> None:
        """Take a node out of its way: what led to it leads on."""
        into, out = self.flows[node.incoming[0]], self.flows.pop(node.outgoing[0])
        target = self.nodes[out.target]
        self.flows[into.id] = replace(into, target=target.id)
        incoming = tuple(into.id if f == out.id else f for f in target.incoming)
        self.nodes[target.id] = replace(target, incoming=incoming)
        del self.nodes[node.id]

    def _twins(self) -> Iterator[Node]:
        """Simple steps between the same parallel gateways as one before them."""
        seen: set[tuple[str, str]] = set()
        for node in self.nodes.values():
            if not self._is_simple(node):
                continue
            ends = (self.flows[node.incoming[0]].source, self.flows[node.outgoing[0]].target)
            if all(self.nodes[end].kind is Kind.PARALLEL for end in ends):
                if ends in seen:
                    yield node
                seen.add(ends)

    def _drop(self, node: Node) -> None:
        """Take a branch away, with the flows that make it."""
        into, out = self.flows.pop(node.incoming[0]), self.flows.pop(node.outgoing[0])
        split, join = self.nodes[into.source], self.nodes[out.target]
        left = tuple(f for f in split.outgoing if f != into.id)
        self.nodes[split.id] = replace(split, outgoing=left)
        join = self.nodes[out.target]
        entered = tuple(f for f in join.incoming if f != out.id)
        self.nodes[join.id] = replace(join, incoming=entered)
        del self.nodes[node.id]
