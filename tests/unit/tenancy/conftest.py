"""A small valid tenant, as text to be spoilt and as values to be put in a line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.tenancy.files import parse_tenant
from engine.tenancy.model import TenantFile

MINIMAL = """\
slug = "upper"
level = "region"
zone = "Asia/Shanghai"

[name]
zh = "上级租户"
en = "The upper tenant"
short = "上级"

[validity]
document = "试行〔2025〕1号"
valid_from = 2025-06-11
years = 5

[branding]
title = "上级"
title_en = "Upper"
colour = "#1f7a4d"

[[roles]]
code = "clerk"
name = "经办人"
name_en = "Clerk"
capacity = "officer"

[[procedures]]
id = "permit"
title = "许可"
title_en = "Permit"
starters = ["clerk"]
number = "许〔{year}〕{seq:04}号"

[parameters."notice.days"]
title = "公示期"
kind = "integer"
unit = "working-day"
value = 5
bounds = { min = 5, max = 10 }
"""

MakeTenant = Callable[..., TenantFile]


@pytest.fixture
def minimal() -> str:
    """The text of the smallest valid ``tenant.toml``."""
    return MINIMAL


@pytest.fixture
def make_tenant() -> MakeTenant:
    """A tenant made of a head and its parameters written as TOML."""

    def make(
        slug: str, parent: str = "", *, level: str = "region", parameters: str = ""
    ) -> TenantFile:
        text = MINIMAL[: MINIMAL.index("[parameters")] + parameters
        text = text.replace('slug = "upper"', f'slug = "{slug}"\nparent = "{parent}"')
        text = text.replace('level = "region"', f'level = "{level}"')
        return parse_tenant({"tenant.toml": text.encode()})

    return make
