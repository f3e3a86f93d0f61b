"""A row of the support table: a feature of BPMN and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What becomes of a feature."""

    EXECUTED = "executed"
    DRAWING = "drawing"  # a picture for people: kept, shown, without effect
    NOTED = "noted"  # without effect here, and the author is told
    REFUSED = "refused"


@dataclass(frozen=True)
class Feature:
    """One row: its stable key, its names, the verdict, and for a refusal the reason and remedy."""

    key: str
    zh: str
    en: str
    verdict: Verdict
    reason_zh: str = ""
    reason_en: str = ""
    remedy_zh: str = ""
    remedy_en: str = ""


def executed(key: str, zh: str, en: str) -> Feature:
    """A row for what the engine executes."""
    return Feature(key, zh, en, Verdict.EXECUTED)


def drawing(key: str, zh: str, en: str) -> Feature:
    """A row for what is a picture only."""
    return Feature(key, zh, en, Verdict.DRAWING)


def noted(key: str, zh: str, en: str, reason_zh: str, reason_en: str) -> Feature:
    """A row for what has no effect, with the reason the author is told."""
    return Feature(key, zh, en, Verdict.NOTED, reason_zh, reason_en)


def refused(
    key: str, zh: str, en: str, reason: tuple[str, str], remedy: tuple[str, str]
) -> Feature:
    """A row for what is refused: (zh, en) of the reason, (zh, en) of the remedy."""
    return Feature(key, zh, en, Verdict.REFUSED, *reason, *remedy)
