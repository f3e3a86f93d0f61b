"""What the author of a wrong expression is told."""

from __future__ import annotations

import pytest

from engine.errors import LuchengError
from engine.feel import FeelError, FeelSyntaxError, compile_expression

from .vectors import SCOPE, STRICT


def refused(text: str) -> FeelSyntaxError:
    """The refusal of a text that is no expression."""
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    return caught.value


WRONG = [
    ("", 0, "feel_syntax"),
    ("=", 1, "feel_syntax"),
    ("   ", 3, "feel_syntax"),
    ("1 +", 3, "feel_syntax"),
    ("1 2", 2, "feel_syntax"),
    ("(1", 2, "feel_syntax"),
    ("1)", 1, "feel_syntax"),
    ("[1, 2", 5, "feel_syntax"),
    ("{a 1}", 3, "feel_syntax"),
    ("{a: 1, a: 2}", 7, "feel_syntax"),
    ("if a then 1", 11, "feel_syntax"),
    ("for x in y", 10, "feel_syntax"),
    ("a and", 5, "feel_syntax"),
    ("and a", 0, "feel_syntax"),
    ("a.", 2, "feel_syntax"),
    ("a.1", 1, "feel_syntax"),
    (". a", 0, "feel_syntax"),
    ("a between 1", 11, "feel_syntax"),
    ("1 < 2 < 3", 6, "feel_syntax"),
    ('"abc', 0, "feel_syntax"),
    ("'abc'", 0, "feel_syntax"),
    ("a == 1", 2, "feel_syntax"),
    ("a <> 1", 2, "feel_syntax"),
    ("a && b", 2, "feel_syntax"),
    ("a || b", 2, "feel_syntax"),
    ("!a", 0, "feel_syntax"),
    ("a % 2", 2, "feel_syntax"),
    ("a （b）", 2, "feel_syntax"),
    ("a ＞ 1", 2, "feel_syntax"),
    ("a = “x”", 4, "feel_syntax"),
    ("a；b", 1, "feel_syntax"),
    ("a /* b", 2, "feel_syntax"),
    ("1a", 0, "feel_syntax"),
    ("12345678901234567890123456789012345", 0, "feel_syntax"),
    ("1.5e", 0, "feel_syntax"),
    ("1e9999", 0, "feel_syntax"),
    ('@"abc"', 0, "feel_syntax"),
    ("not true", 4, "feel_syntax"),
    ("a instance of car", 14, "feel_syntax"),
    ("f(1)(2)", 0, "feel_unknown_function"),
    ("cuont(tags)", 0, "feel_unknown_function"),
    ("1 + workdays(1)", 4, "feel_unknown_function"),
    ("open(1)", 0, "feel_unknown_function"),
    ("a.b(1)", 3, "feel_syntax"),
    ("count(tags)(1)", 11, "feel_syntax"),
    ("count(1, 2)", 0, "feel_arguments"),
    ("count(things: tags)", 0, "feel_arguments"),
    ("substring(string: s, 1)", 21, "feel_syntax"),
    ("substring(s, start position: 1)", 29, "feel_syntax"),
    ("function(x) x", 0, "feel_function"),
]


@pytest.mark.parametrize(("text", "position", "code"), WRONG)
def test_a_refusal_names_the_place_and_the_reason(text: str, position: int, code: str) -> None:
    error = refused(text)
    assert (error.position, error.code) == (position, code)
    assert f"第{position + 1}个字符处" in error.zh
    assert f"at character {position + 1}" in error.en


def test_the_place_counts_the_leading_equals_sign() -> None:
    assert refused("=1 +").position == 4


def test_an_excerpt_points_at_the_place() -> None:
    error = refused("amount > 100000 and and complete = true")
    assert error.facts["excerpt"] == "…t > 100000 and ▶and complete = …"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a == 1", "一个“=”"),
        ("a && b", "and"),
        ("a || b", "or"),
        ("!a", "not("),
        ("'x'", "双引号"),
        ("a （1）", "半角“(”"),
        ("a，b", "半角“,”"),
        ("cuont(tags)", "count"),
        ("substring(1)", "substring(string, start position, length?)"),
    ],
)
def test_a_usual_slip_is_explained(text: str, hint: str) -> None:
    assert hint in refused(text).zh


@pytest.mark.parametrize("sign", list("\x00\x07\x7f\u200b\u202e\u2066\ufeff\u2028"))
def test_invisible_characters_are_refused(sign: str) -> None:
    error = refused(f"amount {sign}> 1")
    assert error.position == 7
    assert f"U+{ord(sign):04X}" in error.zh
    assert sign not in str(error.facts["excerpt"])


@pytest.mark.parametrize("text", ['"\\u0000"', '"\\u202e"', '"\\ufeff"', '"\\U0E0041"'])
def test_an_escape_cannot_bring_invisible_characters_in(text: str) -> None:
    assert refused(text).position == 1


def test_half_a_character_becomes_the_replacement_sign() -> None:
    assert compile_expression('"\\ud800"').evaluate({}, STRICT) == "\ufffd"


def test_comments_and_line_breaks_are_passed_over() -> None:
    text = "1 + // one\n /* and\n two */ 2"
    assert compile_expression(text).evaluate({}, STRICT) == 3


def test_errors_are_of_the_projects_family() -> None:
    assert issubclass(FeelError, LuchengError)
    assert issubclass(FeelSyntaxError, FeelError)


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ("amount + missing", "missing"),
        ("nothing + 1", "nothing"),
        ("1 + nothing", "nothing"),
        ("applicant.addr.street + name", "applicant.addr.street"),
        ("nothing and true", "nothing"),
        ("not(nothing)", "nothing"),
        ("if nothing then 1 else 2", "nothing"),
        ("count(nothing)", "nothing"),
        ("substring(name, nothing)", "nothing"),
        ("nothing.x", "nothing"),
        ("nothing[1]", "nothing"),
        ("for i in nothing return i", "nothing"),
        ("nothing in [1]", "nothing"),
        ("nothing between 1 and 2", "nothing"),
        ("5 between nothing and 9", "nothing"),
        ("[nothing..5]", "nothing"),
        ("sum(1, name)", "name"),
        ("count(amount)", "amount"),
        ("-name", "name"),
    ],
)
def test_an_error_in_the_data_names_the_part(text: str, variable: str) -> None:
    with pytest.raises(FeelError) as caught:
        compile_expression(text).evaluate(SCOPE, STRICT)
    assert caught.value.facts["variable"] == variable
    assert f"“{variable}”" in caught.value.zh
