"""POST /definitions/try, and scenarios that are kept with a procedure and run at publication."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.store.control import tenants
from engine.store.metadata import TENANT
from engine.store.tables import cases, early_messages, history, records, work_items
from tests.process.levels import RIGID

from .conftest import Levelled


def attempt(levels: Levelled, who: str, expect: int, text: str, *steps: Any, **more: Any) -> Any:
    body = {"bpmn": text, "scenario": {**more, "steps": list(steps)}}
    return levels.call(who, "POST", "/definitions/try", expect, body)


def count(levels: Levelled, table: Any) -> int:
    found = 0
    with levels.product.db.control(read_only=True) as control:
        ids = [row.id for row in control.all(select(tenants.c.id))]
    for tenant in ids:
        with levels.product.db.tenant(tenant, read_only=True) as tx:
            found += len(tx.all(select(table).where(table.c.tenant_id == TENANT)))
    return found


def test_a_procedure_is_tried_with_the_rules_of_the_tenant_and_nothing_of_it_is_changed(
    levels_on_each: Levelled,
) -> None:
    answer = attempt(levels_on_each, "above/admin", 200, RIGID, {"advance": "P1D"})
    assert answer["ok"]
    assert answer["steps"][0]["active"]
    for table in (cases, work_items, history, records, early_messages):
        assert count(levels_on_each, table) == 0


def test_only_an_administrator_may_try(levels: Levelled) -> None:
    assert attempt(levels, "above/applicant", 403, RIGID)["code"] == "forbidden"


def test_a_diagram_that_is_refused_is_answered_with_its_findings(levels: Levelled) -> None:
    broken = RIGID.replace("userTask", "complexGateway")
    answer = attempt(levels, "above/admin", 422, broken)
    assert any(f["code"].startswith("unsupported:") for f in answer["findings"])
    answer = attempt(levels, "above/admin", 422, RIGID, {"fly": 1})
    assert [f["code"] for f in answer["findings"]] == ["scenario_unreadable"]


def first_task(levels: Levelled) -> str:
    """The step a walk begins with."""
    answer = attempt(levels, "above/admin", 200, RIGID, {"expect": {}})
    return str(answer["steps"][0]["active"][0]["id"])


def draft(levels: Levelled, **more: Any) -> Any:
    body = {"procedure": "walking", "bpmn": RIGID, **more}
    return levels.call("above/admin", "POST", "/definitions", 201, body)


def publish(levels: Levelled, made: Any, expect: int = 200) -> Any:
    path = f"/definitions/{made['id']}/publish"
    return levels.call("above/admin", "POST", path, expect, {"reason": "修订"})


def test_a_kept_scenario_that_does_not_hold_keeps_a_draft_from_publication(
    levels: Levelled,
) -> None:
    wrong = {"name": "走错", "steps": [{"expect": {"completed": True}}]}
    made = draft(levels, scenario=wrong)
    assert not made["report"]["publishable"]
    (finding,) = [f for f in made["report"]["findings"] if f["code"] == "scenario-failed"]
    assert (finding["severity"], finding["name"], finding["element"]) == (
        "error",
        "走错",
        "walking",
    )
    assert "第 1 步" in finding["message"]
    answer = publish(levels, made, 422)
    assert [f["code"] for f in answer["findings"]] == ["scenario-failed"]


def test_a_scenario_is_kept_with_the_procedure_until_it_is_replaced_or_dropped(
    levels: Levelled,
) -> None:
    own = first_task(levels)
    holds = {"steps": [{"expect": {"active": [own]}}]}
    publish(levels, draft(levels, scenario=holds))
    renamed = RIGID.replace(f'"{own}"', '"Begun"').replace(f">{own}<", ">Begun<")
    made = draft(levels, bpmn=renamed)
    kept = {f["code"] for f in made["report"]["findings"] if f["severity"] == "error"}
    assert kept == {"scenario-failed"}
    assert draft(levels, bpmn=renamed, scenario=None)["report"]["publishable"]
    fits = {"steps": [{"expect": {"active": ["Begun"]}}]}
    assert draft(levels, bpmn=renamed, scenario=fits)["report"]["publishable"]
