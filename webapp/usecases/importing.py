"""A file of another tool: what becomes of it here, and the fixes that are made in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.gate.context import GateContext
from engine.gate.imported import check_import
from engine.gate.report import Report
from engine.gate.sandbox import import_in_child
from engine.importing.apply import FixRefused, apply_fix, read_fix

MOST_FIXES = 100


def import_file(
    source: bytes, context: GateContext | None = None, *, fixing: bool = False
) -> tuple[Report, bytes]:
    """The report on a file and its normalised form; with ``fixing`` all proposed fixes are made.

    The form is empty when the file is unreadable.
    """
    report, text = import_in_child(source, context)
    for _ in range(MOST_FIXES if fixing else 0):
        offered = [f.fix.to_json() for f in report.findings if f.fix is not None]
        after = _first_fit(text, offered)
        if after is None:
            break
        report, text = check_import(after, context)  # the child has read it before
    return report, text


def _first_fit(text: bytes, offered: Iterable[Mapping[str, Any]]) -> bytes | None:
    """The text with the first fix made that fits it; None when none does."""
    for given in offered:
        try:
            return apply_fix(text, read_fix(given))
        except FixRefused:
            continue
    return None


def with_chosen_fixes(text: bytes, chosen: Iterable[Mapping[str, Any]]) -> bytes:
    """The text with these fixes made one after the other; FixRefused when one does not fit."""
    for given in chosen:
        text = apply_fix(text, read_fix(given))
    return text
