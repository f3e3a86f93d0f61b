"""The engine's tenant tables: definitions, cases, items, time, messages, history."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from engine.store.metadata import ref, tenant_table
from engine.store.types import Json, Moment

# --- people and organisation ---------------------------------------------------------------

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

# --- published files and bundles -----------------------------------------------------------

contents = tenant_table(
    "contents",
    Column("digest", String(64), nullable=False),
    Column("body", LargeBinary(), nullable=False),
    key=("digest",),
    append_only=True,
)

tenant_files = tenant_table(
    "tenant_files",
    Column("path", String(200), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("origin", String(20), nullable=False),
    Column("published_at", Moment(), nullable=False),
    UniqueConstraint("tenant_id", "path"),
)

bundles = tenant_table(
    "bundles",
    Column("procedure", String(80), nullable=False),
    Column("version", Integer(), nullable=False),
    Column("title", String(120), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("manifest", Json, nullable=False),
    Column("effective_from", Moment(), nullable=False),
    Column("published_at", Moment(), nullable=False),
    Column("published_by", Uuid()),
    Column("reason", String(400), nullable=False, default=""),
    Column("verdict", String(10), nullable=False),
    Column("asked_by", Uuid()),
    Column("asked_reason", String(400)),
    UniqueConstraint("tenant_id", "procedure", "version"),
    Index("ix_bundles_in_force", "tenant_id", "procedure", "effective_from", "version"),
)

definition_drafts = tenant_table(
    "definition_drafts",
    Column("procedure", String(80), nullable=False),
    Column("original", LargeBinary(), nullable=False),  # as it came
    Column("body", LargeBinary(), nullable=False),  # normalised: what is published
    Column("report", Json, nullable=False),
    Column("created_by", Uuid()),
    Column("created_at", Moment(), nullable=False),
    # who asked to publish what could not be proved; another account has to confirm it
    Column("asked_by", Uuid()),
    Column("asked_account", Uuid()),
    Column("asked_at", Moment()),
    Column("asked_reason", String(400)),
    Column("asked_from", Moment()),
    Column("published_at", Moment()),
)

# --- cases ---------------------------------------------------------------------------------

cases = tenant_table(
    "cases",
    Column("number", String(60), nullable=False),
    Column("bundle_id", Uuid(), nullable=False),
    Column("procedure", String(80), nullable=False),
    Column("title", String(200), nullable=False),
    Column("status", String(20), nullable=False),
    Column("stage", String(80), nullable=False, default=""),
    Column("starter", Uuid(), nullable=False),
    Column("principal", String(80), nullable=False),
    Column("parameters", Json, nullable=False),
    Column("started_at", Moment(), nullable=False),
    Column("ended_at", Moment()),
    Column("outcome", String(80), nullable=False, default=""),
    Column("rev", Integer(), nullable=False),
    Column("state", LargeBinary(), nullable=False),
    Column("history_seq", Integer(), nullable=False),
    Column("history_head", String(64), nullable=False),
    ref("bundles", "bundle_id"),
    UniqueConstraint("tenant_id", "number"),
    Index("ix_cases_list", "tenant_id", "status", "started_at", "id"),
    Index("ix_cases_starter", "tenant_id", "starter", "started_at", "id"),
    Index("ix_cases_principal", "tenant_id", "principal", "started_at", "id"),
)

case_viewers = tenant_table(
    "case_viewers",
    Column("case_id", Uuid(), nullable=False),
    Column("principal", String(120), nullable=False),
    ref("cases", "case_id"),
    Index("ix_case_viewers_find", "tenant_id", "principal", "case_id"),
    key=("case_id", "principal"),
)

scopes = tenant_table(
    "scopes",
    Column("case_id", Uuid(), nullable=False),
    Column("variables", Json, nullable=False),
    ref("cases", "case_id"),
    Index("ix_scopes_case", "tenant_id", "case_id"),
)

# --- work of people ------------------------------------------------------------------------

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
    Column("revision", Integer(), nullable=False),
    Column("opened_at", Moment(), nullable=False),
    Column("claimed_at", Moment()),
    Column("closed_at", Moment()),
    Column("closed_by", Uuid()),
    Column("record_id", Uuid()),
    ref("cases", "case_id"),
    Index("ix_work_items_case", "tenant_id", "case_id", "status"),
    Index("ix_work_items_done", "tenant_id", "closed_by", "closed_at", "id"),
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

# --- time and messages ---------------------------------------------------------------------

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
    Index("ix_early_messages_match", "tenant_id", "name", "correlation"),
)

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

# --- truth and bookkeeping -----------------------------------------------------------------

history = tenant_table(
    "history",
    Column("case_id", Uuid(), nullable=False),
    Column("seq", Integer(), nullable=False),
    Column("at", Moment(), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("element", String(120), nullable=False),
    Column("actor", Uuid()),
    Column("actor_name", String(160), nullable=False),
    Column("item_id", Uuid()),
    Column("content", Json, nullable=False),
    Column("content_digest", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    ref("cases", "case_id"),
    Index("ix_history_actor", "tenant_id", "actor", "at"),
    key=("case_id", "seq"),
    append_only=True,
)

idempotency = tenant_table(
    "idempotency",
    Column("account_id", Uuid(), nullable=False),
    Column("key", String(200), nullable=False),
    Column("request_digest", String(64), nullable=False),
    Column("answer", Json, nullable=False),
    Column("at", Moment(), nullable=False),
    key=("account_id", "key"),
)

counters = tenant_table(
    "counters",
    Column("name", String(120), nullable=False),
    Column("value", Integer(), nullable=False),
    key=("name",),
)

readings = tenant_table(
    "readings",
    Column("case_id", Uuid()),
    Column("what", String(120), nullable=False),
    Column("by", Uuid(), nullable=False),
    Column("at", Moment(), nullable=False),
    Index("ix_readings_case", "tenant_id", "case_id", "at"),
    append_only=True,
)

deliveries = tenant_table(
    "deliveries",
    Column("case_id", Uuid(), nullable=False),
    Column("document", String(120), nullable=False),
    Column("recipient", String(160), nullable=False),
    Column("method", String(40), nullable=False),
    Column("delivered_at", Moment(), nullable=False),
    Column("recorded_by", Uuid()),
    ref("cases", "case_id"),
)

# --- batches and draws ---------------------------------------------------------------------

batches = tenant_table(
    "batches",
    Column("kind", String(60), nullable=False),
    Column("number", String(60), nullable=False),
    Column("title", String(200), nullable=False),
    Column("status", String(20), nullable=False),
    Column("created_by", Uuid(), nullable=False),
    Column("created_at", Moment(), nullable=False),
    Column("acted_at", Moment()),
    UniqueConstraint("tenant_id", "number"),
    Index("ix_batches_list", "tenant_id", "kind", "status", "created_at"),
)

batch_cases = tenant_table(
    "batch_cases",
    Column("batch_id", Uuid(), nullable=False),
    Column("case_id", Uuid(), nullable=False),
    Column("item_id", Uuid(), nullable=False),
    Column("status", String(20), nullable=False),
    Column("content", Json),
    Column("message", Text(), nullable=False, default=""),
    ref("batches", "batch_id"),
    ref("cases", "case_id"),
    UniqueConstraint("tenant_id", "batch_id", "case_id"),
    Index("ix_batch_cases_case", "tenant_id", "case_id"),
)

batch_acts = tenant_table(
    "batch_acts",
    Column("batch_id", Uuid(), nullable=False),
    Column("act", String(40), nullable=False),
    Column("content", Json, nullable=False),
    Column("by", Uuid(), nullable=False),
    Column("at", Moment(), nullable=False),
    ref("batches", "batch_id"),
    Index("ix_batch_acts_batch", "tenant_id", "batch_id"),
    append_only=True,
)

draws = tenant_table(
    "draws",
    Column("batch_id", Uuid()),
    Column("purpose", String(80), nullable=False),
    Column("pool", Json, nullable=False),
    Column("size", Integer(), nullable=False),
    Column("frozen_digest", String(64), nullable=False),
    Column("frozen_at", Moment(), nullable=False),
    Column("seed", String(128)),
    Column("drawn_at", Moment()),
    Column("ranking", Json),
    Column("by", Uuid(), nullable=False),
    settled_by=("seed", "drawn_at", "ranking"),
)
