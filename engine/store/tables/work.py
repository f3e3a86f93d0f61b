"""The work of people: items, candidates, drafts, records, attachments."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Uuid, text

from engine.store.metadata import ref, tenant_table
from engine.store.types import Json, Moment

work_items = tenant_table(
    "work_items",
    Column("case_id", Uuid(), nullable=False),
    Column("token_id", Uuid(), nullable=False),
    Column("element", String(120), nullable=False),
    Column("name", String(120), nullable=False),
    Column("form", String(80), nullable=False, default=""),
    Column("batch", String(60), nullable=False, default=""),
    Column("status", String(20), nullable=False),
    Column("holder", Uuid()),
    Column("candidates", Json, nullable=False),
    Column("priority", Integer(), nullable=False, default=50),
    Column("deadline", Json),
    Column("due_at", Moment()),
    # where a step has a legal deadline besides the promised one, which is never later
    Column("legal", Json),
    Column("legal_due_at", Moment()),
    Column("revision", Integer(), nullable=False),
    Column("opened_at", Moment(), nullable=False),
    Column("claimed_at", Moment()),
    Column("closed_at", Moment()),
    Column("closed_by", Uuid()),
    Column("record_id", Uuid()),
    # an added signer's item belongs to another; a delegated one comes back to its owner
    Column("parent_id", Uuid()),
    Column("added", String(10), nullable=False, default=""),
    Column("owner", Uuid()),
    # completing a returned item goes straight to this step, and to this person
    Column("resume_at", String(120), nullable=False, default=""),
    Column("resume_by", Uuid()),
    Column("urged", Integer(), nullable=False, default=0),
    Column("urged_at", Moment()),
    ref("cases", "case_id"),
    Index("ix_work_items_case", "tenant_id", "case_id", "status"),
    Index("ix_work_items_done", "tenant_id", "closed_by", "closed_at", "id"),
    Index(
        "ix_work_items_due",
        "tenant_id",
        "due_at",
        "id",
        postgresql_where=text("closed_at is null and due_at is not null"),
        sqlite_where=text("closed_at is null and due_at is not null"),
    ),
    Index(
        "ix_work_items_batch",
        "tenant_id",
        "batch",
        "status",
        postgresql_where=text("batch <> ''"),
        sqlite_where=text("batch <> ''"),
    ),
)

item_candidates = tenant_table(
    "item_candidates",
    Column("item_id", Uuid(), nullable=False),
    Column("principal", String(120), nullable=False),
    Column("due_at", Moment(), nullable=False),
    ref("work_items", "item_id"),
    Index("ix_item_candidates_list", "tenant_id", "principal", "due_at", "item_id"),
    key=("item_id", "principal"),
)

drafts = tenant_table(
    "drafts",
    Column("item_id", Uuid(), nullable=False),
    Column("owner", Uuid(), nullable=False),
    Column("content", Json, nullable=False),
    Column("revision", Integer(), nullable=False),
    Column("saved_at", Moment(), nullable=False),
    ref("work_items", "item_id"),
    key=("item_id", "owner"),
)

records = tenant_table(
    "records",
    Column("case_id", Uuid(), nullable=False),
    Column("item_id", Uuid()),
    Column("element", String(120), nullable=False),
    Column("form", String(80), nullable=False),
    Column("form_digest", String(64), nullable=False),
    Column("content", Json, nullable=False),
    Column("files", Json, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("salt", String(32), nullable=False),
    Column("by", Uuid()),
    Column("at", Moment(), nullable=False),
    ref("cases", "case_id"),
    Index("ix_records_case", "tenant_id", "case_id", "at"),
    append_only=True,
)

attachments = tenant_table(
    "attachments",
    Column("case_id", Uuid()),
    Column("name", String(200), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer(), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("uploaded_by", Uuid()),
    Column("uploaded_at", Moment(), nullable=False),
    Index("ix_attachments_case", "tenant_id", "case_id"),
    settled_by=("case_id",),
)
