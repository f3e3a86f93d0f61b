"""The demonstration accounts, read from the tenants' demo folders."""

from __future__ import annotations

from typing import Any

from engine.tenancy.files import read_demo, read_tenant
from webapp.places import data_root


def list_accounts() -> list[dict[str, Any]]:
    """[{tenant, username, password, name, roles, titles}] of every shipped tenant."""
    found = []
    for folder in sorted((data_root() / "tenants").iterdir()):
        if not (folder / "tenant.toml").is_file():
            continue
        tenant = read_tenant(folder)
        demo = read_demo(folder)
        names = {role.code: role.name_zh for role in tenant.roles}
        found += [
            {
                "tenant": tenant.slug,
                "username": person.username,
                "password": demo.password(person.username),
                "name": person.name,
                "roles": list(person.roles),
                "titles": [names.get(role, role) for role in person.roles],
            }
            for person in demo.people
        ]
    return found
