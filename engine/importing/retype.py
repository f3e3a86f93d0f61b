"""Makes an element another kind of element, and takes from it what only the old kind could have."""

from __future__ import annotations

from engine.bpmn.extensions import EXTENSIONS, INPUT_HOSTS, OUTPUT_HOSTS, extension_elements
from engine.bpmn.model import ACTIVITIES, BODIES, GATEWAYS
from engine.bpmn.namespaces import BPMN, ZEEBE
from engine.bpmn.shapes import SHAPES
from engine.bpmn.xml import Element
from engine.importing.document import Document
from engine.importing.foreign import named

# What other engines say a service task runs.
FOREIGN_TYPES = ("class", "delegateExpression", "expression", "type")
_TASKS = frozenset(k.value for k in ACTIVITIES - BODIES)
_ALIKE = (_TASKS, frozenset(k.value for k in GATEWAYS), frozenset(k.value for k in BODIES))
_KEPT = frozenset({"documentation", "extensionElements"})


def retype(document: Document, element: Element, tag: str) -> bool:
    """Turn a task, gateway or sub-process into another of its like; False when it is not alike."""
    if not any(element.tag in alike and tag in alike for alike in _ALIKE):
        return False
    shape = SHAPES[tag]
    document.rename(element, tag)
    for key in element.attributes:
        if not key.startswith("{") and key not in shape.attributes:
            document.drop(element, key)
    for attribute in named(element, *FOREIGN_TYPES, "resultVariable").values():
        document.drop(element, attribute.key)
    for child in element.named(BPMN):
        if child.tag not in shape.children | _KEPT:
            document.remove(child)
    _remove_misfits(document, element, tag)
    if tag == "userTask":
        add_user_task(document, element)
    return True


def _remove_misfits(document: Document, element: Element, tag: str) -> None:
    """Remove the Camunda 8 extensions that the new kind of element cannot have."""
    for extension in extension_elements(element):
        if extension.namespace == ZEEBE and not _fits(extension, tag):
            document.remove(extension)
        elif extension.tag == "ioMapping" and tag not in INPUT_HOSTS:
            for line in extension.named(ZEEBE, "input"):
                document.remove(line)


def _fits(extension: Element, tag: str) -> bool:
    if extension.tag == "ioMapping":
        inputs = any(extension.named(ZEEBE, "input")) and tag in INPUT_HOSTS
        outputs = any(extension.named(ZEEBE, "output")) and tag in OUTPUT_HOSTS
        return inputs or outputs
    known = EXTENSIONS.get(extension.tag)
    return known is not None and (not known.hosts or tag in known.hosts)


def add_user_task(document: Document, task: Element) -> None:
    """Give a user task the mark that it is done as a work item."""
    if not document.holds(task, "userTask"):
        document.extend(task, "userTask")
