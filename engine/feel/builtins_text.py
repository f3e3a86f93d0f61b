"""Built-in functions on texts, those with patterns aside."""

from __future__ import annotations

from decimal import Decimal

from engine.feel.limits import (
    MAX_STRING,
    too_long_text,
)
from engine.feel.run import BadValue, Run
from engine.feel.signatures import builtin
from engine.feel.values import Value, kind_of


def whole(number: Decimal, zh: str = "位置", en: str = "position") -> int:
    """The number as an int; refused unless it is a whole number of common size."""
    if abs(number) > 10**9 or number != number.to_integral_value():
        raise BadValue(f"{zh}不是整数", f"the {en} is not a whole number")
    return int(number)


@builtin("substring", "string: string", "start position: number", "length: number?")
def substring(_: Run, text: str, start: Decimal, length: Decimal | None = None) -> Value:
    """Characters from a place counted from 1, or from the end when negative."""
    place = whole(start)
    if place == 0:
        raise BadValue("位置从1开始", "positions count from 1")
    first = place - 1 if place > 0 else max(0, len(text) + place)
    if length is None:
        return text[first:]
    return text[first : first + max(0, whole(length, "长度", "length"))]


@builtin("string length", "string: string")
def string_length(_: Run, text: str) -> Value:
    return Decimal(len(text))


@builtin("upper case", "string: string")
def upper_case(_: Run, text: str) -> Value:
    return text.upper()


@builtin("lower case", "string: string")
def lower_case(_: Run, text: str) -> Value:
    return text.lower()


@builtin("trim", "string: string")
def trim(_: Run, text: str) -> Value:
    return text.strip()


@builtin("is blank", "string: string")
def is_blank(_: Run, text: str) -> Value:
    return not text.strip()


@builtin("substring before", "string: string", "match: string")
def substring_before(_: Run, text: str, match: str) -> Value:
    before, found, _after = text.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after", "string: string", "match: string")
def substring_after(_: Run, text: str, match: str) -> Value:
    return text.partition(match)[2] if match else text


@builtin("contains", "string: string", "match: string")
def contains_text(_: Run, text: str, match: str) -> Value:
    return match in text


@builtin("starts with", "string: string", "match: string")
def starts_with(_: Run, text: str, match: str) -> Value:
    return text.startswith(match)


@builtin("ends with", "string: string", "match: string")
def ends_with(_: Run, text: str, match: str) -> Value:
    return text.endswith(match)


@builtin("string join", "list: list", "delimiter: string?", "prefix: string?", "suffix: string?")
def string_join(
    _: Run,
    texts: list[Value],
    delimiter: str | None = None,
    prefix: str | None = None,
    suffix: str | None = None,
) -> Value:
    """The texts of a list one after the other; nulls are left out."""
    kept = [text for text in texts if text is not None]
    if any(type(text) is not str for text in kept):
        other = next(kind_of(text) for text in kept if type(text) is not str)
        raise BadValue("列表中只能是文字", f"the list may hold texts only, not a {other}")
    parts = [text for text in kept if type(text) is str]
    length = sum(map(len, parts)) + len(delimiter or "") * max(0, len(parts) - 1)
    if length > MAX_STRING:
        raise too_long_text()
    return f"{prefix or ''}{(delimiter or '').join(parts)}{suffix or ''}"
