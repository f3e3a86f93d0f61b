"""The tables of rounds: rounds, their quotas, the mines recommended to them."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer, String, UniqueConstraint, Uuid

from engine.store.metadata import ref, tenant_table
from engine.store.types import Moment

rounds = tenant_table(
    "rounds",
    Column("case_id", Uuid(), nullable=False),
    Column("title", String(160), nullable=False),
    Column("document", String(80), nullable=False),
    Column("notice_on", Date(), nullable=False),
    Column("closes_on", Date(), nullable=False),
    Column("status", String(20), nullable=False),
    Column("opened_at", Moment(), nullable=False),
    ref("cases", "case_id"),
    UniqueConstraint("tenant_id", "case_id"),
)

round_quotas = tenant_table(
    "round_quotas",
    Column("round_id", Uuid(), nullable=False),
    Column("province", String(12), nullable=False),
    Column("peer", String(40), nullable=False),
    Column("quota", Integer(), nullable=False),
    ref("rounds", "round_id"),
    UniqueConstraint("tenant_id", "round_id", "province"),
)

round_entries = tenant_table(
    "round_entries",
    Column("round_id", Uuid(), nullable=False),
    Column("case_id", Uuid(), nullable=False),
    Column("province", String(12), nullable=False),
    Column("rank", Integer(), nullable=False),
    Column("mine_name", String(160), nullable=False),
    Column("mine_key", String(400), nullable=False),
    Column("status", String(20), nullable=False),
    Column("reason", String(600), nullable=False, default=""),
    Column("decided_at", Moment()),
    ref("rounds", "round_id"),
    ref("cases", "case_id"),
    UniqueConstraint("tenant_id", "case_id"),
    UniqueConstraint("tenant_id", "round_id", "mine_key"),
    UniqueConstraint("tenant_id", "round_id", "province", "rank"),
)
