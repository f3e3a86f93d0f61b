"""Verifying: is every case's history whole?"""

from __future__ import annotations

from sqlalchemy import select

from engine.definitions.loading import tenant_id_of
from engine.history import Break, verify_case
from engine.store.control import tenants
from engine.store.metadata import TENANT
from engine.store.tables import cases
from webapp.product import Product


def verify_histories(product: Product, slug: str | None) -> tuple[int, list[Break]]:
    """How many cases were checked, and every break found."""
    if slug is not None:
        found = [tenant_id_of(product.db, slug)]
    else:
        with product.db.control(read_only=True) as control:
            found = [row.id for row in control.all(select(tenants.c.id))]
    checked, breaks = 0, []
    for tenant_id in found:
        with product.db.tenant(tenant_id, read_only=True) as tx:
            for row in tx.all(select(cases.c.id).where(cases.c.tenant_id == TENANT)):
                checked += 1
                breaks += verify_case(tx, row.id)
    return checked, breaks
