"""The rounds of a tender: one is published, and again for as long as it fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.tender.model import tender_cases, tenders
from engine.store.database import Unit
from engine.store.metadata import TENANT


def tenders_of_batch(tx: Unit, batch_id: UUID) -> Sequence[Any]:
    """Every round of the tender over a batch, oldest first."""
    return tx.all(
        select(tenders)
        .where(tenders.c.tenant_id == TENANT, tenders.c.batch_id == batch_id)
        .order_by(tenders.c.round)
    )


def tenders_of_case(tx: Unit, case_id: UUID | None) -> Sequence[Any]:
    """Every tender that looks or looked for an assessor of a case, oldest first."""
    return tx.all(
        select(tenders)
        .join(
            tender_cases,
            (tender_cases.c.tenant_id == tenders.c.tenant_id)
            & (tender_cases.c.tender_id == tenders.c.id),
        )
        .where(tenders.c.tenant_id == TENANT, tender_cases.c.case_id == case_id)
        .order_by(tenders.c.bids_from, tenders.c.round)
    )


def tenders_of_lone_case(tx: Unit, case_id: UUID | None) -> Sequence[Any]:
    """Every round of the tender for a case that is in no batch, oldest first."""
    return [row for row in tenders_of_case(tx, case_id) if row.batch_id is None]
