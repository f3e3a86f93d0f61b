"""Who acts for an enterprise: authorisations with a term, given and revoked by its principal.

The principal (授权人) is whoever acts for the enterprise without a term. An authorisation is a
membership: the person signs in under a name of his own, and what he does bears his name.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor, add_membership
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.office import Office, local_date
from engine.store.control import accounts
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import memberships
from engine.tenancy.model import Capacity
from engine.work_items.authority import end_authority, plan_end
from webapp.product import Product
from webapp.usecases.identity import add_account
from webapp.usecases.sign_in import hash_password

MOST_PEOPLE = 30
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{3,39}")


@dataclass(frozen=True)
class Grant:
    """Whom to authorise, and the last day of the term."""

    username: str
    name: str
    title: str
    last_day: date | None


@dataclass(frozen=True)
class Given:
    """An authorisation that was given; the password is told once and kept nowhere."""

    membership_id: UUID
    username: str
    password: str


def is_principal_of_enterprise(actor: Actor) -> bool:
    """Whether the person acts for an enterprise without a term, and so may authorise others."""
    is_applicant = actor.capacity == Capacity.APPLICANT and actor.enterprise_id is not None
    return is_applicant and actor.ends_at is None


def authorised_people(tx: Unit, actor: Actor) -> Sequence[Any]:
    """Everyone who acts or acted for the person's enterprise, the latest first."""
    if actor.enterprise_id is None:
        return ()
    return tx.all(
        select(memberships)
        .where(
            memberships.c.tenant_id == TENANT,
            memberships.c.enterprise_id == actor.enterprise_id,
        )
        .order_by(memberships.c.active.desc(), memberships.c.created_at.desc())
    )


def grant_authorisation(product: Product, actor: Actor, grant: Grant) -> Given:
    """Authorise somebody new to act for the enterprise until the end of a day.

    Only under a user name that is new: nobody is made to act for an enterprise unasked.
    """
    _check_principal(actor)
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        office = product.world.offices.get(tx)
        active = [row for row in authorised_people(tx, actor) if row.active]
    _check(grant, office, now, len(active))
    with product.db.control(read_only=True) as control:
        known = control.one(select(accounts.c.id).where(accounts.c.username == grant.username))
    if known is not None:
        raise _taken(grant.username)
    password = secrets.token_urlsafe(9)
    hashed = hash_password(password)  # it takes its time: before any transaction
    account_id = add_account(product.db, grant.username, grant.name.strip(), hashed, now)
    assert grant.last_day is not None
    ends_at = end_of_day(office, grant.last_day)
    with product.db.tenant(actor.tenant_id) as tx:
        membership_id = add_membership(
            tx,
            account_id=account_id,
            username=grant.username,
            name=grant.name.strip(),
            title=grant.title.strip(),
            capacity=Capacity.APPLICANT,
            unit_code=actor.unit,
            enterprise_id=actor.enterprise_id,
            body_id=None,
            roles=[list(pair) for pair in actor.roles],
            active=True,
            created_at=now,
            granted_by=actor.membership_id,
            ends_at=ends_at,
        )
        plan_end(tx, membership_id, ends_at)
    return Given(membership_id, grant.username, password)


def prolong_authorisation(
    product: Product, actor: Actor, membership_id: UUID, last_day: date | None
) -> None:
    """Give a running authorisation another last day."""
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id) as tx:
        row = _authorised(tx, actor, membership_id)
        office = product.world.offices.get(tx)
        if last_day is None or last_day <= local_date(office, now):
            raise _past()
        ends_at = end_of_day(office, last_day)
        tx.update(memberships, memberships.c.id == row.id, ends_at=ends_at)
        plan_end(tx, row.id, ends_at)


def revoke_authorisation(product: Product, actor: Actor, membership_id: UUID) -> int:
    """End an authorisation at once; what the person held is free for the others again."""
    with product.db.tenant(actor.tenant_id) as tx:
        row = _authorised(tx, actor, membership_id)
        return end_authority(tx, product.world, row.id, actor.membership_id)


def end_of_day(office: Office, day: date) -> datetime:
    """The last moment of a day where the tenant is."""
    return datetime.combine(day, time(23, 59, 59), office.calendar.zone)


def _check_principal(actor: Actor) -> None:
    if not is_principal_of_enterprise(actor):
        raise Forbidden(
            "只有企业的授权人可以授权和撤销授权",
            "only who acts for the enterprise without a term may authorise others",
        )


def _authorised(tx: Unit, actor: Actor, membership_id: UUID) -> Any:
    """The running authorisation, by the enterprise's own; NotFound for all others."""
    row = tx.get(memberships, membership_id, lock=True)
    if row is None or row.enterprise_id != actor.enterprise_id or row.enterprise_id is None:
        raise NotFound("没有此授权", "there is no such authorisation")
    _check_principal(actor)
    if row.ends_at is None or not row.active:
        raise Conflict("此授权已终止，或者没有期限", "it is over already, or has no term")
    return row


def _check(grant: Grant, office: Office, now: datetime, active: int) -> None:
    errors = []
    if not _USERNAME.fullmatch(grant.username):
        told = "用户名为 4 至 40 位小写字母、数字、点、横线，以字母开头"
        errors.append({"field": "username", "message": told})
    if not 0 < len(grant.name.strip()) <= 80 or len(grant.title) > 80:
        errors.append({"field": "name", "message": "请填写姓名"})
    if grant.last_day is None or grant.last_day <= local_date(office, now):
        errors.append({"field": "last_day", "message": "末日须在今天以后"})
    if errors:
        told = "；".join(error["message"] for error in errors)
        raise Invalid(told, "the authorisation is not complete", errors=errors)
    if active >= MOST_PEOPLE:
        raise Conflict(f"最多 {MOST_PEOPLE} 人", f"at most {MOST_PEOPLE} people")


def _past() -> Invalid:
    told = [{"field": "last_day", "message": "末日须在今天以后"}]
    return Invalid("末日须在今天以后", "the last day must be after today", errors=told)


def _taken(username: str) -> Conflict:
    return Conflict(f"用户名 {username} 已被使用", "the user name is taken", code="name_taken")
