"""The flow elements of a process or sub-process: nodes, their events and loops, and flows."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.bpmn.beginnings import begin_where_marked
from engine.bpmn.extensions import extension_elements, read_zeebe
from engine.bpmn.features import report_features
from engine.bpmn.links import join_links
from engine.bpmn.model import (
    ACTIVITIES,
    BODIES,
    EVENTS,
    Body,
    Event,
    EventKind,
    Flow,
    Kind,
    Loop,
    Node,
    Repeat,
    TimerKind,
    Zeebe,
)
from engine.bpmn.namespaces import BPMN, ZEEBE
from engine.bpmn.references import Context
from engine.bpmn.shapes import EVENT_DEFINITIONS
from engine.bpmn.xml import Element

NODE_TAGS = frozenset(kind.value for kind in Kind)
_REFERENCE_ATTRIBUTES = {
    EventKind.MESSAGE: "messageRef",
    EventKind.SIGNAL: "signalRef",
    EventKind.ERROR: "errorRef",
    EventKind.ESCALATION: "escalationRef",
}


def documentation(element: Element) -> str:
    """The element's own documentation, never that of something inside it."""
    texts = (child.text.strip() for child in element.named(BPMN, "documentation"))
    return "\n".join(text for text in texts if text)


def read_body(element: Element, context: Context, *, top: bool = True) -> Body:
    """The nodes and flows of one level, sub-processes below included."""
    drawn: dict[str, Element] = {}
    for child in element.named(BPMN, *NODE_TAGS):
        if not child.get("id"):
            context.findings.add("id-missing", child.place, child.get("name"), tag=child.tag)
        drawn.setdefault(child.get("id"), child)
    drawn.pop("", None)
    flows = _read_flows(element, drawn, context)
    wires = _wires(flows)
    nodes = {
        node_id: _read_node(child, wires.get(node_id, _Wires()), flows, context)
        for node_id, child in drawn.items()
    }
    nodes = {node_id: _attached(node, nodes, context) for node_id, node in nodes.items()}
    nodes, flows = join_links(nodes, flows, context)
    nodes, flows = begin_where_marked(nodes, flows, drawn, context.findings, top=top)
    body = Body(nodes, flows)
    _refuse_idle_forms(body, context, top=top)
    report_features(body, context.findings, top=top, by_event=_is_by_event(element))
    return body


@dataclass
class _Wires:
    """The flows at one node."""

    incoming: list[str] = field(default_factory=list)
    outgoing: list[str] = field(default_factory=list)


def _wires(flows: dict[str, Flow]) -> dict[str, _Wires]:
    wires: dict[str, _Wires] = {}
    for flow in flows.values():
        wires.setdefault(flow.source, _Wires()).outgoing.append(flow.id)
        wires.setdefault(flow.target, _Wires()).incoming.append(flow.id)
    return wires


def _read_flows(element: Element, drawn: dict[str, Element], context: Context) -> dict[str, Flow]:
    flows: dict[str, Flow] = {}
    for child in element.named(BPMN, "sequenceFlow"):
        ends = [context.local(child.get(name), child) for name in ("sourceRef", "targetRef")]
        lost = [ref for ref in ends if ref not in drawn]
        if lost:
            crosses = all(ref in context.node_ids for ref in lost)
            code = "flow-crosses-border" if crosses else "flow-dangling"
            context.findings.add(code, child.place, child.get("name"), ref=lost[0])
            continue
        flow_id = child.get("id") or _new_flow_id(ends, drawn, context)
        condition = child.first(BPMN, "conditionExpression")
        text = condition.text.strip() if condition is not None else ""
        flows.setdefault(flow_id, Flow(flow_id, child.get("name"), ends[0], ends[1], text))
    return flows


def _new_flow_id(ends: list[str], drawn: dict[str, Element], context: Context) -> str:
    """An id made of both ends: the same file gets the same ids on every reading."""
    base = new = f"Flow_{ends[0]}_{ends[1]}"
    number = 1
    while new in context.ids:
        number += 1
        new = f"{base}_{number}"
    context.ids.add(new)
    context.findings.add("flow-id-added", ends[0], drawn[ends[0]].get("name"), id=new)
    return new


def _read_node(element: Element, wires: _Wires, flows: dict[str, Flow], context: Context) -> Node:
    kind = Kind(element.tag)
    node_id = element.get("id")
    _compare_flow_lists(element, wires, context)
    flag = "isInterrupting" if kind is Kind.START else "cancelActivity"
    return Node(
        id=node_id,
        kind=kind,
        name=element.get("name"),
        incoming=tuple(wires.incoming),
        outgoing=tuple(wires.outgoing),
        default=_read_default(element, wires, context),
        event=_read_event(element, kind, context),
        attached_to=context.local(element.get("attachedToRef"), element),
        interrupting=element.get(flag) not in {"false", "0"},
        by_event=_is_by_event(element),
        loop=_read_loop(element),
        repeat=_read_repeat(element, context),
        body=read_body(element, context, top=False) if kind in BODIES else None,
        zeebe=_read_extensions(element, kind, context),
        documentation=documentation(element),
        lane=context.lanes.get(node_id, ""),
    )


def _is_by_event(element: Element) -> bool:
    return element.get("triggeredByEvent") in {"true", "1"}


def _compare_flow_lists(element: Element, wires: _Wires, context: Context) -> None:
    # The schema repeats each flow at its ends; editors forget it, so the flow itself counts.
    for tag, real in (("incoming", wires.incoming), ("outgoing", wires.outgoing)):
        for child in element.named(BPMN, tag):
            ref = context.local(child.text.strip(), element)
            if ref not in real:
                context.findings.add("flow-list-stale", element.place, element.get("name"), ref=ref)


def _read_default(element: Element, wires: _Wires, context: Context) -> str:
    ref = context.local(element.get("default"), element)
    if ref and ref not in wires.outgoing:
        context.findings.add("default-not-outgoing", element.place, element.get("name"), ref=ref)
        return ""
    return ref


def _attached(node: Node, nodes: dict[str, Node], context: Context) -> Node:
    if node.kind is Kind.BOUNDARY:
        host = nodes.get(node.attached_to)
        if host is None or host.kind not in ACTIVITIES:
            context.findings.add("attached-to-missing", node.id, node.name)
    return node


def _read_event(element: Element, kind: Kind, context: Context) -> Event:
    if kind is Kind.RECEIVE_TASK:
        return context.event(EventKind.MESSAGE, element.get("messageRef"), element)
    definition = element.first(BPMN, *EVENT_DEFINITIONS)
    if definition is None:
        return Event()
    event_kind = EventKind(EVENT_DEFINITIONS[definition.tag])
    if event_kind in _REFERENCE_ATTRIBUTES:
        ref = definition.get(_REFERENCE_ATTRIBUTES[event_kind])
        return context.event(event_kind, ref, element)
    if event_kind is EventKind.TIMER:
        return _read_timer(definition)
    if event_kind is EventKind.CONDITIONAL:
        condition = definition.first(BPMN, "condition")
        return Event(event_kind, expression=condition.text.strip() if condition else "")
    if event_kind is EventKind.LINK:
        return Event(event_kind, definition.get("name"))
    return Event(event_kind)


def _read_timer(definition: Element) -> Event:
    drawn = definition.first(BPMN, *(kind.value for kind in TimerKind))
    if drawn is None:
        return Event(EventKind.TIMER)
    return Event(EventKind.TIMER, expression=drawn.text.strip(), timer=TimerKind(drawn.tag))


def _read_loop(element: Element) -> Loop | None:
    drawn = element.first(BPMN, "multiInstanceLoopCharacteristics")
    if drawn is None:
        return None
    extensions = (e for e in extension_elements(drawn) if e.namespace == ZEEBE)
    zeebe = next((e for e in extensions if e.tag == "loopCharacteristics"), None)
    values = zeebe.attributes if zeebe is not None else {}
    condition = drawn.first(BPMN, "completionCondition")
    cardinality = drawn.first(BPMN, "loopCardinality")
    return Loop(
        sequential=drawn.get("isSequential") in {"true", "1"},
        collection=values.get("inputCollection", "").strip(),
        element=values.get("inputElement", "").strip(),
        output_collection=values.get("outputCollection", "").strip(),
        output_element=values.get("outputElement", "").strip(),
        completion_condition=condition.text.strip() if condition is not None else "",
        cardinality=cardinality.text.strip() if cardinality is not None else "",
    )


def _read_repeat(element: Element, context: Context) -> Repeat | None:
    drawn = element.first(BPMN, "standardLoopCharacteristics")
    if drawn is None:
        return None
    if element.first(BPMN, "multiInstanceLoopCharacteristics") is not None:
        facts = {"tag": "loopCharacteristics"}
        context.findings.add("element-twice", element.place, element.get("name"), **facts)
    condition = drawn.first(BPMN, "loopCondition")
    return Repeat(
        condition=condition.text.strip() if condition is not None else "",
        test_before=drawn.get("testBefore") in {"true", "1"},
        maximum=drawn.get("loopMaximum"),
    )


def _read_extensions(element: Element, kind: Kind, context: Context) -> Zeebe:
    called = ""
    if kind is Kind.CALL_ACTIVITY:
        called = context.local(element.get("calledElement"), element)
    zeebe = read_zeebe(element, called_process=called)
    if kind is Kind.USER_TASK and not any(e.tag == "userTask" for e in extension_elements(element)):
        context.findings.add("user-task-type", element.place, element.get("name"))
    event = element.first(BPMN, *EVENT_DEFINITIONS)
    if kind in EVENTS and (event is None or event.tag != "messageEventDefinition"):
        _refuse_idle(zeebe, element, context)
    if called and zeebe.called_process == called:
        context.findings.add(
            "called-element-attribute", element.place, element.get("name"), process=called
        )
    return zeebe


def _refuse_idle(zeebe: Zeebe, element: Element, context: Context) -> None:
    """Task type and mappings of an event are executed when it throws or catches a message."""
    idle = {"taskDefinition": zeebe.task_type, "ioMapping": zeebe.inputs or zeebe.outputs}
    for tag, value in idle.items():
        if value:
            facts = {"tag": tag, "host": element.tag, "hosts": "messageEventDefinition"}
            context.findings.add("misplaced-extension", element.place, element.get("name"), **facts)


def _refuse_idle_forms(body: Body, context: Context, *, top: bool) -> None:
    """A start form is shown when a person starts the case, so nowhere but on its none start."""
    for node in body.starts():
        if node.zeebe.form_id and (not top or node.event.kind is not EventKind.NONE):
            facts = {"tag": "formDefinition", "host": node.kind.value, "hosts": "startEvent/none"}
            context.findings.add("misplaced-extension", node.id, node.name, **facts)
