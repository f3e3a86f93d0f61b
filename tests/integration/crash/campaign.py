"""A campaign: clients at work while nodes and database die; then what stands is examined."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from threading import Event
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from engine.messaging.outbox import SENT
from engine.store.control import dispatch
from engine.store.metadata import TENANT
from engine.store.tables import cases, history, incidents, notifications, outbox, records, timers
from engine.timing.clock import FrozenClock
from webapp.operations.sweeping import find_everything_broken
from webapp.product import Product
from webapp.usecases.verifying import verify_histories
from webapp.worker import sweep

from .clients import STEPS, Act, Client
from .house import House, Nursery, Slot, free_port
from .installations import Installation, Postgres, people_it
from .nursery import HurriedClock

CLIENTS = 4
SPEED = 120.0
"""So much faster runs the clock of a campaign: the lease of a dead node ends within a second."""
DEADLINES = 2


@dataclass
class Campaign:
    """What was done to an installation, and what it acknowledged."""

    installation: Installation
    clients: list[Client]
    house: House
    tenant_id: UUID
    clock: HurriedClock
    stops: int
    seconds: float
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def acknowledged(self) -> list[tuple[Act, int, Any]]:
        """Every answer that a client was given."""
        return [answer for client in self.clients for answer in client.acknowledged]


def run(
    installation: Installation,
    goal: int,
    seed: int,
    postgres: Postgres | None = None,
    stops: int = 0,
) -> Campaign:
    """Let clients work until so many nodes were killed, and finish what they have begun."""
    clock = HurriedClock(time.time(), SPEED)
    product = installation.open(clock)
    tenant_id, tokens = people_it(product)
    product.db.dispose()
    nursery = Nursery(installation.environment, clock.begun, SPEED, installation.wire)
    webs = tuple(Slot(f"web{n}", "web", free_port()) for n in (1, 2))
    clocks = tuple(Slot(f"clock{n}", "clock") for n in (1, 2))
    house = House(nursery, (*webs, *clocks), goal, seed)
    is_up = Event()
    is_up.set()
    if postgres is not None:
        is_up = postgres.is_up
    clients = [Client(n, house, tokens, is_up, Random(seed + n)) for n in range(CLIENTS)]
    began = time.monotonic()
    house.open()
    try:
        _work(house, clients, postgres, stops)
    finally:
        house.close()
        nursery.close()
    seconds = time.monotonic() - began
    seen = sum((client.seen for client in clients), Counter[str]())
    stopped = 0 if postgres is None else postgres.stops
    return Campaign(installation, clients, house, tenant_id, clock, stopped, seconds, seen)


def _work(house: House, clients: Sequence[Client], postgres: Postgres | None, stops: int) -> None:
    with ThreadPoolExecutor(len(clients) + 1) as pool:
        working = [pool.submit(client.work) for client in clients]
        if postgres is not None:
            working.append(pool.submit(_stop, house, postgres, stops))
        for one in as_completed(working):
            one.result()


def _stop(house: House, postgres: Postgres, stops: int) -> None:
    """Stop the database hard, spread evenly over the kills."""
    for number in range(1, stops + 1):
        house.wait_for_kills(house.goal * number // (stops + 1))
        postgres.stop_hard()


def finish(campaign: Campaign) -> Product:
    """Do what is left to the clocks, long after every lease and deadline; gives the product."""
    clock = FrozenClock(campaign.clock.now() + timedelta(days=2))
    product = campaign.installation.open(clock)
    while sweep(product):
        clock.advance(timedelta(hours=1))
    return product


@dataclass(frozen=True)
class Standing:
    """What an installation holds after a campaign."""

    started: Counter[str]
    completed: Counter[tuple[str, str]]
    fired: Counter[tuple[str, str]]
    records: int
    statuses: Counter[str]
    messages: Counter[str]
    unsent: int
    told: int
    left: int
    incidents: int
    broken: list[Any]
    verified: tuple[int, list[Any]]


def examine(product: Product, tenant_id: UUID) -> Standing:
    """Read everything a campaign is judged by."""
    with product.db.tenant(tenant_id, read_only=True) as tx:
        facts = tx.all(select(history).where(history.c.tenant_id == TENANT))
        posted = tx.all(select(outbox).where(outbox.c.tenant_id == TENANT))
        ended = tx.all(select(cases.c.status).where(cases.c.tenant_id == TENANT))
        counts = [
            tx.scalar(select(func.count()).select_from(table).where(table.c.tenant_id == TENANT))
            for table in (records, notifications, timers, incidents)
        ]
    with product.db.control(read_only=True) as control:
        waiting = len(control.all(select(dispatch.c.id)))
    return Standing(
        started=Counter(str(f.case_id) for f in facts if f.kind == "case.started"),
        completed=Counter(
            (str(f.item_id), f.content["record"]) for f in facts if f.kind == "item.completed"
        ),
        fired=Counter((str(f.case_id), f.element) for f in facts if f.kind == "timer.fired"),
        records=counts[0],
        statuses=Counter(row.status for row in ended),
        messages=Counter(row.key for row in posted),
        unsent=sum(row.status != SENT for row in posted),
        told=counts[1],
        left=counts[2] + waiting,
        incidents=counts[3],
        broken=[f for _, found in find_everything_broken(product).values() for f in found],
        verified=verify_histories(product, "walk"),
    )


def wire_of(installation: Installation) -> Counter[str]:
    """How often each message has left, by its key."""
    return Counter(installation.wire.read_text().split())


def file_is_sound(installation: Installation) -> bool:
    """Whether SQLite finds its file in order."""
    with sqlite3.connect(installation.folder / "lucheng.db") as file:
        (said,) = file.execute("pragma integrity_check").fetchone()
    file.close()
    return bool(said == "ok")


def check(campaign: Campaign, standing: Standing) -> None:
    """Hold what stands against what was acknowledged; every number has to agree."""
    acts = [(act, answer) for act, _, answer in campaign.acknowledged]
    started = Counter(answer["id"] for act, answer in acts if act.path == "/cases")
    done = Counter((a["item"], a["record"]) for act, a in acts if act.path.endswith("/complete"))
    number = len(started)
    assert set(started.values()) == {1}
    assert done.total() == number * len(STEPS)

    assert standing.started == started, "a case was lost, or started twice"
    assert standing.completed == done, "an acknowledged completion was lost, or done twice"
    assert standing.records == done.total()
    expected = Counter((case, element) for case in started for element in ("soon", "later"))
    assert standing.fired == expected, "a timer was lost, or fired twice"
    assert standing.statuses == Counter(completed=number)
    check_messages(campaign, standing, number * DEADLINES)
    assert standing.left == 0, "a timer, or work for the clock, was left behind"
    assert standing.incidents == 0
    assert standing.broken == []
    assert standing.verified == (number, [])


def check_messages(campaign: Campaign, standing: Standing, expected: int) -> None:
    """Every message is there once, was sent at least once, and shown to one person once."""
    sent = wire_of(campaign.installation)
    assert standing.messages.total() == expected
    assert set(standing.messages.values()) == {1}
    assert standing.unsent == 0
    assert sent.keys() == standing.messages.keys(), "what was sent is not what was posted"
    assert standing.told == expected, "a message sent again was shown again"
