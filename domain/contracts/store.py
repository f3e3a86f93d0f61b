"""Contracts in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.contracts.model import contracts
from domain.contracts.rules import Contract, check_contract
from engine.actors import Actor
from engine.errors import Conflict
from engine.office import Office, local_date
from engine.store.database import Unit
from engine.store.metadata import TENANT


def record_contract(
    tx: Unit,
    office: Office,
    case_id: UUID,
    contract: Contract,
    actor: Actor | None,
    *,
    at: datetime,
) -> UUID:
    """Keep a signed contract; the same case gives the same one, another's number is refused.

    Rules: R-IM-10.
    """
    known = _one(tx, contracts.c.case_id == case_id)
    if known is not None:
        found: UUID = known.id
        return found
    check_contract(contract, local_date(office, at))
    if _one(tx, contracts.c.number == contract.number.strip()) is not None:
        raise Conflict(
            f"合同编号 {contract.number} 已登记",
            "a contract with this number exists",
            code="contract_number",
        )
    return tx.insert(
        contracts,
        case_id=case_id,
        number=contract.number.strip(),
        year=contract.year,
        division=contract.division,
        enterprise_id=contract.enterprise_id,
        mine_name=contract.mine_name.strip(),
        is_new_mine=contract.is_new_mine,
        complete_by=contract.complete_by,
        signed_on=contract.signed_on,
        files=list(contract.files),
        recorded_at=at,
        recorded_by=None if actor is None else actor.membership_id,
    )


def contracts_of(tx: Unit, enterprise_id: UUID) -> Sequence[Any]:
    """Every contract with a mining-right holder, latest first."""
    return tx.all(
        select(contracts)
        .where(contracts.c.tenant_id == TENANT, contracts.c.enterprise_id == enterprise_id)
        .order_by(contracts.c.signed_on.desc(), contracts.c.id.desc())
    )


def _one(tx: Unit, where: Any) -> Any:
    return tx.one(select(contracts).where(contracts.c.tenant_id == TENANT, where))
