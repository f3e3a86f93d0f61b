"""A1, step 0: targets of the year, contract with the holder, its performance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from domain.contracts.model import contracts

from .changing import change
from .conftest import Arrive
from .drive import Drive, wrong_fields
from .test_who_applies import task_page

TERMS = ("tasks", "schedule", "completeBy", "demands", "liability")


def begun(arrive_once: Arrive, values: Mapping[str, Any] | None = None) -> tuple[Drive, str]:
    """A contract that a government begins, with other parameters on demand."""
    drive, _ = arrive_once("AssessSelf")
    if values:
        change(drive, values)
    body = {"procedure": "annual-contract", "variables": {}}
    case = str(drive.call("aosi", "POST", "/cases", body, expect=201)["id"])
    named = drive.files[next(iter(drive.files))]
    drive.files[case] = {sort: list(ids) for sort, ids in named.items()}
    drive.files[case]["document"] = [drive.upload("tumen", "合同.pdf", b"%PDF-1.4\n%%EOF\n")]
    return drive, case


def signed(arrive_once: Arrive) -> tuple[Drive, str]:
    """A contract that is to be fulfilled within ten days."""
    drive, case = begun(arrive_once)
    reach_the_term(drive, case)
    return drive, case


def reach_the_term(drive: Drive, case: str) -> None:
    """Draft, agree and sign; then the ten days of the contract pass."""
    drive.complete(case, "SetTargets")
    until = (drive.today + timedelta(days=10)).isoformat()
    drive.complete(case, "DraftContract", completeBy=until)
    drive.complete(case, "ConfirmContract")
    drive.complete(case, "SignContract")
    assert drive.open_steps(case) == []
    drive.wait(9)
    assert drive.open_steps(case) == ["CheckPerformance"]


@pytest.mark.rule("R-IM-9")
def test_the_government_sets_the_targets_before_any_contract(arrive_once: Arrive) -> None:
    drive, case = begun(arrive_once)
    assert drive.open_steps(case) == ["SetTargets"]
    assert drive.items("wulan", case, "SetTargets") == [], "the bureau does not set them"
    refused = drive.complete(case, "SetTargets", expect=422, tasks=None, largeTarget=None)
    assert wrong_fields(refused) == {"tasks", "largeTarget"}
    drive.complete(case, "SetTargets")
    assert drive.open_steps(case) == ["DraftContract"]
    assert "SetTargets" in drive.passed(case)


@pytest.mark.rule("R-IM-9")
def test_targets_set_after_the_end_of_march_are_not_late_at_once(arrive_once: Arrive) -> None:
    drive, _ = arrive_once("AssessSelf")
    drive.wait(40)
    assert drive.today > date(2026, 3, 31)
    body = {"procedure": "annual-contract", "variables": {}}
    case = drive.call("aosi", "POST", "/cases", body, expect=201)["id"]
    assert drive.due(case, "SetTargets") == date(2027, 3, 31)


@pytest.mark.rule("R-IM-10")
@pytest.mark.parametrize("term", TERMS)
def test_a_contract_states_every_term(arrive_once: Arrive, term: str) -> None:
    drive, case = begun(arrive_once)
    drive.complete(case, "SetTargets")
    refused = drive.complete(case, "DraftContract", expect=422, **{term: None})
    assert wrong_fields(refused) == {term}


@pytest.mark.rule("R-IM-10")
def test_the_holder_reads_the_contract_before_agreeing(arrive_once: Arrive) -> None:
    drive, case = begun(arrive_once)
    drive.complete(case, "SetTargets")
    drive.complete(case, "DraftContract", completeBy="2026-12-31")
    shown = task_page(drive, case)
    for text in ("智能化改造", "六月底前完成", "约束性指标全部达标", "承担违约金", "2026-12-31"):
        assert text in shown
    drive.complete(case, "ConfirmContract", answer="change", objection="完成时限请顺延一个月。")
    assert drive.open_steps(case) == ["DraftContract"]
    assert "完成时限请顺延一个月" in task_page(drive, case, "wulan")


@pytest.mark.rule("R-IM-10")
def test_a_contract_that_is_fulfilled(arrive_once: Arrive) -> None:
    drive, case = signed(arrive_once)
    (row,) = drive.rows(contracts)
    assert row.mine_name == "青峦二十号煤矿"
    drive.complete(case, "CheckPerformance")
    assert drive.outcome(case) == ("completed", "按约完成")
    assert drive.breaks(case) == []


@pytest.mark.rule("R-IM-10")
def test_a_breach_is_pursued(arrive_once: Arrive) -> None:
    drive, case = signed(arrive_once)
    drive.complete(case, "CheckPerformance", result="breached")
    refused = drive.complete(case, "PursueBreach", expect=422, liabilityPursued=None)
    assert wrong_fields(refused) == {"liabilityPursued"}
    drive.complete(case, "PursueBreach")
    assert drive.outcome(case) == ("completed", "违约已处理")
