"""The shipped tenant with other values of some parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from engine.definitions.loading import load_tenant, tenant_id_of, write_parameters
from engine.tenancy.chain import Body, Kind, resolve_parameters
from engine.tenancy.model import TenantFile
from webapp.product import shipped_sources

from .drive import SLUG, Drive

SHIPPED = shipped_sources()
CATALOGUE = "score.catalogue"


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

    def files(self, owner: str) -> Mapping[str, bytes]:
        return {}


def _as_written(value: Any) -> Any:
    """The value as reading the file makes it."""
    if isinstance(value, list):
        return tuple(value)
    return value if isinstance(value, bool | str) else Decimal(value)


def change(drive: Drive, values: Mapping[str, Any], slug: str = SLUG) -> None:
    """Give the tenant other parameters, each of which its files set themselves.

    Only a catalogue belongs to what is published; for the others the diagrams, which are the same,
    are not checked and published again.
    """
    entries = SHIPPED.tenant(slug).parameters
    assert values.keys() <= entries.keys()
    if CATALOGUE in values:
        load_tenant(drive.product.db, drive.product.world, slug, Changed(values))
        return
    with drive.product.db.tenant(tenant_id_of(drive.product.db, slug)) as tx:
        write_parameters(tx, resolve_parameters(slug, Changed(values)))
