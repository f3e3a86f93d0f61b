"""A tenant cannot be forgotten: the guard, composite keys and row-level security."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import create_engine, insert, select, text, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError

from engine.ids import new_id
from engine.store import tables as t
from engine.store.control import tenants
from engine.store.database import Database, RoleRefused
from engine.store.guard import TenantScopeMissing, WriteRefused
from engine.store.metadata import TENANT
from tests.conftest import RUNTIME
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


@pytest.fixture
def another_role(postgres_server: URL, postgres_url: URL) -> Iterator[Callable[[str], URL]]:
    """Makes one more role of the server, with these rights; gives its URL for the database."""
    owner = postgres_server.set(database=postgres_url.database)
    engine, made = create_engine(owner, isolation_level="AUTOCOMMIT"), []

    def make(rights: str) -> URL:
        name = f"r_{uuid.uuid4().hex[:8]}"
        with engine.connect() as connection:
            connection.execute(text(f"create role {name} login password 'secret'"))
            made.append(name)
            connection.execute(text(rights.format(role=name)))
        return owner.set(username=name, password="secret")

    yield make
    with engine.connect() as connection:
        for name in made:
            connection.execute(text(f"reassign owned by {name} to current_user"))
            connection.execute(text(f"drop owned by {name}"))
            connection.execute(text(f"drop role {name}"))
    engine.dispose()


@pytest.mark.parametrize(
    "rights",
    [
        "alter table history owner to {role}",
        'grant "{owner}" to {{role}}',
        "alter role {role} bypassrls",
        "alter role {role} createrole",
    ],
)
def test_a_role_that_could_get_past_the_walls_is_refused(
    postgres_server: URL, another_role: Callable[[str], URL], rights: str
) -> None:
    if "{owner}" in rights:
        rights = rights.format(owner=postgres_server.username)
    url = another_role(rights).render_as_string(hide_password=False)
    with pytest.raises(RoleRefused):
        Database(url)


def test_a_role_that_only_works_is_taken(another_role: Callable[[str], URL]) -> None:
    url = another_role(f"grant {RUNTIME} to {{role}}")
    Database(url.render_as_string(hide_password=False)).dispose()


@pytest.mark.parametrize("table", ["list_events", "contents", "readings", "batch_acts"])
def test_what_only_grows_is_neither_changed_nor_deleted(postgres_url: URL, table: str) -> None:
    for verb in (f"update {table} set tenant_id = tenant_id", f"delete from {table}"):
        with pytest.raises(DBAPIError, match="permission denied"):
            raw(postgres_url, None, text(verb))


def add_upload(database: Database, tenant_id: UUID) -> UUID:
    facts = {"name": "证明.pdf", "media_type": "application/pdf", "size": 1, "digest": "0" * 64}
    with database.tenant(tenant_id) as tx:
        return tx.insert(t.attachments, case_id=None, uploaded_by=None, uploaded_at=NOW, **facts)


def add_draw(database: Database, tenant_id: UUID) -> UUID:
    facts = {"kind": "spot-check", "content": {"sizes": {}}, "frozen_digest": "0" * 64}
    with database.tenant(tenant_id) as tx:
        return tx.insert(t.draws, number="2026-0001", frozen_at=NOW, by=new_id(), **facts)


@pytest.mark.parametrize(
    ("add", "settle", "change", "never"),
    [
        (add_upload, f"attachments set case_id = '{new_id()}'", "case_id = null", "digest = 'x'"),
        (add_draw, "draws set settled_at = now()", "seed = 'second'", "content = '[]'"),
    ],
    ids=["attachments", "draws"],
)
def test_a_settled_row_stays_as_it_is(
    postgres_url: URL, add: Callable[[Database, UUID], UUID], settle: str, change: str, never: str
) -> None:
    database = Database(postgres_url.render_as_string(hide_password=False))
    ours = add_tenant(database, "ours")
    add(database, ours)
    database.dispose()
    table = settle.partition(" ")[0]
    with pytest.raises(DBAPIError, match="permission denied"):
        raw(postgres_url, ours, text(f"update {table} set {never}"))
    assert raw(postgres_url, ours, text(f"update {settle}")) == 1
    for verb in (f"update {table} set {change}", f"delete from {table}"):
        with pytest.raises(DBAPIError, match="permission denied"):
            raw(postgres_url, ours, text(verb))


def test_the_guard_lets_only_the_settling_columns_be_written(database: Database) -> None:
    ours = add_tenant(database, "ours")
    upload = add_upload(database, ours)
    with database.tenant(ours) as tx:
        with pytest.raises(WriteRefused):
            tx.update(t.attachments, t.attachments.c.id == upload, digest="1" * 64)
        with pytest.raises(WriteRefused):
            tx.update(t.contents, t.contents.c.digest == "0", body=b"x")
        assert tx.update(t.attachments, t.attachments.c.id == upload, case_id=new_id()) == 1
