"""Built-in functions on numbers."""

from __future__ import annotations

import datetime as dt
import decimal
import re
from decimal import Decimal

from engine.feel.arithmetic import negate
from engine.feel.builtins_text import whole
from engine.feel.formatting import value_text
from engine.feel.limits import MAX_EXPONENT, NUMBERS, exact_number
from engine.feel.run import BadValue, Run
from engine.feel.signatures import builtin
from engine.feel.values import Months, Value

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")


def rounded(number: Decimal, scale: Decimal, rounding: str) -> Decimal:
    """The number with so many digits after the point."""
    digits = whole(scale, "小数位数", "scale")
    if abs(digits) > MAX_EXPONENT:
        raise BadValue(f"小数位数超过{MAX_EXPONENT}", f"the scale exceeds {MAX_EXPONENT}")
    try:
        result = number.quantize(Decimal(1).scaleb(-digits, NUMBERS), rounding, NUMBERS)
    except decimal.InvalidOperation:
        return number  # so many zeros would have to be added that they do not fit: nothing to round
    return result or Decimal(0)


@builtin("decimal", "n: number", "scale: number", cost=10)
def decimal_places(_: Run, number: Decimal, scale: Decimal) -> Value:
    return rounded(number, scale, decimal.ROUND_HALF_EVEN)


@builtin("round half even", "n: number", "scale: number", cost=10)
def round_half_even(_: Run, number: Decimal, scale: Decimal) -> Value:
    return rounded(number, scale, decimal.ROUND_HALF_EVEN)


@builtin("round up", "n: number", "scale: number", cost=10)
def round_up(_: Run, number: Decimal, scale: Decimal) -> Value:
    return rounded(number, scale, decimal.ROUND_UP)


@builtin("round down", "n: number", "scale: number", cost=10)
def round_down(_: Run, number: Decimal, scale: Decimal) -> Value:
    return rounded(number, scale, decimal.ROUND_DOWN)


@builtin("round half up", "n: number", "scale: number", cost=10)
def round_half_up(_: Run, number: Decimal, scale: Decimal) -> Value:
    return rounded(number, scale, decimal.ROUND_HALF_UP)


@builtin("round half down", "n: number", "scale: number", cost=10)
def round_half_down(_: Run, number: Decimal, scale: Decimal) -> Value:
    return rounded(number, scale, decimal.ROUND_HALF_DOWN)


@builtin("floor", "n: number", "scale: number?", cost=10)
def floor(_: Run, number: Decimal, scale: Decimal | None = None) -> Value:
    return rounded(number, scale or Decimal(0), decimal.ROUND_FLOOR)


@builtin("ceiling", "n: number", "scale: number?", cost=10)
def ceiling(_: Run, number: Decimal, scale: Decimal | None = None) -> Value:
    return rounded(number, scale or Decimal(0), decimal.ROUND_CEILING)


@builtin("abs", "n: number|duration")
def absolute(_: Run, value: Decimal | dt.timedelta | Months) -> Value:
    zero: Value = type(value)(0)
    return negate(value) if value < zero else value  # type: ignore[operator]


@builtin("modulo", "dividend: number", "divisor: number", cost=10)
def modulo(_: Run, dividend: Decimal, divisor: Decimal) -> Value:
    """The remainder with the sign of the divisor."""
    if not divisor:
        raise BadValue("除数为零", "division by zero")
    rest = NUMBERS.remainder(dividend, divisor)
    return NUMBERS.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


@builtin("sqrt", "number: number", cost=25)
def square_root(_: Run, number: Decimal) -> Value:
    return NUMBERS.sqrt(number)


@builtin("exp", "number: number", cost=100)
def exponential(_: Run, number: Decimal) -> Value:
    return NUMBERS.exp(number)


@builtin("log", "number: number", cost=140)
def logarithm(_: Run, number: Decimal) -> Value:
    if number <= 0:
        raise BadValue("对数的参数应大于零", "the logarithm needs a number above zero")
    return NUMBERS.ln(number)


@builtin("odd", "number: number")
def odd(_: Run, number: Decimal) -> Value:
    return NUMBERS.remainder(number, Decimal(2)) in (1, -1)


@builtin("even", "number: number")
def even(_: Run, number: Decimal) -> Value:
    return NUMBERS.remainder(number, Decimal(2)) == 0


@builtin("number", "from: number|string", cost=12)
def number_from(_: Run, source: Decimal | str) -> Value:
    if isinstance(source, Decimal):
        return source
    number = exact_number(source) if _NUMBER.fullmatch(source) else None
    if number is None:
        shown = source[:20]
        raise BadValue(f"“{shown}”不是数字", f"'{shown}' is not a number")
    return number or Decimal(0)


@builtin(
    "number",
    "from: string",
    "grouping separator: string|null",
    "decimal separator: string|null",
    cost=16,
)
def number_separated(
    run: Run, source: str, grouping: str | None, point: str | None = None
) -> Value:
    """The number a text spells with these separators."""
    if (
        grouping not in (None, " ", ",", ".")
        or point not in (None, ".", ",")
        or (grouping is not None and grouping == point)
    ):
        raise BadValue("分隔符不符合要求", "these separators cannot be used")
    plain = source.replace(grouping, "") if grouping else source
    return number_from(run, plain.replace(point, ".") if point else plain)


@builtin("string", "from: any")
def string_from(run: Run, source: Value) -> Value:
    return None if source is None else value_text(source, run.step)
