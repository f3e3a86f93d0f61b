"""Who signs in elsewhere: the identity providers of a tenant, and which subject is whom."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Text, UniqueConstraint, Uuid

from engine.store.metadata import ref, tenant_table
from engine.store.types import Json, Moment

identity_providers = tenant_table(
    "identity_providers",
    Column("name", String(80), nullable=False),
    Column("issuer", String(300), nullable=False),
    Column("client_id", String(200), nullable=False),
    Column("sealed", Text(), nullable=False),
    Column("roles_claim", String(80), nullable=False),
    Column("role_map", Json, nullable=False),
    Column("is_on", Boolean(), nullable=False),
    Column("created_at", Moment(), nullable=False),
    UniqueConstraint("tenant_id", "issuer"),
)

linked_identities = tenant_table(
    "linked_identities",
    Column("provider_id", Uuid(), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("membership_id", Uuid(), nullable=False),
    Column("is_provisioned", Boolean(), nullable=False),
    Column("linked_at", Moment(), nullable=False),
    ref("identity_providers", "provider_id"),
    ref("memberships", "membership_id"),
    UniqueConstraint("tenant_id", "provider_id", "subject"),
)
