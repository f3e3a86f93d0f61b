"""A small authority of the bench's own: one tenant, a person per role, the measured procedures."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bench.dialects import FORM, OURS, write
from bench.drawing import Drawing
from bench.samples import ROLES
from engine.actors import Actor, add_membership, load_actor
from engine.cases.lifecycle import start_case
from engine.definitions.binding import Bindings
from engine.definitions.loading import load_tenant
from engine.ids import new_id
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import work_items
from engine.tenancy.chain import Body, Kind
from engine.tenancy.files import parse_tenant
from engine.tenancy.model import TenantFile
from engine.timing.clock import Clock
from engine.work_items.items import Completion, complete_item
from engine.world import World
from webapp.usecases.identity import ensure_account

SLUG = "bench"
SEATS = 5
TENANT_FILE = """
slug = "bench"
level = "city"
parent = ""
zone = "Asia/Shanghai"
[name]
zh = "测速"
en = "Bench"
short = "测速"
[validity]
document = "测速办法"
valid_from = 2025-01-01
years = 5
[branding]
title = "测速"
title_en = "Bench"
colour = "#0b3d71"
[parameters.subject]
title = "事项"
title_en = "Subject"
kind = "text"
value = "测速"
legal_basis = "测速办法第一条"
"""
PROCEDURE = """
[[procedures]]
id = "{id}"
title = "{title}"
title_en = "{id}"
starters = ["window"]
number = "测〔{{year}}〕{tag}{{seq:06}}号"
"""
ROLE = '[[roles]]\ncode = "{0}"\nname = "{0}"\nname_en = "{0}"\ncapacity = "officer"\n'
_OPEN = (
    select(work_items)
    .where(work_items.c.tenant_id == TENANT, work_items.c.status == "offered")
    .order_by(work_items.c.opened_at, work_items.c.id)
)
CHOICES = {"agree": "同意", "again": "退回填报", "back": "退回", "large": "金额较大"}


def opinion_form(long_text: int = 2_000) -> bytes:
    """The form of every step: a decision, some small fields and a remark."""
    components: list[dict[str, Any]] = [
        {
            "id": "f_decision",
            "type": "radio",
            "key": "decision",
            "label": "意见",
            "values": [{"label": label, "value": value} for value, label in CHOICES.items()],
            "validate": {"required": True},
        },
        {"id": "f_amount", "type": "number", "key": "amount", "label": "数量"},
        {"id": "f_grade", "type": "textfield", "key": "grade", "label": "等级"},
        {"id": "f_contact", "type": "textfield", "key": "contact", "label": "联系"},
        {"id": "f_place", "type": "textfield", "key": "place", "label": "地点"},
        {
            "id": "f_remark",
            "type": "textarea",
            "key": "remark",
            "label": "说明",
            "validate": {"maxLength": long_text},
        },
    ]
    schema = {
        "type": "default",
        "id": FORM,
        "schemaVersion": 19,
        "executionPlatform": "Camunda Cloud",
        "executionPlatformVersion": "8.8.0",
        "components": components,
    }
    return json.dumps(schema, ensure_ascii=False).encode()


@dataclass(frozen=True)
class DrawnSources:
    """The tenant's files, from drawings."""

    drawings: Sequence[Drawing]

    def tenant(self, _slug: str) -> TenantFile:
        """The tenant file; it offers every drawing as a procedure."""
        text = TENANT_FILE + "".join(
            PROCEDURE.format(id=d.id, title=d.title, tag=n) for n, d in enumerate(self.drawings)
        )
        text += "".join(ROLE.format(role) for role in ROLES)
        return parse_tenant({"tenant.toml": text.encode()})

    def body(self, kind: Kind, ref: str, owner: str) -> Body | None:
        """A diagram or the one form."""
        if owner != SLUG:
            return None
        if kind is Kind.FORM and ref == FORM:
            return Body(f"{FORM}.form", opinion_form(64_000))
        every = [called for d in self.drawings for called in (d, *d.called)]
        found = next((d for d in every if d.id == ref), None)
        if kind is not Kind.PROCESS or found is None:
            return None
        return Body(f"{ref}.bpmn", write(found, OURS))

    def files(self, owner: str) -> Mapping[str, bytes]:
        """None: it is drawn for the moment."""
        return {}


@dataclass
class Town:
    """The tenant in a database, and who works there."""

    db: Database
    world: World
    tenant_id: UUID
    people: dict[str, Actor]

    def start(self, procedure: str) -> UUID:
        """Start a case; returns its id."""
        started = start_case(self.db, self.world, self.people["window"], procedure, {})
        return UUID(started["id"])

    def open_items(self, case_id: UUID) -> list[Any]:
        """The open work items of a case, oldest first."""
        with self.db.tenant(self.tenant_id, read_only=True) as tx:
            return list(tx.all(_OPEN.where(work_items.c.case_id == case_id)))

    def complete(self, item: Any, values: Mapping[str, Any]) -> Completion:
        """Complete an item as one of those it is offered to, with a key as the pages send it."""
        actor, key = self.people[item.candidates[0]], uuid.uuid4().hex
        return complete_item(self.db, self.world, actor, item.id, item.revision, values, key=key)


def answers(decision: str = "agree", remark: str = "资料齐全，符合要求。") -> dict[str, Any]:
    """What a person types."""
    return {"decision": decision, "amount": "12", "remark": remark}


def build_town(db: Database, clock: Clock, drawings: Sequence[Drawing], password: str = "") -> Town:
    """Load the tenant and one person per role; with a password they can sign in."""
    world = World(clock=clock, bindings=Bindings())
    loaded = load_tenant(db, world, SLUG, DrawnSources(drawings))
    people = {}
    accounts = {
        role: ensure_account(db, role, role, password, clock.now()) if password else new_id()
        for role in ROLES
    }
    with db.tenant(loaded.tenant_id) as tx:
        for role in ROLES:
            membership = add_membership(
                tx,
                account_id=accounts[role],
                username=role,
                name=role,
                title="",
                capacity="officer",
                unit_code=None,
                enterprise_id=None,
                body_id=None,
                roles=[[role, ""]],
                active=True,
                created_at=clock.now(),
            )
            actor = load_actor(tx, membership)
            assert actor is not None
            people[role] = actor
    return Town(db, world, loaded.tenant_id, people)
