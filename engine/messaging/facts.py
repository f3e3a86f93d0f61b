"""Facts that bind other levels: published by their owner, kept below as read-only copies.

Nobody reads across tenants. Who publishes keeps the fact beside its own rows and leaves a message
to the outbox, in the same transaction; the transport brings what is new to every tenant below, at
least once. A copy knows its source, its number and the digest of its content; an older one never
takes the place of a newer one, and one that is not what its digest says is refused. A tenant that
is loaded later asks those above it for what they have published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.canonical import JsonValue, canonical, digest
from engine.errors import Refused
from engine.messaging.outbox import post_message
from engine.messaging.transport import Message
from engine.store.control import tenants
from engine.store.database import Database, Unit
from engine.store.metadata import TENANT
from engine.store.tables import published_facts, units

FACTS, FOLLOW = "facts", "follow"
KINDS = (FACTS, FOLLOW)
OWN = ""
"""The source of a fact that is the tenant's own."""
MOST_DEEP = 8


@dataclass(frozen=True)
class Fact:
    """What is published: of which kind, its key with the owner, and whom or what it is about.

    ``scope`` is the unit it concerns; a tenant that has nothing to do with it takes no copy.
    """

    kind: str
    key: str
    about: str
    content: Mapping[str, JsonValue]
    scope: str = ""


def publish_fact(tx: Unit, fact: Fact, now: datetime) -> None:
    """Keep a fact and have every tenant below told; the same content again changes nothing."""
    own = (published_facts.c.source == OWN, published_facts.c.kind == fact.kind)
    known = tx.one(
        select(published_facts).where(
            published_facts.c.tenant_id == TENANT, *own, published_facts.c.key == fact.key
        )
    )
    values = {
        "about": fact.about,
        "scope": fact.scope,
        "content": dict(fact.content),
        "digest": digest(canonical(fact.content)),
        "at": now,
    }
    if known is None:
        tx.insert(
            published_facts,
            source=OWN,
            kind=fact.kind,
            key=fact.key,
            seq=1,
            source_name="",
            **values,
        )
    elif known.digest == values["digest"] and known.scope == fact.scope:
        return
    else:
        tx.change(published_facts, {"id": known.id}, seq=known.seq + 1, **values)
    post_message(tx, FACTS, f"{FACTS}:{now.isoformat()}", {}, now)


def follow(tx: Unit, now: datetime) -> None:
    """Ask the tenants above for all that they have published."""
    post_message(tx, FOLLOW, f"{FOLLOW}:{now.isoformat()}", {}, now)


def facts_of(tx: Unit, kind: str, about: str | None = None) -> Sequence[Any]:
    """The copies of other levels' facts of a kind, perhaps about one subject alone."""
    where = [] if about is None else [published_facts.c.about == about]
    return tx.all(
        select(published_facts)
        .where(
            published_facts.c.tenant_id == TENANT,
            published_facts.c.kind == kind,
            published_facts.c.source != OWN,
            *where,
        )
        .order_by(published_facts.c.source, published_facts.c.key)
    )


class Publishing:
    """The transport that brings facts to the tenants below."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def __call__(self, message: Message) -> None:
        with self._db.control(read_only=True) as control:
            rows = {row.id: row for row in control.all(select(tenants))}
        if message.kind == FOLLOW:
            for above in _above(message.tenant_id, rows):
                self._bring(above, [rows[message.tenant_id]], None)
            return
        below = [row for row in rows.values() if rows[message.tenant_id] in _above(row.id, rows)]
        self._bring(rows[message.tenant_id], below, message.created_at)

    def _bring(self, source: Any, receivers: Sequence[Any], since: datetime | None) -> None:
        where = [] if since is None else [published_facts.c.at >= since]
        with self._db.tenant(source.id, read_only=True) as tx:
            facts = tx.all(
                select(published_facts)
                .where(
                    published_facts.c.tenant_id == TENANT, published_facts.c.source == OWN, *where
                )
                .order_by(published_facts.c.kind, published_facts.c.key)
            )
        for receiver in receivers:
            with self._db.tenant(receiver.id) as tx:
                territory = _territory(tx, receiver.level)
                for fact in facts:
                    if not fact.scope or fact.scope in territory:
                        take_copy(tx, source, fact)


def _above(tenant_id: UUID, rows: Mapping[UUID, Any]) -> list[Any]:
    """The tenants above one, the nearest first."""
    found: list[Any] = []
    parent = rows[tenant_id].parent_id
    while parent is not None and len(found) < MOST_DEEP:
        found.append(rows[parent])
        parent = rows[parent].parent_id
    return found


def _territory(tx: Unit, level: str) -> frozenset[str]:
    """The units of the tenant's own level and all below them."""
    rows = {r.code: r for r in tx.all(select(units).where(units.c.tenant_id == TENANT))}

    def belongs(code: str | None, depth: int = 0) -> bool:
        row = rows.get(code or "")
        if row is None or depth == MOST_DEEP:
            return False
        return row.kind == level or belongs(row.parent_code, depth + 1)

    return frozenset(code for code in rows if belongs(code))


def take_copy(tx: Unit, source: Any, fact: Any) -> None:
    """Keep a copy of another level's fact unless a newer one is here; Refused if it was altered."""
    if digest(canonical(fact.content)) != fact.digest:
        raise Refused(
            f"{source.name}发布的内容与其摘要不符",
            f"a fact published by {source.slug} is not what its digest says",
            code="fact_altered",
        )
    keys = {"source": source.slug, "kind": fact.kind, "key": fact.key}
    values = {
        "source_name": source.name,
        **{
            name: getattr(fact, name)
            for name in ("about", "scope", "content", "digest", "seq", "at")
        },
    }
    known = tx.one(
        select(published_facts).where(
            published_facts.c.tenant_id == TENANT,
            *(published_facts.c[name] == value for name, value in keys.items()),
        )
    )
    if known is None:
        tx.upsert(published_facts, tuple(keys), {**keys, **values}, {}, give=published_facts.c.id)
    elif known.seq < fact.seq:
        tx.change(published_facts, {"id": known.id}, **values)
