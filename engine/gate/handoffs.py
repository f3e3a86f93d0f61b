"""Hand-offs: only messages are handed over, to a tenant that is there and takes them."""

from __future__ import annotations

import re

from engine.bpmn.findings import Findings
from engine.bpmn.model import EventKind, Kind, Node, Process
from engine.gate.context import GateContext

HAND_OFF = "handOff"
_OF_A_PARAMETER = re.compile(r'=\s*parameter\(\s*"([^"]{1,200})"\s*\)\s*')
_THROWS = frozenset({Kind.THROW, Kind.END})


def check_hand_offs(process: Process, context: GateContext | None, findings: Findings) -> None:
    """Report hand-offs that are none, go nowhere, or that nobody would take."""
    for node in process.body.walk():
        text = node.zeebe.properties.get(HAND_OFF)
        if text is None:
            continue
        if node.kind not in _THROWS or node.event.kind is not EventKind.MESSAGE:
            findings.add("hand-off-misplaced", node.id, node.name)
        elif context is not None and context.receives is not None:
            _check_receiver(node, _receiver(text, context), context, findings)


def _receiver(text: str, context: GateContext) -> str:
    """The tenant that is named, literally or by a parameter; empty when only a case tells."""
    named = _OF_A_PARAMETER.fullmatch(text)
    if named:
        value = context.values.get(named[1], "")
        return value if isinstance(value, str) else ""
    return "" if text.startswith("=") else text.strip()


def _check_receiver(node: Node, to: str, context: GateContext, findings: Findings) -> None:
    assert context.receives is not None
    if not to:
        return
    takes = context.receives(to, node.event.ref)
    if takes is None:
        findings.add("hand-off-nowhere", node.id, node.name, to=to)
    elif not takes:
        findings.add("hand-off-unheard", node.id, node.name, to=to, message=node.event.ref)
