"""消息: who is told what, the count in the frame, reading; and what could not be sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.ids import new_id
from engine.messaging.outbox import MOST_ATTEMPTS, post_message
from engine.store.tables import outbox
from tests.web.a1.drive import Json
from tests.web.pages.conftest import At
from tests.web.pages.desk import Desk


def tell(desk: Desk, *to: str, subject: str = "请督促", **more: Any) -> None:
    """Have principals told something, and let the clock send it."""
    drive = desk.drive
    with drive.product.db.tenant(drive.prepared.tenant_id) as tx:
        payload = {"to": list(to), "subject": subject, "message": "请尽快办理", **more}
        post_message(tx, "escalate", f"escalate:{new_id()}", payload, drive.clock.now())
    drive.sweep()


def unread(desk: Desk, who: str) -> str:
    """What stands in the bell."""
    found = desk[who].get("/cases").find("//span[@class='bell-count']")
    return str(found[0].text) if found else ""


def titles(desk: Desk, who: str, view: str = "") -> list[str]:
    """The titles of a person's notifications as the page shows them."""
    shown = desk[who].get(f"/notifications{view}")
    cells = shown.find("//td[contains(@class, 'cell-main')]")
    return [" ".join(cell.text_content().split()) for cell in cells]


def api(desk: Desk, who: str, path: str = "/notifications") -> Json:
    found: Json = desk.drive.get(who, path)
    return found


def test_a_delivered_document_is_told_to_everybody_of_the_enterprise_and_nobody_else(
    at: At,
) -> None:
    desk, case = at("Accept")
    desk.drive.walk(case, "ReviewDocuments")
    desk.drive.sweep()
    for who in ("applicant", "partner"):
        (told,) = titles(desk, who)
        assert told.startswith("受理通知书 未读")
        assert unread(desk, who) == "1"
    assert titles(desk, "rival") == []
    assert unread(desk, "clerk") == ""


def test_opening_its_case_marks_a_notification_as_read(at: At) -> None:
    desk, case = at("Accept")
    desk.drive.walk(case, "ReviewDocuments")
    desk.drive.sweep()
    browser = desk["applicant"]
    form = browser.get("/notifications").one("//button[@name='open']/..")
    answer = browser.post(form.get("action"), open="1")
    assert answer.status == 303
    assert answer.location.endswith(f"/cases/{case}")
    assert unread(desk, "applicant") == ""
    assert unread(desk, "partner") == "1"
    assert "未读" not in titles(desk, "applicant")[0]


def test_a_case_a_person_may_not_open_is_not_linked(at: At) -> None:
    desk, case = at("Accept")
    rival = desk.actor("rival")
    tell(desk, f"person:{rival.membership_id}", case=case, number="一号")
    shown = desk["rival"].get("/notifications")
    assert shown.find("//button[@name='open']") == []
    (told,) = api(desk, "bayaer")["items"]
    assert (told["case"], told["link"]) == (None, None)
    path = f"/notifications/{told['id']}/read"
    assert desk["rival"].post(path, open="1").location.endswith("/notifications")


def test_one_and_all_are_marked_as_read(desk: Desk) -> None:
    for number in range(3):
        tell(desk, "region-clerk", subject=f"第{number}条")
        desk.drive.clock.advance(timedelta(minutes=1))
    browser = desk["region"]
    assert unread(desk, "region") == "3"
    form = browser.get("/notifications").find("//td//form")[0]
    assert browser.post(form.get("action")).status == 303
    assert unread(desk, "region") == "2"
    assert [t[:3] for t in titles(desk, "region", "?view=unread")] == ["第1条", "第0条"]
    browser.post("/notifications/read")
    assert unread(desk, "region") == ""
    assert titles(desk, "region", "?view=unread") == []
    assert "没有未读消息" in browser.get("/notifications?view=unread").main


def test_nobody_marks_what_another_person_was_told(desk: Desk) -> None:
    tell(desk, "region-clerk")
    (told,) = api(desk, "xiaohong")["items"]
    assert desk["clerk"].post(f"/notifications/{told['id']}/read").status == 404
    desk.drive.call("wulan", "POST", f"/notifications/{told['id']}/read", expect=404)
    assert unread(desk, "region") == "1"


def test_the_page_shows_fifty_and_leads_to_the_rest(desk: Desk) -> None:
    drive = desk.drive
    with drive.product.db.tenant(drive.prepared.tenant_id) as tx:
        for number in range(51):
            payload = {"to": ["region-clerk"], "subject": f"第{number}条", "message": ""}
            post_message(tx, "escalate", f"escalate:{number}", payload, drive.clock.now())
    drive.sweep()
    first = desk["region"].get("/notifications")
    assert len(first.find("//tbody/tr")) == 50
    following = desk["region"].get(first.one("//a[@rel='next']").get("href"))
    assert len(following.find("//tbody/tr")) == 1
    assert unread(desk, "region") == "51"


def test_the_api_gives_the_same_by_pages_and_marks_as_read(desk: Desk) -> None:
    tell(desk, "region-clerk", subject="甲")
    desk.drive.clock.advance(timedelta(minutes=1))
    tell(desk, "region-clerk", subject="乙")
    first = api(desk, "xiaohong", "/notifications?limit=1")
    rest = api(desk, "xiaohong", f"/notifications?limit=1&cursor={first['next']}")
    assert [i["title"] for i in first["items"] + rest["items"]] == ["乙", "甲"]
    assert rest["next"] is None
    assert first["items"][0]["body"] == "请尽快办理"
    path = f"/notifications/{first['items'][0]['id']}/read"
    answer = desk.drive.client.post(f"/api/v1{path}", headers=desk.drive.bearer("xiaohong"))
    assert answer.status_code == 204
    left = api(desk, "xiaohong", "/notifications?unread=true")["items"]
    assert [item["title"] for item in left] == ["甲"]


# ---------------------------------------------------------------- what could not be sent


def give_up(desk: Desk) -> None:
    tell(desk, "nobody-at-all", subject="无人接收")
    for _ in range(MOST_ATTEMPTS):
        desk.drive.clock.advance(timedelta(hours=2))
        desk.drive.sweep()


def test_a_message_that_was_given_up_is_shown_with_its_reason_and_sent_again(desk: Desk) -> None:
    give_up(desk)
    browser = desk.browser_of(desk.actor("admin"))
    shown = browser.get("/admin/outbox")
    assert "无人接收" in shown.main
    assert "没有可以接收消息的人员" in shown.main
    assert "已停止重试" in shown.main
    assert browser.post(shown.one("//td//form").get("action")).status == 303
    (row,) = desk.drive.rows(outbox, outbox.c.kind == "escalate")
    assert row.status == "waiting"
    desk.drive.sweep()
    (row,) = desk.drive.rows(outbox, outbox.c.kind == "escalate")
    assert row.attempts == MOST_ATTEMPTS + 1


def test_a_message_that_was_sent_meanwhile_is_not_sent_again_by_hand(desk: Desk) -> None:
    tell(desk, "region-clerk")
    (row,) = desk.drive.rows(outbox, outbox.c.kind == "escalate")
    browser = desk["admin"]
    assert browser.post(f"/admin/outbox/{row.id}/send").status == 303
    assert "消息已经发出" in browser.get("/admin/outbox").main


@pytest.mark.parametrize(("who", "status"), [("auditor", 200), ("clerk", 403), ("applicant", 403)])
def test_only_auditors_and_administrators_see_what_was_not_sent(
    desk: Desk, who: str, status: int
) -> None:
    assert desk[who].get("/admin/outbox").status == status


def test_only_an_administrator_sends_again(desk: Desk) -> None:
    tell(desk, "nobody-at-all")
    (row,) = desk.drive.rows(outbox, outbox.c.kind == "escalate")
    assert desk["auditor"].get("/admin/outbox").find("//td//form") == []
    assert desk["auditor"].post(f"/admin/outbox/{row.id}/send").status == 403
