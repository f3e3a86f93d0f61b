"""The tenant of a database as a dry run is played in it: its rules, nothing of its people."""

from __future__ import annotations

from sqlalchemy import select

from engine.dry_run.trial import Surroundings
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import parameters, settings, units


def read_surroundings(tx: Unit) -> Surroundings:
    """Settings, calendar, parameters and administrative units of the unit's tenant."""
    rows = tx.all(select(settings.c.name, settings.c.value).where(settings.c.tenant_id == TENANT))
    values = {row.name: row.value for row in rows}
    known = tx.all(
        select(parameters.c.key, parameters.c.value).where(parameters.c.tenant_id == TENANT)
    )
    places = tx.all(select(units).where(units.c.tenant_id == TENANT).order_by(units.c.code))
    return Surroundings(
        tenant=values.get("tenant", {}),
        calendar=values.get("calendar", {}),
        parameters={row.key: row.value for row in known},
        units=tuple(
            {
                "code": row.code,
                "name": row.name,
                "short": row.short,
                "kind": row.kind,
                "parent_code": row.parent_code,
            }
            for row in places
        ),
    )
