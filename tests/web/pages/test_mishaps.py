"""Whatever goes wrong is told on a page of our own, in the reader's language, with a way on."""

from __future__ import annotations

import re

import pytest
from flask import Flask, abort, request
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from engine.errors import Conflict, Forbidden, Invalid, LuchengError, NotFound, Refused, TooLarge
from engine.errors import Unavailable as NotNow
from engine.feel import FeelError
from engine.forms.context import FormBroken
from engine.spiff.codec import StateUnreadable
from engine.spiff.host import BudgetExceeded
from tests.web.a1.drive import SLUG
from tests.web.chain.shelf import Shelf
from tests.web.pages.desk import Browser, Desk, Shown
from webapp.app import create_app
from webapp.http.mishaps import HTTP_WORDS

STATUSES = (400, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503)
HAN = re.compile(r"[\u4e00-\u9fff]")
OWN: dict[type[LuchengError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    TooLarge: 413,
    Refused: 422,
    Invalid: 422,
    NotNow: 503,
    FeelError: 422,
    BudgetExceeded: 409,
    FormBroken: 500,
    StateUnreadable: 500,
}


@pytest.fixture(scope="module")
def troubled(page_shelf: Shelf) -> Flask:
    """An application with places where things go wrong."""
    app = create_app(page_shelf.begin().product)
    for prefix in ("/trouble", "/api/trouble"):
        app.add_url_rule(f"{prefix}/<int:status>", f"http{len(prefix)}", _abort)
        app.add_url_rule(f"{prefix}/own/<name>", f"own{len(prefix)}", _refuse)
        app.add_url_rule(f"{prefix}/crash", f"crash{len(prefix)}", _crash)
        app.add_url_rule(f"{prefix}/database", f"database{len(prefix)}", _database)
    return app


@pytest.fixture
def anybody(desk: Desk, troubled: Flask) -> Browser:
    """A browser there."""
    return Browser(troubled.test_client())


def _abort(status: int) -> None:
    abort(status)


def _refuse(name: str) -> None:
    kind = next(kind for kind in OWN if kind.__name__ == name)
    raise kind("说明原因的一句话", "a sentence that says why")


def _crash() -> None:
    raise RuntimeError("secret inner workings")


def _database() -> None:
    raise OperationalError("select 1", {}, Exception("secret inner workings"))


def assert_our_page(shown: Shown, status: int) -> None:
    """Inside the frame, with what to do next and a way on."""
    assert shown.status == status
    assert shown.find("//header[contains(@class, 'site-header')]")
    assert shown.one("//main//h1").text
    assert shown.find("//main//a[@href]")
    assert f"{status}" in shown.main
    assert "secret" not in shown.body


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_has_a_page_that_says_what_to_do_next(anybody: Browser, status: int) -> None:
    shown = anybody.get(f"/trouble/{status}")
    assert_our_page(shown, status)
    for words in HTTP_WORDS[status]:
        assert words in shown.main


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_is_told_in_english_to_those_who_read_english(
    anybody: Browser, status: int
) -> None:
    anybody.get("/language/en")
    shown = anybody.get(f"/trouble/{status}")
    assert_our_page(shown, status)
    assert HAN.search(shown.main) is None


@pytest.mark.parametrize("status", STATUSES)
def test_programs_are_answered_in_json(anybody: Browser, status: int) -> None:
    answer = anybody.get(f"/api/trouble/{status}").answer
    assert answer.status_code == status
    body = answer.get_json()
    assert body["code"] == f"http_{status}"
    assert body["message"] == HTTP_WORDS[status][0]


@pytest.mark.parametrize("kind", list(OWN))
def test_a_refusal_of_our_own_says_its_reason(anybody: Browser, kind: type[LuchengError]) -> None:
    shown = anybody.get(f"/trouble/own/{kind.__name__}")
    assert_our_page(shown, OWN[kind])
    assert "说明原因的一句话" in shown.main
    assert HTTP_WORDS[OWN[kind]][1] in shown.main
    told = anybody.get(f"/api/trouble/own/{kind.__name__}").answer
    assert (told.status_code, told.get_json()["code"]) == (OWN[kind], kind.code)


def test_a_crash_is_told_without_its_inner_workings_but_with_a_number(anybody: Browser) -> None:
    shown = anybody.get("/trouble/crash")
    assert_our_page(shown, 500)
    assert re.fullmatch("[0-9a-f]{8}", shown.one("//main//code").text)
    told = anybody.get("/api/trouble/crash").answer
    assert told.get_json() == {"code": "internal", "message": "系统出现意外错误", "errors": []}


def test_a_database_that_is_away_is_told_with_when_to_come_back(anybody: Browser) -> None:
    shown = anybody.get("/trouble/database")
    assert_our_page(shown, 503)
    assert shown.answer.headers["Retry-After"] == "60"


def test_a_part_of_a_page_is_answered_in_words(anybody: Browser) -> None:
    answer = anybody.get("/trouble/413", Accept="text/plain").answer
    assert (answer.status_code, answer.mimetype) == (413, "text/plain")
    assert answer.get_data(as_text=True) == "上传内容过大"


def test_too_large_an_upload_is_told(desk: Desk) -> None:
    limit = (desk.drive.product.settings.upload_limit_mb + 3) * 1_048_576
    answer = desk["applicant"].client.post(
        "/work/" + "0" * 32,
        data={"f.note": "x"},
        content_type="multipart/form-data",
        environ_overrides={"CONTENT_LENGTH": str(limit)},
    )
    assert_our_page(Shown(answer), 413)


def test_a_form_without_its_token_is_told_to_reload(desk: Desk) -> None:
    client = desk["clerk"].client
    assert_our_page(Shown(client.post("/cases")), 400)
    client.get("/language/en")
    told = Shown(client.post("/cases"))
    assert HAN.search(told.one("//main//h1").text) is None


@pytest.mark.parametrize(
    "place", [f"/public/{SLUG}/notices/nothing", "/public/nowhere/list", "/public/nowhere"]
)
def test_the_public_is_led_back_to_what_is_public(desk: Desk, place: str) -> None:
    shown = desk.anybody().get(place)
    assert_our_page(shown, 404)
    assert shown.one("//main//a").get("href") == "/public"


def test_a_public_file_that_does_not_exist_is_told_in_json(desk: Desk) -> None:
    answer = desk.anybody().get("/public/nowhere/list.json").answer
    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_part_is_told_that_the_session_ended_and_the_page_stays(desk: Desk, method: str) -> None:
    token = desk.anybody()
    data = {"csrf_token": token.token()}
    answer = getattr(token.client, method)(
        "/work/" + "0" * 32, headers={"HX-Request": "true"}, data=data
    )
    assert (answer.status_code, answer.mimetype) == (401, "text/plain")
    assert ("HX-Refresh" in answer.headers) == (method == "get")


def test_the_token_of_a_session_is_given_to_whoever_is_signed_in(desk: Desk) -> None:
    assert desk.anybody().get("/session").status == 401
    page = desk["clerk"].get("/work")
    token = desk["clerk"].get("/session").body
    answer = desk["clerk"].client.post("/sign-out", data={"csrf_token": token})
    assert page.status == 200
    assert answer.status_code == 303


def test_every_word_of_a_mishap_is_in_english_as_well(desk: Desk) -> None:
    with desk.app.test_request_context(), force_locale("en"):
        assert request.path == "/"
        said = [_(words) for pair in HTTP_WORDS.values() for words in pair]
    assert [words for words in said if HAN.search(words)] == []
