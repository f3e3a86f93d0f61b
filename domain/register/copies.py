"""The list as the levels below see it: entries of their own territory, as read-only copies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.register.listing import ListRow
from domain.register.rules import ON_THE_LIST, Level, ListStatus, Method, Scale
from engine.canonical import JsonValue
from engine.messaging.facts import Fact, facts_of
from engine.store.database import Unit

LIST_ENTRY = "list-entry"


@dataclass(frozen=True)
class Copied:
    """An entry of a list that another level keeps, and who published it when."""

    number: int
    name: str
    holder: str
    division: str
    mineral: str
    method: Method
    scale: Scale
    level: Level
    status: ListStatus
    marks: tuple[str, ...]
    listed_on: dt.date | None
    removals: int
    source: str
    digest: str
    published_at: dt.datetime

    @property
    def is_listed(self) -> bool:
        """Whether the mine stands on the list."""
        return self.status in ON_THE_LIST


def entry_fact(row: ListRow, removals: int) -> Fact:
    """What is published of an entry whenever something happens to it; how often it was removed."""
    entry, mine = row.entry, row.entry.mine
    told: dict[str, JsonValue] = {
        "number": mine.no,
        "name": mine.name or mine.printed_name,
        "holder": "" if mine.holder is None else mine.holder.name,
        "division": row.division,
        "mineral": mine.mineral,
        "method": str(mine.method),
        "scale": str(mine.scale),
        "level": str(entry.level),
        "status": str(entry.status),
        "marks": sorted(entry.marks),
        "removals": removals,
        "listedOn": None if entry.listed_on is None else entry.listed_on.isoformat(),
    }
    return Fact(LIST_ENTRY, str(row.id), f"mine:{row.mine_id}", told, scope=row.division)


def copied_entries(tx: Unit) -> Sequence[Copied]:
    """The entries of the tenant's territory on the lists of those above, by number.

    Rules: R-NAT-4, R-YJ-3.
    """
    found = [_copied(row) for row in facts_of(tx, LIST_ENTRY)]
    return sorted(found, key=lambda entry: (entry.source, entry.number))


def _copied(row: Any) -> Copied:
    told = row.content
    listed_on = told["listedOn"]
    return Copied(
        number=told["number"],
        name=told["name"],
        holder=told["holder"],
        division=told["division"],
        mineral=told["mineral"],
        method=Method(told["method"]),
        scale=Scale(told["scale"]),
        level=Level(told["level"]),
        status=ListStatus(told["status"]),
        marks=tuple(told["marks"]),
        listed_on=None if listed_on is None else dt.date.fromisoformat(listed_on),
        removals=told.get("removals", 0),
        source=row.source_name,
        digest=row.digest,
        published_at=row.at,
    )
