"""Which blueprints there are."""

from __future__ import annotations

from flask import Blueprint

from webapp.http import (
    access,
    admin,
    auth,
    batches,
    cases,
    documents,
    draws,
    handoffs,
    health,
    metrics,
    modeller,
    notifications,
    objecting,
    objections,
    office,
    overview,
    procedures,
    proof,
    public,
    public_entry,
    public_tenders,
    signing_keys,
    starting,
    tasks,
    telling,
    tenders,
    territory,
    work,
)


def blueprints() -> list[Blueprint]:
    """All page blueprints."""
    return [
        auth.blueprint,
        access.blueprint,
        signing_keys.blueprint,
        health.blueprint,
        health.signs,
        metrics.blueprint,
        work.blueprint,
        tasks.blueprint,
        telling.blueprint,
        office.blueprint,
        starting.blueprint,
        cases.blueprint,
        objections.blueprint,
        batches.blueprint,
        notifications.blueprint,
        admin.blueprint,
        overview.blueprint,
        procedures.blueprint,
        modeller.blueprint,
        proof.blueprint,
        proof.exports,
        documents.blueprint,
        public.blueprint,
        public_entry.blueprint,
        public_tenders.blueprint,
        tenders.blueprint,
        draws.blueprint,
        draws.public,
        handoffs.blueprint,
        territory.blueprint,
        objecting.blueprint,
    ]
