"""通知方式 and 通知群: mail to a confirmed address only, groups by token only, secrets kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.errors import Conflict, Invalid
from engine.ids import new_id
from engine.messaging.forwarding import GROUP, MAIL
from engine.messaging.transport import Message
from engine.store.metadata import TENANT
from engine.store.tables import channels, outbox, wishes
from tests.web.pages.desk import Desk
from tests.web.pages.test_notifications import tell as tell_inside
from webapp.settings import Settings
from webapp.usecases.outside import Group, Mail, checked_address, checked_token

ADDRESS = "wulan@example.cn"
TOKEN = "0123abcd-0123-abcd-0123-0123456789ab"
FORM = {"mail": ADDRESS, "hour": "8", "mode-escalate": "at_once", "mode-delivery": "never"}
BOT = {"name": "督办群", "scheme": "feishu", "token": TOKEN, "kinds": "escalate"}


@pytest.fixture
def out(desk: Desk) -> Iterator[list[tuple[str, str, str]]]:
    """What would have left: address, title and body."""
    sent: list[tuple[str, str, str]] = []

    def notify(address: str, title: str, body: str) -> bool:
        sent.append((address, title, body))
        return True

    product = desk.drive.product
    before: dict[str, Any] = dict(product.world.transports)
    settings = {"mail_url": "mailtos://u:geheim@mail.example.cn?from=a@example.cn"}
    kept = {name: getattr(product.settings, name) for name in settings}
    for name, value in settings.items():
        object.__setattr__(product.settings, name, value)
    made: Any = product.world.transports
    made[MAIL] = Mail(product.settings, notify)
    made[GROUP] = Group(product.settings, product.db, notify)
    yield sent
    made.update(before)
    for name, value in kept.items():
        object.__setattr__(product.settings, name, value)


def tell(desk: Desk, to: str, subject: str = "请督促") -> None:
    """Have somebody told something, and let the clock send what follows from it."""
    tell_inside(desk, to, subject=subject)
    desk.drive.sweep()


def code_of(out: list[tuple[str, str, str]]) -> str:
    found = re.search(r"\b\d{6}\b", out[-1][2])
    assert found is not None
    return found[0]


def test_an_address_is_confirmed_by_the_code_that_was_sent_there(
    desk: Desk, out: list[tuple[str, str, str]]
) -> None:
    browser = desk["clerk"]
    assert browser.post("/notifications/settings", **FORM).status == 303
    desk.drive.sweep()
    tell(desk, f"person:{desk.actor('clerk').membership_id}")
    assert len(out) == 1, "nothing but the code leaves before the address is confirmed"
    assert "to=wulan%40example.cn" in out[0][0]
    wrong = f"{(int(code_of(out)) + 1) % 1_000_000:06}"
    refused = browser.post("/notifications/settings/confirm", code=wrong)
    assert (refused.status, "确认码不对" in refused.main) == (422, True)
    assert browser.post("/notifications/settings/confirm", code=code_of(out)).status == 303
    assert "已确认" in browser.get("/notifications/settings").main
    tell(desk, f"person:{desk.actor('clerk').membership_id}", subject="请督促办理")
    assert (len(out), out[-1][1]) == (2, "请督促办理")
    assert "请尽快办理" not in out[-1][2]


def test_the_code_stands_in_no_row(desk: Desk, out: list[tuple[str, str, str]]) -> None:
    desk["clerk"].post("/notifications/settings", **FORM)
    before = str([desk.drive.rows(table) for table in (outbox, wishes)])
    desk.drive.sweep()
    after = str([desk.drive.rows(table) for table in (outbox, wishes)])
    assert FORM["mail"] in before
    assert not any(code_of(out) in rows for rows in (before, after))


def test_a_code_dies_of_five_guesses_and_of_an_hour(
    desk: Desk, out: list[tuple[str, str, str]]
) -> None:
    browser = desk["clerk"]
    for wait in (0, 61):
        browser.post("/notifications/settings", **FORM)
        desk.drive.sweep()
        code = code_of(out)
        for _ in range(0 if wait else 5):
            browser.post("/notifications/settings/confirm", code="x")
        desk.drive.clock.advance(timedelta(minutes=wait))
        shown = browser.post("/notifications/settings/confirm", code=code)
        assert "确认码已失效" in shown.main


def test_what_was_typed_wrong_is_named_and_kept(
    desk: Desk, out: list[tuple[str, str, str]]
) -> None:
    browser = desk["clerk"]
    for address in ("nobody", "a@b", 'x"@example.cn', "a@example.cn&smtp=evil.example", "a b@c.cn"):
        shown = browser.post("/notifications/settings", **{**FORM, "mail": address})
        assert shown.status == 422
        assert "邮件地址的格式不对" in shown.main
        assert shown.one("//input[@id='mail']").get("value") == address
    assert browser.post("/notifications/settings", **{**FORM, "hour": "24"}).status == 422
    assert browser.post("/notifications/settings", **{**FORM, "mode-overdue": "x"}).status == 422
    assert out == []


def test_an_empty_address_ends_all_mail(desk: Desk, out: list[tuple[str, str, str]]) -> None:
    browser = desk["clerk"]
    browser.post("/notifications/settings", **FORM)
    browser.post("/notifications/settings", **{**FORM, "mail": ""})
    with desk.drive.product.db.tenant(desk.drive.prepared.tenant_id, read_only=True) as tx:
        assert tx.all(select(wishes).where(wishes.c.tenant_id == TENANT)) == []


def test_without_a_mail_server_the_page_says_so(desk: Desk) -> None:
    assert "没有设置邮件服务器" in desk["clerk"].get("/notifications/settings").main
    assert desk["clerk"].post("/notifications/settings", **FORM).status == 409


def test_a_group_is_told_and_its_token_is_never_shown_nor_stored_open(
    desk: Desk, out: list[tuple[str, str, str]]
) -> None:
    browser = desk["admin"]
    assert browser.post("/admin/groups", **BOT).status == 303
    shown = browser.get("/admin/groups")
    assert "督办群" in shown.main
    assert TOKEN not in shown.body
    with desk.drive.product.db.tenant(desk.drive.prepared.tenant_id, read_only=True) as tx:
        (row,) = tx.all(select(channels).where(channels.c.tenant_id == TENANT))
    assert TOKEN not in str(row)
    tell(desk, "region-clerk", subject="请督促办理")
    assert out == [(f"feishu://{TOKEN}", "请督促办理", "请督促办理")]
    browser.post(f"/admin/groups/{row.id}/try")
    browser.post(f"/admin/groups/{row.id}/switch", on="0")
    desk.drive.sweep()
    assert len(out) == 1, "what was on its way when the group was switched off is dropped"
    browser.post(f"/admin/groups/{row.id}/switch", on="1")
    browser.post(f"/admin/groups/{row.id}/try")
    desk.drive.sweep()
    assert out[-1][1:] == ("测试消息", "督办群")
    browser.post(f"/admin/groups/{row.id}/remove")
    assert "没有通知群" in browser.get("/admin/groups").main


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"token": "http://10.0.0.1/x"}, "密钥的格式不对"),
        ({"token": f"{TOKEN}/../x"}, "密钥的格式不对"),
        ({"token": f"{TOKEN}?redirect=yes"}, "密钥的格式不对"),
        ({"token": f"user@{TOKEN}"}, "密钥的格式不对"),
        ({"scheme": "json"}, "不能使用这类群机器人"),
        ({"scheme": "mailto"}, "不能使用这类群机器人"),
        ({"name": " "}, "请填写名称"),
        ({"kinds": "nothing"}, "请选择要发送的消息"),
    ],
)
def test_nothing_but_the_token_of_a_known_bot_is_taken(
    desk: Desk, changes: dict[str, str], said: str
) -> None:
    shown = desk["admin"].post("/admin/groups", **{**BOT, **changes})
    assert (shown.status, said in shown.main) == (422, True)
    assert shown.one("//input[@id='name']").get("value") == {**BOT, **changes}["name"]
    assert TOKEN not in shown.body
    assert "没有通知群" in desk["admin"].get("/admin/groups").main


def test_two_groups_of_one_name_are_refused(desk: Desk) -> None:
    desk["admin"].post("/admin/groups", **BOT)
    assert desk["admin"].post("/admin/groups", **BOT).status == 409


def test_only_administrators_see_the_groups(desk: Desk) -> None:
    assert desk["clerk"].get("/admin/groups").status == 403
    assert desk["clerk"].post("/admin/groups", **BOT).status == 403


def test_a_group_that_is_not_there_is_404(desk: Desk) -> None:
    for act in ("switch", "try", "remove"):
        assert desk["admin"].post(f"/admin/groups/{new_id()}/{act}").status == 404


def test_the_operator_may_forbid_a_kind_of_bot() -> None:
    settings = Settings(group_schemes="dingtalk")
    with pytest.raises(Invalid):
        checked_token(settings, "feishu", TOKEN)
    assert checked_token(settings, "dingtalk", "SECabcdefgh@" + "a" * 20)


@pytest.mark.parametrize("address", ["a@b.cn", "first.last+x@sub.example.gov.cn"])
def test_ordinary_addresses_are_taken(address: str) -> None:
    assert checked_address(address) == address


def test_a_side_that_does_not_take_it_is_a_failure(desk: Desk) -> None:
    mail = Mail(Settings(mail_url="mailto://h?from=a@b.cn"), lambda *_: False)
    told = {"to": ADDRESS, "subject": "x", "lines": []}
    with pytest.raises(Conflict):
        mail(Message(desk.drive.prepared.tenant_id, MAIL, "k", told, desk.drive.clock.now()))
