"""Checking diagrams before anything is loaded; imports little, for it is a command of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.bpmn.findings import Finding
from engine.bpmn.model import Diagram
from engine.bpmn.read import read_diagram
from engine.bpmn.xml import DEFAULT_LIMITS, Unreadable
from engine.errors import LuchengError
from engine.gate.context import GateContext
from engine.gate.imported import check_import
from engine.gate.report import Report, exit_status, unreadable_report
from engine.gate.sandbox import exhausting_report, survives
from engine.importing.run import normalised

Surroundings = Callable[[bytes], GateContext]
"""What the gate may know of the tenant a file is meant for."""


Rehearse = Callable[[Path], Sequence[Finding]]
"""Plays the scenarios kept beside a diagram and gives what does not hold."""


def check_files(
    files: Sequence[Path],
    surroundings: Surroundings | None = None,
    *,
    structure_only: bool = False,
    rehearse: Rehearse | None = None,
) -> tuple[int, list[dict[str, Any]]]:
    """Exit status and one report a file, as ``lucheng check --json`` prints them.

    Every file is read by a child with limits before anything here looks into it. Without
    ``surroundings`` the files only know each other; ``rehearse`` plays what is kept beside one.
    """
    bodies = [(_printable(path), _read(path)) for path in files]
    safe = [body for _, body in bodies if body is not None and survives(body)]
    together = _siblings(safe, structure_only=structure_only)
    known = surroundings or (lambda _body: together)
    reports = [_report(name, body, safe, known) for name, body in bodies]
    if rehearse is not None:
        reports = [_rehearsed(p, r, rehearse) for p, r in zip(files, reports, strict=True)]
    return int(exit_status(reports)), [report.to_json() for report in reports]


def _rehearsed(path: Path, report: Report, rehearse: Rehearse) -> Report:
    """The report with what the scenarios beside a diagram show; one that is refused is not run."""
    if report.diagram is None or not report.publishable:
        return report
    return replace(report, findings=(*report.findings, *rehearse(path)))


def _report(
    name: str, body: bytes | None, safe: Sequence[bytes], surroundings: Surroundings
) -> Report:
    if body is None:
        return _missing(name)
    if body not in safe:
        return exhausting_report(name)
    try:
        report, _ = check_import(body, surroundings(body), file=name)
    except Exception as error:
        return _failed(name, error)
    return report


def _printable(path: Path) -> str:
    """The name as it can be printed: names of files may hold bytes that are no text."""
    return os.fsencode(path).decode("utf-8", "replace")


def _read(path: Path) -> bytes | None:
    """The content, no more of it than is needed to see that it is too much; None without any."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(DEFAULT_LIMITS.size + 1)
    except (OSError, ValueError):
        return None


def _missing(name: str) -> Report:
    error = Unreadable("no-file", "文件不存在或无法读取。", "There is no such file.", 1, 1)
    return unreadable_report(error, name)


def _failed(name: str, error: Exception) -> Report:
    kind = type(error).__name__
    fault = Unreadable(
        "check-failed",
        f"检查程序自身出错（{kind}），请报告给软件的维护者。",
        f"The check itself failed ({kind}); please tell those who maintain the product.",
    )
    return unreadable_report(fault, name)


def _siblings(bodies: Iterable[bytes], *, structure_only: bool) -> GateContext:
    """Without a tenant, files that are checked together may call each other."""
    known: dict[str, Diagram] = {}
    for body in bodies:
        try:
            diagram = read_diagram(normalised(body)).diagram
        except LuchengError:
            continue
        known |= {process.id: diagram for process in diagram.processes}
    return GateContext(process=known.get, is_whole=False, structure_only=structure_only)
