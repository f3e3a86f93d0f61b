"""Which levels concern nothing around them, and so may be proved on their own."""

from __future__ import annotations

from collections.abc import Callable

from engine.bpmn.model import Body, EventKind, Kind, Node

_OUTWARD = frozenset({EventKind.ERROR, EventKind.CANCEL, EventKind.ESCALATION, EventKind.SIGNAL})


def is_closed(level: Body, called: Callable[[str], bool]) -> bool:
    """Whether a level, or one below, concerns nothing around it.

    Nothing is thrown out of it or returned from it, and it comes to its own end: one that goes
    round for ever is left only by what is around it. ``called`` answers the same of a process
    that is called.
    """
    nodes = {n.id for n in level.walk()}
    if not _may_end(level):
        return False
    for node in level.walk():
        throws = node.kind in {Kind.END, Kind.THROW} and node.event.kind in _OUTWARD
        if throws or not nodes.issuperset(return_targets(node)):
            return False
        if node.kind is Kind.CALL_ACTIVITY and not called(node.zeebe.called_process):
            return False
        if node.body is not None and not _may_end(node.body):
            return False
    return True


def _may_end(level: Body) -> bool:
    """Whether flows lead from every node of a level to one that has no exit."""
    before: dict[str, list[str]] = {name: [] for name in level.nodes}
    for flow in level.flows.values():
        before[flow.target].append(flow.source)
    for node in level.nodes.values():
        if node.attached_to:
            before[node.id].append(node.attached_to)
    todo = [n.id for n in level.nodes.values() if not n.outgoing and not n.by_event]
    ending = {n.id for n in level.nodes.values() if n.by_event}.union(todo)
    while todo:
        fresh = [name for name in before[todo.pop()] if name not in ending]
        ending.update(fresh)
        todo += fresh
    return ending.issuperset(level.nodes)


def return_targets(node: Node) -> tuple[str, ...]:
    """The steps a task allows a return to, as drawn."""
    listed = node.zeebe.properties.get("returnTo", "")
    return tuple(t.strip() for t in listed.split(",") if t.strip())
