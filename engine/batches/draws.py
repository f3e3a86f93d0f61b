"""Recorded draws: the pool is frozen first, the seed comes after, the ranking follows from both.

Whoever has pool and seed can compute the ranking again: it orders the pool by SHA-256 of the seed
followed by the id. Nobody who knows the seed can change the pool any more, and nobody who could
still change the pool knows the seed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.canonical import canonical, digest
from engine.errors import Conflict, Invalid, NotFound
from engine.store.database import Unit
from engine.store.tables import draws

MIN_SEED = 16


@dataclass(frozen=True)
class Ranked:
    """One member of the pool with its rank, counted from 1, and whether it is drawn."""

    id: str
    rank: int
    drawn: bool


def draw(pool: Collection[str], size: int, seed: str) -> list[Ranked]:
    """The whole pool in the order of the draw; the first ``size`` members are drawn.

    The order in which the pool is given does not matter. A member that falls out later is replaced
    by the next rank, never by a new draw.
    """
    if len(set(pool)) != len(pool):
        raise ValueError("a pool names nobody twice")
    if not 0 <= size <= len(pool):
        raise ValueError("a draw takes at most the whole pool")
    order = sorted(pool, key=lambda member: (_lot(seed, member), member))
    return [Ranked(member, rank, rank <= size) for rank, member in enumerate(order, start=1)]


def pool_digest(pool: Collection[str], size: int, purpose: str) -> str:
    """What fixes pool, number and purpose before the seed is known."""
    return digest(canonical({"pool": sorted(pool), "purpose": purpose, "size": size}))


@dataclass(frozen=True)
class Freezing:
    """A pool about to be frozen: of which batch, for what, how many are to be drawn."""

    purpose: str
    pool: Sequence[str]
    size: int
    batch_id: UUID | None = None


def freeze_pool(tx: Unit, freezing: Freezing, actor: Actor, now: datetime) -> UUID:
    """Record pool and size before there is a seed; returns the draw's id."""
    pool = sorted(set(freezing.pool))
    if not pool or not 0 <= freezing.size <= len(pool):
        raise Invalid("没有可供抽取的对象", "there is nothing to draw from", code="empty_pool")
    return tx.insert(
        draws,
        batch_id=freezing.batch_id,
        purpose=freezing.purpose,
        pool=pool,
        size=freezing.size,
        frozen_digest=pool_digest(pool, freezing.size, freezing.purpose),
        frozen_at=now,
        by=actor.membership_id,
    )


def record_draw(tx: Unit, draw_id: UUID, seed: str, now: datetime) -> list[Ranked]:
    """Draw from a frozen pool with a seed chosen after it; Conflict when it was drawn before."""
    row = tx.get(draws, draw_id, lock=True)
    if row is None:
        raise NotFound("抽取记录不存在", "there is no such draw")
    if row.seed is not None:
        raise Conflict("已经抽取，不能重新抽取", "it was drawn; nothing is drawn twice")
    if len(seed) < MIN_SEED:
        raise ValueError("the seed is too short to be chance")
    ranking = draw(row.pool, row.size, seed)
    tx.update(
        draws,
        draws.c.id == draw_id,
        seed=seed,
        drawn_at=now,
        ranking=[member.id for member in ranking],
    )
    return ranking


def draw_holds(row: Any) -> bool:
    """Whether a recorded draw can be computed again from what was frozen and its seed."""
    if row.frozen_digest != pool_digest(row.pool, row.size, row.purpose) or row.seed is None:
        return False
    return bool([member.id for member in draw(row.pool, row.size, row.seed)] == row.ranking)


def _lot(seed: str, member: str) -> str:
    return hashlib.sha256(f"{seed}{member}".encode()).hexdigest()
