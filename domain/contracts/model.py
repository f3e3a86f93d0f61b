"""The table of contracts for green construction (合同管理)."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, UniqueConstraint, Uuid

from engine.store.metadata import ref, tenant_table
from engine.store.types import Json, Moment

contracts = tenant_table(
    "contracts",
    Column("case_id", Uuid(), nullable=False),
    Column("number", String(60), nullable=False),
    Column("year", Integer(), nullable=False),
    Column("division", String(12), nullable=False),
    Column("enterprise_id", Uuid(), nullable=False),
    Column("mine_name", String(160), nullable=False),
    Column("is_new_mine", Boolean(), nullable=False),
    Column("complete_by", Date(), nullable=False),
    Column("signed_on", Date(), nullable=False),
    Column("files", Json, nullable=False),
    Column("recorded_at", Moment(), nullable=False),
    Column("recorded_by", Uuid()),
    ref("cases", "case_id"),
    UniqueConstraint("tenant_id", "case_id"),
    UniqueConstraint("tenant_id", "number"),
    Index("ix_contracts_list", "tenant_id", "division", "year"),
    Index("ix_contracts_enterprise", "tenant_id", "enterprise_id"),
)
