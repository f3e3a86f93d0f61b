"""What is open in a person's name: sessions and tokens, listed, ended one by one or all at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, select, update

from engine.actors import Actor
from engine.definitions.loading import tenant_id_of
from engine.errors import NotFound
from engine.store.control import accounts, sessions, tokens
from engine.store.database import ControlUnit, Database
from engine.store.metadata import TENANT
from engine.store.tables import memberships

MARK_LENGTH = 16
SESSION, TOKEN = "session", "token"
_KINDS = ((SESSION, sessions, "id_hash"), (TOKEN, tokens, "token_hash"))


@dataclass(frozen=True)
class Access:
    """One way in that stands open; ``mark`` names it and opens nothing."""

    mark: str
    kind: str
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None
    is_current: bool


def list_access(db: Database, actor: Actor, now: datetime, current: str = "") -> list[Access]:
    """The person's own sessions and tokens in this tenant, latest first; ``current`` is the secret
    of the one that asks."""
    with db.control(read_only=True) as control:
        found = list(_open(control, actor, now, _hash(current)))
    return sorted(found, key=lambda one: one.created_at, reverse=True)


def _open(control: ControlUnit, actor: Actor, now: datetime, current: str) -> Iterator[Access]:
    for kind, table, key in _KINDS:
        for row in control.all(select(table).where(*_own(table, actor), table.c.expires_at > now)):
            hashed = getattr(row, key)
            yield Access(
                mark=hashed[:MARK_LENGTH],
                kind=kind,
                created_at=row.created_at,
                expires_at=row.expires_at,
                seen_at=getattr(row, "seen_at", None),
                is_current=hashed == current,
            )


def end_access(db: Database, actor: Actor, mark: str) -> None:
    """End the session or token of this mark; NotFound unless it is the person's own."""
    ended = 0
    with db.control() as control:
        for _kind, table, key in _KINDS:
            named = table.c[key].startswith(mark, autoescape=True)
            if len(mark) == MARK_LENGTH:
                ended += control.execute(delete(table).where(*_own(table, actor), named)).rowcount
    if not ended:
        raise NotFound("没有这个登录或令牌", "there is no such session or token")


def end_others(db: Database, actor: Actor, current: str) -> int:
    """End every session and token of the person's but the one that asks; returns how many."""
    return _end(db, actor, (SESSION, TOKEN), keep=_hash(current))


def end_tokens(db: Database, actor: Actor) -> int:
    """End every token of the person's, also the one that asks; returns how many."""
    return _end(db, actor, (TOKEN,), keep="")


def _end(db: Database, actor: Actor, kinds: tuple[str, ...], keep: str) -> int:
    ended = 0
    with db.control() as control:
        for kind, table, key in _KINDS:
            if kind in kinds:
                chosen = (*_own(table, actor), table.c[key] != keep)
                ended += control.execute(delete(table).where(*chosen)).rowcount
    return ended


def switch_account(db: Database, username: str, *, active: bool) -> None:
    """Switch an account on or off everywhere; off, nothing of it stays open."""
    with db.control() as control:
        row = control.one(select(accounts.c.id).where(accounts.c.username == username))
        if row is None:
            raise _nobody(username)
        control.execute(update(accounts).where(accounts.c.id == row.id).values(active=active))
        if not active:
            for _kind, table, _key in _KINDS:
                control.execute(delete(table).where(table.c.account_id == row.id))


def switch_membership(db: Database, slug: str, username: str, *, active: bool) -> None:
    """Switch a person on or off in one tenant; off, nothing of his there stays open."""
    tenant_id = tenant_id_of(db, slug)
    known = (memberships.c.tenant_id == TENANT, memberships.c.username == username)
    with db.tenant(tenant_id) as tx:
        rows = tx.all(select(memberships.c.id).where(*known))
        if not rows:
            raise _nobody(username)
        tx.update(memberships, known[1], active=active)
    if not active:
        close_access(db, tenant_id, [row.id for row in rows])


def close_access(db: Database, tenant_id: UUID, membership_ids: Sequence[UUID]) -> None:
    """End every session and token of these memberships of a tenant."""
    with db.control() as control:
        for _kind, table, _key in _KINDS:
            theirs = table.c.membership_id.in_(list(membership_ids))
            control.execute(delete(table).where(table.c.tenant_id == tenant_id, theirs))


def _nobody(username: str) -> NotFound:
    return NotFound(f"没有用户 {username}", f"there is no user {username}", username=username)


def _own(table: Table, actor: Actor) -> tuple[Any, ...]:
    return (
        table.c.account_id == actor.account_id,
        table.c.tenant_id == actor.tenant_id,
        table.c.membership_id == actor.membership_id,
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
