"""User tasks of other engines: who does them, with which form, until when."""

from __future__ import annotations

import re

from engine.bpmn.extensions import extension_elements
from engine.bpmn.namespaces import BPMN, ZEEBE
from engine.bpmn.xml import Element
from engine.importing.foreign import Attribute, Work, named, shown
from engine.importing.juel import translate_value, whole_expression

_ASSIGNMENT = ("assignee", "candidateGroups", "candidateUsers")
_FORMS = ("formKey", "formRef")
_PRINCIPAL = "=case.principal"  # whoever started the case
_FORM_NAME = re.compile(r"[^\W\d][\w.\-]*")
_TIME = r"(?:now|dateTime)\(\)"
_PLUS = re.compile(
    rf"{_TIME}\.plus(Years|Months|Weeks|Days|Hours|Minutes)\((\d{{1,4}})\)(?:\.toDate\(\))?"
)
_UNITS = {
    "Years": "P{}Y", "Months": "P{}M", "Weeks": "P{}W", "Days": "P{}D",
    "Hours": "PT{}H", "Minutes": "PT{}M",
}  # fmt: skip
_JBPM = "http://www.jboss.org/drools"
_ROLE_PART = re.compile(r"\s*(user|group)\(([^()]*)\)\s*")


def translate_people(work: Work) -> None:
    """Rewrite assignment, form, due date and priority of every user task where it is certain."""
    starters = _translate_initiators(work)
    for task in work.document.bpmn("userTask"):
        _translate_assignment(task, starters, work)
        _translate_roles(task, work)
        _translate_schedule(task, work)
    for element in work.document.bpmn("userTask", "startEvent"):
        _translate_form(element, work)


def _extend(work: Work, task: Element, tag: str, **attributes: str) -> None:
    if task.tag == "userTask" and not work.document.holds(task, "userTask"):
        work.document.extend(task, "userTask")
    work.document.extend(task, tag, **attributes)


def _translate_initiators(work: Work) -> frozenset[str]:
    """The variables that hold who started the case; the attributes that say so are removed."""
    found = set()
    for start in work.document.bpmn("startEvent"):
        for attribute in named(start, "initiator").values():
            work.document.drop(start, attribute.key)
            work.dropped(start, attribute.engine, "initiator", attribute.value)
            found.add(attribute.value)
    return frozenset(found)


def _translate_assignment(task: Element, starters: frozenset[str], work: Work) -> None:
    if work.document.holds(task, "assignmentDefinition"):
        return
    for name, attribute in named(task, *_ASSIGNMENT).items():
        value = _people(attribute.value, starters)
        if value:
            _extend(work, task, "assignmentDefinition", **{name: value})
            _done(work, task, attribute, f"zeebe:assignmentDefinition {name}={value}")


def _people(text: str, starters: frozenset[str]) -> str:
    """Principals as they are written here; empty when that is not certain."""
    if text == "$INITIATOR" or (whole_expression(text) or "").strip() in starters:
        return _PRINCIPAL
    if any(f"{{{name}}}" in text for name in starters):
        return ""
    return translate_value(text) or ""


def _translate_roles(task: Element, work: Work) -> None:
    """BPMN's own resource roles as Activiti and jBPM fill them in."""
    roles = [*task.named(BPMN, "humanPerformer", "potentialOwner", "performer", "resourceRole")]
    taken = named(task, *_ASSIGNMENT)
    if not roles or taken or work.document.holds(task, "assignmentDefinition"):
        return
    # Who stands there without saying what he is: a group, in jBPM a user.
    plain = "user" if work.document.root.get("targetNamespace") == _JBPM else "group"
    given: dict[str, list[str]] = {}
    for role in roles:
        text = _role_text(role)
        people = _role_people(role, text, plain)
        if not people:
            return
        for name, principals in people.items():
            given.setdefault(name, []).extend(principals)
    for name, principals in given.items():
        value = ",".join(principals)
        _extend(work, task, "assignmentDefinition", **{name: value})
        for role in roles:
            work.document.remove(role)
        new = f"{name}={value}"
        work.note("role-translated", task, tag=roles[0].tag, old=_role_text(roles[0]), new=new)


def _role_text(role: Element) -> str:
    texts = (e.text.strip() for e in role.walk() if e.tag == "formalExpression")
    return next((t for t in texts if t), "")


def _role_people(role: Element, text: str, plain: str) -> dict[str, list[str]]:
    parts = [p for p in _split(text) if p]
    if role.tag == "humanPerformer" and len(parts) == 1 and "(" not in text:
        value = translate_value(text)
        return {"assignee": [value]} if value else {}
    if role.tag != "potentialOwner" or not parts or "{" in text:
        return {}
    people: dict[str, list[str]] = {}
    for part in parts:
        match = _ROLE_PART.fullmatch(part)
        kind, name = (match[1], match[2].strip()) if match else (plain, part.strip())
        attribute = "candidateUsers" if kind == "user" else "candidateGroups"
        people.setdefault(attribute, []).append(name)
    return people


def _split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r",(?![^()]*\))", text)]


def _translate_schedule(task: Element, work: Work) -> None:
    for attribute in named(task, "dueDate").values():
        value = _due(attribute.value)
        if value and not work.document.holds(task, "taskSchedule"):
            _extend(work, task, "taskSchedule", dueDate=value)
            _done(work, task, attribute, f"zeebe:taskSchedule dueDate={value}")
    for attribute in named(task, "priority").values():
        value = translate_value(attribute.value) or ""
        if value and not work.document.holds(task, "priorityDefinition"):
            _extend(work, task, "priorityDefinition", priority=value)
            _done(work, task, attribute, f"zeebe:priorityDefinition priority={value}")


def _due(text: str) -> str:
    inner = whole_expression(text)
    match = _PLUS.fullmatch((inner or "").strip())
    if match:
        return _UNITS[match[1]].format(match[2])
    return translate_value(text) or ""


def _translate_form(element: Element, work: Work) -> None:
    if work.document.holds(element, "formDefinition"):
        _translate_form_key(element, work)
        return
    for attribute in named(element, *_FORMS).values():
        form = form_id(attribute.value)
        if form:
            _extend(work, element, "formDefinition", formId=form)
            _done(work, element, attribute, f"zeebe:formDefinition formId={form}")
            for more in named(element, "formRefBinding", "formRefVersion").values():
                work.document.drop(element, more.key)
                work.dropped(element, more.engine, more.name, more.value)
            return


def _translate_form_key(element: Element, work: Work) -> None:
    """The older attributes by which Camunda 8 itself names a form."""
    for extension in extension_elements(element):
        if extension.namespace != ZEEBE or extension.tag != "formDefinition":
            continue
        for name in ("formKey", "externalReference"):
            form = form_id(extension.get(name))
            if form and not extension.get("formId"):
                work.document.drop(extension, name)
                work.document.set(extension, "formId", form)
                old, new = extension.get(name), f"formId={form}"
                work.translated(element, "Camunda 8", name, old, new)


def form_id(key: str) -> str:
    """The id of the form that a key of another engine names; empty when that is not certain."""
    if "${" in key or "#{" in key:
        return ""
    name = key.rpartition("/")[2].rpartition(":")[2].partition("?")[0]
    for ending in (".form", ".html", ".jsp", ".xhtml", ".json"):
        name = name.removesuffix(ending)
    return name if _FORM_NAME.fullmatch(name) else ""


def _done(work: Work, element: Element, attribute: Attribute, new: str) -> None:
    work.document.drop(element, attribute.key)
    work.translated(element, attribute.engine, attribute.name, shown(attribute.value), new)
