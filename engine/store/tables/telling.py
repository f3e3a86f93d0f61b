"""How people are told outside the product: what each wishes, and the groups of a tenant."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, String, Text, UniqueConstraint, Uuid

from engine.store.metadata import ref, tenant_table
from engine.store.types import Json, Moment

wishes = tenant_table(
    "notification_wishes",
    Column("membership_id", Uuid(), nullable=False),
    Column("address", String(200), nullable=False),
    Column("confirmed_at", Moment()),
    Column("code", String(64)),
    Column("code_until", Moment()),
    Column("code_tries", Integer(), nullable=False, default=0),
    Column("modes", Json, nullable=False),
    Column("hour", Integer(), nullable=False),
    Column("gathered_from", Moment()),
    ref("memberships", "membership_id"),
    UniqueConstraint("tenant_id", "membership_id"),
)

channels = tenant_table(
    "notification_channels",
    Column("name", String(80), nullable=False),
    Column("scheme", String(20), nullable=False),
    Column("sealed", Text(), nullable=False),
    Column("kinds", Json, nullable=False),
    Column("is_on", Boolean(), nullable=False),
    Column("created_by", Uuid(), nullable=False),
    Column("created_at", Moment(), nullable=False),
    Column("answered_at", Moment()),
    ref("memberships", "created_by"),
    UniqueConstraint("tenant_id", "name"),
)
