"""The server is killed at random moments; what it acknowledged stands in history exactly once."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.engine import URL

from engine.definitions.loading import load_tenant, tenant_id_of
from engine.store.metadata import TENANT
from engine.store.tables import cases, history, records
from webapp.product import Product, build_product
from webapp.schema import upgrade
from webapp.settings import Settings
from webapp.usecases.identity import add_account, open_token
from webapp.usecases.people import add_person
from webapp.usecases.sign_in import Credentials, Origin, verify_credentials
from webapp.usecases.verifying import verify_histories

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "process"))

from kill_driver import Client, Server, walk
from town import CAST, ROLES, FlatSources

PASSWORD = "Lucheng-kill-2026"
KILLS = 20
SEED = 20260302


@pytest.fixture(params=["sqlite", "postgresql"])
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Product]:
    """An installation with the walking procedure and its cast."""
    url = ""
    if request.param == "postgresql":
        found: URL = request.getfixturevalue("postgres_url")
        url = found.render_as_string(hide_password=False)
    settings = Settings(data_dir=tmp_path, database_url=url)
    if not url:
        upgrade(settings.url)
    product = build_product(settings)
    load_tenant(product.db, product.world, "walk", FlatSources())
    hashed = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    for name, role in CAST.items():
        add_account(product.db, name, name, hashed, product.clock.now())
        facts = {"name": name, "capacity": ROLES[role], "roles": [role]}
        add_person(product, "walk", name, PASSWORD, facts)
    yield product
    product.db.dispose()


@pytest.fixture
def client(installed: Product) -> Iterator[Client]:
    """A client with a token for everybody, and the server it asks."""
    now = installed.clock.now()
    tokens = {
        name: open_token(
            installed.db,
            verify_credentials(
                installed.db, Credentials("walk", name, PASSWORD), Origin("test"), now
            ),
            now=now,
            days=2,
        )
        for name in CAST
    }
    environment = {"DATA_DIR": str(installed.settings.data_dir)}
    if installed.settings.database_url:
        environment["DATABASE_URL"] = installed.settings.database_url
    server = Server(environment)
    server.start()
    yield Client(server, tokens, Random(SEED))
    server.close()


def facts_of(product: Product, tenant_id: UUID) -> list[Any]:
    with product.db.tenant(tenant_id, read_only=True) as tx:
        return list(tx.all(select(history).where(history.c.tenant_id == TENANT)))


def test_what_was_acknowledged_stands_in_history_exactly_once(
    installed: Product, client: Client
) -> None:
    for is_over in walk(client):
        client.is_calm = client.server.kills >= KILLS
        if client.is_calm and is_over:
            break
    assert client.server.kills == KILLS
    assert client.repeated > KILLS // 4, "the kills did hit requests on their way"

    tenant_id = tenant_id_of(installed.db, "walk")
    facts = facts_of(installed, tenant_id)
    acts = [(act, answer) for act, _, answer in client.acknowledged]
    starts = [answer["id"] for act, answer in acts if act.path == "/cases"]
    done = [answer for act, answer in acts if act.path.endswith("/complete")]
    claims = [act for act, _ in acts if act.path.endswith("/claim")]

    assert Counter(str(f.case_id) for f in facts if f.kind == "case.started") == Counter(starts)
    told = Counter(
        (str(f.item_id), f.content["record"]) for f in facts if f.kind == "item.completed"
    )
    assert told == Counter((answer["item"], answer["record"]) for answer in done)
    assert sum(f.kind == "item.claimed" for f in facts) == len(claims)
    with installed.db.tenant(tenant_id, read_only=True) as tx:
        assert len(tx.all(select(records.c.id).where(records.c.tenant_id == TENANT))) == len(done)
        ended = tx.all(select(cases.c.status).where(cases.c.tenant_id == TENANT))
    assert [row.status for row in ended] == ["completed"] * len(starts)
    assert verify_histories(installed, "walk") == (len(starts), [])

    for act, status, answer in client.acknowledged:
        assert client.send(act) == (status, answer), "the same key gives the same answer"
    assert len(facts_of(installed, tenant_id)) == len(facts), "and does nothing again"
