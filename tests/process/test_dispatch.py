"""Due work belongs to whoever claimed it while he lives, and the clock hears of it at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from uuid import UUID

import pytest
from town import Town

from engine.ids import new_id
from engine.messaging.outbox import post_message
from engine.store.database import Unit
from engine.timing.clock import FrozenClock
from engine.timing.dispatch import LEASE, Due, finish, schedule
from engine.timing.work import Doer, run_due
from engine.world import World
from webapp.product import build_product
from webapp.settings import Settings
from webapp.worker import NodeClock

KIND = "test"
LONG = 60.0


def plan(town: Town, count: int, due: datetime) -> list[UUID]:
    ids = [new_id() for _ in range(count)]
    with town.db.tenant(town.tenant_id) as tx:
        for number, ref in enumerate(ids):
            schedule(tx, KIND, ref, due - timedelta(seconds=count - number))
    return ids


def plan_and_fail(tx: Unit, due: datetime) -> None:
    schedule(tx, KIND, new_id(), due)
    raise LookupError


class Slow:
    """Takes a while for each row; another node looks in between."""

    def __init__(self, town: Town, clock: FrozenClock, takes: timedelta) -> None:
        self.town, self.clock, self.takes = town, clock, takes
        self.done: list[UUID] = []
        self.taken: list[UUID] = []

    def doers(self) -> Mapping[str, Doer]:
        return {KIND: self.work}

    def work(self, tx: Unit, _world: World, due: Due) -> None:
        self.done.append(due.ref_id)
        finish(tx, due)
        tx.after_commit(self.look)

    def look(self) -> None:
        self.clock.advance(self.takes)
        run_due(self.town.db, self.town.world, {KIND: self.take})

    def take(self, tx: Unit, _world: World, due: Due) -> None:
        self.taken.append(due.ref_id)
        finish(tx, due)


def test_a_long_batch_stays_with_the_one_who_works_on_it(town: Town, clock: FrozenClock) -> None:
    ids = plan(town, 8, clock.now())
    slow = Slow(town, clock, LEASE * 0.4)
    run_due(town.db, town.world, slow.doers())
    assert (slow.done, slow.taken) == (ids, [])


def test_who_was_away_too_long_leaves_the_rest_to_others(town: Town, clock: FrozenClock) -> None:
    ids = plan(town, 8, clock.now())
    slow = Slow(town, clock, LEASE * 1.1)
    run_due(town.db, town.world, slow.doers())
    assert (slow.done, slow.taken) == (ids[:1], ids[1:])


def test_the_earliest_moment_is_told_once_it_is_committed(town: Town, clock: FrozenClock) -> None:
    told: list[datetime] = []
    town.db.reminders.append(told.append)
    later = clock.now() + timedelta(hours=1)
    with town.db.tenant(town.tenant_id) as tx:
        schedule(tx, KIND, new_id(), later)
        schedule(tx, KIND, new_id(), clock.now())
        assert told == []
    assert told == [clock.now()]
    with pytest.raises(LookupError), town.db.tenant(town.tenant_id) as tx:
        plan_and_fail(tx, later)
    assert told == [clock.now()]


def test_the_clock_of_this_process_does_not_wait_for_its_next_sweep(
    town: Town, tmp_path: Path
) -> None:
    sent, hour = Event(), 3600
    url = town.db.url.render_as_string(hide_password=False)
    made = build_product(Settings(data_dir=tmp_path, database_url=url))
    product = replace(made, world=replace(made.world, transports={KIND: lambda _m: sent.set()}))
    clock = NodeClock(product, sweep_seconds=hour)
    clock.start()
    try:
        for number in range(2):  # at its start, and once it has nothing to do
            with product.db.tenant(town.tenant_id) as tx:
                post_message(tx, KIND, str(number), {}, datetime.now(UTC))
            assert sent.wait(LONG)
            sent.clear()
        with product.db.tenant(town.tenant_id) as tx:
            assert post_message(tx, KIND, "last", {}, datetime.now(UTC))
            schedule(tx, KIND, new_id(), datetime.now(UTC) + timedelta(seconds=2 * hour))
        assert sent.wait(LONG)
    finally:
        clock.stop()
        product.db.dispose()
