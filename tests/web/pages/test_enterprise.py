"""An enterprise's own page, and who acts for it until when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.store.tables import memberships
from tests.web.pages.conftest import At
from tests.web.pages.desk import Desk
from webapp.usecases.identity import session_actor, token_actor
from webapp.usecases.sign_in import Credentials, Origin, SignInRefused, verify_credentials

TERM = {"name": "王芳", "title": "经办人", "username": "xinshou"}


def granted(desk: Desk, **more: str) -> tuple[str, str]:
    """Authorise somebody; gives his membership and his password."""
    day = {"last_day": (desk.drive.clock.now() + timedelta(days=5)).date().isoformat()}
    shown = desk["applicant"].post("/enterprise/people", {**TERM, **day, **more})
    assert shown.status == 201, shown.main
    password = shown.find("//code")[1].text
    row = next(r for r in desk.drive.rows(memberships) if r.username == "xinshou")
    return str(row.id), password


def sign_in(desk: Desk, password: str) -> object:
    product = desk.drive.product
    given = Credentials(desk.drive.chain.slug, "xinshou", password)
    return verify_credentials(product.db, given, Origin("127.0.0.1"), desk.drive.clock.now())


def test_an_enterprise_sees_what_is_asked_until_when_and_by_whom_it_is_handled(at: At) -> None:
    desk, case = at("Accept")
    page = desk["applicant"].get("/enterprise").main
    assert "承办单位" in page
    assert "更正：撤回提交后修改" in page
    assert "wulan" not in page
    desk.drive.complete(case, "Accept", c2="missing", decision="supplement")
    desk.drive.complete(case, "TellMissing")
    page = desk["applicant"].get("/enterprise").main
    assert "补正申报材料" in page
    assert "补正期间" in page
    assert "更正：撤回提交后修改" not in page
    desk.drive.complete(case, "AnswerSupplement")
    assert desk["clerk"].get("/enterprise").status == 403


def test_a_refusal_is_told_with_its_reason(at: At) -> None:
    desk, case = at("Accept")
    desk.drive.complete(case, "Accept", decision="refuse", reason="矿业权已过期")
    page = desk["applicant"].get("/enterprise").main
    assert "不予受理" in page
    assert "理由矿业权已过期" in page


def test_an_authorised_person_acts_until_the_last_day_of_the_term(desk: Desk) -> None:
    member, password = granted(desk)
    case = desk.drive.begin()
    actor = sign_in(desk, password)
    assert str(actor.membership_id) == member  # type: ignore[attr-defined]
    drive, product = desk.drive, desk.drive.product
    token = drive.client.post(
        "/api/v1/tokens",
        json={"tenant": drive.chain.slug, "username": "xinshou", "password": password},
    ).json["token"]
    (item,) = drive._open(case)
    header = {"Authorization": f"Bearer {token}"}
    claimed = drive.client.post(f"/api/v1/work-items/{item.id}/claim", headers=header)
    assert claimed.status_code == 200

    drive.clock.advance(timedelta(days=5))
    assert token_actor(product.db, token, drive.clock.now()) is not None
    drive.clock.advance(timedelta(days=1))
    answer = drive.client.get("/api/v1/work-items", headers=header)
    assert answer.status_code == 401
    with pytest.raises(SignInRefused):
        sign_in(desk, password)
    drive.sweep()
    (item,) = drive._open(case)
    assert item.holder is None
    (row,) = [r for r in drive.rows(memberships) if r.username == "xinshou"]
    assert not row.active


def test_what_is_revoked_ends_at_once_and_gives_back_what_was_held(desk: Desk) -> None:
    member, password = granted(desk)
    drive = desk.drive
    case = drive.begin()
    secret = desk.browser_of(sign_in(desk, password))  # type: ignore[arg-type]
    (item,) = drive._open(case)
    secret.post(f"/work/{item.id}/claim")
    assert desk["rival"].post(f"/enterprise/people/{member}/revoke").status == 404
    own = f"/enterprise/people/{member}/prolong"
    assert secret.post(own, {"last_day": "2030-01-01"}).status == 403
    assert secret.post("/enterprise/people", {**TERM, "username": "another1"}).status == 403
    assert desk["applicant"].post(f"/enterprise/people/{member}/revoke").status == 303
    assert secret.get("/enterprise").status == 302
    (item,) = drive._open(case)
    assert item.holder is None
    assert desk["applicant"].post(f"/enterprise/people/{member}/revoke").status == 409
    assert session_actor(drive.product.db, "unknown", drive.clock.now()) is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"last_day": ""}, "末日"),
        ({"last_day": "2020-01-01"}, "末日"),
        ({"username": "x"}, "用户名"),
        ({"username": "wulan"}, "已被使用"),
        ({"name": " "}, "姓名"),
    ],
)
def test_an_incomplete_authorisation_is_refused_with_what_was_typed(
    desk: Desk, wrong: dict[str, str], said: str
) -> None:
    day = {"last_day": (desk.drive.clock.now() + timedelta(days=5)).date().isoformat()}
    shown = desk["applicant"].post("/enterprise/people", {**TERM, **day, **wrong})
    assert shown.status in (409, 422)
    assert said in shown.main
    assert desk["clerk"].get("/enterprise/people").status == 403
