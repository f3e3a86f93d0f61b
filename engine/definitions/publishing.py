"""Publication: a diagram and all it needs, resolved through the chain, becomes a bundle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.bpmn.findings import Findings
from engine.bpmn.model import Diagram, Process
from engine.bpmn.read import read_diagram
from engine.canonical import digest as content_digest
from engine.cases.expressions import HOST_FUNCTIONS
from engine.cases.submissions import rights_of
from engine.decisions.model import Decisions
from engine.decisions.read import read_decisions
from engine.definitions.binding import Bindings
from engine.definitions.bundles import assemble, bundle_in_force, manifest_digest
from engine.definitions.documents import check_documents, collect_documents
from engine.errors import LuchengError, Refused
from engine.feel import Environment, evaluate_text
from engine.forms.check import check_rights
from engine.forms.describe import field_types
from engine.forms.model import Form
from engine.forms.read import FormRefused, inspect_form, read_form
from engine.gate.check import check_diagram
from engine.gate.context import GateContext
from engine.gate.decisions import check_decisions
from engine.gate.messages_soundness import SOUNDNESS
from engine.gate.report import Report, Reports, Verdict, worst_verdict
from engine.ids import new_id
from engine.messaging.start_rows import arm_starts
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import bundles, contents
from engine.tenancy.chain import Kind, Resolved, Sources, owners_of, resolve
from engine.tenancy.model import TenantFile
from engine.work_items import overdue

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when the first bundle of a procedure holds: before it there was nothing to keep to, and
no node whose clock is a little behind finds the procedure unpublished."""


class Unconfirmed(Refused):
    """What could not be proved is published by two people only: one asks, another confirms."""

    code = "unconfirmed"


@dataclass(frozen=True)
class Asked:
    """Who asked to publish what could not be proved, and why; somebody else confirms it."""

    by: UUID
    reason: str


@dataclass(frozen=True)
class Parts:
    """Everything a bundle holds, by kind and reference."""

    procedure: str
    title: str
    files: Mapping[tuple[str, str], Resolved]
    diagrams: Mapping[str, Diagram]
    forms: Mapping[str, Form]
    decisions: Mapping[str, Decisions] = field(default_factory=dict)
    above: Mapping[str, Process] = field(default_factory=dict)
    """The processes that the tenant's own ones among them are variants of."""
    base: Resolved | None = None
    """The drawing above that the tenant's own one is a variant of, as it is now."""

    @property
    def manifest(self) -> list[dict[str, str]]:
        """The parts as a bundle lists them."""
        return [
            {
                "kind": kind,
                "ref": ref,
                "path": part.path,
                "owner": part.slug,
                "digest": part.digest,
            }
            for (kind, ref), part in sorted(self.files.items())
        ]


def collect(
    procedure: str, slug: str, sources: Sources, parameters: Mapping[str, Any] | None = None
) -> Parts:
    """Resolve a procedure, what it calls, forms, catalogues, documents; NotFound names what is
    missing.

    ``parameters`` are the tenant's values: a form names its catalogue by parameter, and the
    bundle holds the one that is meant on the day of publication.
    """
    files: dict[tuple[str, str], Resolved] = {}
    diagrams: dict[str, Diagram] = {}
    above: dict[str, Process | None] = {}
    todo = [procedure]
    while todo:
        ref = todo.pop()
        if ref in diagrams:
            continue
        found = resolve(Kind.PROCESS, ref, slug, sources)
        files["process", ref] = found
        diagrams[ref] = read_diagram(found.body).diagram
        todo += diagrams[ref].process(ref).calls()
        _collect_scenario(found, sources, files)
        if found.slug == slug:
            above[ref] = process_above(ref, slug, sources)
    forms: dict[str, Form] = {}
    for diagram in diagrams.values():
        for process in diagram.processes:
            for node in process.body.walk():
                _collect_form(node.zeebe.form_id, slug, sources, files, forms)
    decisions: dict[str, Decisions] = {}
    for ref in called_decisions(diagrams.values()):
        files["decision", ref] = resolve(Kind.DECISION, ref, slug, sources)
        decisions[ref] = read_decisions(files["decision", ref].body).decisions
    files.update(collect_documents(diagrams.values(), slug, sources))
    for ref in _catalogues(forms.values(), parameters or {}):
        files["catalogue", ref] = resolve(Kind.CATALOGUE, ref, slug, sources)
    title = diagrams[procedure].process(procedure).name or procedure
    known_above = {ref: process for ref, process in above.items() if process is not None}
    return Parts(procedure, title, files, diagrams, forms, decisions, known_above)


def called_decisions(diagrams: Iterable[Diagram]) -> list[str]:
    """The decisions that steps of these diagrams call, each once."""
    called = (
        node.zeebe.called_decision
        for diagram in diagrams
        for process in diagram.processes
        if process.executable
        for node in process.body.walk()
    )
    return list(dict.fromkeys(ref for ref in called if ref))


def process_above(ref: str, slug: str, sources: Sources) -> Process | None:
    """The process that a tenant's own file of this name is a variant of; None when of none."""
    for owner in owners_of(slug, sources)[1:]:
        body = sources.body(Kind.PROCESS, ref, owner)
        if body is not None:
            return process_in(body.content, ref)
    return None


def process_in(body: bytes, ref: str) -> Process | None:
    """The process of this id in a file, None when there is none."""
    return next((p for p in read_diagram(body).diagram.processes if p.id == ref), None)


def _collect_scenario(
    process: Resolved, sources: Sources, files: dict[tuple[str, str], Resolved]
) -> None:
    """The scenarios kept beside a procedure: by whose file it is, not along the chain."""
    body = sources.body(Kind.SCENARIO, process.ref, process.slug)
    if body is not None:
        files["scenario", process.ref] = Resolved(
            Kind.SCENARIO,
            process.ref,
            body.path,
            process.slug,
            content_digest(body.content),
            body.content,
        )


def _collect_form(
    form_id: str,
    slug: str,
    sources: Sources,
    files: dict[tuple[str, str], Resolved],
    forms: dict[str, Form],
) -> None:
    if form_id and form_id not in forms:
        found = resolve(Kind.FORM, form_id, slug, sources)
        files["form", form_id] = found
        try:
            forms[form_id] = read_form(found.body)
        except FormRefused as refused:
            refused.facts["file"] = found.path
            raise


def _catalogues(forms: Iterable[Form], parameters: Mapping[str, Any]) -> list[str]:
    """The catalogues that components of the forms are filled in against."""
    env = Environment(functions={"parameter": parameters.get})
    named = [
        evaluate_text(str(component.attributes["catalogue"]), {}, env)
        for form in forms
        for component in form.walk()
        if "catalogue" in component.attributes
    ]
    return list(dict.fromkeys(ref for ref in named if isinstance(ref, str)))


def gate_context(
    slug: str,
    sources: Sources,
    tenant: TenantFile,
    parameters: frozenset[str],
    bindings: Bindings | None,
) -> GateContext:
    """What the gate knows about the tenant a diagram is published for."""

    @cache
    def fields(form_id: str) -> Mapping[str, str] | None:
        try:
            return field_types(read_form(resolve(Kind.FORM, form_id, slug, sources).body))
        except LuchengError:
            return None

    @cache
    def process(process_id: str) -> Diagram | None:
        try:
            return read_diagram(resolve(Kind.PROCESS, process_id, slug, sources).body).diagram
        except LuchengError:
            return None

    def decision(decision_id: str) -> Decisions | None:
        try:
            found = resolve(Kind.DECISION, decision_id, slug, sources)
            return read_decisions(found.body).decisions
        except LuchengError:
            return None

    return GateContext(
        form_fields=fields,
        process=process,
        decision=decision,
        roles=frozenset(role.code for role in tenant.roles),
        bindings=None if bindings is None else bindings.types,
        results=None if bindings is None else bindings.results,
        result_kinds={} if bindings is None else bindings.result_kinds,
        parameters=parameters,
        variables=frozenset({"case"}),
    )


def check_parts(parts: Parts, context: GateContext) -> Reports:
    """The gate's report on every diagram and decision of a bundle, each diagram against what
    stands above it."""
    diagrams = [
        (ref, check_diagram(diagram.source, replace(context, rigid_parent=parts.above.get(ref))))
        for ref, diagram in parts.diagrams.items()
    ]
    decisions = [
        (ref, check_decisions(file.source, context)) for ref, file in parts.decisions.items()
    ]
    return diagrams + decisions


def check_forms(parts: Parts) -> list[dict[str, Any]]:
    """What refuses the forms of a bundle: components, expressions, rights that steps set."""
    found = [
        {"form": ref, **finding.as_json()}
        for (kind, ref), part in parts.files.items()
        if kind == "form"
        for finding in inspect_form(part.body, HOST_FUNCTIONS).findings
    ]
    for diagram in parts.diagrams.values():
        for process in diagram.processes:
            for node in process.body.walk():
                form = parts.forms.get(node.zeebe.form_id)
                if form is not None:
                    rights = {name: right.value for name, right in rights_of(node).items()}
                    found += [
                        {"step": node.id, **finding.as_json()}
                        for finding in check_rights(form, rights)
                    ]
    return [finding for finding in found if finding["severity"] == "error"]


def publish(
    tx: Unit,
    parts: Parts,
    reports: Reports,
    now: datetime,
    *,
    by: UUID | None = None,
    reason: str = "",
    begins: datetime | None = None,
    asked: Asked | None = None,
) -> UUID:
    """Store the parts as the bundle of the procedure from ``begins`` on, without it from now on.

    Refused when the gate says no in its ``reports``, made before the transaction, and when it
    cannot prove the procedure and nobody else ``asked`` for it. Publishing what holds then already
    changes nothing and gives the same bundle.
    """
    findings = _refusing(parts, reports)
    if findings:
        raise Refused(
            f"流程“{parts.title}”未通过发布检查",
            f"procedure {parts.procedure} did not pass the gate",
            findings=findings,
        )
    verdict = worst_verdict(report.soundness.verdict for _, report in reports)
    unproved = [(ref, r) for ref, r in reports if r.soundness.verdict is Verdict.UNKNOWN]
    if unproved and asked is None:
        raise _unconfirmed(parts, unproved)
    manifest = parts.manifest
    digest = manifest_digest(manifest)
    moment = begins or now
    in_force = bundle_in_force(tx, parts.procedure, moment)
    if in_force is not None and in_force.digest == digest:
        found: UUID = in_force.id
        return found
    bodies = {part.digest: part.body for part in parts.files.values()}
    bundle_id, last = new_id(), _last_version(tx, parts.procedure)
    assemble(bundle_id, parts.procedure, 0, parts.title, manifest, bodies)
    base = {parts.base.digest: parts.base.body} if parts.base else {}
    store_contents(tx, bodies | base)
    tx.insert(
        bundles,
        id=bundle_id,
        procedure=parts.procedure,
        version=last + 1,
        title=parts.title,
        digest=digest,
        manifest=manifest,
        effective_from=moment if last or begins else ALWAYS,
        published_at=now,
        published_by=by,
        reason=reason,
        verdict=verdict.value,
        asked_by=asked.by if asked else None,
        asked_reason=asked.reason if asked else None,
        base_digest=parts.base.digest if parts.base else None,
    )
    overdue.watch(tx, parts.diagrams.values(), now)
    arm_starts(tx, bundle_id, parts.diagrams[parts.procedure].process(parts.procedure), moment, now)
    return bundle_id


def _refusing(parts: Parts, reports: Iterable[tuple[str, Report]]) -> list[dict[str, Any]]:
    """Everything found on the diagrams that are refused, and what refuses the forms."""
    found: list[dict[str, Any]] = [
        {"process": ref, **finding}
        for ref, report in reports
        if not report.publishable
        for finding in report.to_json()["findings"]
    ]
    return found + check_forms(parts) + check_documents(parts.files)


def _unconfirmed(parts: Parts, unproved: Iterable[tuple[str, Report]]) -> Unconfirmed:
    found: list[dict[str, Any]] = []
    for ref, report in unproved:
        findings = Findings(SOUNDNESS)
        findings.add("soundness-unconfirmed", ref)
        told = [*report.findings, *findings.all()]
        found += ({"process": ref, **finding.to_json()} for finding in told)
    return Unconfirmed(
        f"流程“{parts.title}”能否办结没有得到证明，须由另一名流程管理员确认",
        f"procedure {parts.procedure} is not proved; another administrator has to confirm it",
        findings=found,
    )


def _last_version(tx: Unit, procedure: str) -> int:
    row = tx.one(
        select(bundles.c.version)
        .where(bundles.c.tenant_id == TENANT, bundles.c.procedure == procedure)
        .order_by(bundles.c.version.desc())
        .limit(1)
    )
    return 0 if row is None else int(row.version)


def store_contents(tx: Unit, bodies: Mapping[str, bytes]) -> None:
    """Keep the bodies under their digests; what is kept already stays."""
    known = {
        row.digest
        for row in tx.all(
            select(contents.c.digest).where(
                contents.c.tenant_id == TENANT, contents.c.digest.in_(list(bodies))
            )
        )
    }
    tx.insert_many(
        contents, ({"digest": d, "body": b} for d, b in bodies.items() if d not in known)
    )
