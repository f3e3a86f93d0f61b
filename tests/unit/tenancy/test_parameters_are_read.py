"""No parameter stands in a tenant's file for nothing: a drawing, a form or a rule reads it."""

from __future__ import annotations

import html
import re
import tomllib
from functools import cache

import pytest

from webapp.places import PACKAGE, data_root

TENANTS = sorted(path.parent.name for path in (data_root() / "tenants").glob("*/tenant.toml"))


@cache
def _readers() -> str:
    """Everything that may read a parameter: drawings, decisions, forms and the program."""
    root = data_root()
    drawn = [
        path.read_text("utf-8")
        for folder in ("processes", "forms")
        for path in (root / folder).rglob("*")
        if path.is_file()
    ]
    program = [
        path.read_text("utf-8")
        for folder in (PACKAGE, PACKAGE.parent / "domain", PACKAGE.parent / "engine")
        for path in folder.rglob("*.py")
    ]
    return html.unescape("\n".join([*drawn, *program])).replace('\\"', '"')


@cache
def _composed() -> re.Pattern[str]:
    """The names of parameters that the program puts together, as one pattern."""
    found = re.findall(r'f"([a-z_]+\.[a-z_]*)\{[^}"]+\}([a-z_]*)"', _readers())
    return re.compile("|".join(f"{re.escape(a)}[a-z]+{re.escape(b)}" for a, b in found))


@pytest.mark.parametrize("tenant", TENANTS)
def test_every_parameter_of_a_tenant_is_read(tenant: str) -> None:
    text = (data_root() / "tenants" / tenant / "tenant.toml").read_text("utf-8")
    known = tomllib.loads(text).get("parameters", {})
    unread = [key for key in known if f'"{key}"' not in _readers()]
    assert [key for key in unread if not _composed().fullmatch(key)] == []
