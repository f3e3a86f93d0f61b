"""The tenant's own territory: its mines on the lists above, its plan and its zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from domain.register.copies import Copied, copied_entries
from domain.targets.rules import Planned
from domain.targets.store import plan
from domain.zones.rules import (
    area,
    metres_across,
    outline,
    read_corners,
)
from engine.actors import Actor
from engine.errors import Forbidden, NotFound
from engine.office import Office, local_date
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import units
from webapp.product import Product

CORNERS, PRINTED_AREA, ZONE_NAME = "zone.corners", "zone.area", "zone.name"
PICTURE_WIDTH, PICTURE_MARGIN = 640, 24


@dataclass(frozen=True)
class ZoneMap:
    """A zone to be drawn: its corners on the picture, and both areas to be compared."""

    name: str
    points: Sequence[tuple[int, int]]
    width: int
    height: int
    metres_a_pixel: Decimal
    corners: Sequence[tuple[int, Decimal, Decimal]]
    area: Decimal
    printed: Decimal


@dataclass(frozen=True)
class Territory:
    """What a tenant sees of its own territory."""

    entries: Sequence[Copied]
    listed: int
    plan: Sequence[Planned]
    zone: ZoneMap | None
    places: dict[str, str]


def read_territory(product: Product, actor: Actor) -> Territory:
    """The mines of the territory on the lists above, the plan beside them, and the zone.

    Rules: R-YJ-3, R-YJ-22.
    """
    _check_may(actor)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        office = product.world.offices.get(tx)
        return _territory(tx, office, local_date(office, product.clock.now()))


def read_zone(product: Product, actor: Actor) -> ZoneMap:
    """The zone of the tenant; NotFound for one that has none."""
    _check_may(actor)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        zone = _zone(product.world.offices.get(tx))
    if zone is None:
        raise NotFound("本单位没有示范区", "this tenant has no zone")
    return zone


def _check_may(actor: Actor) -> None:
    if actor.capacity == "applicant":
        raise Forbidden("仅供本单位人员查看", "only for people of the office")


def _territory(tx: Unit, office: Office, today: date) -> Territory:
    entries = copied_entries(tx)
    rows = tx.all(select(units.c.code, units.c.short).where(units.c.tenant_id == TENANT))
    listed, places = sum(entry.is_listed for entry in entries), {r.code: r.short for r in rows}
    return Territory(entries, listed, plan(tx, office, today), _zone(office), places)


def _zone(office: Office) -> ZoneMap | None:
    lines = office.parameters.get(CORNERS)
    if not lines:
        return None
    corners = read_corners(lines)
    points, height = outline(corners, PICTURE_WIDTH, PICTURE_MARGIN)
    return ZoneMap(
        name=str(office.parameters.get(ZONE_NAME, "")),
        points=points,
        width=PICTURE_WIDTH,
        height=height,
        metres_a_pixel=metres_across(corners) / (PICTURE_WIDTH - 2 * PICTURE_MARGIN),
        corners=[(n, corner.north, corner.east) for n, corner in enumerate(corners, 1)],
        area=area(corners),
        printed=Decimal(str(office.parameters.get(PRINTED_AREA, 0))),
    )
