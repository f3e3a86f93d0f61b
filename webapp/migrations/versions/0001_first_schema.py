"""The first schema: control tables, tenant tables, row-level security."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from webapp.schema import secure

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
TENANT_TABLES = [
    "attachments",
    "audit",
    "bans",
    "batches",
    "body_ties",
    "bundles",
    "checkpoints",
    "contents",
    "counters",
    "definition_drafts",
    "draws",
    "early_messages",
    "holders",
    "idempotency",
    "identity_providers",
    "inspection_bases",
    "memberships",
    "outbox",
    "parameters",
    "published_facts",
    "readings",
    "settings",
    "step_figures",
    "tenant_files",
    "tenant_keys",
    "units",
    "absences",
    "batch_acts",
    "cases",
    "draw_entries",
    "draw_refusals",
    "linked_identities",
    "membership_principals",
    "migrations",
    "mines",
    "notices",
    "notification_channels",
    "notification_wishes",
    "opening_keys",
    "rehearsals",
    "signing_keys",
    "start_events",
    "tenders",
    "applications",
    "assignments",
    "batch_cases",
    "bids",
    "case_viewers",
    "checkpoint_heads",
    "clock_stops",
    "committee_members",
    "contracts",
    "copies",
    "deliveries",
    "findings",
    "handoffs",
    "history",
    "incidents",
    "inspections",
    "issued_documents",
    "list_entries",
    "migration_cases",
    "notice_subjects",
    "notifications",
    "openings",
    "records",
    "recusals",
    "rehearsed_cases",
    "rounds",
    "sanctions",
    "scopes",
    "subscriptions",
    "tender_cases",
    "tender_officers",
    "tender_shares",
    "timers",
    "work_items",
    "bid_scores",
    "drafts",
    "endorsements",
    "item_candidates",
    "item_openings",
    "list_events",
    "objections",
    "questions",
    "round_entries",
    "round_quotas",
]


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("password_set_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("username", name=op.f("uq_accounts_username")),
    )
    op.create_table(
        "assessor_bodies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessor_bodies")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_assessor_bodies_credit_code")),
    )
    op.create_table(
        "enterprises",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprises")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_enterprises_credit_code")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("guesses", sa.Integer(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index("ix_sign_in_attempts_until", "sign_in_attempts", ["until"], unique=False)
    op.create_table(
        "tenants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["tenants.id"], name=op.f("fk_tenants_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
        sa.UniqueConstraint("slug", name=op.f("uq_tenants_slug")),
    )
    op.create_table(
        "assessor_people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("disciplines", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_assessor_people_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["assessor_bodies.id"], name=op.f("fk_assessor_people_body_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessor_people")),
    )
    op.create_table(
        "attachments",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_attachments_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_attachments")),
    )
    op.create_index("ix_attachments_case", "attachments", ["tenant_id", "case_id"], unique=False)
    op.create_table(
        "audit",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=160), nullable=False),
        sa.Column("capacity", sa.String(length=20), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_audit_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "seq", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["tenant_id", "at", "seq"], unique=False)
    op.create_table(
        "bans",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("subject_name", sa.String(length=120), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_bans_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bans")),
    )
    op.create_index("ix_bans_subject", "bans", ["tenant_id", "kind", "subject_id"], unique=False)
    op.create_table(
        "batches",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("acted_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_batches_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_batches")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_batches_tenant_id_number")),
    )
    op.create_index(
        "ix_batches_list", "batches", ["tenant_id", "kind", "status", "created_at"], unique=False
    )
    op.create_table(
        "body_ties",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(length=200), nullable=False),
        sa.Column("known_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_body_ties_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_body_ties")),
    )
    op.create_index("ix_body_ties_body", "body_ties", ["tenant_id", "body_id"], unique=False)
    op.create_index(
        "ix_body_ties_enterprise", "body_ties", ["tenant_id", "enterprise_id"], unique=False
    )
    op.create_table(
        "bundles",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("procedure", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("manifest", JSON, nullable=False),
        sa.Column("effective_from", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_reason", sa.String(length=400), nullable=True),
        sa.Column("base_digest", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_bundles_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bundles")),
        sa.UniqueConstraint(
            "tenant_id", "procedure", "version", name=op.f("uq_bundles_tenant_id_procedure_version")
        ),
    )
    op.create_index(
        "ix_bundles_in_force",
        "bundles",
        ["tenant_id", "procedure", "effective_from", "version"],
        unique=False,
    )
    op.create_table(
        "checkpoints",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_checkpoints_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_checkpoints")),
        sa.UniqueConstraint(
            "tenant_id", "source", "number", name=op.f("uq_checkpoints_tenant_id_source_number")
        ),
    )
    op.create_table(
        "contents",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_contents_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "digest", name=op.f("pk_contents")),
    )
    op.create_table(
        "counters",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_counters_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "name", name=op.f("pk_counters")),
    )
    op.create_table(
        "definition_drafts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("procedure", sa.String(length=80), nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("beside", JSON, nullable=False),
        sa.Column("report", JSON, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=True),
        sa.Column("saved_at", MOMENT, nullable=True),
        sa.Column("editor", sa.Uuid(), nullable=True),
        sa.Column("editor_since", MOMENT, nullable=True),
        sa.Column("editor_until", MOMENT, nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_account", sa.Uuid(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("asked_reason", sa.String(length=400), nullable=True),
        sa.Column("asked_from", MOMENT, nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_definition_drafts_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_definition_drafts")),
    )
    op.create_table(
        "dispatch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("ref_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_dispatch_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch")),
        sa.UniqueConstraint(
            "kind", "tenant_id", "ref_id", name=op.f("uq_dispatch_kind_tenant_id_ref_id")
        ),
    )
    op.create_index("ix_dispatch_due", "dispatch", ["due_at"], unique=False)
    op.create_table(
        "draws",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("repeats_id", sa.Uuid(), nullable=True),
        sa.Column("content", JSON, nullable=False),
        sa.Column("labels", JSON, nullable=True),
        sa.Column("frozen_digest", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", MOMENT, nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("seed", sa.String(length=128), nullable=True),
        sa.Column("ranking", JSON, nullable=True),
        sa.Column("void", JSON, nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_draws_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_draws")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_draws_tenant_id_number")),
    )
    op.create_index("ix_draws_batch", "draws", ["tenant_id", "batch_id"], unique=False)
    op.create_index("ix_draws_case", "draws", ["tenant_id", "case_id"], unique=False)
    op.create_index("ix_draws_list", "draws", ["tenant_id", "frozen_at"], unique=False)
    op.create_table(
        "early_messages",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("correlation", sa.String(length=200), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=True),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("handoff_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_early_messages_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_early_messages")),
        sa.UniqueConstraint(
            "tenant_id",
            "name",
            "message_id",
            name=op.f("uq_early_messages_tenant_id_name_message_id"),
        ),
    )
    op.create_index(
        "ix_early_messages_match",
        "early_messages",
        ["tenant_id", "name", "correlation"],
        unique=False,
    )
    op.create_table(
        "holders",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_key", sa.String(length=160), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_holders_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_holders")),
        sa.UniqueConstraint("tenant_id", "name_key", name=op.f("uq_holders_tenant_id_name_key")),
    )
    op.create_table(
        "idempotency",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_idempotency_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "account_id", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "identity_providers",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("client_id", sa.String(length=200), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("roles_claim", sa.String(length=80), nullable=False),
        sa.Column("role_map", JSON, nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_identity_providers_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_identity_providers")),
        sa.UniqueConstraint(
            "tenant_id", "issuer", name=op.f("uq_identity_providers_tenant_id_issuer")
        ),
    )
    op.create_table(
        "inspection_bases",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("fixed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_inspection_bases_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_inspection_bases")),
        sa.UniqueConstraint("tenant_id", "year", name=op.f("uq_inspection_bases_tenant_id_year")),
    )
    op.create_table(
        "memberships",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("capacity", sa.String(length=20), nullable=False),
        sa.Column("unit_code", sa.String(length=60), nullable=True),
        sa.Column("enterprise_id", sa.Uuid(), nullable=True),
        sa.Column("body_id", sa.Uuid(), nullable=True),
        sa.Column("roles", JSON, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_memberships_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "tenant_id",
            "account_id",
            "capacity",
            name=op.f("uq_memberships_tenant_id_account_id_capacity"),
        ),
    )
    op.create_table(
        "outbox",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_outbox_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_outbox_tenant_id_key")),
    )
    op.create_index(
        "ix_outbox_unsent",
        "outbox",
        ["tenant_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("sent_at is null"),
        sqlite_where=sa.text("sent_at is null"),
    )
    op.create_table(
        "parameters",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_parameters_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "key", name=op.f("pk_parameters")),
    )
    op.create_table(
        "published_facts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_published_facts_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_published_facts")),
        sa.UniqueConstraint(
            "tenant_id",
            "source",
            "kind",
            "key",
            name=op.f("uq_published_facts_tenant_id_source_kind_key"),
        ),
    )
    op.create_index(
        "ix_published_facts_about", "published_facts", ["tenant_id", "kind", "about"], unique=False
    )
    op.create_index(
        "ix_published_facts_at", "published_facts", ["tenant_id", "source", "at"], unique=False
    )
    op.create_table(
        "readings",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_readings_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_readings")),
    )
    op.create_index("ix_readings_case", "readings", ["tenant_id", "case_id", "at"], unique=False)
    op.create_table(
        "second_factors",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("recovery", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_second_factors_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "sessions",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_sessions_tenant_id")),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_sessions")),
    )
    op.create_table(
        "settings",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_settings_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "name", name=op.f("pk_settings")),
    )
    op.create_table(
        "step_figures",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("procedure", sa.String(length=80), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("older", sa.Integer(), nullable=False),
        sa.Column("overdue", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("in_time", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_step_figures_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "procedure", "element", name=op.f("pk_step_figures")),
    )
    op.create_table(
        "tenant_files",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_tenant_files_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tenant_files")),
        sa.UniqueConstraint("tenant_id", "path", name=op.f("uq_tenant_files_tenant_id_path")),
    )
    op.create_table(
        "tenant_keys",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("public", sa.String(length=64), nullable=False),
        sa.Column("wrapped", JSON, nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("valid_to", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_tenant_keys_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tenant_keys")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_tenant_keys_tenant_id_key")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_tenant_keys_tenant_id_number")),
    )
    op.create_table(
        "tokens",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_tokens_account_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_tokens_tenant_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_tokens")),
    )
    op.create_table(
        "units",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("short", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("parent_code", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_units_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_units")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_units_tenant_id_code")),
    )
    op.create_table(
        "absences",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=False),
        sa.Column("procedure", sa.String(length=80), nullable=False),
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("to_at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["memberships.tenant_id", "memberships.id"],
            name=op.f("fk_absences_tenant_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "substitute_id"],
            ["memberships.tenant_id", "memberships.id"],
            name=op.f("fk_absences_tenant_id_substitute_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_absences_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_absences")),
    )
    op.create_index(
        "ix_absences_person", "absences", ["tenant_id", "membership_id", "to_at"], unique=False
    )
    op.create_index(
        "ix_absences_substitute", "absences", ["tenant_id", "substitute_id", "to_at"], unique=False
    )
    op.create_table(
        "batch_acts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "batch_id"],
            ["batches.tenant_id", "batches.id"],
            name=op.f("fk_batch_acts_tenant_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_batch_acts_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_batch_acts")),
    )
    op.create_index("ix_batch_acts_batch", "batch_acts", ["tenant_id", "batch_id"], unique=False)
    op.create_table(
        "cases",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("bundle_id", sa.Uuid(), nullable=False),
        sa.Column("procedure", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=80), nullable=False),
        sa.Column("starter", sa.Uuid(), nullable=False),
        sa.Column("principal", sa.String(length=80), nullable=False),
        sa.Column("parameters", JSON, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=80), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("history_seq", sa.Integer(), nullable=False),
        sa.Column("history_head", sa.String(length=64), nullable=False),
        sa.Column("handed_by", sa.String(length=40), nullable=True),
        sa.Column("handed_number", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bundle_id"],
            ["bundles.tenant_id", "bundles.id"],
            name=op.f("fk_cases_tenant_id_bundle_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_cases_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_cases")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_cases_tenant_id_number")),
    )
    op.create_index(
        "ix_cases_list", "cases", ["tenant_id", "status", "started_at", "id"], unique=False
    )
    op.create_index(
        "ix_cases_principal", "cases", ["tenant_id", "principal", "started_at", "id"], unique=False
    )
    op.create_index(
        "ix_cases_starter", "cases", ["tenant_id", "starter", "started_at", "id"], unique=False
    )
    op.create_table(
        "draw_entries",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("party", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("value", sa.String(length=128), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "draw_id"],
            ["draws.tenant_id", "draws.id"],
            name=op.f("fk_draw_entries_tenant_id_draw_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_draw_entries_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_draw_entries")),
        sa.UniqueConstraint(
            "tenant_id", "draw_id", "seq", name=op.f("uq_draw_entries_tenant_id_draw_id_seq")
        ),
    )
    op.create_table(
        "draw_refusals",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=False),
        sa.Column("member", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "draw_id"],
            ["draws.tenant_id", "draws.id"],
            name=op.f("fk_draw_refusals_tenant_id_draw_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_draw_refusals_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_draw_refusals")),
        sa.UniqueConstraint(
            "tenant_id", "draw_id", "member", name=op.f("uq_draw_refusals_tenant_id_draw_id_member")
        ),
    )
    op.create_table(
        "linked_identities",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("is_provisioned", sa.Boolean(), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["memberships.tenant_id", "memberships.id"],
            name=op.f("fk_linked_identities_tenant_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "provider_id"],
            ["identity_providers.tenant_id", "identity_providers.id"],
            name=op.f("fk_linked_identities_tenant_id_provider_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_linked_identities_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_linked_identities")),
        sa.UniqueConstraint(
            "tenant_id",
            "provider_id",
            "subject",
            name=op.f("uq_linked_identities_tenant_id_provider_id_subject"),
        ),
    )
    op.create_table(
        "membership_principals",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("principal", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["memberships.tenant_id", "memberships.id"],
            name=op.f("fk_membership_principals_tenant_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_membership_principals_tenant_id")
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "membership_id", "principal", name=op.f("pk_membership_principals")
        ),
    )
    op.create_index(
        "ix_membership_principals_find",
        "membership_principals",
        ["tenant_id", "principal"],
        unique=False,
    )
    op.create_table(
        "migrations",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("procedure", sa.String(length=80), nullable=False),
        sa.Column("bundle_id", sa.Uuid(), nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("accepted", JSON, nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bundle_id"],
            ["bundles.tenant_id", "bundles.id"],
            name=op.f("fk_migrations_tenant_id_bundle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_migrations_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_migrations")),
    )
    op.create_index(
        "ix_migrations_list", "migrations", ["tenant_id", "procedure", "at"], unique=False
    )
    op.create_table(
        "mines",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("printed_name", sa.String(length=160), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=True),
        sa.Column("holder_id", sa.Uuid(), nullable=True),
        sa.Column("to_be_confirmed", sa.Boolean(), nullable=False),
        sa.Column("licence_no", sa.String(length=60), nullable=True),
        sa.Column("division", sa.String(length=12), nullable=False),
        sa.Column("mineral", sa.String(length=60), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("scale", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=True),
        sa.Column("source_no", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "holder_id"],
            ["holders.tenant_id", "holders.id"],
            name=op.f("fk_mines_tenant_id_holder_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_mines_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_mines")),
        sa.UniqueConstraint("tenant_id", "licence_no", name=op.f("uq_mines_tenant_id_licence_no")),
        sa.UniqueConstraint("tenant_id", "no", name=op.f("uq_mines_tenant_id_no")),
        sa.UniqueConstraint(
            "tenant_id", "source", "source_no", name=op.f("uq_mines_tenant_id_source_source_no")
        ),
    )
    op.create_index("ix_mines_holder", "mines", ["tenant_id", "holder_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=400), nullable=False),
        sa.Column("organiser", JSON, nullable=False),
        sa.Column("verifiers", JSON, nullable=False),
        sa.Column("demanded", JSON, nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "batch_id"],
            ["batches.tenant_id", "batches.id"],
            name=op.f("fk_notices_tenant_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_notices_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notices")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_notices_tenant_id_number")),
    )
    op.create_index("ix_notices_batch", "notices", ["tenant_id", "batch_id"], unique=False)
    op.create_index("ix_notices_list", "notices", ["tenant_id", "published_at", "id"], unique=False)
    op.create_table(
        "notification_channels",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("scheme", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("kinds", JSON, nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by"],
            ["memberships.tenant_id", "memberships.id"],
            name=op.f("fk_notification_channels_tenant_id_created_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_notification_channels_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notification_channels")),
        sa.UniqueConstraint(
            "tenant_id", "name", name=op.f("uq_notification_channels_tenant_id_name")
        ),
    )
    op.create_table(
        "notification_wishes",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("code_until", MOMENT, nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("modes", JSON, nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("gathered_from", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["memberships.tenant_id", "memberships.id"],
            name=op.f("fk_notification_wishes_tenant_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_notification_wishes_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notification_wishes")),
        sa.UniqueConstraint(
            "tenant_id",
            "membership_id",
            name=op.f("uq_notification_wishes_tenant_id_membership_id"),
        ),
    )
    op.create_table(
        "opening_keys",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("public", sa.String(length=64), nullable=False),
        sa.Column("wrapped", JSON, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["memberships.tenant_id", "memberships.id"],
            name=op.f("fk_opening_keys_tenant_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_opening_keys_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_opening_keys")),
        sa.UniqueConstraint("tenant_id", "public", name=op.f("uq_opening_keys_tenant_id_public")),
    )
    op.create_index(
        "ix_opening_keys_of",
        "opening_keys",
        ["tenant_id", "membership_id", "made_at"],
        unique=False,
    )
    op.create_table(
        "rehearsals",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("procedure", sa.String(length=80), nullable=False),
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("to_at", MOMENT, nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("manifest", JSON, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "draft_id"],
            ["definition_drafts.tenant_id", "definition_drafts.id"],
            name=op.f("fk_rehearsals_tenant_id_draft_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_rehearsals_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_rehearsals")),
    )
    op.create_index(
        "ix_rehearsals_draft", "rehearsals", ["tenant_id", "draft_id", "at"], unique=False
    )
    op.create_table(
        "signing_keys",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("public", sa.String(length=64), nullable=False),
        sa.Column("wrapped", JSON, nullable=False),
        sa.Column("certificate", JSON, nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("valid_to", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_why", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["memberships.tenant_id", "memberships.id"],
            name=op.f("fk_signing_keys_tenant_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_signing_keys_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_signing_keys")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_signing_keys_tenant_id_key")),
    )
    op.create_index(
        "ix_signing_keys_of",
        "signing_keys",
        ["tenant_id", "membership_id", "valid_from"],
        unique=False,
    )
    op.create_table(
        "start_events",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("procedure", sa.String(length=80), nullable=False),
        sa.Column("bundle_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("armed_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("deadline", JSON, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bundle_id"],
            ["bundles.tenant_id", "bundles.id"],
            name=op.f("fk_start_events_tenant_id_bundle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_start_events_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_start_events")),
    )
    op.create_index(
        "ix_start_events_match", "start_events", ["tenant_id", "kind", "name"], unique=False
    )
    op.create_index(
        "ix_start_events_procedure", "start_events", ["tenant_id", "procedure"], unique=False
    )
    op.create_table(
        "tenders",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.String(length=8000), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("opening_public", sa.String(length=64), nullable=False),
        sa.Column("bids_from", MOMENT, nullable=False),
        sa.Column("bids_until", MOMENT, nullable=False),
        sa.Column("opens_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("terms", JSON, nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=True),
        sa.Column("winner_id", sa.Uuid(), nullable=True),
        sa.Column("result", JSON, nullable=True),
        sa.Column("result_at", MOMENT, nullable=True),
        sa.Column("contract", sa.String(length=60), nullable=False),
        sa.Column("contract_on", sa.Date(), nullable=True),
        sa.Column("failed_why", sa.String(length=40), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "batch_id"],
            ["batches.tenant_id", "batches.id"],
            name=op.f("fk_tenders_tenant_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "draw_id"],
            ["draws.tenant_id", "draws.id"],
            name=op.f("fk_tenders_tenant_id_draw_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_tenders_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tenders")),
        sa.UniqueConstraint(
            "tenant_id", "batch_id", "round", name=op.f("uq_tenders_tenant_id_batch_id_round")
        ),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_tenders_tenant_id_number")),
    )
    op.create_index("ix_tenders_list", "tenders", ["tenant_id", "bids_from"], unique=False)
    op.create_table(
        "applications",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("licence_no", sa.String(length=60), nullable=True),
        sa.Column("mine_key", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_applications_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_applications_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_applications")),
        sa.UniqueConstraint("tenant_id", "case_id", name=op.f("uq_applications_tenant_id_case_id")),
    )
    op.create_index(
        "ix_applications_licence", "applications", ["tenant_id", "licence_no"], unique=False
    )
    op.create_index("ix_applications_mine", "applications", ["tenant_id", "mine_key"], unique=False)
    op.create_table(
        "assignments",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("body_name", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("independence_declared", sa.Boolean(), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=True),
        sa.Column("assigned_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_assignments_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_assignments_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_assignments")),
    )
    op.create_index(
        "ix_assignments_body", "assignments", ["tenant_id", "body_id", "status"], unique=False
    )
    op.create_index(
        "ix_assignments_case", "assignments", ["tenant_id", "case_id", "assigned_at"], unique=False
    )
    op.create_table(
        "batch_cases",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("content", JSON, nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "batch_id"],
            ["batches.tenant_id", "batches.id"],
            name=op.f("fk_batch_cases_tenant_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_batch_cases_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_batch_cases_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_batch_cases")),
        sa.UniqueConstraint(
            "tenant_id",
            "batch_id",
            "case_id",
            name=op.f("uq_batch_cases_tenant_id_batch_id_case_id"),
        ),
    )
    op.create_index("ix_batch_cases_case", "batch_cases", ["tenant_id", "case_id"], unique=False)
    op.create_table(
        "bids",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("body_name", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("received_from", sa.Uuid(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("price", sa.String(length=40), nullable=True),
        sa.Column("offer", JSON, nullable=True),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("faults", JSON, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "tender_id"],
            ["tenders.tenant_id", "tenders.id"],
            name=op.f("fk_bids_tenant_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_bids_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bids")),
        sa.UniqueConstraint(
            "tenant_id", "tender_id", "digest", name=op.f("uq_bids_tenant_id_tender_id_digest")
        ),
    )
    op.create_index("ix_bids_of", "bids", ["tenant_id", "tender_id", "body_id"], unique=False)
    op.create_table(
        "case_viewers",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("principal", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_case_viewers_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_case_viewers_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "case_id", "principal", name=op.f("pk_case_viewers")),
    )
    op.create_index(
        "ix_case_viewers_find", "case_viewers", ["tenant_id", "principal", "case_id"], unique=False
    )
    op.create_table(
        "checkpoint_heads",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_checkpoint_heads_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_checkpoint_heads_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "case_id", name=op.f("pk_checkpoint_heads")),
    )
    op.create_table(
        "clock_stops",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("token_id", sa.Uuid(), nullable=True),
        sa.Column("ground", sa.String(length=200), nullable=False),
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("to_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_clock_stops_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_clock_stops_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_clock_stops")),
    )
    op.create_index("ix_clock_stops_case", "clock_stops", ["tenant_id", "case_id"], unique=False)
    op.create_table(
        "committee_members",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["memberships.tenant_id", "memberships.id"],
            name=op.f("fk_committee_members_tenant_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "tender_id"],
            ["tenders.tenant_id", "tenders.id"],
            name=op.f("fk_committee_members_tenant_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_committee_members_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_committee_members")),
        sa.UniqueConstraint(
            "tenant_id",
            "tender_id",
            "membership_id",
            name=op.f("uq_committee_members_tenant_id_tender_id_membership_id"),
        ),
    )
    op.create_table(
        "contracts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("division", sa.String(length=12), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("mine_name", sa.String(length=160), nullable=False),
        sa.Column("is_new_mine", sa.Boolean(), nullable=False),
        sa.Column("complete_by", sa.Date(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_contracts_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_contracts_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contracts")),
        sa.UniqueConstraint("tenant_id", "case_id", name=op.f("uq_contracts_tenant_id_case_id")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_contracts_tenant_id_number")),
    )
    op.create_index(
        "ix_contracts_enterprise", "contracts", ["tenant_id", "enterprise_id"], unique=False
    )
    op.create_index(
        "ix_contracts_list", "contracts", ["tenant_id", "division", "year"], unique=False
    )
    op.create_table(
        "copies",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("recipient", sa.Uuid(), nullable=False),
        sa.Column("sender", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("signed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_copies_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recipient"],
            ["memberships.tenant_id", "memberships.id"],
            name=op.f("fk_copies_tenant_id_recipient"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_copies_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_copies")),
    )
    op.create_index("ix_copies_case", "copies", ["tenant_id", "case_id"], unique=False)
    op.create_index(
        "ix_copies_list", "copies", ["tenant_id", "recipient", "at", "id"], unique=False
    )
    op.create_table(
        "deliveries",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("recipient", sa.String(length=160), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("delivered_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_deliveries_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_deliveries_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_deliveries")),
    )
    op.create_table(
        "findings",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mine", sa.String(length=40), nullable=False),
        sa.Column("mine_name", sa.String(length=160), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("fact", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_findings_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_findings_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_findings")),
    )
    op.create_index("ix_findings_case", "findings", ["tenant_id", "case_id"], unique=False)
    op.create_index("ix_findings_mine", "findings", ["tenant_id", "mine", "status"], unique=False)
    op.create_table(
        "handoffs",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("peer", sa.String(length=40), nullable=False),
        sa.Column("peer_name", sa.String(length=120), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("correlation", sa.String(length=200), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("stage", sa.String(length=80), nullable=False),
        sa.Column("peer_status", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_handoffs_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "file_id"],
            ["attachments.tenant_id", "attachments.id"],
            name=op.f("fk_handoffs_tenant_id_file_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_handoffs_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_handoffs")),
        sa.UniqueConstraint(
            "tenant_id",
            "direction",
            "peer",
            "message_id",
            name=op.f("uq_handoffs_tenant_id_direction_peer_message_id"),
        ),
    )
    op.create_index("ix_handoffs_case", "handoffs", ["tenant_id", "case_id"], unique=False)
    op.create_index("ix_handoffs_number", "handoffs", ["tenant_id", "number"], unique=False)
    op.create_table(
        "history",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=160), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("content", JSON, nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_history_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_history_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "case_id", "seq", name=op.f("pk_history")),
    )
    op.create_index("ix_history_actor", "history", ["tenant_id", "actor", "at"], unique=False)
    op.create_table(
        "incidents",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("token_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_incidents_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_incidents_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_case", "incidents", ["tenant_id", "case_id"], unique=False)
    op.create_index(
        "ix_incidents_open", "incidents", ["tenant_id", "closed_at", "opened_at"], unique=False
    )
    op.create_table(
        "inspections",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mine", sa.String(length=40), nullable=False),
        sa.Column("mine_name", sa.String(length=160), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_inspections_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "draw_id"],
            ["draws.tenant_id", "draws.id"],
            name=op.f("fk_inspections_tenant_id_draw_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_inspections_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_inspections")),
        sa.UniqueConstraint(
            "tenant_id", "case_id", "mine", name=op.f("uq_inspections_tenant_id_case_id_mine")
        ),
    )
    op.create_index(
        "ix_inspections_year", "inspections", ["tenant_id", "year", "mine"], unique=False
    )
    op.create_table(
        "issued_documents",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("template", sa.String(length=120), nullable=False),
        sa.Column("template_digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("for_applicant", sa.Boolean(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_issued_documents_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_issued_documents_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_issued_documents")),
        sa.UniqueConstraint(
            "tenant_id",
            "case_id",
            "template",
            "record_id",
            name=op.f("uq_issued_documents_tenant_id_case_id_template_record_id"),
        ),
    )
    op.create_index(
        "ix_issued_documents_case",
        "issued_documents",
        ["tenant_id", "case_id", "issued_at"],
        unique=False,
    )
    op.create_table(
        "list_entries",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mine_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("marks", JSON, nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("catalogue", sa.String(length=60), nullable=False),
        sa.Column("score", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_list_entries_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "mine_id"],
            ["mines.tenant_id", "mines.id"],
            name=op.f("fk_list_entries_tenant_id_mine_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_list_entries_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_list_entries")),
        sa.UniqueConstraint(
            "tenant_id", "mine_id", "level", name=op.f("uq_list_entries_tenant_id_mine_id_level")
        ),
    )
    op.create_index("ix_list_entries_case", "list_entries", ["tenant_id", "case_id"], unique=False)
    op.create_index("ix_list_entries_status", "list_entries", ["tenant_id", "status"], unique=False)
    op.create_table(
        "migration_cases",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("migration_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("from_bundle_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("reasons", JSON, nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("before", JSON, nullable=True),
        sa.Column("after", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_migration_cases_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "from_bundle_id"],
            ["bundles.tenant_id", "bundles.id"],
            name=op.f("fk_migration_cases_tenant_id_from_bundle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "migration_id"],
            ["migrations.tenant_id", "migrations.id"],
            name=op.f("fk_migration_cases_tenant_id_migration_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_migration_cases_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_migration_cases")),
        sa.UniqueConstraint(
            "tenant_id",
            "migration_id",
            "case_id",
            name=op.f("uq_migration_cases_tenant_id_migration_id_case_id"),
        ),
    )
    op.create_index(
        "ix_migration_cases_case", "migration_cases", ["tenant_id", "case_id"], unique=False
    )
    op.create_table(
        "notice_subjects",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lines", JSON, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_notice_subjects_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "notice_id"],
            ["notices.tenant_id", "notices.id"],
            name=op.f("fk_notice_subjects_tenant_id_notice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_notice_subjects_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notice_subjects")),
        sa.UniqueConstraint(
            "tenant_id",
            "notice_id",
            "case_id",
            name=op.f("uq_notice_subjects_tenant_id_notice_id_case_id"),
        ),
    )
    op.create_index(
        "ix_notice_subjects_case", "notice_subjects", ["tenant_id", "case_id"], unique=False
    )
    op.create_table(
        "notifications",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_notifications_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["memberships.tenant_id", "memberships.id"],
            name=op.f("fk_notifications_tenant_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_notifications_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_notifications")),
        sa.UniqueConstraint(
            "tenant_id",
            "membership_id",
            "key",
            name=op.f("uq_notifications_tenant_id_membership_id_key"),
        ),
    )
    op.create_index(
        "ix_notifications_list",
        "notifications",
        ["tenant_id", "membership_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["tenant_id", "membership_id"],
        unique=False,
        postgresql_where=sa.text("read_at is null"),
        sqlite_where=sa.text("read_at is null"),
    )
    op.create_table(
        "openings",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.String(length=10), nullable=False),
        sa.Column("officer", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("bids", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "officer"],
            ["memberships.tenant_id", "memberships.id"],
            name=op.f("fk_openings_tenant_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "tender_id"],
            ["tenders.tenant_id", "tenders.id"],
            name=op.f("fk_openings_tenant_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_openings_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_openings")),
        sa.UniqueConstraint(
            "tenant_id",
            "tender_id",
            "officer",
            name=op.f("uq_openings_tenant_id_tender_id_officer"),
        ),
        sa.UniqueConstraint(
            "tenant_id", "tender_id", "turn", name=op.f("uq_openings_tenant_id_tender_id_turn")
        ),
    )
    op.create_table(
        "records",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("form", sa.String(length=80), nullable=False),
        sa.Column("form_digest", sa.String(length=64), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_records_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_records_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_records")),
    )
    op.create_index("ix_records_case", "records", ["tenant_id", "case_id", "at"], unique=False)
    op.create_table(
        "recusals",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(length=500), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_recusals_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["memberships.tenant_id", "memberships.id"],
            name=op.f("fk_recusals_tenant_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_recusals_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_recusals")),
        sa.UniqueConstraint(
            "tenant_id",
            "case_id",
            "membership_id",
            name=op.f("uq_recusals_tenant_id_case_id_membership_id"),
        ),
    )
    op.create_table(
        "rehearsed_cases",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("rehearsal_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("is_running", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_rehearsed_cases_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "rehearsal_id"],
            ["rehearsals.tenant_id", "rehearsals.id"],
            name=op.f("fk_rehearsed_cases_tenant_id_rehearsal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_rehearsed_cases_tenant_id")
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "rehearsal_id", "case_id", name=op.f("pk_rehearsed_cases")
        ),
    )
    op.create_index(
        "ix_rehearsed_cases_list",
        "rehearsed_cases",
        ["tenant_id", "rehearsal_id", "verdict"],
        unique=False,
    )
    op.create_table(
        "rounds",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("document", sa.String(length=80), nullable=False),
        sa.Column("notice_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_rounds_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_rounds_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_rounds")),
        sa.UniqueConstraint("tenant_id", "case_id", name=op.f("uq_rounds_tenant_id_case_id")),
    )
    op.create_table(
        "sanctions",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mine", sa.String(length=40), nullable=False),
        sa.Column("mine_name", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_sanctions_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_sanctions_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sanctions")),
    )
    op.create_index("ix_sanctions_mine", "sanctions", ["tenant_id", "mine"], unique=False)
    op.create_table(
        "scopes",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("variables", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_scopes_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_scopes_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_scopes")),
    )
    op.create_index("ix_scopes_case", "scopes", ["tenant_id", "case_id"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("correlation", sa.String(length=200), nullable=False),
        sa.Column("signals", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_subscriptions_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_subscriptions_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint(
            "tenant_id", "token_id", name=op.f("uq_subscriptions_tenant_id_token_id")
        ),
    )
    op.create_index(
        "ix_subscriptions_match",
        "subscriptions",
        ["tenant_id", "kind", "name", "correlation"],
        unique=False,
    )
    op.create_table(
        "tender_cases",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("assigned_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_tender_cases_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "tender_id"],
            ["tenders.tenant_id", "tenders.id"],
            name=op.f("fk_tender_cases_tenant_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_tender_cases_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tender_cases")),
        sa.UniqueConstraint(
            "tenant_id",
            "tender_id",
            "case_id",
            name=op.f("uq_tender_cases_tenant_id_tender_id_case_id"),
        ),
    )
    op.create_index("ix_tender_cases_case", "tender_cases", ["tenant_id", "case_id"], unique=False)
    op.create_table(
        "tender_officers",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("lost_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "key_id"],
            ["opening_keys.tenant_id", "opening_keys.id"],
            name=op.f("fk_tender_officers_tenant_id_key_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["memberships.tenant_id", "memberships.id"],
            name=op.f("fk_tender_officers_tenant_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "tender_id"],
            ["tenders.tenant_id", "tenders.id"],
            name=op.f("fk_tender_officers_tenant_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_tender_officers_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tender_officers")),
        sa.UniqueConstraint(
            "tenant_id",
            "tender_id",
            "membership_id",
            name=op.f("uq_tender_officers_tenant_id_tender_id_membership_id"),
        ),
    )
    op.create_table(
        "tender_shares",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Uuid(), nullable=False),
        sa.Column("second", sa.Uuid(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.Column("left", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "tender_id"],
            ["tenders.tenant_id", "tenders.id"],
            name=op.f("fk_tender_shares_tenant_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_tender_shares_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tender_shares")),
        sa.UniqueConstraint(
            "tenant_id",
            "tender_id",
            "first",
            "second",
            name=op.f("uq_tender_shares_tenant_id_tender_id_first_second"),
        ),
    )
    op.create_table(
        "timers",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("deadline", JSON, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_timers_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_timers_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_timers")),
        sa.UniqueConstraint("tenant_id", "token_id", name=op.f("uq_timers_tenant_id_token_id")),
    )
    op.create_index("ix_timers_case", "timers", ["tenant_id", "case_id"], unique=False)
    op.create_table(
        "work_items",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("form", sa.String(length=80), nullable=False),
        sa.Column("batch", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=True),
        sa.Column("candidates", JSON, nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("deadline", JSON, nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("legal", JSON, nullable=True),
        sa.Column("legal_due_at", MOMENT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("claimed_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("added", sa.String(length=10), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=True),
        sa.Column("resume_at", sa.String(length=120), nullable=False),
        sa.Column("resume_by", sa.Uuid(), nullable=True),
        sa.Column("urged", sa.Integer(), nullable=False),
        sa.Column("urged_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_work_items_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_work_items_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_work_items")),
    )
    op.create_index(
        "ix_work_items_batch",
        "work_items",
        ["tenant_id", "batch", "status"],
        unique=False,
        postgresql_where=sa.text("batch <> ''"),
        sqlite_where=sa.text("batch <> ''"),
    )
    op.create_index(
        "ix_work_items_case", "work_items", ["tenant_id", "case_id", "status"], unique=False
    )
    op.create_index(
        "ix_work_items_done",
        "work_items",
        ["tenant_id", "closed_by", "closed_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_work_items_due",
        "work_items",
        ["tenant_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at is null and due_at is not null"),
        sqlite_where=sa.text("closed_at is null and due_at is not null"),
    )
    op.create_table(
        "bid_scores",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("member", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(length=40), nullable=False),
        sa.Column("points", sa.String(length=40), nullable=False),
        sa.Column("scored_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bid_id"],
            ["bids.tenant_id", "bids.id"],
            name=op.f("fk_bid_scores_tenant_id_bid_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member"],
            ["memberships.tenant_id", "memberships.id"],
            name=op.f("fk_bid_scores_tenant_id_member"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_bid_scores_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bid_scores")),
        sa.UniqueConstraint(
            "tenant_id",
            "bid_id",
            "member",
            "criterion",
            name=op.f("uq_bid_scores_tenant_id_bid_id_member_criterion"),
        ),
    )
    op.create_table(
        "drafts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["work_items.tenant_id", "work_items.id"],
            name=op.f("fk_drafts_tenant_id_item_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_drafts_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "item_id", "owner", name=op.f("pk_drafts")),
    )
    op.create_table(
        "endorsements",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("is_one_of_many", sa.Boolean(), nullable=False),
        sa.Column("signer", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("statement", JSON, nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_endorsements_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "record_id"],
            ["records.tenant_id", "records.id"],
            name=op.f("fk_endorsements_tenant_id_record_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "signer"],
            ["memberships.tenant_id", "memberships.id"],
            name=op.f("fk_endorsements_tenant_id_signer"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_endorsements_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_endorsements")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_endorsements_tenant_id_code")),
        sa.UniqueConstraint(
            "tenant_id", "record_id", name=op.f("uq_endorsements_tenant_id_record_id")
        ),
    )
    op.create_index(
        "ix_endorsements_case", "endorsements", ["tenant_id", "case_id", "signed_at"], unique=False
    )
    op.create_table(
        "item_candidates",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("principal", sa.String(length=120), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["work_items.tenant_id", "work_items.id"],
            name=op.f("fk_item_candidates_tenant_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_item_candidates_tenant_id")
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "item_id", "principal", name=op.f("pk_item_candidates")
        ),
    )
    op.create_index(
        "ix_item_candidates_list",
        "item_candidates",
        ["tenant_id", "principal", "due_at", "item_id"],
        unique=False,
    )
    op.create_table(
        "item_openings",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["work_items.tenant_id", "work_items.id"],
            name=op.f("fk_item_openings_tenant_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_item_openings_tenant_id")
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "item_id", "membership_id", name=op.f("pk_item_openings")
        ),
    )
    op.create_table(
        "list_events",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("status_before", sa.String(length=20), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("marks", JSON, nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=160), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_list_events_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["list_entries.tenant_id", "list_entries.id"],
            name=op.f("fk_list_events_tenant_id_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_list_events_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_list_events")),
        sa.UniqueConstraint(
            "tenant_id", "entry_id", "seq", name=op.f("uq_list_events_tenant_id_entry_id_seq")
        ),
    )
    op.create_table(
        "objections",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("contact", sa.String(length=100), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_at", MOMENT, nullable=True),
        sa.Column("replied_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "notice_id"],
            ["notices.tenant_id", "notices.id"],
            name=op.f("fk_objections_tenant_id_notice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "subject_id"],
            ["notice_subjects.tenant_id", "notice_subjects.id"],
            name=op.f("fk_objections_tenant_id_subject_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_objections_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_objections")),
        sa.UniqueConstraint(
            "tenant_id", "receipt_digest", name=op.f("uq_objections_tenant_id_receipt_digest")
        ),
    )
    op.create_index(
        "ix_objections_notice",
        "objections",
        ["tenant_id", "notice_id", "received_at"],
        unique=False,
    )
    op.create_table(
        "questions",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("asker", sa.Uuid(), nullable=False),
        sa.Column("asked", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_questions_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["work_items.tenant_id", "work_items.id"],
            name=op.f("fk_questions_tenant_id_item_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_questions_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_questions")),
    )
    op.create_index("ix_questions_case", "questions", ["tenant_id", "case_id", "at"], unique=False)
    op.create_table(
        "round_entries",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("province", sa.String(length=12), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("mine_name", sa.String(length=160), nullable=False),
        sa.Column("mine_key", sa.String(length=400), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["cases.tenant_id", "cases.id"],
            name=op.f("fk_round_entries_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "round_id"],
            ["rounds.tenant_id", "rounds.id"],
            name=op.f("fk_round_entries_tenant_id_round_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_round_entries_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_round_entries")),
        sa.UniqueConstraint(
            "tenant_id", "case_id", name=op.f("uq_round_entries_tenant_id_case_id")
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "round_id",
            "mine_key",
            name=op.f("uq_round_entries_tenant_id_round_id_mine_key"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "round_id",
            "province",
            "rank",
            name=op.f("uq_round_entries_tenant_id_round_id_province_rank"),
        ),
    )
    op.create_table(
        "round_quotas",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("province", sa.String(length=12), nullable=False),
        sa.Column("peer", sa.String(length=40), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "round_id"],
            ["rounds.tenant_id", "rounds.id"],
            name=op.f("fk_round_quotas_tenant_id_round_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_round_quotas_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_round_quotas")),
        sa.UniqueConstraint(
            "tenant_id",
            "round_id",
            "province",
            name=op.f("uq_round_quotas_tenant_id_round_id_province"),
        ),
    )
    # ### end Alembic commands ###
    secure(op.get_bind(), TENANT_TABLES)


def downgrade() -> None:
    raise RuntimeError("the first schema is not taken back; restore a backup instead")
