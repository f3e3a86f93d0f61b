"""Cancelling: where its events may stand, and that somebody hears them."""

from __future__ import annotations

from engine.bpmn.findings import Findings
from engine.bpmn.model import Body, EventKind, Kind, Node, Process


def check_transactions(process: Process, findings: Findings) -> None:
    """Report cancel events outside transactions, and cancels that nothing catches."""
    _check_level(process.body, None, None, findings)


def _check_level(body: Body, holder: Node | None, around: Body | None, findings: Findings) -> None:
    for node in body.nodes.values():
        if node.event.kind is EventKind.CANCEL:
            _check_cancel(node, body, holder, around, findings)
        if node.body is not None:
            _check_level(node.body, node, body, findings)


def _check_cancel(
    node: Node, body: Body, holder: Node | None, around: Body | None, findings: Findings
) -> None:
    if node.kind is Kind.BOUNDARY:
        host = body.nodes.get(node.attached_to)
        if host is not None and host.kind is not Kind.TRANSACTION:
            findings.add("cancel-boundary-elsewhere", node.id, node.name)
    elif node.kind is Kind.END:
        if holder is None or around is None or holder.kind is not Kind.TRANSACTION:
            findings.add("cancel-end-elsewhere", node.id, node.name)
        elif not any(b.event.kind is EventKind.CANCEL for b in around.boundaries(holder.id)):
            findings.add("cancel-not-caught", node.id, node.name)
