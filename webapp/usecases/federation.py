"""统一身份认证: people of a tenant who sign in at an identity provider the tenant trusts.

Whoever comes is known by issuer and subject alone; a mail address or a name, also a verified one,
makes nobody somebody else. A subject belongs to a membership because its owner linked it while he
was signed in, or because the provider's roles made him one here.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor, add_membership, load_actor, principals_of
from engine.definitions.loading import tenant_id_of
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.office import Office
from engine.store.control import accounts
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import (
    identity_providers,
    linked_identities,
    membership_principals,
    memberships,
)
from webapp.product import Product
from webapp.usecases.identity import add_account
from webapp.usecases.openid import Client, check_issuer
from webapp.usecases.sealing import opened, sealed
from webapp.usecases.sign_in import hash_password

_PURPOSE = b"lucheng identity provider "
LONGEST_NAME = 80
MOST_ROLES = 100


def set_provider(product: Product, slug: str, facts: Mapping[str, Any]) -> UUID:
    """Set or renew the provider of an issuer for a tenant; returns its id.

    ``facts``: name, issuer, client_id, secret, roles_claim, role_map (value of the claim to "role"
    or "role@unit").
    """
    check_issuer(facts["issuer"])
    tenant_id = tenant_id_of(product.db, slug)
    kept = {
        "name": facts["name"][:LONGEST_NAME],
        "client_id": facts["client_id"],
        "sealed": sealed(product.settings, _PURPOSE + tenant_id.bytes, facts["secret"]),
        "roles_claim": facts["roles_claim"],
        "role_map": dict(facts["role_map"]),
        "is_on": True,
    }
    with product.db.tenant(tenant_id) as tx:
        _check_roles(product.world.offices.get(tx), kept["role_map"].values())
        row = {**kept, "issuer": facts["issuer"], "created_at": product.clock.now()}
        found: UUID = tx.upsert(
            identity_providers, ("issuer",), row, kept, give=identity_providers.c.id
        )
    return found


def _check_roles(office: Office, named: Iterable[str]) -> None:
    known = {role["code"] for role in office.facts["roles"]}
    for text in named:
        if text.partition("@")[0] not in known:
            raise Invalid(f"未知的角色 {text}", f"unknown role {text}", role=text)


def switch_provider(product: Product, slug: str, issuer: str, *, is_on: bool) -> None:
    """Switch a provider on or off; off, nobody signs in through it."""
    with product.db.tenant(tenant_id_of(product.db, slug)) as tx:
        if not tx.update(identity_providers, identity_providers.c.issuer == issuer, is_on=is_on):
            raise NotFound("没有这个身份认证", "there is no such provider")


def list_providers(product: Product, tenant_id: UUID) -> Sequence[Any]:
    """The providers of a tenant that are on: id and name."""
    table = identity_providers
    with product.db.tenant(tenant_id, read_only=True) as tx:
        return tx.all(
            select(table.c.id, table.c.name)
            .where(table.c.tenant_id == TENANT, table.c.is_on.is_(True))
            .order_by(table.c.name)
        )


def providers_at(product: Product, slug: str) -> list[tuple[str, Any]]:
    """The providers of the tenant chosen on the sign-in page, each with its slug."""
    try:
        tenant_id = tenant_id_of(product.db, slug)
    except NotFound:
        return []
    return [(slug, row) for row in list_providers(product, tenant_id)]


def client_of(product: Product, tenant_id: UUID, provider_id: UUID) -> Client:
    """What we are called at a provider that is on; NotFound for any other."""
    with product.db.tenant(tenant_id, read_only=True) as tx:
        row = _provider(tx, provider_id)
    secret = opened(product.settings, _PURPOSE + tenant_id.bytes, row.sealed)
    return Client(row.issuer, row.client_id, secret)


def _provider(tx: Unit, provider_id: UUID) -> Any:
    row = tx.get(identity_providers, provider_id)
    if row is None or not row.is_on:
        raise NotFound("没有这个身份认证", "there is no such provider")
    return row


def person_who_came(
    product: Product, tenant_id: UUID, provider_id: UUID, claims: Mapping[str, Any]
) -> Actor:
    """The person a subject is, made one where the provider's roles say so; Forbidden otherwise."""
    subject, now = str(claims["sub"]), product.clock.now()
    with product.db.tenant(tenant_id, read_only=True) as tx:
        provider = _provider(tx, provider_id)
        office = product.world.offices.get(tx)
        link = _link(tx, provider_id, subject)
    roles = _mapped(provider, claims)
    if link is None:
        return _make(product, office, provider, claims, roles)
    with product.db.tenant(tenant_id) as tx:
        if link.is_provisioned:
            _renew_roles(tx, link.membership_id, roles)
        actor = load_actor(tx, link.membership_id)
    if actor is None or actor.is_over(now) or not _is_active(product, actor.account_id):
        raise _stranger()
    return actor


def link_identity(
    product: Product, actor: Actor, provider_id: UUID, claims: Mapping[str, Any]
) -> None:
    """Let the subject be this person from now on; Conflict when it is somebody already."""
    with product.db.tenant(actor.tenant_id) as tx:
        _provider(tx, provider_id)
        if _link(tx, provider_id, str(claims["sub"])) is not None:
            raise Conflict("该身份已经绑定", "this identity is linked already", code="linked")
        _keep_link(tx, provider_id, claims, actor.membership_id, product.clock.now())


def _make(
    product: Product,
    office: Office,
    provider: Any,
    claims: Mapping[str, Any],
    roles: list[list[str]],
) -> Actor:
    """A new account and membership with the roles of the provider; Forbidden without any."""
    capacities = {r["code"]: r["capacity"] for r in office.facts["roles"]}
    held = {capacities[role] for role, _unit in roles if role in capacities}
    if len(held) != 1:
        raise _stranger()
    now, subject = product.clock.now(), str(claims["sub"])
    name = str(claims.get("name") or subject)[:LONGEST_NAME]
    known = "\0".join((provider.issuer, str(provider.tenant_id), subject))
    username = f"oidc-{sha256(known.encode()).hexdigest()[:24]}"
    nobody = hash_password(secrets.token_urlsafe(32))  # no password opens this account
    account_id = add_account(product.db, username, name, nobody, now)
    with product.db.tenant(provider.tenant_id) as tx:
        facts = {"username": username, "name": name, "title": "", "capacity": held.pop()}
        member = add_membership(
            tx,
            account_id=account_id,
            unit_code=roles[0][1] or None,
            enterprise_id=None,
            body_id=None,
            roles=roles,
            active=True,
            created_at=now,
            **facts,
        )
        _keep_link(tx, provider.id, claims, member, now, is_provisioned=True)
        actor = load_actor(tx, member)
    if actor is None:
        raise _stranger()
    return actor


def _mapped(provider: Any, claims: Mapping[str, Any]) -> list[list[str]]:
    """The roles here of what the provider says, each with its unit or none."""
    told = claims.get(provider.roles_claim)
    values = told if isinstance(told, list) else [told]
    named = [provider.role_map[v] for v in values[:MOST_ROLES] if v in provider.role_map]
    return [[text.partition("@")[0], text.partition("@")[2]] for text in dict.fromkeys(named)]


def _renew_roles(tx: Unit, membership_id: UUID, roles: list[list[str]]) -> None:
    """Let a person the provider made have the roles it gives him now; none: he is out."""
    table = membership_principals
    tx.update(memberships, memberships.c.id == membership_id, roles=roles, active=bool(roles))
    tx.delete(table, table.c.membership_id == membership_id)
    pairs = [(role, unit) for role, unit in roles]
    for principal in principals_of(membership_id, pairs, None, None):
        tx.insert(table, membership_id=membership_id, principal=principal)


def _link(tx: Unit, provider_id: UUID, subject: str) -> Any:
    table = linked_identities
    return tx.one(
        select(table).where(
            table.c.tenant_id == TENANT,
            table.c.provider_id == provider_id,
            table.c.subject == subject,
        )
    )


def _keep_link(
    tx: Unit,
    provider_id: UUID,
    claims: Mapping[str, Any],
    membership_id: UUID,
    now: datetime,
    *,
    is_provisioned: bool = False,
) -> None:
    tx.insert(
        linked_identities,
        provider_id=provider_id,
        subject=str(claims["sub"]),
        membership_id=membership_id,
        is_provisioned=is_provisioned,
        linked_at=now,
    )


def _is_active(product: Product, account_id: UUID) -> bool:
    with product.db.control(read_only=True) as control:
        row = control.one(select(accounts.c.active).where(accounts.c.id == account_id))
    return row is not None and bool(row.active)


def _stranger() -> Forbidden:
    return Forbidden(
        "该身份在本单位没有角色；已有账号的，请先用密码登录再绑定",
        "this identity has no role here; who has an account signs in and links it first",
        code="identity_unknown",
    )
