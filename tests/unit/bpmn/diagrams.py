"""Builders of small diagrams: defaults make a diagram that the gate accepts."""

from __future__ import annotations

import re
from itertools import pairwise

from engine.bpmn.findings import Finding
from engine.bpmn.model import Process
from engine.bpmn.read import read_diagram

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:modeler="http://camunda.org/schema/modeler/1.0" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" '
    'xmlns:tns="urn:test" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
USER = (
    "<zeebe:userTask/>"
    '<zeebe:formDefinition formId="review"/>'
    '<zeebe:assignmentDefinition candidateGroups="clerk"/>'
    '<zeebe:taskSchedule dueDate="P5D"/>'
)
START = '<bpmn:startEvent id="start" name="开始"/>'
END = '<bpmn:endEvent id="end" name="结束"/>'


def file(*roots: str, attributes: str = "") -> bytes:
    """A diagram file of these root elements."""
    head = f'<bpmn:definitions {NAMESPACES} {attributes} id="file" targetNamespace="urn:test">'
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{"".join(roots)}</bpmn:definitions>'
    return text.encode()


def process(*elements: str, attributes: str = 'id="p" name="流程" isExecutable="true"') -> str:
    """A process of these elements."""
    return f"<bpmn:process {attributes}>{''.join(elements)}</bpmn:process>"


def diagram(*elements: str, roots: str = "") -> bytes:
    """A file with one process of these elements, and other root elements."""
    return file(roots, process(*elements))


def flow(source: str, target: str, *, condition: str = "", flow_id: str = "") -> str:
    """A sequence flow, named after its ends."""
    inner = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}'
        "</bpmn:conditionExpression>"
        if condition
        else ""
    )
    named = flow_id or f"f_{source}_{target}"
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<bpmn:sequenceFlow id="{named}" {ends}>{inner}</bpmn:sequenceFlow>'


def line(*elements: str) -> str:
    """The elements and the flows that join each to the next."""
    ids = [_id(element) for element in elements]
    flows = (flow(a, b) for a, b in pairwise(ids))
    return "".join((*elements, *flows))


def _id(element: str) -> str:
    found = re.search(r'\bid="([^"]+)"', element)
    assert found is not None
    return found[1]


def node(
    tag: str,
    node_id: str,
    inner: str = "",
    *,
    extensions: str = "",
    attributes: str = "",
    name: str = "环节",
) -> str:
    """Any flow node."""
    extended = (
        f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>" if extensions else ""
    )
    return f'<bpmn:{tag} id="{node_id}" name="{name}" {attributes}>{extended}{inner}</bpmn:{tag}>'


def user(node_id: str = "step", inner: str = "", *, extensions: str = USER, **more: str) -> str:
    """A user task with form, people and deadline."""
    return node("userTask", node_id, inner, extensions=extensions, **more)


def service(node_id: str = "serve", inner: str = "", *, task_type: str = "register.add") -> str:
    """A service task with a binding."""
    return node(
        "serviceTask", node_id, inner, extensions=f'<zeebe:taskDefinition type="{task_type}"/>'
    )


def script(node_id: str, expression: str, result: str = "result") -> str:
    """A script task; the expression is escaped."""
    escaped = expression.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    extension = f'<zeebe:script expression="{escaped}" resultVariable="{result}"/>'
    return node("scriptTask", node_id, extensions=extension)


def event(tag: str, node_id: str, definition: str = "", attributes: str = "") -> str:
    """An event; ``definition`` is the kind (``timer``, ``message`` …) with a usual filling."""
    return node(tag, node_id, DEFINITIONS.get(definition, definition), attributes=attributes)


def boundary(node_id: str, host: str, definition: str, *, interrupting: bool = True) -> str:
    """A boundary event."""
    cancels = "" if interrupting else 'cancelActivity="false"'
    return event("boundaryEvent", node_id, definition, f'attachedToRef="{host}" {cancels}')


DEFINITIONS = {
    "timer": "<bpmn:timerEventDefinition><bpmn:timeDuration>P5D</bpmn:timeDuration>"
    "</bpmn:timerEventDefinition>",
    "date": "<bpmn:timerEventDefinition><bpmn:timeDate>2027-03-01T09:00:00</bpmn:timeDate>"
    "</bpmn:timerEventDefinition>",
    "cycle": "<bpmn:timerEventDefinition><bpmn:timeCycle>R3/PT1H</bpmn:timeCycle>"
    "</bpmn:timerEventDefinition>",
    "message": '<bpmn:messageEventDefinition messageRef="msg"/>',
    "signal": '<bpmn:signalEventDefinition signalRef="sig"/>',
    "error": '<bpmn:errorEventDefinition errorRef="err"/>',
    "escalation": '<bpmn:escalationEventDefinition escalationRef="esc"/>',
    "conditional": "<bpmn:conditionalEventDefinition><bpmn:condition>=ready</bpmn:condition>"
    "</bpmn:conditionalEventDefinition>",
    "link": '<bpmn:linkEventDefinition name="go"/>',
    "terminate": "<bpmn:terminateEventDefinition/>",
    "compensation": "<bpmn:compensateEventDefinition/>",
    "cancel": "<bpmn:cancelEventDefinition/>",
}
ROOTS = (
    '<bpmn:message id="msg" name="回执"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=case.number"/></bpmn:extensionElements></bpmn:message>'
    '<bpmn:signal id="sig" name="停工"/>'
    '<bpmn:error id="err" name="查无此矿" errorCode="NO_MINE"/>'
    '<bpmn:escalation id="esc" name="上报" escalationCode="REPORT"/>'
)


def loop(inner: str = "", *, sequential: bool = False, collection: str = "=departments") -> str:
    """A multi-instance marker."""
    extension = (
        "<bpmn:extensionElements>"
        f'<zeebe:loopCharacteristics inputCollection="{collection}" inputElement="department"/>'
        "</bpmn:extensionElements>"
    )
    flag = str(sequential).lower()
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{flag}">{extension}{inner}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def mapping(*lines: str) -> str:
    """An ``ioMapping`` of lines such as ``input =a b`` (direction, source, target)."""
    parts = (text.split(" ") for text in lines)
    inner = "".join(f'<zeebe:{d} source="{s}" target="{t}"/>' for d, s, t in parts)
    return f"<zeebe:ioMapping>{inner}</zeebe:ioMapping>"


def read(source: bytes) -> Process:
    """The process of a file."""
    return read_diagram(source).diagram.process()


def findings(source: bytes) -> dict[str, Finding]:
    """The findings of a file by code (the first of each)."""
    found: dict[str, Finding] = {}
    for finding in read_diagram(source).findings:
        found.setdefault(finding.code, finding)
    return found


def codes(source: bytes) -> set[str]:
    """The codes of all findings of a file."""
    return set(findings(source))
