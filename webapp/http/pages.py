"""Which blueprints there are."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect

from webapp.http import auth, health


def blueprints() -> list[Blueprint]:
    """All page blueprints."""
    return [auth.blueprint, health.blueprint]


def add_api(app: Flask, csrf: CSRFProtect) -> None:
    """Register the API under /api/v1; it authenticates by token, so it needs no CSRF token."""
