"""What a unit of work promises on either database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import cast, insert, select
from sqlalchemy.exc import IntegrityError
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


def add_twice(tx: Unit, code: str) -> None:
    add_unit(tx, code)
    add_unit(tx, code)


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


EVERY_UNIT = select(units.c.code, units.c.name).where(units.c.tenant_id == TENANT)
SOME_UNITS = EVERY_UNIT.where(units.c.code.in_(["a", "b"]))


def test_what_was_written_down_is_seen_by_what_is_read(database: Database, tenant: UUID) -> None:
    with database.tenant(tenant) as tx:
        first = add_unit(tx, "a")
        assert [row.code for row in tx.fetch(EVERY_UNIT)] == ["a"]
        tx.change(units, {"id": first}, name="new")
        assert codes(tx) == ["a"]
        tx.remove(units, code=["a", "x"])
        found = tx.get(units, first)
        assert found is None


def test_a_kept_write_that_fails_takes_everything_back(database: Database, tenant: UUID) -> None:
    with pytest.raises(IntegrityError), database.tenant(tenant) as tx:
        add_twice(tx, "a")
    with database.tenant(tenant, read_only=True) as tx:
        assert codes(tx) == []


def test_a_kept_write_fails_within_its_savepoint(database: Database, tenant: UUID) -> None:
    with database.tenant(tenant) as tx:
        add_unit(tx, "a")
        with pytest.raises(IntegrityError), tx.savepoint():
            add_unit(tx, "a")
        add_unit(tx, "b")
    with database.tenant(tenant, read_only=True) as tx:
        assert codes(tx) == ["a", "b"]


def test_an_error_tells_no_values(database: Database, tenant: UUID) -> None:
    with pytest.raises(IntegrityError) as caught, database.tenant(tenant) as tx:
        add_twice(tx, "secret-word")
    assert "secret-word" not in str(caught.value).partition("DETAIL")[0]


def test_how_many_rows_changed_is_told_when_asked(database: Database, tenant: UUID) -> None:
    with database.tenant(tenant) as tx:
        add_unit(tx, "a")
        add_unit(tx, "b")
        assert tx.change_now(units, {"code": "a"}, name="x") == 1
        assert tx.change_now(units, {"code": "z"}, name="x") == 0
        assert tx.change_now(units, {"kind": "office"}, name="y") == 2


def test_a_row_is_placed_or_renewed(database: Database, tenant: UUID) -> None:
    with database.tenant(tenant) as tx:
        for value in (1, 2):
            tx.place(counters, ("name",), ("value",), name="n", value=value)
        rows = tx.all(select(counters.c.value).where(counters.c.tenant_id == TENANT))
        assert [row.value for row in rows] == [2]
        tx.insert_missing(counters, ("name",), [{"name": "n", "value": 9}])
        assert tx.scalar(select(counters.c.value).where(counters.c.tenant_id == TENANT)) == 2


def test_a_statement_with_a_list_is_not_made_once(database: Database, tenant: UUID) -> None:
    with database.tenant(tenant) as tx, pytest.raises(TypeError, match="list of values"):
        tx.fetch(SOME_UNITS)


def test_a_prepared_statement_needs_the_tenant_too(database: Database, tenant: UUID) -> None:
    with database.tenant(tenant) as tx, pytest.raises(TenantScopeMissing):
        tx.fetch(select(units.c.code))


def test_who_listens_hears_every_statement(database: Database, tenant: UUID) -> None:
    heard: list[str] = []
    database.statements.heard.append(heard.extend)
    with database.tenant(tenant) as tx:
        add_unit(tx, "a")
        tx.change(units, {"code": "a"}, name="x")
    own = [text for text in heard if "set_config" not in text]
    assert [text.split()[0] for text in own] == ["INSERT", "UPDATE"]
