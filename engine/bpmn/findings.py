"""A finding: one thing about one element that its author should know, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding weighs: an error blocks publication, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Fix:
    """A change of the diagram that would help, as values that can be applied to its text.

    ``kind`` and ``values`` are those of :mod:`engine.importing.apply`; the sentences tell a
    person what would be done.
    """

    kind: str
    element: str
    values: tuple[tuple[str, str], ...] = ()
    zh: str = ""
    en: str = ""

    def get(self, name: str) -> str:
        """One of the values; empty when it is not there."""
        return dict(self.values).get(name, "")

    def to_json(self) -> dict[str, str]:
        """The fix as it is offered, and as it is taken back to be applied."""
        own = {"kind": self.kind, "element": self.element, **dict(self.values)}
        return {**own, "text": self.zh, "text_en": self.en}


@dataclass(frozen=True)
class Finding:
    """What is the matter (``zh``, ``en``), where (``element`` id, ``name``), and what helps.

    ``code`` is stable. ``element`` is ``line:column`` where there is no id to point at. ``facts``
    are what its sentences were filled in with; ``fix`` is a change that would help, if any.
    """

    code: str
    severity: Severity
    element: str
    name: str
    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    fix: Fix | None = None

    @property
    def blocks(self) -> bool:
        """Whether publication is refused because of this."""
        return self.severity is Severity.ERROR

    def to_json(self) -> dict[str, Any]:
        """The finding as ``lucheng check --json`` prints it."""
        fix = {} if self.fix is None else {"fix": self.fix.to_json()}
        return {
            "code": self.code,
            "severity": self.severity.value,
            "element": self.element,
            "name": self.name,
            "message": self.zh,
            "message_en": self.en,
            "remedy": self.remedy_zh,
            "remedy_en": self.remedy_en,
            **fix,
        }


@dataclass(frozen=True)
class Message:
    """The wording of one code; ``{facts}`` in braces are filled in when it is raised."""

    severity: Severity
    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""

    def finding(self, code: str, element: str, name: str, facts: Mapping[str, object]) -> Finding:
        """The finding this message makes of an element."""
        texts = (self.zh, self.en, self.remedy_zh, self.remedy_en)
        zh, en, remedy_zh, remedy_en = (text.format(**facts) for text in texts)
        plain = tuple((key, str(value)) for key, value in facts.items())
        return Finding(code, self.severity, element, name, zh, en, remedy_zh, remedy_en, plain)


class Findings:
    """Collects findings in order, each at most once, worded by one catalogue."""

    def __init__(self, catalogue: Mapping[str, Message]) -> None:
        self._catalogue = catalogue
        self._found: dict[Finding, None] = {}

    def add(self, code: str, element: str, name: str = "", **facts: object) -> None:
        """Record the finding ``code`` on an element."""
        self._found[self._catalogue[code].finding(code, element, name, facts)] = None

    def record(self, finding: Finding) -> None:
        """Record a finding worded elsewhere."""
        self._found[finding] = None

    def all(self) -> tuple[Finding, ...]:
        """Everything found, in the order of discovery."""
        return tuple(self._found)


def blocks(findings: Iterable[Finding]) -> bool:
    """Whether any of these findings refuses publication."""
    return any(f.blocks for f in findings)
