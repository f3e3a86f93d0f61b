"""The tables of tenders: officers and their keys, sealed bids, openings, committee, scores."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, LargeBinary, String, UniqueConstraint, Uuid

from engine.store.metadata import ref, tenant_table
from engine.store.types import Json, Moment

opening_keys = tenant_table(
    "opening_keys",
    Column("membership_id", Uuid(), nullable=False),
    Column("public", String(64), nullable=False),
    Column("wrapped", Json, nullable=False),
    Column("made_at", Moment(), nullable=False),
    ref("memberships", "membership_id"),
    UniqueConstraint("tenant_id", "public"),
    Index("ix_opening_keys_of", "tenant_id", "membership_id", "made_at"),
)

tenders = tenant_table(
    "tenders",
    # none for a case that is tendered for alone
    Column("batch_id", Uuid()),
    Column("number", String(60), nullable=False),
    Column("round", Integer(), nullable=False),
    Column("title", String(200), nullable=False),
    Column("body", String(8000), nullable=False),
    Column("contact", String(200), nullable=False),
    Column("status", String(20), nullable=False),
    Column("opening_public", String(64), nullable=False),
    Column("bids_from", Moment(), nullable=False),
    Column("bids_until", Moment(), nullable=False),
    Column("opens_at", Moment(), nullable=False),
    Column("closed_at", Moment()),
    Column("opened_at", Moment()),
    # what the tenant's parameters said when the notice was published
    Column("terms", Json, nullable=False),
    Column("draw_id", Uuid()),
    Column("winner_id", Uuid()),
    Column("result", Json),
    Column("result_at", Moment()),
    Column("contract", String(60), nullable=False, default=""),
    Column("contract_on", Date()),
    Column("failed_why", String(40), nullable=False, default=""),
    Column("published_by", Uuid()),
    ref("batches", "batch_id"),
    ref("draws", "draw_id"),
    UniqueConstraint("tenant_id", "number"),
    UniqueConstraint("tenant_id", "batch_id", "round"),
    Index("ix_tenders_list", "tenant_id", "bids_from"),
)

tender_cases = tenant_table(
    "tender_cases",
    Column("tender_id", Uuid(), nullable=False),
    Column("case_id", Uuid(), nullable=False),
    Column("assigned_at", Moment()),
    ref("tenders", "tender_id"),
    ref("cases", "case_id"),
    UniqueConstraint("tenant_id", "tender_id", "case_id"),
    Index("ix_tender_cases_case", "tenant_id", "case_id"),
)

tender_officers = tenant_table(
    "tender_officers",
    Column("tender_id", Uuid(), nullable=False),
    Column("membership_id", Uuid(), nullable=False),
    Column("key_id", Uuid(), nullable=False),
    Column("lost_at", Moment()),
    ref("tenders", "tender_id"),
    ref("memberships", "membership_id"),
    ref("opening_keys", "key_id"),
    UniqueConstraint("tenant_id", "tender_id", "membership_id"),
)

tender_shares = tenant_table(
    "tender_shares",
    Column("tender_id", Uuid(), nullable=False),
    Column("first", Uuid(), nullable=False),
    Column("second", Uuid(), nullable=False),
    Column("box", LargeBinary(), nullable=False),
    # what the first officer left for the second; nobody else can read it
    Column("left", LargeBinary()),
    ref("tenders", "tender_id"),
    UniqueConstraint("tenant_id", "tender_id", "first", "second"),
)

bids = tenant_table(
    "bids",
    Column("tender_id", Uuid(), nullable=False),
    Column("body_id", Uuid(), nullable=False),
    Column("body_name", String(120), nullable=False),
    Column("status", String(20), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("size", Integer(), nullable=False),
    Column("sealed", LargeBinary(), nullable=False),
    Column("received_at", Moment(), nullable=False),
    Column("received_from", Uuid(), nullable=False),
    Column("ended_at", Moment()),
    # filled by the opening; empty for as long as the bid is sealed
    Column("price", String(40)),
    Column("offer", Json),
    Column("file", LargeBinary()),
    Column("faults", Json),
    ref("tenders", "tender_id"),
    UniqueConstraint("tenant_id", "tender_id", "digest"),
    Index("ix_bids_of", "tenant_id", "tender_id", "body_id"),
)

openings = tenant_table(
    "openings",
    Column("tender_id", Uuid(), nullable=False),
    Column("turn", String(10), nullable=False),
    Column("officer", Uuid(), nullable=False),
    Column("at", Moment(), nullable=False),
    Column("bids", Json, nullable=False),
    ref("tenders", "tender_id"),
    ref("memberships", "officer"),
    UniqueConstraint("tenant_id", "tender_id", "turn"),
    UniqueConstraint("tenant_id", "tender_id", "officer"),
    append_only=True,
)

committee_members = tenant_table(
    "committee_members",
    Column("tender_id", Uuid(), nullable=False),
    Column("membership_id", Uuid(), nullable=False),
    Column("rank", Integer(), nullable=False),
    Column("status", String(20), nullable=False),
    Column("reason", String(200), nullable=False, default=""),
    ref("tenders", "tender_id"),
    ref("memberships", "membership_id"),
    UniqueConstraint("tenant_id", "tender_id", "membership_id"),
)

bid_scores = tenant_table(
    "bid_scores",
    Column("tender_id", Uuid(), nullable=False),
    Column("bid_id", Uuid(), nullable=False),
    Column("member", Uuid(), nullable=False),
    Column("criterion", String(40), nullable=False),
    Column("points", String(40), nullable=False),
    Column("scored_at", Moment(), nullable=False),
    ref("bids", "bid_id"),
    ref("memberships", "member"),
    UniqueConstraint("tenant_id", "bid_id", "member", "criterion"),
)
