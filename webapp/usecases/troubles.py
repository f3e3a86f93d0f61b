"""Failures of a diagram, a form or a stored case that reach the edge: told to whoever repairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog

from engine.actors import Actor
from engine.cases.incidents import tell_trouble
from engine.errors import LuchengError
from engine.feel import FeelError
from engine.forms.context import FormBroken
from engine.spiff.codec import StateUnreadable
from engine.spiff.host import BudgetExceeded
from engine.store.tables import work_items
from webapp.product import Product

log = structlog.get_logger(__name__)

TROUBLES = (FeelError, FormBroken, BudgetExceeded, StateUnreadable)
"""Errors that the person who asked can do nothing about: something has to be mended."""


def keep_trouble(
    product: Product, actor: Actor, error: LuchengError, place: Mapping[str, Any]
) -> None:
    """Raise an incident on the case that ``place`` (``case_id`` or ``item_id``) names, if any.

    Never raises: whoever asked must be answered.
    """
    try:
        case_id, item_id = _id(place.get("case_id")), _id(place.get("item_id"))
        with product.db.tenant(actor.tenant_id) as tx:
            item = tx.get(work_items, item_id) if item_id else None
            case_id = item.case_id if item is not None else case_id
            if case_id is not None:
                tell_trouble(tx, product.world, case_id, error, item)
    except Exception as second:
        log.error("incident_not_told", place=dict(place), error=repr(second))


def _id(value: Any) -> UUID | None:
    return UUID(str(value)) if value else None
