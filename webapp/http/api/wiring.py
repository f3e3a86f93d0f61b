"""The API joined to the application; it authenticates by token and needs no CSRF token."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask
from flask_smorest import Api
from flask_wtf.csrf import CSRFProtect

from webapp.http.api import (
    batches,
    cases,
    definitions,
    documents,
    draws,
    events,
    handoffs,
    item_acts,
    items,
    migrations,
    notifications,
    overview,
    rehearsals,
    tenders,
    tokens,
)
from webapp.http.api.schemas import ErrorAnswer

PREFIX = "/api/v1"
_ABOUT = (
    "多租户 BPMN 流程引擎接口：与页面相同的用例与权限。\n\n"
    "HTTP interface of the multi-tenant BPMN engine: the use cases and permissions of the pages."
)


class LuchengApi(Api):  # type: ignore[misc]
    """Leaves errors to the application: {code, message, errors: [{field, message}]}."""

    ERROR_SCHEMA = ErrorAnswer

    def _register_error_handlers(self) -> None:
        """None of its own: one place answers for pages and programs (`mishaps`)."""


def add_api(app: Flask, csrf: CSRFProtect) -> None:
    """Register every operation under /api/v1 and its description."""
    app.config.update(
        API_TITLE="绿程 Lucheng",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = LuchengApi(
        app,
        spec_kwargs={
            "info": {"description": _ABOUT},
            "servers": [{"url": "/"}],
        },
    )
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    parts = (
        tokens,
        cases,
        items,
        item_acts,
        batches,
        draws,
        definitions,
        migrations,
        rehearsals,
        notifications,
        overview,
        events,
        tenders,
        handoffs,
        documents,
    )
    for part in parts:
        csrf.exempt(part.blueprint)
        api.register_blueprint(part.blueprint, url_prefix=PREFIX)


def description(app: Flask) -> dict[str, Any]:
    """The OpenAPI document, for tests and docs."""
    answer = app.test_client().get(f"{PREFIX}/openapi.json")
    document: dict[str, Any] = json.loads(answer.data)
    return document
