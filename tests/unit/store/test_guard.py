"""The guard knows what ties a statement to the tenant, and what only looks like it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import (
    and_,
    case,
    column,
    delete,
    exists,
    func,
    insert,
    literal_column,
    not_,
    or_,
    select,
    table,
    text,
    true,
    union,
    update,
)
from sqlalchemy.dialects import postgresql

from engine.ids import new_id
from engine.store.control import dispatch, tenants
from engine.store.guard import TenantScopeMissing, WriteRefused, check_scope
from engine.store.metadata import TENANT
from engine.store.tables import cases, history, units, work_items

OURS = units.c.tenant_id == TENANT
JOINED = and_(cases.c.tenant_id == work_items.c.tenant_id, cases.c.id == work_items.c.case_id)
OTHER = units.alias("other")
ALL_CODES = select(units.c.code).subquery()
ALL_UNITS = select(units.c.tenant_id, units.c.code).cte("every")

TIED: dict[str, Any] = {
    "a plain condition": select(units).where(OURS, units.c.code == "x"),
    "an operand of AND": select(units).where(and_(OURS, or_(units.c.code == "x", true()))),
    "a join over the tenant": select(work_items)
    .join(cases, JOINED)
    .where(work_items.c.tenant_id == TENANT),
    "an outer join over the tenant": select(work_items)
    .outerjoin(cases, JOINED)
    .where(work_items.c.tenant_id == TENANT),
    "a subquery of its own": select(func.count()).select_from(
        select(units.c.code).where(OURS).subquery()
    ),
    "a nested query tied to the outer one": select(cases).where(
        cases.c.tenant_id == TENANT,
        exists().where(work_items.c.tenant_id == cases.c.tenant_id),
    ),
    "a union of tied queries": union(
        select(units.c.code).where(OURS), select(OTHER.c.name).where(OTHER.c.tenant_id == TENANT)
    ),
    "a change": update(units).where(OURS).values(name="x"),
    "a deletion": delete(units).where(OURS),
    "a row of the tenant": insert(units).values(tenant_id=TENANT, id=new_id(), code="x"),
    "a control table": select(dispatch).where(dispatch.c.kind == "x"),
    "a control row": insert(tenants).values(id=new_id()),
}

FREE: dict[str, Any] = {
    "no condition": select(units),
    "a value instead of the parameter": select(units).where(units.c.tenant_id == new_id()),
    "an operand of OR": select(units).where(or_(OURS, units.c.code == "x")),
    "a negation": select(units).where(not_(and_(OURS, units.c.code == "x"))),
    "a comparison in the columns": select(units.c.code, OURS),
    "a comparison in the order": select(units.c.code).order_by(OURS),
    "a branch of CASE": select(units).where(case((OURS, True), else_=True)),
    "the other query of a union": union(
        select(units.c.code).where(OURS), select(units.c.code).where(units.c.code == "x")
    ),
    "a subquery in FROM": select(units.c.name, ALL_CODES.c.code).where(OURS),
    "a common table expression": select(ALL_UNITS.c.code).where(
        ALL_UNITS.c.tenant_id == TENANT, exists(select(units.c.id).where(OURS))
    ),
    "a nested query over another table": select(units).where(
        OURS, units.c.code.in_(select(cases.c.number))
    ),
    "a nested query that does not look outside": select(units).where(
        OURS, units.c.code.in_(select(units.c.code).correlate(None))
    ),
    "an alias": select(units, OTHER.c.name).where(OURS),
    "the kept side of an outer join": select(work_items).outerjoin(
        cases, and_(JOINED, cases.c.tenant_id == TENANT)
    ),
    "a full join": select(work_items)
    .join(cases, JOINED, full=True)
    .where(work_items.c.tenant_id == TENANT),
    "a table by name": select(table("units", column("code"))),
    "a column by name": select(literal_column("(select name from units)")),
    "SQL text": text("select * from units"),
    "SQL text as a condition": select(units).where(OURS, text("1 = 1")),
    "a change of every row": update(units).values(name="x"),
    "a change with a free value": update(units)
    .where(OURS)
    .values(name=select(cases.c.number).limit(1).scalar_subquery()),
    "a change beside another table": update(units)
    .where(OURS, units.c.code == cases.c.number)
    .values(name=cases.c.title),
    "a deletion beside another table": delete(units).where(OURS, units.c.code == cases.c.number),
    "a row of any tenant": insert(units).values(tenant_id=new_id(), id=new_id(), code="x"),
    "a row without tenant": insert(units).values(id=new_id(), code="x"),
    "several rows": insert(units).values([{"tenant_id": new_id(), "id": new_id()}]),
    "rows from a query": insert(units).from_select(["tenant_id", "code"], select(OTHER)),
    "a row met by another key": postgresql.insert(units)
    .values(tenant_id=TENANT, id=new_id())
    .on_conflict_do_update(index_elements=["code"], set_={"name": "x"}),
    "a change inside a query": select(update(units).returning(units.c.code).cte("c").c.code),
}

FORBIDDEN: dict[str, Any] = {
    "moving a row": update(units).where(OURS).values(tenant_id=new_id()),
    "moving a row, in order": update(units).where(OURS).ordered_values(("tenant_id", new_id())),
    "changing history": update(history).where(history.c.tenant_id == TENANT).values(kind="x"),
    "deleting history": delete(history).where(history.c.tenant_id == TENANT),
}


@pytest.mark.parametrize("name", TIED)
def test_a_statement_that_keeps_to_its_tenant_passes(name: str) -> None:
    check_scope(TIED[name])


@pytest.mark.parametrize("name", FREE)
def test_a_statement_that_could_see_another_tenant_is_refused(name: str) -> None:
    with pytest.raises(TenantScopeMissing):
        check_scope(FREE[name])


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_row_keeps_its_tenant_and_history_its_rows(name: str) -> None:
    with pytest.raises(WriteRefused):
        check_scope(FORBIDDEN[name])
