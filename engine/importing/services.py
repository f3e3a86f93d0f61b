"""Automatic tasks of other engines: what they run, what goes in and out, scripts, decisions."""

from __future__ import annotations

import re

from engine.bpmn.extensions import INPUT_HOSTS, OUTPUT_HOSTS
from engine.bpmn.namespaces import BPMN
from engine.bpmn.xml import Element
from engine.importing.document import Line
from engine.importing.foreign import Work, engine_of, extensions, named
from engine.importing.juel import is_marked, translate, translate_value

_SERVICES = ("serviceTask", "sendTask", "businessRuleTask")
_EXTERNAL = frozenset({"external", "external-worker"})
_SET = re.compile(
    r"""\s*(?:execution|kcontext)\s*\.\s*setVariable\(\s*["']([^\W\d]\w*)["']\s*,(.*)\)\s*;?\s*""",
    re.DOTALL,
)
_ASSIGN = re.compile(r"\s*(?:var\s+|let\s+|def\s+)?([^\W\d]\w*)\s*=(?!=)(.*?);?\s*", re.DOTALL)
_SINGLE = frozenset({"singleEntry", "collectEntries"})


def translate_services(work: Work) -> None:
    """Rewrite external tasks, decisions, scripts, mappings and properties where it is certain."""
    for task in work.document.bpmn(*_SERVICES):
        _translate_topic(task, work)
    for task in work.document.bpmn("businessRuleTask"):
        _translate_decision(task, work)
    for task in work.document.bpmn("scriptTask"):
        _translate_script(task, work)
    for element in [*work.document.bpmn()]:
        _translate_mappings(element, work)
        _translate_properties(element, work)


def _translate_topic(task: Element, work: Work) -> None:
    found = named(task, "type", "topic", "taskPriority")
    topic = found.get("topic")
    if topic is None or work.document.holds(task, "taskDefinition") or is_marked(topic.value):
        return
    if "type" in found and found["type"].value not in _EXTERNAL:
        return
    work.document.extend(task, "taskDefinition", type=topic.value)
    for attribute in found.values():
        work.document.drop(task, attribute.key)
    new = f"zeebe:taskDefinition type={topic.value}"
    work.translated(task, topic.engine, "topic", topic.value, new)


def _translate_decision(task: Element, work: Work) -> None:
    found = named(task, "decisionRef", "resultVariable", "mapDecisionResult", "decisionRefBinding")
    decision = found.get("decisionRef")
    mapped = found.get("mapDecisionResult")
    if decision is None or is_marked(decision.value) or work.document.holds(task, "calledDecision"):
        return
    if mapped is None or mapped.value not in _SINGLE or "resultVariable" not in found:
        return
    variable = found["resultVariable"].value
    work.document.extend(task, "calledDecision", decisionId=decision.value, resultVariable=variable)
    for attribute in found.values():
        work.document.drop(task, attribute.key)
    new = f"zeebe:calledDecision decisionId={decision.value} resultVariable={variable}"
    work.translated(task, decision.engine, "decisionRef", decision.value, new)


def _translate_script(task: Element, work: Work) -> None:
    script = task.first(BPMN, "script")
    if script is None or work.document.holds(task, "script"):
        return
    text = script.text
    result = named(task, "resultVariable", "autoStoreVariables")
    variable, inner = _assignment(text)
    if not variable and "resultVariable" in result:
        variable, inner = result["resultVariable"].value, text.strip().removesuffix(";")
    feel = translate(inner) if variable else None
    if feel is None:
        facts = {"what_zh": "脚本", "what_en": "script", "old": text}
        work.note("not-translated", task, **facts)
        return
    work.document.extend(task, "script", expression=f"={feel}", resultVariable=variable)
    work.document.remove(script)
    for attribute in result.values():
        work.document.drop(task, attribute.key)
    work.note("script-translated", task, old=text, new=f"={feel}", variable=variable)


def _assignment(text: str) -> tuple[str, str]:
    """The one variable a script sets, and to what."""
    if ";" in text.strip().removesuffix(";") or "\n" in text.strip():
        return "", ""
    match = _SET.fullmatch(text) or _ASSIGN.fullmatch(text)
    return (match[1], match[2].strip()) if match else ("", "")


def _translate_mappings(element: Element, work: Work) -> None:
    if work.document.holds(element, "ioMapping"):
        return
    for holder in extensions(element, "inputOutput"):
        lines = [_line(child, element.tag) for child in holder.children]
        if not lines or any(line is None for line in lines):
            continue
        for line in lines:
            assert line is not None
            work.document.extend_line(element, "ioMapping", line)
        work.document.remove(holder)
        names = ", ".join(child.get("name") for child in holder.children)
        work.translated(element, engine_of(holder), "inputOutput", names, "zeebe:ioMapping")


def _line(parameter: Element, host: str) -> Line | None:
    """A parameter as a line of an ``ioMapping``; None when it is not simple."""
    hosts = {"inputParameter": ("input", INPUT_HOSTS), "outputParameter": ("output", OUTPUT_HOSTS)}
    tag, allowed = hosts.get(parameter.tag, ("", frozenset()))
    if host not in allowed or not parameter.get("name"):
        return None
    source = _source(parameter)
    return Line(tag, (("source", source), ("target", parameter.get("name")))) if source else None


def _source(parameter: Element) -> str:
    if not parameter.children:
        value = translate_value(parameter.text)
        return value or ("" if is_marked(parameter.text) else '=""')
    (holder, *others) = parameter.children
    if others:
        return ""
    parts = [_literal(child.text) for child in holder.children]
    if any(part is None for part in parts):
        return ""
    if holder.tag == "list":
        return f"=[{', '.join(str(p) for p in parts)}]"
    if holder.tag == "map":
        keys = [f'"{c.get("key")}"' for c in holder.children]
        return "={" + ", ".join(f"{k}: {p}" for k, p in zip(keys, parts, strict=True)) + "}"
    return ""


def _literal(text: str) -> str | None:
    """A value inside a list or map, as FEEL."""
    value = translate_value(text)
    if value is None:
        return None
    if is_marked(text):
        return value.removeprefix("=")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _translate_properties(element: Element, work: Work) -> None:
    if work.document.holds(element, "properties"):
        return
    for holder in extensions(element, "properties"):
        lines = [c for c in holder.children if c.tag == "property" and c.get("name")]
        if len(lines) != len(holder.children) or not lines:
            continue
        for line in {c.get("name"): c for c in lines}.values():
            pairs = (("name", line.get("name")), ("value", line.attributes.get("value", "")))
            work.document.extend_line(element, "properties", Line("property", pairs))
        work.document.remove(holder)
        names = ", ".join(c.get("name") for c in lines)
        work.translated(element, engine_of(holder), "properties", names, "zeebe:properties")
