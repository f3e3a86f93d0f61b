"""What the gate says of a file, as the command ``lucheng check`` prints it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from engine.bpmn.findings import Finding, Severity, blocks
from engine.bpmn.model import Diagram
from engine.bpmn.xml import Unreadable
from engine.decisions.model import Decisions


class Verdict(StrEnum):
    """What is proved about the control flow."""

    SOUND = "sound"
    UNSOUND = "unsound"
    UNKNOWN = "unknown"


def worst_verdict(verdicts: Iterable[Verdict]) -> Verdict:
    """*Unsound* before *unknown* before *sound*; nothing at all is *unknown*."""
    found = set(verdicts)
    if Verdict.UNSOUND in found:
        return Verdict.UNSOUND
    return Verdict.SOUND if found == {Verdict.SOUND} else Verdict.UNKNOWN


@dataclass(frozen=True)
class Violation:
    """A way the control flow goes wrong, with the steps that lead there."""

    kind: str
    elements: tuple[str, ...]
    trace: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The violation as the command prints it."""
        return {"kind": self.kind, "elements": [*self.elements], "trace": [*self.trace]}


@dataclass(frozen=True)
class Soundness:
    """The verdict on the control flow; *unknown* until a proof was made."""

    verdict: Verdict = Verdict.UNKNOWN
    violations: tuple[Violation, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The verdict as the command prints it."""
        return {
            "verdict": self.verdict.value,
            "violations": [v.to_json() for v in self.violations],
        }


@dataclass(frozen=True)
class Report:
    """The findings on one file; it is a diagram or a decision file, neither when unreadable."""

    findings: tuple[Finding, ...]
    diagram: Diagram | None = None
    file: str = ""
    soundness: Soundness = Soundness()
    decisions: Decisions | None = None

    @property
    def readable(self) -> bool:
        """Whether the file opens as a draft."""
        return self.diagram is not None or self.decisions is not None

    @property
    def publishable(self) -> bool:
        """Whether nothing refuses publication."""
        sound = self.soundness.verdict is not Verdict.UNSOUND
        return self.readable and sound and not blocks(self.findings)

    def to_json(self) -> dict[str, Any]:
        """The report as one entry of ``lucheng check --json``."""
        return {
            "file": self.file,
            "readable": self.readable,
            "publishable": self.publishable,
            "findings": [f.to_json() for f in self.findings],
            "soundness": self.soundness.to_json(),
        }


Reports = Sequence[tuple[str, Report]]
"""What is said of each diagram and decision of a procedure, by its name."""


class Exit(IntEnum):
    """The exit status of ``lucheng check``."""

    PUBLISHABLE = 0
    NOT_PUBLISHABLE = 1
    UNREADABLE = 2


def exit_status(reports: Iterable[Report]) -> Exit:
    """The worst of the reports."""
    states = (
        Exit.UNREADABLE
        if not r.readable
        else Exit.PUBLISHABLE
        if r.publishable
        else Exit.NOT_PUBLISHABLE
        for r in reports
    )
    return max(states, default=Exit.PUBLISHABLE)


def unreadable_report(error: Unreadable, file: str = "") -> Report:
    """The report on a file that cannot be read; its one finding points at ``line:column``."""
    finding = Finding(error.code, Severity.ERROR, error.place, "", error.zh, error.en)
    return Report((finding,), None, file)
