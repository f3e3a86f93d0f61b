"""Input that no page of ours sends is refused in words; it never breaks anything."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.web.pages.conftest import At
from tests.web.pages.desk import Browser, Desk

ID = "00000000-0000-7000-8000-000000000001"
PAGES = ["/work", "/work/done", "/cases", "/cases/mine", "/admin/readings", "/notifications"]
PUBLIC = ["list", "notices", "notices.json"]
OPERATIONS = ["work-items", "cases", "notifications"]


def packed(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


CURSORS = {
    "time without zone": packed(["2026-01-01T00:00:00", ID]),
    "time before all times": packed(["0001-01-01T00:00:00+14:00", ID]),
    "deep": base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    "deep and short": base64.urlsafe_b64encode(b"[" * 220).decode(),
    "numbers": packed([1, 2]),
    "three": packed(["1", "2", "3"]),
    "no list": packed(5),
    "huge number": packed(["9" * 30, "自治区级"]),
    "no character": packed(["1", "\0"]),
    "half a character": packed(["1", "\ud800"]),
    "no id": packed(["2026-01-01T00:00:00+00:00", "x"]),
    "not packed": "ü",
}


@pytest.mark.parametrize("cursor", CURSORS.values(), ids=CURSORS.keys())
def test_a_cursor_of_no_list_of_ours_is_refused_everywhere(desk: Desk, cursor: str) -> None:
    for path in PAGES:
        assert desk["admin"].client.get(path, query_string={"cursor": cursor}).status_code == 422
    for name in PUBLIC:
        address = f"/public/neimenggu/{name}"
        answer = desk.anybody().client.get(address, query_string={"cursor": cursor})
        assert answer.status_code in ((422,) if name != "list" else (200, 422)), name
    headers = desk.drive.bearer("guanli")
    for name in OPERATIONS:
        answer = desk.drive.client.get(
            f"/api/v1/{name}", query_string={"cursor": cursor}, headers=headers
        )
        assert (answer.status_code, bool(answer.get_json()["message"])) == (422, True)


@pytest.mark.parametrize(
    "target", ["http://[", "//[", "/[", "///evil.example", "/\r\nX-Sent: 1", "/\t/evil.example"]
)
def test_an_address_to_go_on_to_is_one_of_ours_or_none(desk: Desk, target: str) -> None:
    anybody = desk.anybody()
    assert anybody.client.get("/sign-in", query_string={"next": target}).status_code == 200
    answer = anybody.client.get("/language/en", query_string={"next": target})
    assert answer.status_code == 303
    assert answer.headers["Location"] in ("/", "/%5B")


@pytest.mark.parametrize("place", ["/cases?q=a%00b", "/work?%00=1", "/cases/%00", "/work/%00"])
def test_text_that_no_database_keeps_is_refused_in_an_address(desk: Desk, place: str) -> None:
    assert desk["admin"].get(place).status == 400


def test_text_that_no_database_keeps_is_refused_in_a_form(desk: Desk) -> None:
    browser = desk.anybody()
    assert browser.post("/public/neimenggu/objections", code="a\0b").status == 400


BODIES = {
    "half a character": b'{"tenant": "neimenggu", "username": "\\ud800", "password": "x"}',
    "half a character in a name": b'{"tenant": "x", "username": "x", "\\ud800": 1}',
    "no character": b'{"tenant": "neimenggu", "username": "a\\u0000b", "password": "x"}',
    "deep": b"[" * 7_000 + b"]" * 7_000,
    "deeper than forms are": b'{"username": ' + b"[" * 200 + b"]" * 200 + b"}",
    "no number": b'{"tenant": NaN}',
    "number without end": b'{"tenant": ' + b"1" * 5_000 + b"}",
    "half a byte": b'{"tenant": "\xff"}',
    "nothing": b"",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_body_that_cannot_be_read_is_refused_and_says_so(desk: Desk, body: bytes) -> None:
    for path in ("/tokens", "/cases"):
        answer = desk.drive.client.post(
            f"/api/v1{path}",
            data=body,
            content_type="application/json",
            headers=desk.drive.bearer("guanli"),
        )
        assert answer.status_code in (400, 422)
        assert answer.get_json()["errors"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"tenant": "a",\n "username" 1}', "第 2 行第 13 列"),
        ('{"tenant": "绿'.encode() + b'\xff"}', "第 1 行第 14 列"),
        (b'{"tenant": 1e99}', "过大"),
        (b"[" * 200 + b"]" * 200, "嵌套过深"),
        (b'{"tenant": "a\\u0000"}', "无法保存的字符"),
    ],
)
def test_a_body_that_is_no_json_is_told_with_its_place(desk: Desk, body: bytes, told: str) -> None:
    answer = desk.drive.client.post("/api/v1/tokens", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert told in answer.get_json()["errors"][0]["message"]


def test_a_length_out_of_its_range_is_told_in_words(desk: Desk) -> None:
    body = {"kind": "commission", "title": "第一批", "items": []}
    refused = desk.drive.call("xiaohong", "POST", "/batches", body, expect=422)
    assert refused["errors"] == [{"field": "items", "message": "长度应在 1 至 500 之间"}]


def test_a_body_is_no_larger_than_what_is_asked_for(desk: Desk) -> None:
    def size(path: str, length: int) -> int:
        answer = desk.drive.client.post(
            f"/api/v1{path}",
            data=b'{"a": "' + b"x" * length + b'"}',
            content_type="application/json",
            headers=desk.drive.bearer("guanli"),
        )
        return answer.status_code

    assert size("/tokens", 20_000) == 413
    assert size("/cases", 20_000) == 422
    assert size("/cases", 5_000_000) == 413


def test_history_is_asked_for_by_a_number_it_can_have(at: At) -> None:
    desk, case = at("Accept")
    for after in (2**63, 10**30, -1):
        desk.drive.get("guanli", f"/cases/{case}/history?after={after}", expect=422)
    assert desk.drive.get("guanli", f"/cases/{case}/history?after={2**31 - 1}") == []


@pytest.mark.parametrize("number", ["9" * 5_000, "9" * 400, "9" * 35, "1e300", "1e-300", "1e999"])
def test_a_number_beyond_all_measure_is_refused(at: At, number: str) -> None:
    desk, case = at("Accept")
    item = desk.drive.items("wulan", case, "Accept")[0]
    status = {}
    for given in (number, "1" * 34, "1e20"):
        answer = desk.drive.client.post(
            f"/api/v1/work-items/{item['id']}/complete",
            data=f'{{"revision": 1, "data": {{"decision": {given}}}}}',
            content_type="application/json",
            headers=desk.drive.bearer("wulan"),
        )
        status[given] = answer.status_code
    assert status == {number: 400, "1" * 34: 422, "1e20": 422}


def test_a_call_without_token_is_told_to_get_one(desk: Desk) -> None:
    client = desk.app.test_client()
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}):
        answer = client.get("/api/v1/cases", headers=headers)
        assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthorized")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/cases", {"procedure": None}, "procedure"),
        ("POST", "/cases", {}, "procedure"),
        ("POST", "/cases", {"procedure": "x", "colour": "green"}, "colour"),
        ("GET", "/cases?limit=abc", None, "limit"),
        ("GET", "/cases?limit=201", None, "limit"),
        ("GET", "/work-items?view=other", None, "view"),
        ("POST", f"/work-items/{ID}/complete", {"revision": "x", "data": {}}, "revision"),
        ("POST", f"/definitions/{ID}/publish", {}, "reason"),
        ("POST", "/batches", {"kind": "x", "title": "x", "items": ["x"]}, "items.0"),
    ],
)
def test_a_field_that_breaks_the_schema_is_named_in_words(
    desk: Desk, method: str, path: str, body: Any, field: str
) -> None:
    answer = desk.drive.call("guanli", method, path, body, expect=422)
    assert {"code", "message", "errors"} <= set(answer)
    (error,) = [error for error in answer["errors"] if error["field"] == field]
    assert any("\u4e00" <= character <= "\u9fff" for character in error["message"])


def test_the_words_for_a_wrong_field_exist_in_english(desk: Desk) -> None:
    browser: Browser = desk.anybody()
    browser.get("/language/en")
    answer = browser.client.post("/api/v1/tokens", json={})
    (first, *_rest) = answer.get_json()["errors"]
    assert first["message"].isascii()
