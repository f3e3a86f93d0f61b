"""The guide to tenants names every key that a tenant's files may hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from marshmallow import Schema, fields

from engine.tenancy import demo, model, organisation
from engine.tenancy.chain import Kind
from engine.tenancy.schema import CalendarSchema, TenantSchema, parameter_schema

GUIDE = (Path(__file__).parents[3] / "docs" / "tenants.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"[A-Za-z0-9_-]+", GUIDE))


def keys_of(schema: Schema) -> set[str]:
    found: set[str] = set()
    for name, field in schema.fields.items():
        found.add(name)
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            found |= keys_of(inner.schema)
    return found


@pytest.mark.parametrize("schema", [TenantSchema(), CalendarSchema(), parameter_schema()])
def test_every_key_is_in_the_guide(schema: Schema) -> None:
    assert keys_of(schema) - NAMED == set()


def test_every_word_a_key_may_hold_is_in_the_guide() -> None:
    words = {*model.LEVELS, *model.Capacity, *model.ParameterKind, *model.UNITS_OF_MEASURE, *Kind}

    assert words - NAMED - {""} == set()


@pytest.mark.parametrize(
    "columns",
    [
        organisation.COLUMNS,
        demo.PEOPLE_COLUMNS,
        demo.ENTERPRISE_COLUMNS,
        demo.BODY_COLUMNS,
    ],
)
def test_every_table_is_in_the_guide_with_its_header(columns: tuple[str, ...]) -> None:
    assert f"`{','.join(columns)}`" in GUIDE
