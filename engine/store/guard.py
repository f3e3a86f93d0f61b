"""No statement reaches a tenant's rows without naming the tenant of the unit of work.

Checked is the structure: every query, outermost or nested, ties each tenant table it reads to the
parameter ``tenant`` by a condition that always holds (an operand of OR or CASE does not), directly
or over equal ``tenant_id`` columns. A statement's structure is checked when it is compiled for
the first time; after that the cache of compiled statements knows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.engine import Compiled, ExecutionContext
from sqlalchemy.sql import operators
from sqlalchemy.sql.dml import Delete, Insert, Update, UpdateBase
from sqlalchemy.sql.elements import (
    BinaryExpression,
    BindParameter,
    BooleanClauseList,
    ClauseElement,
    ColumnClause,
    Grouping,
    ReleaseSavepointClause,
    RollbackToSavepointClause,
    SavepointClause,
    TextClause,
)
from sqlalchemy.sql.selectable import (
    Alias,
    AliasedReturnsRows,
    CompoundSelect,
    FromClause,
    Join,
    Select,
    SelectBase,
    TableClause,
)
from sqlalchemy.util import LRUCache

from engine.store.metadata import TENANT, is_append_only, is_tenant_table, settling_columns

CACHED_STATEMENTS = 1_000
READ_ONLY = "lucheng_read_only"

_SAVEPOINTS = (SavepointClause, RollbackToSavepointClause, ReleaseSavepointClause)

Tables = frozenset[Any]
Ties = dict[Any, set[Any]]
"""What becomes tied when the key is; ``None`` stands for the tenant parameter."""


class TenantScopeMissing(RuntimeError):
    """A statement could see more than one tenant; a defect of ours, refused before it runs."""


class WriteRefused(RuntimeError):
    """A statement changes what must not be changed here; a defect of ours."""


class CheckedCache(LRUCache[Any, Compiled]):
    """Compiled statements by structure; takes in only what passes the check."""

    def __init__(self) -> None:
        super().__init__(CACHED_STATEMENTS)

    def __setitem__(self, key: Any, compiled: Compiled) -> None:
        check_compiled(compiled)
        super().__setitem__(key, compiled)


def watch_execution(
    connection: Connection,
    _cursor: object,
    statement: str,
    parameters: Any,
    context: ExecutionContext | None,
    _many: bool,
) -> tuple[str, Any]:
    """Event hook: refuse what the cache could not check, and writes of a reading transaction."""
    options = connection.get_execution_options()
    compiled = getattr(context, "compiled", None)
    if compiled is None or not isinstance(options.get("compiled_cache"), CheckedCache):
        return statement, parameters
    if options.get(READ_ONLY) and isinstance(compiled.statement, UpdateBase):
        raise WriteRefused("this transaction was opened for reading")
    if compiled.cache_key is None:
        check_compiled(compiled)
    return statement, parameters


def check_compiled(compiled: Compiled) -> None:
    """Raise unless a compiled statement stays within one tenant."""
    statement = compiled.statement
    if statement is None:
        raise TenantScopeMissing("a statement without structure cannot be checked")
    check_scope(statement)
    keys = getattr(compiled, "column_keys", None) or ()
    if isinstance(statement, Update) and "tenant_id" in keys:
        raise WriteRefused("a row stays with its tenant")


def check_scope(statement: ClauseElement) -> None:
    """Raise unless every tenant table in the statement is tied to the tenant parameter."""
    if isinstance(statement, Insert):
        _check_insert(statement)
    elif isinstance(statement, Update | Delete):
        _check_change(statement)
    elif isinstance(statement, SelectBase):
        _check_query(statement, frozenset())
    elif not isinstance(statement, _SAVEPOINTS):
        raise TenantScopeMissing(f"{type(statement).__name__} has no place in a unit of work")


def _check_insert(statement: Insert) -> None:
    values: Mapping[Any, Any] = statement._values or {}
    if _is_scoped(statement.table):
        given = {getattr(column, "name", column): value for column, value in values.items()}
        clause = getattr(statement, "_post_values_clause", None)
        target = ["tenant_id"] if clause is None else clause.inferred_target_elements or ()
        if not _is_tenant_parameter(given.get("tenant_id")):
            raise TenantScopeMissing(f"a row of no tenant for {statement.table}")
        if "tenant_id" not in {getattr(part, "name", part) for part in target}:
            raise TenantScopeMissing(f"a row of another tenant could be met in {statement.table}")
    _check_parts(statement, frozenset({statement.table}))


def _check_change(statement: Update | Delete) -> None:
    table = statement.table
    if is_append_only(getattr(table, "element", table)):
        raise WriteRefused(f"rows of {table} are never changed")
    values = getattr(statement, "_values", None) or getattr(statement, "_ordered_values", None)
    written = {getattr(column, "name", column) for column in dict(values or ())}
    if "tenant_id" in written:
        raise WriteRefused("a row stays with its tenant")
    settling = settling_columns(getattr(table, "element", table))
    if settling and not written <= set(settling):
        raise WriteRefused(f"of rows of {table} only {settling} are ever written")
    tables = {table, *_tables_named(statement)}
    tied = _closure(_ties(statement._where_criteria), frozenset())
    _demand(tables, tied)
    _check_parts(statement, tied)


def _check_query(query: SelectBase, outer: Tables) -> None:
    """Check a query; ``outer`` are the tied tables of the queries around it that it may name."""
    if isinstance(query, CompoundSelect):
        for part in query.selects:
            _check_query(getattr(part, "element", part), outer)
        return
    if not isinstance(query, Select):
        raise TenantScopeMissing("textual SQL has no place in a unit of work")
    may_name = outer if query._auto_correlate or query._correlate else frozenset()
    ties = _ties(query._where_criteria)
    tables: set[Any] = set()
    for source in query.get_final_froms():
        tables |= _read_source(source, ties)
    tied = _closure(ties, may_name)
    _demand(tables, tied)
    _check_parts(query, tied)


def _read_source(source: Any, ties: Ties) -> set[Any]:
    """The tables of a FROM element; the conditions of its joins are added to the ties."""
    if isinstance(source, Join):
        found = _read_source(source.left, ties)
        right = _read_source(source.right, ties)
        if not source.full:
            for origin, reached in _ties([source.onclause]).items():
                ties.setdefault(origin, set()).update(
                    reached & right if source.isouter else reached
                )
        return found | right
    return {source} if isinstance(source, TableClause | Alias) else set()


def _ties(conditions: Iterable[Any]) -> Ties:
    """What conditions that must all hold say about columns named ``tenant_id``."""
    ties: Ties = {}
    for part in _conjuncts(conditions):
        if isinstance(part, BinaryExpression) and part.operator is operators.eq:
            left, right = _tenant_table(part.left), _tenant_table(part.right)
            if left is not None and right is not None:
                ties.setdefault(left, set()).add(right)
                ties.setdefault(right, set()).add(left)
            elif left is not None and _is_tenant_parameter(part.right):
                ties.setdefault(None, set()).add(left)
            elif right is not None and _is_tenant_parameter(part.left):
                ties.setdefault(None, set()).add(right)
    return ties


def _conjuncts(conditions: Iterable[Any]) -> Iterator[Any]:
    for condition in conditions:
        if isinstance(condition, Grouping):
            yield from _conjuncts([condition.element])
        elif isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
            yield from _conjuncts(condition.clauses)
        else:
            yield condition


def _closure(ties: Ties, outer: Tables) -> Tables:
    reached: set[Any] = set()
    todo = [None, *outer]
    while todo:
        table = todo.pop()
        if table not in reached:
            reached.add(table)
            todo.extend(ties.get(table, ()))
    return frozenset(reached)


def _demand(tables: Iterable[Any], tied: Tables) -> None:
    free = [table for table in tables if _is_scoped(table) and table not in tied]
    if free:
        names = ", ".join(sorted(str(getattr(t, "name", t)) for t in free))
        raise TenantScopeMissing(f"no tenant predicate for: {names}")


def _check_parts(statement: ClauseElement, tied: Tables) -> None:
    """Refuse raw SQL in a statement, and check the queries nested in it."""
    todo = [(part, tied) for part in statement.get_children()]
    while todo:
        part, outer = todo.pop()
        if isinstance(part, TextClause | UpdateBase) or _is_raw(part):
            raise TenantScopeMissing(f"raw SQL has no place in a unit of work: {part}")
        if isinstance(part, SelectBase):
            _check_query(part, outer)
            continue
        # A query in FROM stands alone; one in an expression may name the tables around it.
        inner = frozenset() if isinstance(part, AliasedReturnsRows) else outer
        todo.extend((child, inner) for child in part.get_children())


def _is_raw(part: Any) -> bool:
    if isinstance(part, TableClause):
        return not isinstance(part, Table)
    is_free = isinstance(part, ColumnClause) and (part.is_literal or part.table is None)
    return is_free and part.name != "*"  # the star of count(*)


def _tables_named(statement: Update | Delete) -> set[Any]:
    """The tables whose columns the statement names outside nested queries."""
    found: set[Any] = set()
    todo = list(statement.get_children())
    while todo:
        part = todo.pop()
        if isinstance(part, ColumnClause):
            found.add(part.table)
        elif isinstance(part, FromClause):
            found |= _read_source(part, {})
        elif not isinstance(part, SelectBase):
            todo.extend(part.get_children())
    return found


def _is_scoped(source: FromClause | None) -> bool:
    table = source.element if isinstance(source, Alias) else source
    return isinstance(table, Table) and is_tenant_table(table)


def _tenant_table(side: Any) -> Any:
    return side.table if isinstance(side, ColumnClause) and side.name == "tenant_id" else None


def _is_tenant_parameter(side: Any) -> bool:
    return isinstance(side, BindParameter) and side.key == TENANT.key


__all__ = [
    "READ_ONLY",
    "CheckedCache",
    "TenantScopeMissing",
    "WriteRefused",
    "check_compiled",
    "check_scope",
    "watch_execution",
]
