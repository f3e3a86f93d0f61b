"""A small tenant for tests: the walking procedure and a fixed cast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor, add_membership, load_actor
from engine.definitions.binding import Bindings
from engine.definitions.loading import load_tenant
from engine.history import verify_case
from engine.ids import new_id
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import cases, work_items
from engine.tenancy.chain import Body, Kind
from engine.tenancy.files import parse_tenant
from engine.tenancy.model import TenantFile
from engine.timing.clock import FrozenClock
from engine.work_items.items import Completion, complete_item
from engine.work_items.lists import open_items
from engine.world import World

DATA = Path(__file__).parent / "data"
ENDINGS = {Kind.PROCESS: ".bpmn", Kind.DECISION: ".dmn", Kind.FORM: ".form"}

TENANT_TOML = """
slug = "{slug}"
level = "city"
parent = ""
zone = "Asia/Shanghai"
[name]
zh = "试行"
en = "Trial"
short = "试行"
[validity]
document = "试行办法"
valid_from = 2025-01-01
years = 5
[branding]
title = "试行"
title_en = "Trial"
colour = "#0b3d71"
[[procedures]]
id = "{procedure}"
title = "试行事项"
title_en = "Trial"
starters = ["applicant"]
number = "试〔{{year}}〕{{seq:04}}号"
[parameters.who]
title = "办理人"
title_en = "Who"
kind = "text"
value = "leader"
at_step = true
legal_basis = "试行办法第三条"
{roles}
"""
ROLE = '[[roles]]\ncode = "{0}"\nname = "{0}"\nname_en = "{0}"\ncapacity = "{1}"\n'
ROLES = {
    "applicant": "applicant",
    "department-a": "officer",
    "department-b": "officer",
    "leader": "leader",
}
CAST = {
    "applicant": "applicant",
    "officer": "department-a",
    "colleague": "department-a",
    "other": "department-b",
    "leader": "leader",
}


@cache
def tenant_of(toml: str) -> TenantFile:
    """The tenant a text describes, read once."""
    return parse_tenant({"tenant.toml": toml.encode()})


@dataclass(frozen=True)
class FlatSources:
    """Procedures and forms from one folder, one tenant from text."""

    slug: str = "walk"
    procedure: str = "walking"
    folder: Path = DATA
    replaced: dict[str, bytes] = field(default_factory=dict)

    def tenant(self, slug: str) -> TenantFile:
        roles = "".join(ROLE.format(code, capacity) for code, capacity in ROLES.items())
        text = TENANT_TOML.format(slug=slug, procedure=self.procedure, roles=roles)
        return tenant_of(text)

    def body(self, kind: Kind, ref: str, owner: str) -> Body | None:
        if owner != self.slug or kind not in ENDINGS:
            return None
        name = ref + ENDINGS[kind]
        if name in self.replaced:
            return Body(name, self.replaced[name])
        path = self.folder / name
        return Body(name, path.read_bytes()) if path.is_file() else None

    def files(self, owner: str) -> Mapping[str, bytes]:
        return {}


@dataclass
class Town:
    """The tenant loaded into a database, with its people."""

    db: Database
    world: World
    clock: FrozenClock
    tenant_id: UUID
    people: dict[str, Actor]

    def __getitem__(self, name: str) -> Actor:
        return self.people[name]

    def person(self, name: str, capacity: str, roles: Any = (), **more: Any) -> Actor:
        """Somebody new in this tenant."""
        facts = {"unit_code": None, "enterprise_id": None, "body_id": None, "active": True}
        with self.db.tenant(self.tenant_id) as tx:
            membership = add_membership(
                tx,
                account_id=new_id(),
                username=name,
                name=name,
                title="",
                capacity=capacity,
                roles=list(roles),
                created_at=self.clock.now(),
                **{**facts, **more},
            )
            actor = load_actor(tx, membership)
        assert actor is not None
        return actor

    def items(self, name: str) -> list[Any]:
        """What a person may work on."""
        with self.db.tenant(self.tenant_id, read_only=True) as tx:
            return list(open_items(tx, self.people[name]).rows)

    def steps(self, name: str) -> list[str]:
        """The elements a person may work on."""
        return [item.element for item in self.items(name)]

    def complete(self, name: str, element: str, **values: Any) -> Completion:
        """Complete the one open item of an element."""
        item = next(i for i in self.items(name) if i.element == element)
        return complete_item(self.db, self.world, self.people[name], item.id, item.revision, values)

    def case(self, case_id: str | UUID) -> Any:
        with self.db.tenant(self.tenant_id, read_only=True) as tx:
            return tx.get(cases, UUID(str(case_id)))

    def all_items(self, case_id: str | UUID) -> list[Any]:
        with self.db.tenant(self.tenant_id, read_only=True) as tx:
            return list(
                tx.all(
                    select(work_items)
                    .where(
                        work_items.c.tenant_id == TENANT,
                        work_items.c.case_id == UUID(str(case_id)),
                    )
                    .order_by(work_items.c.opened_at, work_items.c.id)
                )
            )

    def breaks(self, case_id: str | UUID) -> list[Any]:
        with self.db.tenant(self.tenant_id, read_only=True) as tx:
            return verify_case(tx, UUID(str(case_id)))


def build_town(
    db: Database,
    clock: FrozenClock,
    sources: FlatSources | None = None,
    bindings: Bindings | None = None,
) -> Town:
    """Load the tenant and its cast."""
    world = World(clock=clock, bindings=bindings or Bindings())
    sources = sources or FlatSources()
    loaded = load_tenant(db, world, sources.slug, sources)
    town = Town(db, world, clock, loaded.tenant_id, {})
    for name, role in CAST.items():
        town.people[name] = town.person(name, ROLES[role], [[role, ""]])
    return town
