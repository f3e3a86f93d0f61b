"""What has to be mended: answered without inner workings, and shown as an incident of its case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from engine.errors import LuchengError
from engine.feel import FeelError
from engine.forms.context import FormBroken
from engine.spiff.codec import StateUnreadable
from engine.spiff.host import BudgetExceeded
from engine.store.tables import cases, incidents
from tests.web.pages.conftest import At
from tests.web.pages.desk import Browser, Desk
from webapp.app import create_app
from webapp.http.frame import STATUS, status_of


def damage(desk: Desk) -> None:
    """Make the tokens of every case unreadable."""
    drive = desk.drive
    with drive.product.db.tenant(drive.prepared.tenant_id) as tx:
        tx.update(cases, cases.c.status == "open", state=b"\xff nothing of ours")


def open_incidents(desk: Desk) -> Sequence[Any]:
    return desk.drive.rows(incidents, incidents.c.closed_at.is_(None))


def test_a_case_whose_state_cannot_be_read_says_so_and_becomes_one_incident(at: At) -> None:
    desk, case = at("Accept")
    (item,) = [step["item"] for step in desk.drive.case(case)["open"]]
    damage(desk)
    body = {"revision": 1, "data": {}}
    for attempt in (1, 2):
        path = f"/work-items/{item}/complete"
        answer = desk.drive.call("wulan", "POST", path, body, expect=500)
        assert answer["code"] == "state_unreadable"
        assert "流转状态" in answer["message"]
        (told,) = open_incidents(desk)
        assert (told.code, str(told.case_id), told.attempts) == ("state_unreadable", case, attempt)
        assert str(told.item_id) == item
    assert [found.why for found in desk.drive.breaks(case)] == ["case altered"], "still to be seen"
    assert "流转状态" in desk["admin"].get("/admin/incidents").main


def test_an_act_on_a_case_whose_state_cannot_be_read_becomes_an_incident(at: At) -> None:
    desk, case = at("Accept")
    damage(desk)
    answer = desk.drive.call(
        "guanli", "POST", f"/cases/{case}/terminate", {"reason": "测试"}, expect=500
    )
    assert answer["code"] == "state_unreadable"
    (told,) = open_incidents(desk)
    assert (told.code, told.item_id) == ("state_unreadable", None)


@pytest.mark.parametrize("kind", [FeelError, FormBroken, BudgetExceeded, StateUnreadable])
def test_what_must_be_mended_is_kept_on_its_case_and_told_without_inner_workings(
    at: At, kind: type[LuchengError]
) -> None:
    desk, case = at("Accept")
    app = create_app(desk.drive.product)

    def fail(case_id: str) -> None:
        raise kind("表达式没有得出结果", "the expression has no value", inner="secret")

    app.add_url_rule("/trouble/<case_id>", "trouble", fail)
    browser = desk["clerk"]
    with browser.client.session_transaction() as session:
        kept = dict(session)
    other = app.test_client()
    with other.session_transaction() as session:
        session.update(kept)
    shown = Browser(other).get(f"/trouble/{case}")
    assert shown.status == status_of(kind("", "")) in (409, 422, 500)
    assert "表达式没有得出结果" in shown.main
    assert "secret" not in shown.body
    assert "Traceback" not in shown.body
    assert [(row.code, str(row.case_id)) for row in open_incidents(desk)] == [(kind.code, case)]


def test_what_must_be_mended_but_belongs_to_no_case_is_only_told(desk: Desk) -> None:
    app = create_app(desk.drive.product)

    def fail() -> None:
        raise FeelError("表达式没有得出结果", "the expression has no value")

    app.add_url_rule("/api/trouble", "trouble", fail)
    answer = app.test_client().get("/api/trouble")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "feel")
    assert open_incidents(desk) == []


def test_no_error_that_must_be_mended_is_taken_for_a_bad_request() -> None:
    rows = dict(STATUS)
    assert [rows[kind] for kind in (FeelError, BudgetExceeded)] == [422, 409]
    assert [rows[kind] for kind in (FormBroken, StateUnreadable)] == [500, 500]
