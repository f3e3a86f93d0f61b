"""The outbox: told after the commit, at least once, under one key; failures are seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from town import Town

from engine.actors import load_actor
from engine.errors import Conflict, NotFound, Unavailable
from engine.ids import new_id
from engine.messaging.notifications import (
    InApp,
    count_unread,
    list_notifications,
    mark_all_read,
    mark_read,
)
from engine.messaging.outbox import (
    AFTER_SENDING,
    GIVEN_UP,
    MOST_ATTEMPTS,
    SENT,
    WAITING,
    post_message,
    send_again,
    unsent_messages,
)
from engine.messaging.transport import Message
from engine.store.control import dispatch
from engine.store.metadata import TENANT
from engine.store.tables import memberships, notifications, outbox
from engine.timing.dispatch import LEASE
from engine.timing.work import ENGINE_DOERS, run_due

PAYLOAD = {"to": ["department-a"], "subject": "逾期", "message": "请督促"}


class Killed(BaseException):
    """What a test throws where the process would be killed."""


class Post:
    """A transport that keeps what it was given; it fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.taken: list[Message] = []
        self.failures = failures

    def __call__(self, message: Message) -> None:
        self.taken.append(message)
        if self.failures:
            self.failures -= 1
            raise Unavailable("邮局没有应答", "the post does not answer")


def with_post(town: Town, post: Any, **more: Any) -> Town:
    town.world = replace(town.world, transports={"escalate": post}, **more)
    return town


def post(town: Town, key: str = "escalate:1", **changes: Any) -> Any:
    with town.db.tenant(town.tenant_id) as tx:
        return post_message(tx, "escalate", key, {**PAYLOAD, **changes}, town.clock.now())


def work(town: Town) -> int:
    return run_due(town.db, town.world, ENGINE_DOERS)


def message(town: Town) -> Any:
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        return tx.one(select(outbox).where(outbox.c.tenant_id == TENANT))


def planned(town: Town) -> list[Any]:
    with town.db.control(read_only=True) as control:
        return list(control.all(select(dispatch).where(dispatch.c.kind == "outbox")))


def shown(town: Town) -> list[Any]:
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        return list(
            tx.all(
                select(notifications, memberships.c.name)
                .join(
                    memberships,
                    (memberships.c.tenant_id == notifications.c.tenant_id)
                    & (memberships.c.id == notifications.c.membership_id),
                )
                .where(notifications.c.tenant_id == TENANT)
                .order_by(memberships.c.name)
            )
        )


def test_a_message_is_sent_once_and_marked(town: Town) -> None:
    taker = Post()
    post(with_post(town, taker))
    assert work(town) == 1
    row = message(town)
    assert [m.key for m in taker.taken] == ["escalate:1"]
    assert taker.taken[0].payload == PAYLOAD
    assert (row.status, row.attempts, row.sent_at) == (SENT, 1, town.clock.now())
    assert planned(town) == []


def test_a_message_whose_command_rolls_back_was_never_there(town: Town) -> None:
    def die() -> None:
        with town.db.tenant(town.tenant_id) as tx:
            post_message(tx, "escalate", "escalate:1", PAYLOAD, town.clock.now())
            raise Killed

    with pytest.raises(Killed):
        die()
    assert message(town) is None
    assert planned(town) == []


def test_the_same_key_is_told_once(town: Town) -> None:
    taker = Post()
    assert post(with_post(town, taker)) is not None
    assert post(town, subject="换个说法") is None
    while work(town):
        pass
    assert [m.payload["subject"] for m in taker.taken] == ["逾期"]


def test_a_transport_runs_outside_any_write_transaction(town: Town) -> None:
    def write(sent: Message) -> None:
        # With a write transaction open around it this would wait for itself on SQLite.
        with town.db.tenant(sent.tenant_id) as tx:
            tx.update(outbox, outbox.c.key == sent.key, error="seen")

    post(with_post(town, write))
    work(town)
    assert message(town).status == SENT


def test_killed_after_sending_it_is_sent_again_under_the_same_key(town: Town) -> None:
    def die(point: str) -> None:
        if point == AFTER_SENDING:
            raise Killed

    taker = Post()
    post(with_post(town, taker, mark=die))
    with pytest.raises(Killed):
        work(town)
    assert message(town).status == WAITING
    town.world = replace(town.world, mark=lambda _point: None)
    assert work(town) == 0, "whoever was killed holds the lease"
    town.clock.advance(LEASE + timedelta(seconds=1))
    assert work(town) == 1
    assert [m.key for m in taker.taken] == ["escalate:1", "escalate:1"]
    assert message(town).status == SENT


def test_a_message_that_takes_the_process_along_every_time_is_given_up(town: Town) -> None:
    def die(_sent: Message) -> None:
        raise Killed

    post(with_post(town, die))
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(Killed):
            work(town)
        town.clock.advance(LEASE + timedelta(seconds=1))
    work(town)
    assert message(town).status == GIVEN_UP
    assert message(town).error == "发送中断次数过多"


def test_a_failed_transport_is_seen_and_tried_again_ever_later(town: Town) -> None:
    taker = Post(failures=2)
    post(with_post(town, taker))
    pauses = []
    for attempt in (1, 2):
        work(town)
        row = message(town)
        assert (row.status, row.attempts, row.error) == (WAITING, attempt, "邮局没有应答")
        (plan,) = planned(town)
        pauses.append(plan.due_at - town.clock.now())
        town.clock.advance(pauses[-1])
    assert pauses[0] < pauses[1]
    work(town)
    assert (message(town).status, message(town).error) == (SENT, "")
    assert len(taker.taken) == 3


def test_a_message_is_given_up_after_bounded_attempts_and_sent_again_by_hand(town: Town) -> None:
    taker = Post(failures=MOST_ATTEMPTS)
    sent = post(with_post(town, taker))
    for _ in range(MOST_ATTEMPTS + 3):
        work(town)
        town.clock.advance(timedelta(hours=2))
    assert len(taker.taken) == MOST_ATTEMPTS
    assert (message(town).status, planned(town)) == (GIVEN_UP, [])
    with town.db.tenant(town.tenant_id) as tx:
        assert [row.id for row in unsent_messages(tx)] == [sent]
        send_again(tx, sent, town.clock.now())
    work(town)
    assert message(town).status == SENT
    with town.db.tenant(town.tenant_id) as tx:
        assert unsent_messages(tx) == []
        with pytest.raises(Conflict, match="was sent"):
            send_again(tx, sent, town.clock.now())
        with pytest.raises(NotFound):
            send_again(tx, new_id(), town.clock.now())


def test_a_message_nothing_sends_says_so(town: Town) -> None:
    with town.db.tenant(town.tenant_id) as tx:
        post_message(tx, "fax", "fax:1", PAYLOAD, town.clock.now())
    work(town)
    assert "fax" in message(town).error


def test_what_a_foreign_error_says_is_not_shown(town: Town) -> None:
    def leak(_sent: Message) -> None:
        raise ValueError("password=secret")

    post(with_post(town, leak))
    work(town)
    assert message(town).error == "ValueError"


# ---------------------------------------------------------------- inside the product


def told(town: Town, **changes: Any) -> Town:
    with_post(town, InApp(town.db))
    post(town, **changes)
    work(town)
    return town


def test_everybody_who_holds_the_role_is_told_once_however_often_it_is_sent(town: Town) -> None:
    told(town, to=["department-a", f"person:{town['officer'].membership_id}"])
    with town.db.tenant(town.tenant_id) as tx:
        tx.update(outbox, outbox.c.status == SENT, status=WAITING)
        send_again(tx, message(town).id, town.clock.now())
    work(town)
    assert [row.name for row in shown(town)] == ["colleague", "officer"]
    assert message(town).attempts == 2


def test_lines_of_a_list_are_told_line_by_line(town: Town) -> None:
    told(town, message=[{"item": "照片", "requirement": "补交"}, "三日内", None])
    assert shown(town)[0].body == "照片：补交\n三日内"


def test_a_message_to_nobody_is_a_failure_that_is_seen(town: Town) -> None:
    told(town, to=["nobody"])
    assert message(town).error == "没有可以接收消息的人员"
    assert message(town).status == WAITING


def test_each_person_reads_and_counts_his_own(town: Town) -> None:
    told(town)
    town.clock.advance(timedelta(minutes=1))
    post(town, "escalate:2", subject="第二条")
    work(town)
    with town.db.tenant(town.tenant_id) as tx:
        officer, colleague, other = (town[n] for n in ("officer", "colleague", "other"))
        rows = list_notifications(tx, officer).rows
        assert [row.title for row in rows] == ["第二条", "逾期"]
        assert [count_unread(tx, p) for p in (officer, colleague, other)] == [2, 2, 0]
        mark_read(tx, officer, rows[0].id, town.clock.now())
        assert [row.title for row in list_notifications(tx, officer, unread=True).rows] == ["逾期"]
        with pytest.raises(NotFound):
            mark_read(tx, colleague, rows[1].id, town.clock.now())
        assert mark_all_read(tx, officer, town.clock.now()) == 1
        assert [count_unread(tx, p) for p in (officer, colleague)] == [0, 2]


def test_reading_again_keeps_the_first_time(town: Town) -> None:
    told(town)
    first = town.clock.now()
    with town.db.tenant(town.tenant_id) as tx:
        (row,) = list_notifications(tx, town["officer"]).rows
        mark_read(tx, town["officer"], row.id, first)
        mark_read(tx, town["officer"], row.id, first + timedelta(days=1))
        assert list_notifications(tx, town["officer"]).rows[0].read_at == first


def test_the_list_is_paged_without_a_gap(town: Town) -> None:
    with_post(town, InApp(town.db))
    for number in range(5):
        post(town, f"escalate:{number}", subject=str(number))
    work(town)
    seen: list[str] = []
    cursor = None
    with town.db.tenant(town.tenant_id) as tx:
        actor = load_actor(tx, town["officer"].membership_id)
        assert actor is not None
        for _ in range(3):
            page = list_notifications(tx, actor, cursor=cursor, limit=2)
            seen += [row.title for row in page.rows]
            cursor = page.next
    assert sorted(seen) == ["0", "1", "2", "3", "4"]
    assert cursor is None
