"""Moving running cases to another version, and rehearsals of a redraw."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Text, UniqueConstraint, Uuid

from engine.store.metadata import ref, tenant_table
from engine.store.types import Json, Moment

migrations = tenant_table(
    "migrations",
    Column("procedure", String(80), nullable=False),
    Column("bundle_id", Uuid(), nullable=False),
    Column("mapping", Json, nullable=False),
    Column("accepted", Json, nullable=False),
    Column("reason", String(400), nullable=False),
    Column("by", Uuid(), nullable=False),
    Column("at", Moment(), nullable=False),
    ref("bundles", "bundle_id"),
    Index("ix_migrations_list", "tenant_id", "procedure", "at"),
)

migration_cases = tenant_table(
    "migration_cases",
    Column("migration_id", Uuid(), nullable=False),
    Column("case_id", Uuid(), nullable=False),
    Column("from_bundle_id", Uuid(), nullable=False),
    Column("status", String(20), nullable=False),
    Column("verdict", String(20), nullable=False, default=""),
    Column("reasons", Json),
    Column("message", Text(), nullable=False, default=""),
    Column("asked_by", Uuid(), nullable=False),
    # what stood before, for the way back, and the digest of the tokens after
    Column("before", Json),
    Column("after", String(64), nullable=False, default=""),
    ref("migrations", "migration_id"),
    ref("cases", "case_id"),
    ref("bundles", "from_bundle_id"),
    UniqueConstraint("tenant_id", "migration_id", "case_id"),
    Index("ix_migration_cases_case", "tenant_id", "case_id"),
)

rehearsals = tenant_table(
    "rehearsals",
    Column("draft_id", Uuid(), nullable=False),
    Column("procedure", String(80), nullable=False),
    Column("from_at", Moment(), nullable=False),
    Column("to_at", Moment(), nullable=False),
    Column("mapping", Json, nullable=False),
    # the parts of the draft as a bundle would list them
    Column("manifest", Json, nullable=False),
    Column("total", Integer(), nullable=False),
    Column("done", Integer(), nullable=False, default=0),
    Column("status", String(20), nullable=False),
    Column("by", Uuid(), nullable=False),
    Column("at", Moment(), nullable=False),
    Column("ended_at", Moment()),
    ref("definition_drafts", "draft_id"),
    Index("ix_rehearsals_draft", "tenant_id", "draft_id", "at"),
)

rehearsed_cases = tenant_table(
    "rehearsed_cases",
    Column("rehearsal_id", Uuid(), nullable=False),
    Column("case_id", Uuid(), nullable=False),
    Column("is_running", Boolean(), nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("reasons", Json, nullable=False),
    ref("rehearsals", "rehearsal_id"),
    ref("cases", "case_id"),
    Index("ix_rehearsed_cases_list", "tenant_id", "rehearsal_id", "verdict"),
    key=("rehearsal_id", "case_id"),
)
