"""Rehearsals of a draft: what finished and running cases would have met on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.migrating.model import ORDER, Verdict
from engine.migrating.rehearsing import (
    RUNNING,
    begin_rehearsal,
    cases_of,
    counts_of,
    find_rehearsal,
)
from engine.migrating.work import check_administrator
from engine.store.metadata import TENANT
from engine.store.tables import definition_drafts, rehearsals
from webapp.product import Product
from webapp.usecases.beside import with_beside
from webapp.usecases.definitions import find_draft, parts_of, published_files
from webapp.usecases.procedures import may_look

MOST_SHOWN = 300


@dataclass(frozen=True)
class Rehearsal:
    """How far a rehearsal is, how many cases met what, and which."""

    id: UUID
    draft: UUID
    procedure: str
    from_at: datetime
    to_at: datetime
    total: int
    done: int
    is_running: bool
    finished: Mapping[Verdict, int]
    running: Mapping[Verdict, int]
    cases: Sequence[Any]


def rehearse_draft(
    product: Product,
    actor: Actor,
    draft_id: UUID,
    period: tuple[datetime, datetime],
    mapping: Mapping[str, str],
) -> UUID:
    """Begin to do the cases that ended in a period again on a draft, and to place the running."""
    check_administrator(actor)
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        draft = find_draft(tx, draft_id)
        owner = product.world.offices.get(tx).slug
        known = with_beside(published_files(tx, now), owner, draft.procedure, draft.beside)
    parts = parts_of(draft.procedure, draft.body, known, owner)
    with product.db.tenant(actor.tenant_id) as tx:
        return begin_rehearsal(tx, product.world, actor, draft, parts, period, mapping)


def read_rehearsal(product: Product, actor: Actor, rehearsal_id: UUID) -> Rehearsal:
    """One rehearsal, with the cases that met something."""
    may_look(actor)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        row = find_rehearsal(tx, rehearsal_id)
        counts = counts_of(tx, rehearsal_id)
        found = cases_of(tx, rehearsal_id, MOST_SHOWN)
    return Rehearsal(
        id=row.id,
        draft=row.draft_id,
        procedure=row.procedure,
        from_at=row.from_at,
        to_at=row.to_at,
        total=row.total,
        done=row.done,
        is_running=row.status == RUNNING,
        finished=_by_verdict(counts, is_running=False),
        running=_by_verdict(counts, is_running=True),
        cases=sorted(found, key=lambda case: ORDER.index(Verdict(case.verdict))),
    )


def _by_verdict(counts: Mapping[tuple[str, bool], int], *, is_running: bool) -> dict[Verdict, int]:
    found = {verdict: counts.get((verdict.value, is_running), 0) for verdict in reversed(ORDER)}
    return {verdict: number for verdict, number in found.items() if number}


def last_rehearsal(product: Product, actor: Actor, draft_id: UUID) -> Any:
    """The row of the latest rehearsal of a draft as it is drawn now, or None."""
    may_look(actor)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        return tx.one(
            select(rehearsals, definition_drafts.c.published_at)
            .join(
                definition_drafts,
                (definition_drafts.c.tenant_id == rehearsals.c.tenant_id)
                & (definition_drafts.c.id == rehearsals.c.draft_id),
            )
            .where(rehearsals.c.tenant_id == TENANT, rehearsals.c.draft_id == draft_id)
            .order_by(rehearsals.c.at.desc(), rehearsals.c.id.desc())
            .limit(1)
        )
