"""Two tenants with administrators and an applicant each, over HTTP."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.actors import actor_from_row
from engine.definitions.loading import load_tenant, tenant_id_of
from engine.messaging.notifications import InApp
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import memberships
from engine.timing.clock import FrozenClock
from tests.process.levels import RIGID, Levels
from tests.web.served import served
from webapp.product import Product, build_product
from webapp.settings import Settings
from webapp.usecases.identity import add_account, open_token
from webapp.usecases.people import add_person
from webapp.usecases.sign_in import Credentials, Origin, verify_credentials
from webapp.usecases.starting import startable

PASSWORD = "Lucheng-levels-2026"
PEOPLE = {"admin": "admin", "second": "admin", "applicant": "applicant"}
HASHED = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


@dataclass
class Levelled:
    """The two tenants with two administrators and an applicant each, over HTTP."""

    product: Product
    clock: FrozenClock
    client: FlaskClient

    def call(self, who: str, method: str, path: str, expect: int, body: Any = None) -> Any:
        """The JSON answer; ``who`` is "tenant/person"."""
        slug = who.partition("/")[0]
        given = Credentials(slug, who.replace("/", "."), PASSWORD)
        db, now = self.product.db, self.clock.now()
        secret = open_token(db, verify_credentials(db, given, Origin("test"), now), now=now, days=2)
        answer = self.client.open(
            f"/api/v1{path}",
            method=method,
            json=body,
            headers={"Authorization": f"Bearer {secret}"},
        )
        assert answer.status_code == expect, answer.get_json()
        return answer.get_json()

    def draft(self, slug: str, text: str) -> Any:
        """A draft with its report."""
        body = {"procedure": "walking", "bpmn": text}
        return self.call(f"{slug}/admin", "POST", "/definitions", 201, body)

    def publish(self, slug: str, text: str, expect: int = 200, **more: Any) -> Any:
        """The answer to the publication of a new draft."""
        path = f"/definitions/{self.draft(slug, text)['id']}/publish"
        return self.call(f"{slug}/admin", "POST", path, expect, {"reason": "修订", **more})

    def begin(self, slug: str) -> str:
        """The title that the bundle of a new case has."""
        body = {"procedure": "walking", "variables": {}}
        case = self.call(f"{slug}/applicant", "POST", "/cases", 201, body)["id"]
        return str(self.call(f"{slug}/applicant", "GET", f"/cases/{case}", 200)["title"])

    def offered(self, slug: str) -> Any:
        """What the tenant offers."""
        (found,) = self.call(f"{slug}/applicant", "GET", "/procedures", 200)
        return found

    def may_begin(self, slug: str) -> list[str]:
        """What the page offers the applicant to start."""
        tenant = tenant_id_of(self.product.db, slug)
        with self.product.db.tenant(tenant, read_only=True) as tx:
            own = memberships.c.tenant_id == TENANT
            row = tx.one(
                select(memberships).where(own, memberships.c.username == f"{slug}.applicant")
            )
        return [found.id for found in startable(self.product, actor_from_row(row))]


@pytest.fixture(autouse=True)
def _warm(warm_children: None) -> None:
    """What is uploaded is read in a child first."""


@pytest.fixture
def levels(mostly_sqlite: Database, tmp_path: Path, clock: FrozenClock) -> Levelled:
    """The two tenants; what they do on PostgreSQL as well is for the whole run."""
    return levelled(mostly_sqlite, tmp_path, clock)


@pytest.fixture
def levels_on_each(database: Database, tmp_path: Path, clock: FrozenClock) -> Levelled:
    """The two tenants on both databases in every run."""
    return levelled(database, tmp_path, clock)


@pytest.fixture
def levels_once(sqlite: Database, tmp_path: Path, clock: FrozenClock) -> Levelled:
    """The same on SQLite alone, for what does not depend on the database."""
    return levelled(sqlite, tmp_path, clock)


def levelled(db: Database, folder: Path, clock: FrozenClock) -> Levelled:
    """The two tenants in a database."""
    opened = build_product(Settings(data_dir=folder), clock)
    transports = dict.fromkeys(opened.world.transports, InApp(db))
    product = replace(opened, db=db, world=replace(opened.world, transports=transports))
    for slug in ("above", "below"):
        load_tenant(product.db, product.world, slug, Levels({"above": RIGID}))
        for name, capacity in PEOPLE.items():
            account = f"{slug}.{name}"
            add_account(product.db, account, name, HASHED, clock.now())
            roles = ["applicant"] if capacity == "applicant" else []
            facts = {"name": name, "capacity": capacity, "roles": roles}
            add_person(product, slug, account, PASSWORD, facts)
    return Levelled(product, clock, served(product).test_client())
