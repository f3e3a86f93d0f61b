"""The tables of public notices: notices, the cases on them, objections."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Text, UniqueConstraint, Uuid

from engine.store.metadata import ref, tenant_table
from engine.store.types import Json, Moment

notices = tenant_table(
    "notices",
    Column("number", String(60), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("title", String(200), nullable=False),
    Column("body", Text(), nullable=False),
    Column("contact", String(400), nullable=False),
    Column("organiser", Json, nullable=False),
    Column("verifiers", Json, nullable=False),
    Column("demanded", Json, nullable=False),
    Column("status", String(20), nullable=False),
    Column("starts_at", Moment(), nullable=False),
    Column("ends_at", Moment()),
    Column("published_at", Moment(), nullable=False),
    Column("published_by", Uuid()),
    Column("closed_at", Moment()),
    Column("batch_id", Uuid()),
    ref("batches", "batch_id"),
    UniqueConstraint("tenant_id", "number"),
    Index("ix_notices_list", "tenant_id", "published_at", "id"),
    Index("ix_notices_batch", "tenant_id", "batch_id"),
)

notice_subjects = tenant_table(
    "notice_subjects",
    Column("notice_id", Uuid(), nullable=False),
    Column("case_id", Uuid(), nullable=False),
    Column("position", Integer(), nullable=False),
    Column("lines", Json, nullable=False),
    Column("closed_at", Moment()),
    # set when the case ended before its period did: the public is told that its notice stopped
    Column("stopped_at", Moment()),
    ref("notices", "notice_id"),
    ref("cases", "case_id"),
    UniqueConstraint("tenant_id", "notice_id", "case_id"),
    Index("ix_notice_subjects_case", "tenant_id", "case_id"),
)

objections = tenant_table(
    "objections",
    Column("notice_id", Uuid(), nullable=False),
    Column("subject_id", Uuid(), nullable=False),
    Column("receipt_digest", String(64), nullable=False),
    Column("name", String(60), nullable=False),
    Column("contact", String(100), nullable=False),
    Column("content", Text(), nullable=False),
    Column("evidence", Json, nullable=False),
    Column("status", String(20), nullable=False),
    Column("received_at", Moment(), nullable=False),
    Column("reply", Text(), nullable=False, default=""),
    Column("replied_at", Moment()),
    Column("replied_by", Uuid()),
    ref("notices", "notice_id"),
    ref("notice_subjects", "subject_id"),
    UniqueConstraint("tenant_id", "receipt_digest"),
    Index("ix_objections_notice", "tenant_id", "notice_id", "received_at"),
)
