"""Folders and the database: a tenant's files loaded, written out again and compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from sqlalchemy import select

from engine.audit import note_act
from engine.comparing.files import FileChange, compare_files
from engine.definitions.kept_files import StoredSources, kept_files
from engine.definitions.loading import Loaded, load_tenant, tenant_id_of
from engine.errors import NotFound
from engine.store.control import tenants
from engine.tenancy.chain import FolderSources
from webapp.operations.archive import TargetExists
from webapp.product import Product, shipped_sources


def load_folder(product: Product, slug: str, folder: FolderSources) -> Loaded:
    """Load a tenant's folder, after those above it that are not here yet.

    What stands above and is here already counts as it is here. FileConflict, and nothing is
    written, when a file would overwrite what was published in the product.
    """
    for above in reversed(list(_missing_above(product, slug, folder))):
        load_tenant(product.db, product.world, above, _over_database(product, above, folder))
    loaded = load_tenant(product.db, product.world, slug, _over_database(product, slug, folder))
    with product.db.tenant(loaded.tenant_id) as tx:
        note_act(tx, None, "tenant.load", slug, product.clock.now())
    return loaded


def _missing_above(product: Product, slug: str, folder: FolderSources) -> Iterator[str]:
    """Those above that have to be loaded first, the nearest first."""
    seen = {slug}
    parent = folder.tenant(slug).parent
    while parent and parent not in seen and not is_loaded(product, parent):
        seen.add(parent)
        yield parent
        parent = folder.tenant(parent).parent


def is_loaded(product: Product, slug: str) -> bool:
    """Whether there is a tenant of this name."""
    with product.db.control(read_only=True) as control:
        return control.one(select(tenants.c.id).where(tenants.c.slug == slug)) is not None


def _over_database(product: Product, slug: str, folder: FolderSources) -> StoredSources:
    return StoredSources(product.db, shipped_sources(), {slug: folder.files(slug)})


def files_here(product: Product, slug: str) -> Mapping[str, bytes]:
    """Every file of a tenant as it is in force here, by path; people are in no file."""
    tenant_id = tenant_id_of(product.db, slug)
    with product.db.tenant(tenant_id, read_only=True) as tx:
        return kept_files(tx)


def write_folder(product: Product, slug: str, target: Path, *, replace: bool = False) -> list[str]:
    """Write a tenant's files below a folder, byte for byte; returns their paths.

    TargetExists, and nothing is written, when other content lies at one of the paths, unless it is
    to be replaced.
    """
    files = files_here(product, slug)
    places = {path: target.joinpath(*PurePosixPath(path).parts) for path in files}
    if not replace:
        other = [p for p, place in places.items() if place.exists() and _read(place) != files[p]]
        if other:
            raise TargetExists(
                f"{target} 中已有不同的内容，没有写出：{'、'.join(other)}",
                f"{target} holds other content; nothing was written",
                errors=[{"field": path, "message": "内容不同"} for path in other],
            )
    for path, place in places.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(files[path])
    return list(files)


def _read(place: Path) -> bytes:
    return place.read_bytes() if place.is_file() else b""


def differences(product: Product, slug: str, folder: FolderSources) -> list[FileChange]:
    """What the database has otherwise than the folder, in words; the folder is the older side."""
    own = folder.files(slug)
    if not own:
        raise NotFound(f"文件夹中没有租户 {slug}", f"the folder holds no tenant {slug}")
    return compare_files(own, files_here(product, slug))
