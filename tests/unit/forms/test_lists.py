"""Rows of lists: how many, of what shape, with what in them."""

from __future__ import annotations

from typing import Any

import pytest

from engine.forms.resolve import FormTooLarge

from .builders import check, errors, field, group, rows

NAME = field("textfield", "name", validate={"required": True})


def test_rows_are_kept_in_their_order_with_every_field() -> None:
    parts = [rows(NAME, group(field("number", "n"), path="inner"))]

    result = check(parts, {"rows": [{"name": "b", "inner": {"n": "2"}}, {"name": "a"}]})

    assert result.values == {
        "rows": [{"name": "b", "inner": {"n": 2}}, {"name": "a", "inner": {"n": None}}]
    }


@pytest.mark.parametrize("submitted", [{}, {"rows": None}, {"rows": ""}, {"rows": []}])
def test_no_rows_are_an_empty_list(submitted: dict[str, Any]) -> None:
    assert check([rows(NAME)], submitted).values == {"rows": []}


@pytest.mark.parametrize(
    ("submitted", "expected"),
    [
        ("text", {"rows": "wrong_shape"}),
        ({"0": {}}, {"rows": "wrong_shape"}),
        (["text"], {"rows.0": "wrong_shape"}),
        ([None], {"rows.0": "wrong_shape"}),
        ([{"name": "a", "hack": 1}], {"rows.0.hack": "unknown_field"}),
        ([{"name": "a"}, {}, {"name": ""}], {"rows.1.name": "required", "rows.2.name": "required"}),
    ],
)
def test_rows_of_the_wrong_shape_are_refused_at_their_place(
    submitted: Any, expected: dict[str, str]
) -> None:
    assert errors(check([rows(NAME)], {"rows": submitted})) == expected


def test_the_number_of_rows_has_limits() -> None:
    parts = [rows(NAME, properties={"minRows": "1", "maxRows": "=most"})]
    row = {"name": "a"}

    assert errors(check(parts, {"rows": []}, {"most": 2})) == {"rows": "too_few"}
    assert check(parts, {"rows": [row] * 2}, {"most": 2}).is_valid
    refused = check(parts, {"rows": [row] * 3}, {"most": 2})
    assert refused.errors[0].zh == "清单不能超过 2 行"


def test_rows_that_cannot_be_added_stay_as_many() -> None:
    parts = [rows(NAME, allowAddRemove=False, defaultRepetitions=2)]

    assert check(parts, {"rows": [{"name": "a"}] * 2}).is_valid
    assert errors(check(parts, {"rows": [{"name": "a"}]})) == {"rows": "rows_locked"}


def test_a_hundred_thousand_rows_are_one_error() -> None:
    result = check([rows(NAME)], {"rows": [{"name": "a"}] * 100_000})

    assert errors(result) == {"rows": "too_many"}
    assert "不能超过 500 行" in result.errors[0].zh


def test_lists_in_lists_have_a_common_limit() -> None:
    inner = {**rows(NAME), "id": "inner", "path": "inner"}
    many = [{"inner": [{"name": "a"}] * 500}] * 500

    with pytest.raises(FormTooLarge):
        check([rows(inner)], {"rows": many})


def test_errors_of_inner_rows_say_where_they_are() -> None:
    inner = {**rows(NAME), "id": "inner", "path": "inner", "label": "明细"}

    result = check([rows(inner)], {"rows": [{"inner": [{"name": "a"}, {}]}]})

    assert result.errors[0].field == "rows.0.inner.1.name"
    assert result.errors[0].place_zh == "清单第 1 行：明细第 2 行："
    assert result.errors[0].as_json()["message"] == "清单第 1 行：明细第 2 行：请填写字段name"
