"""A form works with posts alone: shown, posted, refused, shown again with everything typed."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from engine.forms.model import MAX_ROWS
from engine.forms.validation import validate
from webapp.formkit.posted import parse_form_post

from .app import make_app
from .browser import posted, read_page
from .samples import REVIEW, SHEET, form_of, render_context

GOOD = {
    "f.unit": "某某煤矿",
    "f.area": "12.5",
    "f.verdict": "pass",
    "f.sure": "true",
}


@pytest.fixture
def client() -> FlaskClient:
    return make_app(form_of(REVIEW), render_context()).test_client()


def fill(client: FlaskClient, **values: str) -> dict[str, list[str]]:
    """The post of the blank page with some controls filled in."""
    post = posted(client.get("/").text)
    for name, value in values.items():
        post.setlist(name, [value])
    return post.to_dict(flat=False)


def test_a_filled_form_is_accepted(client: FlaskClient) -> None:
    post = fill(client, **GOOD, **{"f.faults.0.what": "边坡"})

    answer = client.post("/", data=post)

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["unit"] == "某某煤矿"
    assert answer.json["area"] == "12.5"
    assert answer.json["faults"] == "[{'what': '边坡', 'grave': False}]"


def test_what_was_typed_is_shown_again_with_the_errors(client: FlaskClient) -> None:
    typed = {"f.unit": "", "f.area": "十二 <b>", "f.day": "明天", "f.faults.0.what": ""}
    post = fill(client, **typed)

    answer = client.post("/", data=post)

    assert answer.status_code == 422
    assert "有 6 处需要修改" in answer.text
    again = posted(answer.text)
    assert again["f.area"] == "十二 <b>"
    assert again["f.day"] == "明天"
    assert {name: again.getlist(name) for name in post} == post


def test_every_error_in_the_summary_links_to_its_control(client: FlaskClient) -> None:
    answer = client.post("/", data=fill(client))

    page = read_page(answer.text)
    assert page.links[:3] == ["f-unit", "f-area", "f-verdict-0"]
    assert set(page.links) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_a_field_that_a_choice_brings_up_appears_on_the_next_page(client: FlaskClient) -> None:
    assert "不通过的理由" not in client.get("/").text

    answer = client.post("/", data=fill(client, **{**GOOD, "f.verdict": "fail"}))

    assert answer.status_code == 422
    assert "请填写不通过的理由" in answer.text
    assert "f.why" in posted(answer.text)


def test_rows_are_added_and_removed_by_plain_buttons(client: FlaskClient) -> None:
    first = fill(client, **{"f.faults.0.what": "边坡", "f.unit": "某矿"})
    two = client.post("/", data={**first, "f.~do": "add:faults"})

    assert two.status_code == 200
    assert "增加问题" in two.text
    post = posted(two.text)
    assert post.getlist("f.faults.~rows") == ["", "0", "1"]
    assert post["f.unit"] == "某矿"

    post.setlist("f.faults.1.what", ["扬尘"])
    one = client.post("/", data={**post.to_dict(flat=False), "f.~do": "remove:faults.0"})

    assert posted(one.text).getlist("f.faults.~rows") == ["", "0"]
    assert posted(one.text)["f.faults.0.what"] == "扬尘"


def test_the_first_button_of_the_form_only_shows_it_again(client: FlaskClient) -> None:
    assert read_page(client.get("/").text).buttons[0] == ("f.~do", "refresh")

    answer = client.post("/", data={**fill(client), "f.~do": "refresh"})

    assert answer.status_code == 200
    assert "处需要修改" not in answer.text


@pytest.mark.parametrize(
    "act",
    [
        "add:nowhere",
        "add:faults.0",
        "remove:faults.9",
        "remove:unit",
        "remove-file:files:x",
        "boom",
    ],
)
def test_an_act_that_fits_nothing_changes_nothing(client: FlaskClient, act: str) -> None:
    post = fill(client, **{"f.unit": "某矿"})

    answer = client.post("/", data={**post, "f.~do": act})

    assert answer.status_code == 200
    again = posted(answer.text)
    assert {name: again.getlist(name) for name in post} == post


def test_earlier_uploads_stay_and_new_ones_join_them() -> None:
    app = make_app(form_of(REVIEW), render_context())
    app.extensions["uploads"]["f.files.~upload"] = ["a2"]
    client = app.test_client()
    post = posted(client.get("/").text)
    post.setlist("f.files", ["", "a1"])
    data = {**post.to_dict(flat=False), "f.files.~upload": (io.BytesIO(b"x"), "x.jpg")}

    answer = client.post("/", data={**data, "f.~do": "refresh"})

    assert posted(answer.text).getlist("f.files") == ["", "a1", "a2"]
    assert "总平面图.pdf" in answer.text
    assert "1.2 MB" in answer.text
    assert 'href="/attachments/a1"' in answer.text

    fewer = posted(answer.text).to_dict(flat=False)
    removed = client.post("/", data={**fewer, "f.~do": "remove-file:files:a1"})
    assert posted(removed.text).getlist("f.files") == ["", "a2"]


def test_a_control_the_form_does_not_have_is_refused(client: FlaskClient) -> None:
    answer = client.post("/", data=fill(client, **GOOD, **{"f.salary": "1", "f.contact.x": "1"}))

    assert answer.status_code == 422
    assert "“salary”" in answer.text
    assert "“contact.x”" in answer.text


def test_names_of_the_page_itself_are_not_fields(client: FlaskClient) -> None:
    names = {"csrf_token": "x", "operation": "complete", "f.faults.0.what": "边坡"}

    answer = client.post("/", data=fill(client, **GOOD, **names))

    assert answer.status_code == 200


def test_controls_of_a_row_that_is_not_there_are_refused(client: FlaskClient) -> None:
    post = fill(client, **GOOD, **{"f.faults.0.what": "边坡", "f.faults.7.what": "扬尘"})

    answer = client.post("/", data=post)

    assert answer.status_code == 422
    assert "“faults.7.what”" in answer.text


def test_a_hundred_thousand_posted_rows_end_at_the_limit() -> None:
    marks = MultiDict([("f.faults.~rows", str(number)) for number in range(100_000)])

    rows = parse_form_post(form_of(REVIEW), marks)["faults"]

    assert len(rows) == MAX_ROWS + 1
    checked = validate(form_of(REVIEW), {"faults": rows}, render_context().form)
    assert "too_many" in {error.code for error in checked.errors}


def test_row_marks_that_are_no_numbers_are_no_rows() -> None:
    marks = MultiDict([("f.faults.~rows", mark) for mark in ("", "-1", "１", "x", "0", "0")])

    assert parse_form_post(form_of(REVIEW), marks) == {"faults": [{}]}


def test_thousands_of_strange_rows_of_a_score_sheet_are_read_quickly_and_refused() -> None:
    names = [f"f.sheet.items.X{number}.score" for number in range(15_000)]

    values = parse_form_post(form_of(SHEET), MultiDict([(name, "1") for name in names]))

    assert len(values["sheet"]["items"]) <= 301
    assert not validate(form_of(SHEET), values, render_context().form).is_valid


def test_a_form_with_conditions_can_be_updated_without_scripts(client: FlaskClient) -> None:
    assert "按已填内容更新表单" in client.get("/").text
