"""A tenant cannot be forgotten: the guard, composite keys and row-level security."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError

from engine.ids import new_id
from engine.store import tables as t
from engine.store.control import tenants
from engine.store.database import Database, RoleRefused
from engine.store.guard import TenantScopeMissing
from engine.store.metadata import TENANT
from webapp.schema import tenant_table_names

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def add_tenant(database: Database, slug: str) -> UUID:
    tenant_id = new_id()
    with database.control() as control:
        control.insert(tenants, id=tenant_id, slug=slug, name=slug, level="region", created_at=NOW)
    return tenant_id


def add_unit(database: Database, tenant_id: UUID, code: str) -> UUID:
    with database.tenant(tenant_id) as tx:
        return tx.insert(t.units, code=code, name=code, short=code, kind="office")


def test_a_statement_without_the_tenant_is_refused_before_it_runs(database: Database) -> None:
    ours = add_tenant(database, "ours")
    with database.tenant(ours) as tx:
        with pytest.raises(TenantScopeMissing):
            tx.all(select(t.units))
        with pytest.raises(TenantScopeMissing):
            tx.execute(update(t.units).values(name="x"))
        with pytest.raises(TenantScopeMissing):
            tx.all(select(t.units).where(t.units.c.tenant_id == ours))
        with pytest.raises(TenantScopeMissing):
            tx.execute(text("select * from units"))  # type: ignore[arg-type]


def test_a_join_needs_the_tenant_on_both_sides(database: Database) -> None:
    ours = add_tenant(database, "ours")
    half = (
        select(t.units)
        .join(t.memberships, t.units.c.code == t.memberships.c.unit_code)
        .where(t.units.c.tenant_id == TENANT)
    )
    with database.tenant(ours) as tx, pytest.raises(TenantScopeMissing):
        tx.all(half)


def test_a_unit_of_work_sees_and_changes_only_its_tenant(database: Database) -> None:
    ours, theirs = add_tenant(database, "ours"), add_tenant(database, "theirs")
    add_unit(database, ours, "a")
    foreign = add_unit(database, theirs, "b")
    with database.tenant(ours) as tx:
        codes = [r.code for r in tx.all(select(t.units).where(t.units.c.tenant_id == TENANT))]
        assert codes == ["a"]
        assert tx.get(t.units, foreign) is None
        assert tx.update(t.units, t.units.c.code == "b", name="stolen") == 0
        assert tx.delete(t.units, t.units.c.code == "b") == 0


def test_a_row_cannot_be_written_for_another_tenant(database: Database) -> None:
    ours, theirs = add_tenant(database, "ours"), add_tenant(database, "theirs")
    with database.tenant(ours) as tx, pytest.raises(TenantScopeMissing):
        tx.insert(t.units, tenant_id=theirs, code="x", name="x", short="x", kind="office")


def test_a_row_cannot_point_into_another_tenant(database: Database) -> None:
    ours, theirs = add_tenant(database, "ours"), add_tenant(database, "theirs")
    with database.tenant(theirs) as tx:
        foreign = tx.insert(
            t.memberships,
            account_id=new_id(),
            username="x",
            name="x",
            title="",
            capacity="officer",
            roles=[],
            active=True,
            created_at=NOW,
        )
    with pytest.raises(IntegrityError), database.tenant(ours) as tx:
        tx.insert(t.membership_principals, membership_id=foreign, principal="clerk")


def test_control_work_may_not_touch_tenant_tables(database: Database) -> None:
    with database.control() as control, pytest.raises(TenantScopeMissing):
        control.all(select(t.units))


def raw(url: URL, tenant_id: UUID | None, statement: object) -> object:
    """Run SQL past the guard, as somebody who has found a hole in it would."""
    database = Database(url.render_as_string(hide_password=False))
    try:
        with database.engine.begin() as connection:
            if tenant_id is not None:
                connection.execute(
                    text("select set_config('app.tenant', :t, true)"), {"t": str(tenant_id)}
                )
            result = connection.execute(statement)  # type: ignore[call-overload]
            return result.fetchall() if result.returns_rows else result.rowcount
    finally:
        database.dispose()


def test_row_level_security_holds_without_the_guard(postgres_url: URL) -> None:
    database = Database(postgres_url.render_as_string(hide_password=False))
    ours, theirs = add_tenant(database, "ours"), add_tenant(database, "theirs")
    add_unit(database, theirs, "b")
    database.dispose()

    assert raw(postgres_url, None, select(t.units)) == []
    assert raw(postgres_url, ours, select(t.units)) == []
    assert raw(postgres_url, ours, update(t.units).values(name="stolen")) == 0
    stolen = insert(t.units).values(
        id=new_id(), tenant_id=theirs, code="c", name="c", short="c", kind="office"
    )
    with pytest.raises(DBAPIError, match="row-level security"):
        raw(postgres_url, ours, stolen)


def test_the_runtime_role_is_neither_superuser_nor_bypasses_security(postgres_url: URL) -> None:
    row = raw(
        postgres_url,
        None,
        text("select rolsuper, rolbypassrls from pg_roles where rolname = current_user"),
    )
    assert row == [(False, False)]


def test_every_tenant_table_enables_and_forces_row_level_security(postgres_url: URL) -> None:
    rows = raw(
        postgres_url,
        None,
        text(
            "select relname, relrowsecurity, relforcerowsecurity from pg_class "
            "where relkind = 'r' and relnamespace = 'public'::regnamespace"
        ),
    )
    secured = {name for name, on, forced in rows if on and forced}  # type: ignore[attr-defined]
    assert secured == set(tenant_table_names())


def test_history_and_records_only_grow(postgres_url: URL) -> None:
    for table in ("history", "records"):
        for verb in (f"update {table} set tenant_id = tenant_id", f"delete from {table}"):
            with pytest.raises(DBAPIError, match="permission denied"):
                raw(postgres_url, None, text(verb))


def test_a_superuser_is_refused(postgres_server: URL) -> None:
    with pytest.raises(RoleRefused):
        Database(postgres_server.render_as_string(hide_password=False))
    Database(postgres_server.render_as_string(hide_password=False), insecure_role=True).dispose()
