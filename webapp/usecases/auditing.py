"""The audit log as it is read: every act of administrators, and whether it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine.actors import Actor
from engine.audit import verify_audit
from engine.errors import Forbidden, Invalid
from engine.store.metadata import TENANT
from engine.store.tables import audit
from engine.work_items.lists import PAGE
from webapp.product import Product
from webapp.usecases.administering import may_audit


@dataclass(frozen=True)
class AuditPage:
    """A page of the log, latest first; ``broken_at`` is the first act that is not as it was."""

    rows: Sequence[Any]
    following: str | None
    broken_at: int | None


def read_audit(product: Product, actor: Actor, cursor: str | None) -> AuditPage:
    """The log of the actor's tenant; Forbidden for those who may not read it."""
    before = _number(cursor)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        if not may_audit(actor, product.world.offices.get(tx)):
            raise Forbidden("只有审计员可以查看审计日志", "only auditors read the audit log")
        query = select(audit).where(audit.c.tenant_id == TENANT)
        if before is not None:
            query = query.where(audit.c.seq < before)
        rows = tx.all(query.order_by(audit.c.seq.desc()).limit(PAGE + 1))
        broken = verify_audit(tx)
    following = str(rows[PAGE - 1].seq) if len(rows) > PAGE else None
    return AuditPage(rows[:PAGE], following, broken)


def _number(cursor: str | None) -> int | None:
    if not cursor:
        return None
    if not cursor.isdecimal() or len(cursor) > 9:
        raise Invalid("页码不对", "this is no cursor", code="cursor")
    return int(cursor)
