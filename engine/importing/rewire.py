"""Takes elements out of the flow, and leads flows that cross a border another way."""

from __future__ import annotations

from engine.bpmn.namespaces import BPMN
from engine.bpmn.nodes import NODE_TAGS
from engine.bpmn.xml import Element
from engine.importing.document import Document
from engine.importing.drawing import remove_drawing

_ENDS = ("sourceRef", "targetRef")
_TEXTS = frozenset({"incoming", "outgoing", "flowNodeRef"})


def remove_with_flows(document: Document, element: Element) -> None:
    """Remove an element, what is attached to it, the flows at it, and all that from the drawing."""
    gone = {e.get("id") for e in element.walk() if e.get("id") and e.namespace == BPMN}
    removed = {element}
    grown = True
    while grown:
        grown = False
        for other in document.bpmn(*NODE_TAGS, "sequenceFlow", "association", "messageFlow"):
            if other not in removed and _touches(other, gone):
                removed.add(other)
                gone |= {e.get("id") for e in other.walk() if e.get("id")}
                grown = True
    for other in removed:
        document.remove(other)
    _forget(document, gone)
    remove_drawing(document, gone)


def _touches(element: Element, gone: set[str]) -> bool:
    names = (*_ENDS, "attachedToRef")
    return any(local(element.get(name)) in gone for name in names if element.get(name))


def _forget(document: Document, gone: set[str]) -> None:
    """Remove what only names the removed elements: lists of flows, of lanes, defaults."""
    for element in document.bpmn():
        if element.tag in _TEXTS and local(element.text.strip()) in gone:
            document.remove(element)
        if local(element.get("default")) in gone:
            document.drop(element, "default")


def reconnect(document: Document, flow: Element) -> bool:
    """Make a flow between pools a message flow, and one across a sub-process end at its border."""
    nodes = {e.get("id"): e for e in document.bpmn(*NODE_TAGS)}
    ends = [nodes.get(local(flow.get(name))) for name in _ENDS]
    if ends[0] is None or ends[1] is None:
        return False
    above = [list(document.above(end)) for end in ends if end is not None]
    shared = next((e for e in above[0] if e in above[1]), None)
    if shared is None:
        return False
    if shared is document.root:
        _as_message(document, flow)
        return True
    source, target = (
        _at_level(end, chain, shared) for end, chain in zip(ends, above, strict=True) if end
    )
    if source is target or (source.tag == "boundaryEvent" and target.tag == "startEvent"):
        _take_out(document, flow)
        return True
    _move(document, flow, source, target, shared)
    return True


def _at_level(end: Element, chain: list[Element], shared: Element) -> Element:
    """The end itself, or what holds it, on the level that both ends share."""
    path = [end, *chain]
    return path[path.index(shared) - 1]


def _take_out(document: Document, flow: Element) -> None:
    own = flow.get("id")
    document.remove(flow)
    _forget(document, {own})
    remove_drawing(document, {own})


def _as_message(document: Document, flow: Element) -> None:
    collaboration = document.root.first(BPMN, "collaboration")
    own = flow.get("id")
    document.remove(flow)
    _forget(document, {own})
    if collaboration is None:
        remove_drawing(document, {own})
        return
    values = {"id": own, "sourceRef": local(flow.get("sourceRef"))}
    values["targetRef"] = local(flow.get("targetRef"))
    if flow.get("name"):
        values["name"] = flow.get("name")
    document.append(collaboration, document.markup(collaboration, "messageFlow", **values))


def _move(
    document: Document, flow: Element, source: Element, target: Element, holder: Element
) -> None:
    own = flow.get("id")
    _forget(document, {own})
    if document.parent(flow) is holder:
        document.set(flow, "sourceRef", source.get("id"))
        document.set(flow, "targetRef", target.get("id"))
        return
    values = {"id": own, "sourceRef": source.get("id"), "targetRef": target.get("id")}
    if flow.get("name"):
        values["name"] = flow.get("name")
    inner = document.inner(flow)
    document.remove(flow)
    document.append(holder, document.markup(holder, "sequenceFlow", inner, **values))


def lead_to(document: Document, element: Element, other: str) -> None:
    """Let every flow that leads to an element lead to another one."""
    own = element.get("id")
    for flow in document.bpmn("sequenceFlow"):
        if local(flow.get("targetRef")) == own:
            document.set(flow, "targetRef", other)
    for listed in element.named(BPMN, "incoming"):
        document.remove(listed)


def local(ref: str) -> str:
    """A reference without its prefix."""
    return ref.rpartition(":")[2]
