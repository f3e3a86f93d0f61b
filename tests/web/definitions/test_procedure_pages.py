"""流程: an administrator redraws a procedure by its pages, compares, publishes and goes back."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from engine.actors import actor_from_row
from engine.definitions.loading import tenant_id_of
from engine.store.metadata import TENANT
from engine.store.tables import memberships
from tests.process.levels import RIGID
from tests.web.pages.desk import Browser, Shown
from webapp.usecases.identity import open_session

from .conftest import Levelled

LATER = RIGID.replace('name="三步试行"', 'name="三步新行"')
PAGE = "/admin/procedures/walking"


class Desktop(Browser):
    """A browser whose tokens come from a page of one's own."""

    def token(self) -> str:
        shown = Shown(self.client.get("/notifications/settings"))
        return str(shown.find("//input[@name='csrf_token']/@value")[0])


def browser(levels: Levelled, slug: str, name: str) -> Desktop:
    """The browser of somebody who is signed in."""
    tenant = tenant_id_of(levels.product.db, slug)
    with levels.product.db.tenant(tenant, read_only=True) as tx:
        own = memberships.c.tenant_id == TENANT
        row = tx.one(select(memberships).where(own, memberships.c.username == f"{slug}.{name}"))
    secret = open_session(levels.product.db, actor_from_row(row), levels.clock.now(), hours=24)
    client = levels.client.application.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = secret
        session["_fresh"] = True
    return Desktop(client)


def submit(who: Desktop, text: str) -> Shown:
    """The answer to a new drawing."""
    return who.post(f"{PAGE}/drafts", file=FileStorage(io.BytesIO(text.encode()), "改.bpmn"))


def drawn(who: Desktop, text: str) -> str:
    """The address of a new draft."""
    answer = submit(who, text)
    assert answer.status == 303, answer.main
    return answer.location


@pytest.fixture
def admin(levels: Levelled) -> Desktop:
    return browser(levels, "below", "admin")


def test_a_redraw_is_checked_compared_published_and_taken_back(
    levels: Levelled, admin: Desktop
) -> None:
    levels.begin("below")
    assert "沿用上级" in admin.get("/admin/procedures").main
    draft = drawn(admin, LATER)
    shown = admin.get(draft)
    assert "可以办结" in shown.main
    link = next(a for a in shown.find("//main//a/@href") if "/compare" in a and "v1" in a)
    compared = admin.get(link).main
    assert "“三步新行”的名称由“三步试行”改为“三步新行”" in compared
    empty = admin.post(f"{draft}/publish", reason="")
    assert (empty.status, "请填写发布理由" in empty.main) == (422, True)
    assert admin.post(f"{draft}/publish", reason="依据新规修订").status == 303
    history = admin.get(PAGE).main
    assert "依据新规修订" in history
    assert levels.begin("below") == "三步新行"
    answer = admin.post(f"{PAGE}/drafts", side="v1")
    assert answer.status == 303
    assert admin.post(f"{answer.location}/publish", reason="恢复").status == 303
    assert levels.begin("below") == "三步试行"
    (third, second, first) = levels.call("below/admin", "GET", "/procedures/walking/versions", 200)
    assert [v["running"] for v in (third, second, first)] == [1, 1, 1]
    assert (third["is_in_force"], third["is_own"], first["is_own"]) == (True, True, False)


def test_a_publication_may_begin_later(levels: Levelled, admin: Desktop) -> None:
    draft = drawn(admin, LATER)
    past = admin.post(f"{draft}/publish", {"reason": "修订", "from": "2020-01-01T08:00"})
    assert (past.status, "不能早于现在" in past.main) == (422, True)
    assert past.typed("reason") == "修订"
    assert past.one("//input[@id='from']").get("value") == "2020-01-01T08:00"
    wrong = admin.post(f"{draft}/publish", {"reason": "修订", "from": "明天"})
    assert (wrong.status, "格式不对" in wrong.main) == (422, True)
    assert (
        admin.post(f"{draft}/publish", {"reason": "修订", "from": "2099-01-01T08:00"}).status == 303
    )
    assert "待生效" in admin.get(PAGE).main
    assert levels.begin("below") == "三步试行"


@pytest.mark.parametrize("text", ["", "这不是流程图", "<a/>", RIGID[:400]])
def test_what_is_no_diagram_is_named_and_nothing_is_kept(admin: Desktop, text: str) -> None:
    shown = submit(admin, text)
    assert shown.status == 422
    assert shown.find("//*[contains(@class,'alert-danger')]")
    assert "未发布的草稿" not in admin.get(PAGE).main


def test_a_file_that_is_too_large_is_refused_and_no_more_of_it_is_read(admin: Desktop) -> None:
    shown = submit(admin, RIGID + " " * 3_000_000)
    assert shown.status == 422
    assert "2000000" in shown.main
    assert "未发布的草稿" not in admin.get(PAGE).main


def test_what_the_gate_finds_stands_on_the_draft_which_cannot_be_published(admin: Desktop) -> None:
    broken = RIGID.replace('candidateGroups="', 'candidateGroups="nobody-', 1)
    draft = drawn(admin, broken)
    shown = admin.get(draft)
    assert "须改正" in shown.main
    assert shown.find("//form[contains(@action,'/publish')]") == []
    refused = admin.post(f"{draft}/publish", reason="硬发")
    assert refused.status == 422
    assert "处须改正" in admin.get(PAGE).main


def test_a_proposed_fix_makes_a_new_draft(admin: Desktop) -> None:
    flow = "<bpmn:sequenceFlow"
    dangling = RIGID.replace(
        flow, f'{flow} id="lost" sourceRef="Decide" targetRef="nowhere" />{flow}', 1
    )
    draft = drawn(admin, dangling)
    form = admin.get(draft).find("//form[contains(@action,'/fix')]")[0]
    number = form.xpath(".//button[@name='number']/@value")[0]
    assert admin.post(f"{draft}/fix", number="999").status == 404
    mended = admin.post(f"{draft}/fix", number=number)
    assert mended.status == 303
    assert mended.location != draft


def test_only_administrators_draw_and_others_do_not_look(levels: Levelled, admin: Desktop) -> None:
    applicant = browser(levels, "below", "applicant")
    draft = drawn(admin, LATER)
    for address in (
        "/admin/procedures",
        PAGE,
        f"{PAGE}/v1.bpmn",
        draft,
        f"{PAGE}/compare?old=v1&new=v1",
    ):
        assert applicant.get(address).status == 403, address
    assert submit(applicant, LATER).status == 403
    assert applicant.post(f"{draft}/publish", reason="x").status == 403


def test_another_tenant_has_no_such_draft(levels: Levelled, admin: Desktop) -> None:
    draft = drawn(admin, LATER)
    other = browser(levels, "above", "admin")
    name = draft.rsplit("/", 1)[1]
    assert other.get(draft).status == 404
    assert other.get(f"{PAGE}/{name}.bpmn").status == 404
    assert other.get(f"{PAGE}/compare?old=v1&new={name}").status == 404
    assert other.post(f"{draft}/publish", reason="x").status == 404


@pytest.mark.parametrize("side", ["v99", "v0", "x", "../v1", "above"])
def test_a_side_that_is_not_there_is_404(levels: Levelled, side: str) -> None:
    who = browser(levels, "above", "admin")
    assert who.get(f"{PAGE}/compare?old=v1&new={side}").status == 404
    path = f"/procedures/walking/comparison?old=v1&new={side}"
    levels.call("above/admin", "GET", path, 404)


def test_a_file_from_outside_is_stored_and_never_shown(admin: Desktop) -> None:
    answer: Any = admin.get(f"{PAGE}/v1.bpmn").answer
    assert answer.mimetype == "application/octet-stream"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_the_api_compares_with_the_level_above(levels: Levelled) -> None:
    levels.publish("below", LATER)
    found = levels.call(
        "below/admin", "GET", "/procedures/walking/comparison?old=above&new=v2", 200
    )
    assert {"what": "changed", "facet": "name", "after": "三步新行"}.items() <= found[0].items()
    assert found[0]["message_en"].startswith("name of")
    same = levels.call("below/admin", "GET", "/procedures/walking/comparison?old=v1&new=above", 200)
    assert same == []
