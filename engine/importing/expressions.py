"""Conditions, timers and loops of other engines."""

from __future__ import annotations

import re

from engine.bpmn.namespaces import BPMN
from engine.bpmn.xml import Element
from engine.feel import FeelError, compile_expression
from engine.importing.foreign import Work, named
from engine.importing.juel import is_marked, translate, translate_value, whole_expression

_CONDITIONS = ("conditionExpression", "completionCondition", "condition", "loopCondition")
_TIMES = ("timeDate", "timeDuration", "timeCycle")
_NAME = re.compile(r"[^\W\d]\w*")
_RETURN = re.compile(r"\s*return\s+(.*?);?\s*", re.DOTALL)
_OPERATOR = re.compile(r"[=<>!]|&&|\|\||\b(?:and|or|not)\b|\.\w+\(")
# 1d2h30m, 500ms and milliseconds with an L, as jBPM and Bonita write durations.
_SHORT = re.compile(r"(?=\d)(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s)?(?:\d+ms)?")
_MILLISECONDS = re.compile(r"(\d{4,15})L")
_SLASHES = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})")


def translate_conditions(work: Work) -> None:
    """Rewrite the condition of every flow, event and loop where it is simple."""
    for holder in work.document.bpmn(*_CONDITIONS):
        text = holder.text.strip()
        if not text or text.startswith("="):
            continue
        feel = _condition(text)
        if feel is None:  # left as it is: the gate tells of it with its text
            continue
        work.document.write(holder, f"={feel}")
        if holder.get("language"):
            work.document.drop(holder, "language")
        work.note("condition-translated", holder, old=text, new=f"={feel}")


def _condition(text: str) -> str | None:
    inner = whole_expression(text)
    if inner is not None:
        return translate(inner)
    if is_marked(text):
        return None
    returned = _RETURN.fullmatch(text)
    if returned:
        return translate(returned[1])
    # A word alone may as well be a label; with an operator it can only be a condition.
    if not _OPERATOR.search(text):
        return None
    try:
        compile_expression(text)
    except FeelError:
        return translate(text)
    return text


def translate_timers(work: Work) -> None:
    """Rewrite what a timer waits for where another engine wrote it its own way."""
    for holder in work.document.bpmn(*_TIMES):
        old = holder.text.strip()
        new = _time(old)
        if new is None:
            continue
        if new != old:
            work.document.write(holder, new)
            work.note("expression-translated", holder, what=holder.tag, old=old, new=new)
        if holder.tag == "timeCycle" and new.startswith("P") and _fires_once(holder, work):
            work.document.rename(holder, "timeDuration")
            work.note("cycle-is-duration", holder, value=new)


def _fires_once(timer: Element, work: Work) -> bool:
    """Whether the event of a timer happens once, so that a length of time can be no cycle."""
    event = work.owner(timer)
    return event.tag == "intermediateCatchEvent" or (
        event.tag == "boundaryEvent" and event.get("cancelActivity") not in {"false", "0"}
    )


def _time(text: str) -> str | None:
    if is_marked(text):
        return translate_value(text)
    short = _SHORT.fullmatch(text) if text else None
    if short and any(short.groups()):
        days, hours, minutes, seconds = (
            f"{n}{u}" if n else "" for n, u in zip(short.groups(), "DHMS", strict=True)
        )
        time = hours + minutes + seconds
        return f"P{days}T{time}" if time else f"P{days}"
    stamp = _MILLISECONDS.fullmatch(text)
    if stamp:
        return f"PT{int(stamp[1]) // 1000}S"
    date = _SLASHES.fullmatch(text)
    return f"{date[1]}-{int(date[2]):02}-{int(date[3]):02}" if date else text


def translate_loops(work: Work) -> None:
    """Rewrite what every multi-instance marker goes through, or how it says their number."""
    for marker in work.document.bpmn("multiInstanceLoopCharacteristics"):
        if not work.document.holds(marker, "loopCharacteristics"):
            _translate_loop(marker, work)


def _translate_loop(marker: Element, work: Work) -> None:
    document = work.document
    found = named(marker, "collection", "elementVariable", "elementIndexVariable")
    number = marker.first(BPMN, "loopCardinality")
    collection = found.get("collection")
    if collection is not None:
        feel = _collection(collection.value)
        old = collection.value
    elif number is not None and number.text.strip():
        _translate_count(number, work)
        return
    else:
        feel, old = _data_input(marker, work)
    if feel is None or "elementIndexVariable" in found:
        return
    item = marker.first(BPMN, "inputDataItem")
    named_by = found["elementVariable"].value if "elementVariable" in found else ""
    element = named_by or (item.get("name") if item is not None else "")
    more = {"inputElement": element} if element else {}
    for drawn in marker.named(BPMN, "loopDataInputRef", "inputDataItem"):
        document.remove(drawn)
    document.extend(marker, "loopCharacteristics", inputCollection=f"={feel}", **more)
    for attribute in found.values():
        document.drop(marker, attribute.key)
    if number is not None:
        document.remove(number)
    work.note("loop-translated", marker, old=old, new=f"={feel}")


def _data_input(marker: Element, work: Work) -> tuple[str | None, str]:
    """The variable that BPMN's own ``loopDataInputRef`` names, as Activiti fills it in."""
    drawn = marker.first(BPMN, "loopDataInputRef")
    text = drawn.text.strip() if drawn is not None else ""
    is_id = text.rpartition(":")[2] in work.document.ids()  # then it is a declared data input
    return (None if not text or is_id else _collection(text)), text


def _collection(text: str) -> str | None:
    inner = whole_expression(text)
    if inner is not None:
        return translate(inner)
    return text if _NAME.fullmatch(text) else None


def _translate_count(number: Element, work: Work) -> None:
    """Rewrite a number of instances that is an expression of another engine; digits stay."""
    old = number.text.strip()
    if old.startswith("=") or old.isdecimal():
        return
    feel = translate(whole_expression(old) or old)
    if feel is not None:
        work.document.write(number, f"={feel}")
        work.note("expression-translated", number, what=number.tag, old=old, new=f"={feel}")


def translate_platform(work: Work) -> None:
    """Let the file say that its extensions are those of Camunda 8 when they were another's."""
    key = "{http://camunda.org/schema/modeler/1.0}executionPlatform"
    root = work.document.root
    platform = root.get(key)
    if not platform or platform == "Camunda Cloud":
        return
    work.document.set(root, key, "Camunda Cloud")
    if root.get(f"{key}Version"):
        work.document.set(root, f"{key}Version", "8.6.0")
    work.note("platform-replaced", root, platform=platform)
