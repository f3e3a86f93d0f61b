"""History and bookkeeping."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Uuid

from engine.store.metadata import ref, tenant_table
from engine.store.types import Json, Moment

history = tenant_table(
    "history",
    Column("case_id", Uuid(), nullable=False),
    Column("seq", Integer(), nullable=False),
    Column("at", Moment(), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("element", String(120), nullable=False),
    Column("actor", Uuid()),
    Column("actor_name", String(160), nullable=False),
    Column("item_id", Uuid()),
    Column("content", Json, nullable=False),
    Column("content_digest", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    ref("cases", "case_id"),
    Index("ix_history_actor", "tenant_id", "actor", "at"),
    key=("case_id", "seq"),
    append_only=True,
)

idempotency = tenant_table(
    "idempotency",
    Column("account_id", Uuid(), nullable=False),
    Column("key", String(200), nullable=False),
    Column("request_digest", String(64), nullable=False),
    Column("answer", Json, nullable=False),
    Column("at", Moment(), nullable=False),
    key=("account_id", "key"),
)

counters = tenant_table(
    "counters",
    Column("name", String(120), nullable=False),
    Column("value", Integer(), nullable=False),
    key=("name",),
)

readings = tenant_table(
    "readings",
    Column("case_id", Uuid()),
    Column("what", String(120), nullable=False),
    Column("by", Uuid(), nullable=False),
    Column("at", Moment(), nullable=False),
    Index("ix_readings_case", "tenant_id", "case_id", "at"),
    append_only=True,
)

deliveries = tenant_table(
    "deliveries",
    Column("case_id", Uuid(), nullable=False),
    Column("document", String(120), nullable=False),
    Column("recipient", String(160), nullable=False),
    Column("method", String(40), nullable=False),
    Column("delivered_at", Moment(), nullable=False),
    Column("recorded_by", Uuid()),
    ref("cases", "case_id"),
)

audit = tenant_table(
    "audit",
    Column("seq", Integer(), nullable=False),
    Column("at", Moment(), nullable=False),
    Column("actor", Uuid()),
    Column("actor_name", String(160), nullable=False),
    Column("capacity", String(20), nullable=False),
    Column("act", String(60), nullable=False),
    Column("about", String(200), nullable=False),
    Column("content", Json, nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_at", "tenant_id", "at", "seq"),
    key=("seq",),
    append_only=True,
)
"""Every act of an administrator; without an actor the operator of the installation did it."""
