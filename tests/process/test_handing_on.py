"""Work passes between colleagues: transfer, delegate, substitute, recusal, separation of duties."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from drawn import END, START, flows, sources, user
from sqlalchemy import select
from town import Town, build_town

from engine.cases.lifecycle import start_case
from engine.errors import Conflict, Forbidden, Invalid, LuchengError, NotFound
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import incidents, outbox
from engine.timing.clock import FrozenClock
from engine.work_items.barring import Barred, PersonalStep, recuse
from engine.work_items.handing_on import delegate_item, transfer_item
from engine.work_items.holding import claim_item, load_draft, release_item, save_draft
from engine.work_items.items import complete_item
from engine.work_items.lists import history_of
from engine.work_items.standing_in import Absence, end_absence, set_absence

SIGNED = '<zeebe:property name="signature" value="required"/>'
APART = '<zeebe:property name="separateFrom" value="a"/>'


@pytest.fixture
def office(sqlite: Database, clock: FrozenClock) -> Town:
    """a (department-a), then b (department-a, not by who did a), then c, which is signed."""
    return build_town(
        sqlite,
        clock,
        sources(
            START,
            user("a", "department-a"),
            user("b", "department-a", properties=APART),
            user("c", "leader", properties=SIGNED),
            END,
            flows("s -> a", "a -> b", "b -> c", "c -> e"),
        ),
    )


def begin(town: Town) -> UUID:
    return UUID(start_case(town.db, town.world, town["applicant"], "p", {})["id"])


def item_of(town: Town, case: UUID, element: str) -> Any:
    return [row for row in town.all_items(case) if row.element == element][-1]


def do(town: Town, act: Any, name: str, *args: Any) -> Any:
    with town.db.tenant(town.tenant_id) as tx:
        return act(tx, town.world, town[name], *args)


def complete(town: Town, name: str, case: UUID, element: str, note: str = "x") -> Any:
    item = item_of(town, case, element)
    return complete_item(
        town.db,
        town.world,
        town[name],
        item.id,
        item.revision,
        {"note": note},
        key=f"{name}{element}{note}",
    )


def facts(town: Town, case: UUID) -> list[Any]:
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        return list(history_of(tx, case))


def rows(town: Town, table: Any) -> list[Any]:
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        return list(tx.all(select(table).where(table.c.tenant_id == TENANT)))


def test_a_transferred_item_is_with_the_other_for_good(office: Town) -> None:
    case = begin(office)
    item, colleague = item_of(office, case, "a"), office["colleague"].membership_id
    do(office, transfer_item, "officer", item.id, colleague, "出差")
    with pytest.raises(Conflict, match="held by colleague"):
        complete(office, "officer", case, "a")
    assert office.steps("officer") == []
    complete(office, "colleague", case, "a")
    told = next(fact for fact in facts(office, case) if fact.kind == "item.transferred")
    assert (told.content["reason"], told.content["to"]) == ("出差", str(colleague))
    assert [row.payload["to"] for row in rows(office, outbox)] == [[f"person:{colleague}"]]


@pytest.mark.parametrize(
    ("name", "to", "reason", "refusal"),
    [
        ("officer", "colleague", " ", "请填写理由"),
        ("officer", "applicant", "x", "只能交给同一单位的人员"),
        ("other", "colleague", "x", "待办不存在"),
        ("applicant", "colleague", "x", "此待办未分派给您"),
    ],
)
def test_a_transfer_is_refused_with_its_reason(
    office: Town, name: str, to: str, reason: str, refusal: str
) -> None:
    case = begin(office)
    item, receiver = item_of(office, case, "a"), office[to].membership_id
    with pytest.raises(LuchengError) as refused:
        do(office, transfer_item, name, item.id, receiver, reason)
    assert refused.value.zh == refusal


def test_a_delegated_item_comes_back_with_what_was_filled_in(office: Town) -> None:
    case = begin(office)
    item, other = item_of(office, case, "a"), office["other"].membership_id
    do(office, delegate_item, "officer", item.id, other, "请核实数据")
    with pytest.raises(Conflict):
        complete(office, "officer", case, "a")
    done = complete(office, "other", case, "a", "核实无误")
    assert done.case_status == "open"
    assert office.steps("officer") == ["a"]
    with office.db.tenant(office.tenant_id) as tx:
        assert load_draft(tx, office["officer"], item.id).content == {"note": "核实无误"}
    complete(office, "officer", case, "a", "同意")
    assert item_of(office, case, "a").closed_by == office["officer"].membership_id
    assert office.breaks(case) == []


def test_nobody_delegates_to_himself(office: Town) -> None:
    case = begin(office)
    item, own = item_of(office, case, "a"), office["officer"].membership_id
    with pytest.raises(Invalid):
        do(office, delegate_item, "officer", item.id, own, "x")
    assert item_of(office, case, "a").owner is None


def test_releasing_a_delegated_item_gives_it_back_to_its_owner(office: Town) -> None:
    case = begin(office)
    item = item_of(office, case, "a")
    do(office, delegate_item, "officer", item.id, office["other"].membership_id, "x")
    do(office, release_item, "other", item.id)
    assert item_of(office, case, "a").holder == office["officer"].membership_id
    assert office.steps("colleague") == [], "it is not offered to the group again"


def absence(town: Town, who: str = "officer", substitute: str = "other", **more: Any) -> Absence:
    now = town.clock.now()
    period = {"from_at": now, "to_at": now + timedelta(days=3), "reason": "休假"}
    who_and = (town[who].membership_id, town[substitute].membership_id)
    return Absence(*who_and, **{**period, **more})


def test_a_substitute_acts_in_the_name_of_the_absent_and_both_are_recorded(office: Town) -> None:
    case = begin(office)
    do(office, claim_item, "officer", item_of(office, case, "a").id)
    with pytest.raises(NotFound):
        complete(office, "other", case, "a")
    do(office, set_absence, "officer", absence(office))
    complete(office, "other", case, "a")
    item, told = item_of(office, case, "a"), facts(office, case)[-1]
    other, officer = office["other"].membership_id, office["officer"].membership_id
    assert (item.closed_by, item.holder) == (other, officer)
    assert (told.actor, told.actor_name) == (other, "other代officer")
    assert told.content["for"] == str(officer)


def test_a_substitution_has_a_period_and_a_scope(office: Town) -> None:
    case = begin(office)
    do(office, claim_item, "officer", item_of(office, case, "a").id)
    do(office, set_absence, "officer", absence(office, procedure="another"))
    with pytest.raises(NotFound):
        complete(office, "other", case, "a", "1")
    rule = do(office, set_absence, "officer", absence(office, procedure="p"))
    office.clock.advance(timedelta(days=4))
    with pytest.raises(NotFound):
        complete(office, "other", case, "a", "2")
    do(office, end_absence, "officer", rule)


@pytest.mark.parametrize(
    ("who", "rule"),
    [
        ("colleague", {}),
        ("officer", {"substitute": "officer"}),
        ("officer", {"substitute": "applicant"}),
        ("officer", {"reason": ""}),
        ("officer", {"to_at": "past"}),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(
    office: Town, who: str, rule: dict[str, Any]
) -> None:
    if "to_at" in rule:
        rule = {"to_at": office.clock.now() - timedelta(days=1)}
    with pytest.raises((Forbidden, Invalid)):
        do(office, set_absence, who, absence(office, **rule))


def test_nobody_stands_in_for_a_signature(office: Town) -> None:
    case = begin(office)
    complete(office, "officer", case, "a", "1")
    complete(office, "colleague", case, "b", "2")
    leader2 = office.person("leader2", "leader")
    office.people["leader2"] = leader2
    do(office, set_absence, "leader", absence(office, "leader", "leader2"))
    item = item_of(office, case, "c")
    for act, args in (
        (claim_item, ()),
        (transfer_item, (leader2.membership_id, "x")),
        (delegate_item, (leader2.membership_id, "x")),
    ):
        name = "leader2" if act is claim_item else "leader"
        with pytest.raises(PersonalStep):
            do(office, act, name, item.id, *args)


def test_duties_stay_apart_for_everyone_who_could_be_chosen(office: Town) -> None:
    case = begin(office)
    complete(office, "officer", case, "a", "1")
    item, officer = item_of(office, case, "b"), office["officer"].membership_id
    for refused in (
        lambda: do(office, claim_item, "officer", item.id),
        lambda: do(office, transfer_item, "colleague", item.id, officer, "x"),
        lambda: do(office, delegate_item, "colleague", item.id, officer, "x"),
    ):
        with pytest.raises(Barred):
            refused()
    do(office, claim_item, "colleague", item.id)
    do(office, set_absence, "colleague", absence(office, "colleague", "officer"))
    with pytest.raises(Barred):
        complete(office, "officer", case, "b", "2")


def test_a_recused_person_loses_the_item_and_nobody_left_is_an_incident(office: Town) -> None:
    case = begin(office)
    do(office, claim_item, "officer", item_of(office, case, "a").id)
    do(office, recuse, "officer", case, office["officer"].membership_id, "亲属在申请单位任职")
    assert item_of(office, case, "a").status == "offered"
    with pytest.raises(Barred):
        do(office, claim_item, "officer", item_of(office, case, "a").id)
    assert rows(office, incidents) == []
    do(office, recuse, "colleague", case, office["colleague"].membership_id, "师生")
    assert [row.code for row in rows(office, incidents)] == ["nobody"]
    office.people["admin"] = office.person("admin", "admin")
    do(
        office,
        transfer_item,
        "admin",
        item_of(office, case, "a").id,
        office["other"].membership_id,
        "指定",
    )
    complete(office, "other", case, "a")
    # the next step has nobody either: both of its people are recused
    standing = {row.element: row.closed_at is None for row in rows(office, incidents)}
    assert standing == {"a": False, "b": True}


def test_a_draft_is_seen_by_nobody_else(office: Town) -> None:
    case = begin(office)
    item = item_of(office, case, "a")
    with office.db.tenant(office.tenant_id) as tx:
        save_draft(tx, office.world, office["officer"], item.id, {"note": "秘密"})
    do(office, transfer_item, "officer", item.id, office["colleague"].membership_id, "x")
    with office.db.tenant(office.tenant_id) as tx:
        assert load_draft(tx, office["colleague"], item.id) is None
