"""How much one expression may use; every loop, text and list is counted against it."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import Decimal

from engine.feel.errors import FeelError, limit_error

MAX_TEXT = 4_000
MAX_DEPTH = 60
MAX_HEIGHT = 2 * MAX_DEPTH
MAX_STEPS = 100_000
COMMAND_STEPS = 500_000
MAX_STRING = 100_000
MAX_LIST = 10_000
MAX_EXPONENT = 999
MAX_DIGITS = 34
MAX_NODES = 20_000
MAX_CHARACTERS = 1_000_000
MAX_ITERATORS = 10
MAX_PATTERN = 500
MAX_SEARCHED = 20_000

NUMBERS = decimal.Context(
    prec=MAX_DIGITS,
    rounding=decimal.ROUND_HALF_EVEN,
    Emax=MAX_EXPONENT,
    Emin=-MAX_EXPONENT,
    traps=[
        decimal.DivisionByZero,
        decimal.InvalidOperation,
        decimal.Overflow,
        decimal.Underflow,
    ],
)
"""The arithmetic of FEEL (decimal128); passed to every operation, never set as the thread's."""

EXACT = decimal.Context(
    prec=MAX_DIGITS,
    Emax=MAX_EXPONENT,
    Emin=-MAX_EXPONENT,
    traps=[decimal.InvalidOperation, decimal.Overflow, decimal.Underflow, decimal.Inexact],
)
"""Reads numbers and refuses those that do not fit without rounding."""

Spend = Callable[[int], None]


def exact_number(text: str) -> Decimal | None:
    """The number a text of ASCII digits spells, or None when it would have to be rounded."""
    try:
        return EXACT.create_decimal(text)
    except decimal.DecimalException:
        return None


def too_many_steps() -> FeelError:
    """One evaluation, or all of one command, did more work than they may."""
    return limit_error(
        f"计算量超过上限（一个表达式 {MAX_STEPS} 步，一次办理共 {COMMAND_STEPS} 步），请简化",
        f"more than {MAX_STEPS} steps in an expression or {COMMAND_STEPS} in a command; simplify",
        limit="steps",
    )


def too_long_text() -> FeelError:
    """A text grew beyond the limit."""
    return limit_error(
        f"文字长度超过上限（{MAX_STRING}个字符）",
        f"a text is longer than {MAX_STRING} characters",
        limit="string",
    )


def too_long_list() -> FeelError:
    """A list or context grew beyond the limit."""
    return limit_error(
        f"列表超过上限（{MAX_LIST}项）",
        f"a list has more than {MAX_LIST} entries",
        limit="list",
    )


def too_deep() -> FeelError:
    """Values are nested beyond the limit."""
    return limit_error(
        f"数据嵌套超过上限（{MAX_DEPTH}层）",
        f"values are nested more than {MAX_DEPTH} deep",
        limit="depth",
    )


def too_big_result() -> FeelError:
    """A value has more parts than may be stored."""
    return limit_error(
        f"数据过大（上限为{MAX_NODES}个值、{MAX_CHARACTERS}个字符）",
        f"a value has more than {MAX_NODES} parts or {MAX_CHARACTERS} characters",
        limit="size",
    )


def checked_text(text: str) -> str:
    """The text, when it is short enough."""
    if len(text) > MAX_STRING:
        raise too_long_text()
    return text


def checked_list(entries: list[object]) -> list[object]:
    """The list, when it is short enough."""
    if len(entries) > MAX_LIST:
        raise too_long_list()
    return entries
