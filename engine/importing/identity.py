"""Ids: those that are missing are given, those that cannot be used are replaced everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from engine.bpmn.findings import Findings
from engine.bpmn.namespaces import BPMN, DRAWING
from engine.bpmn.nodes import NODE_TAGS
from engine.bpmn.screen import LONGEST_ID, RESERVED, is_id
from engine.bpmn.xml import Element
from engine.importing.document import Document

# Attributes and texts that hold the id of a BPMN element.
_REFERRING = frozenset(
    {
        "sourceRef", "targetRef", "attachedToRef", "default", "processRef", "bpmnElement",
        "messageRef", "signalRef", "errorRef", "escalationRef", "activityRef", "dataObjectRef",
        "dataStoreRef", "categoryValueRef", "itemRef", "itemSubjectRef", "structureRef",
        "operationRef", "participantRef", "calledElement", "definitionalCollaborationRef",
        "partitionElementRef", "choreographyActivityShape", "eventDefinitionRef",
    }
)  # fmt: skip
_REFERRING_TEXTS = frozenset(
    {
        "incoming", "outgoing", "flowNodeRef", "sourceRef", "targetRef", "dataInputRefs",
        "dataOutputRefs", "supportedInterfaceRef", "operationRef", "eventDefinitionRef",
        "participantRef", "messageFlowRef", "innerParticipantRef", "outerParticipantRef",
        "loopDataInputRef", "loopDataOutputRef", "inMessageRef", "outMessageRef",
    }
)  # fmt: skip
# Nothing in a file points at these, so a second one with the same id may get another.
_UNREFERRED = frozenset(
    {
        "laneSet", "childLaneSet", "lane", "timerEventDefinition", "messageEventDefinition",
        "signalEventDefinition", "errorEventDefinition", "escalationEventDefinition",
        "conditionalEventDefinition", "linkEventDefinition", "terminateEventDefinition",
        "compensateEventDefinition", "cancelEventDefinition", "conditionExpression",
        "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "timeDuration",
        "timeDate", "timeCycle", "documentation", "ioSpecification", "inputSet", "outputSet",
        "association", "textAnnotation", "collaboration", "messageFlow",
    }
)  # fmt: skip


def complete_ids(document: Document, findings: Findings) -> None:
    """Give ids to flows, nodes and processes that have none, and usable ones to the others."""
    ids = Ids(document.ids())
    _replace(document, findings, ids)
    for element in document.bpmn("process", "sequenceFlow", *NODE_TAGS):
        if element.get("id"):
            continue
        if element.tag == "sequenceFlow":
            _name_flow(element, document, findings, ids)
        else:
            base = {"process": "Process"}.get(element.tag, element.tag[0].upper() + element.tag[1:])
            new = ids.free(f"{base}_1")
            document.set(element, "id", new)
            facts = {"tag": element.tag, "id": new}
            findings.add("id-added", new, element.get("name"), **facts)


def _name_flow(element: Element, document: Document, findings: Findings, ids: Ids) -> None:
    ends = [element.get(a).rpartition(":")[2] for a in ("sourceRef", "targetRef")]
    base = re.sub(r"[^\w.\-]", "_", f"Flow_{ends[0]}_{ends[1]}")[:LONGEST_ID]
    new = ids.free(base)
    document.set(element, "id", new)
    findings.add("flow-id-added", ends[0] or new, element.get("name"), id=new)


def _replace(document: Document, findings: Findings, ids: Ids) -> None:
    seen: set[str] = set()
    renamed: dict[str, str] = {}
    for element in document.root.walk():
        own = element.get("id")
        if not own or element.namespace != BPMN:
            continue
        if own in seen and own not in renamed and element.tag in _UNREFERRED:
            new = ids.free(f"{own}_2")
            document.set(element, "id", new)
            findings.add("id-replaced", new, element.get("name"), old=own, new=new)
            continue
        seen.add(own)
        reserved = own in RESERVED and element.tag not in _UNREFERRED
        if own not in renamed and (reserved or not is_id(own)):
            renamed[own] = new = ids.free(_usable(own))
            findings.add("id-replaced", new, element.get("name"), old=own, new=new)
    if renamed:
        rename_everywhere(document, renamed)


def rename_everywhere(document: Document, renamed: Mapping[str, str]) -> None:
    """Give elements other ids, and let everything that refers to them say so."""
    for element in document.root.walk():
        _rename_in(element, renamed, document)


def _usable(own: str) -> str:
    if own in RESERVED:
        return f"{own}_1"
    new = re.sub(r"[^\w.\-]", "_", own)[: LONGEST_ID - 5]
    return new if re.match(r"[^\W\d]", new) else f"Id_{new}"


class Ids:
    """The ids of a file, and new ones that no element has."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._last: dict[str, int] = {}

    def free(self, base: str) -> str:
        """The base, or the first of its kind with a number that is free; taken from now on."""
        stem, _, digits = base.rpartition("_")
        stem = stem if digits.isdigit() else base
        new, number = base, self._last.get(stem, 1)
        while new in self._taken:
            number += 1
            new = f"{stem}_{number}"
        self._last[stem] = number
        self._taken.add(new)
        return new


def _rename_in(element: Element, renamed: Mapping[str, str], document: Document) -> None:
    if element.namespace != BPMN and element.namespace not in DRAWING:
        return
    for key in element.attributes:
        value = element.get(key)
        prefix, colon, local = value.rpartition(":")
        if (key == "id" and element.namespace == BPMN and value in renamed) or (
            key in _REFERRING and value in renamed
        ):
            document.set(element, key, renamed[value])
        elif key in _REFERRING and colon and local in renamed:
            document.set(element, key, f"{prefix}:{renamed[local]}")
    text = element.text.strip()
    if element.tag in _REFERRING_TEXTS and not element.children:
        prefix, colon, local = text.rpartition(":")
        new = renamed.get(text) or renamed.get(local)
        if new is not None:
            document.write(element, new if text in renamed else f"{prefix}:{new}")
