"""A log line says what happened, to whom it belongs, and nothing that opens a door."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog

from engine.errors import Invalid
from engine.ids import new_id
from engine.store.tables import settings
from engine.timing.clock import FrozenClock
from engine.timing.dispatch import schedule
from engine.timing.work import ENGINE_DOERS
from webapp.operations.logs import bind, configure_logs
from webapp.worker import sweep

from .conftest import House

PASSWORD = "Very-Secret-2026"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Logs as JSON in memory; everything is as before afterwards."""
    root, kept = logging.getLogger(), list(logging.getLogger().handlers)
    level, before = root.level, structlog.get_config()
    stream = io.StringIO()
    configure_logs("json", stream)
    yield stream
    root.handlers, root.level = kept, level
    structlog.configure(**before)
    structlog.contextvars.clear_contextvars()


def told(lines: io.StringIO, event: str) -> list[dict[str, Any]]:
    facts = [json.loads(line) for line in lines.getvalue().splitlines()]
    return [fact for fact in facts if fact["event"] == event]


def test_a_request_is_one_line_with_tenant_actor_and_case(house: House, lines: io.StringIO) -> None:
    case_id = house.begin()
    lines.truncate(0)
    lines.seek(0)
    house.api("leader", "GET", f"/cases/{case_id}?reason=hidden")
    (line,) = told(lines, "request")
    leader = house.town["leader"]
    assert line["tenant"] == str(leader.tenant_id)
    assert line["actor"] == str(leader.membership_id)
    assert line["case"] == case_id
    assert (line["method"], line["route"]) == ("GET", "/api/v1/cases/<uuid:case_id>")
    assert line["ms"] >= 0
    assert "hidden" not in lines.getvalue()


def test_nothing_of_one_request_stays_for_the_next(house: House, lines: io.StringIO) -> None:
    house.api("leader", "GET", f"/cases/{house.begin()}")
    house.app.test_client().get("/sign-in")
    last = told(lines, "request")[-1]
    assert {"tenant", "actor", "case"}.isdisjoint(last)


def test_the_clock_says_for_whom_it_works(
    house: House, lines: io.StringIO, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = new_id()
    with house.town.db.tenant(house.town.tenant_id) as tx:
        schedule(tx, "timer", ref, clock.now() - timedelta(seconds=1))

    def fail(*_args: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setitem(ENGINE_DOERS, "timer", fail)  # type: ignore[arg-type]
    sweep(house.product)
    structlog.get_logger("test").info("afterwards")
    assert "tenant" not in told(lines, "afterwards")[0]
    (line,) = told(lines, "dispatch_failed")
    assert line["tenant"] == str(house.town.tenant_id)
    assert (line["actor"], line["work"], line["ref"]) == ("clock", "timer", str(ref))


def test_no_secret_gets_into_a_log(house: House, lines: io.StringIO) -> None:
    client = house.app.test_client()
    wrong = {"tenant": "walk", "username": "leader", "password": PASSWORD}
    assert client.post("/api/v1/tokens", json=wrong).status_code >= 400
    client.get(f"/sign-in?password={PASSWORD}")
    client.get("/cases", headers={"Authorization": f"Bearer {PASSWORD}"})
    log = structlog.get_logger("test")
    log.info("careless", password=PASSWORD, session_cookie=PASSWORD, metrics_token=PASSWORD)
    log.info(
        "nested", facts={"headers": {"Authorization": PASSWORD}, "all": [{"secret": PASSWORD}]}
    )
    log.info("url", url=f"postgresql://lucheng:{PASSWORD}@db/lucheng")
    log.info("header", header=f"Bearer {PASSWORD}", query=f"a=1&password={PASSWORD}")
    logging.getLogger("library").warning("postgresql://lucheng:%s@db", PASSWORD)
    try:
        raise ValueError(f"cannot reach postgresql://lucheng:{PASSWORD}@db")
    except ValueError:
        log.exception("broken")
    assert len(told(lines, "careless")) == 1
    assert PASSWORD not in lines.getvalue()


def test_what_people_typed_stands_in_no_message_of_the_database(house: House) -> None:
    with (
        pytest.raises(Exception, match="tenant") as caught,
        house.town.db.tenant(house.town.tenant_id) as tx,
    ):
        tx.insert(settings, name="tenant", value={"typed": PASSWORD}, digest="x")
    assert PASSWORD not in str(caught.value)


def test_on_a_terminal_a_line_is_for_people() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    before, kept = structlog.get_config(), list(logging.getLogger().handlers)
    shown, piped = Terminal(), io.StringIO()
    try:
        configure_logs("auto", shown)
        bind(tenant="t")
        structlog.get_logger("x").info("happened", number=3)
        structlog.get_logger("x").info("request", route="/fine", status=200)
        structlog.get_logger("x").info("request", route="/trouble", status=503)
        configure_logs("auto", piped)
        structlog.get_logger("x").info("happened", number=3)
    finally:
        structlog.configure(**before)
        logging.getLogger().handlers = kept
        structlog.contextvars.clear_contextvars()
    assert "happened" in shown.getvalue()
    assert not shown.getvalue().startswith("{")
    assert "/trouble" in shown.getvalue()
    assert "/fine" not in shown.getvalue(), "people look for troubles"
    assert json.loads(piped.getvalue())["number"] == 3


def test_an_unknown_format_stops_the_start() -> None:
    with pytest.raises(Invalid, match="LUCHENG_LOG_FORMAT"):
        configure_logs("xml", io.StringIO())
