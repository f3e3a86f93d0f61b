"""Which fields exist depends on the data at hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine.forms.context import FormBroken
from engine.forms.resolve import resolve

from .builders import check, context, errors, field, form, group, rows

REASON = field(
    "textarea", "reason", conditional={"hide": '=urgent != "yes"'}, validate={"required": True}
)
URGENT = field("radio", "urgent")


def test_a_hidden_field_is_not_asked_for_and_its_value_is_dropped() -> None:
    assert check([URGENT, REASON], {"urgent": "no"}).values == {"urgent": "no"}
    assert check([URGENT, REASON], {"urgent": "no", "reason": "x"}).values == {"urgent": "no"}


def test_a_field_that_became_visible_is_asked_for() -> None:
    assert errors(check([URGENT, REASON], {"urgent": "yes"})) == {"reason": "required"}


def test_a_condition_sees_variables_of_the_case_and_null_for_what_is_missing() -> None:
    component = field("textfield", conditional={"hide": '=mine.scale = "large"'})

    assert check(component, {"x": "a"}, {"mine": {"scale": "large"}}).values == {}
    assert check(component, {"x": "a"}).values == {"x": "a"}


def test_a_field_hidden_by_a_hidden_field_is_hidden_too() -> None:
    chain = [
        field("radio", "a"),
        field("radio", "b", conditional={"hide": '=a != "yes"'}),
        field("radio", "c", conditional={"hide": '=b != "yes"'}),
    ]

    result = check(chain, {"a": "no", "b": "yes", "c": "yes"})

    assert result.values == {"a": "no"}


def test_a_stored_value_of_a_hidden_field_does_not_count_in_conditions() -> None:
    stored = {"urgent": "yes", "reason": "old", "b": "x"}
    follows = field("textfield", "b", conditional={"hide": "=reason = null"})

    result = check([URGENT, REASON, follows], {"urgent": "no", "b": "x"}, stored)

    assert result.values == {"urgent": "no"}


def test_numbers_typed_as_text_count_as_numbers_in_conditions() -> None:
    component = field("textfield", "why", conditional={"hide": "=not(size > 100)"})
    parts = [field("number", "size"), component]

    assert check(parts, {"size": "120", "why": "x"}).values["why"] == "x"
    assert "why" not in check(parts, {"size": "99", "why": "x"}).values


def test_a_group_that_is_hidden_hides_what_is_inside() -> None:
    inner = field("textfield", "name", validate={"required": True})
    parts = [URGENT, group(inner, path="contact", conditional={"hide": '=urgent = "no"'})]

    assert check(parts, {"urgent": "no", "contact": {"name": "x"}}).values == {"urgent": "no"}
    assert errors(check(parts, {"urgent": "yes"})) == {"contact.name": "required"}


def test_rows_have_conditions_of_their_own() -> None:
    note = field(
        "textfield",
        "note",
        conditional={"hide": "=not(this.height > limit)"},
        validate={"required": True},
    )
    parts = [rows(field("number", "height"), note)]

    result = check(parts, {"rows": [{"height": 5}, {"height": 15}]}, {"limit": Decimal(10)})

    assert errors(result) == {"rows.1.note": "required"}
    assert result.errors[0].place_zh == "清单第 2 行："


def test_rows_see_the_row_around_them_and_their_numbers() -> None:
    code = field("expression", "code", expression="=parent.name + string(i[1]) + string(i[2])")
    inner = {**rows(code, field("textfield", "n")), "id": "inner", "path": "inner"}
    parts = [rows(field("textfield", "name"), inner)]

    result = check(
        parts, {"rows": [{"name": "A", "inner": [{}, {}]}, {"name": "B", "inner": [{}]}]}
    )

    codes = [[row["code"] for row in outer["inner"]] for outer in result.values["rows"]]
    assert codes == [["A11", "A12"], ["B21"]]


def test_expressions_build_on_each_other_whatever_their_order() -> None:
    parts = [
        field("expression", "twice", expression="=sum * 2"),
        field("expression", "sum", expression="=a + b"),
        field("number", "a"),
        field("number", "b", conditional={"hide": "=sum < 0"}),
    ]

    result = check(parts, {"a": "1", "b": "2"})

    assert result.values == {"twice": 6, "sum": 3, "a": 1, "b": 2}


def test_a_condition_that_is_neither_true_nor_false_breaks_the_form() -> None:
    with pytest.raises(FormBroken) as caught:
        check(field("textfield", conditional={"hide": '="yes"'}), {})
    assert caught.value.code == "form_expression_failed"


@pytest.mark.parametrize(
    "attributes",
    [
        {"validate": {"maxLength": '="many"'}},
        {"validate": {"maxLength": "=[1]"}},
        {"readonly": "=3"},
    ],
)
def test_a_limit_that_is_no_number_breaks_the_form(attributes: dict[str, Any]) -> None:
    with pytest.raises(FormBroken):
        check(field("textfield", **attributes), {"x": "abc"})


def test_the_resolved_form_tells_who_may_do_what_where() -> None:
    sample = form(URGENT, REASON)

    nodes = resolve(sample, {"urgent": "no"}, context()).nodes

    assert [(node.place, node.shown) for node in nodes] == [("urgent", True), ("reason", False)]
