"""What other engines wrote on an element: attributes and extensions of their namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn.extensions import extension_elements
from engine.bpmn.findings import Findings
from engine.bpmn.namespaces import ENGINES, split_key
from engine.bpmn.xml import Element
from engine.importing.document import Document

_SHOWN = 80


@dataclass(frozen=True)
class Attribute:
    """An attribute of another engine."""

    key: str
    name: str
    value: str
    engine: str


@dataclass(frozen=True)
class Work:
    """A file in the middle of its import: its text, and where findings go."""

    document: Document
    findings: Findings

    def translated(self, element: Element, engine: str, what: str, old: str, new: str) -> None:
        """Note that something of another engine is written differently now."""
        self._note("extension-translated", element, engine=engine, what=what, old=old, new=new)

    def dropped(self, element: Element, engine: str, what: str, old: str) -> None:
        """Note that something of another engine was removed because it means nothing here."""
        self._note("extension-dropped", element, engine=engine, what=what, old=old)

    def note(self, code: str, element: Element, **facts: str) -> None:
        """Note anything else."""
        self._note(code, element, **facts)

    def _note(self, code: str, element: Element, **facts: str) -> None:
        owner = self.owner(element)
        short = {key: shown(value) for key, value in facts.items()}
        self.findings.add(code, owner.place, owner.get("name"), **short)

    def owner(self, element: Element) -> Element:
        """The element a person would point at: this one, or the nearest above that has a name."""
        for holder in (element, *self.document.above(element)):
            if holder.get("id") and holder.tag not in _DETAILS:
                return holder
        return element


_DETAILS = frozenset(
    {
        "conditionExpression", "timerEventDefinition", "timeDuration", "timeDate", "timeCycle",
        "multiInstanceLoopCharacteristics", "completionCondition", "loopCardinality",
        "extensionElements", "potentialOwner", "humanPerformer", "performer", "resourceRole",
        "script", "conditionalEventDefinition", "condition", "eventDefinitionRef",
    }
)  # fmt: skip


def shown(text: str) -> str:
    """A text as a finding quotes it: on one line, not too long."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def attributes(element: Element) -> Iterator[Attribute]:
    """The attributes of other engines, in the order of the file."""
    for key, value in element.attributes.items():
        namespace, name = split_key(key)
        if namespace in ENGINES:
            yield Attribute(key, name, value.strip(), ENGINES[namespace])


def named(element: Element, *names: str) -> dict[str, Attribute]:
    """Those of them with these names."""
    return {a.name: a for a in attributes(element) if a.name in names}


def extensions(element: Element, *tags: str) -> Iterator[Element]:
    """The extensions of other engines with these tags."""
    return (e for e in extension_elements(element) if e.namespace in ENGINES and (e.tag in tags))


def engine_of(element: Element) -> str:
    """The engine that an extension belongs to."""
    return ENGINES.get(element.namespace, element.namespace)
