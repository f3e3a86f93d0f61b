"""Returns and recalls of running cases: what is withdrawn, who gets it, what may not be."""

from __future__ import annotations

from uuid import UUID

import pytest
from drawn import END, START, el, flows, sources, timer, user
from test_handing_on import begin, complete, do, facts, item_of
from town import Town, build_town

from engine.cases.invariants import find_broken
from engine.errors import Conflict, Forbidden
from engine.spiff.jump import ReturnRefused
from engine.store.database import Database
from engine.timing.clock import FrozenClock
from engine.work_items.holding import load_draft
from engine.work_items.returning import preview_return, recall_item, return_item

BACK = '<zeebe:property name="returnTo" value="{}"/>'


def edge(name: str, host: str) -> str:
    attached = f'attachedToRef="{host}" cancelActivity="false"'
    return el("boundaryEvent", name, timer("PT240H"), attributes=attached)


@pytest.fixture
def office(sqlite: Database, clock: FrozenClock) -> Town:
    """fill, then a1-a2 beside b1, then end; a2 returns to fill, a1 or b1; b1 has a timer."""
    return build_town(
        sqlite,
        clock,
        sources(
            START,
            user("fill"),
            el("parallelGateway", "split"),
            user("a1", "department-a"),
            user("a2", "department-a", properties=BACK.format("fill,a1,b1")),
            user("b1", "department-b"),
            edge("late", "b1"),
            user("reminded", "leader"),
            el("endEvent", "over"),
            el("parallelGateway", "join"),
            user("last", "leader", properties=BACK.format("fill,a1")),
            END,
            flows(
                *("s -> fill", "fill -> split", "split -> a1", "a1 -> a2", "a2 -> join"),
                *("split -> b1", "b1 -> join", "join -> last", "last -> e"),
                *("late -> reminded", "reminded -> over"),
            ),
        ),
    )


def at_a2(office: Town) -> UUID:
    case = begin(office)
    complete(office, "applicant", case, "fill", "f")
    complete(office, "officer", case, "a1", "a1")
    return case


def opened(office: Town, case: UUID) -> dict[str, str]:
    return {row.element: row.status for row in office.all_items(case) if row.closed_at is None}


def is_sound(office: Town, case: UUID) -> bool:
    return (
        office.breaks(case) == [] and not find_broken(office.db, office.world, office.tenant_id)[1]
    )


def test_a_return_before_the_block_shows_and_withdraws_everything_of_it(office: Town) -> None:
    case = at_a2(office)
    item = item_of(office, case, "a2")
    shown = do(office, preview_return, "officer", item.id, "fill")
    assert [row.element for row in shown.items] == ["b1"]
    assert (shown.events, len(shown.records), shown.may_resume) == (["late"], 2, False)
    assert opened(office, case) == {"a2": "offered", "b1": "offered"}, "nothing has happened yet"
    do(office, return_item, "officer", item.id, "fill", "材料不全")
    assert opened(office, case) == {"fill": "offered"}
    assert item_of(office, case, "a2").status == "returned"
    told = facts(office, case)[-1].content
    assert (told["reason"], told["toName"]) == ("材料不全", "fill")
    assert set(told["superseded"]) == set(shown.records)
    complete(office, "applicant", case, "fill", "again")
    complete(office, "officer", case, "a1", "again")
    complete(office, "officer", case, "a2", "again")
    assert opened(office, case) == {"b1": "offered"}, "the join needs every branch again"
    assert is_sound(office, case)


def test_a_return_within_a_branch_may_come_straight_back(office: Town) -> None:
    case = at_a2(office)
    item = item_of(office, case, "a2")
    do(office, return_item, "colleague", item.id, "previous", "请补充", "direct")
    assert opened(office, case) == {"a1": "claimed", "b1": "offered"}
    assert item_of(office, case, "a1").holder == office["officer"].membership_id
    complete(office, "officer", case, "a1", "2")
    again = item_of(office, case, "a2")
    assert (again.status, again.holder) == ("claimed", office["colleague"].membership_id)
    complete(office, "colleague", case, "a2", "3")
    complete(office, "other", case, "b1", "4")
    assert opened(office, case) == {"last": "offered"}
    assert is_sound(office, case)


def test_what_was_withdrawn_with_it_cannot_come_straight_back(office: Town) -> None:
    case = at_a2(office)
    with pytest.raises(ReturnRefused, match="other branches"):
        do(office, return_item, "officer", item_of(office, case, "a2").id, "fill", "x", "direct")
    assert opened(office, case) == {"a2": "offered", "b1": "offered"}


@pytest.mark.parametrize("to", ["b1", "last", "nowhere"])
def test_there_is_no_return_where_none_is_drawn_or_done(office: Town, to: str) -> None:
    case = at_a2(office)
    with pytest.raises(ReturnRefused):
        do(office, return_item, "officer", item_of(office, case, "a2").id, to, "x")


def test_after_the_block_the_way_back_leads_before_it_only(office: Town) -> None:
    case = at_a2(office)
    complete(office, "officer", case, "a2", "2")
    complete(office, "other", case, "b1", "3")
    item = item_of(office, case, "last")
    with pytest.raises(ReturnRefused):
        do(office, return_item, "leader", item.id, "a1", "x")
    do(office, return_item, "leader", item.id, "applicant", "x")
    assert opened(office, case) == {"fill": "offered"}
    assert is_sound(office, case)


def test_a_completion_is_taken_back_until_somebody_acts(office: Town) -> None:
    case = at_a2(office)
    done = item_of(office, case, "a1")
    with pytest.raises(Forbidden):
        do(office, recall_item, "colleague", done.id)
    new = do(office, recall_item, "officer", done.id)
    assert opened(office, case) == {"a1": "claimed", "b1": "offered"}
    with office.db.tenant(office.tenant_id) as tx:
        assert load_draft(tx, office["officer"], UUID(new)).content == {"note": "a1"}
    assert item_of(office, case, "a1").id == UUID(new)
    assert next(i for i in office.all_items(case) if i.id == done.id) == done, "it never changes"
    complete(office, "officer", case, "a1", "5")
    complete(office, "officer", case, "a2", "6")
    with pytest.raises(Conflict):
        do(office, recall_item, "officer", item_of(office, case, "a1").id)
    do(office, recall_item, "officer", item_of(office, case, "a2").id)
    assert opened(office, case) == {"a2": "claimed", "b1": "offered"}
    assert is_sound(office, case)


def test_a_completion_that_joined_the_branches_stays(office: Town) -> None:
    case = at_a2(office)
    complete(office, "officer", case, "a2", "2")
    complete(office, "other", case, "b1", "3")
    with pytest.raises(Conflict) as refused:
        do(office, recall_item, "other", item_of(office, case, "b1").id)
    assert "汇合" in refused.value.zh
