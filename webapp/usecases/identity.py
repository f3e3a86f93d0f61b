"""Identity: accounts, and the sessions and tokens that are kept on the server."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, bindparam, delete, insert, select, update

from engine.actors import Actor, load_actor
from engine.errors import LuchengError
from engine.ids import new_id
from engine.store.control import accounts, sessions, tenants, tokens
from engine.store.database import ControlUnit, Database
from engine.tenancy.model import LEVELS
from webapp.usecases.sign_in import hash_password

SEEN_EVERY = timedelta(minutes=1)


class TokenRefused(LuchengError):
    """No token, or one that is unknown or over."""

    code = "unauthorized"

    def __init__(self) -> None:
        super().__init__("请先取得令牌", "a valid bearer token is needed")


def open_session(db: Database, actor: Actor, now: datetime, hours: int) -> str:
    """A new server-side session; returns the secret for the cookie."""
    secret = secrets.token_urlsafe(32)
    with db.control() as control:
        control.execute(delete(sessions).where(sessions.c.expires_at < now))
        control.execute(
            insert(sessions).values(
                id_hash=_digest(secret),
                account_id=actor.account_id,
                tenant_id=actor.tenant_id,
                membership_id=actor.membership_id,
                created_at=now,
                seen_at=now,
                expires_at=now + timedelta(hours=hours),
            )
        )
    return secret


def session_actor(db: Database, secret: str, now: datetime) -> Actor | None:
    """The person behind a session cookie, or None when it is unknown or over."""
    row, found = _holder(db, _SESSION, secret, now)
    if row is not None and now - row.seen_at > SEEN_EVERY:
        with db.control() as control:
            control.execute(
                update(sessions).where(sessions.c.id_hash == row.id_hash).values(seen_at=now)
            )
    return found


def _holder(db: Database, statement: Any, secret: str, now: datetime) -> tuple[Any, Actor | None]:
    """What a secret opens, and the person behind it; nothing when it is unknown or over."""
    with db.control(read_only=True) as control:
        for row in control.fetch(statement, secret_hash=_digest(secret)):
            if row.expires_at > now:
                found = load_actor(control.of_tenant(row.tenant_id), row.membership_id)
                return row, None if found is None or found.is_over(now) else found
    return None, None


def _active(table: Table, matches: ColumnElement[bool]) -> Select[Any]:
    """The row, unless its account was switched off since."""
    account = (accounts.c.id == table.c.account_id) & accounts.c.active.is_(True)
    return select(table).join(accounts, account).where(matches)


_SESSION = _active(sessions, sessions.c.id_hash == bindparam("secret_hash"))
_TOKEN = _active(tokens, tokens.c.token_hash == bindparam("secret_hash"))


def close_session(db: Database, secret: str) -> None:
    """End a session on the server."""
    with db.control() as control:
        control.execute(delete(sessions).where(sessions.c.id_hash == _digest(secret)))


def open_token(db: Database, actor: Actor, *, now: datetime, days: int) -> str:
    """A bearer token for a person who is known to be himself."""
    secret = secrets.token_urlsafe(32)
    with db.control() as control:
        control.execute(
            insert(tokens).values(
                token_hash=_digest(secret),
                account_id=actor.account_id,
                tenant_id=actor.tenant_id,
                membership_id=actor.membership_id,
                created_at=now,
                expires_at=now + timedelta(days=days),
            )
        )
    return secret


def token_actor(db: Database, secret: str, now: datetime) -> Actor | None:
    """The person behind a bearer token, or None."""
    return _holder(db, _TOKEN, secret, now)[1]


def ensure_account(db: Database, username: str, name: str, password: str, now: datetime) -> UUID:
    """The account with this user name, made when there is none."""
    with db.control(read_only=True) as control:
        known = _account_id(control, username)
    if known is not None:
        return known
    # hashed before the transaction: it takes its time
    return add_account(db, username, name, hash_password(password), now)


def add_account(db: Database, username: str, name: str, hashed: str, now: datetime) -> UUID:
    """An account with this password hash; the one that has the user name when there is one."""
    with db.control() as control:
        known = _account_id(control, username)
        if known is not None:
            return known
        account_id = new_id()
        control.insert(
            accounts,
            id=account_id,
            username=username,
            password_hash=hashed,
            name=name,
            active=True,
            created_at=now,
        )
    return account_id


def _account_id(control: ControlUnit, username: str) -> UUID | None:
    row = control.one(select(accounts.c.id).where(accounts.c.username == username))
    return None if row is None else row.id


def tenants_to_sign_in(db: Database) -> list[tuple[str, list[tuple[str, str]]]]:
    """Level by level, from the top: slug and name of every tenant, for the sign-in page."""
    told = select(tenants.c.slug, tenants.c.name, tenants.c.level)
    with db.control(read_only=True) as control:
        open_ones = told.where(tenants.c.closed_at.is_(None))
        rows = control.all(open_ones.order_by(tenants.c.created_at))
    levels: dict[str, list[tuple[str, str]]] = {level: [] for level in LEVELS}
    for row in rows:
        levels.setdefault(row.level, []).append((row.slug, row.name))
    return [(level, found) for level, found in levels.items() if found]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
