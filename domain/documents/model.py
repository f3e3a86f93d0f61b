"""The table of issued documents: what was said, by which text, about which submission."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, UniqueConstraint, Uuid

from engine.store.metadata import ref, tenant_table
from engine.store.types import Json, Moment

issued_documents = tenant_table(
    "issued_documents",
    Column("case_id", Uuid(), nullable=False),
    # the submission it was issued upon: what is handed in anew gives a new version
    Column("record_id", Uuid(), nullable=False),
    Column("element", String(120), nullable=False),
    Column("template", String(120), nullable=False),
    Column("template_digest", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("title", String(200), nullable=False),
    Column("number", String(60), nullable=False),
    Column("for_applicant", Boolean(), nullable=False),
    Column("content", Json, nullable=False),
    Column("issued_by", Uuid(), nullable=False),
    Column("issued_at", Moment(), nullable=False),
    # set once the file is there: it is rendered outside of any transaction
    Column("file_id", Uuid()),
    Column("digest", String(64)),
    Column("pages", Integer()),
    ref("cases", "case_id"),
    UniqueConstraint("tenant_id", "case_id", "template", "record_id"),
    Index("ix_issued_documents_case", "tenant_id", "case_id", "issued_at"),
)
