"""Fifty clients complete one item at once: one of them did it, all are told the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Barrier, Event
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from engine.store.metadata import TENANT
from engine.store.tables import history, records
from engine.timing.clock import SystemClock
from webapp.product import Product

from .clients import Act, Client
from .house import House, Nursery, Slot, free_port
from .installations import add_somebody, install, people_it

CLIENTS, PEOPLE = 50, 10
ROUNDS, MANY_ROUNDS = 10, 200
CLICKS = 2
"""Clients of one person that send the same key, as a double click does."""


@dataclass
class Crowd:
    """People with the same right to an item, two web nodes, and the product to look into."""

    product: Product
    tenant_id: UUID
    client: Client
    people: list[str]

    def storm(self, number: int) -> tuple[UUID, list[tuple[Act, int, Any]]]:
        """Let everybody complete one new item at once; the item, and who was told what."""
        case = self.client.act("applicant", "/cases", {"procedure": "p", "variables": {}})["id"]
        items = self.client.read("applicant", "/work-items?limit=200")["items"]
        (item,) = [i for i in items if i["case"] == case]
        gate = Barrier(CLIENTS)

        def complete(place: int) -> tuple[Act, int, Any]:
            who, click = self.people[place % PEOPLE], place // PEOPLE // CLICKS
            body = {"revision": item["revision"], "data": {"note": f"{who} {click}"}}
            path = f"/work-items/{item['id']}/complete"
            act = Act(who, path, body, f"storm {number} {who} {click}")
            gate.wait()
            return (act, *self.client.send(act))

        with ThreadPoolExecutor(CLIENTS) as pool:
            return UUID(item["id"]), list(pool.map(complete, range(CLIENTS)))

    def done(self, item: UUID) -> tuple[int, int]:
        """How often the item was completed as history tells, and how many records it has."""
        with self.product.db.tenant(self.tenant_id, read_only=True) as tx:
            told = select(history.c.seq).where(
                history.c.tenant_id == TENANT,
                history.c.item_id == item,
                history.c.kind == "item.completed",
            )
            kept = select(records.c.id).where(
                records.c.tenant_id == TENANT, records.c.item_id == item
            )
            return len(tx.all(told)), len(tx.all(kept))


@pytest.fixture(params=["sqlite", "postgresql"])
def crowd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Crowd]:
    """Ten people who may all do the first step, and two web nodes that nobody kills."""
    url: URL | None = None
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    place = install(url, tmp_path)
    clock = SystemClock()
    product = place.open(clock)
    with ExitStack() as stack:
        stack.callback(product.db.dispose)
        tenant_id, tokens = people_it(product)
        people = [f"person{n}" for n in range(PEOPLE)]
        tokens |= {name: add_somebody(product, name, "applicant") for name in people}
        nursery = Nursery(place.environment, clock.now().timestamp(), 1.0, place.wire)
        stack.callback(nursery.close)
        house = House(nursery, tuple(Slot(f"web{n}", "web", free_port()) for n in (1, 2)), 0, 0)
        house.open()
        stack.callback(house.close)
        is_up = Event()
        is_up.set()
        yield Crowd(product, tenant_id, Client(0, house, tokens, is_up, Random(0)), people)


def storms(crowd: Crowd, rounds: int) -> Counter[str]:
    """What the clients were told in all storms; in each exactly one act was done."""
    told: Counter[str] = Counter()
    for number in range(rounds):
        item, answers = crowd.storm(number)
        winners = [(act.who, act.key, answer) for act, status, answer in answers if status == 200]
        others = [status for _, status, _ in answers if status != 200]
        assert winners, "nobody was told that it is done"
        assert winners == [winners[0]] * len(winners), "two acts, or two answers to one key"
        assert others == [409] * (CLIENTS - len(winners))
        assert crowd.done(item) == (1, 1)
        told += Counter(success=1, replayed=len(winners) - 1, conflict=len(others))
    assert told.total() == rounds * CLIENTS
    return told


def test_of_fifty_clients_on_one_item_exactly_one_completes_it(crowd: Crowd) -> None:
    told = storms(crowd, ROUNDS)
    assert told["success"] == ROUNDS
    assert told["replayed"] >= 1, "no double click came through"


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_of_fifty_clients_on_one_item_exactly_one_completes_it_two_hundred_times(
    crowd: Crowd, capsys: pytest.CaptureFixture[str]
) -> None:
    told = storms(crowd, MANY_ROUNDS)
    assert told["success"] == MANY_ROUNDS
    with capsys.disabled():
        print(f"\n{crowd.product.db.engine.dialect.name}: {dict(told)}")
