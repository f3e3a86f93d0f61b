"""The shipped tenant with other values of some parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from engine.definitions.loading import load_tenant
from engine.tenancy.chain import Body, Kind
from engine.tenancy.model import TenantFile
from webapp.product import shipped_sources

from .drive import SLUG, Drive

SHIPPED = shipped_sources()


@dataclass(frozen=True)
class Changed:
    """The shipped files with other values of some parameters."""

    values: Mapping[str, Any]

    def tenant(self, slug: str) -> TenantFile:
        tenant = SHIPPED.tenant(slug)
        entries = dict(tenant.parameters)
        for key in self.values.keys() & entries.keys():
            entries[key] = replace(entries[key], value=_as_written(self.values[key]))
        return replace(tenant, parameters=MappingProxyType(entries))

    def body(self, kind: Kind, ref: str, owner: str) -> Body | None:
        return SHIPPED.body(kind, ref, owner)


def _as_written(value: Any) -> Any:
    """The value as reading the file makes it."""
    if isinstance(value, list):
        return tuple(value)
    return value if isinstance(value, bool | str) else Decimal(value)


def change(drive: Drive, values: Mapping[str, Any], slug: str = SLUG) -> None:
    """Load the tenant again with other parameters, each of which it writes itself."""
    assert values.keys() <= SHIPPED.tenant(slug).parameters.keys()
    load_tenant(drive.product.db, drive.product.world, slug, Changed(values))
