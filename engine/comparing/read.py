"""A file read for comparison: what it says, and where everything is drawn."""

from __future__ import annotations

from engine.bpmn.namespaces import DRAWING
from engine.bpmn.read import read_diagram
from engine.bpmn.xml import read_xml
from engine.comparing.compare import Drawn, Places


def drawn_process(source: bytes, process_id: str) -> Drawn:
    """The process of a file with its places; the file has been read by the gate before."""
    diagram = read_diagram(source).diagram
    ids = {process.id for process in diagram.processes}
    process = diagram.process(process_id if process_id in ids else None)
    return Drawn(process, _places(source))


def _places(source: bytes) -> Places:
    found: dict[str, tuple[float, ...]] = {}
    for element in read_xml(source).walk():
        if element.tag != "BPMNShape" or element.namespace not in DRAWING:
            continue
        bounds = next((child for child in element.children if child.tag == "Bounds"), None)
        if bounds is not None:
            numbers = (bounds.get(side) for side in ("x", "y", "width", "height"))
            found[element.get("bpmnElement")] = tuple(_number(text) for text in numbers)
    return found


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
