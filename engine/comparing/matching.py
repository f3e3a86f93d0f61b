"""Which node of one drawing is which of the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from engine.bpmn.model import Node, Process


def same_nodes(old: Process, new: Process) -> dict[str, str]:
    """The id in the new drawing of every node of the old one that is still there.

    By id; what a tool has given another id is known by its type and name, where both sides have
    exactly one such node.
    """
    before, after = _by_id(old), _by_id(new)
    same = {name: name for name in before if name in after}
    left = [node for name, node in before.items() if name not in same]
    come = [node for name, node in after.items() if name not in same]
    ours, theirs = _unique(left), _unique(come)
    for mark, node in ours.items():
        if mark in theirs:
            same[node.id] = theirs[mark].id
    return same


def _by_id(process: Process) -> dict[str, Node]:
    return {node.id: node for node in process.body.walk()}


def _unique(nodes: Iterable[Node]) -> Mapping[tuple[str, str], Node]:
    named = [node for node in nodes if node.name]
    counts = Counter((node.kind, node.name) for node in named)
    return {(n.kind, n.name): n for n in named if counts[n.kind, n.name] == 1}
