"""The register's tables: holders, mines, list entries and what happened to them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
)

from engine.store.metadata import ref, tenant_table
from engine.store.types import Json, Moment

holders = tenant_table(
    "holders",
    Column("name", String(160), nullable=False),
    Column("name_key", String(160), nullable=False),
    Column("credit_code", String(18)),
    Column("created_at", Moment(), nullable=False),
    UniqueConstraint("tenant_id", "name_key"),
)

mines = tenant_table(
    "mines",
    Column("no", Integer(), nullable=False),
    Column("printed_name", String(160), nullable=False),
    Column("name", String(160)),
    Column("holder_id", Uuid()),
    Column("to_be_confirmed", Boolean(), nullable=False),
    Column("licence_no", String(60)),
    Column("division", String(12), nullable=False, default=""),
    Column("mineral", String(60), nullable=False),
    Column("method", String(20), nullable=False),
    Column("scale", String(20), nullable=False),
    # the printed list a mine was read from and its number there: loading it again finds it
    Column("source", String(120)),
    Column("source_no", Integer()),
    Column("created_at", Moment(), nullable=False),
    ref("holders", "holder_id"),
    UniqueConstraint("tenant_id", "no"),
    UniqueConstraint("tenant_id", "licence_no"),
    UniqueConstraint("tenant_id", "source", "source_no"),
    Index("ix_mines_holder", "tenant_id", "holder_id"),
)

list_entries = tenant_table(
    "list_entries",
    Column("mine_id", Uuid(), nullable=False),
    Column("level", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    Column("marks", Json, nullable=False),
    Column("listed_on", Date()),
    Column("case_id", Uuid()),
    Column("catalogue", String(60), nullable=False, default=""),
    Column("score", String(20), nullable=False, default=""),
    ref("mines", "mine_id"),
    ref("cases", "case_id"),
    UniqueConstraint("tenant_id", "mine_id", "level"),
    Index("ix_list_entries_case", "tenant_id", "case_id"),
    Index("ix_list_entries_status", "tenant_id", "status"),
)

list_events = tenant_table(
    "list_events",
    Column("entry_id", Uuid(), nullable=False),
    Column("seq", Integer(), nullable=False),
    Column("event", String(40), nullable=False),
    Column("status_before", String(20)),
    Column("status", String(20), nullable=False),
    Column("marks", Json, nullable=False),
    Column("reason", String(1000), nullable=False),
    Column("at", Moment(), nullable=False),
    Column("by", Uuid()),
    Column("by_name", String(160), nullable=False),
    Column("case_id", Uuid()),
    ref("list_entries", "entry_id"),
    ref("cases", "case_id"),
    UniqueConstraint("tenant_id", "entry_id", "seq"),
    append_only=True,
)

applications = tenant_table(
    "applications",
    Column("case_id", Uuid(), nullable=False),
    Column("licence_no", String(60)),
    Column("mine_key", String(400), nullable=False),
    ref("cases", "case_id"),
    UniqueConstraint("tenant_id", "case_id"),
    Index("ix_applications_licence", "tenant_id", "licence_no"),
    Index("ix_applications_mine", "tenant_id", "mine_key"),
)
"""Which mine a case applies for, to see a second application for the same one."""
