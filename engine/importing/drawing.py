"""The drawing (BPMN DI): what is added to the process is drawn beside its neighbour."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engine.bpmn.namespaces import DRAWING
from engine.bpmn.xml import Element
from engine.importing.document import Document

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_WAY = "http://www.omg.org/spec/DD/20100524/DI"
_EVENT = 36
_GAP = 54
_TASK = (100, 80)


def _drawn(document: Document, ids: Collection[str]) -> Iterator[Element]:
    for element in document.root.walk():
        if element.namespace in DRAWING and element.get("bpmnElement").rpartition(":")[2] in ids:
            yield element


def remove_drawing(document: Document, ids: Collection[str]) -> None:
    """Remove the shapes and edges of these elements."""
    for element in _drawn(document, ids):
        document.remove(element)


def add_shape(document: Document, beside: Element, event: str, flow: str, *, before: bool) -> None:
    """Draw an event left or right of an element that is drawn, and the flow between them."""
    shape = next(_drawn(document, {beside.get("id")}), None)
    bounds = shape.first(_DC, "Bounds") if shape is not None else None
    place = _numbers(bounds) if bounds is not None else None
    if shape is None or place is None:
        return
    x, y, width, height = place
    left = x - _GAP - _EVENT if before else x + width + _GAP
    middle = y + height / 2
    di, dc, way = _prefixes(document)
    line = (left + _EVENT, x) if before else (x + width, left)
    document.insert(
        shape,
        f'<{di}:BPMNShape id="{event}_di" bpmnElement="{event}"><{dc}:Bounds x="{left:g}" '
        f'y="{middle - _EVENT / 2:g}" width="{_EVENT}" height="{_EVENT}"/></{di}:BPMNShape>',
    )
    document.insert(
        shape,
        f'<{di}:BPMNEdge id="{flow}_di" bpmnElement="{flow}"><{way}:waypoint x="{line[0]:g}" '
        f'y="{middle:g}"/><{way}:waypoint x="{line[1]:g}" y="{middle:g}"/></{di}:BPMNEdge>',
    )


def draw_above(document: Document, below: Element, task: str, flow: str) -> None:
    """Draw a task above an element, the flow between them, and let flows to it end at the task."""
    shape = next(_drawn(document, {below.get("id")}), None)
    bounds = shape.first(_DC, "Bounds") if shape is not None else None
    place = _numbers(bounds) if bounds is not None else None
    if shape is None or place is None:
        return
    x, y, width, _ = place
    middle, top = x + width / 2, y - _GAP - _TASK[1]
    di, dc, way = _prefixes(document)
    document.insert(
        shape,
        f'<{di}:BPMNShape id="{task}_di" bpmnElement="{task}"><{dc}:Bounds '
        f'x="{middle - _TASK[0] / 2:g}" y="{top:g}" width="{_TASK[0]}" height="{_TASK[1]}"/>'
        f"</{di}:BPMNShape>",
    )
    document.insert(
        shape,
        f'<{di}:BPMNEdge id="{flow}_di" bpmnElement="{flow}"><{way}:waypoint x="{middle:g}" '
        f'y="{top + _TASK[1]:g}"/><{way}:waypoint x="{middle:g}" y="{y:g}"/></{di}:BPMNEdge>',
    )
    own = below.get("id")
    flows = {f.get("id") for f in document.bpmn("sequenceFlow") if f.get("targetRef") == own}
    for edge in _drawn(document, flows):
        points = [*edge.named(_WAY, "waypoint")]
        if points:
            document.set(points[-1], "x", f"{middle - _TASK[0] / 2:g}")
            document.set(points[-1], "y", f"{top + _TASK[1] / 2:g}")


def _prefixes(document: Document) -> tuple[str, str, str]:
    return (
        document.prefix_of(_DI, "bpmndi"),
        document.prefix_of(_DC, "dc"),
        document.prefix_of(_WAY, "di"),
    )


def _numbers(bounds: Element) -> tuple[float, float, float, float] | None:
    try:
        x, y, width, height = (float(bounds.get(k)) for k in ("x", "y", "width", "height"))
    except ValueError:
        return None
    return x, y, width, height
