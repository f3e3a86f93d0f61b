"""What a diagram declares beside its processes: messages, signals, errors, escalations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.bpmn.extensions import extension_elements
from engine.bpmn.findings import Findings
from engine.bpmn.model import Event, EventKind
from engine.bpmn.namespaces import BPMN, ZEEBE
from engine.bpmn.xml import Element

# Per declared tag: what an event refers to it by, and its names for people.
_DECLARED: dict[str, tuple[EventKind, str, str, str]] = {
    "message": (EventKind.MESSAGE, "name", "消息", "message"),
    "signal": (EventKind.SIGNAL, "name", "信号", "signal"),
    "error": (EventKind.ERROR, "errorCode", "错误", "error"),
    "escalation": (EventKind.ESCALATION, "escalationCode", "升级", "escalation"),
}
_TAGS = {kind: tag for tag, (kind, *_) in _DECLARED.items()}


@dataclass(frozen=True)
class Declaration:
    """A declared message, signal, error or escalation, by what an event knows it."""

    ref: str
    correlation_key: str = ""


@dataclass(frozen=True)
class Context:
    """What reading one process needs of the whole file, and where findings go."""

    declarations: Mapping[tuple[str, str], Declaration]
    node_ids: frozenset[str]
    ids: set[str]
    lanes: Mapping[str, str]
    findings: Findings

    def local(self, ref: str, element: Element) -> str:
        """A reference without its prefix (``tns:x`` → ``x``)."""
        prefix, separator, name = ref.rpartition(":")
        if not separator or not prefix:
            return name
        self.findings.add(
            "reference-prefixed", element.place, element.get("name"), ref=ref, resolved=name
        )
        return name

    def event(self, kind: EventKind, ref: str, owner: Element) -> Event:
        """The event that refers to a declaration; an unresolved one is a finding on its owner."""
        tag = _TAGS[kind]
        _, attribute, zh, en = _DECLARED[tag]
        ref = self.local(ref, owner)
        if not ref:
            return Event(kind)
        declared = self.declarations.get((tag, ref))
        names = {"what_zh": zh, "what_en": en}
        if declared is None:
            self.findings.add("reference-missing", owner.place, owner.get("name"), ref=ref, **names)
            return Event(kind)
        if not declared.ref:
            code = "name-missing" if attribute == "name" else "code-missing"
            self.findings.add(code, owner.place, owner.get("name"), **names)
        return Event(kind, declared.ref, correlation_key=declared.correlation_key)


def declarations(root: Element) -> dict[tuple[str, str], Declaration]:
    """The declarations of a file by tag and id."""
    return dict(_declared(root))


def _declared(root: Element) -> Iterator[tuple[tuple[str, str], Declaration]]:
    for element in root.named(BPMN, *_DECLARED):
        attribute = _DECLARED[element.tag][1]
        keys = (
            e.get("correlationKey")
            for e in extension_elements(element)
            if (e.namespace, e.tag) == (ZEEBE, "subscription")
        )
        declared = Declaration(element.get(attribute), next(keys, ""))
        yield (element.tag, element.get("id")), declared
