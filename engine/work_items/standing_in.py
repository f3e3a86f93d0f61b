"""Substitutes (代理): an absence names who acts for whom, in which period and on what.

A substitute acts in the name of the absent colleague and both are recorded. He never signs for
him, and what bars a person from a case bars the substitute as well (``barring.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from engine.actors import Actor, load_actor
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import absences, cases
from engine.tenancy.model import Capacity
from engine.work_items.reasons import need_reason
from engine.world import World

MOST_RULES = 200
_OFFICE = (Capacity.OFFICER, Capacity.LEADER, Capacity.ADMIN)


@dataclass(frozen=True)
class Absence:
    """Who is away, who acts for him, when, and on which procedure (empty: on all)."""

    membership_id: UUID
    substitute_id: UUID
    from_at: datetime
    to_at: datetime
    reason: str
    procedure: str = ""


@dataclass(frozen=True)
class StandIn:
    """An absent colleague somebody acts for, and on which procedure (empty: on all)."""

    absent: Actor
    procedure: str = ""

    def covers(self, procedure: str) -> bool:
        """Whether the rule reaches a procedure."""
        return self.procedure in ("", procedure)


def side_of(person: Actor) -> tuple[str, UUID | None]:
    """On whose side a person stands: work passes between people of one side only."""
    if person.capacity in _OFFICE:
        return ("office", None)
    if person.capacity == Capacity.APPLICANT:
        return ("enterprise", person.enterprise_id or person.membership_id)
    if person.capacity == Capacity.ASSESSOR:
        return ("body", person.body_id or person.membership_id)
    return (person.capacity, person.membership_id)


def concerns(actor: Actor, item: Any) -> bool:
    """Whether an item is with the person, comes back to him or was ever offered to him."""
    whose = actor.in_whose_name
    own = whose.membership_id in (item.holder, item.owner)
    return bool(own or set(whose.principals) & set(item.candidates))


def _is_with(person: Actor, item: Any) -> bool:
    """Whether it is this person's turn, as far as the row tells."""
    if item.holder is not None:
        return person.membership_id in (item.holder, item.owner)
    return bool(set(person.principals) & set(item.candidates))


def acting(tx: Unit, actor: Actor, item: Any, now: datetime) -> Actor:
    """The person as he acts on an item: for himself, else for an absent colleague it is with."""
    if actor.stands_for is not None or _is_with(actor, item):
        return actor
    found = [rule for rule in stand_ins(tx, actor, now) if _is_with(rule.absent, item)]
    if not found:
        return actor
    case = tx.get(cases, item.case_id)
    covering = [rule for rule in found if case is not None and rule.covers(case.procedure)]
    return replace(actor, stands_for=covering[0].absent) if covering else actor


def stand_ins(tx: Unit, actor: Actor, now: datetime) -> list[StandIn]:
    """The absent colleagues this person acts for now."""
    rows = tx.all(
        select(absences.c.membership_id, absences.c.procedure)
        .where(
            absences.c.tenant_id == TENANT,
            absences.c.substitute_id == actor.membership_id,
            absences.c.from_at <= now,
            absences.c.to_at > now,
        )
        .order_by(absences.c.from_at, absences.c.id)
    )
    found = []
    for row in rows:
        absent = load_actor(tx, row.membership_id)
        if absent is not None:
            found.append(StandIn(absent, row.procedure))
    return found


def set_absence(tx: Unit, world: World, actor: Actor, rule: Absence) -> UUID:
    """Let a colleague act for somebody who is away; by himself or by an administrator."""
    _check_owner(actor, rule.membership_id)
    need_reason(rule.reason)
    absent, substitute = load_actor(tx, rule.membership_id), load_actor(tx, rule.substitute_id)
    if absent is None or substitute is None:
        raise NotFound("没有此人，或已停用", "there is no such person at work")
    if absent.membership_id == substitute.membership_id:
        raise Invalid("代理人不能是本人", "nobody is his own substitute")
    if side_of(absent) != side_of(substitute):
        raise Invalid("代理人须是同一单位的人员", "a substitute is of the same authority or body")
    if not rule.from_at < rule.to_at or rule.to_at <= world.clock.now():
        raise Invalid("代理期间的起止时间有误", "the period of the absence is not right")
    if _overlapping(tx, rule):
        raise Conflict(
            "同一期间、同一事项已有代理人", "there is a substitute for this period already"
        )
    return tx.insert(
        absences,
        **{**vars(rule), "reason": rule.reason.strip()[:500]},
        set_by=actor.membership_id,
        set_at=world.clock.now(),
    )


def end_absence(tx: Unit, world: World, actor: Actor, absence_id: UUID) -> None:
    """End a substitution now, or take back one that has not begun."""
    row = tx.get(absences, absence_id)
    if row is None:
        raise NotFound("没有此代理", "there is no such absence")
    _check_owner(actor, row.membership_id)
    now = world.clock.now()
    if row.from_at >= now:
        tx.delete(absences, absences.c.id == absence_id)
    elif row.to_at > now:
        tx.update(absences, absences.c.id == absence_id, to_at=now)


def absences_seen(tx: Unit, actor: Actor, now: datetime) -> Sequence[Any]:
    """The absences of now and later: one's own, those one stands in for; an administrator's all."""
    statement = select(absences).where(absences.c.tenant_id == TENANT, absences.c.to_at > now)
    if actor.capacity != Capacity.ADMIN:
        own = actor.membership_id
        statement = statement.where(
            or_(absences.c.membership_id == own, absences.c.substitute_id == own)
        )
    return tx.all(statement.order_by(absences.c.from_at, absences.c.id).limit(MOST_RULES))


def _check_owner(actor: Actor, membership_id: UUID) -> None:
    if actor.capacity != Capacity.ADMIN and actor.membership_id != membership_id:
        raise Forbidden(
            "只有本人或管理员可以设置代理", "only the person or an administrator may do this"
        )


def _overlapping(tx: Unit, rule: Absence) -> bool:
    found = tx.one(
        select(absences.c.id)
        .where(
            absences.c.tenant_id == TENANT,
            absences.c.membership_id == rule.membership_id,
            absences.c.procedure == rule.procedure,
            absences.c.from_at < rule.to_at,
            absences.c.to_at > rule.from_at,
        )
        .limit(1)
    )
    return found is not None
