"""What a unit of work promises on either database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import cast, insert, select
from sqlalchemy.types import UserDefinedType

from engine.ids import new_id
from engine.store.control import tenants
from engine.store.database import Database, Unit
from engine.store.guard import TenantScopeMissing, WriteRefused
from engine.store.metadata import TENANT
from engine.store.tables import counters, units

NOW = datetime(2026, 3, 2, tzinfo=UTC)


class Odd(UserDefinedType[Any]):
    """A type whose statements are never cached."""

    cache_ok = False

    def get_col_spec(self, **_: Any) -> str:
        return "varchar"


@pytest.fixture
def tenant(database: Database) -> UUID:
    tenant_id = new_id()
    with database.control() as control:
        control.insert(tenants, id=tenant_id, slug="x", name="x", level="region", created_at=NOW)
    return tenant_id


def add_unit(tx: Unit, code: str) -> UUID:
    return tx.insert(units, code=code, name=code, short=code, kind="office")


def codes(tx: Unit) -> list[str]:
    rows = tx.all(select(units.c.code).where(units.c.tenant_id == TENANT).order_by(units.c.code))
    return [row.code for row in rows]


def fail(tx: Unit) -> None:
    with tx.savepoint():
        add_unit(tx, "b")
        with tx.savepoint():
            add_unit(tx, "c")
        raise LookupError


def test_a_part_that_fails_takes_only_itself_back(database: Database, tenant: UUID) -> None:
    with database.tenant(tenant) as tx:
        add_unit(tx, "a")
        with pytest.raises(LookupError):
            fail(tx)
        add_unit(tx, "d")
    with database.tenant(tenant, read_only=True) as tx:
        assert codes(tx) == ["a", "d"]


def test_a_reading_transaction_writes_nothing(database: Database, tenant: UUID) -> None:
    with database.tenant(tenant, read_only=True) as tx:
        with pytest.raises(WriteRefused):
            add_unit(tx, "a")
        with pytest.raises(WriteRefused):
            tx.update(units, name="x")
        with pytest.raises(WriteRefused):
            tx.delete(units)
        assert codes(tx) == []
    with database.control(read_only=True) as control, pytest.raises(WriteRefused):
        control.insert(tenants, id=new_id(), slug="y", name="y", level="region", created_at=NOW)


def test_a_refused_statement_is_refused_every_time(database: Database, tenant: UUID) -> None:
    for _ in range(2):
        with database.tenant(tenant) as tx, pytest.raises(TenantScopeMissing):
            tx.all(select(units.c.code))


def test_a_statement_that_cannot_be_cached_is_checked_too(database: Database, tenant: UUID) -> None:
    free = select(units.c.code).where(cast(units.c.code, Odd()) == "a")
    with database.tenant(tenant) as tx:
        add_unit(tx, "a")
        for _ in range(2):
            with pytest.raises(TenantScopeMissing):
                tx.all(free)
        assert [row.code for row in tx.all(free.where(units.c.tenant_id == TENANT))] == ["a"]


def test_rows_are_added_through_the_unit_of_work(database: Database, tenant: UUID) -> None:
    with database.tenant(tenant) as tx:
        with pytest.raises(TenantScopeMissing):
            tx.execute(insert(units), {"tenant_id": tenant, "id": new_id(), "code": "a"})
        tx.insert_many(
            units, [{"code": c, "name": c, "short": c, "kind": "office"} for c in ("a", "b")]
        )
        assert codes(tx) == ["a", "b"]


def test_an_upsert_adds_or_changes_and_gives_the_row(database: Database, tenant: UUID) -> None:
    def count(tx: Unit) -> object:
        change = {"value": counters.c.value + 1}
        first = {"name": "n", "value": 1}
        return tx.upsert(counters, ("name",), first, change, give=counters.c.value)

    with database.tenant(tenant) as tx:
        assert [count(tx), count(tx)] == [1, 2]
        assert tx.upsert(counters, ("name",), {"name": "n", "value": 9}, {}) is None
        assert tx.upsert(counters, ("name",), {"name": "m", "value": 9}, {}) == tenant
