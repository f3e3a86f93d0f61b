"""Which blueprints there are."""

from __future__ import annotations

from flask import Blueprint

from webapp.http import (
    admin,
    auth,
    batches,
    cases,
    health,
    objecting,
    objections,
    public,
    starting,
    tasks,
    work,
)


def blueprints() -> list[Blueprint]:
    """All page blueprints."""
    return [
        auth.blueprint,
        health.blueprint,
        work.blueprint,
        tasks.blueprint,
        starting.blueprint,
        cases.blueprint,
        objections.blueprint,
        batches.blueprint,
        admin.blueprint,
        public.blueprint,
        objecting.blueprint,
    ]
