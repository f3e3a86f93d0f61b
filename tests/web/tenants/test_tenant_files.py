"""A tenant's files go into the database and come out again byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import UUID

import pytest

from engine.definitions.kept_files import FileConflict, Origin, keep_files, kept_files, take_folder
from engine.definitions.loading import tenant_id_of
from engine.ids import new_id
from engine.store.control import tenants
from engine.store.database import Database
from engine.tenancy.chain import FolderSources
from engine.tenancy.lineage import tenant_folders
from engine.timing.clock import FrozenClock
from tests.process.town import DATA, ROLE, ROLES, TENANT_TOML
from webapp.operations.archive import TargetExists
from webapp.places import data_root
from webapp.product import Product, build_product, shipped_sources
from webapp.settings import Settings
from webapp.usecases.tenant_folders import (
    differences,
    files_here,
    load_folder,
    write_folder,
)

SLUGS = [folder.name for folder in tenant_folders(data_root() / "tenants")]


@pytest.fixture
def product(sqlite: Database, tmp_path: Path, clock: FrozenClock) -> Product:
    opened = build_product(Settings(data_dir=tmp_path / "data"), clock)
    return Product(opened.settings, sqlite, opened.world, opened.blobs)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small tenant in a folder."""
    root = tmp_path / "files"
    for name in ("tenants/walk", "processes/walk", "forms/walk"):
        (root / name).mkdir(parents=True)
    roles = "".join(ROLE.format(code, capacity) for code, capacity in ROLES.items())
    text = "# 说明留在原处\r\n" + TENANT_TOML.format(slug="walk", procedure="walking", roles=roles)
    (root / "tenants/walk/tenant.toml").write_bytes(text.encode())
    shutil.copy(DATA / "walking.bpmn", root / "processes/walk")
    for form in DATA.glob("*.form"):
        shutil.copy(form, root / "forms/walk")
    return root


def sources(root: Path) -> FolderSources:
    return FolderSources(root / "processes", root / "forms", root / "tenants")


def in_product(product: Product, slug: str, path: str, body: bytes) -> None:
    """Somebody publishes another content at a path."""
    with product.db.tenant(tenant_id_of(product.db, slug)) as tx:
        keep_files(tx, {path: body}, Origin.PRODUCT, product.clock.now())


def begin(product: Product, slug: str) -> UUID:
    """A tenant without anything in it."""
    with product.db.control() as control:
        row = {"id": new_id(), "slug": slug, "name": slug, "level": "city", "parent_id": None}
        control.insert(tenants, created_at=product.clock.now(), **row)
    return tenant_id_of(product.db, slug)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_shipped_tenant_comes_out_of_the_database_as_it_went_in(
    product: Product, tmp_path: Path, slug: str
) -> None:
    shipped, tenant_id = shipped_sources().files(slug), begin(product, slug)
    for files in (shipped, FolderSources):
        with product.db.tenant(tenant_id) as tx:
            read = files if isinstance(files, dict) else sources(tmp_path / "out").files(slug)
            take_folder(tx, read, product.clock.now())
        write_folder(product, slug, tmp_path / "out")
        assert sources(tmp_path / "out").files(slug) == shipped
    assert f"tenants/{slug}/tenant.toml" in shipped
    assert not any("/demo/" in path for path in shipped)


def test_export_load_export_of_a_tenant_edited_in_the_product_is_byte_identical(
    product: Product, folder: Path, tmp_path: Path
) -> None:
    load_folder(product, "walk", sources(folder))
    drawn = (DATA / "walking.bpmn").read_bytes().replace("三步".encode(), "三步走".encode())
    in_product(product, "walk", "processes/walk/walking.bpmn", drawn)
    write_folder(product, "walk", tmp_path / "first")

    load_folder(product, "walk", sources(tmp_path / "first"))
    write_folder(product, "walk", tmp_path / "second")

    first, second = (sources(tmp_path / name).files("walk") for name in ("first", "second"))
    assert first == second
    assert first["processes/walk/walking.bpmn"] == drawn
    # the folder knows it now: what is changed there from here on is no conflict
    load_folder(product, "walk", sources(folder))


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_file_that_would_overwrite_what_the_product_published_is_a_conflict(
    product: Product, folder: Path, is_gone: bool
) -> None:
    tenant_id = load_folder(product, "walk", sources(folder)).tenant_id
    form = "forms/walk/walking-fill.form"
    in_product(product, "walk", form, (folder / form).read_bytes() + b"\n")
    other = folder / "tenants/walk/tenant.toml"
    other.write_bytes(other.read_bytes().replace("试行办法第三条".encode(), b"other"))
    if is_gone:
        shutil.copy(folder / form, folder / "forms/walk/spare.form")
        in_product(product, "walk", "forms/walk/more.form", b"{}")
    with product.db.tenant(tenant_id, read_only=True) as tx:
        before = kept_files(tx)

    with pytest.raises(FileConflict) as refused:
        load_folder(product, "walk", sources(folder))

    named = {form, "forms/walk/more.form"} if is_gone else {form}
    assert {e["field"] for e in refused.value.facts["errors"]} == named  # type: ignore[attr-defined]
    with product.db.tenant(tenant_id, read_only=True) as tx:
        assert kept_files(tx) == before


def test_the_differences_of_folder_and_database_are_told_in_words(
    product: Product, folder: Path
) -> None:
    load_folder(product, "walk", sources(folder))
    assert differences(product, "walk", sources(folder)) == []

    toml = (folder / "tenants/walk/tenant.toml").read_bytes()
    in_product(
        product, "walk", "tenants/walk/tenant.toml", toml.replace(b'"leader"\nat', b'"other"\nat')
    )
    drawn = (folder / "processes/walk/walking.bpmn").read_bytes()
    changed = drawn.replace("决定".encode(), "核定".encode())
    in_product(product, "walk", "processes/walk/walking.bpmn", changed)
    in_product(product, "walk", "forms/walk/new.form", b"{}")

    told = [str(one) for one in differences(product, "walk", sources(folder))]

    assert "forms/walk/new.form: 新增此文件 / the file is new" in told
    assert any("parameters.who.value: 由 leader 改为 other" in line for line in told)
    assert any(line.startswith("processes/walk/walking.bpmn ") and "核定" in line for line in told)


def test_nothing_is_written_over_other_content(
    product: Product, folder: Path, tmp_path: Path
) -> None:
    load_folder(product, "walk", sources(folder))
    place = tmp_path / "out/forms/walk/walking-fill.form"
    place.parent.mkdir(parents=True)
    place.write_text("mine")
    with pytest.raises(TargetExists):
        write_folder(product, "walk", tmp_path / "out")
    assert [p for p in (tmp_path / "out").rglob("*") if p.is_file()] == [place]
    write_folder(product, "walk", tmp_path / "out", replace=True)
    assert sources(tmp_path / "out").files("walk") == files_here(product, "walk")
