"""The HTTP level: two web processes, completions by API and by page, the list under load."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from bench.databases import Postgres
from bench.lanes import Completer, Lanes, Step, open_lanes
from bench.meter import Spread, percentile, spread
from bench.samples import ROLES, approval
from bench.web_nodes import PASSWORD, Node, Visitor, WithNodes, web_nodes
from bench.world import answers

STEPS = 28
READERS = 4


@dataclass
class HttpFindings:
    """CPU of web processes and database over the floor's, and latencies in milliseconds."""

    api_over_floor: Spread
    page_over_floor: Spread
    api_ms: list[float] = field(default_factory=list)
    page_ms: list[float] = field(default_factory=list)
    list_ms: list[float] = field(default_factory=list)

    def quantiles(self, what: str) -> tuple[float, float]:
        """p50 and p95 of "api", "page" or "list"."""
        values = getattr(self, f"{what}_ms")
        return percentile(values, 0.5), percentile(values, 0.95)


def over_http(server: Postgres, *, repetitions: int, reads: int) -> HttpFindings:
    """A case by API and a case by page, step by step in turns with the floor."""
    with (
        open_lanes(server, approval(), PASSWORD) as lanes,
        web_nodes(lanes.urls["ours"], 2) as nodes,
    ):
        lanes.has_naive = False
        lanes.meters["ours"] = WithNodes(lanes.meters["ours"], nodes)
        desk = _Desk(_people(nodes))
        try:
            steps = [_repetition(lanes, desk) for _ in range(repetitions + 1)][1:]
            found = HttpFindings(
                spread([_over_floor(api) for api, _ in steps]),
                spread([_over_floor(page) for _, page in steps]),
                [step["ours"].wall * 1e3 for api, _ in steps for step in api],
                [step["ours"].wall * 1e3 for _, page in steps for step in page],
            )
            found.list_ms = _list_under_load(lanes, desk, nodes, reads)
            return found
        finally:
            desk.close()


def _people(nodes: tuple[Node, ...]) -> list[dict[str, Visitor]]:
    """Everybody signs in at the first node and is known at the others."""
    first = {role: Visitor(nodes[0], role) for role in ROLES}
    for visitor in first.values():
        visitor.sign_in()
    others = [{role: who.at(node) for role, who in first.items()} for node in nodes[1:]]
    return [first, *others]


@dataclass
class _Desk:
    """The people at each node; acts go to the nodes in turn."""

    nodes: list[dict[str, Visitor]]
    turn: int = 0

    def next(self, item: Any) -> Visitor:
        self.turn += 1
        return self.nodes[self.turn % len(self.nodes)][item.candidates[0]]

    def by_api(self, item: Any, values: Any) -> None:
        self.next(item).complete_by_api(item, values, uuid.uuid4().hex)

    def by_page(self, item: Any, values: Any) -> None:
        self.next(item).complete_by_page(item, values)

    def close(self) -> None:
        for people in self.nodes:
            for visitor in people.values():
                visitor.close()


def _repetition(lanes: Lanes, desk: _Desk) -> tuple[list[Step], list[Step]]:
    ways: list[tuple[Completer, list[Step]]] = [(desk.by_api, []), (desk.by_page, [])]
    running = [lanes.start() for _ in ways]
    for _ in range(STEPS):
        for case_id, (way, steps) in zip(running, ways, strict=True):
            steps.append(lanes.complete(case_id, answers(), way))
    return ways[0][1], ways[1][1]


def _over_floor(steps: list[Step]) -> float:
    """The client's CPU is that of whoever asks, so it counts for the floor only."""
    ours = sum(step["ours"].server for step in steps)
    return ours / sum(step["floor"].cpu for step in steps)


def _list_under_load(lanes: Lanes, desk: _Desk, nodes: tuple[Node, ...], reads: int) -> list[float]:
    """Milliseconds of the work list's page while two people complete steps all the time."""
    spent: list[float] = []
    over = threading.Event()

    def read(number: int) -> None:
        visitor = desk.nodes[0][ROLES[number % len(ROLES)]].at(nodes[number % len(nodes)])
        for _ in range(reads):
            begun = time.perf_counter()
            visitor.page("/work")
            spent.append((time.perf_counter() - begun) * 1e3)
        visitor.close()

    def work(number: int) -> None:
        while not over.is_set():
            case_id = lanes.town.start(lanes.procedure)
            for _ in range(2):
                item = lanes.town.open_items(case_id)[0]
                visitor = desk.nodes[number][item.candidates[0]]
                visitor.complete_by_api(item, answers(), uuid.uuid4().hex)

    workers = [threading.Thread(target=work, args=(n,)) for n in range(len(nodes))]
    readers = [threading.Thread(target=read, args=(n,)) for n in range(READERS)]
    for thread in (*workers, *readers):
        thread.start()
    for thread in readers:
        thread.join()
    over.set()
    for thread in workers:
        thread.join()
    return spent
