"""Uploads that were never handed in, and files nothing speaks of: removed after a day."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.notices.model import objections
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import attachments, batch_acts, batch_cases, drafts
from webapp.product import Product

UNUSED = timedelta(days=1)
SPEAKING: tuple[Any, ...] = (
    drafts.c.content,
    batch_acts.c.content,
    batch_cases.c.content,
    objections.c.evidence,
)
"""Where uploads of no case are named: what is still being typed, batches, objections."""


def sweep_leftovers(product: Product, tenant_id: UUID) -> tuple[int, int]:
    """How many unused uploads and how many files were removed."""
    before = product.clock.now() - UNUSED
    with product.db.tenant(tenant_id) as tx:
        uploads = _forget_uploads(tx, before)
    with product.db.tenant(tenant_id, read_only=True) as tx:
        known = _digests(tx)
    files = product.blobs.discard_parts(tenant_id, before)
    for digest in product.blobs.digests(tenant_id):
        if digest not in known:
            files += product.blobs.discard(
                tenant_id, digest, before, lambda wanted: _is_known(product, tenant_id, wanted)
            )
    return uploads, files


def _forget_uploads(tx: Unit, before: datetime) -> int:
    of_nobody = attachments.c.case_id.is_(None)
    old = attachments.c.uploaded_at < before
    rows = tx.all(select(attachments.c.id).where(attachments.c.tenant_id == TENANT, of_nobody, old))
    if not rows:
        return 0
    named = _texts(tx)
    forgotten = [row.id for row in rows if not any(str(row.id) in text for text in named)]
    # a case may take one of them this very moment: only what is still nobody's goes
    return tx.delete(attachments, attachments.c.id.in_(forgotten), of_nobody)


def _texts(tx: Unit) -> list[str]:
    """Everything that may name an upload of nobody's case."""
    found = []
    for column in SPEAKING:
        rows = tx.all(select(column.label("said")).where(column.table.c.tenant_id == TENANT))
        found += [json.dumps(row.said) for row in rows if row.said]
    return found


def _digests(tx: Unit) -> set[str]:
    statement = select(attachments.c.digest).where(attachments.c.tenant_id == TENANT).distinct()
    return {row.digest for row in tx.all(statement)}


def _is_known(product: Product, tenant_id: UUID, digest: str) -> bool:
    with product.db.tenant(tenant_id, read_only=True) as tx:
        found = select(attachments.c.id).where(
            attachments.c.tenant_id == TENANT, attachments.c.digest == digest
        )
        return tx.one(found.limit(1)) is not None
