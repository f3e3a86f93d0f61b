"""The wording of what the gate may find about the ways out of a step, links and repetition."""

from __future__ import annotations

from engine.bpmn.findings import Message, Severity


def _error(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Message:
    return Message(Severity.ERROR, zh, en, remedy_zh, remedy_en)


def _warning(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Message:
    return Message(Severity.WARNING, zh, en, remedy_zh, remedy_en)


PATHS: dict[str, Message] = {
    "exits-all-conditional": _warning(
        "每条出口都有条件，没有默认出口；条件都不成立时将产生异常。",
        "Every exit has a condition and none is the default; when no condition holds, an incident "
        "is raised.",
        "指定一条默认出口，或让一条出口不带条件。",
        "Make one exit the default, or leave one without a condition.",
    ),
}
