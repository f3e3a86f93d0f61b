"""What cannot be proved is published by two people, each with a reason; never by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from engine.definitions.binding import Bindings
from engine.definitions.loading import load_tenant, tenant_id_of
from engine.definitions.publishing import Unconfirmed
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import bundles, memberships
from engine.tenancy.model import TenantFile
from engine.timing.clock import FrozenClock
from engine.world import World
from tests.process.levels import RIGID, Levels
from tests.process.town import ROLE, ROLES, TENANT_TOML, tenant_of
from tests.unit.bpmn.diagrams import END, START, file, flow, node, process, user

from .conftest import Levelled

WAYS = 20
FORM = (
    '<zeebe:userTask/><zeebe:formDefinition formId="walking-fill"/>'
    '<zeebe:assignmentDefinition candidateGroups="applicant"/>'
    '<zeebe:taskSchedule dueDate="P5D"/>'
)
TWICE = '<bpmn:standardLoopCharacteristics loopMaximum="2"/>'
TASKS = [f"t{n}" for n in range(WAYS)]
WIDE = file(
    process(
        START,
        END,
        node("parallelGateway", "split"),
        node("parallelGateway", "join"),
        flow("start", "split"),
        flow("join", "end"),
        *(user(task, extensions=FORM, inner=TWICE) for task in TASKS),
        *(flow("split", task) + flow(task, "join") for task in TASKS),
        attributes='id="walking" name="很宽的流程" isExecutable="true"',
    )
).decode()
"""So many orders of twenty parallel loops that the proof ends before it has seen them all."""


def publish(levels: Levelled, who: str, draft: str, expect: int, **more: Any) -> Any:
    body = {"reason": f"{who}说明", **more}
    return levels.call(f"above/{who}", "POST", f"/definitions/{draft}/publish", expect, body)


def asked(levels: Levelled, **more: Any) -> str:
    """A draft that is not proved and that the first administrator asked to publish."""
    draft = str(levels.draft("above", WIDE)["id"])
    publish(levels, "admin", draft, 202, **more)
    return draft


def bundle_row(levels: Levelled) -> Any:
    with levels.product.db.tenant(tenant_id_of(levels.product.db, "above"), read_only=True) as tx:
        row = tx.get(bundles, UUID(levels.offered("above")["bundle"]))
        assert row is not None
        names = {
            r.id: r.username
            for r in tx.all(memberships.select().where(memberships.c.tenant_id == TENANT))
        }
    return row, names


def test_a_draft_that_is_not_proved_says_so_and_is_not_called_sound(levels: Levelled) -> None:
    report = levels.draft("above", WIDE)["report"]
    assert report["soundness"]["verdict"] == "unknown"
    assert {f["code"] for f in report["findings"]} == {"no-drawing", "soundness-unknown"}


def test_the_first_who_asks_publishes_nothing(levels: Levelled) -> None:
    draft = levels.draft("above", WIDE)["id"]
    answer = publish(levels, "admin", draft, 202)
    assert (answer["status"], answer.get("bundle")) == ("awaited", None)
    assert levels.begin("above") == "三步试行"


def test_whoever_asked_cannot_confirm(levels: Levelled) -> None:
    draft = asked(levels)
    assert publish(levels, "admin", draft, 409)["code"] == "second_person"
    assert levels.begin("above") == "三步试行"


def test_another_administrator_confirms_with_a_reason_and_both_are_kept(
    levels_on_each: Levelled,
) -> None:
    draft = asked(levels_on_each)
    made = publish(levels_on_each, "second", draft, 200)
    assert (made["status"], made["version"]) == ("active", 2)
    assert levels_on_each.begin("above") == "很宽的流程"
    row, names = bundle_row(levels_on_each)
    assert row.verdict == "unknown"
    assert (names[row.asked_by], row.asked_reason) == ("above.admin", "admin说明")
    assert (names[row.published_by], row.reason) == ("above.second", "second说明")


def test_a_reason_is_needed_of_both(levels: Levelled) -> None:
    draft = levels.draft("above", WIDE)["id"]
    publish(levels, "admin", draft, 422, reason="")
    publish(levels, "admin", draft, 202)
    publish(levels, "second", draft, 422, reason="")
    assert levels.begin("above") == "三步试行"


def test_somebody_without_the_right_confirms_nothing(levels: Levelled) -> None:
    draft = asked(levels)
    publish(levels, "applicant", draft, 403)
    body = {"reason": "越级"}
    levels.call("below/second", "POST", f"/definitions/{draft}/publish", 404, body)
    assert levels.begin("above") == "三步试行"


def test_what_is_asked_for_is_listed_with_its_reason_until_it_is_confirmed(
    levels: Levelled,
) -> None:
    draft = asked(levels)
    (waiting,) = levels.call("above/second", "GET", "/definitions", 200)
    assert (waiting["id"], waiting["procedure"]) == (draft, "walking")
    assert (waiting["asked"]["by"], waiting["asked"]["reason"]) == ("admin", "admin说明")
    shown = levels.call("above/second", "GET", f"/definitions/{draft}", 200)
    assert shown["bpmn"] == WIDE
    assert shown["report"]["soundness"]["verdict"] == "unknown"
    levels.call("above/applicant", "GET", "/definitions", 403)
    levels.call("below/second", "GET", f"/definitions/{draft}", 404)
    publish(levels, "second", draft, 200)
    assert levels.call("above/second", "GET", "/definitions", 200) == []


def test_what_is_confirmed_begins_as_it_was_asked_for(levels: Levelled) -> None:
    begins = levels.clock.now() + timedelta(days=2)
    draft = asked(levels, **{"from": begins.isoformat()})
    other = (begins + timedelta(days=1)).isoformat()
    assert publish(levels, "second", draft, 422, **{"from": other})["code"] == "publish_from"
    made = publish(levels, "second", draft, 200)
    assert (made["status"], made["from"]) == ("scheduled", begins.isoformat())


def test_what_is_confirmed_after_its_moment_begins_at_once(levels: Levelled) -> None:
    begins = levels.clock.now() + timedelta(hours=1)
    draft = asked(levels, **{"from": begins.isoformat()})
    levels.clock.advance(timedelta(hours=2))
    assert publish(levels, "second", draft, 200)["status"] == "active"
    assert levels.begin("above") == "很宽的流程"


def test_what_is_proved_needs_nobody_else(levels: Levelled) -> None:
    levels.publish("above", WIDE.replace("parallelGateway", "exclusiveGateway"), 422)
    assert levels.publish("below", RIGID)["status"] == "active"


def test_files_that_are_not_proved_are_not_loaded_by_one_alone(
    sqlite: Database, clock: FrozenClock
) -> None:
    with pytest.raises(Unconfirmed) as refused:
        load_tenant(sqlite, World(clock, Bindings()), "above", Levels({"above": WIDE}))
    found: Any = refused.value.facts["findings"]
    assert {f["code"] for f in found} == {"soundness-unknown", "soundness-unconfirmed"}


DEMAND = """
[parameters."publish.second_person"]
title = "两人发布"
title_en = "Two people publish"
kind = "bool"
value = true
legal_basis = "内部规定"
"""


class Demanding(Levels):
    """The two tenants, where every publication needs two people."""

    def tenant(self, slug: str) -> TenantFile:
        roles = "".join(ROLE.format(code, capacity) for code, capacity in ROLES.items())
        text = TENANT_TOML.format(slug=slug, procedure="walking", roles=roles)
        return tenant_of(text.replace("[parameters.who]", f"{DEMAND}[parameters.who]"))


def test_a_tenant_may_demand_two_people_for_every_publication(levels_once: Levelled) -> None:
    levels = levels_once
    load_tenant(levels.product.db, levels.product.world, "above", Demanding({"above": RIGID}))
    draft = levels.draft("above", RIGID.replace('name="三步试行"', 'name="两人发布"'))["id"]
    path, first = f"/definitions/{draft}/publish", {"reason": "修订"}
    assert levels.call("above/admin", "POST", path, 202, first)["status"] == "awaited"
    assert levels.call("above/admin", "POST", path, 409, first)["code"] == "second_person"
    made = levels.call("above/second", "POST", path, 200, {"reason": "同意"})
    assert made["status"] == "active"
    version = levels.call("above/admin", "GET", "/procedures/walking/versions", 200)[0]
    assert version["reason"] == "同意"
    assert levels.begin("above") == "两人发布"
