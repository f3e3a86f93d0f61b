"""The rules of contracts, pure: what a signed contract must say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from engine.errors import Invalid


@dataclass(frozen=True)
class Contract:
    """A contract with a mining-right holder: which mine, by when, signed when."""

    number: str
    year: int
    division: str
    enterprise_id: UUID
    mine_name: str
    is_new_mine: bool
    complete_by: dt.date
    signed_on: dt.date
    files: tuple[str, ...] = ()


class ContractInvalid(Invalid):
    """A contract does not say what it must; ``facts['errors']`` lists {field, message}."""

    code = "contract_invalid"


def check_contract(contract: Contract, today: dt.date) -> None:
    """Raise :class:`ContractInvalid` unless number, mine, dates and the signed paper are there.

    Rules: R-IM-10.
    """
    errors = [{"field": field, "message": message} for field, message in _faults(contract, today)]
    if errors:
        raise ContractInvalid(
            f"合同登记有误：{errors[0]['message']}", "the contract is not complete", errors=errors
        )


def _faults(contract: Contract, today: dt.date) -> Iterator[tuple[str, str]]:
    if not contract.number.strip():
        yield "number", "请填写合同编号"
    if not contract.mine_name.strip():
        yield "mineName", "请填写矿山名称"
    if contract.signed_on > today:
        yield "signedOn", "签订日期不能晚于今天"
    if contract.complete_by <= contract.signed_on:
        yield "completeBy", "完成时限须晚于签订日期"
    if not contract.files:
        yield "file", "请上传签订的合同"
