"""The draw of a batch: pool frozen first, seed after, every case handed on with its rank."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hall import Hall, build_hall
from sqlalchemy import select

from domain.draws.store import draw_batch, draws_of_batch, freeze_draw
from engine.batches.draws.document import describe_draw
from engine.batches.draws.verify import verify_document
from engine.errors import Conflict, Invalid, NotFound
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import batches, draws
from engine.timing.clock import FrozenClock
from engine.work_items.holding import claim_item

SEED = "a1" * 32
AGREE = {"decision": "agree"}


def freeze(hall: Hall, batch: UUID, by: str = "officer") -> UUID:
    with hall.tx() as tx:
        return freeze_draw(tx, hall.town.world, hall.town[by], batch)


def draw(hall: Hall, batch: UUID, seed: str = SEED, by: str = "officer") -> list[Any]:
    with hall.tx() as tx:
        return draw_batch(tx, hall.town.world, hall.town[by], batch, seed, form=AGREE)


@pytest.mark.rule("R-IM-31")
@pytest.mark.parametrize(
    ("ratio", "minimum", "count", "expected"),
    [(20, 1, 6, 2), (20, 1, 2, 1), (50, 1, 4, 2), (5, 3, 4, 3), (100, 1, 3, 3)],
)
def test_the_tenants_share_of_the_batch_is_drawn(
    database: Database, clock: FrozenClock, ratio: int, minimum: int, count: int, expected: int
) -> None:
    hall = build_hall(database, clock, ratio=ratio, minimum=minimum)
    cases = hall.cases(count)
    batch = hall.gather(cases)
    freeze(hall, batch)
    ranking = draw(hall, batch)
    hall.work()
    told = {case: hall.variables(case) for case in cases}
    assert sum(bool(values["sampled"]) for values in told.values()) == expected
    assert {str(case): values["drawRank"] for case, values in told.items()} == {
        member.id: member.rank for member in ranking
    }
    drawn = [values["drawRank"] for values in told.values() if values["sampled"]]
    assert sorted(drawn) == list(range(1, expected + 1))


@pytest.mark.rule("R-IM-31")
def test_the_record_of_a_draw_can_be_computed_again(hall: Hall) -> None:
    batch = hall.gather(hall.cases(5))
    freeze(hall, batch)
    hall.town.clock.advance(timedelta(seconds=1))
    draw(hall, batch)
    with hall.tx() as tx:
        (row,) = draws_of_batch(tx, batch)
        document = describe_draw(tx, hall.town.world.offices.get(tx), row)
    assert verify_document(document) == []
    assert row.frozen_at < row.settled_at
    assert row.seed == SEED


def test_pool_and_size_are_fixed_before_there_is_a_seed(hall: Hall) -> None:
    cases = hall.cases(5)
    batch = hall.gather(cases)
    freeze(hall, batch)
    with hall.tx() as tx:
        (row,) = draws_of_batch(tx, batch)
        status = tx.scalar(
            select(batches.c.status).where(batches.c.tenant_id == TENANT, batches.c.id == batch)
        )
    assert [one["id"] for one in row.content["members"]] == sorted(map(str, cases))
    assert row.content["sizes"] == {"": 1}
    assert (row.seed, row.ranking, status) == (None, None, "frozen")


def test_freezing_again_gives_the_same_draw(hall: Hall) -> None:
    batch = hall.gather(hall.cases(3))
    assert freeze(hall, batch) == freeze(hall, batch, by="colleague")


def test_nothing_is_drawn_from_a_pool_that_was_not_frozen(hall: Hall) -> None:
    batch = hall.gather(hall.cases(3))
    with pytest.raises(Conflict, match="the batch is open"):
        draw(hall, batch)


def test_nothing_is_drawn_twice(hall: Hall) -> None:
    batch = hall.gather(hall.cases(3))
    freeze(hall, batch)
    draw(hall, batch)
    with pytest.raises(Conflict, match="the batch is running"):
        draw(hall, batch, "b2" * 32)
    with hall.tx() as tx:
        assert [row.seed for row in draws_of_batch(tx, batch)] == [SEED]


def test_a_case_that_cannot_be_handled_leaves_before_the_pool_is_frozen(hall: Hall) -> None:
    held, free = hall.cases(2)
    batch = hall.gather([held, free])
    with hall.tx() as tx:
        claim_item(tx, hall.town.world, hall.town["colleague"], hall.item(held).id)
    freeze(hall, batch)
    with hall.tx() as tx:
        (row,) = draws_of_batch(tx, batch)
    assert [one["id"] for one in row.content["members"]] == [str(free)]
    assert set(hall.results(batch)) == {free}


def test_a_draw_that_fails_for_one_case_keeps_its_rank(hall: Hall) -> None:
    cases = hall.cases(3)
    batch = hall.gather(cases)
    freeze(hall, batch)
    ranking = {member.id: member.rank for member in draw(hall, batch)}
    with hall.tx() as tx:
        claim_item(tx, hall.town.world, hall.town["colleague"], hall.item(cases[0]).id)
    hall.work()
    assert hall.results(batch)[cases[0]][0] == "failed"
    with hall.tx() as tx:
        (row,) = draws_of_batch(tx, batch)
    assert row.ranking.index(str(cases[0])) + 1 == ranking[str(cases[0])]


def test_kinds_of_batch_without_a_share_are_not_drawn(hall: Hall) -> None:
    (case,) = hall.cases(1)
    hall.town.complete("officer", "Gather", **AGREE)
    closing = hall.item(case, "Close").id
    with hall.tx() as tx:
        batch = tx.insert(
            batches,
            kind="closing",
            number="2026-0042",
            title="一批",
            status="open",
            created_by=closing,
            created_at=hall.town.clock.now(),
        )
    with pytest.raises(Invalid, match="nothing is drawn"):
        freeze(hall, batch)


def test_a_batch_that_does_not_exist_is_not_found(hall: Hall) -> None:
    (case,) = hall.cases(1)
    with pytest.raises(NotFound, match="no such batch"):
        freeze(hall, case)


def test_a_seed_that_is_too_short_to_be_chance_is_a_defect(hall: Hall) -> None:
    batch = hall.gather(hall.cases(2))
    freeze(hall, batch)
    with pytest.raises(ValueError, match="too short"):
        draw(hall, batch, "1")
    with hall.tx() as tx:
        rows = tx.all(select(draws).where(draws.c.tenant_id == TENANT))
    assert [row.seed for row in rows] == [None]
