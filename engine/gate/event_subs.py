"""Checks of start events and event sub-processes: told apart by what starts them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.bpmn.findings import Findings
from engine.bpmn.model import Body, Event, EventKind, Kind, Node, Process

_WAITING = frozenset({Kind.CATCH, Kind.RECEIVE_TASK, Kind.BOUNDARY})
_NAMES = {
    EventKind.MESSAGE: ("消息", "message"),
    EventKind.SIGNAL: ("信号", "signal"),
    EventKind.ERROR: ("错误", "error"),
    EventKind.ESCALATION: ("升级", "escalation"),
}


def check_starts(process: Process, findings: Findings) -> None:
    """Two start events that one message or signal begins would make two cases of it."""
    seen: dict[Event, Node] = {}
    for node in process.body.starts():
        event = replace(node.event, correlation_key="")
        if event.kind in {EventKind.MESSAGE, EventKind.SIGNAL} and event.ref:
            if event in seen:
                zh, en = _NAMES[event.kind]
                facts = {"what_zh": zh, "what_en": en, "ref": event.ref}
                other = seen[event].name or seen[event].id
                findings.add("start-equal", node.id, node.name, other=other, **facts)
            seen.setdefault(event, node)


def check_event_subs(body: Body, findings: Findings) -> None:
    """Every check of the event sub-processes of one level."""
    subs = [node for node in body.nodes.values() if node.by_event]
    for node in subs:
        if node.incoming or node.outgoing or node.loop or node.repeat or body.boundaries(node.id):
            findings.add("event-sub-process-tied", node.id, node.name)
    seen: dict[Event, Node] = {}
    for node, start in _starts(subs):
        event = start.event
        if event.kind not in _NAMES:
            continue
        if event in seen:
            zh, en = _NAMES[event.kind]
            facts = {"what_zh": zh, "what_en": en, "ref": event.ref or "*"}
            other = seen[event].name or seen[event].id
            findings.add("event-sub-process-equal", node.id, node.name, other=other, **facts)
        seen.setdefault(event, node)
        if event.kind is EventKind.MESSAGE and event.ref:
            _check_message(body, node, start, findings)


def _starts(subs: list[Node]) -> Iterator[tuple[Node, Node]]:
    for node in subs:
        for start in () if node.body is None else node.body.starts():
            yield node, start


def _check_message(body: Body, sub: Node, start: Node, findings: Findings) -> None:
    """One message with two places that wait for it: the start, and something beside or inside."""
    for other in _beside(body, sub, own=not start.interrupting):
        if other.kind in _WAITING and other.event == start.event:
            facts = {"ref": start.event.ref, "other": other.name or other.id}
            findings.add("message-ambiguous", start.id, start.name or sub.name, **facts)


def _beside(body: Body, sub: Node, *, own: bool) -> Iterator[Node]:
    """All that may run while the start is armed."""
    for node in body.nodes.values():
        yield node
        if node.body is not None and (own or node is not sub):
            yield from node.body.walk()
