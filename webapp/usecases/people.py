"""People: accounts and their memberships in tenants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from domain.assessors.rules import Named
from engine.actors import add_membership
from engine.definitions.loading import tenant_id_of
from engine.errors import Conflict, Invalid, NotFound
from engine.ids import new_id
from engine.store.control import assessor_bodies, assessor_people, enterprises
from engine.store.database import Database, Unit
from engine.store.metadata import TENANT
from engine.store.tables import memberships, units
from engine.tenancy.credit_code import is_credit_code
from engine.tenancy.model import Capacity
from webapp.product import Product
from webapp.usecases.identity import ensure_account
from webapp.usecases.passwords import check_password, policy_of


def add_person(
    product: Product,
    slug: str,
    username: str,
    password: str,
    facts: Mapping[str, Any],
    *,
    must_be_new: bool = False,
) -> UUID:
    """Give a person an account (unless he has one) and a membership; returns the membership.

    ``facts``: name, title, capacity, roles ("role" or "role@unit"), unit, and optionally
    enterprise_id or body_id. With ``must_be_new`` somebody who works here already is refused.
    """
    capacity = facts["capacity"]
    if capacity not in set(Capacity):
        raise Invalid(f"未知的身份 {capacity}", f"unknown capacity {capacity}")
    tenant_id = tenant_id_of(product.db, slug)
    with product.db.tenant(tenant_id, read_only=True) as tx:
        check_password(policy_of(product.world.offices.get(tx)), username, password)
        _check_roles(product, tx, facts["roles"])
        _check_units(tx, facts)
        if must_be_new:
            _check_new(tx, username)
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


def _check_units(tx: Unit, facts: Mapping[str, Any]) -> None:
    """Refuse a unit the tenant does not have, the person's own or that of a role."""
    named = {text.partition("@")[2] for text in facts["roles"]} | {facts.get("unit") or ""}
    rows = tx.all(select(units.c.code).where(units.c.tenant_id == TENANT, units.c.code.in_(named)))
    for code in sorted(named - {"", *(row.code for row in rows)}):
        raise Invalid(f"没有单位 {code}", f"there is no unit {code}", unit=code)


def _check_new(tx: Unit, username: str) -> None:
    known = select(memberships.c.id).where(
        memberships.c.tenant_id == TENANT, memberships.c.username == username
    )
    if tx.one(known) is not None:
        raise Conflict(
            f"{username} 已在本租户任职，没有改动",
            f"{username} works here already; nothing was changed",
            code="person_exists",
        )


def ensure_enterprise(db: Database, credit_code: str, name: str, now: Any) -> UUID:
    """The enterprise with this credit code, made when there is none."""
    return _ensure(db, enterprises, credit_code, name, now)


def ensure_body(db: Database, credit_code: str, name: str, kind: str, now: Any) -> UUID:
    """The assessor body with this credit code, made when there is none."""
    return _ensure(db, assessor_bodies, credit_code, name, now, kind=kind)


def ensure_assessor(
    db: Database, body_id: UUID, person: Named, disciplines: Sequence[str], now: Any
) -> None:
    """Let the person be one of the body's, with what he is qualified in.

    He is known by his number, which is not kept: who changes the body is the same person there.

    Rules: R-NAT-16.
    """
    people, key = assessor_people, person.identity
    facts = {"body_id": body_id, "name": person.name, "disciplines": list(disciplines)}
    with db.control() as control:
        if control.one(select(people.c.id).where(people.c.id == key)) is None:
            control.insert(people, id=key, created_at=now, **facts)
        else:
            control.execute(update(people).where(people.c.id == key).values(**facts))


def register_body(product: Product, credit_code: str, name: str, kind: str) -> UUID:
    """The assessor body with this credit code, registered when it is new."""
    if not is_credit_code(credit_code):
        raise Invalid("统一社会信用代码校验不通过", "the credit code fails its check")
    return ensure_body(product.db, credit_code, name, kind, product.clock.now())


def register_enterprise(product: Product, credit_code: str, name: str) -> UUID:
    """The enterprise with this credit code, registered under a name when it is new; the name of
    one that is known stays."""
    if not is_credit_code(credit_code):
        raise Invalid("统一社会信用代码校验不通过", "the credit code fails its check")
    with product.db.control(read_only=True) as control:
        row = control.one(select(enterprises.c.id).where(enterprises.c.credit_code == credit_code))
    if row is None and not name.strip():
        raise Invalid("请写明企业名称", "the name of the enterprise is needed", code="name")
    return ensure_enterprise(product.db, credit_code, name.strip(), product.clock.now())


def body_of_code(product: Product, credit_code: str) -> UUID:
    """The assessor body with this credit code; NotFound when none is registered."""
    with product.db.control(read_only=True) as control:
        row = control.one(
            select(assessor_bodies.c.id).where(assessor_bodies.c.credit_code == credit_code)
        )
    if row is None:
        raise NotFound("没有登记此评估机构", "no such assessor body is registered")
    found: UUID = row.id
    return found


def register_assessor(
    product: Product, credit_code: str, person: Named, disciplines: Sequence[str]
) -> None:
    """A person of a registered body, with what he is qualified in."""
    body_id = body_of_code(product, credit_code)
    ensure_assessor(product.db, body_id, person, disciplines, product.clock.now())


def _ensure(db: Database, table: Any, credit_code: str, name: str, now: Any, **more: Any) -> UUID:
    with db.control() as control:
        row = control.one(select(table.c.id).where(table.c.credit_code == credit_code))
        if row is not None:
            found: UUID = row.id
            return found
        row_id = new_id()
        control.insert(table, id=row_id, credit_code=credit_code, name=name, created_at=now, **more)
    return row_id
