"""What a tenant can name though it has published nothing of it: its files and those above it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from uuid import UUID

from sqlalchemy import select

from engine.canonical import digest
from engine.definitions.kept_files import StoredSources
from engine.store.control import tenants
from engine.tenancy.chain import PLACES, Kind, Resolved
from engine.tenancy.model import SHARED
from webapp.product import Product, shipped_sources

NAMED = (Kind.PROCESS, Kind.FORM, Kind.DECISION)
"""What a drawing names; the scenarios and catalogues of a bundle are those that were published."""


def owners_along(product: Product, tenant_id: UUID) -> list[str]:
    """Whose files a name of the tenant may mean, the nearest first."""
    with product.db.control(read_only=True) as control:
        rows = {row.id: row for row in control.all(select(tenants))}
    found = []
    here = rows.get(tenant_id)
    while here is not None:
        found.append(here.slug)
        here = rows.get(here.parent_id)
    return [*found, SHARED]


def files_along(product: Product, tenant_id: UUID) -> Iterator[tuple[str, Mapping[str, bytes]]]:
    """Each of these owners, the nearest first, with its files by path."""
    sources = StoredSources(product.db, shipped_sources())
    for owner in owners_along(product, tenant_id):
        yield owner, sources.files(owner)


def reachable_files(product: Product, tenant_id: UUID) -> dict[tuple[str, str], Resolved]:
    """What every procedure, form and decision that the tenant may name means for it."""
    found: dict[tuple[str, str], Resolved] = {}
    for owner, files in files_along(product, tenant_id):
        for kind in NAMED:
            for path, body in files.items():
                ref = _named(kind, owner, path)
                if ref and (kind.value, ref) not in found:
                    resolved = Resolved(kind, ref, path, owner, digest(body), body)
                    found[kind.value, ref] = resolved
    return found


def _named(kind: Kind, owner: str, path: str) -> str:
    """The name a file of this kind stands for; empty when it is of another."""
    ref = PurePosixPath(path).name.removesuffix(PLACES[kind].ending)
    return ref if path == PLACES[kind].path(owner, ref) else ""
