"""Looking at what is somebody else's work: the looking itself is written down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.actors import Actor
from engine.store.database import Unit
from engine.work_items.lists import SEES_ALL
from webapp.product import Product


@contextmanager
def reading(product: Product, actor: Actor) -> Iterator[Unit]:
    """A unit of work for reading; it can write only where the reading itself is recorded."""
    recorded = actor.capacity in SEES_ALL
    with product.db.tenant(actor.tenant_id, read_only=not recorded) as tx:
        yield tx
