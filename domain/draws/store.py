"""The draw of a batch: pool frozen in one transaction, seed and ranking in the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.draws.rules import SHARES, sample_size
from engine.actors import Actor
from engine.batches.acts import BatchAct, act_on_batch, freeze_batch
from engine.batches.draws.rules import ONE_STRATUM, Member, Ranked
from engine.batches.draws.store import Freezing, freeze, record_draw
from engine.batches.work import FROZEN, lock_batch
from engine.errors import Invalid, NotFound
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import batches, draws
from engine.world import World

DRAW = "draw"


def is_drawn(kind: str) -> bool:
    """Whether the cases of this kind of batch are drawn, and so can be handled no other way."""
    return kind in SHARES


def freeze_draw(tx: Unit, world: World, actor: Actor, batch_id: UUID) -> UUID:
    """Freeze who is in a batch and how many will be drawn; returns the draw's id.

    The seed must be made only after this is committed. Freezing a batch again gives the same draw.

    Rules: R-IM-31.
    """
    batch = tx.get(batches, batch_id, lock=True)
    if batch is None:
        raise NotFound("批次不存在", "there is no such batch")
    if not is_drawn(batch.kind):
        raise Invalid("此批次不需要抽取", "nothing is drawn in this kind of batch", code="no_draw")
    pending = _pending_draw(tx, batch_id)
    if pending is not None:
        found: UUID = pending.id
        return found
    share, office = SHARES[batch.kind], world.offices.get(tx)
    pool = [str(case_id) for case_id in freeze_batch(tx, actor, batch_id)]
    percent, minimum = office.parameter(share.ratio), office.parameter(share.minimum)
    size = sample_size(len(pool), Decimal(percent), int(minimum))
    members = [Member(case) for case in pool]  # who applies is nobody's before the public notice
    made = Freezing(
        batch.kind,
        share.purpose,
        members,
        {ONE_STRATUM: size},
        batch_id=batch_id,
        shows_names=False,
    )
    return freeze(tx, office, made, actor.membership_id, world.clock.now())


def draw_batch(
    tx: Unit,
    world: World,
    actor: Actor,
    batch_id: UUID,
    seed: str,
    *,
    form: Mapping[str, Any] | None = None,
) -> list[Ranked]:
    """Draw from the frozen batch and hand every case on with its rank; returns the ranking.

    ``form`` is what the form of the step asks for. Each case is given ``sampled`` and ``drawRank``.

    Rules: R-IM-31.
    """
    lock_batch(tx, batch_id, (FROZEN,))
    pending = _pending_draw(tx, batch_id)
    if pending is None:
        raise NotFound("批次名单尚未冻结", "the batch has not been frozen for a draw")
    ranking = record_draw(tx, pending.id, seed, world.clock.now())
    given = {UUID(m.id): {"sampled": m.drawn, "drawRank": m.rank} for m in ranking}
    act_on_batch(tx, world, actor, batch_id, BatchAct(DRAW, common=form or {}, given=given))
    return ranking


def draws_of_batch(tx: Unit, batch_id: UUID) -> Sequence[Any]:
    """The recorded draws of a batch."""
    return tx.all(
        select(draws)
        .where(draws.c.tenant_id == TENANT, draws.c.batch_id == batch_id)
        .order_by(draws.c.frozen_at)
    )


def _pending_draw(tx: Unit, batch_id: UUID) -> Any:
    return next((row for row in draws_of_batch(tx, batch_id) if row.settled_at is None), None)
