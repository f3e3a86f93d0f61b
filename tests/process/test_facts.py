"""What a level publishes binds those below: read-only copies with source, number and digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from test_handoffs import Levels, below, upper
from town import build_town

from domain.assessors.rules import BanKind, Named
from domain.assessors.store import Banning, ban_with_people, bans_of, barred_people
from engine.errors import Refused
from engine.ids import new_id
from engine.messaging.facts import (
    KINDS,
    Fact,
    Publishing,
    facts_of,
    follow,
    publish_fact,
    take_copy,
)
from engine.store.database import Database
from engine.store.tables import published_facts
from engine.timing.clock import FrozenClock

BODY = new_id()
ABOVE = SimpleNamespace(slug="above", name="上级")
MEI, NAMESAKE = Named("韩梅", "999999197003150012"), Named("韩梅", "999999198801010010")


@pytest.fixture
def levels(database: Database, clock: FrozenClock) -> Levels:
    made = Levels(database, clock)
    transports = {
        **made.above.world.transports,
        **dict.fromkeys(KINDS, Publishing(database)),
    }
    made.above.world = made.below.world = replace(made.above.world, transports=transports)
    return made


def publish(levels: Levels, fact: Fact) -> None:
    with levels.db.tenant(levels.above.tenant_id) as tx:
        publish_fact(tx, fact, levels.clock.now())
    levels.work()


def copies(levels: Levels, kind: str = "rule") -> list[Any]:
    with levels.db.tenant(levels.below.tenant_id, read_only=True) as tx:
        return list(facts_of(tx, kind))


@pytest.mark.rule("R-ORD-35", "R-NAT-20", "R-IM-27")
def test_a_ban_of_the_level_above_binds_below_body_and_person(levels: Levels) -> None:
    day = levels.clock.now().date()
    banning = Banning(BanKind.BODY, BODY, "明鉴评估", day, 3, "结论严重失实", "通报1号")
    with levels.db.tenant(levels.above.tenant_id) as tx:
        ban_with_people(tx, banning, [MEI], None, levels.clock.now())
    levels.work()
    with levels.db.tenant(levels.below.tenant_id, read_only=True) as tx:
        (found,) = bans_of(tx, BanKind.BODY, BODY)
        barred = barred_people(tx, [NAMESAKE, MEI], day)
        later = barred_people(tx, [MEI], day.replace(year=day.year + 3))
    assert found.holds(day)
    assert found.reason.endswith("：结论严重失实"), "whose ban it is stands before the reason"
    assert (barred, later) == (["韩梅"], [])
    kept = levels.rows(levels.below, published_facts)
    assert {(row.source, len(row.digest)) for row in kept} == {("above", 64)}


def test_what_changes_takes_the_place_of_the_copy_and_nothing_older_does(levels: Levels) -> None:
    publish(levels, Fact("rule", "1", "x", {"days": 3}))
    (old,) = copies(levels)
    publish(levels, Fact("rule", "1", "x", {"days": 5}))
    with levels.db.tenant(levels.below.tenant_id) as tx:
        take_copy(tx, ABOVE, old)
    (kept,) = copies(levels)
    assert (kept.content, kept.seq) == ({"days": 5}, 2)


def test_a_copy_that_is_not_what_its_digest_says_is_refused(levels: Levels) -> None:
    publish(levels, Fact("rule", "1", "x", {"days": 3}))
    (row,) = copies(levels)
    forged = type("Forged", (), {**row._mapping, "content": {"days": 30}, "seq": 9})
    with (
        pytest.raises(Refused, match="not what its digest says"),
        levels.db.tenant(levels.below.tenant_id) as tx,
    ):
        take_copy(tx, ABOVE, forged)
    assert copies(levels)[0].content == {"days": 3}


def test_nothing_goes_up_or_to_a_tenant_beside(levels: Levels) -> None:
    with levels.db.tenant(levels.below.tenant_id) as tx:
        publish_fact(tx, Fact("rule", "1", "x", {"days": 3}), levels.clock.now())
    levels.work()
    assert [row.source for row in levels.rows(levels.above, published_facts)] == []


def test_who_is_loaded_later_asks_for_what_was_published_before(
    levels: Levels, database: Database, clock: FrozenClock
) -> None:
    publish(levels, Fact("rule", "1", "x", {"days": 3}))
    later = build_town(database, clock, below(upper(), "child"))
    levels.clock.advance(timedelta(hours=1))
    with database.tenant(later.tenant_id) as tx:
        follow(tx, clock.now())
    levels.work()
    found = [row.source for row in levels.rows(later, published_facts)]
    assert found == ["above"]


def test_a_fact_about_another_place_is_not_copied(levels: Levels) -> None:
    publish(levels, Fact("rule", "1", "x", {"days": 3}, scope="999999"))
    assert copies(levels) == []
