"""The draw of a batch: pool frozen first; its chance comes later, from where the tenant says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.draws.rules import SHARES, sample_size
from engine.actors import Actor
from engine.batches.acts import BatchAct, act_on_batch, freeze_batch
from engine.batches.draws.rules import ONE_STRATUM, Member, Ranked
from engine.batches.draws.seeds import SYSTEM, number_source, system_source
from engine.batches.draws.store import Freezing, freeze, ranked, record_draw
from engine.batches.work import FROZEN, lock_batch
from engine.errors import Conflict, Invalid, NotFound
from engine.office import Office, local_date
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import batches, draws
from engine.world import World

DRAW = "draw"
SOURCE, NUMBER_NAME, NUMBER_DAYS = "draw.source", "draw.number_name", "draw.number_days"


class NumberOpen(Conflict):
    """The public number of a frozen draw has not been entered yet."""

    code = "number_open"


def chance_source(office: Office, now: datetime) -> dict[str, Any]:
    """Where the chance of a draw that a step begins comes from: a public number of a later day.

    Only a tenant whose setting says so leaves it to the node's own chance.
    """
    if office.parameters.get(SOURCE, SYSTEM) == SYSTEM:
        return system_source()
    day = local_date(office, now) + timedelta(days=int(office.parameter(NUMBER_DAYS)))
    return number_source(str(office.parameter(NUMBER_NAME)), day)


def is_by_system(row: Any) -> bool:
    """Whether the node itself makes the seed of this draw."""
    return bool(row.content["source"]["kind"] == SYSTEM)


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
    pending = frozen_draw(tx, batch) if batch.status == FROZEN else None
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
        source=chance_source(office, world.clock.now()),
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

    ``seed`` is the node's chance; of a draw by a public number the seed is there already, or
    :class:`NumberOpen` says that it is missing. ``form`` is what the form of the step asks for.
    Each case is given ``sampled`` and ``drawRank``.

    Rules: R-IM-31.
    """
    pending = frozen_draw(tx, lock_batch(tx, batch_id, (FROZEN,)))
    if pending is None:
        raise NotFound("批次名单尚未冻结", "the batch has not been frozen for a draw")
    if is_by_system(pending):
        ranking = record_draw(tx, pending.id, seed, world.clock.now())
    elif pending.seed is not None:
        ranking = ranked(pending)
    else:
        day = pending.content["source"].get("day", "")
        raise NumberOpen(
            f"名单已冻结；{day} 产生的公开号码由两人分别录入后，再按抽取结果办理",
            "the pool is frozen; its number must be entered by two people first",
        )
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


def frozen_draw(tx: Unit, batch: Any) -> Any:
    """The draw a frozen batch waits for, the last repeat of it where one was void; or None."""
    rows = draws_of_batch(tx, batch.id)
    return rows[-1] if rows else None
