"""What the register says about targets: mines and entries counted by scale, years and draws."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, select

from domain.register.copies import copied_entries
from domain.register.model import list_entries, mines
from domain.register.rules import ON_THE_LIST, Level, Scale
from domain.register.store import keeps_list
from domain.supervision.store import base_of, known_mines, listed_mines
from domain.targets.rules import Coverage, Planned, Target, plan_of, target_of
from engine.batches.draws.store import seated
from engine.office import Office, local_date
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import draws

INSPECTION = "inspection"
"""The kind of draw by which mines are chosen for inspection."""
AIMED = (Scale.LARGE, Scale.MEDIUM)


def targets(tx: Unit, office: Office) -> list[Target]:
    """The targets of the tenant against its register; none where it has no such parameter.

    Rules: R-NAT-12, R-IM-6.
    """
    if "target.by" not in office.parameters:
        return []
    by = dt.date.fromisoformat(str(office.parameter("target.by")))
    counts = counts_by_scale(tx, office)
    return [
        target_of(
            scale.value,
            Decimal(office.parameter(f"target.{scale.value}")),
            by,
            int(office.parameter(f"target.{scale.value}_base")),
            counts.get(scale, (0, 0)),
        )
        for scale in AIMED
    ]


def counts_by_scale(tx: Unit, office: Office) -> dict[Scale, tuple[int, int]]:
    """How many mines of each scale the register knows, and how many of them are on the list.

    Who keeps no list counts what the lists above say of its territory.
    """
    if not keeps_list(office):
        known = known_mines(tx, office)
        on = Counter(one.scale for one in known if one.status in ON_THE_LIST)
        seen = Counter(one.scale for one in known)
        return {scale: (number, on[scale]) for scale, number in seen.items() if scale is not None}
    listed = func.count(list_entries.c.mine_id.distinct())
    rows = tx.all(
        select(mines.c.scale, func.count(mines.c.id.distinct()).label("known"), listed.label("on"))
        .outerjoin(
            list_entries,
            and_(
                list_entries.c.tenant_id == mines.c.tenant_id,
                list_entries.c.mine_id == mines.c.id,
                list_entries.c.status.in_(list(ON_THE_LIST)),
            ),
        )
        .where(mines.c.tenant_id == TENANT)
        .group_by(mines.c.scale)
    )
    return {Scale(row.scale): (row.known, row.on) for row in rows}


def counts_by_level(tx: Unit, office: Office) -> dict[Level, int]:
    """How many entries of each level are on the list, or on those above where none is kept."""
    if not keeps_list(office):
        return dict(Counter(Level(one.mine.partition(":")[0]) for one in listed_mines(tx, office)))
    rows = tx.all(
        select(list_entries.c.level, func.count().label("number"))
        .where(list_entries.c.tenant_id == TENANT, list_entries.c.status.in_(list(ON_THE_LIST)))
        .group_by(list_entries.c.level)
    )
    return {Level(row.level): row.number for row in rows}


def plan(tx: Unit, office: Office, today: dt.date) -> list[Planned]:
    """The tenant's plan by year against what was on its list by the end of each.

    Rules: R-YJ-6.
    """
    lines = office.parameters.get("target.plan") or []
    return plan_of(lines, _listed_by_year(tx, office), today) if lines else []


def _listed_by_year(tx: Unit, office: Office) -> list[tuple[int, int]]:
    if keeps_list(office):
        rows = tx.all(
            select(list_entries.c.listed_on).where(
                list_entries.c.tenant_id == TENANT, list_entries.c.status.in_(list(ON_THE_LIST))
            )
        )
        days = [row.listed_on for row in rows]
    else:
        days = [one.listed_on for one in copied_entries(tx) if one.is_listed]
    years = sorted(0 if day is None else day.year for day in days)
    return [(year, number) for number, year in enumerate(years, start=1)]


def coverage(tx: Unit, office: Office, now: Any) -> Coverage | None:
    """How many mines of the list were drawn for inspection this year; None without a share."""
    if "inspection.ratio" not in office.parameters:
        return None
    year = local_date(office, now).year
    rows = tx.all(
        select(draws).where(
            draws.c.tenant_id == TENANT, draws.c.kind == INSPECTION, draws.c.seed.is_not(None)
        )
    )
    drawn = {
        member
        for row in rows
        if local_date(office, row.settled_at).year == year
        for member in seated(tx, row)
    }
    base = base_of(tx, office, year)
    return Coverage(year, base, len(drawn), Decimal(office.parameter("inspection.ratio")))
