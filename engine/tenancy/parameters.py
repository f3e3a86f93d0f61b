"""Parameters: what a value may be, and what a tenant gets from the tenants above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.tenancy.model import (
    NUMBER_KINDS,
    Bounds,
    ParameterEntry,
    ParameterKind,
    ParameterValue,
    TenantFile,
)
from engine.tenancy.problems import Problem

Fault = tuple[str, str, str]
"""A code and a sentence in Chinese and in English."""

_MONTH_DAY = re.compile(r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")


@dataclass(frozen=True)
class Parameter:
    """A parameter as it holds for one tenant; ``origin`` is the tenant that gave the value."""

    key: str
    value: ParameterValue
    kind: ParameterKind
    unit: str
    title_zh: str
    title_en: str
    bounds: Bounds
    legal_basis: str
    note: str
    to_be_confirmed: bool
    at_step: bool
    rules: tuple[str, ...]
    origin: str

    @property
    def as_feel(self) -> Decimal | str | bool | list[str]:
        """The value as expressions see it: numbers are Decimal, a list is a list of text."""
        return list(self.value) if isinstance(self.value, tuple) else self.value


def read_value(raw: object) -> ParameterValue | None:
    """The value written in a file as ours: numbers become Decimal; None when it is none of ours."""
    if isinstance(raw, bool | str):
        return raw
    if isinstance(raw, int | Decimal):
        number = Decimal(raw)
        return number if _is_sane(number) else None
    if isinstance(raw, list) and all(isinstance(member, str) for member in raw):
        return tuple(raw)
    return None


def _is_sane(number: Decimal) -> bool:
    """Whether the number can be counted with: no infinity, at most a billion, six decimals."""
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -6 and number.adjusted() <= 9


def value_fault(value: ParameterValue, kind: ParameterKind, unit: str) -> Fault | None:
    """Why the value is not of this kind, or None when it is."""
    if kind in NUMBER_KINDS:
        return _number_fault(value, kind)
    if kind is ParameterKind.BOOL and not isinstance(value, bool):
        return ("not_bool", "值须为 true 或 false", "the value must be true or false")
    if kind is ParameterKind.TEXT and not isinstance(value, str):
        return ("not_text", "值须为文字", "the value must be text")
    if kind is ParameterKind.LIST:
        return _list_fault(value)
    if unit == "month-day" and not (isinstance(value, str) and _MONTH_DAY.match(value)):
        return ("not_month_day", "值须为“月-日”，如 03-31", "the value must be a day such as 03-31")
    return None


def _number_fault(value: ParameterValue, kind: ParameterKind) -> Fault | None:
    if not isinstance(value, Decimal):
        return ("not_number", "值须为数字", "the value must be a number")
    if kind is ParameterKind.INTEGER and value != value.to_integral_value():
        return ("not_integer", "值须为整数", "the value must be a whole number")
    if kind is ParameterKind.PERCENT and not 0 <= value <= 100:
        return ("not_percent", "百分比须在 0 到 100 之间", "a percentage lies between 0 and 100")
    return None


def _list_fault(value: ParameterValue) -> Fault | None:
    if not isinstance(value, tuple):
        return ("not_list", "值须为文字列表", "the value must be a list of texts")
    if len(set(value)) != len(value):
        return ("list_repeats", "列表中有重复项", "the list names a member twice")
    return None


def bounds_fault(value: ParameterValue, bounds: Bounds, giver: str) -> Fault | None:
    """Why the value lies outside the bounds that ``giver`` set, or None when it does not."""
    if isinstance(value, Decimal):
        if bounds.low is not None and value < bounds.low:
            return _outside(value, "小于下限", "is below the minimum", bounds.low, giver)
        if bounds.high is not None and value > bounds.high:
            return _outside(value, "大于上限", "is above the maximum", bounds.high, giver)
    if bounds.choices is not None and not isinstance(value, bool | Decimal):
        members = value if isinstance(value, tuple) else (value,)
        for member in members:
            if member not in bounds.choices:
                listed = "、".join(bounds.choices)
                return _outside(member, "不在允许范围", "is not one of", listed, giver)
    return None


def _outside(value: object, zh: str, en: str, bound: object, giver: str) -> Fault:
    return (
        "out_of_bounds",
        f"值 {value} {zh} {bound}（由 {giver} 设定）",
        f"the value {value} {en} {bound} (set by {giver})",
    )


def merge_parameter(
    key: str, lineage: Sequence[TenantFile]
) -> tuple[Parameter | None, list[Problem]]:
    """The parameter as it holds for the last of the lineage, and every fault met on the way.

    ``lineage`` begins with the highest tenant. A lower tenant writes a value, and may narrow the
    bounds; kind and unit stay as the highest declared them.
    """
    current: Parameter | None = None
    problems: list[Problem] = []
    for tenant in lineage:
        entry = tenant.parameters.get(key)
        if entry is None:
            continue
        faults = _declare_faults(entry) if current is None else _override_faults(entry, current)
        problems += [_problem(tenant.slug, entry.key, fault) for fault in faults]
        if not faults:
            current = _apply(entry, current, tenant.slug)
    return current, problems


def _problem(slug: str, key: str, fault: Fault) -> Problem:
    code, zh, en = fault
    return Problem(f"{slug}/tenant.toml", f"parameters.{key}", code, zh, en)


def _declare_faults(entry: ParameterEntry) -> list[Fault]:
    if entry.kind is None or entry.title_zh is None:
        missing = "kind" if entry.kind is None else "title"
        return [
            (
                "undeclared",
                f"上级未声明该参数，须写明 {missing}",
                f"no upper tenant declares this parameter; {missing} is required",
            )
        ]
    found = [
        value_fault(entry.value, entry.kind, entry.unit or ""),
        bounds_fault(entry.value, entry.bounds, entry.key),
    ]
    return [fault for fault in found if fault is not None]


def _override_faults(entry: ParameterEntry, upper: Parameter) -> list[Fault]:
    found: list[Fault | None] = [
        value_fault(entry.value, upper.kind, upper.unit),
        bounds_fault(entry.value, upper.bounds, upper.origin),
        bounds_fault(entry.value, entry.bounds, entry.key),
        _widening_fault(entry.bounds, upper),
    ]
    if entry.kind not in (None, upper.kind) or entry.unit not in (None, upper.unit):
        found.append(
            (
                "redeclared",
                f"类型和单位由 {upper.origin} 定为 {upper.kind} / {upper.unit or '无'}，不能改变",
                f"{upper.origin} declared {upper.kind} / {upper.unit or 'no unit'}; it stays",
            )
        )
    return [fault for fault in found if fault is not None]


def _widening_fault(bounds: Bounds, upper: Parameter) -> Fault | None:
    limits: list[Decimal | tuple[str, ...] | None] = [bounds.low, bounds.high, bounds.choices]
    for limit in limits:
        if limit is not None and bounds_fault(limit, upper.bounds, upper.origin) is not None:
            return (
                "bounds_widened",
                f"取值范围不能超出 {upper.origin} 设定的范围",
                f"the bounds may not go beyond those set by {upper.origin}",
            )
    return None


def _apply(entry: ParameterEntry, upper: Parameter | None, slug: str) -> Parameter:
    if upper is None:
        return Parameter(
            key=entry.key,
            value=entry.value,
            kind=entry.kind or ParameterKind.TEXT,
            unit=entry.unit or "",
            title_zh=entry.title_zh or entry.key,
            title_en=entry.title_en or entry.key,
            bounds=entry.bounds,
            legal_basis=entry.legal_basis or "",
            note=entry.note or "",
            to_be_confirmed=entry.to_be_confirmed,
            at_step=bool(entry.at_step),
            rules=entry.rules,
            origin=slug,
        )
    return replace(
        upper,
        value=entry.value,
        title_zh=entry.title_zh or upper.title_zh,
        title_en=entry.title_en or upper.title_en,
        bounds=_narrow(upper.bounds, entry.bounds),
        legal_basis=entry.legal_basis or upper.legal_basis,
        note=entry.note or "",
        to_be_confirmed=entry.to_be_confirmed,
        at_step=upper.at_step if entry.at_step is None else entry.at_step,
        rules=entry.rules or upper.rules,
        origin=slug,
    )


def _narrow(upper: Bounds, own: Bounds) -> Bounds:
    return Bounds(
        low=upper.low if own.low is None else own.low,
        high=upper.high if own.high is None else own.high,
        choices=upper.choices if own.choices is None else own.choices,
    )
