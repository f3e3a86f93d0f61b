"""A tenant with something in every table, and people of other tenants who ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, insert, select, text
from sqlalchemy.engine import URL

from engine.actors import Actor, add_membership, load_actor
from engine.blobs import LocalBlobs
from engine.definitions.loading import tenant_id_of
from engine.store.metadata import TENANT, metadata
from engine.store.tables import memberships
from engine.timing.clock import FrozenClock
from tests.web.a1.drive import SLUG
from tests.web.pages.full_town import Town
from tests.web.served import served
from webapp.http.frame import limiter
from webapp.product import Product, build_product
from webapp.usecases.identity import add_account, open_session, open_token

from .rows import Estate, digest_of, estate_of, fill_empty_tables

BESIDE, ABOVE = "walk", "national"
CAPACITIES = ("admin", "leader", "officer", "auditor", "applicant", "assessor", "expert")
DOUBLE = {"applicant": "zhaolei", "assessor": "fanzhi", "officer": "wulan"}
"""Those who work in the asked tenant too: the same account, enterprise or body, elsewhere."""


@dataclass
class World:
    """The product on one database; ``past`` is a connection that no wall stops."""

    product: Product
    app: Flask
    past: Engine
    estate: Estate
    outsiders: Mapping[str, Actor]
    said: set[str] = field(default_factory=set)
    """What outsiders have asked with so far."""

    @property
    def files(self) -> Path:
        """Where attachments lie."""
        return self.product.settings.blob_dir

    def digest(self) -> dict[str, str]:
        """What stands in the asked tenant."""
        with self.past.connect() as connection:
            return digest_of(connection, self.estate.tenant_id, self.files)

    def session(self, actor: Actor) -> str:
        """The secret of a new session."""
        return open_session(self.product.db, actor, self.product.clock.now(), hours=999_999)

    def token(self, actor: Actor) -> str:
        """A new bearer token."""
        return open_token(self.product.db, actor, now=self.product.clock.now(), days=9_999)


def make_world(town: Town, *, is_filled: bool = True) -> World:
    """Put something into every table of the town, and people into the tenants around it; without
    the former everything in it makes sense."""
    product = town.desk.drive.product
    past = product.db.engine
    asked = tenant_id_of(product.db, SLUG)
    if is_filled:
        with past.begin() as connection:
            fill_empty_tables(connection, asked)
    outsiders = dict(_outsiders(product, asked))
    with past.connect() as connection:
        estate = estate_of(connection, asked)
    return World(product, town.desk.app, past, estate, outsiders)


def _outsiders(product: Product, asked: UUID) -> Iterator[tuple[str, Actor]]:
    for slug in (BESIDE, ABOVE):
        for capacity in CAPACITIES:
            yield f"{capacity} of {slug}", _outsider(product, asked, slug, capacity)


def _outsider(product: Product, asked: UUID, slug: str, capacity: str) -> Actor:
    double = _member(product, asked, DOUBLE[capacity]) if capacity in DOUBLE else None
    name = f"{slug}-{capacity}"
    now, tenant_id = product.clock.now(), tenant_id_of(product.db, slug)
    with product.db.tenant(tenant_id) as tx:
        held = product.world.offices.get(tx).facts["roles"]
    account = double.account_id if double else add_account(product.db, name, name, "none", now)
    with product.db.tenant(tenant_id) as tx:
        facts = {
            "account_id": account,
            "username": name,
            "name": name,
            "title": "",
            "capacity": capacity,
            "unit_code": None,
            "enterprise_id": double.enterprise_id if double else None,
            "body_id": double.body_id if double else None,
            "roles": [[role["code"], ""] for role in held],
            "active": True,
            "created_at": now,
        }
        actor = load_actor(tx, add_membership(tx, **facts))
    assert actor is not None
    return actor


def _member(product: Product, tenant_id: UUID, username: str) -> Actor:
    with product.db.tenant(tenant_id, read_only=True) as tx:
        known = (memberships.c.tenant_id == TENANT, memberships.c.username == username)
        row = tx.one(select(memberships.c.id).where(*known))
        actor = load_actor(tx, row.id) if row is not None else None
    assert actor is not None
    return actor


@contextmanager
def on_postgres(world: World, server: URL, url: URL, *, strong: bool = False) -> Iterator[World]:
    """The same rows on PostgreSQL, as the runtime role; ``strong``: as one that no policy binds."""
    owner = create_engine(server.set(database=url.database))
    with world.past.connect() as source, owner.begin() as target:
        target.execute(text("set session_replication_role = replica"))
        for table in metadata.sorted_tables:
            _copy(source, target, table)
    shown = (server.set(database=url.database) if strong else url).render_as_string(False)
    settings = replace(world.product.settings, database_url=shown, insecure_role=strong)
    product = build_product(settings, FrozenClock(world.product.clock.now()))
    product = replace(product, blobs=LocalBlobs(world.files))
    try:
        yield World(product, served(product), owner, world.estate, world.outsiders)
    finally:
        product.db.dispose()
        owner.dispose()


def _copy(source: Connection, target: Connection, table: Any) -> None:
    rows = [dict(row._mapping) for row in source.execute(select(table))]
    if rows:
        target.execute(insert(table), rows)


def begin_again() -> None:
    """What was asked before does not count against who asks now."""
    limiter.reset()
