"""From whom is drawn: the mines on the list, and people by what they stand for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from domain.register.model import holders, list_entries, mines
from domain.register.rules import ON_THE_LIST, Level
from engine.actors import people_for
from engine.batches.draws.rules import Member
from engine.store.database import Unit
from engine.store.metadata import TENANT

PRINTED = {Level.NATIONAL: "国家级", Level.REGIONAL: "自治区级"}


def listed_mines(tx: Unit, division: str = "") -> list[Member]:
    """The mines that are on the list, by level and number; ``division`` is where its code begins.

    Rules: R-NAT-31, R-IM-46.
    """
    return [
        Member(key_of(row), row.level, f"{row.name or row.printed_name}（序号 {row.no}）")
        for row in _listed(tx)
        if (row.division or "").startswith(division)
    ]


def key_of(row: Any) -> str:
    """What names a mine in a draw: the level of the list and its number there."""
    return f"{row.level}:{row.no}"


def people_pool(tx: Unit, principals: Iterable[str]) -> list[Member]:
    """The active people who stand for one of these roles and may act."""
    return [
        Member(f"person:{one.membership_id}", "", one.label)
        for one in people_for(tx, principals)
        if one.may_act
    ]


def _listed(tx: Unit) -> list[Any]:
    return list(
        tx.all(
            select(
                list_entries.c.level,
                mines.c.no,
                mines.c.name,
                mines.c.printed_name,
                mines.c.division,
                holders.c.name.label("holder"),
            )
            .join(
                mines,
                (mines.c.tenant_id == list_entries.c.tenant_id)
                & (mines.c.id == list_entries.c.mine_id),
            )
            .outerjoin(
                holders,
                (holders.c.tenant_id == mines.c.tenant_id) & (holders.c.id == mines.c.holder_id),
            )
            .where(list_entries.c.tenant_id == TENANT, list_entries.c.status.in_(ON_THE_LIST))
            .order_by(list_entries.c.level, mines.c.no)
        )
    )
