"""Identity: sign in and out, sessions and tokens kept on the server, passwords by argon2."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, insert, select, update

from engine.actors import Actor, actor_from_row, load_actor
from engine.errors import LuchengError
from engine.ids import new_id
from engine.loading import tenant_id_of
from engine.store.control import accounts, sessions, tenants, tokens
from engine.store.database import ControlUnit, Database
from engine.store.metadata import TENANT
from engine.store.tables import memberships

MAX_FAILURES = 5
LOCK = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)
_hasher = PasswordHasher()
_DUMMY = _hasher.hash(secrets.token_hex(16))


class SignInRefused(LuchengError):
    """Wrong tenant, name or password; the wording never tells which."""

    code = "sign_in"

    def __init__(self) -> None:
        super().__init__("单位、用户名或密码不正确", "unit, user name or password is wrong")


class Locked(LuchengError):
    """Too many wrong passwords."""

    code = "locked"

    def __init__(self) -> None:
        super().__init__(
            "密码错误次数过多，请 15 分钟后再试", "too many failures; try again in 15 minutes"
        )


class TokenRefused(LuchengError):
    """No token, or one that is unknown or over."""

    code = "unauthorized"

    def __init__(self) -> None:
        super().__init__("请先取得令牌", "a valid bearer token is needed")


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _hasher.hash(password)


def verify_credentials(
    db: Database, slug: str, username: str, password: str, now: datetime
) -> tuple[UUID, Actor]:
    """The tenant and the person behind a name and password; SignInRefused or Locked."""
    with db.control(read_only=True) as control:
        account = control.one(select(accounts).where(accounts.c.username == username))
        tenant = control.one(select(tenants.c.id).where(tenants.c.slug == slug))
    # The hash is checked even for unknown names, so that the time taken tells nothing.
    good = _matches(_DUMMY if account is None else account.password_hash, password)
    if account is None or tenant is None or not account.active:
        raise SignInRefused
    if account.locked_until is not None and account.locked_until > now:
        raise Locked
    if not good:
        _note_failure(db, account, now)
        raise SignInRefused
    actor = _member(db, tenant.id, account.id)
    if actor is None:
        raise SignInRefused
    if account.failures:
        with db.control() as control:
            control.execute(
                update(accounts)
                .where(accounts.c.id == account.id)
                .values(failures=0, locked_until=None)
            )
    return tenant.id, actor


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _note_failure(db: Database, account: Any, now: datetime) -> None:
    failures = account.failures + 1
    locked = failures >= MAX_FAILURES
    with db.control() as control:
        control.execute(
            update(accounts)
            .where(accounts.c.id == account.id)
            .values(
                failures=0 if locked else failures,
                locked_until=now + LOCK if locked else None,
            )
        )


def _member(db: Database, tenant_id: UUID, account_id: UUID) -> Actor | None:
    with db.tenant(tenant_id, read_only=True) as tx:
        row = tx.one(
            select(memberships)
            .where(
                memberships.c.tenant_id == TENANT,
                memberships.c.account_id == account_id,
                memberships.c.active.is_(True),
            )
            .order_by(memberships.c.created_at)
            .limit(1)
        )
    return None if row is None else actor_from_row(row)


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
    with db.control(read_only=True) as control:
        row = control.one(select(sessions).where(sessions.c.id_hash == _digest(secret)))
    if row is None or row.expires_at <= now:
        return None
    if now - row.seen_at > SEEN_EVERY:
        with db.control() as control:
            control.execute(
                update(sessions).where(sessions.c.id_hash == row.id_hash).values(seen_at=now)
            )
    with db.tenant(row.tenant_id, read_only=True) as tx:
        return load_actor(tx, row.membership_id)


def close_session(db: Database, secret: str) -> None:
    """End a session on the server."""
    with db.control() as control:
        control.execute(delete(sessions).where(sessions.c.id_hash == _digest(secret)))


def issue_token(
    db: Database, slug: str, username: str, password: str, *, now: datetime, days: int
) -> str:
    """A bearer token for the API; the tenant comes from the token ever after."""
    _, actor = verify_credentials(db, slug, username, password, now)
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
    with db.control(read_only=True) as control:
        row = control.one(select(tokens).where(tokens.c.token_hash == _digest(secret)))
    if row is None or row.expires_at <= now:
        return None
    with db.tenant(row.tenant_id, read_only=True) as tx:
        return load_actor(tx, row.membership_id)


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
            failures=0,
            created_at=now,
        )
    return account_id


def _account_id(control: ControlUnit, username: str) -> UUID | None:
    row = control.one(select(accounts.c.id).where(accounts.c.username == username))
    return None if row is None else row.id


def tenants_to_sign_in(db: Database) -> list[tuple[str, str]]:
    """Slug and name of every tenant, for the sign-in page."""
    with db.control(read_only=True) as control:
        rows = control.all(select(tenants.c.slug, tenants.c.name).order_by(tenants.c.created_at))
    return [(row.slug, row.name) for row in rows]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


__all__ = [
    "Locked",
    "SignInRefused",
    "TokenRefused",
    "add_account",
    "close_session",
    "ensure_account",
    "hash_password",
    "issue_token",
    "open_session",
    "session_actor",
    "tenant_id_of",
    "tenants_to_sign_in",
    "token_actor",
    "verify_credentials",
]
