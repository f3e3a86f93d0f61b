"""Definitions: a drawn procedure becomes a draft with its report; what is published around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor, staffed_principals
from engine.bpmn.model import Diagram, Process
from engine.bpmn.read import read_diagram
from engine.canonical import digest
from engine.decisions.model import Decisions
from engine.decisions.read import read_decisions
from engine.definitions.bundles import bundles_in_force
from engine.definitions.publishing import Parts, called_decisions, process_in
from engine.errors import Forbidden, Invalid, LuchengError, NotFound, Refused
from engine.forms.describe import field_types
from engine.forms.model import Form
from engine.forms.read import read_form
from engine.gate.context import GateContext
from engine.gate.report import Report
from engine.gate.sandbox import import_in_child
from engine.importing.propose import process_named
from engine.messaging.handoffs import peers_of
from engine.store.control import tenants
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import bundles, contents, definition_drafts
from engine.tenancy.chain import Kind, Resolved
from webapp.product import Product
from webapp.usecases.beside import (
    Known,
    failing_scenarios,
    form_findings,
    texts_beside,
    with_beside,
)
from webapp.usecases.importing import with_chosen_fixes
from webapp.usecases.reachable import reachable_files


def draft_definition(
    product: Product,
    actor: Actor,
    procedure: str,
    source: bytes,
    given: Mapping[str, Any] | None = None,
) -> tuple[UUID, dict[str, Any]]:
    """Keep a file of any tool as a draft and say what the gate finds; publishing comes later.

    Kept are the file as it came and its normalised form, and the decisions and the scenario that
    are ``given`` with it. Refused, and nothing kept, when a file cannot be read.
    """
    check_administrator(actor)
    return _keep(product, actor, procedure, source, source, texts_beside(given or {}))


def fix_draft(
    product: Product, actor: Actor, draft_id: UUID, chosen: Sequence[Mapping[str, Any]]
) -> tuple[UUID, dict[str, Any]]:
    """A new draft in which some proposed fixes are made; the one they were made in stays.

    FixRefused when one does not fit the draft.
    """
    check_administrator(actor)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        draft = find_draft(tx, draft_id)
    fixed = with_chosen_fixes(draft.body, chosen)
    return _keep(product, actor, draft.procedure, draft.original, fixed, draft.beside)


def find_draft(tx: Unit, draft_id: UUID) -> Any:
    """The row of a draft."""
    draft = tx.get(definition_drafts, draft_id)
    if draft is None:
        raise NotFound("草稿不存在", "there is no such draft")
    return draft


def _keep(
    product: Product,
    actor: Actor,
    procedure: str,
    original: bytes,
    source: bytes,
    beside: Mapping[str, Any],
) -> tuple[UUID, dict[str, Any]]:
    report, body = judge(product, actor, procedure, source, beside)
    with product.db.tenant(actor.tenant_id) as tx:
        draft = tx.insert(
            definition_drafts,
            procedure=procedure,
            original=original,
            body=body,
            beside=beside,
            report=report,
            created_by=actor.membership_id,
            created_at=product.clock.now(),
        )
    return draft, report


def judge(
    product: Product, actor: Actor, procedure: str, source: bytes, beside: Mapping[str, Any]
) -> tuple[dict[str, Any], bytes]:
    """The gate's report on a drawing for the tenant, and its normalised form; Refused when it
    cannot be read."""
    now = product.clock.now()
    reachable = reachable_files(product, actor.tenant_id)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        owner = product.world.offices.get(tx).slug
        published = {**reachable, **published_files(tx, now)}
        known = with_beside(published, owner, procedure, beside)
        context = gate_context(product, tx, known)
    context = with_peers(product, actor, context)
    above = process_above(product, actor.tenant_id, procedure, known, now)
    context = replace(context, rigid_parent=above)
    checked, body = import_in_child(source, context, file=f"{procedure}.bpmn")
    if not checked.readable:
        raise refusal(procedure, checked, "流程图无法读取，没有保存", "the diagram is unreadable")
    named = process_named(procedure, checked.diagram) if checked.diagram is not None else None
    if named is not None:
        checked = replace(checked, findings=(named, *checked.findings))
    report = checked.to_json()
    of_forms = form_findings(beside)
    if of_forms:
        report |= {"publishable": False, "findings": [*report["findings"], *of_forms]}
    failing = _failing(product, actor, procedure, body, known) if checked.publishable else []
    if failing:
        findings = [*report["findings"], *failing]
        report = {**report, "publishable": False, "findings": findings}
    return report, body


def _failing(
    product: Product, actor: Actor, procedure: str, body: bytes, known: Known
) -> list[dict[str, Any]]:
    """The kept scenarios that a draft does not fulfil."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        try:
            parts = parts_of(procedure, body, known, product.world.offices.get(tx).slug)
        except LuchengError:
            return []  # what is missing is told when it is to be published
        return failing_scenarios(tx, parts, product.clock.now())


def refusal(procedure: str, report: Report, zh: str, en: str) -> Refused:
    findings = [{"process": procedure, **found} for found in report.to_json()["findings"]]
    return Refused(zh, en, findings=findings)


def process_above(
    product: Product, tenant_id: UUID, ref: str, known: Known, moment: datetime
) -> Process | None:
    """What stands above a tenant's own process, if anything does."""
    found = file_above(product, tenant_id, ref, known, moment)
    return None if found is None else process_in(found.body, ref)


def file_above(
    product: Product, tenant_id: UUID, ref: str, known: Known, moment: datetime
) -> Resolved | None:
    """The file above a tenant's own process: published by the nearest tenant above, else the
    one the tenant has inherited so far."""
    with product.db.control(read_only=True) as control:
        rows = {row.id: row for row in control.all(select(tenants))}
    higher = rows[tenant_id].parent_id
    while higher is not None:
        with product.db.tenant(higher, read_only=True) as tx:
            found = published_files(tx, moment).get(("process", ref))
        if found is not None:
            return found
        higher = rows[higher].parent_id
    so_far = known.get(("process", ref))
    if so_far is None or so_far.slug == rows[tenant_id].slug:
        return None
    return so_far


def check_administrator(actor: Actor) -> None:
    if actor.capacity != "admin":
        raise Forbidden("只有流程管理员可以修改流程", "only an administrator may redraw procedures")


def published_files(tx: Unit, moment: datetime) -> Known:
    """Every file of the tenant's bundles that are in force at a moment."""
    rows = tx.all(
        select(bundles.c.manifest).where(
            bundles.c.tenant_id == TENANT, bundles.c.id.in_(bundles_in_force(tx, moment).values())
        )
    )
    return _files_of(tx, rows)


def files_of_version(tx: Unit, procedure: str, version: int) -> Known:
    """Every file of one version of a procedure."""
    own = (bundles.c.procedure == procedure, bundles.c.version == version)
    query = select(bundles.c.manifest).where(bundles.c.tenant_id == TENANT, *own)
    return _files_of(tx, tx.all(query))


def _files_of(tx: Unit, rows: Sequence[Any]) -> Known:
    entries = {(e["kind"], e["ref"]): e for row in rows for e in row.manifest}
    bodies = {
        row.digest: row.body
        for row in tx.all(
            select(contents.c.digest, contents.c.body).where(
                contents.c.tenant_id == TENANT,
                contents.c.digest.in_({e["digest"] for e in entries.values()}),
            )
        )
    }
    return {
        key: Resolved(
            Kind(e["kind"]), e["ref"], e["path"], e["owner"], e["digest"], bodies[e["digest"]]
        )
        for key, e in entries.items()
    }


def gate_context(product: Product, tx: Unit, known: Known) -> GateContext:
    office = product.world.offices.get(tx)

    @cache
    def fields(form_id: str) -> Mapping[str, str] | None:
        found = known.get(("form", form_id))
        return None if found is None else field_types(read_form(found.body))

    @cache
    def process(process_id: str) -> Diagram | None:
        found = known.get(("process", process_id))
        return None if found is None else read_diagram(found.body).diagram

    @cache
    def decision(decision_id: str) -> Decisions | None:
        found = known.get(("decision", decision_id))
        return None if found is None else read_decisions(found.body).decisions

    return GateContext(
        form_fields=fields,
        process=process,
        decision=decision,
        roles=frozenset(role["code"] for role in office.facts["roles"]),
        staffed=staffed_principals(tx),
        bindings=product.world.bindings.types,
        results=product.world.bindings.results,
        result_kinds=product.world.bindings.result_kinds,
        parameters=frozenset(office.parameters),
        values=office.parameters,
        variables=frozenset({"case"}),
    )


def with_peers(product: Product, actor: Actor, context: GateContext) -> GateContext:
    """The context with the tenants that something may be handed to; what they take they know."""
    with product.db.control(read_only=True) as control:
        known = peers_of(control, actor.tenant_id)
    return replace(context, receives=lambda to, _message: True if to in known else None)


def parts_of(procedure: str, body: bytes, known: Known, owner: str) -> Parts:
    """The draft with everything it uses, taken from what is published."""
    path = f"processes/{owner}/{procedure}.bpmn"
    own = Resolved(Kind.PROCESS, procedure, path, owner, digest(body), body)
    files: dict[tuple[str, str], Resolved] = {("process", procedure): own}
    diagrams: dict[str, Diagram] = {}
    forms: dict[str, Form] = {}
    todo = [procedure]
    while todo:
        ref = todo.pop()
        if ref in diagrams:
            continue
        if ("process", ref) not in files:
            files["process", ref] = _need(known, "process", ref)
        part = files["process", ref]
        diagrams[ref] = read_diagram(part.body).diagram
        _need_process(diagrams[ref], ref)
        for process in diagrams[ref].processes:
            todo += process.calls()
            for node in process.body.walk():
                form = node.zeebe.form_id
                if form and form not in forms:
                    files["form", form] = _need(known, "form", form)
                    forms[form] = read_form(files["form", form].body)
    decisions: dict[str, Decisions] = {}
    for ref in called_decisions(diagrams.values()):
        files["decision", ref] = _need(known, "decision", ref)
        decisions[ref] = read_decisions(files["decision", ref].body).decisions
    files |= {key: part for key, part in known.items() if key[0] == "catalogue"}
    kept = (("scenario", ref) for ref in diagrams)
    files |= {key: known[key] for key in kept if key in known}
    title = diagrams[procedure].process(procedure).name or procedure
    return Parts(procedure, title, files, diagrams, forms, decisions)


def _need(known: Known, kind: str, ref: str) -> Resolved:
    found = known.get((kind, ref))
    if found is None:
        raise NotFound(f"没有已发布的{kind} {ref}", f"no {kind} {ref} is published", ref=ref)
    return found


def _need_process(diagram: Diagram, ref: str) -> None:
    if all(process.id != ref for process in diagram.processes):
        raise Invalid(
            f"流程图中没有编号为 {ref} 的流程",
            f"the diagram holds no process {ref}",
            code="process_id",
        )
