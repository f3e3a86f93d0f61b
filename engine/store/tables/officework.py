"""What colleagues do for each other: absences, recusals, copies, questions, what was opened."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Text, UniqueConstraint, Uuid

from engine.store.metadata import ref, tenant_table
from engine.store.types import Moment

absences = tenant_table(
    "absences",
    Column("membership_id", Uuid(), nullable=False),
    Column("substitute_id", Uuid(), nullable=False),
    Column("procedure", String(80), nullable=False, default=""),
    Column("from_at", Moment(), nullable=False),
    Column("to_at", Moment(), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("set_by", Uuid(), nullable=False),
    Column("set_at", Moment(), nullable=False),
    ref("memberships", "membership_id"),
    ref("memberships", "substitute_id"),
    Index("ix_absences_substitute", "tenant_id", "substitute_id", "to_at"),
    Index("ix_absences_person", "tenant_id", "membership_id", "to_at"),
)

recusals = tenant_table(
    "recusals",
    Column("case_id", Uuid(), nullable=False),
    Column("membership_id", Uuid(), nullable=False),
    Column("ground", String(500), nullable=False),
    Column("declared_by", Uuid(), nullable=False),
    Column("at", Moment(), nullable=False),
    ref("cases", "case_id"),
    ref("memberships", "membership_id"),
    UniqueConstraint("tenant_id", "case_id", "membership_id"),
)

copies = tenant_table(
    "copies",
    Column("case_id", Uuid(), nullable=False),
    Column("item_id", Uuid()),
    Column("recipient", Uuid(), nullable=False),
    Column("sender", Uuid(), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("note", Text(), nullable=False),
    Column("at", Moment(), nullable=False),
    Column("read_at", Moment()),
    Column("signed_at", Moment()),
    ref("cases", "case_id"),
    ref("memberships", "recipient"),
    Index("ix_copies_list", "tenant_id", "recipient", "at", "id"),
    Index("ix_copies_case", "tenant_id", "case_id"),
)

questions = tenant_table(
    "questions",
    Column("case_id", Uuid(), nullable=False),
    Column("item_id", Uuid(), nullable=False),
    Column("asker", Uuid(), nullable=False),
    Column("asked", Uuid(), nullable=False),
    Column("text", Text(), nullable=False),
    Column("at", Moment(), nullable=False),
    Column("answer", Text(), nullable=False, default=""),
    Column("answered_at", Moment()),
    ref("cases", "case_id"),
    ref("work_items", "item_id"),
    Index("ix_questions_case", "tenant_id", "case_id", "at"),
)

item_openings = tenant_table(
    "item_openings",
    Column("item_id", Uuid(), nullable=False),
    Column("membership_id", Uuid(), nullable=False),
    Column("at", Moment(), nullable=False),
    ref("work_items", "item_id"),
    key=("item_id", "membership_id"),
)
