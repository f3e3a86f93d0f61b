"""Batches and draws."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, String, Text, UniqueConstraint, Uuid

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
    Column("number", String(20), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("batch_id", Uuid()),
    Column("case_id", Uuid()),
    # the void draw that this one repeats
    Column("repeats_id", Uuid()),
    Column("content", Json, nullable=False),
    # what the public may see beside the ids; null where names are withheld
    Column("labels", Json),
    Column("frozen_digest", String(64), nullable=False),
    Column("frozen_at", Moment(), nullable=False),
    Column("by", Uuid(), nullable=False),
    Column("settled_at", Moment()),
    Column("seed", String(128)),
    Column("ranking", Json),
    Column("void", Json),
    UniqueConstraint("tenant_id", "number"),
    Index("ix_draws_list", "tenant_id", "frozen_at"),
    Index("ix_draws_batch", "tenant_id", "batch_id"),
    Index("ix_draws_case", "tenant_id", "case_id"),
    settled_by=("settled_at", "seed", "ranking", "void"),
)

draw_entries = tenant_table(
    "draw_entries",
    Column("draw_id", Uuid(), nullable=False),
    Column("seq", Integer(), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("party", String(60), nullable=False),
    Column("label", String(200), nullable=False),
    Column("value", String(128), nullable=False),
    Column("day", Date(), nullable=False),
    Column("at", Moment(), nullable=False),
    ref("draws", "draw_id"),
    UniqueConstraint("tenant_id", "draw_id", "seq"),
    append_only=True,
)

draw_refusals = tenant_table(
    "draw_refusals",
    Column("draw_id", Uuid(), nullable=False),
    Column("member", String(120), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("by", Uuid(), nullable=False),
    Column("at", Moment(), nullable=False),
    ref("draws", "draw_id"),
    UniqueConstraint("tenant_id", "draw_id", "member"),
    append_only=True,
)
