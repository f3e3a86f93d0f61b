"""Checking tenants before anything is loaded, and diagrams against them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.bpmn.read import read_diagram
from engine.definitions.loading import surroundings_of
from engine.definitions.publishing import Parts, check_parts, collect, gate_context, process_above
from engine.definitions.receivers import with_receivers
from engine.dry_run.kept import check_scenarios
from engine.errors import LuchengError
from engine.forms.read import FormRefused
from engine.gate.context import GateContext
from engine.importing.run import normalised
from engine.tenancy.chain import FolderSources, Sources, resolve_parameters
from engine.tenancy.model import TenantFile
from engine.tenancy.parameters import Parameter
from webapp.bindings.registry import all_bindings
from webapp.usecases.checking import Surroundings


def surroundings_in(slug: str, sources: Sources) -> Surroundings:
    """What the gate knows of a tenant's files, and of what stands above each diagram."""
    context = _tenant_context(slug, sources)
    return lambda body: _below(context, body, slug, sources)


def _tenant_context(slug: str, sources: Sources) -> GateContext:
    tenant = sources.tenant(slug)
    values = {key: value.as_feel for key, value in resolve_parameters(slug, sources).items()}
    context = gate_context(slug, sources, tenant, frozenset(values), all_bindings())
    return with_receivers(context, slug, sources, values)


def _below(context: GateContext, body: bytes, slug: str, sources: Sources) -> GateContext:
    """The context with the process above that a file is a variant of."""
    try:
        refs = [p.id for p in read_diagram(normalised(body)).diagram.processes if p.executable]
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


def check_tenant(slug: str, sources: FolderSources, now: datetime) -> list[str]:
    """Every problem of a tenant's files, its people for demonstrations and the procedures it
    offers, one line each.

    Scenarios are played where the gate finds nothing that refuses the procedure.
    """
    try:
        tenant = sources.tenant(slug)
        context = _tenant_context(slug, sources)
        values = resolve_parameters(slug, sources)
        known = {k: p.as_feel for k, p in values.items()}
        sources.demo(slug)
    except LuchengError as error:
        problems = getattr(error, "problems", ())
        return [f"{p.file} {p.key}: {p.zh}" for p in problems] or [error.zh]
    lines: list[str] = []
    for procedure in tenant.procedures:
        try:
            parts = collect(procedure.id, slug, sources, known)
            reports = check_parts(parts, context)
        except FormRefused as refused:
            lines += _form_lines(refused)
            continue
        except LuchengError as error:
            lines.append(f"{procedure.id}: {error.zh}")
            continue
        refusing = [
            f"{ref} {finding['element']}: {finding['message']}"
            for ref, report in reports
            for finding in report.to_json()["findings"]
            if finding["severity"] == "error"
        ]
        lines += refusing or _failing(parts, tenant, values, now)
    return lines


def _failing(
    parts: Parts, tenant: TenantFile, values: Mapping[str, Parameter], now: datetime
) -> list[str]:
    """The kept scenarios that do not hold in the tenant, one line each."""
    found = check_scenarios(parts.files, surroundings_of(tenant, values), now)
    return [f"{finding['process']}: {finding['message']}" for finding in found]
