"""Compiled expressions and what is done with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TypeVar

from engine.feel.analysis import calls, check_height, free_names
from engine.feel.build import Builder, Eval
from engine.feel.build_loops import Check, build_tests
from engine.feel.errors import FeelError, limit_error
from engine.feel.library import BUILTIN_NAMES
from engine.feel.parser import Parser
from engine.feel.reader import SUBJECT
from engine.feel.run import Environment, Run
from engine.feel.values import CHINESE, Value, admit, kind_of, measure

SHORT = 300
"""Short expressions are kept in a large cache, long ones in a small one."""

_NOTHING: frozenset[str] = frozenset()
T = TypeVar("T")


@dataclass(frozen=True)
class Expression:
    """An expression ready to be evaluated any number of times, by any number of threads.

    ``names`` are the variables it needs; ``entry_names`` stand in filters and may be variables
    or entries of what is filtered; ``calls`` are the functions it calls.
    """

    text: str
    names: frozenset[str]
    entry_names: frozenset[str]
    calls: frozenset[str]
    _evaluate: Eval = field(repr=False, compare=False)

    def evaluate(self, scope: Mapping[str, object], env: Environment) -> Value:
        """The value of the expression; FeelError when it has none."""
        run = Run(scope, env, lenient=env.lenient)

        def evaluated() -> Value:
            run.step()
            try:
                value = self._evaluate(run)
            finally:
                run.settle()
            if type(value) is list or type(value) is dict:
                measure(value)
            return value

        return guarded(self.text, evaluated)


@dataclass(frozen=True)
class UnaryTests:
    """The tests of a decision table's cell, ready to be put to values."""

    text: str
    names: frozenset[str]
    entry_names: frozenset[str]
    calls: frozenset[str]
    _check: Check = field(repr=False, compare=False)

    def holds(self, value: object, scope: Mapping[str, object], env: Environment) -> bool:
        """Whether the value passes; in a lenient environment what cannot be told does not."""
        run = Run(scope, env, lenient=env.lenient)

        def checked() -> bool | None:
            run.step()
            try:
                return self._check(run, admit(value))
            finally:
                run.settle()

        return guarded(self.text, checked) is True


def guarded(text: str, evaluate: Callable[[], T]) -> T:
    """The result of an evaluation; its errors know the expression."""
    try:
        return evaluate()
    except FeelError as error:
        error.facts.setdefault("expression", text[:200])
        raise
    except RecursionError:
        raise limit_error(
            "表达式或数据嵌套过深",
            "the expression or its values are nested too deeply",
            expression=text[:200],
        ) from None


def compile_expression(text: str, *, functions: frozenset[str] = _NOTHING) -> Expression:
    """The expression a text spells, with or without a leading ``=``; host functions by name."""
    if len(text) <= SHORT:
        return _compile_short(text, functions)
    return _compile_long(text, functions)


def compile_unary(text: str, *, functions: frozenset[str] = _NOTHING) -> UnaryTests:
    """The tests a decision table's cell spells."""
    return _compile_tests(text, functions)


def _compile(text: str, functions: frozenset[str]) -> Expression:
    def compiled() -> Expression:
        parser = Parser(text, BUILTIN_NAMES | functions)
        parser.accept("=")
        node = parser.whole_expression()
        check_height(node, text)
        names, entry_names = free_names(node)
        evaluate = Builder(text, functions).build(node)
        return Expression(text, names, entry_names, calls(node), evaluate)

    return guarded(text, compiled)


@lru_cache(512)
def _compile_tests(text: str, functions: frozenset[str]) -> UnaryTests:
    def compiled() -> UnaryTests:
        node = Parser(text, BUILTIN_NAMES | functions).whole_tests()
        check_height(node, text)
        names, entry_names = free_names(node)
        check = build_tests(Builder(text, functions), node, SUBJECT, cell=True)
        return UnaryTests(text, names, entry_names, calls(node), check)

    return guarded(text, compiled)


_compile_short = lru_cache(2_048)(_compile)
_compile_long = lru_cache(64)(_compile)


def evaluate_text(text: str, scope: Mapping[str, object], env: Environment) -> Value:
    """What an attribute of a diagram means: FEEL after a leading ``=``, else the text itself."""
    if not text.startswith("="):
        return text
    return compile_expression(text, functions=frozenset(env.functions)).evaluate(scope, env)


def evaluate_condition(text: str, scope: Mapping[str, object], env: Environment) -> bool:
    """Whether a condition holds; strict in every environment, only true and false are answers."""
    expression = compile_expression(text, functions=frozenset(env.functions))
    value = expression.evaluate(scope, replace(env, lenient=False) if env.lenient else env)
    if type(value) is bool:
        return value
    kind = kind_of(value)
    raise FeelError(
        f"条件“{_shown(text)}”的结果是{CHINESE[kind]}，应当为“是”或“否”",
        f"the condition '{_shown(text)}' gave a {kind}, not true or false",
        code="feel_condition",
        expression=text[:200],
    )


def evaluate_unary(text: str, value: object, scope: Mapping[str, object], env: Environment) -> bool:
    """Whether a value passes the tests of a decision table's cell."""
    return compile_unary(text, functions=frozenset(env.functions)).holds(value, scope, env)


def _shown(text: str) -> str:
    plain = " ".join(text.removeprefix("=").split())
    return plain if len(plain) <= 60 else f"{plain[:59]}…"
