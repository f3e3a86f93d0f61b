"""Public draws: freeze by hand, enter chance, step back; read by anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.draws.pools import STRATA, mines_pool, people_pool
from domain.draws.store import NUMBER_DAYS
from engine.actors import Actor
from engine.batches.draws.document import describe_draw
from engine.batches.draws.rules import ONE_STRATUM, Excluded, Member
from engine.batches.draws.seeds import NONCES, NUMBER, nonce_source, number_source
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
from engine.office import Office
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import draws, memberships
from webapp.product import Product

MOST_LISTED = 200
MINES = "mines"
FREEZERS = ("officer", "leader")


@dataclass(frozen=True)
class TypedDraw:
    """What an officer typed to freeze a draw: from mines or from people of a role.

    ``sizes`` is a number, or with ``strata`` lines of a stratum and its number. By commit and
    reveal ``parties`` are the user names of those who give nonces, until the two local moments;
    the number is then the one of a repeat.
    """

    purpose: str
    pool: str
    sizes: str
    excluded: str
    number_name: str
    number_day: str
    strata: str = ""
    source: str = NUMBER
    parties: str = ""
    commit_until: str = ""
    reveal_until: str = ""


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
    """Freeze a draw from the list or from people of a role; its chance comes later, from outside.

    That is a public number of a later day, or nonces that several parties commit and reveal.
    """
    _check_may(actor)
    with product.db.tenant(actor.tenant_id) as tx:
        office, now = product.world.offices.get(tx), product.clock.now()
        pool = _pool(tx, office, typed)
        made = Freezing(
            kind=MINES if typed.pool == MINES else "people",
            purpose=_needed("purpose", typed.purpose)[:80],
            members=pool,
            sizes=_sizes(typed),
            excluded=_exclusions(typed.excluded, pool),
            source=_source(tx, office, typed, now),
        )
        return freeze(tx, office, made, actor.membership_id, now)


def _pool(tx: Unit, office: Office, typed: TypedDraw) -> list[Member]:
    if typed.pool == MINES and typed.strata in ("", *STRATA):
        return mines_pool(tx, office, typed.strata)
    if typed.strata:
        raise _wrong("strata", "只有名录中的矿山可以按规模或级别分层")
    return people_pool(tx, [typed.pool])


def _source(tx: Unit, office: Office, typed: TypedDraw, now: datetime) -> dict[str, Any]:
    name = _needed("number_name", typed.number_name)
    if typed.source == NUMBER:
        return number_source(name, _day(typed.number_day))
    if typed.source != NONCES:
        raise _wrong("source", "请选择种子来源")
    until = _moment(office, "commit_until", typed.commit_until)
    if until <= now:
        raise _wrong("commit_until", "承诺截止时间须在以后")
    reveal = _moment(office, "reveal_until", typed.reveal_until)
    days = int(office.parameters.get(NUMBER_DAYS, 1))
    return nonce_source(_parties(tx, typed.parties), until, reveal, (name, days))


def _parties(tx: Unit, typed: str) -> dict[str, str]:
    """Those who give nonces, by membership; each line must name one officer or leader."""
    names = typed.split()
    rows = tx.all(
        select(memberships).where(
            memberships.c.tenant_id == TENANT,
            memberships.c.username.in_(names),
            memberships.c.active.is_(True),
            memberships.c.capacity.in_(FREEZERS),
        )
    )
    found = {row.username: row for row in rows}
    unknown = [name for name in names if name not in found]
    if unknown:
        raise _wrong("parties", f"“{unknown[0]}”不是可以参与的经办人或者负责人")
    return {str(row.id): row.name for row in rows}


def _moment(office: Office, field: str, typed: str) -> datetime:
    try:
        return datetime.fromisoformat(typed.strip()).replace(tzinfo=office.calendar.zone)
    except ValueError as error:
        raise _wrong(field, "请填写日期和时间") from error


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


def _sizes(typed: TypedDraw) -> dict[str, int]:
    """How many of each stratum: ``大型 3`` on each line, or one number without strata."""
    if not typed.strata:
        return {ONE_STRATUM: _size(typed.sizes)}
    lines = [line.split() for line in typed.sizes.splitlines() if line.strip()]
    if not lines or any(len(line) != 2 for line in lines):
        raise _wrong("sizes", "请填写抽取数量：每行一层，如“大型 3”")
    return {name: _size(number) for name, number in lines}


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
