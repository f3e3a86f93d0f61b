"""Panels of experts (专家论证): frozen, drawn by rank, a recused seat goes to the next rank."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.rounds.model import panel_seats
from domain.rounds.rules import Expert, pool_of
from engine.actors import Actor, people_for
from engine.batches.draws import Freezing, freeze_pool, record_draw
from engine.errors import Conflict, NotFound
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import draws, memberships

SEATED, RESERVE, RECUSED = "seated", "reserve", "recused"
ROLE = "expert"


def freeze_panel(
    tx: Unit, number: str, province: str, size: int, actor: Actor, now: datetime
) -> tuple[UUID, int, int]:
    """Freeze who may argue about a case; gives the draw and how many are in it and recused.

    Conflict when fewer than a panel are left; the seed must come after this is committed.

    Rules: R-NAT-24.
    """
    experts = [Expert(str(p.membership_id), _province(p)) for p in people_for(tx, [ROLE])]
    pool, recused = pool_of(experts, province)
    if len(pool) < size:
        raise Conflict(
            f"专家库中可参加论证的专家 {len(pool)} 人，不足 {size} 人",
            "the pool has fewer experts than a panel needs",
            code="panel_too_small",
        )
    purpose = f"专家论证 {number}"
    return freeze_pool(tx, Freezing(purpose, pool, size), actor, now), len(pool), len(recused)


def _province(person: Actor) -> str:
    return (person.unit or "").partition(".")[0]


def draw_panel(tx: Unit, case_id: UUID, draw_id: UUID, seed: str, now: datetime) -> Sequence[Any]:
    """Draw the panel of a case from its frozen pool; those behind the number are its reserve."""
    frozen = tx.get(draws, draw_id)
    if frozen is None:
        raise NotFound("专家名单尚未冻结", "the pool has not been frozen")
    if frozen.frozen_at >= now:
        raise Conflict(
            "冻结名单与抽取须分两步办理",
            "pool and seed may not be made in one step",
            code="draw_at_once",
        )
    for member in record_draw(tx, draw_id, seed, now):
        tx.insert(
            panel_seats,
            case_id=case_id,
            draw_id=draw_id,
            membership_id=UUID(member.id),
            rank=member.rank,
            status=SEATED if member.drawn else RESERVE,
        )
    return seats_of(tx, case_id)


def seats_of(tx: Unit, case_id: UUID) -> Sequence[Any]:
    """Everybody the draw of a case ranked, with names, by rank."""
    tx.flush()
    return tx.all(
        select(panel_seats, memberships.c.name)
        .join(
            memberships,
            (memberships.c.tenant_id == panel_seats.c.tenant_id)
            & (memberships.c.id == panel_seats.c.membership_id),
        )
        .where(panel_seats.c.tenant_id == TENANT, panel_seats.c.case_id == case_id)
        .order_by(panel_seats.c.rank)
    )


def recuse(tx: Unit, case_id: UUID, membership_id: UUID, reason: str) -> UUID:
    """An expert steps back; gives who of the next rank takes the seat: nobody draws anew."""
    everyone = seats_of(tx, case_id)
    own = next((s for s in everyone if s.membership_id == membership_id), None)
    if own is None or own.status != SEATED:
        raise NotFound("不是本件的论证专家", "this expert has no seat in the panel")
    following = next((s for s in everyone if s.status == RESERVE), None)
    if following is None:
        raise Conflict("没有候补专家", "there is no reserve left", code="no_reserve")
    tx.update(panel_seats, panel_seats.c.id == own.id, status=RECUSED, reason=reason[:600])
    tx.update(panel_seats, panel_seats.c.id == following.id, status=SEATED)
    found: UUID = following.membership_id
    return found
