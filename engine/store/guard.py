"""No statement reaches a tenant's rows without naming the tenant of the unit of work."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from sqlalchemy import Column, Table
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, ClauseElement, TextClause
from sqlalchemy.sql.selectable import Alias, FromClause
from sqlalchemy.sql.visitors import iterate

from engine.store.metadata import TENANT, is_tenant_table

_passed: WeakSet[ClauseElement] = WeakSet()


class TenantScopeMissing(RuntimeError):
    """A statement could see more than one tenant; a defect of ours, refused before it runs."""


def check_scope(statement: ClauseElement) -> None:
    """Raise unless every tenant table in the statement is tied to the tenant parameter."""
    if statement in _passed:
        return
    tables, tied, equal = _facts(statement)
    free = tables - _closure(tied, equal)
    if free:
        names = ", ".join(sorted(str(getattr(t, "name", t)) for t in free))
        raise TenantScopeMissing(f"no tenant predicate for: {names}")
    _passed.add(statement)


def _facts(statement: ClauseElement) -> tuple[set[Any], set[Any], list[tuple[Any, Any]]]:
    tables: set[Any] = set()
    tied: set[Any] = set()
    equal: list[tuple[Any, Any]] = []
    for part in iterate(statement):
        if isinstance(part, TextClause):
            raise TenantScopeMissing("textual SQL has no place in a tenant's unit of work")
        if isinstance(part, Column) and part.table is not None and _is_scoped(part.table):
            tables.add(part.table)
        elif isinstance(part, Table | Alias) and _is_scoped(part):
            tables.add(part)
        elif isinstance(part, BinaryExpression) and part.operator is operators.eq:
            _read_equality(part, tied, equal)
    return tables, tied, equal


def _is_scoped(source: FromClause) -> bool:
    table = source.element if isinstance(source, Alias) else source
    return isinstance(table, Table) and is_tenant_table(table)


def _read_equality(
    part: BinaryExpression[Any], tied: set[Any], equal: list[tuple[Any, Any]]
) -> None:
    left, right = _tenant_column(part.left), _tenant_column(part.right)
    if left is not None and right is not None:
        equal.append((left, right))
    elif left is not None and _is_tenant_parameter(part.right):
        tied.add(left)
    elif right is not None and _is_tenant_parameter(part.left):
        tied.add(right)


def _tenant_column(side: Any) -> Any:
    name = getattr(side, "name", None)
    table = getattr(side, "table", None)
    return table if name == "tenant_id" and table is not None else None


def _is_tenant_parameter(side: Any) -> bool:
    return isinstance(side, BindParameter) and side.key == TENANT.key


def _closure(tied: set[Any], equal: list[tuple[Any, Any]]) -> set[Any]:
    reached = set(tied)
    grown = True
    while grown:
        grown = False
        for left, right in equal:
            if (left in reached) != (right in reached):
                reached |= {left, right}
                grown = True
    return reached
