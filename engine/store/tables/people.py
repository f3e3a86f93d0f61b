"""Who there is: units, memberships, principals, settings, parameters."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, String, UniqueConstraint, Uuid

from engine.store.metadata import ref, tenant_table
from engine.store.types import Json, Moment

units = tenant_table(
    "units",
    Column("code", String(60), nullable=False),
    Column("name", String(120), nullable=False),
    Column("short", String(60), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("parent_code", String(60)),
    UniqueConstraint("tenant_id", "code"),
)

memberships = tenant_table(
    "memberships",
    Column("account_id", Uuid(), nullable=False),
    Column("username", String(80), nullable=False),
    Column("name", String(80), nullable=False),
    Column("title", String(80), nullable=False, default=""),
    Column("capacity", String(20), nullable=False),
    Column("unit_code", String(60)),
    Column("enterprise_id", Uuid()),
    Column("body_id", Uuid()),
    Column("roles", Json, nullable=False),
    Column("active", Boolean(), nullable=False),
    Column("created_at", Moment(), nullable=False),
    # an authorisation that somebody gave for a term, and its end before its time
    Column("granted_by", Uuid()),
    Column("ends_at", Moment()),
    Column("ended_at", Moment()),
    Column("ended_by", Uuid()),
    UniqueConstraint("tenant_id", "account_id", "capacity"),
)

membership_principals = tenant_table(
    "membership_principals",
    Column("membership_id", Uuid(), nullable=False),
    Column("principal", String(120), nullable=False),
    ref("memberships", "membership_id"),
    Index("ix_membership_principals_find", "tenant_id", "principal"),
    key=("membership_id", "principal"),
)

settings = tenant_table(
    "settings",
    Column("name", String(40), nullable=False),
    Column("value", Json, nullable=False),
    Column("digest", String(64), nullable=False),
    key=("name",),
)

parameters = tenant_table(
    "parameters",
    Column("key", String(80), nullable=False),
    Column("value", Json, nullable=False),
    Column("facts", Json, nullable=False),
    Column("origin", String(40), nullable=False),
    key=("key",),
)
