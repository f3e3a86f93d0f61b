"""Marshmallow fields of an indicator catalogue, on top of those every hand-written file has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, post_load, validate

from engine.tenancy.fields import FileSchema, both, several, table, text

LONGEST = 2000
MOST_POINTS = 100_000
MOST_DECIMALS = 4

_ID = r"[A-Za-z][A-Za-z0-9._-]{0,39}"
_ID_SHAPE = (
    "须以字母开头，只含字母、数字、点、连字符、下划线",
    "letters, digits, dot, hyphen, underscore",
)
_BAD_POINTS = both("须为正数，小数至多四位", "a positive number with at most four decimals")
_BAD_DATE = both("须为日期，如 '2025-06-11'", "a date such as '2025-06-11'")
_BAD_TABLE = both("须为一张表", "a table is expected")
_BAD_NUMBER = both("须为 1 至 1000 的整数", "a whole number from 1 to 1000")
_REQUIRED = both("缺少此项", "this key is missing")


class Values(FileSchema):
    """A table that becomes the frozen value named by ``made``."""

    made: ClassVar[Callable[..., object]]

    @post_load
    def _make(self, found: dict[str, Any], **_: object) -> object:
        return type(self).made(**{key: frozen(value) for key, value in found.items()})


def frozen(value: Any) -> Any:
    """The value with lists as tuples and tables as read-only mappings."""
    if isinstance(value, list):
        return tuple(frozen(inner) for inner in value)
    if isinstance(value, dict):
        return MappingProxyType({key: frozen(inner) for key, inner in value.items()})
    return value


class _Points(fields.Field[Decimal]):
    """A positive number of points, or not negative where ``zero`` is allowed."""

    def __init__(self, *, zero: bool = False, **settings: Any) -> None:
        super().__init__(**settings)
        self._zero = zero

    def _deserialize(self, value: object, *_: object, **__: object) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise ValidationError(_BAD_POINTS)
        number = Decimal(value)
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int) or -exponent > MOST_DECIMALS:
            raise ValidationError(_BAD_POINTS)
        if not 0 <= number <= MOST_POINTS or (number == 0 and not self._zero):
            raise ValidationError(_BAD_POINTS)
        return number


class _Figure(fields.Field[Decimal | str | bool]):
    """What a threshold compares with: a number, a word or a yes."""

    def _deserialize(self, value: object, *_: object, **__: object) -> Decimal | str | bool:
        if isinstance(value, bool) or (isinstance(value, str) and 0 < len(value) <= LONGEST):
            return value
        if isinstance(value, int | Decimal):
            return Decimal(value)
        raise ValidationError(both("须为数字、文字或 true", "a number, text or true"))


def points() -> _Points:
    """Points that must be given."""
    return _Points(required=True, error_messages=_messages(_BAD_POINTS))


def points_if_any(*, default: Decimal | None = None, zero: bool = False) -> _Points:
    """Points that may be left out."""
    messages = _messages(_BAD_POINTS)
    return _Points(zero=zero, load_default=default, error_messages=messages)


def figure() -> _Figure:
    """The figure of a threshold."""
    wrong = both("须为数字、文字或 true", "a number, text or true")
    return _Figure(required=True, error_messages=_messages(wrong))


def name_id() -> fields.String:
    """An id that may stand in reasons, addresses and form keys."""
    return text(longest=40, pattern=_ID, shape=_ID_SHAPE)


def line() -> fields.String:
    """A text that must be given."""
    return text(longest=LONGEST)


def line_if_any() -> fields.String:
    """A text that may be left out."""
    return text(longest=LONGEST, default="")


def lines() -> fields.List[Any]:
    """Texts; the key must be given, the list may be empty."""
    return several(line(), most=100)


def lines_if_any() -> fields.List[Any]:
    """Texts that may be left out."""
    return several(line(), most=100, default=list)


def listed(schema: type[FileSchema], *, most: int) -> fields.List[Any]:
    """A list of tables that must be given."""
    return several(table(schema), most=most)


def named(values: fields.Field[Any]) -> fields.Dict:
    """A table whose keys are names of its own; it must be given."""
    return fields.Dict(text(longest=100), values, required=True, **_table_rules())


def named_if_any(values: fields.Field[Any]) -> fields.Dict:
    """A table whose keys are names of its own; it may be left out."""
    return fields.Dict(text(longest=100), values, load_default=dict, **_table_rules())


def date_if_any() -> fields.Date:
    """A quoted date that may be left out."""
    return fields.Date(format="iso", load_default=None, error_messages=_messages(_BAD_DATE))


def number_if_any() -> fields.Integer:
    """A whole number from 1 that may be left out."""
    limits = validate.Range(1, 1000, error=_BAD_NUMBER)
    messages = _messages(_BAD_NUMBER)
    return fields.Integer(strict=True, load_default=None, validate=limits, error_messages=messages)


def format_number(only: int) -> fields.Integer:
    """The version of the file format, of which exactly one is read."""
    wrong = both(f"只支持格式 {only}", f"only format {only} is read")
    fits = validate.Equal(only, error=wrong)
    return fields.Integer(
        strict=True, required=True, validate=fits, error_messages=_messages(wrong)
    )


def _messages(wrong: str) -> dict[str, Any]:
    return {"invalid": wrong, "null": wrong, "too_large": wrong, "required": _REQUIRED}


def _table_rules() -> Mapping[str, Any]:
    size = validate.Length(max=100, error=both("最多 100 项", "at most 100 members are allowed"))
    return {"validate": size, "error_messages": _messages(_BAD_TABLE)}
