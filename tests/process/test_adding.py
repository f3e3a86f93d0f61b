"""Added signers and votes: who is waited for, when it is decided, who may be taken out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from drawn import END, START, el, flows, sources, user
from test_handing_on import begin, do, facts, item_of
from test_returning import is_sound, opened
from town import Town, build_town

from engine.errors import Conflict, Forbidden
from engine.store.database import Database
from engine.timing.clock import FrozenClock
from engine.work_items.adding import AwaitsOpinions, add_signers, added_to, remove_signer
from engine.work_items.items import complete_item
from engine.work_items.lists import open_items
from engine.work_items.voting import RULES, Voice, outcome

ANSWER = {"agree": "agree", "opinion": "同意"}


@pytest.fixture
def office(sqlite: Database, clock: FrozenClock) -> Town:
    drawn = (START, user("a", "department-a"), user("b", "leader"), END)
    return build_town(sqlite, clock, sources(*drawn, flows("s -> a", "a -> b", "b -> e")))


def add(office: Town, case: UUID, mode: str, *names: str) -> Any:
    item, people = item_of(office, case, "a"), [office[name].membership_id for name in names]
    do(office, add_signers, "officer", item.id, people, mode, "请提意见")
    return item_of_own(office, case)


def item_of_own(office: Town, case: UUID) -> Any:
    rows = [row for row in office.all_items(case) if row.parent_id is None]
    return [row for row in rows if row.element == "a"][-1]


def answer(office: Town, name: str, item: Any) -> Any:
    with office.db.tenant(office.tenant_id) as tx:
        row = next(r for r in added_to(tx, item.id) if r.holder == office[name].membership_id)
    return complete_item(office.db, office.world, office[name], row.id, row.revision, ANSWER)


def complete_own(office: Town, item: Any) -> Any:
    actor = office["officer"]
    return complete_item(office.db, office.world, actor, item.id, item.revision, {"note": "x"})


def test_who_was_asked_before_answers_first(office: Town) -> None:
    case = begin(office)
    item = add(office, case, "before", "other", "leader")
    assert (item.status, item.holder) == ("claimed", office["officer"].membership_id)
    with pytest.raises(AwaitsOpinions):
        complete_own(office, item)
    answer(office, "other", item)
    with pytest.raises(AwaitsOpinions):
        complete_own(office, item)
    answer(office, "leader", item)
    complete_own(office, item)
    assert opened(office, case) == {"b": "offered"}
    assert is_sound(office, case)


@pytest.mark.parametrize("own_first", [True, False])
def test_who_was_asked_beside_answers_in_any_order(office: Town, own_first: bool) -> None:
    case = begin(office)
    item = add(office, case, "parallel", "other")
    steps = [lambda: complete_own(office, item), lambda: answer(office, "other", item)]
    for step in steps if own_first else reversed(steps):
        assert opened(office, case).keys() == {"a"}
        step()
    assert opened(office, case) == {"b": "offered"}
    done = item_of_own(office, case)
    assert (done.status, done.closed_by) == ("completed", office["officer"].membership_id)
    assert is_sound(office, case)


def test_who_is_asked_after_hears_of_it_then(office: Town) -> None:
    case = begin(office)
    item = add(office, case, "after", "other")
    assert office.steps("other") == []
    complete_own(office, item)
    assert item_of_own(office, case).status == "awaiting"
    assert office.steps("other") == ["a"]
    answer(office, "other", item)
    assert opened(office, case) == {"b": "offered"}
    assert [f.kind for f in facts(office, case)[-3:]] == [
        "item.added",
        "item.awaiting",
        "item.signed",
    ]


def test_an_added_signer_is_taken_out_and_the_item_goes_on(office: Town) -> None:
    case = begin(office)
    item = add(office, case, "parallel", "other")
    complete_own(office, item)
    with office.db.tenant(office.tenant_id) as tx:
        child = added_to(tx, item.id)[0]
    with pytest.raises(Forbidden):
        do(office, remove_signer, "other", child.id, "x")
    do(office, remove_signer, "officer", child.id, "不再需要")
    assert opened(office, case) == {"b": "offered"}
    with pytest.raises(Conflict):
        answer(office, "other", item)
    assert is_sound(office, case)


def vote_office(db: Database, clock: FrozenClock, least: str = "2", **rule: str) -> Town:
    told = {"voteYes": '=note = "yes"', "voteResult": "agreed", "minimumSigners": least, **rule}
    own = "".join(f"<zeebe:property name=\"{k}\" value='{v}'/>" for k, v in told.items())
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        "<zeebe:loopCharacteristics inputCollection='=[1, 2, 3]' inputElement='nr'/>"
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )
    return build_town(
        db,
        clock,
        sources(
            START,
            user("v", "department-a", inner=loop, properties=own),
            el("exclusiveGateway", "q", attributes='default="f3"'),
            user("yes", "leader"),
            user("no", "leader"),
            END,
            flows("s -> v", "v -> q", "q -> yes if =agreed", "q -> no", "yes -> e", "no -> e"),
        ),
    )


def vote(town: Town, said: str) -> None:
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        item = next(i for i in open_items(tx, town["officer"]).rows if i.element == "v")
    complete_item(town.db, town.world, town["officer"], item.id, item.revision, {"note": said})


@pytest.mark.parametrize(
    ("rule", "said", "then"),
    [
        ({"vote": "all"}, ["no"], "no"),
        ({"vote": "any"}, ["yes"], "yes"),
        ({"vote": "ratio", "voteNeeded": "0.6"}, ["yes", "yes"], "yes"),
        ({"vote": "count", "voteNeeded": "2"}, ["no", "no"], "no"),
        ({"vote": "weight", "voteNeeded": "0.5", "voteWeight": "=4 - nr"}, ["yes"], "yes"),
        ({"vote": "ratio", "voteNeeded": "0.3", "voteVeto": "=nr = 1"}, ["no"], "no"),
    ],
    ids=lambda value: value["vote"] if isinstance(value, dict) else None,
)
def test_a_vote_ends_when_it_is_decided(
    sqlite: Database, clock: FrozenClock, rule: dict[str, str], said: list[str], then: str
) -> None:
    town = vote_office(sqlite, clock, **rule)
    case = begin(town)
    for word in said:
        assert [i.element for i in town.all_items(case) if i.closed_at is None].count("v")
        vote(town, word)
    assert opened(town, case) == {then: "offered"}
    assert is_sound(town, case)


def test_a_voter_is_taken_out_but_never_below_the_minimum(
    sqlite: Database, clock: FrozenClock
) -> None:
    town = vote_office(sqlite, clock, vote="all")
    town.people["admin"] = town.person("admin", "admin")
    case = begin(town)
    first, second, _third = [i for i in town.all_items(case) if i.element == "v"]
    with pytest.raises(Forbidden):
        do(town, remove_signer, "officer", first.id, "x")
    do(town, remove_signer, "admin", first.id, "调离")
    with pytest.raises(Conflict, match="2 are required"):
        do(town, remove_signer, "admin", second.id, "调离")
    vote(town, "yes")
    vote(town, "yes")
    assert opened(town, case) == {"yes": "offered"}
    assert is_sound(town, case)


def voices(text: str) -> list[Voice]:
    """y yes, n no, . open; a capital has a veto, * after it counts three."""
    found: list[Voice] = []
    for sign in text:
        if sign == "*":
            found[-1] = Voice(Decimal(3), found[-1].has_veto, found[-1].yes)
        else:
            said = {"y": True, "n": False}.get(sign.lower())
            found.append(Voice(has_veto=sign.isupper() or sign == ":", yes=said))
    return found


@pytest.mark.parametrize(
    ("rule", "needed", "said", "agreed"),
    [
        ("all", "1", "yyy", True),
        ("all", "1", "yy.", None),
        ("all", "1", "yn.", False),
        ("any", "1", "...", None),
        ("any", "1", "n..", False),
        ("ratio", "0.5", "yy..", True),
        ("ratio", "0.5", "yn..", None),
        ("ratio", "0.5", "nnn.", False),
        ("ratio", "0.66", "yy.", True),
        ("ratio", "0.67", "yy.", None),
        ("count", "2", "y.n", None),
        ("count", "2", "y.yn", True),
        ("count", "3", "ynn.", False),
        ("weight", "0.5", "y*nn", True),
        ("weight", "0.5", "n*yy", False),
        ("weight", "0.5", "y.*n", None),
        ("ratio", "0.3", "Nyy", False),
        ("ratio", "0.3", "yy:", None),
        ("ratio", "0.3", "yyY", True),
    ],
)
def test_a_vote_is_counted(rule: str, needed: str, said: str, agreed: bool | None) -> None:
    assert rule in RULES
    assert outcome(rule, Decimal(needed), voices(said)) is agreed
