"""Which features of the support table the nodes and flows of one level use."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.findings import Findings
from engine.bpmn.messages import feature_finding
from engine.bpmn.model import (
    EVENTS,
    GATEWAYS,
    Body,
    EventKind,
    Flow,
    Kind,
    Loop,
    Node,
    TimerKind,
)
from engine.bpmn.support import FEATURES, feature

_DECIDING = frozenset({Kind.EXCLUSIVE, Kind.INCLUSIVE, Kind.COMPLEX})
_TIMERS = {
    TimerKind.DATE: "timer/date",
    TimerKind.DURATION: "timer/duration",
    TimerKind.CYCLE: "timer/cycle",
}


def report_features(body: Body, findings: Findings, *, top: bool, by_event: bool) -> None:
    """Record what the table says about every node and flow of this level."""
    starts = 0
    for node in body.nodes.values():
        begins = node.kind is Kind.START and not (top and node.event.kind is not EventKind.NONE)
        starts += begins
        keys = [*features_of(node, top=top, by_event=by_event)]
        if begins and starts > 1:
            keys.append("eventSubProcess/several" if by_event else "startEvent/several")
        for key in keys:
            report(key, node.id, node.name, findings)
    for flow in body.flows.values():
        for key in flow_features(flow, body):
            report(key, flow.id, flow.name, findings)


def report(key: str, element: str, name: str, findings: Findings) -> None:
    """Record what the table says about one use of a feature."""
    finding = feature_finding(feature(key), element, name)
    if finding is not None:
        findings.record(finding)


def features_of(node: Node, *, top: bool, by_event: bool) -> Iterator[str]:
    """The keys of the support table that a node uses."""
    if node.kind in EVENTS:
        yield from _event_features(node, top=top, by_event=by_event)
    elif node.by_event and node.kind is Kind.SUB_PROCESS:
        yield "eventSubProcess"
    else:
        yield node.kind.value
    if node.zeebe.called_decision:
        yield "businessRuleTask/decision"
    if node.loop is not None:
        yield from _loop_features(node.loop)
    if node.repeat is not None:
        yield "standardLoop"
    if node.kind not in GATEWAYS and len(node.outgoing) > 1:
        yield "implicitSplit"
    if node.default:
        decides = node.kind in _DECIDING
        yield "sequenceFlow/default" if decides else "sequenceFlow/default-elsewhere"


def flow_features(flow: Flow, body: Body) -> Iterator[str]:
    """The keys of the support table that a sequence flow uses."""
    yield "sequenceFlow"
    if flow.condition:
        yield _condition_feature(body.nodes[flow.source].kind)


def _condition_feature(source: Kind) -> str:
    if source in _DECIDING:
        return "sequenceFlow/condition"
    is_gateway = source in GATEWAYS
    return (
        "sequenceFlow/condition-not-decided" if is_gateway else "sequenceFlow/condition-elsewhere"
    )


def _event_features(node: Node, *, top: bool, by_event: bool) -> Iterator[str]:
    event = node.event
    if node.kind is Kind.START and not top and not by_event:
        if event.kind is not EventKind.NONE:
            yield "startEvent/in-sub-process"
        return
    place = "eventSubProcess" if node.kind is Kind.START and by_event else node.kind.value
    key = f"{place}/{event.kind.value}"
    if (node.kind is Kind.BOUNDARY or by_event) and not node.interrupting:
        key = next(k for k in (f"{key}/non-interrupting", key) if k in FEATURES or k == key)
    yield key if key in FEATURES else "event/not-in-bpmn"
    if event.timer is not None:
        once = node.kind is Kind.CATCH or (node.interrupting and (node.attached_to or by_event))
        is_idle = event.timer is TimerKind.CYCLE and once
        yield "timer/cycle-once" if is_idle else _TIMERS[event.timer]


def _loop_features(loop: Loop) -> Iterator[str]:
    yield "multiInstance/sequential" if loop.sequential else "multiInstance/parallel"
    if loop.cardinality:
        yield "multiInstance/cardinality"
