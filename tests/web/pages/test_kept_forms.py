"""A form sent after the session ended comes back after the sign-in, without scripts."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select
from werkzeug.datastructures import MultiDict

from engine.store.control import sessions
from engine.store.metadata import TENANT
from engine.store.tables import work_items
from tests.web.a1.drive import PEOPLE
from tests.web.pages.conftest import At
from tests.web.pages.desk import Browser, Desk, Shown, upload

NOTE = "\n第一行\n  第二行 <b>&amp;"


@pytest.fixture
def task(at: At) -> tuple[Desk, str]:
    """A clerk before a form, and its address."""
    desk, case = at("Accept")
    return desk, f"/work/{desk.item('clerk', case, 'Accept')}"


def posted(shown: Shown, form: str = "//main//form") -> MultiDict[str, Any]:
    """The controls of a form as a browser posts them: without the first line break of a text."""
    texts = set(shown.find(f"{form}//textarea/@name"))
    fields = shown.fields(form).items(multi=True)
    return MultiDict((n, v.removeprefix("\n") if n in texts else v) for n, v in fields)


def typed(desk: Desk, shown: Shown) -> MultiDict[str, Any]:
    """What stands in the form of a task once the clerk has written into it."""
    given = posted(shown, "//form[@id='task-form']")
    case = str(desk.drive.get("guanli", "/cases")["items"][0]["id"])
    answers = desk.answers("clerk", case, "Accept", note=NOTE)
    for name, value in answers.items():
        given.setlist(name, [value])
    return given


def end_sessions(desk: Desk) -> None:
    with desk.drive.product.db.control() as control:
        control.execute(delete(sessions))


def send(browser: Browser, address: str, data: Any, **headers: str) -> Shown:
    return Shown(browser.client.post(address, data=data, headers=headers))


def sign_in(browser: Browser, page: Shown, name: str, password: str = "") -> Shown:
    given = posted(page)
    given.setlist("tenant", ["neimenggu"])
    given.setlist("username", [name])
    given.setlist("password", [password or PEOPLE.password(name)])
    return send(browser, "/sign-in", given)


def go_on(browser: Browser, page: Shown) -> Shown:
    return send(browser, page.one("//main//form").get("action"), posted(page))


def status_of(desk: Desk, address: str) -> str:
    with desk.drive.product.db.tenant(desk.drive.prepared.tenant_id, read_only=True) as tx:
        rows = tx.all(select(work_items).where(work_items.c.tenant_id == TENANT))
    return next(str(row.status) for row in rows if str(row.id) in address)


def test_what_was_typed_stands_in_the_form_again_after_the_sign_in(task: tuple[Desk, str]) -> None:
    desk, address = task
    browser = desk["clerk"]
    given = typed(desk, browser.get(address))
    end_sessions(desk)
    asked = send(browser, address, given)
    assert asked.status == 401
    assert "没有丢失" in asked.main
    refused = sign_in(browser, asked, "wulan", "wrong")
    assert refused.status == 422
    back = sign_in(browser, refused, "wulan")
    assert back.status == 200
    shown = go_on(browser, back)
    assert shown.status == 200
    assert shown.typed("f.note") == NOTE
    assert posted(shown, "//form[@id='task-form']").get("f.decision") == "accept"
    assert status_of(desk, address) == "offered", "nothing is handed in unseen"
    assert send(browser, address, posted(shown, "//form[@id='task-form']")).status == 303
    assert status_of(desk, address) == "completed"


def test_files_that_were_chosen_are_named_and_must_be_chosen_again(task: tuple[Desk, str]) -> None:
    desk, address = task
    browser = desk["clerk"]
    given = typed(desk, browser.get(address))
    given.setlist("f.proof.files", upload("受理材料.pdf"))
    end_sessions(desk)
    back = sign_in(browser, send(browser, address, given), "wulan")
    assert "受理材料.pdf" in back.main
    assert "文件需要重新选择：受理材料.pdf" in go_on(browser, back).text


def test_nobody_else_gets_what_was_typed(task: tuple[Desk, str]) -> None:
    desk, address = task
    browser = desk["clerk"]
    given = typed(desk, browser.get(address))
    end_sessions(desk)
    asked = send(browser, address, given)
    other = sign_in(browser, asked, "liqiang")
    assert other.status == 422
    assert "另一位用户" in other.main
    assert browser.get("/work").status == 302, "nobody is signed in"
    assert go_on(browser, sign_in(browser, other, "wulan")).typed("f.note") == NOTE


def test_a_page_that_was_open_too_long_gives_back_what_was_typed(task: tuple[Desk, str]) -> None:
    desk, address = task
    browser = desk["clerk"]
    given = typed(desk, browser.get(address))
    given["csrf_token"] = "of an earlier session"
    back = send(browser, address, given)
    assert back.status == 400
    assert go_on(browser, back).typed("f.note") == NOTE
    assert status_of(desk, address) == "offered"


def test_who_lost_all_cookies_gets_back_what_was_typed(task: tuple[Desk, str]) -> None:
    desk, address = task
    given = typed(desk, desk["clerk"].get(address))
    browser = desk.anybody()
    asked = send(browser, address, given)
    assert asked.status == 400
    assert go_on(browser, sign_in(browser, asked, "wulan")).typed("f.note") == NOTE


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_a_form_of_another_site_is_not_kept(
    task: tuple[Desk, str], headers: dict[str, str]
) -> None:
    desk, address = task
    browser = desk["clerk"]
    forged = {"f.decision": "accept", "f.note": "伪造"}
    assert "伪造" not in send(browser, address, forged, **headers).body
    token = browser.token()
    end_sessions(desk)
    answer = send(browser, address, {**forged, "csrf_token": token}, **headers)
    assert answer.status == 302
    assert "_kept" not in answer.body


def test_what_was_kept_cannot_be_made_up(task: tuple[Desk, str]) -> None:
    desk, _address = task
    browser = desk.anybody()
    page = browser.get("/sign-in")
    given = posted(page)
    given.setlist("_kept", ["/work made up"])
    given.setlist("tenant", ["neimenggu"])
    given.setlist("username", ["wulan"])
    given.setlist("password", [PEOPLE.password("wulan")])
    assert send(browser, "/sign-in", given).location == "/"


def test_a_reason_is_sent_again_by_whoever_wrote_it(at: At) -> None:
    desk, case = at("Accept")
    browser = desk["admin"]
    token = browser.token()
    end_sessions(desk)
    asked = send(browser, f"/cases/{case}/suspend", {"reason": "材料核对", "csrf_token": token})
    assert asked.status == 401
    done = go_on(browser, sign_in(browser, asked, "guanli"))
    assert done.status == 303
    assert desk.drive.case(case)["status"] == "suspended"


def test_an_expired_sign_in_page_only_asks_once_more(desk: Desk) -> None:
    browser = desk.anybody()
    given = {"tenant": "neimenggu", "username": "wulan", "password": "x", "csrf_token": "old"}
    shown = send(browser, "/sign-in", given)
    assert shown.status == 400
    assert shown.one("//input[@name='username']").get("value") == "wulan"
    assert sign_in(browser, shown, "wulan").status == 303


def test_who_wants_to_see_a_page_is_led_to_it_after_the_sign_in(desk: Desk) -> None:
    browser = desk.anybody()
    asked = Shown(browser.client.get("/cases?q=1", follow_redirects=True))
    assert sign_in(browser, asked, "wulan").location == "/cases?q=1"
