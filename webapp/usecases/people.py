"""People: accounts and their memberships in tenants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import add_membership
from engine.errors import Invalid
from engine.ids import new_id
from engine.loading import tenant_id_of
from engine.store.control import assessor_bodies, enterprises
from engine.store.database import Database, Unit
from engine.store.metadata import TENANT
from engine.store.tables import memberships
from engine.tenancy.model import Capacity
from webapp.product import Product
from webapp.usecases.identity import ensure_account

MIN_PASSWORD = 8


def add_person(
    product: Product, slug: str, username: str, password: str, facts: Mapping[str, Any]
) -> UUID:
    """Give a person an account (unless he has one) and a membership; returns the membership.

    ``facts``: name, title, capacity, roles ("role" or "role@unit"), unit, and optionally
    enterprise_id or body_id.
    """
    if len(password) < MIN_PASSWORD:
        raise Invalid(f"密码至少 {MIN_PASSWORD} 位", f"a password has at least {MIN_PASSWORD}")
    capacity = facts["capacity"]
    if capacity not in set(Capacity):
        raise Invalid(f"未知的身份 {capacity}", f"unknown capacity {capacity}")
    tenant_id = tenant_id_of(product.db, slug)
    with product.db.tenant(tenant_id, read_only=True) as tx:
        _check_roles(product, tx, facts["roles"])
    now = product.clock.now()
    account_id = ensure_account(product.db, username, facts["name"], password, now)
    with product.db.tenant(tenant_id) as tx:
        known = tx.one(
            select(memberships.c.id).where(
                memberships.c.tenant_id == TENANT, memberships.c.account_id == account_id
            )
        )
        if known is not None:
            found: UUID = known.id
            return found
        return add_membership(
            tx,
            account_id=account_id,
            username=username,
            name=facts["name"],
            title=facts.get("title") or "",
            capacity=capacity,
            unit_code=facts.get("unit"),
            enterprise_id=facts.get("enterprise_id"),
            body_id=facts.get("body_id"),
            roles=[_role(text, facts.get("unit")) for text in facts["roles"]],
            active=True,
            created_at=now,
        )


def _role(text: str, unit: str | None) -> list[str]:
    role, _, where = text.partition("@")
    return [role, where or unit or ""]


def _check_roles(product: Product, tx: Unit, roles: Any) -> None:
    known = {role["code"] for role in product.world.offices.get(tx).facts["roles"]}
    for text in roles:
        role = text.partition("@")[0]
        if role not in known:
            raise Invalid(f"未知的角色 {role}", f"unknown role {role}", role=role)


def ensure_enterprise(db: Database, credit_code: str, name: str, now: Any) -> UUID:
    """The enterprise with this credit code, made when there is none."""
    return _ensure(db, enterprises, credit_code, name, now)


def ensure_body(db: Database, credit_code: str, name: str, kind: str, now: Any) -> UUID:
    """The assessor body with this credit code, made when there is none."""
    return _ensure(db, assessor_bodies, credit_code, name, now, kind=kind)


def _ensure(db: Database, table: Any, credit_code: str, name: str, now: Any, **more: Any) -> UUID:
    with db.control() as control:
        row = control.one(select(table.c.id).where(table.c.credit_code == credit_code))
        if row is not None:
            found: UUID = row.id
            return found
        row_id = new_id()
        control.insert(table, id=row_id, credit_code=credit_code, name=name, created_at=now, **more)
    return row_id
