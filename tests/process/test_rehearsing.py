"""A rehearsal: finished cases done again on a draft, running ones placed, by themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from drawn import END, START, el, flows, sources, timer, user
from sqlalchemy import select
from town import FlatSources, Town, build_town

from engine.cases.lifecycle import start_case
from engine.definitions.publishing import collect
from engine.errors import Invalid
from engine.migrating import rehearsing
from engine.migrating.rehearsing import REHEARSAL_DOERS, begin_rehearsal, cases_of, counts_of
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import cases, definition_drafts, rehearsals
from engine.timing.clock import FrozenClock
from engine.timing.work import ENGINE_DOERS, run_due

LATE = 'attachedToRef="b" cancelActivity="false"'


def drawing(*, middle: str = "", ways: tuple[str, ...] = (), again: str = "again") -> FlatSources:
    """a, then b with a reminder beside x, then a choice: back to a, or to the end."""
    return sources(
        START,
        user("a"),
        el("parallelGateway", "split"),
        user("b", "department-a", "=working days(5)"),
        el("boundaryEvent", "late", timer("=working days(3)"), attributes=LATE),
        el("endEvent", "told"),
        user("x", "department-b"),
        el("parallelGateway", "join"),
        el("exclusiveGateway", "good", attributes='default="fine"'),
        middle,
        END,
        flows("s -> a", "split -> b", "split -> x", "b -> join", "x -> join", "join -> good"),
        flows(f'good -> a if =note = "{again}"', "late -> told", *ways).replace('"f', '"g'),
        *(() if ways else (flows("a -> split").replace('"f', '"h'),)),
        '<bpmn:sequenceFlow id="fine" sourceRef="good" targetRef="e"/>',
    )


@pytest.fixture
def office(database: Database, clock: FrozenClock) -> Town:
    town = build_town(database, clock, drawing())
    town.people["admin"] = town.person("admin", "admin")
    return town


def begin(town: Town) -> UUID:
    return UUID(str(start_case(town.db, town.world, town["applicant"], "p", {})["id"]))


def finish(town: Town, *, rounds: int = 1) -> UUID:
    """A case through to its end, sent back before as often as is wished."""
    case = begin(town)
    for left in reversed(range(rounds)):
        town.complete("applicant", "a", note="x")
        town.clock.advance(timedelta(days=7))
        run(town)  # the reminder
        town.complete("other", "x", note="x")
        town.complete("officer", "b", note="again" if left else "ok")
    assert town.case(case).status == "completed"
    return case


def run(town: Town) -> None:
    while run_due(town.db, town.world, {**ENGINE_DOERS, **REHEARSAL_DOERS}):
        pass


def rehearse(town: Town, redrawn: FlatSources, **mapping: str) -> dict[UUID, Any]:
    """The cases that met something, by id, after a rehearsal of the redraw."""
    now = town.clock.now()
    with town.db.tenant(town.tenant_id) as tx:
        key = tx.insert(
            definition_drafts,
            procedure="p",
            original=b"",
            body=b"",
            beside={},
            report={},
            created_at=now,
        )
        draft = tx.get(definition_drafts, key)
        parts = collect("p", "walk", redrawn)
        period = (now - timedelta(days=400), now + timedelta(days=1))
        made = begin_rehearsal(tx, town.world, town["admin"], draft, parts, period, mapping)
    run(town)
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        row = tx.get(rehearsals, made)
        assert row is not None
        assert (row.status, row.done) == ("done", row.total)
        assert sum(counts_of(tx, made).values()) == row.total
        return {found.case_id: found for found in cases_of(tx, made, 100)}


def test_what_was_done_goes_as_it_went_on_the_same_drawing(office: Town) -> None:
    finish(office, rounds=3)
    finish(office)
    begin(office)
    assert rehearse(office, drawing()) == {}


def test_a_new_step_is_named_for_every_case_that_did_without_it(office: Town) -> None:
    done, running = finish(office, rounds=2), begin(office)
    redrawn = drawing(middle=user("check", "leader"), ways=("a -> check", "check -> split"))
    found = rehearse(office, redrawn)
    assert {case: row.verdict for case, row in found.items()} == {done: "skips"}
    assert [r["element"] for r in found[done].reasons] == ["check"]
    office.complete("applicant", "a", note="x")
    assert rehearse(office, redrawn)[running].verdict == "skips"


def test_a_renamed_step_needs_a_mapping_and_goes_with_it(office: Town) -> None:
    done = finish(office)
    redrawn = drawing()
    text = redrawn.replaced["p.bpmn"].replace(b'"x"', b'"y"')
    redrawn = FlatSources(procedure="p", replaced={**redrawn.replaced, "p.bpmn": text})
    assert rehearse(office, redrawn)[done].verdict == "needs_mapping"
    assert rehearse(office, redrawn, x="y") == {}


def test_a_choice_by_other_data_is_made_anew_and_what_is_missing_is_told(office: Town) -> None:
    done = finish(office)
    text = drawing().replaced["p.bpmn"]
    other = text.replace(b'=note = "again"', b"=weight &gt; 3").replace(b'"g0"', b'"gnew"')
    redrawn = FlatSources(procedure="p", replaced={**drawing().replaced, "p.bpmn": other})
    found = rehearse(office, redrawn)[done]
    assert (found.verdict, found.reasons[0]["code"]) == ("data_missing", "no_variable_then")
    assert "weight" in found.reasons[0]["message"]


def test_nothing_to_rehearse_is_said(office: Town) -> None:
    with pytest.raises(Invalid, match="no cases in the period"):
        rehearse(office, drawing())


def test_a_node_that_dies_leaves_the_rest_and_counts_nothing_twice(
    office: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "AT_ONCE", 2)
    for _ in range(5):
        finish(office)
    assert rehearse(office, drawing()) == {}
    with office.db.tenant(office.tenant_id, read_only=True) as tx:
        assert len(tx.all(select(cases.c.id).where(cases.c.tenant_id == TENANT))) == 5
