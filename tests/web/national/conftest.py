"""A nation and a region, loaded once and copied for every test that changes something."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.timing.clock import FrozenClock
from webapp.app import create_app
from webapp.product import build_product
from webapp.settings import Settings

from .nation import BEGIN, Nation, build_nation


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Nation:
    """Both tenants as they are before anything happens; nothing is done in them."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("nation"), token_days=3650)
    made = build_nation(settings)
    made.product.db.dispose()
    return made


@pytest.fixture
def nation(loaded: Nation, tmp_path: Path) -> Iterator[Nation]:
    """A copy of its own."""
    source = loaded.product.settings.data_dir
    shutil.copytree(source, tmp_path / "data")
    clock = FrozenClock(BEGIN)
    product = build_product(replace(loaded.product.settings, data_dir=tmp_path / "data"), clock)
    world = replace(product.world, bundles=loaded.product.world.bundles)
    product = replace(product, world=world)
    client = create_app(product).test_client()
    yield replace(loaded, product=product, clock=clock, client=client, files={})
    product.db.dispose()
