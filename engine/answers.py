"""Idempotency keys: the same request twice is done once and answered twice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from engine.canonical import digest, storable
from engine.errors import Invalid
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import idempotency

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
MAX_KEY = 200
_KNOWN = select(idempotency.c.request_digest, idempotency.c.answer).where(
    idempotency.c.tenant_id == TENANT,
    idempotency.c.account_id == bindparam("account"),
    idempotency.c.key == bindparam("of_key"),
)


class KeyReused(Invalid):
    """The key was used before for another request."""

    code = "key_reused"


def request_digest(what: str, body: Any) -> str:
    """The digest of a request: what is asked, and with which content; Invalid if unstorable."""
    return digest(storable({"what": what, "body": body}))


def earlier_answer(tx: Unit, account_id: UUID, key: str | None, request: str) -> Any:
    """The stored answer to this very request, or None; KeyReused when the content differs.

    None reserves the key: the same request at the same moment waits here until this transaction
    ends, and then gets its answer or, when it failed, its turn.
    """
    if not key:
        return None
    if len(key) > MAX_KEY:
        raise Invalid("提交标识过长", "the idempotency key is too long", limit=MAX_KEY)
    row = {"account_id": account_id, "key": key, "request_digest": request}
    if tx.insert_once(idempotency, ("account_id", "key"), **row, answer={}, at=NEVER).count:
        return None
    return known_answer(tx, account_id, key, request)


def known_answer(tx: Unit, account_id: UUID, key: str | None, request: str) -> Any:
    """The stored answer to this very request, or None; unlike above it reserves nothing."""
    for known in tx.fetch(_KNOWN, account=account_id, of_key=key) if key else ():
        if known.request_digest != request:
            raise KeyReused(
                "同一提交标识已用于其他内容", "this idempotency key was used with another content"
            )
        return known.answer
    return None


def keep_answer(
    tx: Unit, account_id: UUID, key: str | None, request: str, answer: Any, now: datetime
) -> None:
    """Store the answer in the transaction that did the work, under the key it reserved."""
    if key:
        own = {"account_id": account_id, "key": key, "request_digest": request}
        tx.change(idempotency, own, answer=answer, at=now)
