"""The demonstration accounts, read from the tenants' demo folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.actors import load_actor
from engine.definitions.loading import tenant_id_of
from engine.store.metadata import TENANT
from engine.store.tables import item_candidates, memberships
from engine.tenancy.files import read_demo, read_tenant
from webapp.demo.story import read_story
from webapp.places import data_root
from webapp.product import Product

SIGNING = ("officer", "leader")
STORY_FILE = "world.toml"
ALWAYS_AT_WORK = ("admin", "auditor")
"""Roles that look at everything; no item need wait for them."""


def busy_accounts(product: Product) -> list[dict[str, Any]]:
    """One account for each set of roles of a tenant: the first for whom something waits."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for account in list_accounts():
        roles = set(account["roles"])
        place = (account["tenant"], *account["roles"])
        if place not in found and (roles & set(ALWAYS_AT_WORK) or _has_work(product, account)):
            found[place] = account
    return list(found.values())


def _has_work(product: Product, account: dict[str, Any]) -> bool:
    tenant_id = tenant_id_of(product.db, account["tenant"])
    with product.db.tenant(tenant_id, read_only=True) as tx:
        row = tx.one(
            select(memberships.c.id).where(
                memberships.c.tenant_id == TENANT, memberships.c.username == account["username"]
            )
        )
        person = None if row is None else load_actor(tx, row.id)
        if person is None:
            return False
        waiting = select(item_candidates.c.item_id).where(
            item_candidates.c.tenant_id == TENANT,
            item_candidates.c.principal.in_(list(person.principals)),
        )
        return tx.one(waiting.limit(1)) is not None


def _pin(folder: Path) -> str:
    story = folder / "demo" / STORY_FILE
    return read_story(story).pin if story.is_file() else ""


def list_accounts() -> list[dict[str, Any]]:
    """[{tenant, username, password, pin, name, roles, titles}] of every shipped tenant.

    ``pin`` is what the person signs with; "" in a tenant where nobody of the story signs.
    """
    found = []
    for folder in sorted((data_root() / "tenants").iterdir()):
        if not (folder / "tenant.toml").is_file():
            continue
        tenant = read_tenant(folder)
        demo, pin = read_demo(folder), _pin(folder)
        names = {role.code: role.name_zh for role in tenant.roles}
        found += [
            {
                "tenant": tenant.slug,
                "username": person.username,
                "password": demo.password(person.username),
                "pin": pin if person.capacity in SIGNING else "",
                "name": person.name,
                "roles": list(person.roles),
                "titles": [names.get(role, role) for role in person.roles],
            }
            for person in demo.people
        ]
    return found
