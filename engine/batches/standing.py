"""How a case stands in batches: what a draw has made of it stays, and an ended case leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import batch_cases, batches, draws

BATCH_FACT = "batch"
_OPEN, _JOINED, _FAILED = "open", "joined", "failed"
ENDED = "办件已结束"


@dataclass(frozen=True)
class Drawn:
    """What a recorded draw gave a case, and in which batch and draw."""

    number: str
    draw: UUID
    given: Mapping[str, Any]


def drawn_before(tx: Unit, case_id: UUID, kind: str) -> Drawn | None:
    """The draw a case was in for this kind of batch; it is final. None when it was in none."""
    row = tx.one(
        select(batch_cases.c.content, batches.c.number, draws.c.id)
        .join(batches, _same(batches, batches.c.id == batch_cases.c.batch_id))
        .join(draws, _same(draws, draws.c.batch_id == batch_cases.c.batch_id))
        .where(
            batch_cases.c.tenant_id == TENANT,
            batch_cases.c.case_id == case_id,
            batches.c.kind == kind,
            draws.c.seed.is_not(None),
        )
        .limit(1)
    )
    if row is None or not row.content:
        return None
    return Drawn(row.number, row.id, row.content["given"])


def given_by_draw(tx: Unit, item: Any) -> dict[str, Any]:
    """What the step of an item gets besides its form because its case was drawn, or nothing."""
    drawn = drawn_before(tx, item.case_id, item.batch) if item.batch else None
    return {} if drawn is None else {**drawn.given, BATCH_FACT: drawn.number}


def is_drawn_batch(tx: Unit, batch_id: UUID) -> bool:
    """Whether a draw of this batch is recorded."""
    found = tx.one(
        select(draws.c.id)
        .where(
            draws.c.tenant_id == TENANT,
            draws.c.batch_id == batch_id,
            draws.c.seed.is_not(None),
        )
        .limit(1)
    )
    return found is not None


def leave_batches(tx: Unit, case_id: UUID) -> None:
    """Let an ended case leave the batches it waits in; where the pool is frozen it is marked."""
    rows = tx.all(
        select(batch_cases.c.id, batches.c.status)
        .join(batches, _same(batches, batches.c.id == batch_cases.c.batch_id))
        .where(
            batch_cases.c.tenant_id == TENANT,
            batch_cases.c.case_id == case_id,
            batch_cases.c.status == _JOINED,
        )
        .order_by(batches.c.id)
    )
    for row in rows:
        if row.status == _OPEN:
            tx.delete(batch_cases, batch_cases.c.id == row.id)
        else:
            tx.update(batch_cases, batch_cases.c.id == row.id, status=_FAILED, message=ENDED)


def _same(table: Any, condition: Any) -> Any:
    return and_(table.c.tenant_id == batch_cases.c.tenant_id, condition)
