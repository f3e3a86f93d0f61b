"""Timers that can never come due: on steps that never wait, or behind a shorter one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations

from engine.bpmn.findings import Findings
from engine.bpmn.model import Body, EventKind, Kind, Node, Process, TimerKind
from engine.gate.graph import waits
from engine.gate.rigid import is_no_shorter


def check_timeouts(
    process: Process, findings: Findings, called_waits: Callable[[str], bool]
) -> None:
    """Report every timer that cannot be reached."""
    for body in _levels(process.body):
        for node in body.nodes.values():
            timers = [b for b in body.boundaries(node.id) if b.event.kind is EventKind.TIMER]
            if timers and not waits(node, called_waits):
                for timer in timers:
                    findings.add("timer-never-waits", timer.id, timer.name, host=_named(node))
            else:
                _check_order(timers, findings)
            if node.kind is Kind.EVENT_BASED:
                targets = [body.nodes[body.flows[flow].target] for flow in node.outgoing]
                _check_order([t for t in targets if t.event.kind is EventKind.TIMER], findings)


def _levels(body: Body) -> Iterator[Body]:
    yield body
    for node in body.nodes.values():
        if node.body is not None:
            yield from _levels(node.body)


def _check_order(timers: Sequence[Node], findings: Findings) -> None:
    """Of timers that begin together, those behind one that ends the waiting."""
    told: set[str] = set()
    for first, other in permutations(timers, 2):
        if told.isdisjoint({first.id, other.id}) and _comes_first(first, other):
            told.add(other.id)
            facts = {"due": first.event.expression, "value": other.event.expression}
            named = _named(first)
            findings.add("timer-comes-too-late", other.id, other.name, other=named, **facts)


def _comes_first(first: Node, other: Node) -> bool:
    """Whether one ends the waiting before the other; equal ones are left to whoever drew them."""
    if not first.interrupting or not (_is_duration(first) and _is_duration(other)):
        return False
    soon, late = first.event.expression, other.event.expression
    return is_no_shorter(late, soon) and not is_no_shorter(soon, late)


def _is_duration(timer: Node) -> bool:
    return bool(timer.event.expression) and timer.event.timer in {None, TimerKind.DURATION}


def _named(node: Node) -> str:
    return node.name or node.id
