"""Checkpoints go to the level above and stay there, every hour once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from domain.endorsements.checkpoints import are_chained
from domain.endorsements.model import checkpoints
from domain.endorsements.trust import read_trust
from engine.blobs import LocalBlobs
from engine.definitions.binding import Bindings
from engine.definitions.loading import load_tenant
from engine.store.database import Database
from engine.store.guard import WriteRefused
from engine.store.metadata import TENANT
from engine.timing.clock import FrozenClock
from engine.world import World
from tests.process.levels import WALKING, Levels
from webapp.operations.sweeping import sweep_all_tenants
from webapp.product import Product
from webapp.settings import Settings
from webapp.usecases.outside_proof import (
    checkpoint_tenant,
    published_keys,
    read_checkpoints,
    renew_tenant_key,
)


@pytest.fixture
def product(database: Database, clock: FrozenClock, tmp_path: Path) -> Product:
    world = World(clock=clock, bindings=Bindings())
    for slug in ("above", "below"):
        load_tenant(database, world, slug, Levels({"above": WALKING}))
    settings = Settings(data_dir=tmp_path, signing_secret="of tests")
    return Product(settings, database, world, LocalBlobs(settings.blob_dir))


def numbers(product: Product, slug: str, source: str) -> list[int]:
    page, _before = read_checkpoints(product, slug, source, None)
    return [one["body"]["number"] for one in page["checkpoints"]]


def tenant(product: Product, slug: str) -> Any:
    from engine.definitions.loading import tenant_id_of  # noqa: PLC0415

    return tenant_id_of(product.db, slug)


def test_the_level_above_keeps_a_copy_of_every_checkpoint(product: Product) -> None:
    for _ in range(3):
        checkpoint_tenant(product, tenant(product, "below"))
    checkpoint_tenant(product, tenant(product, "above"))
    assert numbers(product, "below", "") == [3, 2, 1]
    assert numbers(product, "above", "below") == [3, 2, 1]
    assert numbers(product, "above", "") == [1]
    own, _ = read_checkpoints(product, "below", "", None)
    copied, _ = read_checkpoints(product, "above", "below", None)
    assert own["checkpoints"] == copied["checkpoints"]
    assert are_chained(own["checkpoints"])


def test_what_could_not_be_handed_up_goes_with_the_next_one(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    from webapp.usecases import outside_proof  # noqa: PLC0415

    with monkeypatch.context() as patched:
        patched.setattr(outside_proof, "_above", lambda *_given: None)
        checkpoint_tenant(product, tenant(product, "below"))
    assert numbers(product, "above", "below") == []
    checkpoint_tenant(product, tenant(product, "below"))
    assert numbers(product, "above", "below") == [2, 1]


def test_nobody_changes_a_checkpoint(product: Product) -> None:
    checkpoint_tenant(product, tenant(product, "below"))
    with (
        pytest.raises((WriteRefused, DBAPIError)),
        product.db.tenant(tenant(product, "above")) as tx,
    ):
        tx.update(checkpoints, checkpoints.c.source == "below", digest="0" * 64)
    with product.db.tenant(tenant(product, "above"), read_only=True) as tx:
        row = tx.one(select(checkpoints).where(checkpoints.c.tenant_id == TENANT))
    assert row is not None
    assert row.digest != "0" * 64


def test_every_tenant_gets_one_checkpoint_an_hour(product: Product, clock: FrozenClock) -> None:
    for _ in range(2):
        sweep_all_tenants(product, Event())
    assert (numbers(product, "below", ""), numbers(product, "above", "")) == ([1], [1])
    clock.advance(timedelta(hours=1))
    sweep_all_tenants(product, Event())
    assert numbers(product, "below", "") == [2, 1]


def test_a_lost_secret_hinders_neither_the_sweep_nor_a_new_key(
    product: Product, clock: FrozenClock
) -> None:
    sweep_all_tenants(product, Event())
    clock.advance(timedelta(hours=1))
    other = replace(product, settings=replace(product.settings, signing_secret="another"))
    assert sweep_all_tenants(other, Event()) == 0
    assert numbers(product, "below", "") == [1]
    renew_tenant_key(other, "below")
    checkpoint_tenant(other, tenant(product, "below"))
    page, _ = read_checkpoints(product, "below", "", None)
    trust = read_trust(published_keys(other, "below"))
    faults = [
        trust.fault_of(
            one["body"], one["key"], one["signature"], datetime.fromisoformat(one["body"]["at"])
        )
        for one in page["checkpoints"]
    ]
    assert faults == ["", ""]
    assert len({one["key"] for one in page["checkpoints"]}) == 2
