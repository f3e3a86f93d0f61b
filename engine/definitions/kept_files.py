"""A tenant's files as the database keeps them: byte for byte, by path, with where each comes from.

What was published in the product is never overwritten by a file: it is a conflict that names it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from engine.canonical import digest
from engine.errors import Conflict, NotFound
from engine.store.control import tenants
from engine.store.database import Database, Unit
from engine.store.metadata import TENANT
from engine.store.tables import contents, tenant_files
from engine.tenancy.chain import OWN_FOLDER, PLACES, Body, Kind, Sources
from engine.tenancy.files import parse_tenant
from engine.tenancy.model import SHARED, TenantFile


class Origin(StrEnum):
    """Where a kept file was written last."""

    FILE = "file"
    PRODUCT = "product"


class FileConflict(Conflict):
    """Files would overwrite what was published in the product; ``facts['errors']`` names each."""

    code = "file_conflict"

    def __init__(self, paths: Mapping[str, str]) -> None:
        super().__init__(
            f"有 {len(paths)} 个文件在系统中另有发布，没有装载：{'、'.join(paths)}",
            f"{len(paths)} files differ from what was published in the product; nothing was loaded",
            errors=[{"field": path, "message": why} for path, why in paths.items()],
        )


def kept_files(tx: Unit) -> dict[str, bytes]:
    """Every file of the tenant by its path, in the order of paths."""
    rows = tx.all(
        select(tenant_files.c.path, contents.c.body)
        .join(
            contents,
            (contents.c.tenant_id == tenant_files.c.tenant_id)
            & (contents.c.digest == tenant_files.c.digest),
        )
        .where(tenant_files.c.tenant_id == TENANT)
        .order_by(tenant_files.c.path)
    )
    return {row.path: row.body for row in rows}


def digests_of(bodies: Mapping[str, bytes]) -> dict[str, str]:
    """The digest of each file by its path."""
    return {path: digest(body) for path, body in bodies.items()}


def keep_files(tx: Unit, bodies: Mapping[str, bytes], origin: Origin, now: datetime) -> None:
    """Let these be the files of the tenant at their paths; what stays the same is not touched."""
    known = {row.path: row for row in _rows(tx)}
    wanted = digests_of(bodies)
    _store(tx, {wanted[path]: body for path, body in bodies.items()})
    for path, key in wanted.items():
        row = known.get(path)
        if row is None:
            facts = {"path": path, "digest": key, "origin": origin.value, "published_at": now}
            tx.insert(tenant_files, **facts)
        elif row.digest != key or (origin is Origin.FILE and row.origin != origin):
            facts = {"digest": key, "origin": origin.value, "published_at": now}
            tx.update(tenant_files, tenant_files.c.path == path, **facts)


def take_folder(tx: Unit, bodies: Mapping[str, bytes], now: datetime) -> None:
    """Let these be all files of the tenant, as a folder holds them.

    FileConflict, and nothing is written, when one of them differs from what was published in the
    product, or when such a file is missing.
    """
    wanted = digests_of(bodies)
    against: dict[str, str] = {}
    gone: list[str] = []
    for row in _rows(tx):
        is_own = row.origin == Origin.PRODUCT and wanted.get(row.path) != row.digest
        if is_own:
            missing = row.path not in wanted
            against[row.path] = "文件夹中没有此文件" if missing else "与系统中发布的内容不同"
        elif row.path not in wanted:
            gone.append(row.path)
    if against:
        raise FileConflict(against)
    for path in gone:
        tx.delete(tenant_files, tenant_files.c.path == path)
    keep_files(tx, bodies, Origin.FILE, now)


def drop_file(tx: Unit, path: str) -> None:
    """Let the tenant have no file of its own at a path: what stands above holds again."""
    tx.delete(tenant_files, tenant_files.c.path == path)


def _rows(tx: Unit) -> Sequence[Any]:
    return tx.all(select(tenant_files).where(tenant_files.c.tenant_id == TENANT))


def _store(tx: Unit, bodies: Mapping[str, bytes]) -> None:
    query = select(contents.c.digest).where(
        contents.c.tenant_id == TENANT, contents.c.digest.in_(list(bodies))
    )
    known = {row.digest for row in tx.all(query)}
    tx.insert_many(
        contents, ({"digest": d, "body": b} for d, b in bodies.items() if d not in known)
    )


class StoredSources:
    """Tenants and bodies as the database keeps them; ``shared`` travels with the program.

    Each tenant is read once, in a unit of its own. ``changed`` are tenants as they are to become.
    """

    def __init__(
        self,
        db: Database,
        shipped: Sources,
        changed: Mapping[str, Mapping[str, bytes]] | None = None,
    ) -> None:
        self._db, self._shipped = db, shipped
        self._files: dict[str, Mapping[str, bytes]] = dict(changed or {})
        self._read: dict[str, TenantFile] = {}

    def tenant(self, slug: str) -> TenantFile:
        """The tenant that its kept files describe."""
        if slug not in self._read:
            self._read[slug] = tenant_in(self.files(slug), slug)
        return self._read[slug]

    def body(self, kind: Kind, ref: str, owner: str) -> Body | None:
        """The owner's kept file of this name."""
        if owner == SHARED:
            return self._shipped.body(kind, ref, owner)
        path = PLACES[kind].path(owner, ref)
        found = self.files(owner).get(path)
        return None if found is None else Body(path, found)

    def files(self, owner: str) -> Mapping[str, bytes]:
        """Every kept file of the owner; NotFound when there is no such tenant."""
        if owner == SHARED:
            return self._shipped.files(owner)
        if owner not in self._files:
            self._files[owner] = self._kept(owner)
        return self._files[owner]

    def _kept(self, slug: str) -> Mapping[str, bytes]:
        with self._db.control(read_only=True) as control:
            row = control.one(select(tenants.c.id).where(tenants.c.slug == slug))
        if row is None:
            raise NotFound(f"没有租户 {slug}", f"there is no tenant {slug}", tenant=slug)
        with self._db.tenant(row.id, read_only=True) as tx:
            return kept_files(tx)


def tenant_in(files: Mapping[str, bytes], slug: str) -> TenantFile:
    """The tenant that files by their paths describe; every fault is told at once."""
    below = OWN_FOLDER.format(owner=slug) + "/"
    own = {path.removeprefix(below): body for path, body in files.items() if path.startswith(below)}
    return parse_tenant(own, expected_slug=slug)
