"""Marshmallow fields whose messages carry both languages, for files that people write by hand."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from engine.tenancy.problems import Problem

_SEPARATOR = "\x1f"
_MISSING = object()


def both(zh: str, en: str) -> str:
    """One message that holds both languages; ``problems_of`` takes it apart again."""
    return f"{zh}{_SEPARATOR}{en}"


class FileSchema(Schema):
    """A table of a hand-written file: an unknown key is a fault, not noise."""

    class Meta:
        unknown = RAISE

    error_messages = {  # noqa: RUF012  marshmallow declares an instance attribute
        "unknown": both("没有这个键", "there is no such key"),
        "type": both("此处须为一张表", "a table is expected here"),
    }


def problems_of(file: str, messages: object, path: str = "") -> Iterator[Problem]:
    """The problems in what marshmallow reports, each at its dotted path."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from problems_of(file, inner, _step(path, key))
    elif isinstance(messages, list):
        for message in messages:
            yield from problems_of(file, message, path)
    else:
        zh, _, en = str(messages).partition(_SEPARATOR)
        yield Problem(file, path, "invalid_key", zh, en or zh)


def _step(path: str, key: object) -> str:
    if key == "_schema":
        return path
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)


def text(
    *,
    longest: int = 200,
    shortest: int = 1,
    default: object = _MISSING,
    pattern: str | None = None,
    shape: tuple[str, str] = ("格式不对", "the form is wrong"),
    one_of: tuple[str, ...] = (),
) -> fields.String:
    """A line of text within its length and form, without control characters."""
    length = both(
        f"须为 {shortest} 至 {longest} 个字符", f"{shortest} to {longest} characters are expected"
    )
    checks: list[Callable[[Any], Any]] = [
        validate.Length(shortest, longest, error=length),
        _checked(_is_printable, both("不能含控制字符", "control characters are not allowed")),
    ]
    if pattern is not None:
        form = re.compile(pattern)
        checks.append(_checked(lambda value: bool(form.fullmatch(value)), both(*shape)))
    if one_of:
        listed = "、".join(one_of)
        known = both(f"须为以下之一：{listed}", f"must be one of: {', '.join(one_of)}")
        checks.append(_checked(lambda value: value in one_of, known))
    return fields.String(validate=checks, **_common(default, "须为文字", "text is expected"))


def whole(*, low: int, high: int) -> fields.Raw:
    """A whole number within its limits; true and false are no numbers."""
    message = both(f"须为 {low} 至 {high} 的整数", f"a whole number from {low} to {high}")
    fits = _checked(lambda value: type(value) is int and low <= value <= high, message)
    return fields.Raw(validate=fits, **_common(_MISSING, "须为整数", "a whole number is expected"))


def flag(*, default: object = _MISSING) -> fields.Raw:
    """True or false, written as such."""
    message = ("须为 true 或 false", "true or false is expected")
    is_bool = _checked(lambda value: isinstance(value, bool), both(*message))
    return fields.Raw(validate=is_bool, **_common(default, *message))


def day() -> fields.Raw:
    """A date in the file's own notation, such as 2025-06-11."""
    message = ("须为日期，如 2025-06-11（不加引号）", "a date such as 2025-06-11, without quotes")
    is_date = _checked(lambda value: type(value) is dt.date, both(*message))
    return fields.Raw(validate=is_date, **_common(_MISSING, *message))


def clock_time() -> fields.Raw:
    """A time of day in the file's own notation, such as 17:30:00."""
    message = ("须为时间，如 17:30:00（不加引号）", "a time such as 17:30:00, without quotes")
    is_time = _checked(lambda value: isinstance(value, dt.time), both(*message))
    return fields.Raw(validate=is_time, **_common(_MISSING, *message))


def several(inner: fields.Field[Any], *, most: int, default: object = _MISSING) -> fields.List[Any]:
    """A list of at most ``most`` members."""
    message = both(f"最多 {most} 项", f"at most {most} members are allowed")
    return fields.List(
        inner,
        validate=validate.Length(max=most, error=message),
        **_common(default, "须为列表", "a list is expected"),
    )


def table(schema: type[FileSchema], *, default: object = _MISSING) -> fields.Nested:
    """A table with a schema of its own."""
    return fields.Nested(schema, **_common(default, "须为一张表", "a table is expected"))


def tables(schema: type[FileSchema], *, most: int) -> fields.List[Any]:
    """A list of tables, none when it is not written."""
    return several(table(schema), most=most, default=list)


def _common(default: object, zh: str, en: str) -> dict[str, Any]:
    wrong = both(zh, en)
    keys = ("null", "invalid", "invalid_utf8", "type", "validator_failed")
    messages = dict.fromkeys(keys, wrong) | {"required": both("缺少此项", "this key is missing")}
    if default is _MISSING:
        return {"required": True, "error_messages": messages}
    return {"load_default": default, "error_messages": messages}


def _checked(test: Callable[[Any], bool], message: str) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if not test(value):
            raise ValidationError(message)

    return check


def _is_printable(value: str) -> bool:
    return all(char >= " " and char != "\x7f" for char in value)
