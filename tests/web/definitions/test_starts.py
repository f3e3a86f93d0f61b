"""A procedure that a message begins, from its publication to its first step, over HTTP."""

from __future__ import annotations

from engine.timing.work import ENGINE_DOERS, run_due
from tests.process.levels import WALKING

from .conftest import Levelled

BY_MESSAGE = WALKING.replace(
    "    </bpmn:startEvent>",
    '      <bpmn:messageEventDefinition id="by" messageRef="asked" />\n    </bpmn:startEvent>',
).replace("  <bpmn:process ", '  <bpmn:message id="asked" name="来件" />\n  <bpmn:process ', 1)


def test_a_procedure_that_only_messages_begin_is_offered_to_nobody(levels: Levelled) -> None:
    assert levels.offered("above")["may_start"]
    levels.publish("above", BY_MESSAGE)
    assert not levels.offered("above")["may_start"]
    body = {"procedure": "walking", "variables": {}}
    refused = levels.call("above/applicant", "POST", "/cases", 409, body)
    assert refused["code"] == "started_by_event"
    assert "自动发起" in refused["message"]


def test_a_message_of_another_system_begins_a_case(levels_on_each: Levelled) -> None:
    levels_on_each.publish("above", BY_MESSAGE)
    for _ in range(2):
        sent = {"name": "来件", "id": "17"}
        levels_on_each.call("above/admin", "POST", "/messages", 202, sent)
    while run_due(levels_on_each.product.db, levels_on_each.product.world, ENGINE_DOERS):
        pass
    (case,) = levels_on_each.call("above/admin", "GET", "/cases", 200)["items"]
    assert case["status"] == "open"
    (item,) = levels_on_each.call("above/applicant", "GET", "/work-items", 200)["items"]
    assert item["element"] == "Fill"
    facts = levels_on_each.call("above/admin", "GET", f"/cases/{case['id']}/history", 200)
    assert facts


def test_the_page_of_what_one_may_start_leaves_it_out(levels: Levelled) -> None:
    levels.publish("above", BY_MESSAGE)
    assert levels.may_begin("above") == []
    levels.publish("above", WALKING)
    assert levels.may_begin("above") == ["walking"]
