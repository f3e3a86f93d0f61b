"""Signing on pages and over the API; one's own key."""

from __future__ import annotations

import pytest
from signing import PASSWORD, PIN

from tests.web.endorsing.office import Office


def test_the_page_shows_everything_that_is_signed(office: Office) -> None:
    office.bureau.begin()
    browser = office.browser("officer")
    page = browser.get(f"/work/{office.bureau.item('officer').id}")
    panel = page.one("//section[@aria-labelledby='h-sign']")
    words = " ".join(panel.text_content().split())
    record = office.bureau.records()[0]
    assert record.digest in words
    assert "officer（初评人）" in words
    assert "assess" in words
    assert panel.xpath(".//input[@name='_pin']/@type") == ["password"]


def test_a_step_is_signed_on_its_page(office: Office) -> None:
    case, browser = office.bureau.begin(), office.browser("officer")
    address, typed = office.typed("officer", browser)
    refused = browser.post(address, typed)
    assert (refused.status, refused.problem()) == (422, "请输入签字 PIN")
    wrong = browser.post(address, {**typed, "_pin": "999999"})
    assert (wrong.status, wrong.problem()) == (403, "签字 PIN 不正确")
    assert "999999" not in wrong.body
    assert browser.post(address, {**typed, "_pin": PIN}).status == 303
    assert "有效 officer 初评人" in browser.get(f"/cases/{case}").main


def test_a_void_signature_stays_on_the_case_and_says_why(office: Office) -> None:
    case, bureau = office.bureau.begin(), office.bureau
    bureau.sign("officer")
    bureau.sign("leader", decision="refuse", reason="与现场不符")
    bureau.assess("重新评估")
    words = office.browser("officer").get(f"/cases/{case}").main
    assert words.count("已失效") == 2
    assert "“assess”已于" in words
    bureau.sign("officer")
    words = office.browser("officer").get(f"/cases/{case}").main
    assert "有效 officer 初评人" in words


def test_the_api_completes_a_signed_step_with_the_pin(office: Office) -> None:
    office.bureau.begin()
    item = office.bureau.item("officer")
    path = f"/work-items/{item.id}"
    told = office.api("officer", "GET", path).json["signature"]
    assert told["capacity"] == "初评人"
    assert [row["element"] for row in told["covers"]] == ["assess"]
    body = {"revision": item.revision, "data": {"decision": "agree"}}
    answers = [
        office.api("officer", "POST", f"{path}/complete", {**body, **pin})
        for pin in ({}, {"pin": "999999"}, {"pin": PIN})
    ]
    assert [answer.status_code for answer in answers] == [422, 403, 200]
    assert [answer.json.get("code") for answer in answers] == ["pin_needed", "pin_wrong", None]


def test_six_wrong_pins_are_told_apart_from_a_wrong_one(office: Office) -> None:
    office.bureau.begin()
    item = office.bureau.item("officer")
    body = {"revision": item.revision, "data": {"decision": "agree"}, "pin": "999999"}
    statuses = [
        office.api("officer", "POST", f"/work-items/{item.id}/complete", body).status_code
        for _ in range(6)
    ]
    assert statuses == [403] * 5 + [429]


def test_a_key_is_set_renewed_and_revoked_on_its_page(office: Office) -> None:
    browser, address = office.browser("other"), "/access/signing-key"
    assert "现有密钥" not in browser.get(address).main
    typed = {"password": PASSWORD, "_pin": "838201", "_again": "838201"}
    wrong = browser.post(address, {**typed, "password": "no"})
    assert (wrong.status, "登录密码不正确" in wrong.main) == (422, True)
    plain = browser.post(address, {**typed, "_pin": "123456", "_again": "123456"})
    assert (plain.status, "连续的数字" in plain.main) == (422, True)
    assert browser.post(address, typed).status == 303
    assert "现有密钥" in browser.get(address).main
    assert browser.post(address, typed).status == 303
    assert "以前的密钥" in browser.get(address).main
    office.bureau.town.clock.advance(office.minute)
    assert browser.post(f"{address}/revoke", {"password_end": PASSWORD}).status == 303
    assert "现有密钥" not in browser.get(address).main


@pytest.mark.parametrize("field", ["_pin", "_again", "password"])
def test_no_secret_comes_back_with_a_page(office: Office, field: str) -> None:
    browser = office.browser("other")
    typed = {"password": "given-password", "_pin": "given-pin-1", "_again": "given-pin-2"}
    page = browser.post("/access/signing-key", typed)
    assert page.status == 422
    assert typed[field] not in page.body


def test_one_pin_signs_for_ten_minutes_in_one_session_only(office: Office) -> None:
    bureau, browser = office.bureau, office.browser("officer")
    first = bureau.begin()
    address, typed = office.typed("officer", browser)
    second = bureau.begin()
    signed = browser.post(address, {**typed, "_pin": PIN})
    address, typed = office.typed("officer", browser)
    assert signed.location.endswith(address), "on to the next item to sign"
    assert "十分钟内已输入过 PIN" in browser.get(address).main
    assert not browser.get(address).find("//input[@name='_pin']")
    other = office.browser("officer")
    assert other.get(address).find("//input[@name='_pin']")
    with other.client.session_transaction() as theirs, browser.client.session_transaction() as own:
        assert PIN not in own["pin"]
        theirs["pin"] = own["pin"]
    assert other.get(address).find("//input[@name='_pin']")
    assert browser.post(address, typed).status == 303
    assert "有效 officer 初评人" in browser.get(f"/cases/{second}").main
    assert first != second
    bureau.begin()
    bureau.town.clock.advance(11 * office.minute)
    address, typed = office.typed("officer", browser)
    assert browser.post(address, typed).status == 422
