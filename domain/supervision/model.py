"""Tables of supervision: inspections of a year, findings, sanctions."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, String, Text, UniqueConstraint, Uuid

from engine.store.metadata import ref, tenant_table
from engine.store.types import Moment

inspections = tenant_table(
    "inspections",
    Column("mine", String(40), nullable=False),
    Column("mine_name", String(160), nullable=False),
    Column("year", Integer(), nullable=False),
    Column("quarter", Integer(), nullable=False),
    Column("draw_id", Uuid()),
    Column("case_id", Uuid()),
    Column("result", String(20), nullable=False),
    Column("inspected_on", Date(), nullable=False),
    ref("cases", "case_id"),
    ref("draws", "draw_id"),
    UniqueConstraint("tenant_id", "case_id", "mine"),
    Index("ix_inspections_year", "tenant_id", "year", "mine"),
    append_only=True,
)

inspection_bases = tenant_table(
    "inspection_bases",
    Column("year", Integer(), nullable=False),
    Column("count", Integer(), nullable=False),
    Column("fixed_at", Moment(), nullable=False),
    UniqueConstraint("tenant_id", "year"),
    append_only=True,
)
"""How many mines were on the list when the year's inspections were planned."""

findings = tenant_table(
    "findings",
    Column("mine", String(40), nullable=False),
    Column("mine_name", String(160), nullable=False),
    Column("case_id", Uuid()),
    Column("fact", String(40), nullable=False),
    Column("rule", String(20), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("words", String(300), nullable=False),
    Column("description", Text(), nullable=False),
    Column("status", String(20), nullable=False),
    Column("due_on", Date()),
    Column("found_on", Date(), nullable=False),
    Column("closed_on", Date()),
    ref("cases", "case_id"),
    Index("ix_findings_mine", "tenant_id", "mine", "status"),
    Index("ix_findings_case", "tenant_id", "case_id"),
)

sanctions = tenant_table(
    "sanctions",
    Column("mine", String(40), nullable=False),
    Column("mine_name", String(160), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("reason", String(300), nullable=False),
    Column("decided_on", Date(), nullable=False),
    Column("case_id", Uuid()),
    Column("by", Uuid()),
    ref("cases", "case_id"),
    Index("ix_sanctions_mine", "tenant_id", "mine"),
    append_only=True,
)
