"""The files of other tools, and what their import is expected to change and to find."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.bpmn.findings import Finding, Severity
from engine.bpmn.support import FEATURES, is_executed
from engine.bpmn.xml import decode
from engine.gate.imported import check_import
from engine.gate.report import Report
from engine.importing.messages import IMPORT

FOLDER = Path(__file__).parents[1] / "bpmn" / "foreign"
INDEX: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "index.toml").read_text("utf-8"))
NAMES = sorted(INDEX)


@dataclass(frozen=True)
class Opened:
    """A file with its report and its normalised form."""

    source: bytes
    report: Report
    normalised: bytes

    @property
    def text(self) -> str:
        """The normalised form as text."""
        return decode(self.normalised)

    def changed(self) -> list[str]:
        """What the import changed, as ``code@element``, in order, each once."""
        own = (f for f in self.report.findings if f.code in IMPORT and f.code != "no-drawing")
        return list(dict.fromkeys(map(place, own)))

    def found(self) -> set[str]:
        """What else is the matter."""
        return {place(f) for f in self.report.findings if f.code not in IMPORT}

    def errors(self) -> set[str]:
        """What refuses publication."""
        return {place(f) for f in self.report.findings if f.severity is Severity.ERROR}


def place(finding: Finding) -> str:
    """A finding by its code and element."""
    return f"{finding.code}@{finding.element}"


def load(name: str) -> bytes:
    """The bytes of a file."""
    return (FOLDER / name).read_bytes()


def opened(source: bytes) -> Opened:
    """What import and gate make of a file."""
    report, normalised = check_import(source)
    return Opened(source, report, normalised)


def is_still_refused(expected: str) -> bool:
    """Whether an expected finding still is one: a construct may have come to be executed."""
    code = expected.partition("@")[0].removeprefix("unsupported:")
    return not (code in FEATURES and is_executed(code))
