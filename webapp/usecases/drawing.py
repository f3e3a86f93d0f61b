"""Public draws: freeze by hand, enter chance, step back; read by anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.draws.pools import mines_pool, people_pool
from engine.actors import Actor
from engine.batches.draws.document import describe_draw
from engine.batches.draws.rules import Excluded, Member
from engine.batches.draws.seeds import number_source
from engine.batches.draws.store import (
    Freezing,
    commit_nonce,
    enter_number,
    freeze,
    load_draw,
    refuse,
    reveal_nonce,
)
from engine.errors import Forbidden, Invalid
from engine.store.metadata import TENANT
from engine.store.tables import draws
from webapp.product import Product

MOST_LISTED = 200
MINES = "mines"
FREEZERS = ("officer", "leader")


@dataclass(frozen=True)
class TypedDraw:
    """What an officer typed to freeze a draw: from mines or from people of a role."""

    purpose: str
    pool: str
    sizes: str
    excluded: str
    number_name: str
    number_day: str


def list_draws(product: Product, tenant_id: UUID) -> Sequence[Any]:
    """The draws of an authority, latest first."""
    with product.db.tenant(tenant_id, read_only=True) as tx:
        return tx.all(
            select(draws)
            .where(draws.c.tenant_id == TENANT)
            .order_by(draws.c.frozen_at.desc(), draws.c.number.desc())
            .limit(MOST_LISTED)
        )


def read_draw(product: Product, tenant_id: UUID, draw_id: UUID) -> dict[str, Any]:
    """A draw with all that anybody needs to compute it again."""
    with product.db.tenant(tenant_id, read_only=True) as tx:
        office = product.world.offices.get(tx)
        return describe_draw(tx, office, load_draw(tx, draw_id))


def freeze_by_hand(product: Product, actor: Actor, typed: TypedDraw) -> UUID:
    """Freeze a draw from the list or from people of a role, by a public number of a later day."""
    _check_may(actor)
    with product.db.tenant(actor.tenant_id) as tx:
        office = product.world.offices.get(tx)
        pool = mines_pool(tx, office) if typed.pool == MINES else people_pool(tx, [typed.pool])
        made = Freezing(
            kind=MINES if typed.pool == MINES else "people",
            purpose=_needed("purpose", typed.purpose)[:80],
            members=pool,
            sizes={"": _size(typed.sizes)},
            excluded=_exclusions(typed.excluded, pool),
            source=number_source(_needed("number_name", typed.number_name), _day(typed.number_day)),
        )
        return freeze(tx, office, made, actor.membership_id, product.clock.now())


def give_chance(product: Product, actor: Actor, draw_id: UUID, kind: str, value: str) -> bool:
    """Enter a number, a commitment or a nonce; True when the draw is made by it.

    What a draw belongs to goes on with it: the cases of a batch are handed on with their ranks.
    """
    _check_may(actor)
    with product.db.tenant(actor.tenant_id) as tx:
        office, now = product.world.offices.get(tx), product.clock.now()
        if kind == "commit":
            commit_nonce(tx, office, draw_id, value, actor, now)
            return False
        given = {"number": enter_number, "reveal": reveal_nonce}[kind]
        return given(tx, office, draw_id, value, actor, now) is not None


def step_back(product: Product, actor: Actor, draw_id: UUID, member: str, reason: str) -> list[str]:
    """Record that somebody drawn steps back; the next rank follows."""
    _check_may(actor)
    with product.db.tenant(actor.tenant_id) as tx:
        now = product.clock.now()
        return refuse(tx, draw_id, member, reason, actor.membership_id, now)


def _check_may(actor: Actor) -> None:
    if actor.capacity not in FREEZERS:
        raise Forbidden("您没有办理权限", "you may not act")


def _exclusions(typed: str, pool: Sequence[Member]) -> list[Excluded]:
    """Lines of a name or number and the reason, parted by a blank; each must name one member."""
    found = []
    for line in filter(None, map(str.strip, typed.splitlines())):
        name, _, reason = line.partition(" ")
        meant = [one for one in pool if name in (one.id, one.id.partition(":")[2], one.label)]
        meant = meant or [one for one in pool if one.label.startswith(f"{name}（")]
        if len(meant) != 1 or not reason.strip():
            raise _wrong("excluded", f"“{line}”应为名单中一个对象的名称或序号、空格和回避理由")
        found.append(Excluded(meant[0].id, reason.strip(), meant[0].label))
    return found


def _size(typed: str) -> int:
    if not typed.strip().isdecimal():
        raise _wrong("sizes", "请填写抽取数量")
    return int(typed)


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError as error:
        raise _wrong("number_day", "请填写公开号码产生的日期") from error


def _needed(field: str, typed: str) -> str:
    if not typed.strip():
        raise _wrong(field, "请填写")
    return typed.strip()


def _wrong(field: str, zh: str) -> Invalid:
    errors = [{"field": field, "message": zh}]
    return Invalid(zh, "the form has errors", code="form_invalid", errors=errors)
