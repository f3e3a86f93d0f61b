"""What is published: contents, tenant files, bundles, drafts of definitions."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, UniqueConstraint, Uuid

from engine.store.metadata import tenant_table
from engine.store.types import Json, Moment

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
    # the drawing of the level above that a tenant's own one was made beside
    Column("base_digest", String(64)),
    UniqueConstraint("tenant_id", "procedure", "version"),
    Index("ix_bundles_in_force", "tenant_id", "procedure", "effective_from", "version"),
)

definition_drafts = tenant_table(
    "definition_drafts",
    Column("procedure", String(80), nullable=False),
    Column("original", LargeBinary(), nullable=False),  # as it came
    Column("body", LargeBinary(), nullable=False),  # normalised: what is published
    # texts that came with it: "scenario" (null: none is kept any more), "decisions" by id
    Column("beside", Json, nullable=False),
    Column("report", Json, nullable=False),
    Column("created_by", Uuid()),
    Column("created_at", Moment(), nullable=False),
    # counts the savings of the editor, who saved last, and who has it open until when
    Column("revision", Integer(), nullable=False, default=1),
    Column("saved_by", Uuid()),
    Column("saved_at", Moment()),
    Column("editor", Uuid()),
    Column("editor_since", Moment()),
    Column("editor_until", Moment()),
    # who asked to publish what could not be proved; another account has to confirm it
    Column("asked_by", Uuid()),
    Column("asked_account", Uuid()),
    Column("asked_at", Moment()),
    Column("asked_reason", String(400)),
    Column("asked_from", Moment()),
    Column("published_at", Moment()),
)
