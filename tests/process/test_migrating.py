"""Running cases moved to a redrawn procedure: what is kept, what is refused, and the way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from drawn import END, START, el, flows, sources, timer, user
from sqlalchemy import select
from town import FlatSources, Town, build_town

from engine.cases.invariants import find_broken
from engine.cases.lifecycle import start_case, suspend_case
from engine.definitions.bundles import bundle_in_force
from engine.definitions.loading import load_tenant
from engine.errors import Forbidden, Invalid
from engine.migrating.planners import Target
from engine.migrating.work import (
    MIGRATION_DOERS,
    begin_migration,
    rows_of,
    take_back,
    try_again,
)
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import drafts, history, scopes, subscriptions, timers, work_items
from engine.timing.clock import FrozenClock
from engine.timing.work import ENGINE_DOERS, run_due
from engine.work_items.holding import claim_item, save_draft
from engine.work_items.items import complete_item

LATE = 'attachedToRef="b" cancelActivity="false"'
MESSAGE = '<bpmn:message id="m1" name="paper"/><bpmn:message id="m2" name="letter"/>'


def waits_for(ref: str) -> str:
    return el("intermediateCatchEvent", "got", f'<bpmn:messageEventDefinition messageRef="{ref}"/>')


def first() -> FlatSources:
    """a, then b with a reminder beside a wait for a message, then c."""
    return sources(
        START,
        user("a"),
        el("parallelGateway", "split"),
        user("b", "department-a", "=working days(5)"),
        el("boundaryEvent", "late", timer("=working days(3)"), attributes=LATE),
        el("endEvent", "told"),
        waits_for("m1"),
        el("parallelGateway", "join"),
        user("c", "leader"),
        END,
        flows(
            *("s -> a", "a -> split", "split -> b", "split -> got", "b -> join", "got -> join"),
            *("join -> c", "c -> e", "late -> told"),
        ),
        roots=MESSAGE,
    )


def second() -> FlatSources:
    """b is nearer and due sooner, another message is waited for, c has gone; after b comes d."""
    return sources(
        START,
        user("a"),
        user("check", "department-b"),
        el("parallelGateway", "split"),
        user("b", "department-b", "=working days(2)"),
        el("boundaryEvent", "late", timer("=working days(1)"), attributes=LATE),
        el("endEvent", "told"),
        user("d", "department-a"),
        waits_for("m2"),
        el("parallelGateway", "join"),
        user("sign", "leader"),
        END,
        flows(
            *("s -> a", "a -> check", "check -> split", "split -> b", "split -> got", "b -> d"),
            *("d -> join", "got -> join", "join -> sign", "sign -> e", "late -> told"),
        ),
        roots=MESSAGE,
    )


@pytest.fixture
def drawn(database: Database, clock: FrozenClock) -> Town:
    town = build_town(database, clock, first())
    town.people["admin"] = town.person("admin", "admin")
    return town


def begin(town: Town) -> UUID:
    return UUID(str(start_case(town.db, town.world, town["applicant"], "p", {})["id"]))


def redraw(town: Town, drawing: FlatSources | None = None) -> UUID:
    """Publish the second drawing; its bundle."""
    load_tenant(town.db, town.world, "walk", drawing or second())
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        found: UUID = bundle_in_force(tx, "p", town.clock.now()).id
    return found


def migrate(town: Town, target: Target, *chosen: UUID) -> UUID:
    with town.db.tenant(town.tenant_id) as tx:
        made = begin_migration(tx, town.world, town["admin"], target, "换图", chosen)
    run(town)
    return made


def run(town: Town) -> None:
    while run_due(town.db, town.world, {**ENGINE_DOERS, **MIGRATION_DOERS}):
        pass


def results(town: Town, migration: UUID) -> dict[UUID, Any]:
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        return {row.case_id: row for row in rows_of(tx, migration)}


def statuses(town: Town, migration: UUID) -> list[str]:
    return [row.status for row in results(town, migration).values()]


def rows(town: Town, case: UUID) -> dict[str, Any]:
    """All that is kept of a case besides its history, revisions left out."""
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        kept = {
            table.name: [
                {k: v for k, v in row._mapping.items() if k != "revision"}
                for row in tx.all(
                    select(table)
                    .where(table.c.tenant_id == TENANT, table.c.case_id == case)
                    .order_by(table.c.id)
                )
            ]
            for table in (work_items, timers, subscriptions, scopes)
        }
    row = town.case(case)
    return {**kept, "state": bytes(row.state), "bundle": row.bundle_id, "stage": row.stage}


def is_sane(town: Town, *some: UUID) -> bool:
    _, found = find_broken(town.db, town.world, town.tenant_id)
    return not found and not any(town.breaks(case) for case in some)


ACCEPTING = ("skips",)
MAPPING = {"c": "sign"}


def test_what_people_hold_is_kept_and_what_the_drawing_says_is_told_anew(drawn: Town) -> None:
    case = begin(drawn)
    drawn.complete("applicant", "a", note="x")
    item = drawn.items("officer")[0]
    with drawn.db.tenant(drawn.tenant_id) as tx:
        claim_item(tx, drawn.world, drawn["officer"], item.id)
        save_draft(tx, drawn.world, drawn["officer"], item.id, {"note": "half"})
    bundle = redraw(drawn)

    refused = migrate(drawn, Target(bundle, MAPPING))
    found = results(drawn, refused)[case]
    assert (found.status, found.verdict) == ("refused", "skips")
    assert [r["element"] for r in found.reasons] == ["check"]
    assert drawn.case(case).bundle_id != bundle

    before = rows(drawn, case)
    migration = migrate(drawn, Target(bundle, MAPPING, ACCEPTING))
    assert statuses(drawn, migration) == ["done"]
    moved = rows(drawn, case)
    there = moved["work_items"][-1]
    assert there["id"] == item.id
    assert (there["status"], there["candidates"]) == ("offered", ["department-b"])
    assert there["due_at"] < before["work_items"][-1]["due_at"]
    assert moved["timers"][0]["id"] == before["timers"][0]["id"]
    assert moved["timers"][0]["due_at"] < before["timers"][0]["due_at"]
    assert [row["name"] for row in moved["subscriptions"]] == ["letter"]
    with drawn.db.tenant(drawn.tenant_id, read_only=True) as tx:
        kept = tx.one(select(drafts).where(drafts.c.tenant_id == TENANT))
    assert kept.content == {"note": "half"}
    assert is_sane(drawn, case)

    with drawn.db.tenant(drawn.tenant_id) as tx:
        assert take_back(tx, drawn.world, drawn["admin"], migration) == 1
    run(drawn)
    assert statuses(drawn, migration) == ["back"]
    assert rows(drawn, case) == before
    assert is_sane(drawn, case)


def test_there_is_no_way_back_once_a_step_was_taken(drawn: Town) -> None:
    case = begin(drawn)
    drawn.complete("applicant", "a", note="x")
    migration = migrate(drawn, Target(redraw(drawn), MAPPING, ACCEPTING))
    drawn.complete("other", "b", note="x")
    with drawn.db.tenant(drawn.tenant_id) as tx:
        take_back(tx, drawn.world, drawn["admin"], migration)
    run(drawn)
    found = results(drawn, migration)[case]
    assert found.status == "done"
    assert "不能撤回迁移" in found.message
    assert drawn.steps("officer") == ["d"]
    assert is_sane(drawn, case)


def test_each_case_has_its_own_result_and_the_refused_stay_where_they_were(drawn: Town) -> None:
    at_a, at_b, at_c = begin(drawn), begin(drawn), begin(drawn)
    for case in (at_b, at_c):
        item = next(i for i in drawn.items("applicant") if i.case_id == case)
        finish(drawn, "applicant", item)
    item = next(i for i in drawn.items("officer") if i.case_id == at_c)
    finish(drawn, "officer", item)
    stays = begin(drawn)
    with drawn.db.tenant(drawn.tenant_id) as tx:
        suspend_case(tx, drawn.world, drawn["admin"], stays, "等材料")
    bundle = redraw(drawn)
    before = {case: rows(drawn, case) for case in (at_b, at_c, stays)}
    migration = migrate(drawn, Target(bundle, MAPPING))
    found = results(drawn, migration)
    assert {case: found[case].verdict for case in found} == {
        at_a: "as_is",
        at_b: "skips",
        at_c: "skips",
        stays: "refused",
    }
    assert {r["element"] for r in found[at_c].reasons} == {"check", "d"}
    assert [found[case].status for case in (at_a, at_b, at_c, stays)] == ["done", *["refused"] * 3]
    assert {case: rows(drawn, case) for case in before} == before
    assert is_sane(drawn, at_a, at_b, at_c, stays)
    with drawn.db.tenant(drawn.tenant_id) as tx:
        assert try_again(tx, drawn.world, drawn["admin"], migration, [at_b]) == 1
    run(drawn)
    assert results(drawn, migration)[at_b].status == "refused"


def test_a_step_without_counterpart_needs_a_mapping(drawn: Town) -> None:
    case = begin(drawn)
    drawn.complete("applicant", "a", note="x")
    gone = sources(START, user("a"), user("x"), END, flows("s -> a", "a -> x", "x -> e"))
    bundle = redraw(drawn, gone)
    found = results(drawn, migrate(drawn, Target(bundle, {})))[case]
    assert found.verdict == "needs_mapping"
    assert {r["code"] for r in found.reasons} == {"no_element"}
    with drawn.db.tenant(drawn.tenant_id) as tx, pytest.raises(Invalid, match="nowhere"):
        begin_migration(tx, drawn.world, drawn["admin"], Target(bundle, {"b": "nowhere"}), "x")


def test_only_an_administrator_migrates(drawn: Town) -> None:
    begin(drawn)
    bundle = redraw(drawn)
    with drawn.db.tenant(drawn.tenant_id) as tx, pytest.raises(Forbidden):
        begin_migration(tx, drawn.world, drawn["officer"], Target(bundle, {}), "x")


def test_history_names_both_versions_and_the_mapping(drawn: Town) -> None:
    case = begin(drawn)
    bundle = redraw(drawn)
    migrate(drawn, Target(bundle, MAPPING))
    with drawn.db.tenant(drawn.tenant_id, read_only=True) as tx:
        told = tx.all(
            select(history)
            .where(history.c.tenant_id == TENANT, history.c.case_id == case)
            .order_by(history.c.seq)
        )[-1]
    assert told.kind == "case.migrated"
    assert (told.content["versions"], told.content["mapping"]) == ([1, 2], MAPPING)
    assert len(told.content["mappingDigest"]) == 64
    drawn.complete("applicant", "a", note="x")
    assert drawn.steps("other") == ["check"]
    assert is_sane(drawn, case)


def finish(town: Town, name: str, item: Any) -> None:
    complete_item(town.db, town.world, town[name], item.id, item.revision, {"note": "x"})
