"""A character no database keeps is refused at the door, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient

from engine.store.control import sessions
from webapp.usecases.identity import open_session

from .conftest import House

PAGES = (
    "/work?q=%00",
    "/work/done?q=a%00b",
    "/cases?q=%00",
    "/cases?%00=1",
    "/batches?kind=%00",
    "/batches/new?kind=%00",
    "/cases/%00",
    "/files/%00",
)
OPEN = (
    "/public/walk/list?q=%00",
    "/public/walk/list?mineral=%00",
    "/public/walk/list.csv?q=%00",
    "/public/walk/list.json?q=%00",
    "/public/wa%00lk/list",
    "/public/walk/notices/%00",
    "/sign-in?next=/%00",
)
API = ("/cases?q=%00", "/cases?procedure=%00", "/work-items?q=%00", "/cases?cursor=%00")


@pytest.fixture
def clerk(house: House) -> FlaskClient:
    """A signed-in browser."""
    secret = open_session(house.product.db, house.town["leader"], house.product.clock.now(), 1)
    client = house.app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = secret
        session["_fresh"] = True
    return client


def test_the_browser_is_signed_in(house: House, clerk: FlaskClient) -> None:
    with house.product.db.control() as control:
        assert control.all(sessions.select())
    assert clerk.get("/work").status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_in_the_address_of_a_page(clerk: FlaskClient, address: str) -> None:
    assert 400 <= clerk.get(address).status_code < 500


@pytest.mark.parametrize("address", OPEN)
def test_in_an_address_that_needs_no_sign_in(house: House, address: str) -> None:
    assert 400 <= house.app.test_client().get(address).status_code < 500


@pytest.mark.parametrize("address", API)
def test_in_a_question_to_the_api(house: House, address: str) -> None:
    assert 400 <= house.api("leader", "GET", address).status_code < 500


@pytest.mark.parametrize("name", ["tenant", "username", "password", "x\0"])
def test_in_what_is_typed_to_sign_in(
    house: House, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(house.app.config, "WTF_CSRF_ENABLED", False)
    typed = {"tenant": "walk", "username": "leader", "password": "a long password"}
    client = house.app.test_client()
    for place in ("/sign-in", "/api/v1/tokens"):
        given = {"data": {**typed, name: "a\0"}} if place == "/sign-in" else {}
        given = given or {"json": {**typed, name: "a\0"}}
        assert 400 <= client.post(place, **given).status_code < 500


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/cases", {"procedure": "walking\0", "variables": {}}),
        ("/cases", {"procedure": "walking", "variables": {"a\0": 1}}),
        ("/definitions", {"procedure": "a\0", "bpmn": "<a/>"}),
        ("/batches", {"kind": "a\0", "title": "b", "items": []}),
    ],
)
def test_in_what_a_program_sends(house: House, path: str, body: dict[str, object]) -> None:
    assert 400 <= house.api("leader", "POST", path, body).status_code < 500


def test_in_the_name_of_a_file(house: House) -> None:
    answer = house.app.test_client().post(
        "/api/v1/attachments",
        data={"file": (io.BytesIO(b"%PDF-1.4"), "a\0b.pdf")},
        headers={"Authorization": "Bearer token-leader"},
    )
    assert answer.status_code < 500
