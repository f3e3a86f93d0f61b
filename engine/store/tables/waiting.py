"""What waits or is told: timers, stops, subscriptions, messages, incidents."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Text, UniqueConstraint, Uuid, text

from engine.store.metadata import ref, tenant_table
from engine.store.types import Json, Moment

timers = tenant_table(
    "timers",
    Column("case_id", Uuid(), nullable=False),
    Column("token_id", Uuid(), nullable=False),
    Column("element", String(120), nullable=False),
    Column("started_at", Moment(), nullable=False),
    Column("deadline", Json, nullable=False),
    Column("due_at", Moment()),
    ref("cases", "case_id"),
    UniqueConstraint("tenant_id", "token_id"),
    Index("ix_timers_case", "tenant_id", "case_id"),
)

clock_stops = tenant_table(
    "clock_stops",
    Column("case_id", Uuid(), nullable=False),
    Column("token_id", Uuid()),
    Column("ground", String(200), nullable=False),
    Column("from_at", Moment(), nullable=False),
    Column("to_at", Moment()),
    ref("cases", "case_id"),
    Index("ix_clock_stops_case", "tenant_id", "case_id"),
)

subscriptions = tenant_table(
    "subscriptions",
    Column("case_id", Uuid(), nullable=False),
    Column("token_id", Uuid(), nullable=False),
    Column("element", String(120), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("name", String(120), nullable=False),
    Column("correlation", String(200), nullable=False),
    Column("signals", Integer, nullable=False, server_default="0"),
    ref("cases", "case_id"),
    UniqueConstraint("tenant_id", "token_id"),
    Index("ix_subscriptions_match", "tenant_id", "kind", "name", "correlation"),
)

early_messages = tenant_table(
    "early_messages",
    Column("name", String(120), nullable=False),
    Column("correlation", String(200), nullable=False),
    Column("payload", Json, nullable=False),
    Column("expires_at", Moment(), nullable=False),
    Column("message_id", String(120)),
    Column("taken_at", Moment()),
    Column("handoff_id", Uuid()),
    UniqueConstraint("tenant_id", "name", "message_id"),
    Index("ix_early_messages_match", "tenant_id", "name", "correlation"),
)

handoffs = tenant_table(
    "handoffs",
    Column("direction", String(3), nullable=False),
    Column("peer", String(40), nullable=False),
    Column("peer_name", String(120), nullable=False),
    Column("message_id", Uuid(), nullable=False),
    Column("name", String(120), nullable=False),
    Column("correlation", String(200), nullable=False),
    Column("case_id", Uuid()),
    Column("number", String(60), nullable=False),
    Column("file_id", Uuid()),
    Column("status", String(20), nullable=False),
    Column("at", Moment(), nullable=False),
    Column("stage", String(80), nullable=False, default=""),
    Column("peer_status", String(20), nullable=False, default=""),
    Column("seq", Integer(), nullable=False),
    ref("cases", "case_id"),
    ref("attachments", "file_id"),
    UniqueConstraint("tenant_id", "direction", "peer", "message_id"),
    Index("ix_handoffs_case", "tenant_id", "case_id"),
    Index("ix_handoffs_number", "tenant_id", "number"),
)
"""What passed to and from other tenants; ``number`` is that of the case where it was sent."""

published_facts = tenant_table(
    "published_facts",
    Column("source", String(40), nullable=False),
    Column("source_name", String(120), nullable=False, default=""),
    Column("kind", String(40), nullable=False),
    Column("key", String(80), nullable=False),
    Column("about", String(80), nullable=False),
    Column("scope", String(60), nullable=False, default=""),
    Column("content", Json, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("seq", Integer(), nullable=False),
    Column("at", Moment(), nullable=False),
    UniqueConstraint("tenant_id", "source", "kind", "key"),
    Index("ix_published_facts_about", "tenant_id", "kind", "about"),
    Index("ix_published_facts_at", "tenant_id", "source", "at"),
)
"""Facts that bind the tenants below: one's own (without a source) and read-only copies."""

start_events = tenant_table(
    "start_events",
    Column("procedure", String(80), nullable=False),
    Column("bundle_id", Uuid(), nullable=False),
    Column("element", String(120), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("name", String(120), nullable=False, default=""),
    Column("armed_at", Moment(), nullable=False),
    Column("due_at", Moment()),
    Column("deadline", Json),
    ref("bundles", "bundle_id"),
    Index("ix_start_events_match", "tenant_id", "kind", "name"),
    Index("ix_start_events_procedure", "tenant_id", "procedure"),
)

outbox = tenant_table(
    "outbox",
    Column("kind", String(40), nullable=False),
    Column("key", String(200), nullable=False),
    Column("payload", Json, nullable=False),
    Column("created_at", Moment(), nullable=False),
    Column("status", String(20), nullable=False),
    Column("attempts", Integer(), nullable=False, default=0),
    Column("error", Text(), nullable=False, default=""),
    Column("sent_at", Moment()),
    UniqueConstraint("tenant_id", "key"),
    Index(
        "ix_outbox_unsent",
        "tenant_id",
        "created_at",
        "id",
        postgresql_where=text("sent_at is null"),
        sqlite_where=text("sent_at is null"),
    ),
)

notifications = tenant_table(
    "notifications",
    Column("membership_id", Uuid(), nullable=False),
    Column("key", String(200), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("title", String(200), nullable=False),
    Column("body", Text(), nullable=False),
    Column("case_id", Uuid()),
    Column("created_at", Moment(), nullable=False),
    Column("read_at", Moment()),
    ref("memberships", "membership_id"),
    ref("cases", "case_id"),
    UniqueConstraint("tenant_id", "membership_id", "key"),
    Index("ix_notifications_list", "tenant_id", "membership_id", "created_at", "id"),
    Index(
        "ix_notifications_unread",
        "tenant_id",
        "membership_id",
        postgresql_where=text("read_at is null"),
        sqlite_where=text("read_at is null"),
    ),
)

incidents = tenant_table(
    "incidents",
    Column("case_id", Uuid(), nullable=False),
    Column("token_id", Uuid()),
    Column("item_id", Uuid()),
    Column("element", String(120), nullable=False),
    Column("code", String(60), nullable=False),
    Column("message", Text(), nullable=False),
    Column("attempts", Integer(), nullable=False, default=1),
    Column("opened_at", Moment(), nullable=False),
    Column("closed_at", Moment()),
    ref("cases", "case_id"),
    Index("ix_incidents_open", "tenant_id", "closed_at", "opened_at"),
    Index("ix_incidents_case", "tenant_id", "case_id"),
)
