"""The audit log (审计日志): every act of an administrator, appended and chained, never changed.

The runtime role of PostgreSQL can neither change nor delete its rows; on every database each row
holds the hash of all before it, so that :func:`verify_audit` finds what was altered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.canonical import canonical, digest
from engine.history import GENESIS
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import audit, counters

COUNTER = "audit"
_CHAINED = ("seq", "at", "actor", "actor_name", "capacity", "act", "about", "content")


def note_act(
    tx: Unit,
    actor: Actor | None,
    act: str,
    about: str,
    now: datetime,
    content: Mapping[str, Any] | None = None,
) -> int:
    """Append an act, in the transaction that does it; returns its number.

    ``act`` is one of ``ACTS`` below, ``about`` what it was done to, ``content`` what a reader has
    to know to understand it, plain JSON without secrets. Without an ``actor`` the operator of the
    installation did it on the command line.
    """
    following = {"value": counters.c.value + 1}
    first = {"name": COUNTER, "value": 1}
    # the row of the counter is locked until the commit: one act after the other
    seq = int(tx.upsert(counters, ("name",), first, following, give=counters.c.value))
    facts: dict[str, Any] = {
        "seq": seq,
        "at": now,
        "actor": None if actor is None else actor.membership_id,
        "actor_name": "" if actor is None else actor.label,
        "capacity": "operator" if actor is None else actor.capacity,
        "act": act,
        "about": about,
        "content": dict(content or {}),
    }
    tx.insert(audit, hash=_hash(_head(tx, seq - 1), facts), **facts)
    return seq


def _head(tx: Unit, seq: int) -> str:
    query = select(audit.c.hash).where(audit.c.tenant_id == TENANT, audit.c.seq == seq)
    return str(tx.scalar(query)) if seq else GENESIS


def _hash(head: str, facts: Mapping[str, Any]) -> str:
    told = {name: facts[name] for name in _CHAINED}
    at: datetime = told["at"]
    actor: UUID | None = told["actor"]
    told |= {"at": at.isoformat(), "actor": None if actor is None else str(actor)}
    return digest(canonical({**told, "before": head}))


def verify_audit(tx: Unit) -> int | None:
    """The number of the first act that is not as it was written; None when all are."""
    head, seq = GENESIS, 0
    for row in tx.all(select(audit).where(audit.c.tenant_id == TENANT).order_by(audit.c.seq)):
        seq += 1
        facts = {name: getattr(row, name) for name in _CHAINED}
        if row.seq != seq or row.hash != _hash(head, facts):
            return seq
        head = row.hash
    noted = tx.scalar(
        select(counters.c.value).where(counters.c.tenant_id == TENANT, counters.c.name == COUNTER)
    )
    return None if seq == (noted or 0) else seq + 1
