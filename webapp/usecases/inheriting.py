"""What a tenant publishes is resolved anew by those below that inherit it, each by its own gate.

A tenant below whose gate says no keeps the bundle it has; its administrator finds the drawing as a
draft, with the findings that say why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from engine.definitions.bundles import bundles_in_force
from engine.definitions.publishing import Parts, check_parts, process_in, publish
from engine.errors import LuchengError
from engine.gate.check import check_diagram
from engine.store.control import tenants
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import bundles, definition_drafts
from engine.tenancy.chain import Resolved
from webapp.product import Product
from webapp.usecases.beside import Known, failing_scenarios
from webapp.usecases.definitions import gate_context, parts_of, published_files

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Source:
    """What was published above: the files of the bundle, its title and number, from when on."""

    files: Mapping[tuple[str, str], Resolved]
    title: str
    version: int
    begins: datetime | None

    @property
    def reason(self) -> str:
        """Why those below publish."""
        return f"随上级“{self.title}”第 {self.version} 版更新"


def followers_of(product: Product, tenant_id: UUID) -> list[UUID]:
    """The tenants below, nearest first."""
    with product.db.control(read_only=True) as control:
        rows = control.all(select(tenants.c.id, tenants.c.parent_id))
    found: list[UUID] = []
    todo = [tenant_id]
    while todo:
        above = todo.pop(0)
        below = [row.id for row in rows if row.parent_id == above]
        found += below
        todo += below
    return found


def let_follow(product: Product, tenant_id: UUID, source: Source) -> None:
    """Publish anew, in every tenant below, what has parts that it inherits and that are others."""
    for follower in followers_of(product, tenant_id):
        now = product.clock.now()
        with product.db.tenant(follower, read_only=True) as tx:
            slug = product.world.offices.get(tx).slug
            stale = list(_stale(tx, slug, source, source.begins or now))
        for procedure, title in stale:
            try:
                _follow(product, follower, (procedure, title), source)
            except LuchengError as error:
                log.warning("not_followed", tenant=slug, procedure=procedure, code=error.code)


def _stale(tx: Unit, slug: str, source: Source, moment: datetime) -> Iterator[tuple[str, str]]:
    """The procedures in force that hold an inherited part in another wording than the source."""
    rows = tx.all(
        select(bundles).where(
            bundles.c.tenant_id == TENANT,
            bundles.c.id.in_(list(bundles_in_force(tx, moment).values())),
        )
    )
    for row in rows:
        inherited = {(e["kind"], e["ref"]): e["digest"] for e in row.manifest if e["owner"] != slug}
        known = ((key, digest) for key, digest in inherited.items() if key in source.files)
        if any(source.files[key].digest != digest for key, digest in known):
            yield row.procedure, row.title


def _follow(product: Product, follower: UUID, which: tuple[str, str], source: Source) -> None:
    now, (procedure, _title) = product.clock.now(), which
    with product.db.tenant(follower, read_only=True) as tx:
        slug = product.world.offices.get(tx).slug
        known = _known(published_files(tx, source.begins or now), slug, source)
        context = gate_context(product, tx, known)
    own = known["process", procedure]
    above = source.files.get(("process", procedure))
    if own.slug == slug and above is not None:
        context = replace(context, rigid_parent=process_in(above.body, procedure))
    try:
        parts = parts_of(procedure, own.body, known, own.slug)
        with product.db.tenant(follower, read_only=True) as tx:
            failing = failing_scenarios(tx, parts, now)
        reports = check_parts(parts, context)
        with product.db.tenant(follower) as tx:
            if failing:
                _tell(tx, parts, context, failing, now)
            else:
                publish(tx, parts, reports, now, reason=source.reason, begins=source.begins)
    except LuchengError as error:
        found = error.facts.get("findings")
        with product.db.tenant(follower) as tx:
            _tell_of(tx, (procedure, own.body), context, found, now)


def _known(found: Known, slug: str, source: Source) -> dict[tuple[str, str], Resolved]:
    """What the tenant has, with the inherited parts as the source words them."""
    kept = {key: part for key, part in found.items() if part.slug == slug}
    return {**found, **source.files, **kept}


def _tell(tx: Unit, parts: Parts, context: Any, findings: Any, now: datetime) -> None:
    body = parts.files["process", parts.procedure].body
    _tell_of(tx, (parts.procedure, body), context, findings, now)


def _tell_of(
    tx: Unit, drawing: tuple[str, bytes], context: Any, findings: Any, now: datetime
) -> None:
    """Keep the drawing as a draft whose report says why it does not hold here."""
    procedure, body = drawing
    report = check_diagram(body, context).to_json()
    known = {(found["element"], found["code"]) for found in report["findings"]}
    told = findings if isinstance(findings, list) else []
    more = [f for f in told if (f.get("element"), f.get("code")) not in known and "element" in f]
    report = {**report, "publishable": False, "findings": [*report["findings"], *more]}
    tx.insert(
        definition_drafts,
        procedure=procedure,
        original=body,
        body=body,
        beside={"decisions": {}},
        report=report,
        created_at=now,
    )
