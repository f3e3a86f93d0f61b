"""What an objection says, beside the form of those who verify it; not who made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain.notices.model import objections
from domain.notices.objections import may_verify
from domain.notices.store import load_notice
from engine.actors import Actor
from webapp.product import Product

VARIABLE = "objection"


def objection_content(
    product: Product, actor: Actor, variables: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Id and text of the objection a step is about; None for other steps and other people."""
    about = variables.get(VARIABLE)
    named = about.get("id") if isinstance(about, Mapping) else None
    try:
        objection_id = UUID(str(named))
    except ValueError:
        return None
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        row = tx.get(objections, objection_id)
        if row is None or not may_verify(actor, load_notice(tx, row.notice_id)):
            return None
        return {"id": str(objection_id), "text": row.content}
