"""Diagrams written in a few lines, with one small form, loaded like any tenant's."""

from __future__ import annotations

import json

from town import FlatSources

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions '
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:modeler="http://camunda.org/schema/modeler/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'id="file" targetNamespace="urn:test" modeler:executionPlatform="Camunda Cloud" '
    'modeler:executionPlatformVersion="8.8.0">'
)
NOTE_FORM = json.dumps(
    {
        "type": "default",
        "id": "note",
        "schemaVersion": 19,
        "components": [{"type": "textfield", "id": "f_note", "key": "note", "label": "说明"}],
    }
).encode()


def sources(*elements: str, roots: str = "", called: str = "") -> FlatSources:
    """A tenant whose procedure consists of these elements; ``called`` is a second process."""
    replaced = {"p.bpmn": _file("p", "".join(elements), roots), "note.form": NOTE_FORM}
    if called:
        replaced["inner.bpmn"] = _file("inner", called, roots)
    return FlatSources(procedure="p", replaced=replaced)


def _file(process: str, body: str, roots: str) -> bytes:
    drawn = f'<bpmn:process id="{process}" name="试行" isExecutable="true">{body}</bpmn:process>'
    return f"{HEAD}{roots}{drawn}</bpmn:definitions>".encode()


def el(tag: str, node_id: str, inner: str = "", extensions: str = "", attributes: str = "") -> str:
    """A flow node."""
    extended = (
        f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>" if extensions else ""
    )
    return (
        f'<bpmn:{tag} id="{node_id}" name="{node_id}" {attributes}>{extended}{inner}</bpmn:{tag}>'
    )


def user(
    node_id: str,
    group: str = "applicant",
    due: str = "",
    inner: str = "",
    outputs: str = "",
    properties: str = "",
) -> str:
    """A user task with the note form."""
    schedule = f'<zeebe:taskSchedule dueDate="{due}"/>' if due else ""
    mapping = f"<zeebe:ioMapping>{outputs}</zeebe:ioMapping>" if outputs else ""
    own = f"<zeebe:properties>{properties}</zeebe:properties>" if properties else ""
    extensions = (
        '<zeebe:userTask/><zeebe:formDefinition formId="note"/>'
        f'<zeebe:assignmentDefinition candidateGroups="{group}"/>{schedule}{mapping}{own}'
    )
    return el("userTask", node_id, inner, extensions)


def flows(*lines: str) -> str:
    """Sequence flows written ``a -> b`` or ``a -> b if condition``."""
    made = []
    for number, line in enumerate(lines):
        ends, _, condition = line.partition(" if ")
        source, target = (part.strip() for part in ends.split("->"))
        inner = (
            '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
            f"{condition}</bpmn:conditionExpression>"
            if condition
            else ""
        )
        made.append(
            f'<bpmn:sequenceFlow id="f{number}" name="f{number}" sourceRef="{source}" '
            f'targetRef="{target}">{inner}</bpmn:sequenceFlow>'
        )
    return "".join(made)


def timer(expression: str) -> str:
    """A timer definition by duration."""
    return (
        "<bpmn:timerEventDefinition><bpmn:timeDuration>"
        f"{expression}</bpmn:timeDuration></bpmn:timerEventDefinition>"
    )


START, END = el("startEvent", "s"), el("endEvent", "e")
