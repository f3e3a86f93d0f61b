"""The gate on a file as it came: normalised first, and with a fix beside what can be mended."""

from __future__ import annotations

from dataclasses import replace

from engine.bpmn.xml import DEFAULT_LIMITS, Limits, Unreadable
from engine.gate.check import check_diagram, check_file
from engine.gate.context import GateContext
from engine.gate.report import Report, unreadable_report
from engine.importing.propose import with_fixes
from engine.importing.run import import_diagram


def check_import(
    source: bytes,
    context: GateContext | None = None,
    *,
    file: str = "",
    limits: Limits = DEFAULT_LIMITS,
    proving: bool = True,
) -> tuple[Report, bytes]:
    """The report on a file of any tool, and its normalised form (empty when it is unreadable).

    A file of decisions is judged as it is.
    """
    try:
        imported = import_diagram(source, limits)
    except Unreadable as error:
        if error.code != "not-bpmn":
            return unreadable_report(error, file), b""
        other = check_file(source, context, file=file, limits=limits, proving=proving)
        return other, source if other.readable else b""
    text = imported.normalised
    checked = check_diagram(text, context, file=file, limits=limits, proving=proving)
    if checked.diagram is None:
        return checked, b""
    findings = (*imported.findings, *with_fixes(checked.findings, checked.diagram))
    return replace(checked, findings=findings), text
