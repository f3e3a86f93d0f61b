"""What stands open on a case, read at once: variables, items, timers, subscriptions, incidents.

A command needs to know of every kind of row whether there is one. Asking each table costs a
round trip each; one statement over all of them costs one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, Uuid, bindparam, cast, literal, null, or_, select, union_all

from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.prepared import Answer
from engine.store.tables import (
    clock_stops,
    incidents,
    recusals,
    scopes,
    subscriptions,
    timers,
    work_items,
)
from engine.store.types import Json

OPEN_ITEM = ("offered", "claimed", "awaiting", "stuck")


@dataclass
class CaseParts:
    """The open rows of one case; ``items``, ``timers``, ``subscriptions``: row id by token id.

    ``revisions`` are those of the open items, by item id; ``added`` the open items of added signers
    by the item they belong to; ``recused`` who may not act on the case.
    """

    variables: dict[UUID, Mapping[str, Any]] = field(default_factory=dict)
    items: dict[UUID, UUID] = field(default_factory=dict)
    timers: dict[UUID, UUID] = field(default_factory=dict)
    subscriptions: dict[UUID, UUID] = field(default_factory=dict)
    incidents: set[UUID] = field(default_factory=set)
    revisions: dict[UUID, int] = field(default_factory=dict)
    has_stops: bool = False
    added: dict[UUID, list[UUID]] = field(default_factory=dict)
    recused: set[UUID] = field(default_factory=set)


def ask_parts(tx: Unit, case_id: UUID) -> Answer:
    """Ask for everything open on a case together with something else, for :func:`load_parts`."""
    return tx.ask(_PARTS, of_case=case_id)


def load_parts(tx: Unit, case_id: UUID, asked: Answer | None = None) -> CaseParts:
    """Everything open on a case; lock the case first."""
    parts = CaseParts()
    by_token = {"item": parts.items, "timer": parts.timers, "subscription": parts.subscriptions}
    for kind, row_id, token_id, revision, variables in (asked or ask_parts(tx, case_id)).rows:
        if kind == "scope":
            parts.variables[row_id] = variables
        elif kind == "incident":
            parts.incidents.add(row_id)
        elif kind == "stop":
            parts.has_stops = True
        elif kind == "added":
            parts.added.setdefault(token_id, []).append(row_id)
            parts.revisions[row_id] = revision
        elif kind == "recusal":
            parts.recused.add(token_id)
        else:
            by_token[kind][token_id] = row_id
            parts.revisions[row_id] = revision
    return parts


def _part(kind: str, table: Any, token: Any, *where: Any) -> Select[Any]:
    revision = table.c.revision if table is work_items else _NO_REVISION
    columns = (literal(kind).label("kind"), table.c.id, token, revision, _NOTHING)
    return select(*columns).where(
        table.c.tenant_id == TENANT, table.c.case_id == bindparam("of_case"), *where
    )


_IS_OPEN = or_(*(work_items.c.status == status for status in OPEN_ITEM))
_IS_ADDED = work_items.c.parent_id.is_not(None)
_NOTHING = cast(null(), Json)
_NO_TOKEN = cast(null(), Uuid())
_NO_REVISION = cast(null(), Integer())
_PARTS = union_all(
    select(
        literal("scope").label("kind"), scopes.c.id, _NO_TOKEN, _NO_REVISION, scopes.c.variables
    ).where(scopes.c.tenant_id == TENANT, scopes.c.case_id == bindparam("of_case")),
    _part(
        "item",
        work_items,
        work_items.c.token_id,
        _IS_OPEN,
        work_items.c.parent_id.is_(None),
    ),
    _part("added", work_items, work_items.c.parent_id, _IS_ADDED, work_items.c.closed_at.is_(None)),
    _part("recusal", recusals, recusals.c.membership_id),
    _part("timer", timers, timers.c.token_id),
    _part("subscription", subscriptions, subscriptions.c.token_id),
    _part("incident", incidents, incidents.c.token_id, incidents.c.closed_at.is_(None)),
    _part("stop", clock_stops, clock_stops.c.token_id),
)
