"""The recipe for a tenant: its files are written, its commands are run, its procedure is worked."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from engine.actors import Actor, load_actor
from engine.cases.lifecycle import start_case
from engine.definitions.loading import tenant_id_of
from engine.store.metadata import TENANT
from engine.store.tables import cases, memberships
from engine.work_items.items import complete_item
from engine.work_items.lists import open_items
from webapp.cli import main
from webapp.places import data_root
from webapp.product import Product, build_product
from webapp.settings import Settings

from .guide import commands_in, files_in, write_files

RECIPE = "recipes/tenant.md"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Product:
    """A data folder after the commands of the recipe, run beside the shipped tenants."""
    for folder in ("processes", "forms", "tenants"):
        shutil.copytree(data_root() / folder, tmp_path / folder)
    write_files(RECIPE, tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    for words in commands_in(RECIPE):
        assert words[0] == "lucheng"
        run(words[1:], tmp_path)
    return build_product(Settings(data_dir=tmp_path / "data"))


def run(words: list[str], folder: Path) -> None:
    here = ["--folder", str(folder)] if words[0] == "tenant" else []
    done = CliRunner().invoke(main, [*words, *here], input="correct horse\ncorrect horse\n")
    assert done.exit_code == 0, done.output


def person(product: Product, username: str) -> Actor:
    with product.db.tenant(tenant_id_of(product.db, "hexi"), read_only=True) as tx:
        found = tx.scalar(
            select(memberships.c.id).where(
                memberships.c.tenant_id == TENANT, memberships.c.username == username
            )
        )
        actor = load_actor(tx, found)
    assert actor is not None
    return actor


def complete(product: Product, who: Actor, element: str, **values: Any) -> None:
    with product.db.tenant(who.tenant_id, read_only=True) as tx:
        item = next(row for row in open_items(tx, who).rows if row.element == element)
    complete_item(product.db, product.world, who, item.id, item.revision, values)


def test_the_recipe_writes_data_and_no_python() -> None:
    assert {Path(path).suffix for path in files_in(RECIPE)} == {".csv", ".toml", ".bpmn", ".form"}


def test_the_tenant_of_the_recipe_works_a_case_to_its_end(installed: Product) -> None:
    wang, zhao = person(installed, "hexi-wang"), person(installed, "hexi-zhao")
    visit = {"mine": "青山矿", "visitedOn": "2026-03-02", "findings": "采场台阶整洁，排水通畅。"}

    started = start_case(installed.db, installed.world, wang, "site-visit", {})
    complete(installed, wang, "Visit", **visit)
    complete(installed, zhao, "Review", decision="again", reason="补充复垦情况")
    complete(installed, wang, "Visit", **visit)
    complete(installed, zhao, "Review", decision="complete")

    with installed.db.tenant(wang.tenant_id, read_only=True) as tx:
        case = tx.one(select(cases).where(cases.c.tenant_id == TENANT))
        assert case is not None
        assert (case.status, case.outcome) == ("completed", "走访归档")
        assert case.title == "矿山走访：青山矿"
        assert case.number == started["number"]
        assert case.number.startswith("河走〔")
        office = installed.world.offices.get(tx)
        assert office.parameter("supplement.limit") == 8  # its own
        assert office.parameter("review.documents") == 10  # inherited
    installed.db.dispose()
