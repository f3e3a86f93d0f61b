"""Checking files before anything is loaded: diagrams and tenants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.bpmn.model import Diagram
from engine.bpmn.read import read_diagram
from engine.bpmn.xml import Unreadable
from engine.errors import LuchengError
from engine.forms.read import FormRefused
from engine.gate.context import GateContext
from engine.gate.report import Report, exit_status, unreadable_report
from engine.gate.sandbox import check_in_child
from engine.publishing import check_parts, collect, gate_context, process_above
from engine.tenancy.chain import Sources, resolve_parameters
from webapp.bindings.registry import all_bindings


def check_files(
    files: Sequence[Path], slug: str | None, sources: Sources
) -> tuple[int, list[dict[str, Any]]]:
    """Exit status and one report a file, as ``lucheng check --json`` prints them."""
    bodies = [(path, _read(path)) for path in files]
    context = _tenant_context(slug, sources) if slug else _siblings(b for _, b in bodies)
    reports = []
    for path, body in bodies:
        if body is None:
            reports.append(_missing(path))
        else:
            own = _below(context, body, slug, sources) if slug else context
            reports.append(check_in_child(body, own, file=str(path)))
    return int(exit_status(reports)), [report.to_json() for report in reports]


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _missing(path: Path) -> Report:
    error = Unreadable("no-file", "文件不存在或无法读取。", "There is no such file.", 1, 1)
    return unreadable_report(error, str(path))


def _siblings(bodies: Iterable[bytes | None]) -> GateContext:
    """Without a tenant, files that are checked together may call each other."""
    known: dict[str, Diagram] = {}
    for body in bodies:
        try:
            diagram = read_diagram(body or b"").diagram
        except LuchengError:
            continue
        known |= {process.id: diagram for process in diagram.processes}
    return GateContext(process=known.get if len(known) > 1 else None)


def _tenant_context(slug: str, sources: Sources) -> GateContext:
    tenant = sources.tenant(slug)
    parameters = frozenset(resolve_parameters(slug, sources))
    return gate_context(slug, sources, tenant, parameters, all_bindings())


def _below(context: GateContext, body: bytes, slug: str, sources: Sources) -> GateContext:
    """The context with the process above that a file is a variant of."""
    try:
        refs = [p.id for p in read_diagram(body).diagram.processes if p.executable]
        above = [process_above(ref, slug, sources) for ref in refs]
    except LuchengError:
        return context  # the report says what is wrong with the file
    return replace(context, rigid_parent=next((p for p in above if p is not None), None))


def _form_lines(refused: FormRefused) -> list[str]:
    """What is wrong with a form, by its file and component."""
    findings: Any = refused.facts["findings"]
    return [
        f"{refused.facts.get('file', '')}#{finding['element']}: {finding['message']}"
        for finding in findings
        if finding["severity"] == "error"
    ]


def check_tenant(slug: str, sources: Sources) -> list[str]:
    """Every problem of a tenant's files and of the procedures it offers, one line each."""
    try:
        tenant = sources.tenant(slug)
        context = _tenant_context(slug, sources)
        known = {k: p.as_feel for k, p in resolve_parameters(slug, sources).items()}
    except LuchengError as error:
        problems = getattr(error, "problems", ())
        return [f"{p.file} {p.key}: {p.zh}" for p in problems] or [error.zh]
    lines: list[str] = []
    for procedure in tenant.procedures:
        try:
            reports = check_parts(collect(procedure.id, slug, sources, known), context)
        except FormRefused as refused:
            lines += _form_lines(refused)
            continue
        except LuchengError as error:
            lines.append(f"{procedure.id}: {error.zh}")
            continue
        lines += [
            f"{ref} {finding['element']}: {finding['message']}"
            for ref, report in reports
            for finding in report.to_json()["findings"]
            if finding["severity"] == "error"
        ]
    return lines
