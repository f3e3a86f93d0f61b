"""The engine's tenant tables: definitions, cases, items, time, messages, history."""

from __future__ import annotations

from engine.store.tables.casework import case_viewers, cases, scopes
from engine.store.tables.figures import step_figures
from engine.store.tables.gathered import (
    batch_acts,
    batch_cases,
    batches,
    draw_entries,
    draw_refusals,
    draws,
)
from engine.store.tables.identity import identity_providers, linked_identities
from engine.store.tables.officework import (
    absences,
    copies,
    item_openings,
    questions,
    recusals,
)
from engine.store.tables.people import (
    membership_principals,
    memberships,
    parameters,
    settings,
    units,
)
from engine.store.tables.publishing import bundles, contents, definition_drafts, tenant_files
from engine.store.tables.redrawing import (
    migration_cases,
    migrations,
    rehearsals,
    rehearsed_cases,
)
from engine.store.tables.telling import channels, wishes
from engine.store.tables.truth import (
    audit,
    counters,
    deliveries,
    history,
    idempotency,
    readings,
)
from engine.store.tables.waiting import (
    clock_stops,
    early_messages,
    handoffs,
    incidents,
    notifications,
    outbox,
    published_facts,
    start_events,
    subscriptions,
    timers,
)
from engine.store.tables.work import attachments, drafts, item_candidates, records, work_items

__all__ = [
    "absences",
    "attachments",
    "audit",
    "batch_acts",
    "batch_cases",
    "batches",
    "bundles",
    "case_viewers",
    "cases",
    "channels",
    "clock_stops",
    "contents",
    "copies",
    "counters",
    "definition_drafts",
    "deliveries",
    "drafts",
    "draw_entries",
    "draw_refusals",
    "draws",
    "early_messages",
    "handoffs",
    "history",
    "idempotency",
    "identity_providers",
    "incidents",
    "item_candidates",
    "item_openings",
    "linked_identities",
    "membership_principals",
    "memberships",
    "migration_cases",
    "migrations",
    "notifications",
    "outbox",
    "parameters",
    "published_facts",
    "questions",
    "readings",
    "records",
    "recusals",
    "rehearsals",
    "rehearsed_cases",
    "scopes",
    "settings",
    "start_events",
    "step_figures",
    "subscriptions",
    "tenant_files",
    "timers",
    "units",
    "wishes",
    "work_items",
]
