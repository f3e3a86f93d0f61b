"""Keys and endorsements in the database.

Locks nothing but what it writes; the tenant's key is made when it is first needed, and a new one
before the old one ends. Nothing here wraps or opens a person's key: that takes its time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.endorsements.keys import (
    ALGORITHM,
    KeyPair,
    code_of,
    make_key,
    unwrap_with_secret,
    wrap_with_secret,
)
from domain.endorsements.model import endorsements, signing_keys, tenant_keys
from domain.endorsements.rules import holds_at
from engine.actors import Actor
from engine.errors import Conflict, NotFound
from engine.office import Office
from engine.store.database import Unit
from engine.store.metadata import TENANT

LEAST_REST = 3
"""A tenant's key is followed by a new one when less than a third of its time is left."""


class NoSigningKey(Conflict):
    """The person has no key that may sign today."""

    code = "no_signing_key"

    def __init__(self) -> None:
        super().__init__(
            "您还没有可用的签名密钥，请先设置", "you have no valid signing key; set one first"
        )


@dataclass(frozen=True)
class Safe:
    """What opens the tenant's key, and how long new keys are valid: from the settings."""

    secret: bytes
    person_key_lasts: timedelta
    tenant_key_lasts: timedelta


@dataclass(frozen=True)
class NewKey:
    """A person's key as it is to be kept: made and wrapped before the transaction."""

    pair: KeyPair
    wrapped: Mapping[str, Any]


def tenant_key(tx: Unit, safe: Safe, now: datetime) -> KeyPair:
    """The open key of the tenant, made when there is none or the last one ends soon."""
    rows = tenant_key_rows(tx)
    last = rows[-1] if rows else None
    if last is None or last.revoked_at is not None or _ends_soon(last, now):
        pair = make_key()
        tx.insert_once(
            tenant_keys,
            ("number",),
            number=1 if last is None else last.number + 1,
            key=pair.id,
            public=pair.public,
            wrapped=wrap_with_secret(pair, safe.secret),
            valid_from=now,
            valid_to=now + safe.tenant_key_lasts,
            revoked_at=None,
        )
        last = tenant_key_rows(tx)[-1]
    return unwrap_with_secret(last.public, last.wrapped, safe.secret)


def _ends_soon(row: Any, now: datetime) -> bool:
    return bool((row.valid_to - now) * LEAST_REST < row.valid_to - row.valid_from)


def tenant_key_rows(tx: Unit) -> Sequence[Any]:
    """Every key the tenant has had, oldest first."""
    return tx.all(
        select(tenant_keys).where(tenant_keys.c.tenant_id == TENANT).order_by(tenant_keys.c.number)
    )


def revoke_tenant_key(tx: Unit, now: datetime) -> None:
    """End the tenant's key; whatever is signed next is signed with a new one."""
    rows = tenant_key_rows(tx)
    if rows and rows[-1].revoked_at is None:
        tx.update(tenant_keys, tenant_keys.c.id == rows[-1].id, revoked_at=now)


def trust_of(tx: Unit, office: Office) -> dict[str, Any]:
    """The trust file of a tenant: its public keys and when they may sign."""
    return {
        "format": "lucheng-keys-1",
        "tenant": office.slug,
        "name": office.name,
        "algorithm": ALGORITHM,
        "keys": [
            {
                "key": row.key,
                "public": row.public,
                "from": row.valid_from.isoformat(),
                "to": row.valid_to.isoformat(),
                "revoked": None if row.revoked_at is None else row.revoked_at.isoformat(),
            }
            for row in tenant_key_rows(tx)
        ],
    }


# ---------------------------------------------------------------- keys of people


def keep_key(tx: Unit, office: Office, actor: Actor, new: NewKey, safe: Safe, now: datetime) -> str:
    """Keep a person's new key, certified by the tenant; an earlier one ends. Gives its name."""
    end_key(tx, actor, now, why="renewed")
    until = now + safe.person_key_lasts
    statement = {
        "kind": "certificate",
        "tenant": office.slug,
        "key": new.pair.id,
        "public": new.pair.public,
        "member": str(actor.membership_id),
        "name": actor.label,
        "from": now.isoformat(),
        "to": until.isoformat(),
    }
    pair = tenant_key(tx, safe, now)
    tx.insert(
        signing_keys,
        membership_id=actor.membership_id,
        key=new.pair.id,
        public=new.pair.public,
        wrapped=dict(new.wrapped),
        certificate={
            "statement": statement,
            "key": pair.id,
            "signature": pair.sign(statement),
        },
        valid_from=now,
        valid_to=until,
        revoked_at=None,
    )
    return new.pair.id


def end_key(tx: Unit, actor: Actor, now: datetime, why: str) -> bool:
    """Revoke the person's key from now on; what it has signed stays valid."""
    count = tx.update(
        signing_keys,
        signing_keys.c.membership_id == actor.membership_id,
        signing_keys.c.revoked_at.is_(None),
        revoked_at=now,
        revoked_why=why,
    )
    return count > 0


def keys_of(tx: Unit, membership_id: UUID) -> Sequence[Any]:
    """Every key a person has had here, latest first."""
    return tx.all(
        select(signing_keys)
        .where(signing_keys.c.tenant_id == TENANT, signing_keys.c.membership_id == membership_id)
        .order_by(signing_keys.c.valid_from.desc(), signing_keys.c.id.desc())
    )


def key_in_force(tx: Unit, actor: Actor, now: datetime) -> Any:
    """The row of the key the person signs with; NoSigningKey when there is none."""
    for row in keys_of(tx, actor.membership_id):
        if holds_at(row.valid_from, row.valid_to, row.revoked_at, now):
            return row
    raise NoSigningKey


def check_in_force(tx: Unit, key: str, at: datetime) -> None:
    """Raise unless a key may still sign: it may have been revoked since it was opened."""
    row = tx.one(
        select(signing_keys).where(signing_keys.c.tenant_id == TENANT, signing_keys.c.key == key)
    )
    if row is None or not holds_at(row.valid_from, row.valid_to, row.revoked_at, at):
        raise NoSigningKey


def certified_keys(tx: Unit, names: Sequence[str]) -> Sequence[Any]:
    """The keys of these names, with their certificates, by name."""
    return tx.all(
        select(signing_keys)
        .where(signing_keys.c.tenant_id == TENANT, signing_keys.c.key.in_(list(names)))
        .order_by(signing_keys.c.key)
    )


# ---------------------------------------------------------------- endorsements


def keep_endorsement(tx: Unit, **facts: Any) -> UUID:
    """Store a signature beside the record it was given with, and the code that leads to it."""
    return tx.insert(endorsements, code=code_of(facts["signature"]), **facts)


def endorsement_of_code(tx: Unit, code: str) -> Any:
    """The signature that a code on a sheet leads to, or None."""
    return tx.one(
        select(endorsements).where(endorsements.c.tenant_id == TENANT, endorsements.c.code == code)
    )


def endorsements_of(tx: Unit, case_id: UUID) -> Sequence[Any]:
    """All signatures on a case, oldest first."""
    return tx.all(
        select(endorsements)
        .where(endorsements.c.tenant_id == TENANT, endorsements.c.case_id == case_id)
        .order_by(endorsements.c.signed_at, endorsements.c.id)
    )


def endorsement(tx: Unit, endorsement_id: UUID) -> Any:
    """One signature; NotFound when there is none."""
    row = tx.get(endorsements, endorsement_id)
    if row is None:
        raise NotFound("没有这项签字", "there is no such endorsement")
    return row
