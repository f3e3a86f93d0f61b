"""Two at the same moment: exactly one wins, the other gets a clear answer, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from drawn import END, START, el, flows, sources, timer, user
from sqlalchemy import select
from town import Town, build_town

from engine.actors import Actor
from engine.cases.lifecycle import next_number, start_case
from engine.errors import Conflict, LuchengError
from engine.messaging.messages import publish_message
from engine.store.control import dispatch
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import early_messages, history
from engine.timing.clock import FrozenClock
from engine.timing.work import ENGINE_DOERS, run_due
from engine.work_items.holding import save_draft
from engine.work_items.items import complete_item
from engine.world import World

ROUNDS = 5


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all acts in threads of their own at the same moment; a refusal counts as the answer."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return act()
        except LuchengError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def by(town: Town, name: str) -> tuple[Database, World, Actor]:
    """What a completion needs to know of who completes."""
    return town.db, town.world, town[name]


def twin(db: Database, clock: FrozenClock) -> Town:
    """Two people work side by side; a timer beside one of them."""
    edge = el("boundaryEvent", "late", timer("PT1H"), attributes='attachedToRef="a"')
    return build_town(
        db,
        clock,
        sources(
            START,
            el("parallelGateway", "split"),
            user("a", "department-a"),
            edge,
            user("b", "department-b"),
            user("c", "leader"),
            el("exclusiveGateway", "merge"),
            el("parallelGateway", "join"),
            user("d", "leader"),
            END,
            flows(
                "s -> split",
                "split -> a",
                "split -> b",
                "a -> merge",
                "late -> c",
                "c -> merge",
                "merge -> join",
                "b -> join",
                "join -> d",
                "d -> e",
            ),
        ),
    )


def begin(town: Town, procedure: str = "p") -> UUID:
    return UUID(start_case(town.db, town.world, town["applicant"], procedure, {})["id"])


def facts(town: Town, case: UUID, kind: str) -> Sequence[Any]:
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        return tx.all(
            select(history).where(
                history.c.tenant_id == TENANT, history.c.case_id == case, history.c.kind == kind
            )
        )


def test_two_items_of_one_case_are_completed_at_once_and_both_count(
    database: Database, clock: FrozenClock
) -> None:
    town = twin(database, clock)
    for _ in range(ROUNDS):
        case = begin(town)
        answers = at_once(
            lambda: town.complete("officer", "a", note="甲"),
            lambda: town.complete("other", "b", note="乙"),
        )
        assert [answer.incident for answer in answers] == [None, None]
        assert town.steps("leader") == ["d"]
        assert len(facts(town, case, "item.completed")) == 2
        assert town.breaks(case) == []
        town.complete("leader", "d", note="同意")


def test_a_timer_and_a_completion_at_once_leave_one_of_them_the_winner(
    database: Database, clock: FrozenClock
) -> None:
    town = twin(database, clock)
    for _ in range(ROUNDS):
        case = begin(town)
        clock.advance(timedelta(hours=2))
        item = next(i for i in town.items("officer") if i.element == "a")
        completed, _ = at_once(
            partial(complete_item, *by(town, "officer"), item.id, item.revision, {"note": "甲"}),
            lambda: run_due(town.db, town.world, ENGINE_DOERS),
        )
        while run_due(town.db, town.world, ENGINE_DOERS):
            clock.advance(timedelta(minutes=1))
        fired = facts(town, case, "timer.fired")
        if isinstance(completed, Conflict):
            assert len(fired) == 1
            assert town.steps("leader") == ["c"]
            town.complete("leader", "c", note="x")
        else:
            assert fired == []
        assert town.steps("officer") == []
        town.complete("other", "b", note="乙")
        town.complete("leader", "d", note="同意")
        assert town.case(case).status == "completed"
        assert town.breaks(case) == []


def test_two_clocks_fire_every_timer_once(database: Database, clock: FrozenClock) -> None:
    town = twin(database, clock)
    cases = [begin(town) for _ in range(8)]
    clock.advance(timedelta(hours=2))

    def tick() -> int:
        done = 0
        while count := run_due(town.db, town.world, ENGINE_DOERS, limit=2):
            done += count
        return done

    assert sum(at_once(tick, tick)) == len(cases)
    assert [len(facts(town, case, "timer.fired")) for case in cases] == [1] * len(cases)
    assert town.steps("leader") == ["c"] * len(cases)


def test_two_requests_with_one_key_are_one_completion_with_one_answer(
    database: Database, clock: FrozenClock
) -> None:
    town = twin(database, clock)
    case = begin(town)
    item = next(i for i in town.items("officer") if i.element == "a")

    def complete() -> Any:
        return complete_item(
            town.db, town.world, town["officer"], item.id, item.revision, {"note": "甲"}, key="k"
        )

    first, second = at_once(complete, complete)
    assert first == second
    assert len(facts(town, case, "item.completed")) == 1


def test_two_requests_with_one_key_start_one_case(database: Database, clock: FrozenClock) -> None:
    town = twin(database, clock)

    def start() -> Any:
        return start_case(town.db, town.world, town["applicant"], "p", {}, key="k")

    first, second = at_once(start, start)
    assert first == second
    assert town.steps("officer") == ["a"]


def test_the_first_numbers_of_a_counter_are_given_once_each(
    database: Database, clock: FrozenClock
) -> None:
    town = twin(database, clock)

    def count() -> int:
        with town.db.tenant(town.tenant_id) as tx:
            return next_number(tx, "new")

    assert sorted(at_once(*[count] * 4)) == [1, 2, 3, 4]


def test_two_windows_save_their_first_draft_at_once(database: Database, clock: FrozenClock) -> None:
    town = twin(database, clock)
    begin(town)
    item = next(i for i in town.items("officer") if i.element == "a")

    def save() -> int:
        with town.db.tenant(town.tenant_id) as tx:
            return save_draft(tx, town.world, town["officer"], item.id, {"note": "稿"})

    assert sorted(at_once(save, save)) == [1, 2]


def waiting_for_a_message(db: Database, clock: FrozenClock) -> Town:
    catch = el("intermediateCatchEvent", "wait", '<bpmn:messageEventDefinition messageRef="m"/>')
    return build_town(
        db,
        clock,
        sources(
            START,
            user("a"),
            catch,
            user("b", "leader"),
            END,
            flows("s -> a", "a -> wait", "wait -> b", "b -> e"),
            roots='<bpmn:message id="m" name="paid"><bpmn:extensionElements>'
            '<zeebe:subscription correlationKey="=note"/></bpmn:extensionElements></bpmn:message>',
        ),
    )


def test_a_message_comes_while_its_place_is_being_made_and_is_not_lost(
    database: Database, clock: FrozenClock
) -> None:
    town = waiting_for_a_message(database, clock)
    for number in range(ROUNDS):
        begin(town)
        key = f"key {number}"

        def send(key: str = key) -> None:
            with town.db.tenant(town.tenant_id) as tx:
                publish_message(tx, "paid", key, {}, clock.now())
            run_due(town.db, town.world, ENGINE_DOERS)

        at_once(partial(town.complete, "applicant", "a", note=key), send)
        clock.advance(timedelta(minutes=1))
        while run_due(town.db, town.world, ENGINE_DOERS):
            clock.advance(timedelta(seconds=1))
        assert town.steps("leader") == ["b"], "the message was kept and nobody looked at it again"
        town.complete("leader", "b", note="x")


def test_a_message_that_two_clocks_deliver_arrives_once(
    database: Database, clock: FrozenClock
) -> None:
    town = waiting_for_a_message(database, clock)
    case = begin(town)
    town.complete("applicant", "a", note="key")
    with town.db.tenant(town.tenant_id) as tx:
        message = publish_message(tx, "paid", "key", {}, clock.now())
    with town.db.control(read_only=True) as control:
        row = control.one(select(dispatch).where(dispatch.c.ref_id == message))
    assert row is not None

    def deliver() -> None:
        from engine.timing.dispatch import Due  # noqa: PLC0415

        due = Due(row.id, row.kind, row.tenant_id, row.ref_id, 1, clock.now())
        with town.db.tenant(town.tenant_id) as tx:
            ENGINE_DOERS["message"](tx, town.world, due)

    at_once(deliver, deliver)
    assert len(facts(town, case, "message.received")) == 1
    assert town.steps("leader") == ["b"]
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        left = tx.all(select(early_messages).where(early_messages.c.tenant_id == TENANT))
    assert left == []


def test_scheduling_the_same_work_at_once_gives_one_row(
    database: Database, clock: FrozenClock
) -> None:
    from engine.ids import new_id  # noqa: PLC0415
    from engine.timing.dispatch import schedule  # noqa: PLC0415

    town = twin(database, clock)
    ref = new_id()

    def plan() -> None:
        with town.db.tenant(town.tenant_id) as tx:
            schedule(tx, "message", ref, clock.now())

    assert at_once(*[plan] * 4) == [None] * 4


if __name__ == "__main__":
    pytest.main([__file__])
