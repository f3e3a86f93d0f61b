"""Idempotency keys: the same request twice is done once and answered twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.canonical import canonical, digest
from engine.errors import Invalid
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import idempotency


class KeyReused(Invalid):
    """The key was used before for another request."""

    code = "key_reused"


def request_digest(what: str, body: Any) -> str:
    """The digest of a request: what is asked, and with which content."""
    return digest(canonical({"what": what, "body": body}))


def earlier_answer(tx: Unit, account_id: UUID, key: str | None, request: str) -> Any:
    """The stored answer to this very request, or None; KeyReused when the content differs."""
    if not key:
        return None
    row = tx.one(
        select(idempotency).where(
            idempotency.c.tenant_id == TENANT,
            idempotency.c.account_id == account_id,
            idempotency.c.key == key,
        )
    )
    if row is None:
        return None
    if row.request_digest != request:
        raise KeyReused(
            "同一提交标识已用于其他内容", "this idempotency key was used with another content"
        )
    return row.answer


def keep_answer(
    tx: Unit, account_id: UUID, key: str | None, request: str, answer: Any, now: datetime
) -> None:
    """Store the answer in the transaction that did the work."""
    if key:
        tx.insert(
            idempotency,
            account_id=account_id,
            key=key,
            request_digest=request,
            answer=answer,
            at=now,
        )
