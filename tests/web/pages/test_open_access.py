"""登录与令牌: what is open in somebody's name can be seen and ended, by him alone."""

from __future__ import annotations

import pytest

from engine.store.control import sessions, tokens
from tests.web.a1.drive import SLUG, Drive, sign_in
from tests.web.pages.desk import Desk
from webapp.usecases.access import end_others, switch_account, switch_membership


def tokens_of(drive: Drive, who: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = drive.get(who, "/tokens")
    return found


def fresh(desk: Desk, who: str) -> str:
    """A new token of somebody."""
    return sign_in(desk.app.test_client(), who)


def status(desk: Desk, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return desk.app.test_client().get("/api/v1/cases", headers=headers).status_code


def delete(desk: Desk, who: str, path: str) -> int:
    headers = desk.drive.bearer(who)
    return desk.app.test_client().delete(f"/api/v1{path}", headers=headers).status_code


def test_a_person_sees_his_own_tokens_and_which_one_asks(desk: Desk) -> None:
    before = tokens_of(desk.drive, "wulan")
    fresh(desk, "wulan")
    fresh(desk, "liqiang")
    after = tokens_of(desk.drive, "wulan")
    assert len(after) == len(before) + 1
    assert [one["current"] for one in after].count(True) == 1
    assert set(after[0]) == {"mark", "created_at", "expires_at", "current"}


def test_a_token_that_was_taken_back_opens_nothing(desk: Desk) -> None:
    token, other = fresh(desk, "wulan"), fresh(desk, "wulan")
    headers = {"Authorization": f"Bearer {token}"}
    (mine,) = [
        one
        for one in desk.app.test_client().get("/api/v1/tokens", headers=headers).json
        if one["current"]
    ]
    assert delete(desk, "wulan", f"/tokens/{mine['mark']}") == 204
    assert (status(desk, token), status(desk, other)) == (401, 200)


@pytest.mark.parametrize("mark", ["%", "_" * 16, "", "0" * 64])
def test_a_mark_names_one_token_or_none(desk: Desk, mark: str) -> None:
    token = fresh(desk, "wulan")
    if mark:
        desk.drive.call("wulan", "DELETE", f"/tokens/{mark.replace('%', '%25')}", expect=404)
    assert status(desk, token) == 200


def test_nobody_ends_what_is_another_persons(desk: Desk) -> None:
    token = fresh(desk, "wulan")
    marks = [one["mark"] for one in tokens_of(desk.drive, "wulan")]
    for mark in marks:
        desk.drive.call("liqiang", "DELETE", f"/tokens/{mark}", expect=404)
        assert desk["colleague"].post(f"/access/{mark}/end").status == 404
    assert status(desk, token) == 200


def test_all_tokens_end_at_once(desk: Desk) -> None:
    token, foreign = fresh(desk, "wulan"), fresh(desk, "liqiang")
    assert delete(desk, "wulan", "/tokens") == 204
    desk.drive.call("wulan", "GET", "/tokens", expect=401)
    assert (status(desk, token), status(desk, foreign)) == (401, 200)


def test_the_page_shows_what_is_open_and_ends_it(desk: Desk) -> None:
    token = fresh(desk, "wulan")
    shown = desk["clerk"].get("/access")
    assert "本次登录" in shown.main
    assert "接口令牌" in shown.main
    assert desk["clerk"].get("/work").find("//a[@href='/access']")
    assert desk["clerk"].post("/access/end-others").status == 303
    assert status(desk, token) == 401
    again = desk["clerk"].get("/access")
    assert again.status == 200
    assert not again.find("//form[contains(@action, '/end')]")


def test_one_entry_of_the_page_is_ended_alone(desk: Desk) -> None:
    token, other = fresh(desk, "wulan"), fresh(desk, "wulan")
    forms = desk["clerk"].get("/access").find("//form[contains(@action, '/end')]/@action")
    before = (status(desk, token), status(desk, other))
    assert before == (200, 200)
    for place in [form for form in forms if not form.endswith("end-others")]:
        assert desk["clerk"].post(place).status == 303
    assert (status(desk, token), status(desk, other)) == (401, 401)
    assert desk["clerk"].get("/access").status == 200


@pytest.mark.parametrize("slug", ["", SLUG])
def test_who_is_switched_off_is_out_at_once(desk: Desk, slug: str) -> None:
    token, db = fresh(desk, "wulan"), desk.drive.product.db
    assert desk["clerk"].get("/work").status == 200
    if slug:
        switch_membership(db, slug, "wulan", active=False)
    else:
        switch_account(db, "wulan", active=False)
    assert status(desk, token) == 401
    assert desk["clerk"].get("/work").status == 302
    with db.control() as control:
        for table in (sessions, tokens):
            left = control.all(table.select())
            assert desk.drive.prepared.members["wulan"] not in {row.membership_id for row in left}


def test_who_is_switched_on_again_signs_in_anew(desk: Desk) -> None:
    token, db = fresh(desk, "wulan"), desk.drive.product.db
    switch_account(db, "wulan", active=False)
    switch_account(db, "wulan", active=True)
    assert status(desk, token) == 401
    assert status(desk, fresh(desk, "wulan")) == 200


def test_ending_the_others_keeps_the_one_that_asks(desk: Desk) -> None:
    keep, gone = fresh(desk, "wulan"), fresh(desk, "wulan")
    end_others(desk.drive.product.db, desk.actor("clerk"), keep)
    assert (status(desk, keep), status(desk, gone)) == (200, 401)
