"""Side by side on databases that begin equal: our engine, the floor, plain SpiffWorkflow.

After each act of ours the rows it changed are read and written again by bare SQL on the second
database, and on the third with SpiffWorkflow's document in place of our token state. So all three
do the same work at the same time, in one process.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Table
from sqlalchemy.engine import URL

from bench.databases import Postgres, Server, open_database
from bench.drawing import Drawing
from bench.meter import Cost, Meter, NoServer, PostgresMeter, measure
from bench.rows import (
    Bare,
    BarePostgres,
    BareSqlite,
    Changes,
    changes,
    parts_of,
)
from bench.stock import Stock
from bench.world import Town, answers, build_town
from engine.store.metadata import metadata
from engine.store.tables import cases, work_items
from engine.timing.clock import SystemClock

Step = dict[str, Cost]
Completer = Callable[[Any, Mapping[str, Any]], Any]
LANES = ("ours", "floor", "naive")


@dataclass
class Lanes:
    """The three databases and what connects to them."""

    town: Town
    procedure: str
    stock: Stock
    eye: Bare
    hands: dict[str, Bare]
    meters: dict[str, Meter]
    tables: list[Table]
    urls: Mapping[str, URL]
    has_naive: bool = True
    written: list[Changes] = field(default_factory=list)

    def start(self) -> UUID:
        """A case in all lanes."""
        before = self.eye.look(self.tables, uuid.uuid4())
        case_id = self.town.start(self.procedure)
        found = changes(self.tables, before, self.eye.look(self.tables, case_id))
        self.hands["floor"].write(found)
        if self.has_naive:
            self.hands["naive"].write(with_state(found, self.stock.start()))
        return case_id

    def complete(
        self, case_id: UUID, values: Mapping[str, Any], complete: Completer | None = None
    ) -> Step:
        """Complete the oldest open item of a case in all lanes; tells what each of them cost.

        ``complete`` does it for us, the engine's use case unless another is given.
        """
        item = self.town.open_items(case_id)[0]
        before = self.eye.look(self.tables, case_id)
        act = complete or self.town.complete
        cost = {"ours": measure(self.meters["ours"], lambda: act(item, values))[0]}
        found = changes(self.tables, before, self.eye.look(self.tables, case_id))
        if work_items not in {table for table, _, _ in found.updated}:
            raise LookupError(f"{item.element} was not completed: nothing was measured")
        self.written.append(found)
        cost["floor"], _ = measure(self.meters["floor"], lambda: self.hands["floor"].write(found))
        if self.has_naive:
            cost["naive"], _ = measure(
                self.meters["naive"], lambda: self._complete_naive(case_id, item, values, found)
            )
        return cost

    def is_equal(self) -> bool:
        """Whether the floor holds what ours holds, row by row."""
        return self.eye.look(self.tables, None) == self.hands["floor"].look(self.tables, None)

    def state(self, case_id: UUID) -> bytes:
        """The token state of a case as it is stored."""
        return self.eye.state(case_id)

    def _complete_naive(
        self, case_id: UUID, item: Any, values: Mapping[str, Any], found: Changes
    ) -> None:
        hand = self.hands["naive"]
        document = self.stock.complete(hand.take_state(case_id), item.element, values)
        hand.write(with_state(found, document))


def with_state(found: Changes, document: bytes) -> Changes:
    """The same rows, with another token state in the row of the case."""
    position = [column.name for column in cases.columns].index("state")
    updated = [
        (table, key, {**values, "state": document} if table is cases else values)
        for table, key, values in found.updated
    ]
    inserted = {
        table: [
            (*row[:position], document, *row[position + 1 :]) if table is cases else row
            for row in rows
        ]
        for table, rows in found.inserted.items()
    }
    return replace(found, updated=updated, inserted=inserted)


@contextmanager
def open_lanes(server: Server, drawing: Drawing, password: str = "") -> Iterator[Lanes]:
    """Three databases that begin equal, a tenant with one procedure in each."""
    first = server.create()
    town = build_town(open_database(first), SystemClock(), [drawing], password)
    eye = open_bare(server, first, town.tenant_id)
    tables = _probe(town, drawing.id, eye)
    eye.close()
    town.db.dispose()
    urls = dict(zip(LANES, (first, server.copy(first), server.copy(first)), strict=True))
    bare = {lane: open_bare(server, url, town.tenant_id) for lane, url in urls.items()}
    town.db.dispose()
    with ExitStack() as stack:
        stack.callback(town.db.dispose)
        for connection in bare.values():
            stack.callback(connection.close)
        with town.db.control(read_only=True):  # so that there is a process to be measured
            meters = _meters(server, urls, stack)
        eye = bare.pop("ours")
        yield Lanes(town, drawing.id, Stock(drawing), eye, bare, meters, tables, urls)


def _probe(town: Town, procedure: str, eye: Bare) -> list[Table]:
    """The tables whose rows change when a case is started and run to its end."""
    every = list(metadata.sorted_tables)
    looks = [eye.look(every, None)]
    case_id = town.start(procedure)
    while items := town.open_items(case_id):
        looks.append(eye.look(every, None))
        town.complete(items[0], answers())
    looks.append(eye.look(every, None))
    return [t for t in every if any(look[t.name] != looks[0][t.name] for look in looks)]


def open_bare(server: Server, url: URL, tenant_id: UUID) -> Bare:
    """A driver connection to a database."""
    if isinstance(server, Postgres):
        return BarePostgres(server, url, tenant_id)
    return BareSqlite(url)


def _meters(server: Server, urls: Mapping[str, URL], stack: ExitStack) -> dict[str, Meter]:
    if not isinstance(server, Postgres):
        return dict.fromkeys(urls, NoServer())
    owner = psycopg.connect(**parts_of(server.owner), autocommit=True)
    stack.callback(owner.close)
    return {lane: PostgresMeter(owner, str(url.database)) for lane, url in urls.items()}
