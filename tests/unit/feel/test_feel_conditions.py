"""Conditions, texts of attributes and cells of decision tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.feel import (
    Environment,
    FeelError,
    FeelSyntaxError,
    evaluate_condition,
    evaluate_text,
    evaluate_unary,
)

from .vectors import LENIENT, STRICT

CASE = {"amount": 120000, "decision": None, "level": "甲", "applicant": {"name": "李四"}}


def refusal(text: str, env: Environment = STRICT) -> FeelError:
    """The error a condition is answered with."""
    with pytest.raises(FeelError) as caught:
        evaluate_condition(text, CASE, env)
    return caught.value


# --- conditions ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["amount > 100000", "=amount > 100000", " = amount > 100000"])
def test_a_condition_is_written_with_or_without_the_equals_sign(text: str) -> None:
    assert evaluate_condition(text, CASE, STRICT) is True


def test_a_missing_variable_is_an_error_that_names_it() -> None:
    error = refusal("amuont > 100000")
    assert error.code == "feel_name"
    assert error.facts["variable"] == "amuont"
    assert "“amuont”" in error.zh
    assert "'amuont'" in error.en


def test_a_variable_without_value_is_an_error_that_names_it() -> None:
    error = refusal('decision = "accept"')
    assert error.code == "feel_null"
    assert error.facts["variable"] == "decision"
    assert error.zh == "“decision”没有值（为空）"


def test_a_property_without_value_is_named_by_its_path() -> None:
    error = refusal('applicant.phone = "1"')
    assert error.facts["variable"] == "applicant.phone"


def test_values_of_two_kinds_are_an_error_that_names_both() -> None:
    error = refusal("level > 3")
    assert error.code == "feel_type"
    assert error.zh == "“level”是文字，“3”是数字，不能这样一起使用"
    assert error.en == "'level' is a string and '3' is a number; they do not go together"


def test_an_explicit_question_for_null_is_allowed() -> None:
    assert evaluate_condition("decision = null", CASE, STRICT) is True
    assert evaluate_condition('decision = null or decision = "accept"', CASE, STRICT) is True


@pytest.mark.parametrize("text", ["amount", "level", "decision", "[true]", '"true"', "1"])
def test_only_true_and_false_are_answers(text: str) -> None:
    error = refusal(text)
    assert error.code == "feel_condition"
    assert "应当为“是”或“否”" in error.zh


@pytest.mark.parametrize("text", ['decision = "accept"', "missing > 3", "level > 3", "null"])
def test_a_condition_is_strict_even_where_forms_are_lenient(text: str) -> None:
    assert refusal(text, LENIENT).code.startswith("feel_")


def test_an_error_tells_the_expression_it_happened_in() -> None:
    assert refusal("=missing > 3").facts["expression"] == "=missing > 3"


def test_a_part_not_reached_is_not_missed() -> None:
    assert evaluate_condition('amount > 1 or decision = "accept"', CASE, STRICT) is True


# --- attributes ----------------------------------------------------------------------------------


def test_a_text_without_equals_sign_stands_for_itself() -> None:
    assert evaluate_text("reviewer", CASE, STRICT) == "reviewer"
    assert evaluate_text(" =amount", CASE, STRICT) == " =amount"
    assert evaluate_text("", CASE, STRICT) == ""


def test_a_text_with_equals_sign_is_an_expression() -> None:
    assert evaluate_text("=amount / 2", CASE, STRICT) == Decimal(60000)
    assert evaluate_text('="enterprise:" + applicant.name', CASE, STRICT) == "enterprise:李四"


def test_an_equals_sign_alone_is_refused() -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        evaluate_text("=", CASE, STRICT)
    assert caught.value.position == 1


# --- cells of decision tables --------------------------------------------------------------------

CELLS = [
    ("-", 5, True),
    ("-", None, True),
    ("5", 5, True),
    ("5", 6, False),
    ("< 5", 4, True),
    ("< 5", 5, False),
    ("<= 5", 5, True),
    ("> 5", 6, True),
    (">= 5", 5, True),
    ("!= 5", 4, True),
    ("= 5", 5, True),
    ("[1..5)", 1, True),
    ("[1..5)", 5, False),
    ("(1..5]", 1, False),
    ("]1..5[", 3, True),
    ("[1..5],[7..9]", 8, True),
    ("[1..5],[7..9]", 6, False),
    ("-1", -1, True),
    ("- 1", -1, True),
    ("1,2,3", 2, True),
    ("1,2,3", 4, False),
    ("< 0, > 10", 11, True),
    ('"a"', "a", True),
    ('"a","b"', "b", True),
    ('"a","b"', "c", False),
    ('not("a")', "b", True),
    ('not("a")', "a", False),
    ('not("a","b")', "c", True),
    ("not(1,2)", 3, True),
    ("not(> 5)", 3, True),
    ("not([1..5])", 3, False),
    ("not(null)", 1, True),
    ("not(null)", None, False),
    ("null", None, True),
    ("null", 1, False),
    ("true", True, True),
    ("true", False, False),
    ("false", False, True),
    ("? > 3", 4, True),
    ("? > 3", 3, False),
    ("? > 3 and ? < 9", 5, True),
    ('contains(?, "山")', "矿山", True),
    ('starts with(?, "绿")', "矿山", False),
    ('? in ("a", "b")', "a", True),
    ("not(? > 3)", 2, True),
    ("limit", 10, True),
    ("< limit", 9, True),
    ("<= limit * 2", 20, True),
    ("[limit..limit + 5]", 12, True),
    ("levels", "乙", True),
    ("levels", "丙", False),
    ("limit > 5", "anything", True),
    ("limit > 50", "anything", False),
    ('date("2026-01-01")', date(2026, 1, 1), True),
    ('>= date("2026-01-01")', date(2026, 3, 1), True),
    ('[@"2026-01-01"..@"2026-12-31"]', date(2026, 3, 1), True),
    ('[date("2026-01-01")..date("2026-12-31")]', date(2027, 3, 1), False),
    ("some x in ? satisfies x > 2", [1, 2, 3], True),
    ("count(?) = 3", [1, 2, 3], True),
    ("[1, 2]", [1, 2], True),
    ("[1, 2]", 2, True),
]


@pytest.mark.parametrize(("cell", "value", "passes"), CELLS)
def test_a_value_passes_the_cell(cell: str, value: object, passes: bool) -> None:
    names = {"limit": 10, "levels": ["甲", "乙"]}
    assert evaluate_unary(cell, value, names, STRICT) is passes


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("< 5", None, "feel_null"),
        ("5", None, "feel_null"),
        ("< 5", "a", "feel_type"),
        ('"a"', 5, "feel_type"),
        ("[1..5]", "a", "feel_type"),
        ("? + 1", 5, "feel_type"),
        ("unknown", 5, "feel_name"),
    ],
)
def test_a_cell_that_cannot_be_told_is_an_error(cell: str, value: object, code: str) -> None:
    with pytest.raises(FeelError) as caught:
        evaluate_unary(cell, value, {}, STRICT)
    assert caught.value.code == code
    assert evaluate_unary(cell, value, {}, LENIENT) is False


@pytest.mark.parametrize("cell", ["", "1,", "not(", "< ", "- 5 -", "a b c (", "<<5", "[1..", "not"])
def test_a_broken_cell_is_refused(cell: str) -> None:
    with pytest.raises(FeelSyntaxError):
        evaluate_unary(cell, 1, {}, STRICT)


def test_the_question_mark_is_refused_outside_of_cells() -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        evaluate_condition("? > 3", {}, STRICT)
    assert "决策表" in caught.value.zh
