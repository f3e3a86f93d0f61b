"""Signing in on the page and for a token: guesses end soon, and only for those who guess."""

from __future__ import annotations

from tests.web.a1.drive import PEOPLE
from tests.web.pages.desk import CAST, Browser, Desk, Shown

NAME = CAST["clerk"]


def sign_in(browser: Browser, password: str, name: str = NAME, address: str = "192.0.2.1") -> Shown:
    page = Shown(browser.client.get("/sign-in"))
    token = page.one("//input[@name='csrf_token']").get("value")
    given = {"tenant": "neimenggu", "username": name, "password": password, "csrf_token": token}
    return Shown(browser.client.post("/sign-in", data=given, environ_base={"REMOTE_ADDR": address}))


def test_wrong_passwords_end_soon_and_keep_the_name_typed(desk: Desk) -> None:
    browser = desk.anybody()
    answers = [sign_in(browser, "wrong") for _ in range(6)]
    assert [shown.status for shown in answers] == [422] * 5 + [429]
    assert "15 分钟" in answers[-1].one("//*[@role='alert']").text_content()
    assert answers[-1].one("//input[@name='username']").get("value") == NAME


def test_strangers_who_fail_in_somebodys_name_do_not_keep_his_browser_out(desk: Desk) -> None:
    own = desk.anybody()
    assert sign_in(own, PEOPLE.password(NAME)).status == 303
    own.post("/sign-out")
    for _ in range(6):
        sign_in(desk.anybody(), "wrong")
    assert sign_in(desk.anybody(), PEOPLE.password(NAME)).status == 429
    assert sign_in(own, PEOPLE.password(NAME)).status == 303


def test_a_browser_is_known_for_who_signed_in_with_it_only(desk: Desk) -> None:
    own = desk.anybody()
    assert sign_in(own, PEOPLE.password("liqiang"), "liqiang").status == 303
    own.post("/sign-out")
    for _ in range(6):
        sign_in(desk.anybody(), "wrong")
    assert sign_in(own, PEOPLE.password(NAME)).status == 429
    cookie = own.client.get_cookie("known", path="/sign-in")
    assert cookie is not None
    assert cookie.http_only
    own.client.set_cookie("known", cookie.value[:-2] + "xx", path="/sign-in")
    assert sign_in(own, PEOPLE.password("liqiang"), "liqiang").status == 303


def test_guesses_for_a_token_end_soon_alike_for_names_that_exist_or_not(desk: Desk) -> None:
    def guess(name: str) -> int:
        body = {"tenant": "neimenggu", "username": name, "password": "wrong"}
        return desk.app.test_client().post("/api/v1/tokens", json=body).status_code

    assert [guess(NAME) for _ in range(7)] == [guess("nobody") for _ in range(7)]
    assert guess(NAME) == 429


def test_the_page_offers_the_units_by_level_and_the_last_one_first(desk: Desk) -> None:
    own = desk.anybody()
    page = Shown(own.client.get("/sign-in"))
    assert page.find("//select[@id='tenant']/optgroup/@label") == ["国家级", "省级"]
    assert not page.find("//option[@selected]")
    assert sign_in(own, PEOPLE.password(NAME)).status == 303
    own.post("/sign-out")
    page = Shown(own.client.get("/sign-in"))
    assert page.one("//option[@selected]").get("value") == "neimenggu"
    asked = Shown(desk.anybody().client.get("/sign-in?tenant=neimenggu"))
    assert asked.one("//option[@selected]").get("value") == "neimenggu"
