"""Built-in functions on texts; patterns run on RE2, in time linear in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

import re2  # type: ignore[import-untyped]

from engine.feel.limits import (
    MAX_LIST,
    MAX_PATTERN,
    MAX_SEARCHED,
    MAX_STRING,
    too_long_list,
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


# --- patterns ----------------------------------------------------------------------------------

_PATTERN_COST = 400


@lru_cache(256)
def _compiled(pattern: str, flags: str, *, capture: bool) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 18
    options.never_capture = not capture
    try:
        return re2.compile(f"(?{flags}){pattern}" if flags else pattern, options)
    except re2.error as error:
        raise BadValue(
            "正则表达式有误或不受支持", "the pattern is wrong or not supported", "feel_regex"
        ) from error


def _pattern(run: Run, text: str, pattern: str, flags: str | None, *, capture: bool) -> Any:
    """The pattern made ready for a text, both of bounded length."""
    run.step(_PATTERN_COST + len(text) // 8)
    if len(pattern) > MAX_PATTERN or len(text) > MAX_SEARCHED:
        raise BadValue(
            f"正则表达式最长{MAX_PATTERN}个字符，被查找的文字最长{MAX_SEARCHED}个字符",
            f"patterns have at most {MAX_PATTERN} characters, searched texts {MAX_SEARCHED}",
            "feel_regex",
        )
    chosen = "".join(sorted(set(flags or "")))
    if not set(chosen) <= set("ism"):
        raise BadValue("标志只能是 i、s、m", "flags are i, s and m", "feel_regex")
    return _compiled(pattern, chosen, capture=capture)


def _matches(run: Run, text: str, pattern: Any) -> Iterator[Any]:
    """All matches in turn; each may have looked at all the text that is left."""
    groups = 1 + int(pattern.groups) // 4
    for match in pattern.finditer(text):
        run.step(groups + (len(text) - match.start()) // 64)
        yield match


@builtin("matches", "input: string", "pattern: string", "flags: string?")
def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> Value:
    return _pattern(run, text, pattern, flags, capture=False).search(text) is not None


@builtin("extract", "input: string", "pattern: string", "flags: string?")
def extract(run: Run, text: str, pattern: str, flags: str | None = None) -> Value:
    found: list[Value] = []
    for match in _matches(run, text, _pattern(run, text, pattern, flags, capture=False)):
        found.append(match.group())
        if len(found) > MAX_LIST:
            raise too_long_list()
    return found


@builtin("split", "string: string", "delimiter: string", "flags: string?")
def split(run: Run, text: str, delimiter: str, flags: str | None = None) -> Value:
    """The parts of a text between the matches of a pattern."""
    if not delimiter:
        return list(text[: MAX_LIST + 1])
    if delimiter.isalnum() or delimiter in (",", ";", "，", "；", "、", " ", "-", "/", ":"):
        parts: list[Value] = [*text.split(delimiter, MAX_LIST)]
        run.step(len(parts))
        return parts
    pieces: list[Value] = []
    end = 0
    for match in _matches(run, text, _pattern(run, text, delimiter, flags, capture=False)):
        if match.end() == 0:
            continue
        pieces.append(text[end : match.start()])
        end = match.end()
        if len(pieces) > MAX_LIST:
            raise too_long_list()
    pieces.append(text[end:])
    return pieces


@builtin("replace", "input: string", "pattern: string", "replacement: string", "flags: string?")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> Value:
    """The text with every match replaced; $1 stands for what the first group matched."""
    compiled = _pattern(run, text, pattern, flags, capture=True)
    fill = _filler(replacement, int(compiled.groups))
    pieces: list[str] = []
    end = length = 0
    for match in _matches(run, text, compiled):
        piece = text[end : match.start()] + fill(match)
        pieces.append(piece)
        length += len(piece)
        run.step(len(piece) // 64)
        end = match.end()
        if length > MAX_STRING:
            raise too_long_text()
    pieces.append(text[end:])
    return "".join(pieces)


def _filler(replacement: str, groups: int) -> Callable[[Any], str]:
    """What puts the groups of a match into a replacement; ``\\$`` and ``\\\\`` are literal."""
    parts: list[str | int] = []
    place = 0
    while place < len(replacement):
        sign = replacement[place]
        follower = replacement[place + 1 : place + 2]
        if sign == "\\" and follower in ("$", "\\"):
            parts.append(follower)
            place += 2
        elif sign == "$" and follower in set("0123456789"):
            parts.append(int(follower))
            place += 2
        else:
            parts.append(sign)
            place += 1
    if any(isinstance(part, int) and part > groups for part in parts):
        raise BadValue("替换文字引用了不存在的分组", "there is no such group", "feel_regex")
    return lambda match: "".join(
        (match.group(part) or "") if isinstance(part, int) else part for part in parts
    )
