"""Nothing an author can write escapes, hangs or grows."""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from engine.feel import Environment, FeelError, compile_expression

from . import attacks
from .vectors import LENIENT, SCOPE, STRICT

ALL = list(attacks.written())
FULL_BUDGET = "some a in 1..99999 satisfies a < 0"
"""Plain steps, as many as one evaluation may take: the measure of time."""

FORBIDDEN_EVENTS = frozenset(
    {"compile", "exec", "import", "open", "os.system", "subprocess.Popen", "socket.connect"}
)

_seen: list[str] = []
_watching: list[bool] = []


def _hook(event: str, _arguments: tuple[object, ...]) -> None:
    if _watching and event in FORBIDDEN_EVENTS:
        _seen.append(event)


@pytest.fixture(scope="module", autouse=True)
def _audit() -> None:
    sys.addaudithook(_hook)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Collects what the interpreter was asked to do meanwhile."""
    _seen.clear()
    _watching.append(True)
    try:
        yield _seen
    finally:
        _watching.clear()


def attempt(text: str, env: Environment) -> object:
    """The value of an attack, or the error it was answered with."""
    try:
        return compile_expression(text).evaluate(SCOPE, env)
    except FeelError as error:
        return error


def seconds(text: str, env: Environment) -> float:
    """Processor time of one attack, the better of two."""
    times = []
    for _ in range(2):
        begun = time.process_time()
        attempt(text, env)
        times.append(time.process_time() - begun)
    return min(times)


def test_the_corpus_holds_three_hundred_attacks() -> None:
    assert len(set(ALL)) >= 300


def test_attacks_end_in_a_value_or_a_feel_error_and_touch_nothing() -> None:
    attempt('date and time("2026-01-01T00:00:00@Asia/Shanghai")', STRICT)  # loads the zones
    attempt('date and time("2026-01-01T00:00:00@America/New_York")', STRICT)
    with watched() as events:
        for text in ALL:
            attempt(text, STRICT)
    assert events == []


@pytest.mark.parametrize("text", list(attacks._lines(attacks.ESCAPES)))
def test_no_attack_sees_a_python_object(text: str) -> None:
    for env in (STRICT, LENIENT):
        result = attempt(text, env)
        assert isinstance(result, FeelError) or result is None or _harmless(result)


def _harmless(value: object) -> bool:
    """Attacks that are valid FEEL give plain data."""
    return isinstance(value, str | bool) or value in ([], [None, None], [None, None, None])


def test_no_attack_takes_much_longer_than_the_budget_of_plain_steps() -> None:
    measure = max(seconds(FULL_BUDGET, STRICT) for _ in range(2))
    slow = [
        (text[:100], round(seconds(text, LENIENT) / measure, 1))
        for text in ALL
        if _once(text, LENIENT) > 4 * measure
    ]
    assert [entry for entry in slow if entry[1] > 4] == []


def _once(text: str, env: Environment) -> float:
    begun = time.process_time()
    attempt(text, env)
    return time.process_time() - begun


@pytest.mark.parametrize(
    "text",
    list(attacks.growing())[:8]
    + list(
        attacks._lines("""
string(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]])
distinct values(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]])
(for i in 1..30 return if i = 1 then "aaaaaaaaaaaaaaaaaa" else partial[-1] + partial[-1])[-1]
for a in 1..10000 return {x: a}
for i in 1..5000 return partial
partition(for i in 1..9000 return i, 1)
""")
    ),
)
def test_growth_stays_below_twenty_megabytes(text: str) -> None:
    tracemalloc.start()
    attempt(text, STRICT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_an_attack_leaves_the_data_as_it_was() -> None:
    scope = {"items": [{"n": 1}], "tags": ["a"], "m": {"x": {"y": 1}}}
    for text in (
        'context put(m, ["x", "y"], 2)',
        "append(items[1].n, 2)",
        "append(tags, 1)",
        "reverse(tags)",
        "sort(tags)",
        "context merge([m, {x: 2}])",
        "for t in tags return t",
        "{m: 1}.m",
        "items[1]",
    ):
        attempt_in(text, scope)
    assert scope == {"items": [{"n": 1}], "tags": ["a"], "m": {"x": {"y": 1}}}


def attempt_in(text: str, scope: dict[str, object]) -> None:
    compile_expression(text).evaluate(scope, LENIENT)


def test_a_result_shares_nothing_with_the_data() -> None:
    scope: dict[str, object] = {"items": [{"n": 1}]}
    result = compile_expression("items").evaluate(scope, STRICT)
    assert isinstance(result, list)
    result.append("mine")
    assert scope == {"items": [{"n": 1}]}
