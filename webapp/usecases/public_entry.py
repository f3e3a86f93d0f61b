"""One entry of the list with its history, for anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.notices.masking import mask_text
from domain.register.listing import ListRow, entry_history, list_row
from domain.register.model import list_entries, mines
from engine.errors import NotFound
from engine.store.database import Unit
from engine.store.metadata import TENANT
from webapp.product import Product
from webapp.usecases.public import Authority, open_list

LONGEST_NUMBER = 9


@dataclass(frozen=True)
class EntryEvent:
    """What happened to an entry, as the public may read it: nobody's name, no personal data."""

    event: str
    status: str
    reason: str
    at: Any


@dataclass(frozen=True)
class PublicEntry:
    """An entry, why it is marked, what happened to it, and the mine's entries of other levels."""

    row: ListRow
    marks: Sequence[str]
    events: Sequence[EntryEvent]
    others: Sequence[ListRow]


def read_entry(product: Product, authority: Authority, key: str) -> PublicEntry:
    """The entry with this id, or the mine with this number of the list; NotFound for neither."""
    with open_list(product, authority) as tx:
        row = list_row(tx, _entry_id(tx, key))
        others = [list_row(tx, other) for other in _of_mine(tx, row.mine_id) if other != row.id]
        events = [
            EntryEvent(one.event, one.status, mask_text(one.reason), one.at)
            for one in entry_history(tx, row.id)
        ]
        marks = [mask_text(mark) for mark in sorted(row.entry.marks)]
        return PublicEntry(row, marks, events, others)


def _entry_id(tx: Unit, key: str) -> UUID:
    try:
        if not key.isdecimal() or len(key) > LONGEST_NUMBER:
            return UUID(key)
        mine = tx.scalar(
            select(mines.c.id)
            .where(mines.c.tenant_id == TENANT, mines.c.no == int(key))
            .order_by(mines.c.id)
            .limit(1)
        )
        return _of_mine(tx, mine)[0]
    except (ValueError, IndexError) as error:
        raise NotFound("名录中没有此矿山", "there is no such entry", entry=key) from error


def _of_mine(tx: Unit, mine_id: UUID | None) -> list[UUID]:
    found = tx.all(
        select(list_entries.c.id)
        .where(list_entries.c.tenant_id == TENANT, list_entries.c.mine_id == mine_id)
        .order_by(list_entries.c.level)
    )
    return [row.id for row in found]
