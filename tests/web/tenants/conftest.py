"""An installation with the nation and the region, both cut down to few procedures, and a platform
administrator: what a new municipality finds above it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from engine.definitions.loading import load_tenant
from engine.tenancy.chain import Body, Kind
from engine.tenancy.editing import edited_list
from engine.tenancy.files import parse_tenant
from engine.tenancy.model import TenantFile
from engine.timing.clock import FrozenClock
from tests.conftest import MONDAY
from webapp.product import Product, build_product, shipped_sources
from webapp.schema import upgrade
from webapp.settings import Settings
from webapp.usecases.people import add_person

SHIPPED = shipped_sources()
KEPT = {"national": (), "neimenggu": ("rectification", "annual-disclosure")}
PASSWORD = "Lucheng-platform-2026"


@dataclass(frozen=True)
class Few:
    """The shipped files with few procedures: what is proved elsewhere need not be proved here."""

    def files(self, owner: str) -> Mapping[str, bytes]:
        found = dict(SHIPPED.files(owner))
        path = f"tenants/{owner}/tenant.toml"
        told = [
            {
                "id": p.id,
                "title": p.title_zh,
                "title_en": p.title_en,
                "starters": list(p.starters),
                "number": p.number,
            }
            for p in SHIPPED.tenant(owner).procedures
            if p.id in KEPT[owner]
        ]
        found[path] = edited_list(found[path], "procedures", told)
        return found

    def tenant(self, slug: str) -> TenantFile:
        below = f"tenants/{slug}/"
        own = {p.removeprefix(below): b for p, b in self.files(slug).items() if p.startswith(below)}
        return parse_tenant(own)

    def body(self, kind: Kind, ref: str, owner: str) -> Body | None:
        return SHIPPED.body(kind, ref, owner)


@pytest.fixture(scope="session")
def above(tmp_path_factory: pytest.TempPathFactory) -> Product:
    """The tenants above, loaded once."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("above"))
    upgrade(settings.url)
    product = build_product(settings, FrozenClock(MONDAY))
    for slug in KEPT:
        load_tenant(product.db, product.world, slug, Few())
    facts = {"name": "平台管理员", "capacity": "platform", "roles": []}
    add_person(product, "national", "platform", PASSWORD, facts)
    product.db.dispose()
    return product


@pytest.fixture
def installation(above: Product, tmp_path: Path) -> Iterator[Product]:
    """A copy of its own."""
    shutil.copytree(above.settings.data_dir, tmp_path / "data")
    product = build_product(
        replace(above.settings, data_dir=tmp_path / "data"), FrozenClock(MONDAY)
    )
    yield product
    product.db.dispose()
