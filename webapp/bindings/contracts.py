"""Service tasks about enterprises and the contracts with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from domain.contracts.rules import Contract
from domain.contracts.store import record_contract
from engine.definitions.binding import BindingContext, Bindings, Result
from engine.errors import NotFound
from engine.store.control import enterprises
from webapp.bindings.inputs import Inputs
from webapp.bindings.supervision import removed_too_often

bindings = Bindings()


@bindings.register(
    "enterprise.find", gives={"found": "boolean", "principal": "string", "name": "string"}
)
def find_enterprise(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """The enterprise with ``creditCode``: ``found``, its ``principal`` and its ``name``."""
    code = Inputs(context, given).text("creditCode")
    row = context.tx.one(select(enterprises).where(enterprises.c.credit_code == code))
    if row is None:
        return {"found": False, "principal": "", "name": ""}
    return {"found": True, "principal": f"enterprise:{row.id}", "name": row.name}


@bindings.register(
    "enterprise.applicant", gives={"name": "string", "creditCode": "string", "obstacle": "string"}
)
def find_applicant(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """The enterprise that applies, as it is registered: ``name`` and ``creditCode``.

    ``obstacle`` says that it was removed from the list too often to be accepted; "" when not.

    Rules: R-YJ-15, R-YJ-16.
    """
    applicant = Inputs(context, given).principal("principal", "enterprise")
    row = context.tx.one(select(enterprises).where(enterprises.c.id == applicant))
    if row is None:
        raise NotFound("申报人不是已登记的企业", "the applicant is no registered enterprise")
    told = removed_too_often(context, row.name)
    return {"name": row.name, "creditCode": row.credit_code, "obstacle": told}


@bindings.register("contract.record", gives={"contract": "string"})
def record(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Keep the signed contract of the case; gives ``contract``, its id."""
    inputs = Inputs(context, given)
    year, holder = inputs.number("year"), inputs.principal("holder", "enterprise")
    if year is None:
        raise inputs.wrong("year", "年度", "a year")
    if holder is None:
        raise inputs.wrong("holder", "采矿权人", "a mining-right holder")
    contract = Contract(
        number=inputs.text("number"),
        year=int(year),
        division=inputs.text("city"),
        enterprise_id=holder,
        mine_name=inputs.text("mineName"),
        is_new_mine=inputs.flag("isNewMine"),
        complete_by=inputs.required_day("completeBy"),
        signed_on=inputs.required_day("signedOn"),
        files=tuple(inputs.texts("file")),
    )
    made = record_contract(
        context.tx, context.office, context.case_id, contract, context.actor, at=context.now
    )
    return {"contract": str(made)}
