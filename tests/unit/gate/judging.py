"""How the tests of the gate ask: codes and findings of a source."""

from __future__ import annotations

from engine.bpmn.findings import Finding
from engine.bpmn.model import Diagram
from engine.bpmn.read import read_diagram
from engine.gate.check import check_diagram
from engine.gate.context import GateContext


def judged(source: bytes, context: GateContext | None = None) -> dict[str, Finding]:
    """The findings on a source by code (the first of each)."""
    found: dict[str, Finding] = {}
    for finding in check_diagram(source, context).findings:
        found.setdefault(finding.code, finding)
    return found


def codes(source: bytes, context: GateContext | None = None) -> set[str]:
    """The codes of all findings on a source."""
    return set(judged(source, context))


def elements(source: bytes, code: str) -> list[str]:
    """The elements on which a code was found."""
    return [f.element for f in check_diagram(source).findings if f.code == code]


def tenant(
    *,
    forms: dict[str, dict[str, str]] | None = None,
    processes: dict[str, bytes] | None = None,
    **more: object,
) -> GateContext:
    """A context with forms and called processes from dictionaries; other fields as given."""
    known = {"review": {"opinion": "text"}} if forms is None else forms
    read = {key: read_diagram(source).diagram for key, source in (processes or {}).items()}

    def process(process_id: str) -> Diagram | None:
        return read.get(process_id)

    return GateContext(form_fields=known.get, process=process, **more)  # type: ignore[arg-type]
