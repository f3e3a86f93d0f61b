"""Signing in: name and password checked, guesses counted before they are looked at.

Whatever is counted is counted for names that exist and names that do not, and for a while only:
nobody learns who has an account, and nobody can be kept out of a browser he has used before.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.actors import Actor, actor_from_row
from engine.errors import LuchengError
from engine.store.control import accounts, sign_in_attempts, tenants
from engine.store.database import ControlUnit, Database
from engine.store.metadata import TENANT
from engine.store.tables import memberships

# One set of parameters for every account: the time a check takes tells nothing.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_DUMMY = _hasher.hash(secrets.token_hex(16))


@dataclass(frozen=True)
class Limit:
    """So many wrong passwords in so long a time."""

    most: int
    within: timedelta


OF_NAME_AND_PLACE = Limit(5, timedelta(minutes=15))
OF_ADDRESS = Limit(30, timedelta(minutes=15))
OF_NAME = Limit(100, timedelta(hours=1))


@dataclass(frozen=True)
class Credentials:
    """Where somebody wants to work, and who he says he is."""

    tenant: str
    username: str
    password: str


@dataclass(frozen=True)
class Origin:
    """Where a request comes from; ``device`` names a browser that this very user name has signed
    in with before, and is empty for all others."""

    address: str
    device: str = ""


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


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _hasher.hash(password)


def verify_credentials(db: Database, given: Credentials, origin: Origin, now: datetime) -> Actor:
    """The person behind a name and password; SignInRefused or Locked."""
    counted = dict(_counters(given.username, origin))
    with db.control() as control:
        count_guess(control, counted, now)
        account = control.one(select(accounts).where(accounts.c.username == given.username))
        tenant = control.one(select(tenants.c.id).where(tenants.c.slug == given.tenant))
    # The hash is checked even for unknown names, so that the time taken tells nothing.
    good = _matches(_DUMMY if account is None else account.password_hash, given.password)
    if not good or account is None or tenant is None or not account.active:
        raise SignInRefused
    actor = _member(db, tenant.id, account.id)
    if actor is None or actor.is_over(now):
        raise SignInRefused
    with db.control() as control:
        take_back(control, counted)
        if _hasher.check_needs_rehash(account.password_hash):
            _store_hash(control, account.id, hash_password(given.password))
    return actor


def _counters(username: str, origin: Origin) -> Iterator[tuple[str, Limit]]:
    """What a guess counts for. A known browser counts for itself alone: strangers who fail in
    somebody's name, or from his address, do not keep him out."""
    if origin.device:
        yield guess_key("device", origin.device, username), OF_NAME_AND_PLACE
        return
    yield guess_key("address", origin.address), OF_ADDRESS
    yield guess_key("place", origin.address, username), OF_NAME_AND_PLACE
    yield guess_key("name", username), OF_NAME


def guess_key(*parts: str) -> str:
    """Under what a guess is counted; it tells nothing of whom it is about."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def count_guess(control: ControlUnit, counted: Mapping[str, Limit], now: datetime) -> None:
    """Count before the password is looked at, so that guesses at once are no more than guesses one
    after the other; Locked when it is one too many (and then nothing was counted)."""
    table = sign_in_attempts
    expired = select(table.c.key_hash).where(table.c.until <= now)
    gone = expired.with_for_update(skip_locked=True)
    control.execute(delete(table).where(table.c.key_hash.in_(gone)))
    dialect: Any = postgresql if control.dialect == "postgresql" else sqlite
    for key, limit in sorted(counted.items()):
        added = dialect.insert(table).values(key_hash=key, guesses=1, until=now + limit.within)
        over = table.c.until <= now
        counting = added.on_conflict_do_update(
            index_elements=[table.c.key_hash],
            set_={
                "guesses": case((over, 1), else_=table.c.guesses + 1),
                "until": case((over, now + limit.within), else_=table.c.until),
            },
        )
        row = control.one(counting.returning(table.c.guesses))
        if row is None or row.guesses > limit.most:
            raise Locked


def take_back(control: ControlUnit, counted: Mapping[str, Limit]) -> None:
    """A right password is no guess; it also forgives the wrong ones at this place."""
    table = sign_in_attempts
    place = [key for key, limit in counted.items() if limit is OF_NAME_AND_PLACE]
    control.execute(delete(table).where(table.c.key_hash.in_(place)))
    for key in sorted(counted.keys() - set(place)):
        control.execute(
            update(table).where(table.c.key_hash == key).values(guesses=table.c.guesses - 1)
        )


def forget_guesses(control: ControlUnit, key: str) -> None:
    """What was counted under this key no longer counts."""
    control.execute(delete(sign_in_attempts).where(sign_in_attempts.c.key_hash == key))


def _store_hash(control: ControlUnit, account_id: UUID, hashed: str) -> None:
    control.execute(
        update(accounts).where(accounts.c.id == account_id).values(password_hash=hashed)
    )


def is_password_of(account: Any, password: str) -> bool:
    """Whether it is the password of an account's row."""
    return _matches(account.password_hash, password)


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


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
