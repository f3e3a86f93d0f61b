"""The figures tell an operator what waits, and nobody else anything."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from threading import Event
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError

from engine.ids import new_id
from engine.messaging.outbox import post_message
from engine.store.tables import cases
from engine.timing.clock import FrozenClock
from engine.timing.dispatch import schedule
from webapp.app import create_app
from webapp.http.health import create_signs_app
from webapp.operations.figures import Waiting
from webapp.operations.sweeping import sweep_all_tenants
from webapp.worker import all_doers, sweep

from .conftest import House


def figures(house: House) -> dict[str, float]:
    Waiting.forget()
    answer = house.app.test_client().get("/metrics")
    assert answer.status_code == 200
    pairs = re.findall(r"^([a-z_]+(?:\{.*\})?) (\S+)$", answer.text, re.MULTILINE)
    return {name: float(value) for name, value in pairs}


def test_completions_and_requests_are_counted(house: House) -> None:
    before = figures(house)
    house.begin()
    assert house.fill_in().status_code == 200
    refused = house.api("applicant", "POST", f"/work-items/{new_id()}/complete", {"revision": 1})
    assert refused.status_code >= 400
    after = figures(house)
    name = 'lucheng_completions_total{way="api"}'
    assert after[name] - before.get(name, 0) == 1
    route = (
        'lucheng_request_seconds_count{method="POST",'
        'route="/api/v1/work-items/<uuid:item_id>/complete",status="2xx"}'
    )
    assert after[route] - before.get(route, 0) == 1


def test_what_waits_is_told_with_its_age(house: House, clock: FrozenClock) -> None:
    now = clock.now()
    with house.town.db.tenant(house.town.tenant_id) as tx:
        schedule(tx, "timer", new_id(), now - timedelta(seconds=90))
        schedule(tx, "timer", new_id(), now + timedelta(days=1))
        schedule(tx, "outbox", new_id(), now - timedelta(seconds=30))
    found = figures(house)
    assert found['lucheng_queue_rows{kind="timer"}'] == 2
    assert found['lucheng_queue_due_rows{kind="timer"}'] == 1
    assert found["lucheng_timer_lag_seconds"] == 90
    assert found["lucheng_outbox_lag_seconds"] == 30
    assert found["lucheng_database_up"] == 1


def test_incidents_and_broken_invariants_are_told(house: House) -> None:
    case_id = UUID(house.begin())
    assert figures(house)["lucheng_incidents_open"] == 0
    with house.town.db.tenant(house.town.tenant_id) as tx:
        tx.update(cases, cases.c.id == case_id, state=b"\x01[")
    sweep_all_tenants(house.product, Event())
    found = figures(house)
    assert found["lucheng_incidents_open"] == 1
    assert found["lucheng_invariants_broken"] == 1
    assert found["lucheng_invariants_swept_timestamp_seconds"] > 0


def test_no_figure_speaks_of_a_tenant_a_person_or_a_case(house: House) -> None:
    case_id = house.begin()
    house.api("applicant", "GET", f"/cases/{case_id}")
    Waiting.forget()
    text = house.app.test_client().get("/metrics").text
    actor = house.town["applicant"]
    for word in ("walk", str(house.town.tenant_id), case_id, str(actor.membership_id), "试行"):
        assert not re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text), word


@pytest.mark.parametrize(
    ("remote", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.7", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.7"}, 403),
        ("127.0.0.1", {"X-Real-IP": "10.0.0.7"}, 403),
        ("10.0.0.7", {"Authorization": "Bearer "}, 403),
    ],
)
def test_without_a_token_only_this_machine_may_read(
    house: House, remote: str, headers: dict[str, str], status: int
) -> None:
    client = house.app.test_client()
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": remote})
    assert answer.status_code == status


def test_with_a_token_whoever_holds_it_may_read(house: House) -> None:
    settings = replace(house.product.settings, metrics_token="for-the-prometheus")
    client = create_app(replace(house.product, settings=settings)).test_client()
    from_afar = {"REMOTE_ADDR": "10.0.0.7"}
    good, bad = ({"Authorization": f"Bearer {word}"} for word in ("for-the-prometheus", "guess"))
    assert client.get("/metrics", headers=good, environ_base=from_afar).status_code == 200
    assert client.get("/metrics", headers=bad, environ_base=from_afar).status_code == 403
    assert client.get("/metrics").status_code == 403, "a proxy on this machine has no token"


def test_a_clock_node_shows_figures_beside_its_signs_of_life(house: House) -> None:
    client = create_signs_app(house.product).test_client()
    assert "lucheng_database_up 1.0" in client.get("/metrics").text


def test_a_lost_database_is_a_figure_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr(house.product.db.engine, "connect", lost)
    found = figures(house)
    assert found["lucheng_database_up"] == 0
    assert "lucheng_incidents_open" not in found


def test_every_kind_of_due_work_is_watched() -> None:
    assert {"timer", "message", "signal", "retry", "batch"} <= set(all_doers())


def test_messages_of_the_outbox_are_counted(house: House) -> None:
    before = figures(house)
    sent = 'lucheng_dispatch_done_total{kind="outbox"}'
    failed = 'lucheng_dispatch_failed_total{kind="outbox"}'
    world = replace(house.product.world, transports={"good": lambda _message: None})
    product = replace(house.product, world=world)
    with product.db.tenant(house.town.tenant_id) as tx:
        post_message(tx, "good", "a", {}, product.clock.now())
        post_message(tx, "unknown", "b", {}, product.clock.now())
    sweep(product)
    after = figures(house)
    assert after[sent] - before.get(sent, 0) == 1
    assert after[failed] - before.get(failed, 0) == 1
