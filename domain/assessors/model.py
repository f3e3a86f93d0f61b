"""The tables about assessors: who does which case, who is barred, who is tied to whom."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, String, Uuid

from engine.store.metadata import ref, tenant_table
from engine.store.types import Moment

assignments = tenant_table(
    "assignments",
    Column("case_id", Uuid(), nullable=False),
    Column("body_id", Uuid(), nullable=False),
    Column("body_name", String(120), nullable=False),
    Column("status", String(20), nullable=False),
    Column("independence_declared", Boolean(), nullable=False),
    Column("assigned_by", Uuid()),
    Column("assigned_at", Moment(), nullable=False),
    Column("ended_at", Moment()),
    Column("reason", String(400), nullable=False, default=""),
    ref("cases", "case_id"),
    Index("ix_assignments_case", "tenant_id", "case_id", "assigned_at"),
    Index("ix_assignments_body", "tenant_id", "body_id", "status"),
)

bans = tenant_table(
    "bans",
    Column("kind", String(20), nullable=False),
    Column("subject_id", Uuid(), nullable=False),
    Column("subject_name", String(120), nullable=False),
    Column("from_on", Date(), nullable=False),
    Column("until_on", Date()),
    Column("reason", String(400), nullable=False),
    Column("document", String(200), nullable=False, default=""),
    Column("lifted_on", Date()),
    Column("by", Uuid()),
    Column("created_at", Moment(), nullable=False),
    Index("ix_bans_subject", "tenant_id", "kind", "subject_id"),
)

body_ties = tenant_table(
    "body_ties",
    Column("body_id", Uuid(), nullable=False),
    Column("enterprise_id", Uuid(), nullable=False),
    Column("ground", String(200), nullable=False),
    Column("known_at", Moment(), nullable=False),
    Column("recorded_by", Uuid()),
    Index("ix_body_ties_body", "tenant_id", "body_id"),
    Index("ix_body_ties_enterprise", "tenant_id", "enterprise_id"),
)
