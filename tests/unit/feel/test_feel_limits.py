"""How much one expression may use."""

from __future__ import annotations

import contextlib
import sys

import pytest

from engine.feel import (
    Allowance,
    Environment,
    FeelError,
    FeelSyntaxError,
    compile_expression,
)
from engine.feel.limits import (
    MAX_DEPTH,
    MAX_LIST,
    MAX_NODES,
    MAX_STRING,
    MAX_TEXT,
)

from .vectors import LENIENT, STRICT


def code_of(text: str, scope: dict[str, object] | None = None) -> str:
    """The code of the error an expression ends in, the same in either environment."""
    codes = set()
    for env in (STRICT, LENIENT):
        with pytest.raises(FeelError) as caught:
            compile_expression(text).evaluate(scope or {}, env)
        codes.add(caught.value.code)
    assert len(codes) == 1
    return codes.pop()


def test_an_expression_may_have_four_thousand_characters() -> None:
    longest = "1" + " " * (MAX_TEXT - 1)
    assert compile_expression(longest).evaluate({}, STRICT) == 1
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(longest + " ")
    assert caught.value.code == "feel_limit"


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("(", ")"), ("[", "]"), ("{a: ", "}"), ("not(", ")"), ("count([", "])"), ("-", "")],
)
def test_nesting_ends_at_sixty(opening: str, closing: str) -> None:
    half = MAX_DEPTH // 3
    compile_expression(opening * half + "true" + closing * half)
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(opening * (MAX_DEPTH + 1) + "true" + closing * (MAX_DEPTH + 1))
    assert caught.value.code == "feel_limit"


def test_a_chain_of_one_rank_is_not_nesting() -> None:
    assert compile_expression("1" + "+1" * 1500).evaluate({}, STRICT) == 1501
    assert compile_expression("true" + " and true" * 400).evaluate({}, STRICT) is True


def test_a_ladder_of_questions_may_have_fifty_steps() -> None:
    text = "".join(f"if x = {n} then {n} else " for n in range(50)) + "null"
    assert compile_expression(text).evaluate({"x": 49}, STRICT) == 49


def test_steps_end_the_evaluation() -> None:
    assert code_of("some a in 1..999999 satisfies a < 0") == "feel_limit"
    assert code_of("count(for a in 1..999, b in 1..999 return 1)") == "feel_limit"


def test_ordinary_work_stays_far_below_the_steps() -> None:
    scope = {"items": [{"points": n, "weight": 0.5, "name": f"指标{n}"} for n in range(300)]}
    text = "decimal(sum(for i in items[points > 10] return i.points * i.weight), 2)"
    assert compile_expression(text).evaluate(scope, STRICT) == sum(range(11, 300)) / 2


def test_a_text_ends_at_its_limit() -> None:
    scope: dict[str, object] = {"s": "x" * MAX_STRING}
    assert compile_expression("string length(s)").evaluate(scope, STRICT) == MAX_STRING
    assert code_of('s + "x"', scope) == "feel_limit"
    assert code_of("s", {"s": "x" * (MAX_STRING + 1)}) == "feel_limit"


def test_a_list_ends_at_its_limit() -> None:
    scope: dict[str, object] = {"l": [1] * MAX_LIST}
    assert compile_expression("count(l)").evaluate(scope, STRICT) == MAX_LIST
    assert code_of("append(l, 1)", scope) == "feel_limit"
    assert code_of(f"for i in 1..{MAX_LIST + 1} return i") == "feel_limit"
    assert code_of("l", {"l": [1] * (MAX_LIST + 1)}) == "feel_limit"


def test_a_result_is_counted_with_its_shared_parts() -> None:
    text = "{a: for i in 1..30 return 1, b: for i in 1..30 return a, c: for i in 1..30 return b}"
    assert MAX_NODES < 30**3
    assert code_of(text) == "feel_limit"


def test_long_texts_repeated_in_a_result_are_counted() -> None:
    assert code_of("for i in 1..20 return s", {"s": "x" * 90_000}) == "feel_limit"


@pytest.mark.parametrize(
    "text",
    ["{0}", "string({0})", "flatten({0})", "distinct values({0})", "{0} = {0}", "{0} in [{0}]"],
)
def test_values_nested_too_deep_are_not_followed(text: str) -> None:
    deep = "(for i in 1..100 return [partial[-1]])[-1]"
    assert code_of(text.format(deep)) == "feel_limit"


@pytest.mark.parametrize(
    "text",
    [
        'context put(c, "more", 1)',
        "context merge([c, {more: 1}])",
        "string(l)",
        'extract(s, "x")',
        'split(s, "(x)")',
        'split(s, "")',
    ],
)
def test_no_function_makes_more_than_the_limits(text: str) -> None:
    scope: dict[str, object] = {
        "c": {str(n): n for n in range(MAX_LIST)},
        "l": ["x" * 20] * 9_000,
        "s": "x" * (MAX_LIST + 2),
    }
    assert code_of(text, scope) == "feel_limit"


def test_an_exhausted_stack_is_a_limit() -> None:
    def deeper(frames: int) -> str:
        if frames:
            return deeper(frames - 1)
        return code_of("(" * 50 + "1 + x" + ")" * 50, {"x": 1})

    assert deeper(_frames_left() - 60) == "feel_limit"


def _frames_left() -> int:
    depth, frame = 0, sys._getframe()
    while frame.f_back is not None:
        depth, frame = depth + 1, frame.f_back
    return sys.getrecursionlimit() - depth


def test_data_of_too_many_parts_may_not_enter() -> None:
    assert code_of("x", {"x": [[1] * 200] * 150}) == "feel_limit"
    assert code_of("x", {"x": ["y" * 90_000] * 12}) == "feel_limit"
    assert code_of("x", {"x": dict.fromkeys(map(str, range(MAX_LIST + 1)))}) == "feel_limit"


def test_data_nested_too_deep_may_not_enter() -> None:
    deep: object = 1
    for _ in range(MAX_DEPTH + 1):
        deep = [deep]
    assert code_of("x", {"x": deep}) == "feel_limit"


def test_a_list_within_itself_may_not_enter() -> None:
    endless: list[object] = []
    endless.append(endless)
    assert code_of("x", {"x": endless}) == "feel_limit"


@pytest.mark.parametrize("text", ["2 ** 1000", "2 ** -1000", "1E+999 * 10", "exp(1E+6)"])
def test_exponents_end_at_their_limit(text: str) -> None:
    with pytest.raises(FeelError) as caught:
        compile_expression(text).evaluate({}, STRICT)
    assert caught.value.code == "feel_value"


def test_patterns_and_searched_texts_are_bounded() -> None:
    for text, scope in (
        ("matches(s, p)", {"s": "a", "p": "a" * 501}),
        ("matches(s, p)", {"s": "a" * 20_001, "p": "a"}),
    ):
        with pytest.raises(FeelError) as caught:
            compile_expression(text).evaluate(scope, STRICT)
        assert caught.value.code == "feel_regex"


def test_a_limit_is_never_turned_into_null() -> None:
    assert code_of("get or else(some a in 1..999999 satisfies a < 0, 1)") == "feel_limit"
    assert code_of("is defined(count(for a in 1..99999 return a))") == "feel_limit"


def test_evaluations_that_share_an_allowance_cannot_add_up() -> None:
    env = Environment(allowance=Allowance(20_000))
    loop = compile_expression("count(for i in 1..1000 return i * i)")
    assert loop.evaluate({}, env) == 1000
    for _ in range(20):
        with contextlib.suppress(FeelError):
            loop.evaluate({}, env)
    with pytest.raises(FeelError, match="in a command"):
        compile_expression("1").evaluate({}, env)
    assert loop.evaluate({}, Environment()) == 1000, "another command is not concerned"
