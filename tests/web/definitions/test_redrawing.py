"""流程绘制: a draft in the editor is saved, held, taken over, and never overwritten unseen."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.process.levels import RIGID
from tests.web.definitions.test_procedure_pages import LATER, Desktop, browser, drawn
from tests.web.pages.desk import Shown

from .conftest import Levelled


class Editor:
    """Somebody's editor on one draft: it remembers the revision it has."""

    def __init__(self, who: Desktop, draft: str) -> None:
        self.who, self.draft, self.revision = who, draft, 1

    def call(self, name: str, body: str = "", **query: Any) -> tuple[int, Any]:
        """Status and JSON of a call of the editor."""
        answer = self.who.client.post(
            f"{self.draft}/{name}.json",
            data=body.encode(),
            query_string=query,
            content_type="application/xml",
            headers={"X-CSRFToken": self.who.token(), "Accept": "text/plain"},
        )
        return answer.status_code, answer.get_json(silent=True)

    def save(self, text: str) -> tuple[int, Any]:
        """Save over the revision that was read."""
        status, told = self.call("drawing", text, revision=self.revision)
        self.revision = told["revision"] if status == 200 else self.revision
        return status, told

    def read(self) -> Any:
        """What the server has."""
        return self.who.client.get(f"{self.draft}/drawing.json").get_json()


@pytest.fixture
def first(levels: Levelled) -> Editor:
    who = browser(levels, "below", "admin")
    return Editor(who, drawn(who, LATER))


@pytest.fixture
def second(levels: Levelled, first: Editor) -> Editor:
    return Editor(browser(levels, "below", "second"), first.draft)


def test_each_saving_is_judged_and_counts(first: Editor) -> None:
    status, told = first.save(RIGID.replace('candidateGroups="', 'candidateGroups="nobody-', 1))
    assert (status, told["revision"], told["publishable"]) == (200, 2, False)
    assert any(found["tone"] == "bad" and found["element"] for found in told["findings"])
    status, told = first.save(LATER)
    assert (status, told["revision"], told["publishable"]) == (200, 3, True)
    assert first.read()["xml"] == LATER


def test_who_saves_over_something_newer_is_told_and_nothing_is_written(first: Editor) -> None:
    elsewhere = Editor(first.who, first.draft)
    assert elsewhere.save(LATER)[0] == 200
    status, told = first.save(RIGID)
    assert (status, told["code"]) == (409, "draft_moved")
    assert "admin" in told["message"]
    assert first.read()["xml"] == LATER


def test_a_draft_is_with_one_editor_until_another_takes_it_over(
    first: Editor, second: Editor
) -> None:
    assert first.call("hold")[1]["is_mine"]
    status, told = second.call("hold")
    assert (status, told["code"], "admin" in told["message"]) == (409, "draft_taken", True)
    assert second.save(RIGID)[0] == 409
    assert second.call("hold", take=1)[1]["is_mine"]
    status, told = first.save(RIGID)
    assert (status, told["code"], "second" in told["message"]) == (409, "draft_taken", True)
    assert second.save(RIGID)[0] == 200


def test_a_draft_is_free_once_its_editor_leaves_or_gives_no_sign_of_life(
    levels: Levelled, first: Editor, second: Editor
) -> None:
    first.call("hold")
    assert first.call("leave")[0] == 204
    assert second.call("hold")[0] == 200
    assert first.call("hold")[0] == 409
    levels.clock.advance(timedelta(minutes=4))
    assert first.call("hold")[0] == 200


@pytest.mark.parametrize("text", ["", "这不是流程图", RIGID[:400], RIGID + " " * 2_100_000])
def test_what_cannot_be_read_is_not_saved(first: Editor, text: str) -> None:
    status, told = first.save(text)
    assert (status, bool(told["findings"])) == (422, True)
    assert (first.read()["revision"], first.read()["xml"]) == (1, LATER)


def test_a_published_draft_is_not_drawn_on(first: Editor) -> None:
    assert first.who.post(f"{first.draft}/publish", reason="修订").status == 303
    for call in (first.save(RIGID), first.call("hold"), first.call("hold", take=1)):
        assert (call[0], call[1]["code"]) == (409, "draft_published")


def test_nobody_publishes_what_he_has_not_seen(first: Editor) -> None:
    first.save(LATER)
    late = first.who.post(f"{first.draft}/publish", reason="修订", revision="1")
    assert (late.status, "刚刚被改动" in late.main) == (409, True)
    assert first.who.post(f"{first.draft}/publish", reason="修订", revision="2").status == 303


def test_a_redraw_begins_with_what_is_in_force_above_or_with_nothing(levels: Levelled) -> None:
    who = browser(levels, "below", "admin")
    for side in ("v1", "above"):
        answer = who.post("/admin/procedures/walking/redraw", side=side)
        assert answer.status == 303
        assert answer.location.endswith("/draw")
    made = who.post("/admin/procedures", procedure="yearly-report", title="年度<报告>")
    editor = Editor(who, made.location.removesuffix("/draw"))
    assert 'name="年度&lt;报告&gt;"' in editor.read()["xml"]
    assert editor.read()["findings"] == []
    page = Shown(who.client.get(made.location))
    assert page.find("//bpmn-modeler/@src") == [f"{editor.draft}/drawing.json"]


@pytest.mark.parametrize(("procedure", "title"), [("a b", "甲"), ("1a", "甲"), ("ab", "")])
def test_a_new_procedure_needs_an_id_and_a_title(
    levels: Levelled, procedure: str, title: str
) -> None:
    who = browser(levels, "below", "admin")
    answer = who.post("/admin/procedures", procedure=procedure, title=title)
    assert answer.location == "/admin/procedures"
    assert who.get("/admin/procedures").find("//*[contains(@class,'alert-danger')]")


def test_the_editor_is_told_what_an_expression_can_name(first: Editor) -> None:
    first.save(RIGID)
    told = first.who.client.get(f"{first.draft}/names.json").get_json()
    assert "case" in [one["name"] for one in told["variables"]]
    assert "walking" in told["processes"]
    assert "endorsement" in told["forms"]  # shared, though the tenant has published nothing of it
    assert {"applicant", "leader"} <= {code for code, _name in told["roles"]}


FORM = "/forms/walking-decide"


def part(editor: Editor, **changes: Any) -> str:
    """The form of the draft with other facts."""
    text = editor.who.client.get(f"{editor.draft}{FORM}.json").get_json()["xml"]
    return json.dumps({**json.loads(text), **changes}, ensure_ascii=False)


def test_a_form_is_changed_with_the_draft_and_published_with_it(
    levels: Levelled, first: Editor
) -> None:
    first.save(RIGID)
    changed = part(first, components=[{"type": "textfield", "key": "why", "label": "新问题"}])
    status, told = first.call(FORM.removeprefix("/"), changed, revision=first.revision)
    assert (status, told["revision"]) == (200, 3)
    assert first.call(FORM.removeprefix("/"), changed, revision=1)[1]["code"] == "draft_moved"
    shown = first.who.client.post(
        f"{first.draft}/preview", data=changed, headers={"X-CSRFToken": first.who.token()}
    )
    assert "新问题" in shown.text
    assert "本草稿有改动" in first.who.get(f"{first.draft}/draw").main
    assert Shown(first.who.client.get(first.draft + FORM)).find("//form-editor/@src")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"id": "other", "components": []}', "\ud800"])
def test_what_is_no_form_of_this_name_is_not_saved(first: Editor, text: str) -> None:
    status, _told = first.call(
        FORM.removeprefix("/"), text.encode("utf-8", "surrogatepass").decode("latin-1"), revision=1
    )
    assert status == 422
    assert first.read()["revision"] == 1
