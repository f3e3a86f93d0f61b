"""The hourly sweep finds every broken tie between tokens and rows and lets it be mended."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from drawn import END, START, el, flows, sources, timer, user
from sqlalchemy import select
from town import Town, build_town

from engine.cases.incidents import retry_incident
from engine.cases.invariants import CODE, PAGE, WORDS, find_broken, sweep_tenant
from engine.cases.lifecycle import start_case
from engine.store.control import dispatch
from engine.store.database import Database, Unit
from engine.store.metadata import TENANT
from engine.store.tables import (
    cases,
    incidents,
    item_candidates,
    subscriptions,
    timers,
    work_items,
)
from engine.timing.clock import FrozenClock

MESSAGE = '<bpmn:message id="M" name="paid"/>'
CATCH = '<bpmn:messageEventDefinition messageRef="M"/>'
Break = Callable[[Unit, UUID], None]


@pytest.fixture
def place(database: Database, clock: FrozenClock) -> Town:
    """Cases that wait for a person with a timer beside, and for a message."""
    steps = (
        START,
        el("parallelGateway", "split"),
        user("a"),
        el("boundaryEvent", "late", timer("PT1H"), attributes='attachedToRef="a"'),
        el("intermediateCatchEvent", "paid", CATCH),
        el("exclusiveGateway", "merge"),
        el("parallelGateway", "join"),
        END,
        flows(
            "s -> split",
            "split -> a",
            "split -> paid",
            "a -> merge",
            "late -> merge",
            "merge -> join",
            "paid -> join",
            "join -> e",
        ),
    )
    return build_town(database, clock, sources(*steps, roots=MESSAGE))


def begin(place: Town) -> UUID:
    return UUID(start_case(place.db, place.world, place["applicant"], "p", {})["id"])


def remove_item(tx: Unit, case_id: UUID) -> None:
    (item,) = tx.all(
        select(work_items).where(work_items.c.tenant_id == TENANT, work_items.c.case_id == case_id)
    )
    tx.delete(item_candidates, item_candidates.c.item_id == item.id)
    tx.delete(work_items, work_items.c.id == item.id)


def stray_item(tx: Unit, case_id: UUID) -> None:
    (item,) = tx.all(
        select(work_items).where(work_items.c.tenant_id == TENANT, work_items.c.case_id == case_id)
    )
    values = {**item._mapping, "id": UUID(int=1), "token_id": UUID(int=2)}
    tx.insert(work_items, **values)


def remove_timer(tx: Unit, case_id: UUID) -> None:
    tx.delete(timers, timers.c.case_id == case_id)


def stray_timer(tx: Unit, case_id: UUID) -> None:
    (row,) = tx.all(select(timers).where(timers.c.tenant_id == TENANT, timers.c.case_id == case_id))
    values = {**row._mapping, "id": UUID(int=1), "token_id": UUID(int=2), "due_at": None}
    tx.insert(timers, **values)


def forget_timer(tx: Unit, _case_id: UUID) -> None:
    tx.delete(dispatch, dispatch.c.kind == "timer")


def remove_subscription(tx: Unit, case_id: UUID) -> None:
    tx.delete(subscriptions, subscriptions.c.case_id == case_id)


def stray_subscription(tx: Unit, case_id: UUID) -> None:
    tx.update(subscriptions, subscriptions.c.case_id == case_id, token_id=UUID(int=2))


def spoil_state(tx: Unit, case_id: UUID) -> None:
    tx.update(cases, cases.c.id == case_id, state=b"\x01[not json")


def end_quietly(tx: Unit, case_id: UUID) -> None:
    tx.update(cases, cases.c.id == case_id, status="completed")


BREAKS: dict[str, tuple[Break, set[str]]] = {
    "an item is gone": (remove_item, {"item_missing"}),
    "an item has no step": (stray_item, {"item_orphan"}),
    "a timer is gone": (remove_timer, {"timer_missing"}),
    "a timer has no token": (stray_timer, {"timer_orphan"}),
    "a timer is planned nowhere": (forget_timer, {"timer_unscheduled"}),
    "a message is not waited for": (remove_subscription, {"subscription_missing"}),
    "a message has no token": (
        stray_subscription,
        {"subscription_missing", "subscription_orphan"},
    ),
    "the state cannot be read": (spoil_state, {"state_unreadable"}),
    "the case is over, its rows are not": (
        end_quietly,
        {"item_orphan", "timer_orphan", "subscription_orphan"},
    ),
}
HEALED = ("an item is gone", "an item has no step", "a timer is gone", "a timer has no token")


def open_incidents(place: Town) -> list[tuple[UUID, str]]:
    with place.db.tenant(place.tenant_id, read_only=True) as tx:
        rows = tx.all(select(incidents).where(incidents.c.tenant_id == TENANT))
    return [(row.id, row.message) for row in rows if row.code == CODE and row.closed_at is None]


def test_what_is_whole_gives_no_finding(place: Town) -> None:
    for _ in range(3):
        begin(place)
    place.complete("applicant", "a", note="好")
    assert sweep_tenant(place.db, place.world, place.tenant_id) == (3, [])
    assert open_incidents(place) == []


@pytest.mark.parametrize("what", BREAKS)
def test_what_is_broken_is_found_and_told_once(place: Town, what: str) -> None:
    spoil, expected = BREAKS[what]
    whole, broken = begin(place), begin(place)
    with place.db.tenant(place.tenant_id) as tx:
        spoil(tx, broken)
    both = what == "a timer is planned nowhere"  # that of the other case neither
    expected_cases = {whole, broken} if both else {broken}
    _, seen = find_broken(place.db, place.world, place.tenant_id)
    assert open_incidents(place) == [], "looking alone writes nothing"
    for _ in range(2):
        _, found = sweep_tenant(place.db, place.world, place.tenant_id)
        assert {finding.what for finding in found} == expected
        assert {finding.case_id for finding in found} == expected_cases
        assert set(found) == set(seen)
        told = open_incidents(place)
        assert len(told) == len(expected_cases)
        assert all(WORDS[key][0] in told[0][1] for key in expected)


@pytest.mark.parametrize("what", HEALED)
def test_retrying_the_incident_lets_the_rows_follow_the_tokens_again(
    place: Town, what: str
) -> None:
    broken = begin(place)
    with place.db.tenant(place.tenant_id) as tx:
        BREAKS[what][0](tx, broken)
    sweep_tenant(place.db, place.world, place.tenant_id)
    ((incident, _),) = open_incidents(place)
    with place.db.tenant(place.tenant_id) as tx:
        retry_incident(tx, place.world, None, incident)
    assert sweep_tenant(place.db, place.world, place.tenant_id) == (1, [])
    assert open_incidents(place) == []
    assert place.steps("applicant") == ["a"]
    assert place.breaks(broken) == []


def test_an_incident_whose_reason_is_gone_is_closed_by_the_next_sweep(place: Town) -> None:
    case_id = begin(place)
    with place.db.tenant(place.tenant_id) as tx:
        state = tx.get(cases, case_id)
        assert state is not None
        spoil_state(tx, case_id)
    sweep_tenant(place.db, place.world, place.tenant_id)
    assert len(open_incidents(place)) == 1
    with place.db.tenant(place.tenant_id) as tx:
        tx.update(cases, cases.c.id == case_id, state=state.state)
    sweep_tenant(place.db, place.world, place.tenant_id)
    assert open_incidents(place) == []


def test_a_suspended_case_is_whole(place: Town) -> None:
    case_id = begin(place)
    with place.db.tenant(place.tenant_id) as tx:
        tx.update(cases, cases.c.id == case_id, status="suspended")
    assert find_broken(place.db, place.world, place.tenant_id) == (1, [])


def test_every_page_of_cases_is_looked_at(sqlite: Database, clock: FrozenClock) -> None:
    place = build_town(sqlite, clock, sources(START, user("a"), END, flows("s -> a", "a -> e")))
    last = [begin(place) for _ in range(PAGE + 1)][-1]
    with place.db.tenant(place.tenant_id) as tx:
        remove_item(tx, last)
    checked, found = find_broken(place.db, place.world, place.tenant_id)
    assert checked == PAGE + 1
    assert [finding.case_id for finding in found] == [last]


def test_a_stopping_node_looks_at_no_further_page(place: Town) -> None:
    begin(place)
    stopping = sweep_tenant(place.db, place.world, place.tenant_id, is_stopping=lambda: True)
    assert stopping == (0, [])
