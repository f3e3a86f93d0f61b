"""Many nodes: stop gently, tell their readiness, share the timers."""

from __future__ import annotations

import http.client
import json
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from engine.cases.lifecycle import start_case
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import cases, history
from engine.timing.clock import FrozenClock

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "process"))

from drawn import END, START, el, flows, sources, timer, user
from nodes import PATIENCE, Node, free_port
from town import Town, build_town

STARTED = "已启动"
CASES = 120
SLOW = """
import threading, webapp.serve
from webapp.app import create_app
def slow(product):
    app = create_app(product)
    hold = threading.Event()
    @app.get("/slow")
    def wait():
        print("request is running", flush=True)
        hold.wait()
        return "finished"
    @app.get("/go")
    def go():
        hold.set()
        return "go"
    return app
webapp.serve.create_app = slow
from webapp.cli import main
main()
"""

Start = Callable[..., Node]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts nodes on a database, and ends them after the test."""
    nodes: list[Node] = []

    def begin(role: str, url: str = "", program: str | None = None, **environment: str) -> Node:
        given = {"DATA_DIR": str(tmp_path), "DATABASE_URL": url, **environment}
        node = Node(role, given) if program is None else Node(role, given, program)
        nodes.append(node)
        node.wait_until(STARTED)
        return node

    yield begin
    for node in nodes:
        node.close()


def plain(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def test_a_web_node_that_is_stopped_finishes_the_running_request_and_takes_no_other(
    start: Start,
) -> None:
    node = start("web", program=SLOW)
    kept = http.client.HTTPConnection("127.0.0.1", node.port, timeout=PATIENCE)
    kept.connect()
    answers: list[Any] = []
    asking = Thread(target=lambda: answers.append(node.get("/slow")))
    asking.start()
    node.wait_until("request is running")
    kept.request("GET", "/livez")
    assert kept.getresponse().read()
    going = socket.create_connection(("127.0.0.1", node.port))
    going.sendall(b"GET /go HTTP/1.1\r\nHost: here\r\n")  # on its way when the signal comes
    assert node.get("/livez")[0] == 200  # who came before has been let in

    node.terminate()
    while _listens(node.port):
        assert asking.is_alive(), "the running request was not waited for"
    going.sendall(b"\r\n")
    asking.join(PATIENCE)

    assert answers == [(200, "finished")]
    assert node.end() == 0
    going.close()
    kept.close()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_clock_node_that_is_stopped_ends_with_code_zero(start: Start) -> None:
    node = start("clock")
    node.terminate()
    assert node.end() == 0


def test_a_clock_node_shows_its_signs_of_life_where_it_is_told_to(
    start: Start,
) -> None:
    port = free_port()
    node = start("clock", LUCHENG_SIGNS_PORT=str(port))
    node.port = port
    assert node.get("/livez")[0] == 200
    assert node.get("/healthz")[0] == 200
    assert node.get("/")[0] == 404


def test_whoever_is_behind_a_proxy_is_not_taken_for_this_machine(start: Start) -> None:
    afar = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    for settings in ({}, {"LUCHENG_TRUSTED_PROXY": "127.0.0.1"}):
        node = start("web", **settings)
        assert node.get("/metrics")[0] == 200
        assert node.get("/metrics", **afar)[0] == 403


def guess(node: Node, client: str) -> int:
    """The answer to a wrong password that a proxy hands on for a client."""
    wrong = json.dumps({"tenant": "walk", "username": "ghost", "password": "wrong"})
    headers = {"Content-Type": "application/json", "X-Forwarded-For": client}
    with closing(http.client.HTTPConnection("127.0.0.1", node.port, timeout=PATIENCE)) as asked:
        asked.request("POST", "/api/v1/tokens", wrong, headers)
        return asked.getresponse().status


def test_behind_a_trusted_proxy_every_client_is_counted_for_himself(start: Start) -> None:
    node = start("web", LUCHENG_TRUSTED_PROXY="127.0.0.1")
    assert [guess(node, "203.0.113.9") for _ in range(6)] == [401] * 5 + [429]
    assert guess(node, "203.0.113.10") == 401


def test_whoever_is_no_proxy_does_not_choose_the_address_he_is_counted_by(start: Start) -> None:
    node = start("web")
    answers = [guess(node, f"203.0.113.{number}") for number in range(6)]
    assert answers == [401] * 5 + [429]


@pytest.fixture
def late(clock: FrozenClock, postgres_url: URL) -> Iterator[Town]:
    """A tenant whose cases have a timer that was due long ago."""
    db = Database(plain(postgres_url))
    edge = el("boundaryEvent", "late", timer("PT1H"), attributes='attachedToRef="a"')
    steps = (START, user("a"), edge, END, flows("s -> a", "a -> e", "late -> e"))
    yield build_town(db, clock, sources(*steps))
    db.dispose()


def test_two_clocks_fire_every_timer_once(start: Start, late: Town, postgres_url: URL) -> None:
    nodes = [start("clock", plain(postgres_url)) for _ in range(2)]
    begun = {
        UUID(start_case(late.db, late.world, late["applicant"], "p", {})["id"])
        for _ in range(CASES)
    }
    until = time.monotonic() + PATIENCE
    while _open(late):
        assert time.monotonic() < until, "the timers do not fire"
    with late.db.tenant(late.tenant_id, read_only=True) as tx:
        facts = tx.all(select(history).where(history.c.tenant_id == TENANT))
    assert Counter(f.case_id for f in facts if f.kind == "timer.fired") == Counter(begun)
    for node in nodes:
        node.terminate()
    assert [node.end() for node in nodes] == [0, 0]


def _open(town: Town) -> int:
    with town.db.tenant(town.tenant_id, read_only=True) as tx:
        rows = tx.all(select(cases).where(cases.c.tenant_id == TENANT))
    return sum(row.status == "open" for row in rows)
