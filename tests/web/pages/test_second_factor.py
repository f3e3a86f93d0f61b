"""两步验证 and 更换密码: asked for after the password, taken once, and everything open ends."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from engine.store.control import second_factors
from engine.store.tables import parameters, settings
from tests.web.a1.drive import PEOPLE, SLUG
from tests.web.pages.desk import Browser, Desk, Shown
from tests.web.pages.test_signing_in import sign_in

ADMIN = "guanli"


def code_of(desk: Desk, secret: str, steps: int = 0) -> str:
    """What the person's device shows now."""
    device = TOTP(base64.b32decode(secret), 6, SHA1(), 30, enforce_key_length=False)
    return device.generate(int(desk.drive.clock.now().timestamp()) + 30 * steps).decode()


def require(desk: Desk, key: str, value: object) -> None:
    """Let the tenant ask for something."""
    with desk.drive.product.db.tenant(desk.drive.prepared.tenant_id) as tx:
        assert tx.update(parameters, parameters.c.key == key, value=value)
        tx.update(settings, settings.c.name == "tenant", digest=f"{key}{value}"[:64])


def enrol(desk: Desk, browser: Browser, name: str) -> tuple[str, list[str]]:
    """Set a second factor up on the pages; gives the secret and the recovery codes."""
    shown = browser.post("/access/second-factor")
    secret = str(shown.one("//ol/following::code").text)
    typed = {"code": code_of(desk, secret), "password": PEOPLE.password(name)}
    told = browser.post("/access/second-factor/confirm", typed)
    return secret, [str(one.text) for one in told.find("//li/code")]


def test_after_the_password_the_code_is_asked_for_and_taken_once(desk: Desk) -> None:
    secret, _ = enrol(desk, desk["clerk"], "wulan")
    browser = desk.anybody()
    password = sign_in(browser, PEOPLE.password("wulan"))
    assert (password.status, password.location) == (303, "/sign-in/code")
    assert browser.get("/work").status == 302, "the password alone opens nothing"
    used = code_of(desk, secret)
    refused = browser.post("/sign-in/code", {"code": used})
    assert refused.status == 422, "the code that set it up was used"
    desk.drive.clock.advance(timedelta(seconds=30))
    entered = browser.post("/sign-in/code", {"code": code_of(desk, secret)})
    assert (entered.status, entered.location) == (303, "/")
    assert browser.get("/work").status == 200
    other = desk.anybody()
    sign_in(other, PEOPLE.password("wulan"))
    assert other.post("/sign-in/code", {"code": code_of(desk, secret)}).status == 422
    assert other.get("/work").status == 302


def test_a_recovery_code_works_once(desk: Desk) -> None:
    _, codes = enrol(desk, desk["clerk"], "wulan")
    assert len(set(codes)) == 10
    for status in (303, 422):
        browser = desk.anybody()
        sign_in(browser, PEOPLE.password("wulan"))
        assert browser.post("/sign-in/code", {"code": codes[3]}).status == status


def test_guesses_at_the_code_end_soon(desk: Desk) -> None:
    secret, _ = enrol(desk, desk["clerk"], "wulan")
    desk.drive.clock.advance(timedelta(minutes=16))
    browser = desk.anybody()
    sign_in(browser, PEOPLE.password("wulan"))
    answers = [browser.post("/sign-in/code", {"code": "000000"}).status for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert browser.post("/sign-in/code", {"code": code_of(desk, secret)}).status == 429


def test_a_password_that_was_right_too_long_ago_has_to_be_given_again(desk: Desk) -> None:
    secret, _ = enrol(desk, desk["clerk"], "wulan")
    browser = desk.anybody()
    sign_in(browser, PEOPLE.password("wulan"))
    desk.drive.clock.advance(timedelta(minutes=11))
    late = browser.post("/sign-in/code", {"code": code_of(desk, secret)})
    assert (late.status, late.location) == (303, "/sign-in")


def test_a_token_needs_the_code_too(desk: Desk) -> None:
    secret, _ = enrol(desk, desk["clerk"], "wulan")
    desk.drive.clock.advance(timedelta(seconds=30))
    given = {"tenant": SLUG, "username": "wulan", "password": PEOPLE.password("wulan")}
    client = desk.app.test_client()
    assert client.post("/api/v1/tokens", json=given).status_code == 401
    given["code"] = code_of(desk, secret)
    assert client.post("/api/v1/tokens", json=given).status_code == 201
    assert client.post("/api/v1/tokens", json=given).status_code == 422


def test_administrators_set_it_up_first_where_the_tenant_asks_for_it(desk: Desk) -> None:
    require(desk, "account.admin.second_factor", True)
    browser = desk.anybody()
    first = sign_in(browser, PEOPLE.password(ADMIN), ADMIN)
    assert first.location == "/sign-in/second-factor"
    page = browser.get(first.location)
    assert page.one("//img[starts-with(@src, 'data:image/svg')]") is not None
    secret = str(page.one("//code").text)
    told = browser.post("/sign-in/second-factor", {"code": code_of(desk, secret)})
    assert len(told.find("//li/code")) == 10
    assert browser.get("/work").status == 200
    given = {"tenant": SLUG, "username": ADMIN, "password": PEOPLE.password(ADMIN)}
    assert desk.app.test_client().post("/api/v1/tokens", json=given).status_code == 401
    assert sign_in(desk.anybody(), PEOPLE.password("wulan")).location == "/"


def test_who_knows_only_the_password_cannot_set_up_a_device_of_his_own(desk: Desk) -> None:
    enrol(desk, desk["clerk"], "wulan")
    browser = desk.anybody()
    sign_in(browser, PEOPLE.password("wulan"))
    for place in ("/sign-in/second-factor", "/sign-in/password"):
        assert browser.get(place).location == "/sign-in/code"
        assert browser.post(place, {"code": "123456", "new": "x", "again": "x"}).status == 303
    assert browser.get("/work").status == 302


def test_it_is_taken_away_with_the_password_only(desk: Desk) -> None:
    enrol(desk, desk["clerk"], "wulan")
    assert desk["clerk"].post("/access/second-factor/remove", password="wrong").status == 422
    with desk.drive.product.db.control() as control:
        assert len(control.all(second_factors.select())) == 1
    right = PEOPLE.password("wulan")
    assert desk["clerk"].post("/access/second-factor/remove", password=right).status == 303
    assert sign_in(desk.anybody(), right).location == "/"


def test_the_secret_and_the_recovery_codes_stand_in_no_row(desk: Desk) -> None:
    secret, codes = enrol(desk, desk["clerk"], "wulan")
    with desk.drive.product.db.control() as control:
        (row,) = control.all(second_factors.select())
    raw = base64.b32decode(secret).hex()
    assert not any(word in str(row) for word in (secret, raw, *codes))


# ---------------------------------------------------------------- passwords

NEW = "Neues Passwort 7"


def change(browser: Browser, old: str, new: str = NEW, again: str = "") -> Shown:
    typed = {"password": old, "new": new, "again": again or new}
    return browser.post("/access/password", typed)


def test_a_new_password_ends_everything_that_was_open(desk: Desk) -> None:
    old, other = PEOPLE.password("wulan"), desk.anybody()
    sign_in(other, old)
    assert desk.drive.get("wulan", "/cases")
    assert change(desk["clerk"], old).status == 303
    assert desk["clerk"].get("/access").status == 200, "he goes on here"
    assert other.get("/work").status == 302
    desk.drive.call("wulan", "GET", "/cases", expect=401)
    assert sign_in(desk.anybody(), old).status == 422
    assert sign_in(desk.anybody(), NEW).status == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("wrong", NEW, NEW, "password"),
        ("", "short", "short", "new"),
        ("", NEW, "another one", "again"),
        ("", "aaaaaaaaaaaa", "aaaaaaaaaaaa", "new"),
        ("", "Lucheng-wulan-2025", "Lucheng-wulan-2025", "new"),
        ("", "x" * 201, "x" * 201, "new"),
    ],
)
def test_a_password_that_is_refused_is_told_where_it_stands(
    desk: Desk, old: str, new: str, again: str, field: str
) -> None:
    shown = change(desk["clerk"], old or PEOPLE.password("wulan"), new, again)
    assert shown.status == 422
    assert shown.one("//input[@aria-invalid='true']").get("name") == field


def test_the_tenant_says_what_a_password_is_made_of(desk: Desk) -> None:
    require(desk, "account.password.length", 14)
    require(desk, "account.password.kinds", 4)
    old = PEOPLE.password("wulan")
    assert "14" in change(desk["clerk"], old, "Sh0rt-enough!").main
    assert change(desk["clerk"], old, "long enough but plain").status == 422
    assert change(desk["clerk"], old, "Long enough 4 all!").status == 303


def test_a_password_that_is_too_old_is_changed_before_anything_else(desk: Desk) -> None:
    require(desk, "account.password.days", 90)
    desk.drive.clock.advance(timedelta(days=91))
    browser, old = desk.anybody(), PEOPLE.password("wulan")
    assert sign_in(browser, old).location == "/sign-in/password"
    assert browser.get("/work").status == 302
    assert browser.post("/sign-in/password", {"new": old, "again": old}).status == 422
    assert browser.post("/sign-in/password", {"new": NEW, "again": NEW}).location == "/"
    assert browser.get("/work").status == 200
