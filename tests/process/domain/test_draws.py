"""Draws in the database: who gives chance, when, and what happens when somebody does not."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from desk import Desk

from engine.actors import Actor
from engine.batches.draws.document import describe_draw
from engine.batches.draws.rules import Excluded, Member
from engine.batches.draws.seeds import commitment_of, nonce_source, number_source
from engine.batches.draws.store import (
    DRAW_DOERS,
    Freezing,
    commit_nonce,
    enter_number,
    freeze,
    load_draw,
    refuse,
    repeated_by,
    reveal_nonce,
    seated,
)
from engine.batches.draws.verify import verify_document
from engine.definitions.binding import Bindings
from engine.errors import Conflict, Forbidden, Invalid
from engine.office import Office, Offices
from engine.store.database import Unit
from engine.store.prepared import Answer
from engine.timing.work import run_due
from engine.world import World

MINES = [Member(f"m{n}", "甲旗" if n < 6 else "乙旗", f"矿山{n}") for n in range(10)]
NUMBER = "03 07 12 19 24 31 08"
NONCES = "ab" * 32, "cd" * 32


def frozen(desk: Desk, by: Actor, source: dict[str, Any], **more: Any) -> UUID:
    made = Freezing("inspection", "季度检查", MINES, {"甲旗": 2, "乙旗": 1}, source=source, **more)
    with desk.tx() as tx:
        return freeze(tx, desk.office, made, by.membership_id, desk.clock.now())


def enter(desk: Desk, draw: UUID, by: Actor, typed: str = NUMBER) -> Any:
    with desk.tx() as tx:
        return enter_number(tx, desk.office, draw, typed, by, desk.clock.now())


def document(desk: Desk, draw: UUID) -> dict[str, Any]:
    with desk.tx() as tx:
        return describe_draw(tx, desk.office, load_draw(tx, draw))


def tomorrow(desk: Desk) -> date:
    return desk.today + timedelta(days=1)


def test_two_people_agree_on_the_number_of_a_later_day(desk: Desk) -> None:
    one, two = desk.person("甲"), desk.person("乙")
    out = [Excluded("m0", "本年度已检查", "矿山0")]
    draw = frozen(desk, one, number_source("双色球", tomorrow(desk)), excluded=out)
    with pytest.raises(Conflict, match="not out yet"):
        enter(desk, draw, one)
    desk.clock.advance(timedelta(days=1))
    assert enter(desk, draw, one) is None
    assert enter(desk, draw, one) is None, "one person twice is one person"
    assert enter(desk, draw, two, "03 07 12 19 24 31 09") is None
    ranking = enter(desk, draw, two)
    assert sum(one.drawn for one in ranking) == 3
    with pytest.raises(Conflict, match="nothing is drawn twice"):
        enter(desk, draw, two)
    told = document(desk, draw)
    assert verify_document(told) == []
    assert "m0" not in told["ranking"]
    assert told["labels"]["m1"] == "矿山1"


def test_the_number_must_come_after_the_freezing(desk: Desk) -> None:
    with pytest.raises(Invalid):
        frozen(desk, desk.person("甲"), number_source("双色球", desk.today))


class Desks(Offices):
    """The one office of a desk."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office

    def get(self, tx: Unit, asked: Answer | None = None) -> Office:
        return self.office


def world_of(desk: Desk) -> World:
    return World(desk.clock, Bindings(), offices=Desks(desk.office))


def parties(desk: Desk) -> tuple[Actor, Actor]:
    return desk.person("甲"), desk.person("乙")


def among(desk: Desk, people: tuple[Actor, Actor]) -> dict[str, Any]:
    now = desk.clock.now()
    named = {str(who.membership_id): who.name for who in people}
    until = now + timedelta(days=1), now + timedelta(days=2)
    return nonce_source(named, *until, ("双色球", 1))


def commit(desk: Desk, draw: UUID, who: Actor, nonce: str) -> None:
    with desk.tx() as tx:
        said = commitment_of(load_draw(tx, draw).frozen_digest, str(who.membership_id), nonce)
        commit_nonce(tx, desk.office, draw, said, who, desk.clock.now())


def reveal(desk: Desk, draw: UUID, who: Actor, nonce: str) -> Any:
    with desk.tx() as tx:
        return reveal_nonce(tx, desk.office, draw, nonce, who, desk.clock.now())


def test_parties_commit_before_any_reveals_and_the_last_nonce_draws(desk: Desk) -> None:
    people = parties(desk)
    draw = frozen(desk, people[0], among(desk, people))
    commit(desk, draw, people[0], NONCES[0])
    with pytest.raises(Conflict, match="not everybody"):
        reveal(desk, draw, people[0], NONCES[0])
    with pytest.raises(Conflict, match="stands"):
        commit(desk, draw, people[0], secrets.token_hex(32))
    with pytest.raises(Forbidden):
        commit(desk, draw, desk.person("旁人"), NONCES[1])
    commit(desk, draw, people[1], NONCES[1])
    with pytest.raises(Invalid, match="not what was committed"):
        reveal(desk, draw, people[1], NONCES[0])
    assert reveal(desk, draw, people[0], NONCES[0]) is None
    assert len(reveal(desk, draw, people[1], NONCES[1])) == 10
    assert verify_document(document(desk, draw)) == []


@pytest.mark.parametrize("committed", [0, 2])
def test_who_does_not_reveal_is_named_and_the_public_number_repeats_the_draw(
    desk: Desk, committed: int
) -> None:
    people = parties(desk)
    draw = frozen(desk, people[0], among(desk, people))
    for who, nonce in list(zip(people, NONCES, strict=True))[:committed]:
        commit(desk, draw, who, nonce)
    if committed:
        reveal(desk, draw, people[1], NONCES[1])
    desk.clock.advance(timedelta(days=2))
    assert run_due(desk.db, world_of(desk), DRAW_DOERS) == 1
    assert run_due(desk.db, world_of(desk), DRAW_DOERS) == 0
    void = document(desk, draw)
    late = [who.name for who in people] if not committed else ["甲"]
    assert sorted(one["name"] for one in void["void"]["defaulters"]) == sorted(late)
    assert verify_document(void) == []
    with pytest.raises(Conflict, match="void"):
        reveal(desk, draw, people[0], NONCES[0])
    with desk.tx() as tx:
        again = repeated_by(tx, load_draw(tx, draw))
    assert again.content["members"] == void["content"]["members"]
    assert again.content["source"]["kind"] == "public-number"
    desk.clock.advance(timedelta(days=1))
    enter(desk, again.id, people[0])
    assert len(enter(desk, again.id, people[1])) == 10
    assert verify_document(document(desk, again.id)) == []


def test_a_refusal_takes_the_next_rank_and_stays_on_the_record(desk: Desk) -> None:
    one, two = parties(desk)
    draw = frozen(desk, one, number_source("双色球", tomorrow(desk)))
    desk.clock.advance(timedelta(days=1))
    enter(desk, draw, one)
    enter(desk, draw, two)

    def step_back(member: str, reason: str = "有利害关系") -> list[str]:
        with desk.tx() as tx:
            return refuse(tx, draw, member, reason, one.membership_id, desk.clock.now())

    before = document(desk, draw)
    with pytest.raises(Invalid):
        step_back(before["seats"][0], " ")
    after = step_back(before["seats"][0])
    assert len(after) == len(before["seats"])
    assert before["seats"][0] not in after
    assert document(desk, draw)["seed"] == before["seed"]
    assert verify_document(document(desk, draw)) == []
    with pytest.raises(Conflict, match="not drawn"):
        step_back(before["seats"][0])
    with desk.tx() as tx:
        assert seated(tx, load_draw(tx, draw)) == after


def changed(told: dict[str, Any], what: str, value: Any) -> dict[str, Any]:
    return {**told, what: value}


@pytest.mark.parametrize("what", ["seed", "ranking", "seats", "digest", "frozenAt", "content"])
def test_a_file_that_was_touched_does_not_hold(desk: Desk, what: str) -> None:
    one, two = parties(desk)
    draw = frozen(desk, one, number_source("双色球", tomorrow(desk)))
    desk.clock.advance(timedelta(days=1))
    enter(desk, draw, one)
    enter(desk, draw, two)
    told = document(desk, draw)
    later = datetime.fromisoformat(told["frozenAt"]) + timedelta(days=9)
    touched = {
        "seed": "0" * 64,
        "ranking": told["ranking"][::-1],
        "seats": told["ranking"][-3:],
        "digest": "0" * 64,
        "frozenAt": later.isoformat(),
        "content": {**told["content"], "sizes": {"甲旗": 3, "乙旗": 1}},
    }
    assert verify_document(changed(told, what, touched[what]))
    assert verify_document({"format": "other"})
    assert verify_document({name: told[name] for name in told if name != what})
