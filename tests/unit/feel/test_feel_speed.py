"""Evaluating stays cheap: told by ratios, so that it holds on any machine."""

from __future__ import annotations

import time
from collections.abc import Callable

from engine.feel import compile_expression
from engine.feel.expression import _compile

from .vectors import STRICT

TEXT = 'if amount > 100000 and count(tags) > 1 then "leader" else "clerk"'
SCOPE = {"amount": 120000, "tags": ["环评", "消防"]}


def seconds(work: Callable[[], object], times: int) -> float:
    """Processor time of some work done several times, the best of five tries."""
    tries = []
    for _ in range(5):
        begun = time.process_time()
        for _ in range(times):
            work()
        tries.append(time.process_time() - begun)
    return min(tries)


def plain_work() -> int:
    """About as much Python as fifty calls of a function: the measure of this machine."""
    return sum(len(str(number)) for number in range(50))


def test_a_gateways_condition_costs_no_more_than_a_few_hundred_calls_of_python() -> None:
    expression = compile_expression(TEXT)
    ratio = seconds(lambda: expression.evaluate(SCOPE, STRICT), 500) / seconds(plain_work, 500)
    assert ratio < 10


def test_compiled_once_an_expression_is_much_cheaper() -> None:
    expression = compile_expression(TEXT)
    cold = seconds(lambda: _compile(TEXT, frozenset()), 50)
    warm = seconds(lambda: expression.evaluate(SCOPE, STRICT), 50)
    assert warm * 3 < cold


def test_variables_not_mentioned_cost_nothing() -> None:
    expression = compile_expression(TEXT)
    crowded = {**SCOPE, **{f"field {n}": list(range(100)) for n in range(200)}}
    few = seconds(lambda: expression.evaluate(SCOPE, STRICT), 300)
    many = seconds(lambda: expression.evaluate(crowded, STRICT), 300)
    assert many < few * 2


def test_reading_takes_time_in_proportion_to_the_length() -> None:
    short, long = "1" + "+a" * 200, "1" + "+a" * 1600
    once = seconds(lambda: _compile(short, frozenset()), 3)
    eightfold = seconds(lambda: _compile(long, frozenset()), 3)
    assert eightfold < once * 20
