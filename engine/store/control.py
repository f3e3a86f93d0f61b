"""The control tables: all that stands outside tenants (design, section 1.5)."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)

from engine.store.metadata import control_table
from engine.store.types import Json, Moment

tenants = control_table(
    "tenants",
    Column("id", Uuid(), primary_key=True),
    Column("slug", String(40), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("level", String(40), nullable=False),
    Column("parent_id", Uuid(), ForeignKey("tenants.id")),
    Column("created_at", Moment(), nullable=False),
    # nobody signs in there any more; what is in it stays
    Column("closed_at", Moment()),
)

accounts = control_table(
    "accounts",
    Column("id", Uuid(), primary_key=True),
    Column("username", String(80), nullable=False, unique=True),
    Column("password_hash", String(200), nullable=False),
    Column("name", String(80), nullable=False),
    Column("active", Boolean(), nullable=False),
    Column("created_at", Moment(), nullable=False),
    Column("password_set_at", Moment()),
)

second_factors = control_table(
    "second_factors",
    Column("account_id", Uuid(), ForeignKey("accounts.id"), primary_key=True),
    Column("sealed", Text(), nullable=False),
    Column("confirmed_at", Moment()),
    Column("last_step", Integer(), nullable=False),
    Column("recovery", Json, nullable=False),
)

sessions = control_table(
    "sessions",
    Column("id_hash", String(64), primary_key=True),
    Column("account_id", Uuid(), ForeignKey("accounts.id"), nullable=False),
    Column("tenant_id", Uuid(), ForeignKey("tenants.id"), nullable=False),
    Column("membership_id", Uuid(), nullable=False),
    Column("created_at", Moment(), nullable=False),
    Column("seen_at", Moment(), nullable=False),
    Column("expires_at", Moment(), nullable=False),
)

tokens = control_table(
    "tokens",
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", Uuid(), ForeignKey("accounts.id"), nullable=False),
    Column("tenant_id", Uuid(), ForeignKey("tenants.id"), nullable=False),
    Column("membership_id", Uuid(), nullable=False),
    Column("created_at", Moment(), nullable=False),
    Column("expires_at", Moment(), nullable=False),
)

sign_in_attempts = control_table(
    "sign_in_attempts",
    Column("key_hash", String(64), primary_key=True),
    Column("guesses", Integer(), nullable=False),
    Column("until", Moment(), nullable=False),
    Index("ix_sign_in_attempts_until", "until"),
)

enterprises = control_table(
    "enterprises",
    Column("id", Uuid(), primary_key=True),
    Column("credit_code", String(18), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("created_at", Moment(), nullable=False),
)

assessor_bodies = control_table(
    "assessor_bodies",
    Column("id", Uuid(), primary_key=True),
    Column("credit_code", String(18), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("created_at", Moment(), nullable=False),
)

assessor_people = control_table(
    "assessor_people",
    Column("id", Uuid(), primary_key=True),
    Column("body_id", Uuid(), ForeignKey("assessor_bodies.id"), nullable=False),
    Column("account_id", Uuid(), ForeignKey("accounts.id")),
    Column("name", String(80), nullable=False),
    Column("disciplines", Json, nullable=False),
    Column("created_at", Moment(), nullable=False),
)

dispatch = control_table(
    "dispatch",
    Column("id", Uuid(), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("tenant_id", Uuid(), ForeignKey("tenants.id"), nullable=False),
    Column("ref_id", Uuid(), nullable=False),
    Column("due_at", Moment(), nullable=False),
    Column("lease_until", Moment()),
    Column("attempts", Integer(), nullable=False, default=0),
    UniqueConstraint("kind", "tenant_id", "ref_id"),
    Index("ix_dispatch_due", "due_at"),
)
