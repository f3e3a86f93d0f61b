"""Who acts: a person in one tenant, in one capacity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.prepared import Answer
from engine.store.tables import membership_principals, memberships

AT_ONCE = 6
_NOBODY = {f"asked_{i}": None for i in range(AT_ONCE)}
_HELD = membership_principals
_STAFFED = (
    select(_HELD.c.principal)
    .join(
        memberships,
        (memberships.c.tenant_id == _HELD.c.tenant_id)
        & (memberships.c.id == _HELD.c.membership_id),
    )
    .where(
        _HELD.c.tenant_id == TENANT,
        or_(*(_HELD.c.principal == bindparam(f"asked_{i}") for i in range(AT_ONCE))),
        memberships.c.active.is_(True),
    )
    .distinct()
)


@dataclass(frozen=True)
class Actor:
    """A membership at work; ``roles`` are pairs of role and unit code ("" for the whole tenant).

    ``ends_at`` is when an authorisation to act for somebody is over; from then on there is no such
    person at work. ``stands_for`` is the absent colleague in whose name a substitute acts.
    """

    account_id: UUID
    membership_id: UUID
    tenant_id: UUID
    username: str
    name: str
    title: str
    capacity: str
    roles: tuple[tuple[str, str], ...]
    unit: str | None = None
    enterprise_id: UUID | None = None
    body_id: UUID | None = None
    stands_for: Actor | None = None
    ends_at: datetime | None = None

    @property
    def principals(self) -> tuple[str, ...]:
        """Every principal this person stands for, as work items name them."""
        return principals_of(self.membership_id, self.roles, self.enterprise_id, self.body_id)

    @property
    def label(self) -> str:
        """Name and title as history shows them."""
        own = f"{self.name}（{self.title}）" if self.title else self.name
        return f"{own}代{self.stands_for.name}" if self.stands_for else own

    @property
    def in_whose_name(self) -> Actor:
        """Whose item it is that the person works on: his own, or the absent colleague's."""
        return self.stands_for or self

    def has_role(self, role: str) -> bool:
        """True when the role is held in any unit."""
        return any(held == role for held, _ in self.roles)

    def is_over(self, now: datetime) -> bool:
        """Whether the authorisation has ended by then."""
        return self.ends_at is not None and self.ends_at <= now

    @property
    def may_act(self) -> bool:
        """False for read-only capacities."""
        return self.capacity != "auditor"


def principals_of(
    membership_id: UUID,
    roles: Iterable[tuple[str, str]],
    enterprise_id: UUID | None,
    body_id: UUID | None,
) -> tuple[str, ...]:
    """The principals of a membership: person, roles, roles in units, enterprise, body."""
    found = [f"person:{membership_id}"]
    for role, unit in roles:
        found.append(role)
        if unit:
            found.append(f"{role}@{unit}")
    if enterprise_id is not None:
        found.append(f"enterprise:{enterprise_id}")
    if body_id is not None:
        found.append(f"body:{body_id}")
    return tuple(dict.fromkeys(found))


def load_actor(tx: Unit, membership_id: UUID) -> Actor | None:
    """The actor behind an active membership of this tenant."""
    row = tx.get(memberships, membership_id)
    if row is None or not row.active:
        return None
    return actor_from_row(row)


def actor_from_row(row: Any) -> Actor:
    """An actor from a row of ``memberships``."""
    return Actor(
        account_id=row.account_id,
        membership_id=row.id,
        tenant_id=row.tenant_id,
        username=row.username,
        name=row.name,
        title=row.title,
        capacity=row.capacity,
        roles=tuple((role, unit) for role, unit in row.roles),
        unit=row.unit_code,
        enterprise_id=row.enterprise_id,
        body_id=row.body_id,
        ends_at=row.ends_at,
    )


def staffed_principals(tx: Unit) -> frozenset[str]:
    """Every principal that at least one active person of the tenant stands for."""
    held = membership_principals
    rows = tx.all(
        select(held.c.principal)
        .join(
            memberships,
            (memberships.c.tenant_id == held.c.tenant_id)
            & (memberships.c.id == held.c.membership_id),
        )
        .where(held.c.tenant_id == TENANT, memberships.c.active.is_(True))
        .distinct()
    )
    return frozenset(row.principal for row in rows)


def anyone_is(tx: Unit, principals: Iterable[str]) -> bool:
    """True when at least one active person stands for one of these principals."""
    return bool(staffed(tx, principals))


def staffed(tx: Unit, principals: Iterable[str]) -> set[str]:
    """Those of the principals that at least one active person stands for."""
    return {row.principal for asked in ask_staffed(tx, principals) for row in asked.rows}


def ask_staffed(tx: Unit, principals: Iterable[str]) -> list[Answer]:
    """Like :func:`staffed`, sent later; the rows name the principals."""
    asked = list(dict.fromkeys(principals))
    answers = []
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        names = _NOBODY | {f"asked_{i}": principal for i, principal in enumerate(some)}
        answers.append(tx.ask(_STAFFED, **names))
    return answers


def people_for(tx: Unit, principals: Iterable[str]) -> list[Actor]:
    """The active people who stand for one of these principals, by name."""
    held = membership_principals
    rows = tx.all(
        select(memberships)
        .join(
            held,
            (memberships.c.tenant_id == held.c.tenant_id)
            & (memberships.c.id == held.c.membership_id),
        )
        .where(
            memberships.c.tenant_id == TENANT,
            held.c.principal.in_(list(principals)),
            memberships.c.active.is_(True),
        )
        .distinct()
    )
    return sorted((actor_from_row(row) for row in rows), key=lambda a: (a.name, a.username))


def add_membership(tx: Unit, **facts: Any) -> UUID:
    """Store a membership and its principals; returns its id."""
    membership_id = tx.insert(memberships, **facts)
    roles = [(role, unit) for role, unit in facts["roles"]]
    principals = principals_of(
        membership_id, roles, facts.get("enterprise_id"), facts.get("body_id")
    )
    tx.insert_many(
        membership_principals,
        ({"membership_id": membership_id, "principal": p} for p in principals),
    )
    return membership_id


def change_membership(tx: Unit, row: Any, **facts: Any) -> None:
    """Change what a membership is, and with it what it stands for; ``row`` is as it was."""
    tx.update(memberships, memberships.c.id == row.id, **facts)
    said = {**row._mapping, **facts}
    roles = [(role, unit) for role, unit in said["roles"]]
    principals = principals_of(row.id, roles, said["enterprise_id"], said["body_id"])
    tx.delete(membership_principals, membership_principals.c.membership_id == row.id)
    tx.insert_many(
        membership_principals, ({"membership_id": row.id, "principal": p} for p in principals)
    )
