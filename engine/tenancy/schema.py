"""The schema of ``tenant.toml`` and ``calendar.toml``: parsed tables in, our values out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, validates_schema

from engine.tenancy import model
from engine.tenancy.fields import (
    FileSchema,
    both,
    clock_time,
    day,
    flag,
    problems_of,
    several,
    table,
    tables,
    text,
    whole,
)
from engine.tenancy.numbering import number_rule_fault
from engine.tenancy.parameters import read_value
from engine.tenancy.problems import Problem

TENANT_FILE = "tenant.toml"
CALENDAR_FILE = "calendar.toml"

_SLUG = ("须为小写字母、数字和连字符，以字母开头", "lower-case letters, digits and hyphens")
_CODE = (
    "须为小写字母和数字，可用点或连字符分隔",
    "lower-case letters and digits, parted by dots or hyphens",
)
_ID = (
    "须以字母开头，只含字母、数字、点、连字符、下划线",
    "letters, digits, dot, hyphen, underscore",
)
_ID_PATTERN = r"[A-Za-z][A-Za-z0-9._-]{0,99}"
_KINDS = tuple(kind.value for kind in model.ParameterKind)
_CAPACITIES = tuple(c.value for c in model.Capacity if c is not model.Capacity.PLATFORM)
"""Whoever looks after the installation holds no role in a tenant."""


class _NamesSchema(FileSchema):
    zh = text(longest=60)
    en = text(longest=120)
    short = text(longest=20)


class _ValiditySchema(FileSchema):
    valid_from = day()
    years = whole(low=1, high=50)
    document = text(longest=200)


class _RoleSchema(FileSchema):
    code = text(longest=40, pattern=model.CODE_PATTERN, shape=_CODE)
    name = text(longest=40)
    name_en = text(longest=80)
    capacity = text(one_of=_CAPACITIES)
    description = text(shortest=0, default="")


class _ProcedureSchema(FileSchema):
    id = text(pattern=_ID_PATTERN, shape=_ID)
    title = text(longest=80)
    title_en = text(longest=120)
    starters = several(text(longest=40), most=20)
    number = text(longest=60)

    @validates_schema
    def _number_rule_is_usable(self, loaded: Mapping[str, Any], **_: Any) -> None:
        fault = number_rule_fault(loaded.get("number", ""))
        if fault is not None:
            raise ValidationError(both(*fault), "number")


class _BoundsSchema(FileSchema):
    min = fields.Raw(load_default=None)
    max = fields.Raw(load_default=None)
    choices = several(text(), most=200, default=None)

    @validates_schema
    def _limits_are_numbers_in_order(self, loaded: Mapping[str, Any], **_: Any) -> None:
        for name in ("min", "max"):
            limit = loaded.get(name)
            if limit is not None and not isinstance(read_value(limit), Decimal):
                raise ValidationError(both("须为数字", "a number is expected"), name)
        low, high = loaded.get("min"), loaded.get("max")
        if low is not None and high is not None and low > high:
            raise ValidationError(both("上限小于下限", "it is below min"), "max")


class _ParameterSchema(FileSchema):
    value = fields.Raw(
        required=True, error_messages={"required": both("缺少此项", "this key is missing")}
    )
    kind = text(one_of=_KINDS, default=None)
    unit = text(shortest=0, one_of=model.UNITS_OF_MEASURE, default=None)
    title = text(longest=60, default=None)
    title_en = text(longest=120, default=None)
    bounds = table(_BoundsSchema, default=dict)
    legal_basis = text(longest=500, default=None)
    note = text(longest=500, default=None)
    to_be_confirmed = flag(default=False)
    at_step = flag(default=None)
    rules = several(text(longest=20, pattern=r"R-[A-Z]+-\d+(\.\d+)?"), most=30, default=list)

    @validates_schema
    def _value_is_one_of_ours(self, loaded: Mapping[str, Any], **_: Any) -> None:
        if "value" in loaded and read_value(loaded["value"]) is None:
            raise ValidationError(
                both(
                    "值须为数字、文字、true/false 或文字列表",
                    "the value is a number, a text, true/false or a list of texts",
                ),
                "value",
            )


class _BrandingSchema(FileSchema):
    title = text(longest=60)
    title_en = text(longest=120)
    colour = text(
        pattern=r"#[0-9a-fA-F]{6}", shape=("须为 #RRGGBB 颜色", "a colour such as #206bc4")
    )
    footer = text(shortest=0, default="")


class _SealSchema(FileSchema):
    code = text(longest=40, pattern=model.CODE_PATTERN, shape=_CODE)
    name = text(longest=60)
    unit = text(longest=60)


class TenantSchema(FileSchema):
    """The whole of ``tenant.toml``."""

    slug = text(longest=40, pattern=model.SLUG_PATTERN, shape=_SLUG)
    level = text(one_of=model.LEVELS)
    parent = text(
        shortest=0, longest=40, default="", pattern=rf"|{model.SLUG_PATTERN}", shape=_SLUG
    )
    zone = text(longest=60)
    separate_duties = flag(default=False)
    name = table(_NamesSchema)
    validity = table(_ValiditySchema)
    branding = table(_BrandingSchema)
    roles = tables(_RoleSchema, most=200)
    procedures = tables(_ProcedureSchema, most=200)
    seals = tables(_SealSchema, most=50)
    parameters = fields.Raw(load_default=dict)

    @validates_schema
    def _zone_is_known(self, loaded: Mapping[str, Any], **_: Any) -> None:
        if "zone" in loaded and loaded["zone"] not in _zones():
            raise ValidationError(both("没有这个时区", "there is no such time zone"), "zone")


@cache
def _zones() -> frozenset[str]:
    """The time zones of this machine; looking for them reads hundreds of files."""
    return frozenset(available_timezones())


class _OfficeHoursSchema(FileSchema):
    opens = clock_time()
    closes = clock_time()

    @validates_schema
    def _opens_before_closing(self, loaded: Mapping[str, Any], **_: Any) -> None:
        if {"opens", "closes"} <= loaded.keys() and loaded["opens"] >= loaded["closes"]:
            raise ValidationError(both("须晚于 opens", "it must be later than opens"), "closes")


class _ExceptionSchema(FileSchema):
    date = day()
    working = flag()
    reason = text(longest=200)


class CalendarSchema(FileSchema):
    """The whole of ``calendar.toml``."""

    complete_years = several(whole(low=2000, high=2100), most=101, default=list)
    office_hours = table(_OfficeHoursSchema, default=None)
    exceptions = tables(_ExceptionSchema, most=2000)


_MOST_PARAMETERS = 500
_PARAMETER_KEY = text(longest=60, pattern=model.KEY_PATTERN, shape=_CODE)


def load_tables(
    schema: FileSchema, file: str, tables_read: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Problem]]:
    """What the schema makes of the tables, as far as it is valid, and every fault in them."""
    try:
        return dict(schema.load(tables_read)), []
    except ValidationError as error:
        valid = error.valid_data if isinstance(error.valid_data, dict) else {}
        return valid, list(problems_of(file, error.messages))


def parameter_schema() -> FileSchema:
    """The schema of one parameter's table."""
    return _ParameterSchema()


def load_parameters(
    raw: object,
) -> tuple[dict[str, model.ParameterEntry], list[Problem]]:
    """The parameter entries of a tenant file, and every fault in them by key."""
    if not isinstance(raw, dict) or len(raw) > _MOST_PARAMETERS:
        zh, en = (
            f"须为最多 {_MOST_PARAMETERS} 项的表",
            f"a table of at most {_MOST_PARAMETERS} keys",
        )
        return {}, [Problem(TENANT_FILE, "parameters", "invalid_key", zh, en)]
    entries: dict[str, model.ParameterEntry] = {}
    problems: list[Problem] = []
    schema = parameter_schema()
    for key, written in raw.items():
        found = _one_parameter(schema, key, written)
        if isinstance(found, model.ParameterEntry):
            entries[key] = found
        else:
            problems += found
    return entries, problems


def _one_parameter(
    schema: FileSchema, key: str, written: object
) -> model.ParameterEntry | list[Problem]:
    try:
        _PARAMETER_KEY.deserialize(key)
        loaded = schema.load(written)  # type: ignore[arg-type]  # a wrong type is its to report
    except ValidationError as error:
        path = f"parameters.{key}"
        return list(problems_of(TENANT_FILE, error.messages, path))
    return parameter_entry(key, loaded)


def parameter_entry(key: str, loaded: Mapping[str, Any]) -> model.ParameterEntry:
    """The entry for a parameter whose table passed the schema."""
    value = read_value(loaded["value"])
    if value is None:
        raise ValueError(key)  # the schema lets no such value through
    return model.ParameterEntry(
        key=key,
        value=value,
        kind=model.ParameterKind(loaded["kind"]) if loaded["kind"] else None,
        unit=loaded["unit"],
        title_zh=loaded["title"],
        title_en=loaded["title_en"],
        bounds=_bounds(loaded["bounds"]),
        legal_basis=loaded["legal_basis"],
        note=loaded["note"],
        to_be_confirmed=loaded["to_be_confirmed"],
        at_step=loaded["at_step"],
        rules=tuple(loaded["rules"]),
    )


def _bounds(loaded: Mapping[str, Any]) -> model.Bounds:
    low, high, choices = loaded.get("min"), loaded.get("max"), loaded.get("choices")
    return model.Bounds(
        low=None if low is None else Decimal(low),
        high=None if high is None else Decimal(high),
        choices=None if choices is None else tuple(choices),
    )
