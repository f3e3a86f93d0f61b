"""迁移: a procedure is redrawn and published; running cases follow it, or stay with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from engine.definitions.loading import tenant_id_of
from engine.history import verify_all
from engine.timing.work import run_due
from tests.process.levels import RIGID
from webapp.worker import all_doers

from .conftest import Levelled
from .test_procedure_pages import PAGE, Desktop, browser, drawn

FILLED = {"subject": "试行", "amount": "12", "plannedOn": "2026-05-01"}
CHECK = """<bpmn:userTask id="Check" name="形式审查"><bpmn:extensionElements><zeebe:userTask />
<zeebe:formDefinition formId="walking-opinion" />
<zeebe:assignmentDefinition candidateGroups="applicant" /></bpmn:extensionElements>
<bpmn:incoming>Fill_to_Fork</bpmn:incoming><bpmn:outgoing>Check_to_Fork</bpmn:outgoing></bpmn:userTask>
<bpmn:sequenceFlow id="Check_to_Fork" sourceRef="Check" targetRef="Fork" />"""
REDRAWN = (
    RIGID.replace(
        'id="Fill_to_Fork" sourceRef="Fill" targetRef="Fork"',
        'id="Fill_to_Fork" sourceRef="Fill" targetRef="Check"',
    )
    .replace(
        "<bpmn:incoming>Fill_to_Fork</bpmn:incoming>",
        "<bpmn:incoming>Check_to_Fork</bpmn:incoming>",
    )
    .replace('<bpmn:parallelGateway id="Fork"', f'{CHECK}<bpmn:parallelGateway id="Fork"', 1)
    .replace("OpinionA", "OpinionFirst")
)


def run(levels: Levelled) -> None:
    while run_due(levels.product.db, levels.product.world, all_doers()):
        pass


def begin(levels: Levelled) -> str:
    body = {"procedure": "walking", "variables": {}}
    return str(levels.call("below/applicant", "POST", "/cases", 201, body)["id"])


def fill(levels: Levelled, case: str) -> None:
    """Complete the first step of a case."""
    rows = levels.call("below/applicant", "GET", "/work-items?view=group", 200)["items"]
    item = next(row for row in rows if row["case"] == case)
    body = {"revision": item["revision"], "data": FILLED}
    path = f"/work-items/{item['id']}/complete"
    levels.call("below/applicant", "POST", path, 200, body)


def results(answer: Any) -> dict[str, str]:
    return {case["case_id"]: case["status"] for case in answer["cases"]}


@pytest.fixture
def admin(levels: Levelled) -> Desktop:
    return browser(levels, "below", "admin")


def test_a_redraw_is_published_and_running_cases_follow_it_or_stay_with_a_reason(
    levels: Levelled, admin: Desktop
) -> None:
    cases = [begin(levels) for _ in range(3)]
    fill(levels, cases[2])
    draft = drawn(admin, REDRAWN)
    assert "处差别" in admin.get(draft).main
    wrong = admin.post(f"{draft}/rehearse", {"from": "2026-05-01", "to": "2026-04-01"})
    assert "时间段的开始须早于结束" in admin.get(wrong.location).main
    rehearsed = admin.post(f"{draft}/rehearse")
    assert "0 / 3" in admin.get(rehearsed.location).main
    run(levels)
    shown = admin.get(rehearsed.location).main
    assert ("可以照办 2" in shown, "须指明对应环节 1" in shown) == (True, True)
    assert "已预演 3 件" in admin.get(draft).main
    assert admin.post(f"{draft}/publish", reason="增加形式审查").status == 303
    assert "3 件在办办件仍按其他版本办理" in admin.get(PAGE).main

    page = admin.get(f"{PAGE}/migrate")
    assert "可以照办 2" in page.main
    assert "“部门甲会办”在新版中没有对应的环节，请指明" in page.main
    (chosen,) = page.find("//select[@name='map.OpinionA']/option[@selected]/@value")
    assert chosen == "OpinionFirst"
    again = admin.post(f"{PAGE}/migrate", {"to": "2", "map.OpinionA": chosen, "do": "preview"})
    assert "新版新增的必经环节“形式审查”在当前环节之前" in again.main
    empty = admin.post(f"{PAGE}/migrate", {"to": "2", "map.OpinionA": chosen, "do": "begin"})
    assert (empty.status, "请填写迁移理由" in empty.main) == (422, True)
    wanted = {"to": "2", "map.OpinionA": chosen, "do": "begin", "reason": "按新办法"}
    begun = admin.post(f"{PAGE}/migrate", wanted)
    assert begun.status == 303
    assert "排队迁移 3" in admin.get(begun.location).main
    run(levels)
    shown = admin.get(begun.location)
    assert ("已迁移 2" in shown.main, "留在原版本 1" in shown.main) == (True, True)
    path = f"/migrations/{begun.location.rpartition('/')[2]}"
    answer = levels.call("below/admin", "GET", path, 200)
    assert results(answer) == {cases[0]: "done", cases[1]: "done", cases[2]: "refused"}
    fill(levels, cases[0])
    stage = levels.call("below/applicant", "GET", f"/cases/{cases[0]}", 200)["stage"]
    assert stage == "形式审查"

    forced = admin.post(f"{PAGE}/migrate", {**wanted, "accept": "skips", "case": cases[2]})
    run(levels)
    assert "已迁移 1" in admin.get(forced.location).main
    assert admin.post(f"{forced.location}/back", case=cases[2]).status == 303
    assert admin.post(f"{begun.location}/back").status == 303
    run(levels)
    assert "已撤回 1" in admin.get(forced.location).main
    answer = levels.call("below/admin", "GET", path, 200)
    assert results(answer) == {cases[0]: "done", cases[1]: "back", cases[2]: "refused"}
    assert "不能撤回迁移" in next(c["message"] for c in answer["cases"] if c["case_id"] == cases[0])
    versions = levels.call("below/admin", "GET", "/procedures/walking/versions", 200)
    assert [version["running"] for version in versions] == [1, 2]
    assert "增加形式审查" in admin.get(PAGE).main
    tenant = tenant_id_of(levels.product.db, "below")
    with levels.product.db.tenant(tenant, read_only=True) as tx:
        assert list(verify_all(tx)) == []


def test_the_interface_says_the_same_and_refuses_what_cannot_be(levels_once: Levelled) -> None:
    levels = levels_once
    case = begin(levels)
    levels.publish("below", REDRAWN)
    wanted = {"procedure": "walking", "version": 2}
    plan = levels.call("below/admin", "POST", "/migrations/plan", 200, wanted)
    assert plan["counts"] == {"as_is": 1}
    missing = {**wanted, "mapping": {"Fill": "nowhere"}}
    refused = levels.call("below/admin", "POST", "/migrations/plan", 422, missing)
    assert refused["errors"][0]["field"] == "mapping.Fill"
    levels.call("below/admin", "POST", "/migrations/plan", 404, {**wanted, "version": 9})
    given = {**wanted, "reason": "新版"}
    levels.call("below/applicant", "POST", "/migrations", 403, given)
    made = levels.call("below/admin", "POST", "/migrations", 202, given)
    assert results(made) == {case: "queued"}
    levels.call("above/admin", "GET", f"/migrations/{made['id']}", 404)
    run(levels)
    path = f"/migrations/{made['id']}"
    assert results(levels.call("below/admin", "GET", path, 200)) == {case: "done"}
    back = levels.call("below/admin", "POST", f"{path}/back", 202, {})
    assert results(back) == {case: "back_queued"}
    nothing = {**given, "cases": ["00000000-0000-7000-8000-000000000000"]}
    levels.call("below/admin", "POST", "/migrations", 422, nothing)
