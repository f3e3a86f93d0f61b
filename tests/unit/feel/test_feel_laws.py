"""Laws that hold for all pairs of values, whatever their kinds."""

from __future__ import annotations

from itertools import combinations_with_replacement, pairwise

import pytest

from engine.feel import compile_expression

from .vectors import LENIENT

VALUES = {
    "number": ["0", "-0", "1", "1.0", "1E0", "-1", "0.1", "1/3", "1E+30", "9E+33"],
    "string": ['""', '"a"', '"A"', '"1"', '"公示"', '"😀"'],
    "date": ['@"2026-01-01"', '@"0001-01-01"', '@"9999-12-31"'],
    "time": ['@"10:00:00"', '@"10:00:00.5"'],
    "zoned time": ['@"10:00:00Z"', '@"18:00:00+08:00"', '@"23:00:00-05:00"'],
    "moment": ['@"2026-01-01T00:00:00"', '@"2026-01-01T00:00:00.000001"'],
    "zoned moment": [
        '@"2026-01-01T00:00:00Z"',
        '@"2026-01-01T08:00:00+08:00"',
        '@"2026-01-01T08:00:00@Asia/Shanghai"',
        '@"9999-12-31T23:59:59Z"',
    ],
    "days": ['@"PT0S"', '@"P1D"', '@"PT24H"', '@"-P1D"'],
    "months": ['@"P0M"', '@"P1Y"', '@"P12M"'],
    "boolean": ["true", "false"],
    "null": ["null"],
    "list": ["[]", "[1]", "[1.0]", "[[1]]", "[null]"],
    "context": ["{}", "{a: 1}", "{a: 1.0}", "{a: 1, b: 2}", "{b: 2, a: 1}"],
    "range": ["[1..2]", "[1.0..2]", "[1..2)", '["a".."b"]'],
}
ORDERED = ("number", "string", "date", "time", "zoned time", "moment", "zoned moment", "days")
PAIRS = list(combinations_with_replacement([v for row in VALUES.values() for v in row], 2))


def value(text: str) -> object:
    """What an expression gives in a lenient environment."""
    return compile_expression(text).evaluate({}, LENIENT)


READY = {text: value(text) for row in VALUES.values() for text in row}


def of_two(expression: str, a: str, b: str) -> object:
    """What an expression on a and b gives for two of the values."""
    return compile_expression(expression).evaluate({"a": READY[a], "b": READY[b]}, LENIENT)


def test_a_value_is_equal_to_itself() -> None:
    assert [v for row in VALUES.values() for v in row if value(f"{v} = {v}") is not True] == []


def test_what_counts_as_distinct_is_what_is_not_equal() -> None:
    wrong = [
        pair
        for pair in PAIRS
        if of_two("list contains([a], b)", *pair)
        is not of_two("count(distinct values([a, b])) = 1", *pair)
    ]
    assert wrong == []


def test_equality_does_not_depend_on_the_side() -> None:
    assert [p for p in PAIRS if of_two("a = b", *p) is not of_two("b = a", *p)] == []


@pytest.mark.parametrize("kind", [*ORDERED, "months"])
def test_of_two_comparable_values_exactly_one_relation_holds(kind: str) -> None:
    for a, b in combinations_with_replacement(VALUES[kind], 2):
        answers = [value(f"{a} {sign} {b}") for sign in ("<", "=", ">")]
        assert sorted(map(bool, answers)) == [False, False, True], (a, b)
        assert None not in answers


@pytest.mark.parametrize("kind", [*ORDERED, "months"])
def test_sorting_goes_by_the_order_of_comparison(kind: str) -> None:
    ordered = value(f"sort([{', '.join(VALUES[kind])}])")
    assert isinstance(ordered, list)
    steps = pairwise(ordered)
    rise = compile_expression("a <= b")
    assert all(rise.evaluate({"a": a, "b": b}, LENIENT) is True for a, b in steps)


def test_what_string_writes_is_read_back_as_the_same_value() -> None:
    for kind in ("number", "date", "zoned time", "zoned moment", "days", "months", "list", "range"):
        for text in VALUES[kind]:
            written = value(f"string({text})")
            literal = written if kind in ("number", "list", "range") else f'@"{written}"'
            assert value(f"{text} = {literal}") is True, text
