"""What the cells of decision tables admit, as far as it can be told without values."""

from __future__ import annotations

from dataclasses import dataclass

from engine.feel.errors import FeelError
from engine.feel.expression import compile_expression
from engine.feel.library import BUILTIN_NAMES
from engine.feel.nodes import Bound, Interval, Node, Tests
from engine.feel.parser import Parser
from engine.feel.run import Environment
from engine.feel.values import Range, Value

_PURE = frozenset({"date", "time", "date and time", "duration", "number"})


@dataclass(frozen=True)
class Cell:
    """Constant tests: a value equals one of ``values`` or lies in one of ``ranges``, or, when
    ``negated``, does neither."""

    values: tuple[Value, ...] = ()
    ranges: tuple[Range, ...] = ()
    negated: bool = False


def split_tests(text: str, functions: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The tests of a cell as texts, in their order."""
    tests = _parse(text, functions)
    return tuple(text[test.start : test.end] for test in tests.tests)


def constant_cell(text: str, functions: frozenset[str] = frozenset()) -> Cell | None:
    """What a cell admits, when it is made of constants only; None when it is not."""
    try:
        tests = _parse(text, functions)
        values, ranges = [], []
        for test in tests.tests:
            found = _constant(test, text)
            if isinstance(found, Range):
                ranges.append(found)
            else:
                values.append(found)
    except (FeelError, _NotConstant):
        return None
    return Cell(tuple(values), tuple(ranges), tests.negated)


class _NotConstant(Exception):
    """A part of a cell depends on variables or on the moment."""


def _parse(text: str, functions: frozenset[str]) -> Tests:
    return Parser(text, BUILTIN_NAMES | functions).whole_tests()


def _constant(node: Node, text: str) -> Value:
    if isinstance(node, Bound):
        return _half_open(node.operator, _value(node.operand, text))
    if isinstance(node, Interval):
        low, high = _value(node.low, text), _value(node.high, text)
        return Range(low, high, node.low_included, node.high_included)
    return _value(node, text)


def _half_open(operator: str, value: Value) -> Value:
    if operator in ("<", "<="):
        return Range(None, value, False, operator == "<=")
    if operator in (">", ">="):
        return Range(value, None, operator == ">=", False)
    if operator == "=":
        return value
    raise _NotConstant


def _value(node: Node, text: str) -> Value:
    expression = compile_expression(text[node.start : node.end])
    if expression.names or expression.entry_names or expression.calls - _PURE:
        raise _NotConstant
    value = expression.evaluate({}, Environment())
    if value is None or isinstance(value, list | dict | Range):
        raise _NotConstant
    return value
