"""The values of FEEL: what may enter an expression, and what each kind is called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.feel.errors import FeelError
from engine.feel.limits import (
    EXACT,
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_LIST,
    MAX_NODES,
    checked_text,
    exact_number,
    too_big_result,
    too_deep,
    too_long_list,
)

Value = object
"""A value inside the evaluator: exactly one of the types in KINDS."""


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A duration of years and months."""

    total: int


@dataclass(frozen=True, slots=True)
class Range:
    """Everything between two ends; an end of None is open to infinity."""

    start: Value
    end: Value
    start_included: bool
    end_included: bool


KINDS: Mapping[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    dt.date: "date",
    dt.time: "time",
    dt.datetime: "date and time",
    dt.timedelta: "days and time duration",
    Months: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
}

CHINESE: Mapping[str, str] = {
    "null": "空值",
    "boolean": "是/否值",
    "number": "数字",
    "string": "文字",
    "date": "日期",
    "time": "时间",
    "date and time": "日期时间",
    "days and time duration": "时长",
    "years and months duration": "年月时长",
    "duration": "时长",
    "list": "列表",
    "context": "对象",
    "range": "区间",
    "any": "任意值",
}

_MOST_DAYS = 10**8
_NUMERIC = (Decimal, int, float)
_AT_ONCE = frozenset({type(None), bool, dt.time, dt.date, dt.datetime, Months})


def kind_of(value: Value) -> str:
    """What FEEL calls the type of a value."""
    return KINDS[type(value)]


def foreign(value: object) -> FeelError:
    """A thing that is not a value of FEEL stood at the door."""
    name = type(value).__name__
    return FeelError(
        f"类型为{name}的数据不能进入表达式",
        f"a value of type {name} may not enter an expression",
        code="feel_refused",
        type=name,
    )


def admit(value: object) -> Value:
    """A fresh FEEL value equal to the given data; anything else than data is refused."""
    return admit_counted(value)[0]


def admit_counted(value: object) -> tuple[Value, int]:
    """The admitted value and how many values it is made of."""
    door = _Door()
    return door.admit(value, 0), door.nodes


class _Door:
    """Counts what enters."""

    def __init__(self) -> None:
        self.nodes = 0
        self.characters = 0

    def admit(self, value: object, depth: int) -> Value:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise too_big_result()
        if type(value) in _AT_ONCE:
            return value
        if type(value) is dt.timedelta and abs(value.days) < _MOST_DAYS:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, _NUMERIC):
            return admit_number(value)
        return self.compound(value, depth)

    def text(self, value: str) -> str:
        plain = str.__str__(value)
        self.characters += len(plain)
        if self.characters > MAX_CHARACTERS:
            raise too_big_result()
        checked_text(plain)
        if not encodable(plain):
            raise foreign(value)
        return plain

    def compound(self, value: object, depth: int) -> Value:
        if depth >= MAX_DEPTH:
            raise too_deep()
        if isinstance(value, (list, tuple)):
            if len(value) > MAX_LIST:
                raise too_long_list()
            return [self.admit(entry, depth + 1) for entry in value]
        if isinstance(value, Mapping):
            return self.context(value, depth)
        if type(value) is Range:
            start, end = self.admit(value.start, depth + 1), self.admit(value.end, depth + 1)
            return Range(start, end, value.start_included, value.end_included)
        if isinstance(value, dt.datetime | dt.date):
            return plain_date(value)
        raise foreign(value)

    def context(self, value: Mapping[object, object], depth: int) -> dict[str, Value]:
        if len(value) > MAX_LIST:
            raise too_long_list()
        result: dict[str, Value] = {}
        for key, entry in value.items():
            if not isinstance(key, str):
                raise foreign(key)
            result[self.text(key)] = self.admit(entry, depth + 1)
        return result


def encodable(text: str) -> bool:
    """Whether a text has no lone surrogates, which no file, database or pattern can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def plain_date(value: dt.date) -> dt.date:
    """The same day or moment without whatever a subclass added."""
    if isinstance(value, dt.datetime):
        return dt.datetime.combine(value.date(), value.timetz())
    return dt.date(value.year, value.month, value.day)


def admit_number(value: Decimal | float) -> Decimal:
    """The same number as a Decimal of at most 34 digits; refused when it would be rounded."""
    if isinstance(value, float):
        number = exact_number(repr(float(value)))
    elif isinstance(value, Decimal):
        number = _fitting(value)
    else:
        number = _fitting(Decimal(int(value))) if abs(value) < 10**40 else None
    if number is None or not number.is_finite():
        raise FeelError(
            "数字过大、过长或不是有限数，不能进入表达式",
            "a number is too large, too long or not finite and may not enter an expression",
            code="feel_refused",
        )
    return number or Decimal(0)


def _fitting(number: Decimal) -> Decimal | None:
    if not number.is_finite():
        return None
    try:
        return EXACT.plus(number)
    except ArithmeticError:
        return None


def measure(value: Value) -> None:
    """Refuse a value that would be too big or too deep when written out, shared parts included."""
    nodes = characters = 0
    pending: list[tuple[Value, int]] = [(value, 0)]
    while pending:
        part, depth = pending.pop()
        nodes += 1
        if type(part) is str:
            characters += len(part)
        elif type(part) is list:
            pending.extend((entry, depth + 1) for entry in part)
        elif type(part) is dict:
            characters += sum(map(len, part))
            pending.extend((entry, depth + 1) for entry in part.values())
        if depth > MAX_DEPTH:
            raise too_deep()
        if nodes + len(pending) > MAX_NODES or characters > MAX_CHARACTERS:
            raise too_big_result()
