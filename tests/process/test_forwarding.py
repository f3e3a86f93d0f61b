"""What is told goes on by mail and to groups, as people wish, once each, without content."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from test_outbox import Post
from town import Town

from engine.messaging.forwarding import AT_ONCE, GATHERED, GROUP, MAIL, NEVER, next_hour
from engine.messaging.notifications import InApp, list_notifications, mark_all_read
from engine.messaging.outbox import post_message, unsent_messages
from engine.messaging.transport import Message
from engine.store.metadata import TENANT
from engine.store.tables import channels, outbox, wishes
from engine.timing.work import ENGINE_DOERS, run_due

SECRET = "内情不得外传"


class Office:
    """A town whose messages leave to somebody who keeps them."""

    def __init__(self, town: Town) -> None:
        self.town, self.mail, self.groups = town, Post(), Post()
        shown = InApp(town.db)
        transports = {"escalate": shown, "delivery": shown, MAIL: self.mail, GROUP: self.groups}
        town.world = replace(town.world, transports=transports)

    def wishes(self, name: str, mode: str, **facts: Any) -> None:
        row = {
            "membership_id": self.town[name].membership_id,
            "address": f"{name}@example.cn",
            "confirmed_at": self.town.clock.now(),
            "modes": {"escalate": mode},
            "hour": 8,
            **facts,
        }
        with self.town.db.tenant(self.town.tenant_id) as tx:
            tx.insert(wishes, **row)

    def group(self, name: str, *kinds: str, is_on: bool = True) -> None:
        with self.town.db.tenant(self.town.tenant_id) as tx:
            tx.insert(
                channels,
                name=name,
                scheme="feishu",
                sealed="",
                kinds=list(kinds),
                is_on=is_on,
                created_by=self.town["officer"].membership_id,
                created_at=self.town.clock.now(),
            )

    def tell(self, number: int = 1, kind: str = "escalate") -> None:
        told = {"to": ["department-a"], "subject": f"第{number}条", "message": SECRET}
        with self.town.db.tenant(self.town.tenant_id) as tx:
            post_message(tx, kind, f"{kind}:{number}", told, self.town.clock.now())
        self.work()

    def work(self) -> None:
        while run_due(self.town.db, self.town.world, ENGINE_DOERS):
            pass

    def mailed(self) -> list[tuple[str, str]]:
        return [(m.payload["to"], m.payload["subject"]) for m in self.mail.taken]


@pytest.fixture
def office(town: Town) -> Office:
    return Office(town)


def test_who_wishes_nothing_is_told_inside_only(office: Office) -> None:
    office.tell()
    assert office.mail.taken == office.groups.taken == []


def test_who_wishes_it_is_mailed_at_once_and_once(office: Office) -> None:
    office.wishes("officer", AT_ONCE)
    office.wishes("colleague", NEVER)
    office.tell()
    office.work()
    assert office.mailed() == [("officer@example.cn", "第1条")]


def test_nothing_of_the_content_leaves(office: Office) -> None:
    office.wishes("officer", AT_ONCE)
    office.wishes("colleague", GATHERED)
    office.group("群", "escalate")
    office.tell()
    office.town.clock.advance(timedelta(days=1))
    office.work()
    with office.town.db.tenant(office.town.tenant_id, read_only=True) as tx:
        left = tx.all(
            select(outbox.c.payload).where(
                outbox.c.tenant_id == TENANT, outbox.c.kind.in_((MAIL, GROUP))
            )
        )
    assert len(left) == 3
    assert not [row for row in left if SECRET in str(row.payload)]


def test_an_address_that_is_not_confirmed_gets_nothing(office: Office) -> None:
    office.wishes("officer", AT_ONCE, confirmed_at=None)
    office.tell()
    assert office.mail.taken == []


def test_a_kind_nothing_is_said_of_is_mailed_at_once(office: Office) -> None:
    office.wishes("officer", NEVER)
    office.tell(1)
    office.tell(2, "delivery")
    assert office.mailed() == [("officer@example.cn", "第2条")]


def test_what_gathers_leaves_in_one_mail_at_the_hour(office: Office) -> None:
    office.wishes("officer", GATHERED)
    office.tell(1)
    office.town.clock.advance(timedelta(minutes=5))
    office.tell(2)
    assert office.mail.taken == []
    office.town.clock.advance(timedelta(days=1))
    office.work()
    (mail,) = office.mail.taken
    assert mail.payload["lines"] == ["第1条", "第2条"]
    office.tell(3)
    office.town.clock.advance(timedelta(days=1))
    office.work()
    assert office.mail.taken[1].payload["lines"] == ["第3条"]


def test_what_was_read_meanwhile_is_not_mailed(office: Office) -> None:
    office.wishes("officer", GATHERED)
    office.tell(1)
    town = office.town
    with town.db.tenant(town.tenant_id) as tx:
        mark_all_read(tx, town["officer"], town.clock.now())
    town.clock.advance(timedelta(days=1))
    office.work()
    assert office.mail.taken == []


def test_a_group_is_told_what_it_asks_for_once_for_all_people(office: Office) -> None:
    office.group("督办群", "escalate")
    office.group("送达群", "delivery")
    office.group("停用的群", "escalate", is_on=False)
    office.tell()
    assert [m.payload["subject"] for m in office.groups.taken] == ["第1条"]


def test_a_message_told_twice_leaves_once(office: Office) -> None:
    """The transport is called again after a crash between sending and marking."""
    office.wishes("officer", AT_ONCE)
    office.group("群", "escalate")
    office.tell()
    town = office.town
    with town.db.tenant(town.tenant_id) as tx:
        tx.update(outbox, outbox.c.kind == "escalate", status="waiting", sent_at=None)
        (row,) = tx.all(
            select(outbox).where(outbox.c.tenant_id == TENANT, outbox.c.kind == "escalate")
        )

    town.world.transports["escalate"](
        Message(town.tenant_id, row.kind, row.key, row.payload, row.created_at)
    )
    office.work()
    assert len(office.mail.taken) == len(office.groups.taken) == 1


def test_a_mail_that_fails_is_seen_and_does_not_keep_the_person_from_being_told(
    office: Office,
) -> None:
    office.wishes("officer", AT_ONCE)
    office.mail.failures = 1
    office.tell()
    town = office.town
    with town.db.tenant(town.tenant_id) as tx:
        assert len(list_notifications(tx, town["officer"]).rows) == 1
        (row,) = unsent_messages(tx)
    assert (row.kind, row.error) == (MAIL, "邮局没有应答")
    town.clock.advance(timedelta(minutes=1))
    office.work()
    assert office.mailed() == [("officer@example.cn", "第1条")] * 2
    with town.db.tenant(town.tenant_id) as tx:
        assert list(unsent_messages(tx)) == []


@pytest.mark.parametrize(
    ("now", "hour", "expected"),
    [
        ("2026-03-02T00:00:00+08:00", 8, "2026-03-02T08:00:00+08:00"),
        ("2026-03-02T07:59:59+08:00", 8, "2026-03-02T08:00:00+08:00"),
        ("2026-03-02T08:00:00+08:00", 8, "2026-03-03T08:00:00+08:00"),
        ("2026-12-31T23:30:00+08:00", 0, "2027-01-01T00:00:00+08:00"),
    ],
)
def test_the_next_hour_is_the_tenants(now: str, hour: int, expected: str) -> None:
    found = next_hour(datetime.fromisoformat(now).astimezone(UTC), hour, ZoneInfo("Asia/Shanghai"))
    assert found == datetime.fromisoformat(expected)
