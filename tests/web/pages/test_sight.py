"""What those outside the authority see of a case: their part of it, and no inner step."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from engine.store.metadata import TENANT
from engine.store.tables import records
from tests.web.a1.drive import Drive
from tests.web.pages.conftest import At

INNER = ("DrawSample", "SpotCheck", "Deliberate", "CheckDocuments", "实地抽查", "审议", "drawRank")


def submitted(drive: Drive, case: str, element: str) -> Any:
    """The latest submission of a step."""
    with drive.product.db.tenant(drive.prepared.tenant_id, read_only=True) as tx:
        rows = tx.all(select(records).where(records.c.tenant_id == TENANT))
    found = [row for row in rows if str(row.case_id) == case and row.element == element]
    return found[-1]


def add_file(drive: Drive, who: str, case: str, element: str) -> str:
    """A file as one that was handed in with a step."""
    file = drive.upload(who, "内部意见.pdf", b"%PDF-1.4 " + element.encode())
    row = submitted(drive, case, element)
    entry = json.dumps([[file, "内部意见.pdf", 1, "0" * 64]])
    with sqlite3.connect(str(drive.product.db.url.database)) as raw:  # past the guard
        raw.execute(
            "update attachments set case_id = ? where id = ?", (row.case_id.hex, UUID(file).hex)
        )
        raw.execute("update records set files = ? where id = ?", (entry, row.id.hex))
    return file


def test_an_applicant_does_not_learn_of_inner_steps_from_the_history(at: At) -> None:
    desk, case = at("PrepareNotice")
    told = json.dumps(desk.drive.get("zhaolei", f"/cases/{case}/history"), ensure_ascii=False)
    assert not [word for word in (*INNER, "IsSampled", "达来", "肖红") if word in told]
    assert '"stage": "自治区核查"' in told
    assert "SpotCheck" in json.dumps(desk.drive.history(case))


def test_stages_are_told_once_however_many_steps_they_have(at: At) -> None:
    desk, case = at("PrepareNotice")
    facts = desk.drive.get("zhaolei", f"/cases/{case}/history")
    stages = [fact["content"].get("stage") for fact in facts]
    assert stages.count("自治区核查") == 1
    assert [fact["seq"] for fact in facts] == list(range(1, len(facts) + 1))
    later = desk.drive.get("zhaolei", f"/cases/{case}/history?after=3")
    assert later == facts[3:]


@pytest.mark.parametrize("step", ["SpotCheck", "Deliberate"])
def test_an_applicant_sees_no_inner_step_on_his_pages(at: At, step: str) -> None:
    desk, case = at(step)
    for place in (f"/cases/{case}", "/cases/mine"):
        shown = desk["applicant"].get(place)
        assert not [word for word in INNER if word in shown.main]
        assert "自治区核查" in shown.main
    found = desk.drive.get("zhaolei", f"/cases/{case}")
    assert found["stage"] == "自治区核查"
    assert [one["name"] for one in found["open"]] == ["自治区核查"]
    drawn = json.dumps(desk.drive.get("zhaolei", f"/cases/{case}/diagram"))
    assert not [word for word in INNER if word in drawn]


@pytest.mark.parametrize(("step", "is_told"), [("Accept", True), ("SpotCheck", False)])
def test_a_period_is_told_unless_it_betrays_the_step(at: At, step: str, is_told: bool) -> None:
    desk, case = at(step)
    assert desk.drive.due(case, step)
    (one,) = desk.drive.get("zhaolei", f"/cases/{case}")["open"]
    assert bool(one["due_at"]) is is_told


def test_an_applicant_cannot_open_an_inner_item(at: At) -> None:
    desk, case = at("SpotCheck")
    item = desk.item("region", case, "SpotCheck")
    assert desk["applicant"].get(f"/work/{item}").status == 404
    desk.drive.get("zhaolei", f"/work-items/{item}", expect=404)


def test_the_authority_sees_the_whole_history(at: At) -> None:
    desk, case = at("PrepareNotice")
    assert desk.drive.get("xiaohong", f"/cases/{case}/history") == desk.drive.history(case)
    assert "登记审议结果" in desk["region"].get(f"/cases/{case}").main


def test_an_applicant_gets_files_of_what_he_may_read_only(at: At) -> None:
    desk, case = at("PrepareNotice")
    inner = add_file(desk.drive, "xiaohong", case, "SpotCheck")
    own = submitted(desk.drive, case, "SubmitApplication").files[0][0]
    for who in ("applicant", "partner"):
        assert desk[who].get(f"/files/{inner}").status == 404
        assert desk[who].get(f"/files/{own}").status == 200
    assert desk["region"].get(f"/files/{inner}").status == 200


def test_a_body_declares_its_ties_before_the_file_opens(at: At) -> None:
    desk, case = at("AcceptAssignment")
    file = submitted(desk.drive, case, "SubmitApplication").files[0][0]
    facts = desk.drive.get("fanzhi", f"/cases/{case}/history")
    assert not [fact for fact in facts if fact["kind"] == "item.completed"]
    assert "承接" in desk["assessor"].get(f"/cases/{case}").main
    assert desk["assessor"].get(f"/files/{file}").status == 404
    desk.drive.complete(case, "AcceptAssignment", by="fanzhi")
    assert desk["assessor"].get(f"/files/{file}").status == 200


def test_a_body_that_declined_sees_the_case_no_longer(at: At) -> None:
    desk, case = at("AcceptAssignment")
    file = submitted(desk.drive, case, "SubmitApplication").files[0][0]
    refusal = {"answer": "decline", "declineReason": "评估力量不足。"}
    desk.drive.complete(case, "AcceptAssignment", by="fanzhi", **refusal)
    assert desk["assessor"].get(f"/cases/{case}").status == 404
    assert desk["assessor"].get(f"/files/{file}").status == 404
    desk.drive.get("fanzhi", f"/cases/{case}/history", expect=404)
    assert desk.drive.get("fanzhi", "/cases")["items"] == []


def test_a_body_sees_nothing_that_came_after_its_report(at: At) -> None:
    desk, case = at("WriteReport")
    desk.drive.complete(case, "WriteReport")
    desk.drive.clock.advance(timedelta(hours=1))
    desk.drive.walk(case, "PrepareNotice")
    later = add_file(desk.drive, "xiaohong", case, "SpotCheck")
    shown = desk["assessor"].get(f"/cases/{case}")
    assert shown.status == 200
    assert "编制评估报告" in shown.main
    assert not [word for word in ("登记审议结果", "实地抽查", "认定评估结果") if word in shown.main]
    facts = desk.drive.get("fanzhi", f"/cases/{case}/history")
    assert facts[-1]["element"] == "WriteReport"
    assert "ReceiveReport" not in json.dumps(facts)
    assert desk["assessor"].get(f"/files/{later}").status == 404
    found = desk.drive.get("fanzhi", f"/cases/{case}")
    listed = desk.drive.get("fanzhi", "/cases")["items"][0]
    for row in (found, listed):
        assert (row["status"], row["stage"], row["outcome"]) == ("open", "", "")


def test_a_body_at_work_sees_what_was_assigned(at: At) -> None:
    desk, case = at("WriteReport")
    shown = desk["assessor"].get(f"/cases/{case}")
    assert "提交申报材料" in shown.main
    assert "评估报告" in shown.main
    file = submitted(desk.drive, case, "SubmitApplication").files[0][0]
    assert desk["assessor"].get(f"/files/{file}").status == 200
