"""Points as exact decimals: read without guessing, added exactly, shown with two places."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext
from fractions import Fraction
from math import floor

MAX_INTEGER_DIGITS = 5
MAX_DECIMALS = 12

_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
# Wide enough for any sum of legal points; a digit lost would raise instead of being rounded away.
_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])


class NotPoints(ValueError):
    """A value is no number of points; ``zh`` and ``en`` say why."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code, self.zh, self.en = code, zh, en


def read_points(value: object) -> Decimal:
    """The number written as text, integer or decimal; binary floats and anything else are refused.

    A float has already lost what the clerk wrote (0.1 is not 0.1), so JSON must be read with
    decimals (``sheet_file.parse_sheet``).
    """
    number = _decimal(value)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise NotPoints("not_a_number", "不是数字", "it is not a number")
    if number < 0:
        raise NotPoints("negative", "不能是负数", "it must not be negative")
    if number and (number.adjusted() >= MAX_INTEGER_DIGITS or -exponent > MAX_DECIMALS):
        raise NotPoints(
            "too_many_digits",
            f"数字过长：整数至多{MAX_INTEGER_DIGITS}位，小数至多{MAX_DECIMALS}位",
            f"at most {MAX_INTEGER_DIGITS} digits before and {MAX_DECIMALS} after the point",
        )
    return number or Decimal(0)


def total(points: Iterable[Decimal]) -> Decimal:
    """The sum, exact whatever decimal context the caller has."""
    with localcontext(_EXACT):
        return sum(points, Decimal(0))


def less(points: Decimal, deducted: Decimal) -> Decimal:
    """What is left after a deduction; deductions stop at zero."""
    with localcontext(_EXACT):
        return max(Decimal(0), points - deducted)


def times(points: Decimal, count: int) -> Decimal:
    """The points of ``count`` findings of the same kind."""
    with localcontext(_EXACT):
        return points * count


def rounded(exact: Fraction) -> Decimal:
    """Two decimals, half up: the only place where a score is rounded, and only to be shown."""
    hundredths = floor(exact * 100 + Fraction(1, 2))
    with localcontext(_EXACT):
        return Decimal(hundredths).scaleb(-2)


def plain(points: Decimal) -> str:
    """The number without exponent and without idle zeros: 12, 0.5."""
    text = f"{points:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decimal(value: object) -> Decimal:
    if isinstance(value, str):
        text = value.strip(" \t\r\n")
        if len(text) > 80 and _is_digits(text):
            raise NotPoints("too_many_digits", "数字过长", "the number has too many digits")
        if _NUMBER.fullmatch(text):
            return Decimal(text)
    elif isinstance(value, Decimal):
        return value
    elif isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    elif isinstance(value, float):
        raise NotPoints(
            "binary_float",
            "请以文本或十进制数给出分值",
            "give points as text or as a decimal number, not as a binary float",
        )
    raise NotPoints("not_a_number", "不是数字", "it is not a number")


def _is_digits(text: str) -> bool:
    return not text.strip("-.0123456789")
