"""FEEL values as JSON and back, without losing a digit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from engine.feel.errors import FeelError
from engine.feel.formatting import number_text
from engine.feel.temporal import temporal_text
from engine.feel.values import Months, Range, Value, admit, measure

MOST_EXACT = 2**53
"""Beyond this a reader of JSON that knows only binary numbers would see another integer."""

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def to_json(value: object) -> Json:
    """The value as JSON writes it: numbers exactly, dates and durations as ISO text."""
    admitted = admit(value)
    measure(admitted)
    return _out(admitted)


def _out(value: Value) -> Json:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, list):
        return [_out(entry) for entry in value]
    if isinstance(value, dict):
        return {key: _out(entry) for key, entry in value.items()}
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, dt.date | dt.time | dt.timedelta | Months):
        return temporal_text(value)
    assert isinstance(value, Range)
    raise FeelError("区间不能保存为数据", "an interval cannot be stored", code="feel_json")


def _number(number: Decimal) -> int | float:
    if number == number.to_integral_value() and abs(number) <= MOST_EXACT:
        return int(number)
    nearest = float(number)
    if abs(number) < MOST_EXACT and Decimal(repr(nearest)) == number:
        return nearest
    shown = number_text(number)[:40]
    raise FeelError(
        f"数字{shown}位数过多，不能精确保存，请用 decimal(…, n) 取位",
        f"the number {shown} has too many digits to be stored exactly; round it: decimal(…, n)",
        code="feel_inexact",
        number=shown,
    )


def from_json(value: object) -> Value:
    """The FEEL value of JSON data: numbers become Decimal, texts stay texts."""
    return admit(value)
