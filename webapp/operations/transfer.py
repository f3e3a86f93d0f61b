"""A tenant moved from one installation to another, on the same or another kind of database.

Everything comes along under its own id: rows, planned work, attachments by digest, and the
accounts, enterprises and bodies its rows speak of. Sessions and tokens stay behind: people sign in
again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import IO, Any, cast
from uuid import UUID

from sqlalchemy import Table, select

from engine.errors import Conflict, NotFound
from engine.history import verify_all
from engine.store.control import (
    accounts,
    assessor_bodies,
    assessor_people,
    dispatch,
    enterprises,
    tenants,
)
from engine.store.database import Database, Unit
from engine.store.metadata import TENANT, tenant_tables
from webapp.operations.archive import (
    ATTACHMENTS,
    ArchiveDamaged,
    ArchiveUnfit,
    ArchiveWriter,
    Manifest,
    TargetExists,
    check_archive,
    read_archive,
    write_archive,
)
from webapp.operations.rows import batches, read_rows, write_rows
from webapp.product import Product
from webapp.schema import expected_revision, target_metadata

KIND = "tenant"
PAGE = 500
SHARED: tuple[tuple[Table, str, str], ...] = (
    (accounts, "account_id", "username"),
    (enterprises, "enterprise_id", "credit_code"),
    (assessor_bodies, "body_id", "credit_code"),
)
"""Rows outside tenants that a tenant's rows name: table, the column that names it, its own name."""


class IdentityTaken(Conflict):
    """Somebody else goes by the same name there already; ``facts['names']`` lists them."""

    code = "identity_taken"


def export_tenant(product: Product, slug: str, path: Path, now: datetime) -> Manifest:
    """Write a tenant, as it is at one moment, to a file that must not exist yet."""
    tables = _tables()
    with product.db.control(read_only=True) as control:
        row = control.one(select(tenants).where(tenants.c.slug == slug))
        if row is None:
            raise NotFound(f"没有租户 {slug}", f"there is no tenant {slug}")
        parent = control.one(select(tenants.c.slug).where(tenants.c.id == row.parent_id))
    facts: dict[str, Any] = {
        "made_at": now.isoformat(),
        "program": metadata.version("lucheng"),
        "schema": expected_revision(),
        "tenant": {
            "id": str(row.id),
            "slug": row.slug,
            "name": row.name,
            "level": row.level,
            "parent": parent.slug if parent else None,
            "created_at": row.created_at.isoformat(),
        },
        "rows": {},
    }
    with write_archive(path, KIND, facts) as archive:
        with product.db.tenant(row.id, read_only=True, frozen=True) as tx:
            _export_shared(archive, tx, tables)
            for table in tables:
                query = select(table).where(table.c.tenant_id == TENANT)
                _export(archive, tx, table, query.order_by(*table.primary_key))
            own = dispatch.c.tenant_id == tx.tenant_id
            _export(archive, tx, dispatch, select(dispatch).where(own).order_by(dispatch.c.id))
        for digest in product.blobs.digests(row.id):
            with product.blobs.open(row.id, digest) as file:
                archive.attachment(f"{row.id}/{digest}", file, os.fstat(file.fileno()).st_size)
    return archive.manifest


def import_tenant(product: Product, path: Path) -> Manifest:
    """Bring a tenant in where it is not yet; everything or nothing, and only a whole file.

    The histories of its cases are verified before anything is committed.
    """
    target_metadata()
    manifest = check_archive(path, KIND)
    facts = manifest.facts
    if facts["schema"] != expected_revision():
        raise ArchiveUnfit(
            "两处程序的版本不同，请先更新到同一版本",
            "update both installations to one version first",
        )
    tenant_id = UUID(facts["tenant"]["id"])
    parent_id = _check_place(product.db, facts["tenant"], tenant_id)
    try:
        read_archive(path, KIND, _blob_taker(product, tenant_id))
        with product.db.tenant(tenant_id) as tx:
            _insert_tenant(tx, facts["tenant"], parent_id)
            taker = _RowTaker(tx)
            read_archive(path, KIND, taker.take)
            _judge(tx, taker.counts, facts["rows"])
    except BaseException:
        # It was not here before, so whatever lies here now came with the attempt.
        shutil.rmtree(product.settings.blob_dir / str(tenant_id), ignore_errors=True)
        raise
    return manifest


def _tables() -> list[Table]:
    target_metadata()
    return tenant_tables()


def _export(archive: ArchiveWriter, tx: Unit, table: Table, query: Any) -> None:
    rows = tx.execute(query.execution_options(yield_per=PAGE))
    with archive.part(f"rows/{table.name}") as part:
        archive.manifest.facts["rows"][table.name] = write_rows(part, table, rows)


def _export_shared(archive: ArchiveWriter, tx: Unit, tables: Sequence[Table]) -> None:
    for table, column, _name in SHARED:
        named: set[UUID] = set()
        for one in tables:
            if column in one.c:
                query = select(one.c[column]).where(one.c.tenant_id == TENANT).distinct()
                named |= {row[0] for row in tx.all(query) if row[0] is not None}
        if table is accounts:
            named |= _accounts_of_bodies(tx, tables)
        _export(archive, tx, table, _chosen(table, table.c.id, named))
        if table is assessor_bodies:
            people = _chosen(assessor_people, assessor_people.c.body_id, named)
            _export(archive, tx, assessor_people, people)


def _accounts_of_bodies(tx: Unit, tables: Sequence[Table]) -> set[UUID]:
    found: set[UUID] = set()
    for one in tables:
        if "body_id" in one.c:
            query = select(assessor_people.c.account_id).where(
                one.c.tenant_id == TENANT, assessor_people.c.body_id == one.c.body_id
            )
            found |= {row[0] for row in tx.all(query.distinct()) if row[0] is not None}
    return found


def _chosen(table: Table, column: Any, ids: set[UUID]) -> Any:
    return select(table).where(column.in_(sorted(ids))).order_by(table.c.id)


def _check_place(db: Database, facts: dict[str, Any], tenant_id: UUID) -> UUID | None:
    """The parent's id here; TargetExists when the tenant is there, NotFound without its parent."""
    with db.control(read_only=True) as control:
        rows = control.all(select(tenants.c.id, tenants.c.slug))
    if any(row.id == tenant_id or row.slug == facts["slug"] for row in rows):
        raise TargetExists(
            f"租户 {facts['slug']} 已经存在，不会覆盖", f"tenant {facts['slug']} is there already"
        )
    if facts["parent"] is None:
        return None
    found = next((row.id for row in rows if row.slug == facts["parent"]), None)
    if found is None:
        raise NotFound(
            f"请先装载或导入上级租户 {facts['parent']}", f"load or import {facts['parent']} first"
        )
    return cast(UUID, found)


def _insert_tenant(tx: Unit, facts: dict[str, Any], parent_id: UUID | None) -> None:
    tx.insert(
        tenants,
        id=tx.tenant_id,
        slug=facts["slug"],
        name=facts["name"],
        level=facts["level"],
        parent_id=parent_id,
        created_at=datetime.fromisoformat(facts["created_at"]),
    )


def _blob_taker(product: Product, tenant_id: UUID) -> Callable[[str, IO[bytes]], None]:
    def take(name: str, content: IO[bytes]) -> None:
        if not name.startswith(ATTACHMENTS):
            return
        digest = name.rpartition("/")[2]
        stored = product.blobs.put(tenant_id, cast(Any, content), limit=1 << 62)
        if stored.digest != digest:
            raise ArchiveDamaged(f"附件 {digest} 已损坏", f"attachment {digest} is damaged")

    return take


class _RowTaker:
    """Inserts the rows of each part as it comes by."""

    def __init__(self, tx: Unit) -> None:
        self._tx = tx
        self._tables = {table.name: table for table in _tables()}
        self._shared = {table.name: (table, name) for table, _, name in SHARED}
        self.counts: dict[str, int] = {}

    def take(self, part: str, content: IO[bytes]) -> None:
        """Take one part of the archive; parts that are no rows are passed by."""
        if not part.startswith("rows/"):
            return
        name, count = part.removeprefix("rows/"), 0
        if name in self._shared:
            for row in read_rows(content, self._shared[name][0]):
                self._take_shared(*self._shared[name], row)
                count += 1
        else:
            table = {
                **self._tables,
                dispatch.name: dispatch,
                assessor_people.name: assessor_people,
            }[name]
            for batch in batches(read_rows(content, table)):
                self._insert(table, batch)
                count += len(batch)
        self.counts[name] = count

    def _insert(self, table: Table, batch: Sequence[Any]) -> None:
        if table is assessor_people:
            batch = [row for row in batch if not self._is_known(table, row["id"])]
        if table is dispatch:
            batch = [{**row, "lease_until": None} for row in batch]
        self._tx.insert_many(table, batch)

    def _is_known(self, table: Table, row_id: UUID) -> bool:
        return self._tx.one(select(table.c.id).where(table.c.id == row_id)) is not None

    def _take_shared(self, table: Table, name: str, row: dict[str, Any]) -> None:
        known = self._tx.one(
            select(table.c.id, table.c[name]).where(
                (table.c.id == row["id"]) | (table.c[name] == row[name])
            )
        )
        if known is None:
            self._tx.insert(table, **row)
        elif tuple(known) != (row["id"], row[name]):
            raise IdentityTaken(
                f"此处已有另一个“{row[name]}”（{table.name}），请先改名再导入",
                f"another {row[name]} is here already ({table.name}); rename one first",
                names=[row[name]],
            )


def _judge(tx: Unit, counts: dict[str, int], told: dict[str, int]) -> None:
    if counts != told:
        raise ArchiveDamaged("行数与记载不符", "the rows are not as many as told")
    found = next(iter(verify_all(tx)), None)
    if found is not None:
        raise ArchiveDamaged(
            f"办件历史核验未通过：{found.case_id} #{found.seq} {found.why}",
            f"the history of case {found.case_id} does not hold at {found.seq}: {found.why}",
        )
