"""Applies a proposed fix to the text of a diagram; everything else of the file stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from engine.bpmn.findings import Findings, Fix
from engine.bpmn.namespaces import BPMN, ZEEBE, split_key
from engine.bpmn.screen import OWNERS
from engine.bpmn.xml import DEFAULT_LIMITS, Element, Limits
from engine.errors import Refused
from engine.importing.document import Document, Line
from engine.importing.drawing import add_shape, draw_above, remove_drawing
from engine.importing.escaping import escape
from engine.importing.foreign import extensions, named
from engine.importing.identity import Ids, rename_everywhere
from engine.importing.messages import IMPORT
from engine.importing.retype import FOREIGN_TYPES, add_user_task, retype
from engine.importing.rewire import lead_to, reconnect, remove_with_flows
from engine.importing.source import open_text

__all__ = ["FOREIGN_TYPES", "FixRefused", "apply_fix", "read_fix"]

_KINDS: dict[str, tuple[str, str]] = {
    "message": ("messageEventDefinition", "messageRef"),
    "signal": ("signalEventDefinition", "signalRef"),
    "error": ("errorEventDefinition", "errorRef"),
    "escalation": ("escalationEventDefinition", "escalationRef"),
}
_OWN_NAME = {"error": "errorCode", "escalation": "escalationCode"}
_VARIABLE = re.compile(r"[^\W\d]\w{0,79}")


class FixRefused(Refused):
    """The fix does not fit the diagram as it is."""

    code = "fix_unfit"


def read_fix(given: Mapping[str, Any]) -> Fix:
    """A fix as it was offered in a report."""
    told = {"kind", "element", "text", "text_en"}
    values = tuple((str(k), str(v)) for k, v in given.items() if k not in told)
    return Fix(str(given.get("kind", "")), str(given.get("element", "")), values)


def apply_fix(source: bytes, fix: Fix, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The diagram with the fix made; FixRefused when it does not fit it."""
    opened = open_text(source, Findings(IMPORT), limits)
    document = Document(opened.text)
    element = _find(document, fix.element)
    rule = _RULES.get(fix.kind)
    if rule is None or element is None:
        raise _unfit(fix)
    if not rule(document, element, fix):
        raise _unfit(fix)
    return opened.bytes_of(document.written())


def _unfit(fix: Fix) -> FixRefused:
    return FixRefused(
        f"修改 {fix.kind} 不适用于“{fix.element}”，可能已经改过",
        f"the fix {fix.kind} does not fit “{fix.element}”; perhaps it was made already",
        kind=fix.kind,
        element=fix.element,
    )


def _find(document: Document, place: str) -> Element | None:
    """The BPMN element with this id, or at this ``line:column``."""
    return next((e for e in document.bpmn() if place and e.place == place), None)


# -------------------------------------------------------------------------- conditions


def _default(document: Document, gateway: Element, fix: Fix) -> bool:
    if not any(_flows(document, gateway, fix.get("flow"))):
        return False
    document.set(gateway, "default", fix.get("flow"))
    return True


def _flows(document: Document, gateway: Element, *ids: str) -> list[Element]:
    own = gateway.get("id")
    return [
        f for f in document.bpmn("sequenceFlow")
        if f.get("id") in ids and f.get("sourceRef").rpartition(":")[2] == own
    ]  # fmt: skip


def _choice(document: Document, gateway: Element, fix: Fix) -> bool:
    """The exits by what was chosen in the step before: conditions, and the step's result."""
    task = _find(document, fix.get("task"))
    if task is None or not _decide(document, gateway, fix):
        return False
    variable = fix.get("variable")
    if task.tag != "userTask":
        retype(document, task, "userTask")
    else:
        add_user_task(document, task)
    pairs = (("source", f"={variable}"), ("target", variable))
    document.add_line(task, "ioMapping", Line("output", pairs))
    return True


def _decide(document: Document, gateway: Element, fix: Fix) -> bool:
    """A condition for every exit that is an option; False when there is none."""
    labels = {k.removeprefix("option:"): v for k, v in fix.values if k.startswith("option:")}
    flows = _flows(document, gateway, *labels)
    if not flows or not _VARIABLE.fullmatch(fix.get("variable")):
        return False
    for flow in flows:
        label = labels[flow.get("id")].replace("\\", "\\\\").replace('"', '\\"')
        _condition(document, flow, f'={fix.get("variable")} = "{label}"')
    return True


def _ask(document: Document, gateway: Element, fix: Fix) -> bool:
    """A user task before the gateway, to which what led to the gateway leads now."""
    if gateway.tag != "exclusiveGateway" or not _decide(document, gateway, fix):
        return False
    ids = Ids(document.ids())
    task, own = ids.free(f"Decide_{gateway.get('id')}"), gateway.get("id")
    flow = ids.free(f"Flow_{task}")
    pairs = (("source", f"={fix.get('variable')}"), ("target", fix.get("variable")))
    document.insert(gateway, document.user_task(gateway, task, gateway.get("name"), pairs))
    line = document.markup(gateway, "sequenceFlow", id=flow, sourceRef=task, targetRef=own)
    document.insert(gateway, line)
    lead_to(document, gateway, task)
    draw_above(document, gateway, task, flow)
    return True


def _condition(document: Document, flow: Element, text: str) -> None:
    drawn = flow.first(BPMN, "conditionExpression")
    if drawn is not None:
        document.write(drawn, text)
        return
    xsi = document.prefix_of("http://www.w3.org/2001/XMLSchema-instance", "xsi")
    kind = document.qualified(flow, "tFormalExpression")
    given = {f"{xsi}:type": kind}
    document.append(flow, document.markup(flow, "conditionExpression", escape(text), **given))


# -------------------------------------------------------------------------- beginnings and ends


def _start(document: Document, container: Element, fix: Fix) -> bool:
    first = _find(document, fix.get("before"))
    if first is None or document.parent(first) is not container:
        return False
    _beside(document, first, "startEvent", before=True)
    return True


def _end(document: Document, node: Element, _fix: Fix) -> bool:
    _beside(document, node, "endEvent", before=False)
    return True


def _beside(document: Document, node: Element, tag: str, *, before: bool) -> None:
    """An event before or behind a node, the flow between them, and both in the drawing."""
    ids = Ids(document.ids())
    event = ids.free("StartEvent_1" if before else "EndEvent_1")
    ends = (event, node.get("id")) if before else (node.get("id"), event)
    flow = ids.free(f"Flow_{ends[0]}_{ends[1]}")
    document.insert(node, document.markup(node, tag, id=event), behind=not before)
    line = document.markup(node, "sequenceFlow", id=flow, sourceRef=ends[0], targetRef=ends[1])
    document.insert(node, line, behind=True)
    add_shape(document, node, event, flow, before=before)


# -------------------------------------------------------------------------- single elements


def _remove(document: Document, element: Element, fix: Fix) -> bool:
    if element.tag in {"process", "definitions"}:
        below = [*element.named(BPMN, fix.get("tag"))] if fix.get("tag") else []
        for child in below:
            document.remove(child)
        return bool(below)
    remove_with_flows(document, element)
    return True


def _turn(document: Document, element: Element, fix: Fix) -> bool:
    return retype(document, element, fix.get("tag"))


def _type(document: Document, task: Element, _fix: Fix) -> bool:
    found = named(task, *FOREIGN_TYPES)
    name = next((_type_name(a.value) for a in found.values() if _type_name(a.value)), "")
    if not name or document.holds(task, "taskDefinition"):
        return False
    document.extend(task, "taskDefinition", type=name)
    for attribute in found.values():
        document.drop(task, attribute.key)
    for given in extensions(task, "field"):
        text = given.get("stringValue") or "".join(c.text for c in given.children).strip()
        pairs = (("key", given.get("name")), ("value", text or given.get("expression")))
        document.extend_line(task, "taskHeaders", Line("header", pairs))
        document.remove(given)
    return True


def _type_name(text: str) -> str:
    """A task type made of a class or an expression."""
    inner = re.sub(r"[$#]\{|\}", "", text).partition("(")[0].strip()
    name = inner.rpartition(".")[2] if inner[:1].islower() and inner.count(".") > 1 else inner
    return name if re.fullmatch(r"[\w.\-]{1,120}", name) else ""


def _timer(document: Document, event: Element, fix: Fix) -> bool:
    definition = event.first(BPMN, "timerEventDefinition")
    value = fix.get("value")
    if definition is None or not value:
        return False
    drawn = definition.first(BPMN, "timeDuration", "timeDate", "timeCycle")
    if drawn is None:
        document.append(definition, document.markup(definition, "timeDuration", escape(value)))
        return True
    if drawn.tag != "timeDuration":
        document.rename(drawn, "timeDuration")
    document.write(drawn, value)
    return True


def _declare(document: Document, element: Element, fix: Fix) -> bool:
    tag, attribute = _KINDS.get(fix.get("what"), ("", ""))
    name = fix.get("name")
    user = element if element.tag == "receiveTask" else element.first(BPMN, tag)
    if not name or user is None:
        return False
    own = _OWN_NAME.get(fix.get("what"), "name")
    known = [e for e in document.root.named(BPMN, fix.get("what")) if e.get(own) == name]
    if known and known[0].get("id"):
        document.set(user, attribute, known[0].get("id"))
        return True
    new = Ids(document.ids()).free(f"{fix.get('what').capitalize()}_1")
    values = {"id": new, "name": name} | ({own: name} if own != "name" else {})
    first = next(document.root.named(BPMN, "collaboration", "process"))
    declared = document.markup(document.root, fix.get("what"), **values)
    document.insert(first, declared, behind=False)
    document.set(user, attribute, new)
    return True


def _drop(document: Document, owner: Element, fix: Fix) -> bool:
    """Attributes and elements with these names, on the element or below it in its own part."""
    names = frozenset(fix.get("names").split(","))
    found = False
    todo = [owner]
    while todo:
        element = todo.pop()
        for key in element.attributes:
            namespace, name = split_key(key)
            if name in names and _belongs(namespace or element.namespace, fix.get("of")):
                document.drop(element, key)
                found = True
        for child in element.children:
            if child.tag in names and _belongs(child.namespace, fix.get("of")):
                remove_drawing(document, {child.get("id")} - {""})
                document.remove(child)
                found = True
            elif child.namespace != BPMN or child.tag not in OWNERS:
                todo.append(child)
    return found


def _belongs(namespace: str, of: str) -> bool:
    known = {BPMN: "bpmn", ZEEBE: "zeebe"}
    return known.get(namespace, "foreign") == of


# -------------------------------------------------------------------------- the file


def _choose(document: Document, process: Element, _fix: Fix) -> bool:
    if process.tag != "process":
        return False
    for other in document.root.named(BPMN, "process"):
        document.set(other, "isExecutable", "true" if other is process else "false")
    return True


def _rename(document: Document, process: Element, fix: Fix) -> bool:
    new = fix.get("to")
    if process.tag != "process" or not new or new in document.ids():
        return False
    rename_everywhere(document, {process.get("id"): new})
    return True


def _reconnect(document: Document, flow: Element, _fix: Fix) -> bool:
    return flow.tag == "sequenceFlow" and reconnect(document, flow)


_RULES: dict[str, Callable[[Document, Element, Fix], bool]] = {
    "default": _default,
    "choice": _choice,
    "ask": _ask,
    "start": _start,
    "end": _end,
    "remove": _remove,
    "turn": _turn,
    "type": _type,
    "timer": _timer,
    "declare": _declare,
    "drop": _drop,
    "choose": _choose,
    "rename": _rename,
    "reconnect": _reconnect,
}
