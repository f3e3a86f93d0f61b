"""The hourly look at every tenant: one node does it, whoever comes first in the hour."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Event
from uuid import UUID

import structlog
from sqlalchemy import select

from engine.cases.invariants import Finding, find_broken, sweep_tenant
from engine.errors import LuchengError
from engine.store.control import tenants
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import counters
from webapp.operations.leftovers import sweep_leftovers
from webapp.product import Product
from webapp.usecases.outside_proof import checkpoint_tenant

log = structlog.get_logger(__name__)

SWEPT = "invariants.swept"
HOUR = 3600


def all_tenants(db: Database) -> list[tuple[UUID, str]]:
    """Id and slug of every tenant."""
    with db.control(read_only=True) as control:
        rows = control.all(select(tenants.c.id, tenants.c.slug).order_by(tenants.c.created_at))
    return [(row.id, row.slug) for row in rows]


def sweep_all_tenants(product: Product, stopping: Event) -> int:
    """Sweep each tenant that nobody has swept this hour; returns how many findings there are."""
    count = 0
    for tenant_id, slug in all_tenants(product.db):
        if stopping.is_set():
            break
        if not _is_ours(product.db, tenant_id, product.clock.now()):
            continue
        _take_checkpoint(product, tenant_id, slug)
        forgotten = sweep_leftovers(product, tenant_id)
        if any(forgotten):
            log.info("leftovers_swept", tenant=slug, uploads=forgotten[0], files=forgotten[1])
        checked, found = sweep_tenant(
            product.db, product.world, tenant_id, is_stopping=stopping.is_set
        )
        count += len(found)
        log.info("invariants_swept", tenant=slug, checked=checked, findings=len(found))
        for finding in found:
            log.error("invariant_broken", tenant=slug, case=str(finding.case_id), what=finding.what)
    return count


def _take_checkpoint(product: Product, tenant_id: UUID, slug: str) -> None:
    """What hinders a checkpoint (a lost secret) hinders nothing else; the next catches up."""
    try:
        checkpoint_tenant(product, tenant_id)
    except LuchengError as error:
        log.error("checkpoint_failed", tenant=slug, error=str(error))


def _is_ours(db: Database, tenant_id: UUID, now: datetime) -> bool:
    """Take the sweep of this hour; False when another node has it."""
    hour = int(now.timestamp()) // HOUR
    with db.tenant(tenant_id) as tx:
        tx.upsert(counters, ("name",), {"name": SWEPT, "value": 0}, {})
        return (
            tx.update(counters, counters.c.name == SWEPT, counters.c.value < hour, value=hour) > 0
        )


def last_sweep(db: Database, tenant_id: UUID) -> datetime | None:
    """The hour in which a tenant was swept last; None when it never was."""
    with db.tenant(tenant_id, read_only=True) as tx:
        hour = tx.scalar(
            select(counters.c.value).where(counters.c.tenant_id == TENANT, counters.c.name == SWEPT)
        )
    return datetime.fromtimestamp(hour * HOUR, UTC) if hour else None


def find_everything_broken(product: Product) -> dict[str, tuple[int, list[Finding]]]:
    """By slug: how many cases were looked at, and what does not hold; nothing is written."""
    return {
        slug: find_broken(product.db, product.world, tenant_id)
        for tenant_id, slug in all_tenants(product.db)
    }
