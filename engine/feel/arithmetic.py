"""The operators + - * / ** and the sign, by the kinds of their operands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal

from engine.feel.limits import MAX_EXPONENT, NUMBERS, checked_text
from engine.feel.run import BadValue
from engine.feel.temporal import LONGEST, MAX_MONTHS, MICROSECOND, instant, shift_months
from engine.feel.values import Months, Value

Operation = Callable[..., Value]

_COSTS: Mapping[str, int] = {"+": 2, "-": 2, "*": 2, "/": 6, "**": 30}
_ROOT_COST = 300
_ZEROS = (Decimal(0), dt.timedelta(0), Months(0))


def cost(sign: str, a: Value, b: Value) -> int:
    """What an operation costs in steps: long texts and roots are dear."""
    if type(a) is str and type(b) is str:
        return 2 + (len(a) + len(b)) // 16
    if sign == "**" and type(b) is Decimal and b != b.to_integral_value():
        return _ROOT_COST
    return _COSTS[sign] if type(a) is Decimal else 12


def apply(sign: str, a: Value, b: Value) -> Value:
    """The result of an operator; NotImplemented when it does not take these kinds."""
    operation = _TABLE.get((sign, type(a), type(b)))
    if operation is None:
        return NotImplemented
    if sign == "/" and b in _ZEROS:
        raise BadValue("除数为零", "division by zero")
    try:
        result = operation(a, b)
    except ArithmeticError:
        raise out_of_range() from None
    check_range(result)
    return result


def check_range(result: Value) -> None:
    """Refuse what stands for no number or no length of time one could go on with."""
    if type(result) is Decimal and not result.is_finite():
        raise out_of_range()
    if type(result) is dt.timedelta and not -LONGEST <= result <= LONGEST:
        raise out_of_range()


def out_of_range() -> BadValue:
    """A result no value can hold."""
    return BadValue("计算结果超出可表示的范围", "the result is beyond what can be represented")


def negate(value: Value) -> Value:
    """The value with the other sign; NotImplemented when it has none."""
    if type(value) is Decimal:
        return NUMBERS.minus(value)
    if type(value) is dt.timedelta:
        return -value
    if type(value) is Months:
        return Months(-value.total)
    return NotImplemented


def _power(a: Decimal, b: Decimal) -> Decimal:
    if abs(b) > MAX_EXPONENT:
        raise BadValue(f"指数超过{MAX_EXPONENT}", f"the exponent exceeds {MAX_EXPONENT}")
    return NUMBERS.power(a, b)


def _join(a: str, b: str) -> str:
    return checked_text(a + b)


def _shift(moment: dt.datetime, length: dt.timedelta) -> dt.datetime:
    """Later by that much time, also across a change of summer time."""
    if moment.tzinfo is None:
        return moment + length
    return (moment.astimezone(dt.UTC) + length).astimezone(moment.tzinfo)


def _shift_day(day: dt.date, length: dt.timedelta) -> dt.date:
    return (dt.datetime(day.year, day.month, day.day) + length).date()


def _shift_clock(clock: dt.time, length: dt.timedelta) -> dt.time:
    moment = dt.datetime.combine(dt.date(2000, 1, 1), clock) + length % dt.timedelta(days=1)
    return moment.timetz()


def _between_moments(a: dt.datetime, b: dt.datetime) -> Value:
    if (a.tzinfo is None) != (b.tzinfo is None):
        return NotImplemented
    return instant(a) - instant(b)


def _between_clocks(a: dt.time, b: dt.time) -> Value:
    day = dt.date(2000, 1, 1)
    return _between_moments(dt.datetime.combine(day, a), dt.datetime.combine(day, b))


def months(total: int) -> Months:
    """That many months, when years can still count them."""
    if abs(total) > MAX_MONTHS:
        raise OverflowError
    return Months(total)


def _whole_months(number: Decimal) -> Months:
    if number != number.to_integral_value():
        raise BadValue("结果不是整数个月", "the result is not a whole number of months")
    return months(int(number))


def _scale(length: dt.timedelta, factor: Decimal) -> dt.timedelta:
    return _microseconds(NUMBERS.multiply(Decimal(length // MICROSECOND), factor))


def _divide(length: dt.timedelta, divisor: Decimal) -> dt.timedelta:
    return _microseconds(NUMBERS.divide(Decimal(length // MICROSECOND), divisor))


def _microseconds(number: Decimal) -> dt.timedelta:
    if abs(number) > 10**20:
        raise OverflowError
    return dt.timedelta(microseconds=int(number.to_integral_value()))


def _ratio(a: dt.timedelta, b: dt.timedelta) -> Decimal:
    return NUMBERS.divide(Decimal(a // MICROSECOND), Decimal(b // MICROSECOND))


_N, _T, _D, _M = Decimal, dt.timedelta, dt.date, dt.datetime
_TABLE: Mapping[tuple[str, type, type], Operation] = {
    ("+", _N, _N): NUMBERS.add,
    ("-", _N, _N): NUMBERS.subtract,
    ("*", _N, _N): NUMBERS.multiply,
    ("/", _N, _N): NUMBERS.divide,
    ("**", _N, _N): _power,
    ("+", str, str): _join,
    ("+", _T, _T): lambda a, b: a + b,
    ("-", _T, _T): lambda a, b: a - b,
    ("*", _T, _N): _scale,
    ("*", _N, _T): lambda a, b: _scale(b, a),
    ("/", _T, _N): _divide,
    ("/", _T, _T): _ratio,
    ("+", Months, Months): lambda a, b: months(a.total + b.total),
    ("-", Months, Months): lambda a, b: months(a.total - b.total),
    ("*", Months, _N): lambda a, b: _whole_months(NUMBERS.multiply(Decimal(a.total), b)),
    ("*", _N, Months): lambda a, b: _whole_months(NUMBERS.multiply(Decimal(b.total), a)),
    ("/", Months, _N): lambda a, b: _whole_months(NUMBERS.divide(Decimal(a.total), b)),
    ("/", Months, Months): lambda a, b: NUMBERS.divide(Decimal(a.total), Decimal(b.total)),
    ("+", _D, _T): _shift_day,
    ("+", _T, _D): lambda a, b: _shift_day(b, a),
    ("-", _D, _T): lambda a, b: _shift_day(a, -b),
    ("+", _D, Months): lambda a, b: shift_months(a, b.total),
    ("+", Months, _D): lambda a, b: shift_months(b, a.total),
    ("-", _D, Months): lambda a, b: shift_months(a, -b.total),
    ("-", _D, _D): lambda a, b: a - b,
    ("+", _M, _T): _shift,
    ("+", _T, _M): lambda a, b: _shift(b, a),
    ("-", _M, _T): lambda a, b: _shift(a, -b),
    ("+", _M, Months): lambda a, b: shift_months(a, b.total),
    ("+", Months, _M): lambda a, b: shift_months(b, a.total),
    ("-", _M, Months): lambda a, b: shift_months(a, -b.total),
    ("-", _M, _M): _between_moments,
    ("+", dt.time, _T): _shift_clock,
    ("+", _T, dt.time): lambda a, b: _shift_clock(b, a),
    ("-", dt.time, _T): lambda a, b: _shift_clock(a, -b),
    ("-", dt.time, dt.time): _between_clocks,
}
