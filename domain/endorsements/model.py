"""The tables of endorsements: keys of people and tenants, signatures, checkpoints."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, UniqueConstraint, Uuid

from engine.store.metadata import ref, tenant_table
from engine.store.types import Json, Moment

tenant_keys = tenant_table(
    "tenant_keys",
    Column("number", Integer(), nullable=False),
    Column("key", String(32), nullable=False),
    Column("public", String(64), nullable=False),
    Column("wrapped", Json, nullable=False),
    Column("valid_from", Moment(), nullable=False),
    Column("valid_to", Moment(), nullable=False),
    Column("revoked_at", Moment()),
    UniqueConstraint("tenant_id", "number"),
    UniqueConstraint("tenant_id", "key"),
)

signing_keys = tenant_table(
    "signing_keys",
    Column("membership_id", Uuid(), nullable=False),
    Column("key", String(32), nullable=False),
    Column("public", String(64), nullable=False),
    Column("wrapped", Json, nullable=False),
    Column("certificate", Json, nullable=False),
    Column("valid_from", Moment(), nullable=False),
    Column("valid_to", Moment(), nullable=False),
    Column("revoked_at", Moment()),
    Column("revoked_why", String(200), nullable=False, default=""),
    ref("memberships", "membership_id"),
    UniqueConstraint("tenant_id", "key"),
    Index("ix_signing_keys_of", "tenant_id", "membership_id", "valid_from"),
)

endorsements = tenant_table(
    "endorsements",
    Column("case_id", Uuid(), nullable=False),
    Column("item_id", Uuid(), nullable=False),
    Column("record_id", Uuid(), nullable=False),
    Column("element", String(120), nullable=False),
    Column("is_one_of_many", Boolean(), nullable=False),
    Column("signer", Uuid(), nullable=False),
    Column("key", String(32), nullable=False),
    Column("statement", Json, nullable=False),
    Column("signature", String(128), nullable=False),
    Column("code", String(32), nullable=False),
    Column("signed_at", Moment(), nullable=False),
    ref("cases", "case_id"),
    ref("records", "record_id"),
    ref("memberships", "signer"),
    UniqueConstraint("tenant_id", "record_id"),
    UniqueConstraint("tenant_id", "code"),
    Index("ix_endorsements_case", "tenant_id", "case_id", "signed_at"),
    append_only=True,
)

checkpoints = tenant_table(
    "checkpoints",
    Column("source", String(40), nullable=False),
    Column("number", Integer(), nullable=False),
    Column("at", Moment(), nullable=False),
    Column("body", Json, nullable=False),
    Column("signature", String(128), nullable=False),
    Column("digest", String(64), nullable=False),
    UniqueConstraint("tenant_id", "source", "number"),
    append_only=True,
)

checkpoint_heads = tenant_table(
    "checkpoint_heads",
    Column("case_id", Uuid(), nullable=False),
    Column("seq", Integer(), nullable=False),
    ref("cases", "case_id"),
    key=("case_id",),
)
