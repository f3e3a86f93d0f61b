"""Names for principals: with whom an item is, whose case it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.cases.lifecycle import BY_EVENT
from engine.office import Office
from engine.store.control import assessor_bodies, enterprises
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import memberships, units

MOST_NAMED = 3


def principal_names(tx: Unit, office: Office, principals: Iterable[str]) -> dict[str, str]:
    """What each principal is called: a person, an enterprise, a unit, else the role's name.

    A case that began by itself belongs to nobody, who has no name.
    """
    found: dict[str, str] = {}
    ids: dict[str, set[UUID]] = {"person": set(), "enterprise": set(), "body": set()}
    codes: set[str] = set()
    for principal in set(principals) - {BY_EVENT}:
        role, _, unit = principal.partition("@")
        kind, _, ref = role.partition(":")
        if ref and kind in ids:
            ids[kind].add(UUID(ref))
        elif unit:
            codes.add(unit)
        else:
            found[principal] = office.role_name(role)
    found |= {f"person:{row.id}": row.name for row in _people(tx, ids["person"])}
    found |= _named(tx, enterprises, "enterprise", ids["enterprise"])
    found |= _named(tx, assessor_bodies, "body", ids["body"])
    places = _units(tx, codes)
    for principal in set(principals):
        role, _, unit = principal.partition("@")
        if unit:
            found[principal] = places.get(unit, unit)
    return found


def people_names(tx: Unit, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names of members of the tenant by id."""
    return {row.id: row.name for row in _people(tx, {i for i in ids if i is not None})}


def in_words(principals: Sequence[str], names: Mapping[str, str]) -> str:
    """Candidates in words; after a few only how many more there are."""
    words = list(dict.fromkeys(names[p] for p in principals if names.get(p)))
    rest = len(words) - MOST_NAMED
    told = "、".join(words[:MOST_NAMED])
    return f"{told} +{rest}" if rest > 0 else told


def _people(tx: Unit, ids: set[UUID]) -> Sequence[Any]:
    if not ids:
        return ()
    return tx.all(
        select(memberships.c.id, memberships.c.name).where(
            memberships.c.tenant_id == TENANT, memberships.c.id.in_(ids)
        )
    )


def _named(tx: Unit, table: Any, kind: str, ids: set[UUID]) -> dict[str, str]:
    if not ids:
        return {}
    rows = tx.all(select(table.c.id, table.c.name).where(table.c.id.in_(ids)))
    return {f"{kind}:{row.id}": row.name for row in rows}


def _units(tx: Unit, codes: set[str]) -> dict[str, str]:
    if not codes:
        return {}
    rows = tx.all(
        select(units.c.code, units.c.name).where(
            units.c.tenant_id == TENANT, units.c.code.in_(codes)
        )
    )
    return {row.code: row.name for row in rows}
