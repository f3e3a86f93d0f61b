"""POST /definitions: what stands above is kept, and a publication may begin later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.definitions.loading import tenant_id_of
from engine.store.metadata import TENANT
from engine.store.tables import definition_drafts
from tests.process.levels import RIGID, WALKING

from .conftest import Levelled


def called(title: str, text: str = RIGID) -> str:
    """The procedure under another title."""
    return text.replace('name="三步试行"', f'name="{title}"')


def codes(findings: Any) -> set[str]:
    return {finding["code"] for finding in findings if finding["severity"] == "error"}


# ---------------------------------------------------------------- what stands above


def test_a_draft_that_drops_a_rigid_step_of_the_level_above_is_reported_and_refused(
    levels: Levelled,
) -> None:
    dropped = WALKING.replace('"Decide"', '"Choose"').replace("Decide<", "Choose<")
    assert codes(levels.draft("below", dropped)["report"]["findings"]) == {"rigid-missing"}
    answer = levels.publish("below", dropped, 422)
    assert answer["code"] == "refused"
    assert codes(answer["findings"]) == {"rigid-missing"}
    assert levels.begin("below") == "三步试行"


def test_a_second_variant_is_held_against_the_level_above_like_the_first(
    levels: Levelled,
) -> None:
    levels.publish("below", called("自己的流程"))
    assert codes(levels.publish("below", called("又一版", WALKING), 422)["findings"]) == {
        "rigid-unmarked"
    }
    assert levels.begin("below") == "自己的流程"


def test_a_level_mends_its_own_rigid_steps_and_those_below_follow_what_it_published(
    levels: Levelled,
) -> None:
    levels.publish("above", called("上级新版", WALKING))
    levels.publish("below", called("下级新版", WALKING))
    assert (levels.begin("above"), levels.begin("below")) == ("上级新版", "下级新版")


def test_a_procedure_is_there_for_a_node_whose_clock_is_behind(levels: Levelled) -> None:
    levels.clock.advance(-timedelta(seconds=2))
    assert levels.begin("above") == "三步试行"


# ---------------------------------------------------------------- beginning later


def test_a_later_publication_is_scheduled_and_holds_from_its_moment_on(
    levels_on_each: Levelled,
) -> None:
    begins = levels_on_each.clock.now() + timedelta(days=2)
    made = levels_on_each.publish("above", called("新版"), **{"from": begins.isoformat()})
    assert (made["status"], made["version"], made["from"]) == ("scheduled", 2, begins.isoformat())
    shown = levels_on_each.offered("above")
    assert shown["version"] == 1
    assert shown["scheduled"] == [
        {
            "bundle": made["bundle"],
            "version": 2,
            "from": begins.isoformat(),
            "reason": "修订",
        }
    ]
    assert levels_on_each.begin("above") == "三步试行"
    levels_on_each.clock.moment = begins - timedelta(microseconds=1)
    assert levels_on_each.begin("above") == "三步试行"
    levels_on_each.clock.moment = begins
    assert levels_on_each.begin("above") == "新版"
    shown = levels_on_each.offered("above")
    assert (shown["version"], shown["bundle"], shown["scheduled"]) == (2, made["bundle"], [])


def test_a_case_that_has_begun_keeps_its_version_when_a_scheduled_one_comes(
    levels_on_each: Levelled,
) -> None:
    begins = levels_on_each.clock.now() + timedelta(hours=1)
    levels_on_each.publish("above", called("新版"), **{"from": begins.isoformat()})
    body = {"procedure": "walking", "variables": {}}
    case = levels_on_each.call("above/applicant", "POST", "/cases", 201, body)["id"]
    levels_on_each.clock.moment = begins + timedelta(hours=1)
    found = levels_on_each.call("above/applicant", "GET", f"/cases/{case}", 200)
    assert found["title"] == "三步试行"


def test_what_is_published_at_once_gives_way_to_what_was_scheduled_before(
    levels: Levelled,
) -> None:
    begins = levels.clock.now() + timedelta(days=2)
    levels.publish("above", called("以后的"), **{"from": begins.isoformat()})
    levels.clock.advance(timedelta(days=1))
    made = levels.publish("above", called("现在的"))
    assert (made["status"], made["version"]) == ("active", 3)
    assert levels.begin("above") == "现在的"
    levels.clock.moment = begins
    assert levels.begin("above") == "以后的"


def test_of_two_publications_for_one_moment_the_later_one_holds(levels: Levelled) -> None:
    begins = levels.clock.now() + timedelta(days=2)
    for title in ("先", "后"):
        levels.publish("above", called(title), **{"from": begins.isoformat()})
    assert [s["version"] for s in levels.offered("above")["scheduled"]] == [2, 3]
    levels.clock.moment = begins
    assert levels.begin("above") == "后"


def test_publishing_again_what_is_scheduled_changes_nothing(levels: Levelled) -> None:
    begins = (levels.clock.now() + timedelta(days=2)).isoformat()
    first = levels.publish("above", called("新版"), **{"from": begins})
    assert levels.publish("above", called("新版"), **{"from": begins}) == first


@pytest.mark.parametrize(
    ("text", "word"),
    [("2026-03-02T01:29:59+00:00", "不能早于现在"), ("2026-03-10T00:00:00", "时区")],
)
def test_a_beginning_that_cannot_be_is_refused_by_its_place(
    levels: Levelled, text: str, word: str
) -> None:
    answer = levels.publish("above", called("新版"), 422, **{"from": text})
    (wrong,) = answer["errors"]
    assert (answer["code"], wrong["field"]) == ("publish_from", "from")
    assert word in wrong["message"]
    assert levels.offered("above")["version"] == 1


def test_a_scheduled_variant_is_held_against_what_will_stand_above_then(
    levels: Levelled,
) -> None:
    begins = levels.clock.now() + timedelta(days=2)
    levels.publish("above", called("不再刚性", WALKING), **{"from": begins.isoformat()})
    levels.publish("below", called("下级", WALKING), 422)
    levels.publish("below", called("下级", WALKING), **{"from": begins.isoformat()})
    assert levels.begin("below") == "三步试行"
    levels.clock.moment = begins
    assert levels.begin("below") == "下级"


# ---------------------------------------------------------------- what the gate refuses


@pytest.mark.parametrize("text", ["<definitions", "", "no xml", "<!DOCTYPE x><x/>", RIGID[:-30]])
def test_a_file_that_is_no_diagram_is_refused_and_not_kept(levels: Levelled, text: str) -> None:
    body = {"procedure": "walking", "bpmn": text}
    answer = levels.call("below/admin", "POST", "/definitions", 422, body)
    (finding,) = answer["findings"]
    assert finding["severity"] == "error"
    assert finding["message"]
    with levels.product.db.tenant(tenant_id_of(levels.product.db, "below")) as tx:
        assert (
            tx.all(definition_drafts.select().where(definition_drafts.c.tenant_id == TENANT)) == []
        )


def test_publishing_what_names_a_form_nobody_has_answers_what_the_gate_found(
    levels: Levelled,
) -> None:
    answer = levels.publish("below", RIGID.replace('formId="', 'formId="no-such-'), 422)
    assert "form-unknown" in codes(answer["findings"])
    assert answer["code"] == "refused"
