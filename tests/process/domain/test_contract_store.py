"""Contracts in the database: what a signed one must say, once a case and once a number."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from desk import Desk

from domain.contracts.rules import Contract, ContractInvalid
from domain.contracts.store import contracts_of, record_contract
from engine.errors import Conflict
from engine.ids import new_id

HOLDER = new_id()


def contract(desk: Desk, **changed: Any) -> Contract:
    base = Contract(
        number="合〔2026〕1号",
        year=2026,
        division="150600",
        enterprise_id=HOLDER,
        mine_name="青峦煤矿",
        is_new_mine=False,
        complete_by=desk.today + timedelta(days=300),
        signed_on=desk.today,
        files=("file",),
    )
    return replace(base, **changed)


def record(desk: Desk, case_id: UUID, **changed: Any) -> UUID:
    given = contract(desk, **changed)
    with desk.tx() as tx:
        return record_contract(tx, desk.office, case_id, given, None, at=desk.clock.now())


@pytest.mark.rule("R-IM-10")
def test_a_signed_contract_is_kept_for_its_holder(desk: Desk) -> None:
    made = record(desk, desk.case())
    with desk.tx() as tx:
        (row,) = contracts_of(tx, HOLDER)
    assert (row.id, row.number, row.mine_name) == (made, "合〔2026〕1号", "青峦煤矿")


@pytest.mark.rule("R-IM-10")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"number": " "}, "number"),
        ({"mine_name": ""}, "mineName"),
        ({"files": ()}, "file"),
        ({"signed_on": timedelta(days=1)}, "signedOn"),
        ({"complete_by": timedelta(days=0)}, "completeBy"),
    ],
)
def test_a_contract_that_lacks_something_is_refused_by_field(
    desk: Desk, changed: dict[str, Any], field: str
) -> None:
    dated = {k: desk.today + v if isinstance(v, timedelta) else v for k, v in changed.items()}
    with pytest.raises(ContractInvalid) as refused:
        record(desk, desk.case(), **dated)
    errors: Any = refused.value.facts["errors"]
    assert [error["field"] for error in errors] == [field]


def test_recording_twice_for_one_case_gives_one_contract(desk: Desk) -> None:
    case_id = desk.case()
    assert record(desk, case_id) == record(desk, case_id)


def test_a_number_names_one_contract(desk: Desk) -> None:
    record(desk, desk.case())
    with pytest.raises(Conflict, match="number"):
        record(desk, desk.case())
