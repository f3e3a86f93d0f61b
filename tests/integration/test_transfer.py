"""A tenant moves between installations and databases, and is the same there."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from engine.cases.lifecycle import start_case
from engine.errors import NotFound
from engine.ids import new_id
from engine.store.control import accounts, dispatch, tenants
from engine.store.database import Database
from engine.store.metadata import TENANT, tenant_tables
from engine.store.tables import attachments
from engine.timing.clock import FrozenClock
from webapp.operations import rows, transfer
from webapp.operations.archive import ArchiveDamaged, ArchiveUnfit, TargetExists
from webapp.operations.sweeping import find_everything_broken
from webapp.operations.transfer import IdentityTaken, export_tenant, import_tenant
from webapp.product import Product, build_product
from webapp.schema import upgrade
from webapp.settings import Settings
from webapp.usecases.files import store_upload
from webapp.usecases.identity import add_account
from webapp.usecases.verifying import verify_histories

sys.path.insert(0, str(Path(__file__).parents[1] / "process"))

from town import Town, build_town

FILLED = {"subject": "采购铁锹", "amount": "12", "plannedOn": "2026-03-20"}
Open = Callable[[str], Product]


@pytest.fixture
def opened(request: pytest.FixtureRequest, clock: FrozenClock, tmp_path: Path) -> Iterator[Open]:
    """Opens an empty installation on a kind of database."""
    products: list[Product] = []

    def begin(kind: str) -> Product:
        folder = tmp_path / f"{len(products)}-{kind}"
        folder.mkdir()
        settings = Settings(data_dir=folder)
        if kind == "postgresql":
            url: URL = request.getfixturevalue("postgres_url")
            plain = url.render_as_string(hide_password=False)
            settings = replace(settings, database_url=plain)
        else:
            upgrade(settings.url)
        products.append(build_product(settings, clock))
        return products[-1]

    yield begin
    for product in products:
        product.db.dispose()


def settle(product: Product, clock: FrozenClock) -> Town:
    """A tenant with accounts, cases at several steps, files and planned work."""
    town = build_town(product.db, clock)
    for name, actor in town.people.items():
        with product.db.control() as control:
            control.insert(
                accounts,
                id=actor.account_id,
                username=name,
                password_hash=f"hash of {name}",
                name=name,
                active=True,
                failures=0,
                created_at=clock.now(),
            )
    for number in range(3):
        start_case(town.db, town.world, town["applicant"], "walking", {})
        body = io.BytesIO(f"%PDF-1.7 {number}".encode())
        store_upload(product, town["applicant"], "证明.pdf", body)
    for _ in range(2):
        town.complete("applicant", "Fill", **FILLED)
    town.complete("officer", "OpinionA", opinion="agree")
    return town


def content(product: Product, tenant_id: UUID) -> dict[str, Any]:
    """Every row of a tenant, as values."""
    found: dict[str, Any] = {}
    with product.db.tenant(tenant_id, read_only=True) as tx:
        for table in tenant_tables():
            query = select(table).where(table.c.tenant_id == TENANT).order_by(*table.primary_key)
            found[table.name] = [dict(row._mapping) for row in tx.all(query)]
        own = select(dispatch).where(dispatch.c.tenant_id == tenant_id).order_by(dispatch.c.id)
        found["dispatch"] = [dict(row._mapping) for row in tx.all(own)]
        people = [m["account_id"] for m in found["memberships"]]
        chosen = select(accounts).where(accounts.c.id.in_(people)).order_by(accounts.c.id)
        found["accounts"] = [dict(row._mapping) for row in tx.all(chosen)]
        (place,) = tx.all(select(tenants).where(tenants.c.id == tenant_id))
    found["tenant"] = dict(place._mapping)
    return found


@pytest.mark.parametrize(
    ("source", "target"),
    [("sqlite", "postgresql"), ("postgresql", "sqlite"), ("sqlite", "sqlite")],
)
def test_a_tenant_is_the_same_after_it_moved(
    opened: Open, clock: FrozenClock, tmp_path: Path, source: str, target: str
) -> None:
    here = opened(source)
    town = settle(here, clock)
    file = tmp_path / "walk.tar"
    export_tenant(here, "walk", file, clock.now())
    there = opened(target)
    import_tenant(there, file)

    before = content(here, town.tenant_id)
    assert content(there, town.tenant_id) == before
    assert len(before["cases"]) == 3
    assert before["records"]
    assert before["accounts"]
    assert verify_histories(there, "walk") == (3, [])
    assert [found for _, found in find_everything_broken(there).values()] == [[]]
    for row in before["attachments"]:
        with there.blobs.open(town.tenant_id, row["digest"]) as kept:
            assert kept.read().startswith(b"%PDF-1.7")

    moved = replace(town, db=there.db, world=there.world)
    moved.complete("other", "OpinionB", opinion="agree")
    assert verify_histories(there, "walk") == (3, []), "work goes on in the chain it had"


def test_there_and_back_again(opened: Open, clock: FrozenClock, tmp_path: Path) -> None:
    here, there, home = opened("sqlite"), opened("postgresql"), opened("sqlite")
    town = settle(here, clock)
    export_tenant(here, "walk", tmp_path / "one.tar", clock.now())
    import_tenant(there, tmp_path / "one.tar")
    export_tenant(there, "walk", tmp_path / "two.tar", clock.now())
    import_tenant(home, tmp_path / "two.tar")
    assert content(home, town.tenant_id) == content(here, town.tenant_id)


def test_a_damaged_file_brings_nothing_in(opened: Open, clock: FrozenClock, tmp_path: Path) -> None:
    here, there = opened("sqlite"), opened("sqlite")
    settle(here, clock)
    file = tmp_path / "walk.tar"
    export_tenant(here, "walk", file, clock.now())
    whole = file.read_bytes()
    for position in (600, len(whole) // 3, len(whole) - 200):
        changed = bytearray(whole)
        changed[position] ^= 4
        file.write_bytes(changed)
        with pytest.raises(ArchiveDamaged):
            import_tenant(there, file)
    assert nothing_is_in(there)


def nothing_is_in(product: Product) -> bool:
    with product.db.control(read_only=True) as control:
        is_empty = not control.all(select(tenants)) and not control.all(select(accounts))
    blobs = product.settings.blob_dir
    return is_empty and not (blobs.exists() and list(blobs.rglob("*")))


def test_a_history_that_was_forged_before_does_not_come_in(
    opened: Open, clock: FrozenClock, tmp_path: Path
) -> None:
    here, there = opened("sqlite"), opened("sqlite")
    settle(here, clock)
    with here.db.engine.begin() as connection:
        connection.exec_driver_sql("update history set actor_name = '别人' where seq = 1")
    export_tenant(here, "walk", tmp_path / "walk.tar", clock.now())
    with pytest.raises(ArchiveDamaged, match="history"):
        import_tenant(there, tmp_path / "walk.tar")
    assert nothing_is_in(there)


def test_a_tenant_that_is_there_already_is_not_touched(
    opened: Open, clock: FrozenClock, tmp_path: Path
) -> None:
    here = opened("sqlite")
    town = settle(here, clock)
    file = tmp_path / "walk.tar"
    export_tenant(here, "walk", file, clock.now())
    before = content(here, town.tenant_id)
    with pytest.raises(TargetExists):
        import_tenant(here, file)
    with pytest.raises(TargetExists):
        export_tenant(here, "walk", file, clock.now())
    assert content(here, town.tenant_id) == before


def test_somebody_else_of_the_same_user_name_stops_the_import(
    opened: Open, clock: FrozenClock, tmp_path: Path
) -> None:
    here, there = opened("sqlite"), opened("sqlite")
    settle(here, clock)
    export_tenant(here, "walk", tmp_path / "walk.tar", clock.now())
    add_account(there.db, "leader", "另一位", "another hash", clock.now())
    with pytest.raises(IdentityTaken, match="leader"):
        import_tenant(there, tmp_path / "walk.tar")
    with there.db.control(read_only=True) as control:
        assert [row.name for row in control.all(select(accounts))] == ["另一位"]
        assert control.all(select(tenants)) == []


def test_the_parent_must_be_there_and_is_found_by_its_name(
    opened: Open, clock: FrozenClock, tmp_path: Path
) -> None:
    here, there = opened("sqlite"), opened("sqlite")
    town = settle(here, clock)

    def add_parent(product: Product) -> UUID:
        parent = new_id()
        with product.db.control() as control:
            control.insert(
                tenants,
                id=parent,
                slug="above",
                name="上级",
                level="region",
                parent_id=None,
                created_at=clock.now(),
            )
        return parent

    above = add_parent(here)
    with here.db.engine.begin() as connection:
        own = tenants.update().where(tenants.c.id == town.tenant_id)
        connection.execute(own.values(parent_id=above))
    export_tenant(here, "walk", tmp_path / "walk.tar", clock.now())
    with pytest.raises(NotFound, match="above"):
        import_tenant(there, tmp_path / "walk.tar")
    found = add_parent(there)
    import_tenant(there, tmp_path / "walk.tar")
    assert content(there, town.tenant_id)["tenant"]["parent_id"] == found


def test_another_version_of_the_program_is_refused(
    opened: Open, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = opened("sqlite"), opened("sqlite")
    settle(here, clock)
    export_tenant(here, "walk", tmp_path / "walk.tar", clock.now())
    monkeypatch.setattr(transfer, "expected_revision", lambda: "0999")
    with pytest.raises(ArchiveUnfit):
        import_tenant(there, tmp_path / "walk.tar")


def test_an_export_sees_one_moment_while_others_write(
    opened: Open, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = opened("postgresql"), opened("sqlite")
    town = settle(here, clock)
    write, other = rows.write_rows, Database(str(here.settings.database_url))

    def busy(target: Any, table: Any, found: Any) -> int:
        count = write(target, table, found)
        if table.name == "settings":  # cases come after it
            start_case(other, town.world, town["applicant"], "walking", {})
        return count

    monkeypatch.setattr(transfer, "write_rows", busy)
    export_tenant(here, "walk", tmp_path / "walk.tar", clock.now())
    other.dispose()
    assert verify_histories(here, "walk")[0] == 4
    import_tenant(there, tmp_path / "walk.tar")
    assert verify_histories(there, "walk") == (3, [])


def test_rows_go_some_at_a_time(opened: Open, clock: FrozenClock, tmp_path: Path) -> None:
    here, there = opened("sqlite"), opened("sqlite")
    town = settle(here, clock)
    count = rows.BATCH * 2 + 7
    with here.db.tenant(town.tenant_id) as tx:
        template = tx.all(select(attachments).where(attachments.c.tenant_id == TENANT))[0]
        values = [{**template._mapping, "id": new_id()} for _ in range(count)]
        tx.insert_many(attachments, values)
    export_tenant(here, "walk", tmp_path / "walk.tar", clock.now())
    import_tenant(there, tmp_path / "walk.tar")
    assert len(content(there, town.tenant_id)["attachments"]) == count + 3
