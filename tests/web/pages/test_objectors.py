"""Who objects, and with what proof, is seen by those who verify and by nobody else."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.notices.model import objections
from engine.store.tables import attachments
from tests.web.a1.drive import SLUG
from tests.web.pages.conftest import At
from tests.web.pages.desk import CAST, Desk, upload

NOTICES = f"/public/{SLUG}/notices"
TOLD = {"name": "张建国", "contact": "13800000000", "content": "排土场未按方案复垦"}
VERIFIERS = {"region", "regional colleague"}
HAN = re.compile(r"[\u4e00-\u9fff]")


def noticed(at: At) -> tuple[Desk, str]:
    """A case put to notice today; the address of the notice."""
    desk, case = at("PrepareNotice")
    desk.drive.complete(case, "PrepareNotice")
    return desk, str(desk.anybody().get(NOTICES).one("//tbody//a/@href"))


def objected(at: At) -> tuple[Desk, Any]:
    """A notice with an objection; the row of the objection."""
    desk, notice = noticed(at)
    desk.anybody().post(f"{notice}/objections", {**TOLD, "evidence": upload()})
    (row,) = desk.drive.rows(objections)
    return desk, row


@pytest.mark.rule("R-GEN-1")
def test_the_proof_is_for_those_who_verify_alone(at: At) -> None:
    desk, row = objected(at)
    proof = f"/objections/{row.id}/files/{row.evidence[0]}"
    seen = {who for who in CAST if desk[who].get(proof).status == 200}
    assert seen == {who for who in CAST if desk[who].get(f"/objections/{row.id}").status == 200}
    assert seen == VERIFIERS
    assert desk.anybody().get(proof).status == 302


def test_the_proof_is_no_attachment_of_a_case_for_anybody(at: At) -> None:
    desk, row = objected(at)
    own = next(one for one in desk.drive.rows(attachments) if one.case_id is not None)
    assert desk["region"].get(f"/files/{own.id}").status == 200
    for who in CAST:
        assert desk[who].get(f"/files/{row.evidence[0]}").status == 404, who


def test_nobody_takes_the_proof_into_a_form_of_his_own(at: At) -> None:
    desk, row = objected(at)
    case = desk.drive.at("SubmitApplication")
    address = f"/work/{desk.item('applicant', case, 'SubmitApplication')}"
    answers = desk.answers("applicant", case, "SubmitApplication")
    form = desk["applicant"].get(address).fields("//form[@id='task-form']")
    given = {**form.to_dict(), **answers, "_submit": "1"}
    taken = {**given, "f.material.businessLicence": list(row.evidence)}
    assert desk["applicant"].post(address, taken).status == 422
    assert desk["applicant"].post(address, given).status == 303
    (proof,) = [one for one in desk.drive.rows(attachments) if str(one.id) in row.evidence]
    assert proof.case_id is None


def test_an_objection_that_lacks_something_is_told_so_in_english(at: At) -> None:
    desk, notice = noticed(at)
    browser = desk.anybody()
    browser.get("/language/en")
    shown = browser.post(f"{notice}/objections", {"name": "匿名", "contact": "x", "content": ""})
    assert shown.status == 422
    told = shown.errors()
    assert len(told) == 4
    assert [fault for fault in told if HAN.search(fault)] == []
