"""How tables are declared: tenant tables carry the tenant in every key, control tables are few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Uuid,
    bindparam,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

TENANT = bindparam("tenant", type_=Uuid())
"""The tenant of the unit of work; the only value a ``tenant_id`` may be compared with."""

_TENANT_TABLES: set[str] = set()
_APPEND_ONLY: set[str] = set()
_SETTLED: dict[str, tuple[str, ...]] = {}


def tenant_table(
    name: str,
    *items: Any,
    key: Sequence[str] = ("id",),
    append_only: bool = False,
    settled_by: Sequence[str] = (),
) -> Table:
    """Declare a table whose rows belong to a tenant; primary key ``(tenant_id, *key)``.

    Rows of a table that is ``append_only`` are never changed and never deleted. Of a row
    ``settled_by`` columns only these are ever written, and once the first of them is filled the
    row is neither changed nor deleted.
    """
    if settled_by:
        _SETTLED[name] = tuple(settled_by)
    if append_only:
        _APPEND_ONLY.add(name)
    columns: list[Any] = [Column("tenant_id", Uuid(), ForeignKey("tenants.id"), nullable=False)]
    if "id" in key:
        columns.append(Column("id", Uuid(), nullable=False))
    _TENANT_TABLES.add(name)
    return Table(name, metadata, *columns, *items, PrimaryKeyConstraint("tenant_id", *key))


def control_table(name: str, *items: Any) -> Table:
    """Declare a table outside tenants; the complete list is frozen by a test."""
    return Table(name, metadata, *items)


def ref(table: str, column: str) -> ForeignKeyConstraint:
    """A foreign key that cannot point into another tenant."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"])


def is_tenant_table(table: Table) -> bool:
    """True for tables declared with :func:`tenant_table`."""
    return table.name in _TENANT_TABLES


def is_append_only(table: Any) -> bool:
    """True for tables whose rows are never changed."""
    return getattr(table, "name", None) in _APPEND_ONLY


def settling_columns(table: Any) -> tuple[str, ...]:
    """The only columns of a table that are ever written, the deciding one first; mostly none."""
    return _SETTLED.get(getattr(table, "name", ""), ())


def tenant_tables() -> list[Table]:
    """All tenant tables in an order that satisfies their foreign keys."""
    return [t for t in metadata.sorted_tables if is_tenant_table(t)]


def control_tables() -> list[Table]:
    """All tables outside tenants."""
    return [t for t in metadata.sorted_tables if not is_tenant_table(t)]
