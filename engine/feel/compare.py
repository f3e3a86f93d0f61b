"""Equality, order and membership of values."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Hashable, Mapping
from decimal import Decimal

from engine.feel.limits import MAX_DEPTH, too_deep
from engine.feel.run import Run
from engine.feel.temporal import instant, is_zoned
from engine.feel.values import Months, Range, Value

ORDERED = frozenset(
    {Decimal, str, dt.date, dt.time, dt.datetime, dt.timedelta, Months},
)
_CLOCKS = frozenset({dt.datetime, dt.time})
_ORDER: Mapping[str, Callable[..., bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def comparable(a: Value, b: Value) -> bool:
    """Whether two values are of one kind and, for times, both with or both without a zone."""
    kind = type(a)
    if kind is not type(b):
        return False
    return kind not in _CLOCKS or is_zoned(a) == is_zoned(b)


def sort_key(value: Value) -> Value:
    """What Python compares in place of an ordered value."""
    return instant(value) if type(value) is dt.datetime else value


def holds(sign: str, a: Value, b: Value) -> bool | None:
    """Whether a < b, a >= b and so on; None when the two cannot be ordered."""
    if type(a) is Decimal and type(b) is Decimal:
        return _ORDER[sign](a, b)
    if type(a) not in ORDERED or not comparable(a, b):
        return None
    return _ORDER[sign](sort_key(a), sort_key(b))


def same(run: Run, a: Value, b: Value, depth: int = 0) -> bool:
    """Whether two values are equal in every part; values of different kinds are not."""
    run.step()
    if not comparable(a, b):
        return False
    if type(a) is Decimal:
        return a == b
    if type(a) is list and type(b) is list:
        _check_depth(depth)
        return len(a) == len(b) and all(
            same(run, x, y, depth + 1) for x, y in zip(a, b, strict=True)
        )
    if type(a) is dict and type(b) is dict:
        _check_depth(depth)
        run.step(len(a))
        return a.keys() == b.keys() and all(same(run, a[key], b[key], depth + 1) for key in a)
    if type(a) is Range and type(b) is Range:
        return (a.start_included, a.end_included) == (b.start_included, b.end_included) and (
            same(run, a.start, b.start, depth + 1) and same(run, a.end, b.end, depth + 1)
        )
    if type(a) is str:
        run.step(len(a) // 256)
    return sort_key(a) == sort_key(b)


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise too_deep()


def identity(run: Run, value: Value, depth: int = 0) -> Hashable:
    """A key that is equal for equal values.

    Built of texts only: Python's hashes of numbers can be made to collide on purpose.
    """
    run.step()
    if type(value) is list:
        _check_depth(depth)
        run.step(2)
        return ("list", *(identity(run, entry, depth + 1) for entry in value))
    if type(value) is dict:
        _check_depth(depth)
        run.step(2 + len(value))
        parts = ((key, identity(run, value[key], depth + 1)) for key in sorted(value))
        return ("context", *parts)
    if type(value) is Range:
        ends = (identity(run, value.start, depth + 1), identity(run, value.end, depth + 1))
        return ("range", *ends, value.start_included, value.end_included)
    if type(value) is str:
        run.step(len(value) // 256)
        return value
    if type(value) is Decimal:
        return ("number", str(value.normalize() if value else 0))
    run.step(3)
    return (type(value).__name__, is_zoned(value), _canonical(value))


def _canonical(value: Value) -> str:
    """One spelling for all values without parts that are equal."""
    if type(value) is dt.time:
        value = dt.datetime.combine(dt.date(2000, 1, 1), value)
    return instant(value).isoformat() if type(value) is dt.datetime else repr(value)


def within(value: Value, interval: Range) -> bool | None:
    """Whether a value lies in an interval; None when it cannot be ordered with its ends."""
    above = below = True
    if interval.start is not None:
        answer = holds(">=" if interval.start_included else ">", value, interval.start)
        if answer is None:
            return None
        above = answer
    if interval.end is not None:
        answer = holds("<=" if interval.end_included else "<", value, interval.end)
        if answer is None:
            return None
        below = answer
    return above and below


def contains(run: Run, entries: list[Value], value: Value) -> bool:
    """Whether a list holds a value, or an interval the value lies in."""
    for entry in entries:
        if same(run, entry, value):
            return True
        if type(entry) is Range and within(value, entry):
            return True
    return False
