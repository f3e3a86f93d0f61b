"""Batches and draws."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Text, UniqueConstraint, Uuid

from engine.store.metadata import ref, tenant_table
from engine.store.types import Json, Moment

batches = tenant_table(
    "batches",
    Column("kind", String(60), nullable=False),
    Column("number", String(60), nullable=False),
    Column("title", String(200), nullable=False),
    Column("status", String(20), nullable=False),
    Column("created_by", Uuid(), nullable=False),
    Column("created_at", Moment(), nullable=False),
    Column("acted_at", Moment()),
    UniqueConstraint("tenant_id", "number"),
    Index("ix_batches_list", "tenant_id", "kind", "status", "created_at"),
)

batch_cases = tenant_table(
    "batch_cases",
    Column("batch_id", Uuid(), nullable=False),
    Column("case_id", Uuid(), nullable=False),
    Column("item_id", Uuid(), nullable=False),
    Column("status", String(20), nullable=False),
    Column("content", Json),
    Column("message", Text(), nullable=False, default=""),
    ref("batches", "batch_id"),
    ref("cases", "case_id"),
    UniqueConstraint("tenant_id", "batch_id", "case_id"),
    Index("ix_batch_cases_case", "tenant_id", "case_id"),
)

batch_acts = tenant_table(
    "batch_acts",
    Column("batch_id", Uuid(), nullable=False),
    Column("act", String(40), nullable=False),
    Column("content", Json, nullable=False),
    Column("by", Uuid(), nullable=False),
    Column("at", Moment(), nullable=False),
    ref("batches", "batch_id"),
    Index("ix_batch_acts_batch", "tenant_id", "batch_id"),
    append_only=True,
)

draws = tenant_table(
    "draws",
    Column("batch_id", Uuid()),
    Column("purpose", String(80), nullable=False),
    Column("pool", Json, nullable=False),
    Column("size", Integer(), nullable=False),
    Column("frozen_digest", String(64), nullable=False),
    Column("frozen_at", Moment(), nullable=False),
    Column("seed", String(128)),
    Column("drawn_at", Moment()),
    Column("ranking", Json),
    Column("by", Uuid(), nullable=False),
    settled_by=("seed", "drawn_at", "ranking"),
)
