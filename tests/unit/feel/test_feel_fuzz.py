"""Whatever is written, only a value or a FeelError comes out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.feel import FeelError, compile_expression, evaluate_unary, to_json
from engine.feel.library import BUILTIN_NAMES
from engine.feel.signatures import BUILTINS, Parameter

from .vectors import LENIENT, SCOPE, STRICT, read_vectors

EVERY_RUN = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
THOROUGH = settings(
    max_examples=5_000, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)

WORDS = """
and or not in between if then else for return some every satisfies instance of
( ) [ ] { } , . .. : = != < <= > >= + - * / ** ? @ " ` // /* */ \\ ' % & | ; ，（
true false null function 1 0 .5 1e9 1E+900 99999999999 0x1 name a 材料齐全
"a" "" "\\n" "\\u00" @"2026-01-01" @"P1D" @"x" 😀
"""
PIECES = [*WORDS.split(), "\u202e", "\x00", "\ud800", *sorted(BUILTIN_NAMES)]
BY_KIND = {
    "number": ["0", "1", "-1", "2.5", "1E+900", "1E-900", "9999999999999999999999999999999999"],
    "string": ['""', '"a"', '"公示"', '"😀b"', '"2026-01-01"', '"P1D"', '"("', '"[a-z]+"', '"1,5"'],
    "boolean": ["true", "false"],
    "date": ['@"2026-01-01"', '@"0001-01-01"', '@"9999-12-31"'],
    "time": ['@"10:00:00"', '@"00:00:00Z"', '@"23:59:59.999999-12:00"'],
    "date and time": [
        '@"2026-01-01T00:00:00"',
        '@"2026-01-01T00:00:00Z"',
        '@"2026-01-01T00:00:00@Asia/Shanghai"',
        '@"0001-01-01T00:00:00+14:00"',
        '@"9999-12-31T23:59:59.999999-14:00"',
    ],
    "days and time duration": ['@"PT0S"', '@"P1DT2H"', '@"P99999999D"', '@"-P99999999D"'],
    "years and months duration": ['@"P0M"', '@"P14M"', '@"P9999Y"', '@"-P9999Y"'],
    "list": [
        "[]",
        "[1, 2, 2]",
        '["a", "b"]',
        "[null, true]",
        '[[1], {key: "k", value: 1}]',
        "tags",
    ],
    "context": ["{}", "{a: 1}", "applicant"],
    "range": ["[1..5]", "(1..5)", '["a".."c"]', '[@"2026-01-01"..@"2026-12-31"]'],
    "null": ["null", "nothing", "missing"],
}
LEAVES = st.sampled_from([text for texts in BY_KIND.values() for text in texts])


def check(text: str) -> None:
    """Evaluate in both environments, as an expression and as a cell; write what comes out."""
    for env in (STRICT, LENIENT):
        for attempt in (
            lambda env=env: to_json(compile_expression(text).evaluate(SCOPE, env)),
            lambda env=env: evaluate_unary(text, 5, SCOPE, env),
        ):
            error = _error(attempt)
            if error is not None:
                assert (error.zh, error.en) > ("", "")
                assert error.code.startswith("feel_")


def _error(attempt: Callable[[], object]) -> FeelError | None:
    try:
        attempt()
    except FeelError as error:
        return error
    return None


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Every construct of the language around smaller expressions."""
    shapes = st.sampled_from(
        [
            *(f"({{0}} {sign} {{1}})" for sign in ("+", "-", "*", "/", "**", "and", "or", "in")),
            *(f"({{0}} {sign} {{1}})" for sign in ("=", "!=", "<", "<=", ">", ">=")),
            *("{0}[{1}]", "[{0}, {1}]", "{{k: {0}, l: {1}}}", "[{0}..{1}]", "({0}..{1})"),
            *("(for x in {0} return {1})", "(some x in {0} satisfies {1})", "not({0})", "(-{0})"),
            *("(if {0} then {1} else {2})", "({0} between {1} and {2})", "({0} in ({1}, < {2}))"),
            *("({0} instance of list<number>)", "(for x in {0}..{1} return partial)", "{0}.year"),
            *("{0}.days", "{0}.start", "{0}.name", "string({0})", "count({0})", "is defined({0})"),
            *("get or else({0}, {1})", "distinct values([{0}, {1}])", "sort([{0}, {1}])"),
        ]
    )
    return st.tuples(shapes, inner, inner, inner).map(lambda t: t[0].format(*t[1:]))


EXPRESSIONS = st.recursive(LEAVES, combined, max_leaves=10)


@st.composite
def calls(draw: st.DrawFn) -> str:
    """A call whose arguments mostly are of the right kinds."""
    name = draw(st.sampled_from(sorted(BUILTINS)))
    overload = draw(st.sampled_from(BUILTINS[name]))
    arguments = []
    for parameter in overload.parameters:
        times = draw(st.integers(0 if parameter.optional else 1, 3 if parameter.repeated else 1))
        arguments += [draw(_argument(parameter)) for _ in range(times)]
    return f"{name}({', '.join(arguments)})"


def _argument(parameter: Parameter) -> st.SearchStrategy[str]:
    fitting = [
        text
        for kind, texts in BY_KIND.items()
        if kind in parameter.wanted or parameter.wanted in ("any", "point", "moment", "duration")
        for text in texts
    ]
    return st.sampled_from(fitting) if fitting else LEAVES


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A valid expression with something cut out, doubled or put in."""
    text = draw(st.sampled_from([vector.expression for vector in read_vectors()]))
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 6)))
    return text[:start] + draw(st.sampled_from([*PIECES, "", text[start:end] * 2])) + text[end:]


SOURCES = {
    "bytes": st.binary(max_size=60).map(lambda data: data.decode("utf-8", "surrogateescape")),
    "texts": st.text(max_size=60),
    "pieces": st.lists(st.sampled_from(PIECES), max_size=15).map(" ".join),
    "glued pieces": st.lists(st.sampled_from(PIECES), max_size=10).map("".join),
    "damaged": damaged(),
    "calls": calls(),
    "expressions": EXPRESSIONS,
}


@pytest.mark.parametrize("source", SOURCES)
def test_anything_written_gives_a_value_or_a_feel_error(source: str) -> None:
    EVERY_RUN(given(SOURCES[source])(check))()


@pytest.mark.full
@pytest.mark.parametrize("source", SOURCES)
def test_anything_written_gives_a_value_or_a_feel_error_thoroughly(source: str) -> None:
    THOROUGH(given(SOURCES[source])(check))()


@pytest.mark.parametrize("name", sorted(BUILTIN_NAMES))
def test_every_builtin_answers_null_with_null_or_an_answer_when_lenient(name: str) -> None:
    for count in range(1, 4):
        check(f"{name}({', '.join(['null'] * count)})")
