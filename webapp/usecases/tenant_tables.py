"""The tables a tenant is written in, and what stands in them now."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from engine.actors import Actor
from engine.tenancy.chain import lineage, resolve_parameters
from engine.tenancy.model import (
    NUMBER_KINDS,
    UNITS_OF_MEASURE,
    Capacity,
    ParameterKind,
    TenantFile,
)
from engine.tenancy.parameters import Parameter, merge_parameter
from webapp.product import Product
from webapp.usecases.sheets import Column, TableShape
from webapp.usecases.tenant_settings import own_files, sources_here

CAPACITIES = (
    (Capacity.OFFICER.value, "经办"),
    (Capacity.LEADER.value, "领导"),
    (Capacity.APPLICANT.value, "申报"),
    (Capacity.ASSESSOR.value, "评估"),
    (Capacity.EXPERT.value, "专家"),
    (Capacity.ADMIN.value, "管理"),
    (Capacity.SECURITY.value, "安全"),
    (Capacity.AUDITOR.value, "审计"),
)
KINDS = (
    (ParameterKind.INTEGER.value, "整数"),
    (ParameterKind.DECIMAL.value, "小数"),
    (ParameterKind.PERCENT.value, "百分比"),
    (ParameterKind.TEXT.value, "文字"),
    (ParameterKind.LIST.value, "列表"),
    (ParameterKind.BOOL.value, "是否"),
)
MEASURES = tuple(
    zip(
        UNITS_OF_MEASURE[1:],
        ("工作日", "日", "个月", "年", "百分比", "分", "个", "月-日"),
        strict=True,
    )
)
WORKING = (("true", "上班"), ("false", "放假"))

UNITS = TableShape(
    "units",
    "单位",
    (
        Column("code", "代码", required=True),
        Column("name", "名称", required=True),
        Column("kind", "类别", required=True),
        Column("parent", "上级代码"),
        Column("short", "简称", required=True),
    ),
)
ROLES = TableShape(
    "roles",
    "角色",
    (
        Column("code", "代码", required=True),
        Column("name", "名称", required=True),
        Column("name_en", "英文名称"),
        Column("capacity", "身份", required=True, choices=CAPACITIES),
        Column("description", "职责"),
    ),
)
DAYS = TableShape(
    "calendar",
    "日历",
    (
        Column("date", "日期", required=True, hint="2027-01-01"),
        Column("working", "上班或放假", required=True, choices=WORKING),
        Column("reason", "事由", required=True),
    ),
)
PARAMETERS = TableShape(
    "parameters",
    "参数",
    (
        Column("key", "键", required=True),
        Column("title", "名称"),
        Column("value", "本级取值"),
        Column("above", "上级取值", shown=True),
        Column("kind", "类型", choices=KINDS),
        Column("unit", "计量单位", choices=MEASURES),
        Column("bounds", "允许范围", shown=True),
        Column("legal_basis", "依据"),
        Column("note", "备注"),
    ),
)
SHAPES = (UNITS, ROLES, DAYS, PARAMETERS)
LIST_SEPARATOR = "、"
Line = Sequence[TenantFile]
"""Those above a tenant, the highest first."""


def current_rows(product: Product, actor: Actor, shape: TableShape) -> list[dict[str, str]]:
    """A table of the tenant as it is."""
    slug, _ = own_files(product, actor)
    sources = sources_here(product)
    tenant = sources.tenant(slug)
    if shape is UNITS:
        return [{c: getattr(unit, c) for c in UNITS.names} for unit in tenant.units]
    if shape is ROLES:
        return [
            {
                "code": r.code,
                "name": r.name_zh,
                "name_en": r.name_en,
                "capacity": r.capacity.value,
                "description": r.description,
            }
            for r in tenant.roles
        ]
    if shape is DAYS:
        return [
            {"date": d.day.isoformat(), "working": str(d.working).lower(), "reason": d.reason}
            for d in tenant.calendar.exceptions
        ]
    above = lineage(slug, sources)[:-1]
    return [
        _parameter_row(tenant, key, own, merge_parameter(key, above)[0] if above else None)
        for key, own in resolve_parameters(slug, sources).items()
    ]


def _parameter_row(
    tenant: TenantFile, key: str, own: Parameter, above: Parameter | None
) -> dict[str, str]:
    bounds = own.bounds
    limits = [str(one) for one in (bounds.low, bounds.high) if one is not None]
    listed = LIST_SEPARATOR.join(bounds.choices or ())
    entry = tenant.parameters.get(key)
    return {
        "key": key,
        "title": own.title_zh,
        "value": said_value(own) if entry is not None else "",
        "above": "" if above is None else said_value(above),
        "kind": own.kind.value,
        "unit": own.unit,
        "bounds": listed or " 至 ".join(limits),
        "legal_basis": own.legal_basis,
        "note": own.note,
    }


def said_value(parameter: Parameter) -> str:
    """A value as it is typed."""
    value = parameter.value
    if isinstance(value, bool):
        return "true" if value else "false"
    return LIST_SEPARATOR.join(value) if isinstance(value, tuple) else str(value)


def typed_value(text: str, kind: str) -> Decimal | str | bool | list[str] | int | None:
    """What was typed, as a value of a kind; None when nothing was, ValueError when it is none."""
    if not text:
        return None
    if kind in NUMBER_KINDS:
        try:
            number = Decimal(text)
        except InvalidOperation as error:
            raise ValueError(text) from error
        if not number.is_finite():
            raise ValueError(text)
        return int(number) if number == number.to_integral_value() and "." not in text else number
    if kind == ParameterKind.BOOL:
        words = {"true": True, "false": False, "是": True, "否": False}
        if text not in words:
            raise ValueError(text)
        return words[text]
    if kind == ParameterKind.LIST:
        return [one.strip() for one in text.replace("；", LIST_SEPARATOR).split(LIST_SEPARATOR)]
    return text
