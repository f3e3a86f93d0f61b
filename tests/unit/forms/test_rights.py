"""What a step may see and change is held by the server."""

from __future__ import annotations

from typing import Any

import pytest

from engine.forms.model import Right

from .builders import check, errors, field, group, rows

HIDDEN, READ_ONLY, EDITABLE = Right.HIDDEN, Right.READ_ONLY, Right.EDITABLE


def test_a_field_hidden_from_the_step_does_not_exist_for_it() -> None:
    parts = [field("textfield", "secret", validate={"required": True}), field("textfield")]

    assert check(parts, {"x": "1"}, {"secret": "s"}, {"secret": HIDDEN}).values == {"x": "1"}
    refused = check(parts, {"x": "1", "secret": "s"}, {"secret": "s"}, {"secret": HIDDEN})
    assert errors(refused) == {"secret": "unknown_field"}


@pytest.mark.parametrize(
    ("kind", "stored", "same", "other"),
    [
        ("textfield", "甲", "甲", "乙"),
        ("number", 3, "3.0", "4"),
        ("datetime", "2026-03-02", "2026/3/2", "2026-03-03"),
        ("checkbox", True, "true", False),
        ("radio", "yes", "yes", "no"),
        ("checklist", ["a"], ["a"], ["a", "b"]),
        ("filepicker", ["pdf-1"], ["pdf-1"], []),
    ],
)
def test_a_read_only_field_keeps_its_stored_value(
    kind: str, stored: Any, same: Any, other: Any
) -> None:
    known, rights = {"x": stored}, {"x": READ_ONLY}

    assert check(field(kind), {}, known, rights).values == {"x": stored}
    assert check(field(kind), {"x": same}, known, rights).values == {"x": stored}
    assert errors(check(field(kind), {"x": other}, known, rights)) == {"x": "read_only"}


def test_a_read_only_field_without_value_takes_none() -> None:
    rights = {"x": READ_ONLY}

    assert check(field("textfield"), {}, {}, rights).values == {}
    assert errors(check(field("textfield"), {"x": "new"}, {}, rights)) == {"x": "read_only"}


def test_a_read_only_field_is_not_asked_for() -> None:
    component = field("textfield", validate={"required": True})

    assert check(component, {}, {}, {"x": READ_ONLY}).is_valid


def test_the_form_itself_may_make_a_field_read_only() -> None:
    fixed = field("textfield", readonly=True)
    by_data = field("textfield", readonly="=closed")

    assert errors(check(fixed, {"x": "b"}, {"x": "a"})) == {"x": "read_only"}
    assert errors(check(by_data, {"x": "b"}, {"x": "a", "closed": True})) == {"x": "read_only"}
    assert check(by_data, {"x": "b"}, {"x": "a", "closed": False}).values == {"x": "b"}


def test_a_disabled_field_gives_no_value() -> None:
    component = field("textfield", disabled=True)

    assert check(component, {}, {"x": "a"}).values == {}
    assert errors(check(component, {"x": "b"}, {"x": "a"})) == {"x": "read_only"}


def test_a_read_only_value_cannot_steer_a_condition() -> None:
    parts = [
        field("textfield", "status"),
        field("textfield", conditional={"hide": '=status = "open"'}, validate={"required": True}),
    ]

    result = check(parts, {"status": "open"}, {"status": "closed"}, {"status": READ_ONLY})

    assert errors(result) == {"status": "read_only", "x": "required"}


def test_one_right_may_stand_for_all_other_fields() -> None:
    parts = [field("textfield", "a"), field("textfield", "b")]
    rights = {"*": READ_ONLY, "b": EDITABLE}

    assert check(parts, {"b": "new"}, {"a": "old"}, rights).values == {"a": "old", "b": "new"}


def test_a_right_on_a_group_reaches_what_is_inside_unless_that_has_its_own() -> None:
    parts = [group(field("textfield", "a"), field("textfield", "b"), path="g")]
    rights = {"g": READ_ONLY, "g.b": EDITABLE}

    result = check(parts, {"g": {"b": "new"}}, {"g": {"a": "old", "b": "old"}}, rights)

    assert result.values == {"g": {"a": "old", "b": "new"}}


def test_nothing_inside_a_hidden_group_exists() -> None:
    parts = [group(field("textfield", "a"), path="g"), field("textfield")]
    rights = {"group-g": HIDDEN, "g.a": EDITABLE}

    assert errors(check(parts, {"g": {"a": "1"}}, {}, rights)) == {"g": "unknown_field"}


def test_what_else_the_case_keeps_in_the_same_map_stays() -> None:
    parts = [group(field("textfield", "a"), field("textfield", "b"), path="g")]
    stored = {"g": {"a": "1", "b": "hidden", "other": {"deep": True}}}

    result = check(parts, {"g": {"a": "2"}}, stored, {"g.b": HIDDEN})

    assert result.values == {"g": {"a": "2", "b": "hidden", "other": {"deep": True}}}


def test_hidden_values_in_rows_stay_in_their_rows() -> None:
    parts = [rows(field("textfield", "a"), field("textfield", "b"))]
    stored = {"rows": [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]}

    result = check(parts, {"rows": [{"a": "3"}, {"a": "4"}]}, stored, {"rows.b": HIDDEN})

    assert result.values == {"rows": [{"a": "3", "b": "x"}, {"a": "4", "b": "y"}]}


@pytest.mark.parametrize("right", [HIDDEN, READ_ONLY])
def test_rows_with_protected_values_can_be_neither_removed_nor_added(right: Right) -> None:
    parts = [rows(field("textfield", "a"), field("textfield", "b"))]
    stored = {"rows": [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]}

    for submitted in ([{"a": "2"}], [{"a": "1"}, {"a": "2"}, {"a": "3"}]):
        result = check(parts, {"rows": submitted}, stored, {"rows.b": right})
        assert errors(result) == {"rows": "rows_locked"}


def test_a_read_only_list_keeps_its_rows_but_may_have_open_fields() -> None:
    parts = [rows(field("textfield", "a"), field("textfield", "note"))]
    stored = {"rows": [{"a": "1"}, {"a": "2"}]}
    rights = {"rows": READ_ONLY, "rows.note": EDITABLE}

    result = check(parts, {"rows": [{}, {"note": "seen"}]}, stored, rights)

    assert result.values == {"rows": [{"a": "1", "note": ""}, {"a": "2", "note": "seen"}]}
    assert check(parts, {}, stored, {"rows": READ_ONLY}).values["rows"] == [
        {"a": "1"},
        {"a": "2"},
    ]
