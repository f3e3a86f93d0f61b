"""A diagram without one of its elements, drawn as someone would who thought it needless."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
NODES = frozenset(
    {
        *("startEvent", "endEvent", "boundaryEvent"),
        *("intermediateCatchEvent", "intermediateThrowEvent"),
        *("task", "userTask", "serviceTask", "scriptTask", "businessRuleTask", "receiveTask"),
        *("sendTask", "manualTask", "callActivity", "subProcess"),
        *("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"),
    }
)
BLANK = "RemovedByTest"
Node = Any  # the stubs of lxml do not know what is found in a tree


@dataclass(frozen=True)
class Surgery:
    """The diagram afterwards, and what was done: bypassed, dropped, blanked or emptied."""

    source: bytes
    how: str


def without(source: bytes, element: str) -> Surgery:
    """The diagram without this element; what can only be reached through it goes as well.

    Steps are bypassed; boundary events and second starts are dropped with their paths. A process
    cannot do without its only start or its end: these become plain ones of another name. Of a
    whole process, its start and its end are left.
    """
    root: Node = etree.fromstring(source)
    node = next(n for n in root.iter(f"{BPMN}*") if n.get("id") == element)
    how = _operate(node, _tag(node))
    for scope in root.iter(f"{BPMN}process", f"{BPMN}subProcess"):
        _prune(scope)
    _forget(root)
    return Surgery(etree.tostring(root, xml_declaration=True, encoding="UTF-8"), how)


def _operate(node: Node, tag: str) -> str:
    scope = node.getparent()
    if tag == "process":
        _empty(node)
        return "emptied"
    if tag == "endEvent" or (tag == "startEvent" and len(_starts(scope)) == 1):
        _blank(node)
        return "blanked"
    if tag in ("boundaryEvent", "startEvent"):
        _cut(node)
        return "dropped"
    _bypass(node)
    return "bypassed"


def _bypass(node: Node) -> None:
    """Lead what comes in to where the first flow leads out."""
    scope, name = node.getparent(), node.get("id")
    out = [flow for flow in _flows(scope) if flow.get("sourceRef") == name]
    if not out:
        _blank(node)
        node.tag = f"{BPMN}endEvent"
        return
    for flow in _flows(scope):
        if flow.get("targetRef") == name:
            flow.set("targetRef", out[0].get("targetRef"))
    _cut(node)


def _cut(node: Node) -> None:
    """Take a node out with what leaves it and what is attached to it."""
    scope, name = node.getparent(), node.get("id")
    for flow in _flows(scope):
        if flow.get("sourceRef") == name:
            scope.remove(flow)
    for other in _nodes(scope):
        if other.get("attachedToRef") == name:
            _cut(other)
    scope.remove(node)


def _blank(node: Node) -> None:
    """Leave a plain event that nobody knows by name."""
    scope, name = node.getparent(), node.get("id")
    for child in list(node):
        node.remove(child)
    node.attrib.clear()
    node.set("id", BLANK)
    for flow in _flows(scope):
        for end in ("sourceRef", "targetRef"):
            if flow.get(end) == name:
                flow.set(end, BLANK)


def _empty(process: Node) -> None:
    nodes = _nodes(process)
    start = next(n for n in nodes if _tag(n) == "startEvent")
    end = next(n for n in nodes if _tag(n) == "endEvent")
    for gone in (*_flows(process), *(n for n in nodes if n not in (start, end))):
        process.remove(gone)
    ends = {"sourceRef": start.get("id"), "targetRef": end.get("id")}
    etree.SubElement(process, f"{BPMN}sequenceFlow", {"id": f"Flow_{BLANK}", **ends})


def _prune(scope: Node) -> None:
    """Take out what no token can reach any more."""
    flows = _flows(scope)
    reached = {n.get("id") for n in _nodes(scope) if _begins(n)}
    while True:
        more = {f.get("targetRef") for f in flows if f.get("sourceRef") in reached}
        more |= {n.get("id") for n in _nodes(scope) if n.get("attachedToRef") in reached}
        if more <= reached:
            break
        reached |= more
    for node in _nodes(scope):
        if node.get("id") not in reached and node.getparent() is not None:
            _cut(node)


def _forget(root: Node) -> None:
    """Take out every mention of what is gone: flows of nodes, lanes, defaults, the drawing."""
    there = {n.get("id") for n in root.iter(f"{BPMN}*")}
    for scope in root.iter(f"{BPMN}process", f"{BPMN}subProcess"):
        _rewire(scope)
    for node in root.iter(f"{BPMN}*"):
        if node.get("default") not in (None, *there):
            del node.attrib["default"]
    mentions = [n for n in root.iter(f"{BPMN}flowNodeRef") if n.text not in there]
    mentions += [n for n in root.iter() if n.get("bpmnElement") not in (None, *there)]
    for association in root.iter(f"{BPMN}association"):
        if not {association.get("sourceRef"), association.get("targetRef")} <= there:
            mentions.append(association)
    for mention in mentions:
        mention.getparent().remove(mention)


def _rewire(scope: Node) -> None:
    """Write down at every node the flows that come and go, as they are now."""
    for node in _nodes(scope):
        for mention in [*node.findall(f"{BPMN}incoming"), *node.findall(f"{BPMN}outgoing")]:
            node.remove(mention)
        at = sum(_tag(child) in ("documentation", "extensionElements") for child in node)
        for flow in reversed(_flows(scope)):
            for end, tag in (("sourceRef", "outgoing"), ("targetRef", "incoming")):
                if flow.get(end) == node.get("id"):
                    mention = etree.Element(f"{BPMN}{tag}")
                    mention.text = flow.get("id")
                    node.insert(at, mention)


def _begins(node: Node) -> bool:
    return _tag(node) == "startEvent" or node.get("triggeredByEvent") == "true"


def _starts(scope: Node) -> list[Node]:
    return [node for node in _nodes(scope) if _tag(node) == "startEvent"]


def _nodes(scope: Node) -> list[Node]:
    return [child for child in scope if _tag(child) in NODES]


def _flows(scope: Node) -> list[Node]:
    return list(scope.findall(f"{BPMN}sequenceFlow"))


def _tag(node: Node) -> str:
    return str(etree.QName(node).localname) if isinstance(node.tag, str) else ""
