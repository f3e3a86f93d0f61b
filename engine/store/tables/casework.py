"""Cases, who sees them, and their variables."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, UniqueConstraint, Uuid

from engine.store.metadata import ref, tenant_table
from engine.store.types import Json, Moment

cases = tenant_table(
    "cases",
    Column("number", String(60), nullable=False),
    Column("bundle_id", Uuid(), nullable=False),
    Column("procedure", String(80), nullable=False),
    Column("title", String(200), nullable=False),
    Column("status", String(20), nullable=False),
    Column("stage", String(80), nullable=False, default=""),
    Column("starter", Uuid(), nullable=False),
    Column("principal", String(80), nullable=False),
    Column("parameters", Json, nullable=False),
    Column("started_at", Moment(), nullable=False),
    Column("ended_at", Moment()),
    Column("outcome", String(80), nullable=False, default=""),
    Column("rev", Integer(), nullable=False),
    Column("state", LargeBinary(), nullable=False),
    Column("history_seq", Integer(), nullable=False),
    Column("history_head", String(64), nullable=False),
    # from which tenant it was handed over, and its number there
    Column("handed_by", String(40)),
    Column("handed_number", String(60)),
    ref("bundles", "bundle_id"),
    UniqueConstraint("tenant_id", "number"),
    Index("ix_cases_list", "tenant_id", "status", "started_at", "id"),
    Index("ix_cases_starter", "tenant_id", "starter", "started_at", "id"),
    Index("ix_cases_principal", "tenant_id", "principal", "started_at", "id"),
)

case_viewers = tenant_table(
    "case_viewers",
    Column("case_id", Uuid(), nullable=False),
    Column("principal", String(120), nullable=False),
    ref("cases", "case_id"),
    Index("ix_case_viewers_find", "tenant_id", "principal", "case_id"),
    key=("case_id", "principal"),
)

scopes = tenant_table(
    "scopes",
    Column("case_id", Uuid(), nullable=False),
    Column("variables", Json, nullable=False),
    ref("cases", "case_id"),
    Index("ix_scopes_case", "tenant_id", "case_id"),
)
