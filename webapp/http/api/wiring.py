"""The API joined to the application; it authenticates by token and needs no CSRF token."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, Response, jsonify
from flask_smorest import Api
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException

from webapp.http.api import batches, cases, definitions, items, notifications, tokens
from webapp.http.api.schemas import ErrorAnswer

PREFIX = "/api/v1"


class LuchengApi(Api):  # type: ignore[misc]
    """Answers errors as {code, message, errors: [{field, message}]}."""

    ERROR_SCHEMA = ErrorAnswer

    def handle_http_exception(self, error: HTTPException) -> tuple[Response, int]:
        """The error as JSON; wrong fields are named by their place."""
        status = error.code or 500
        messages = getattr(error, "data", {}).get("messages", {})
        errors = [
            {"field": field, "message": text}
            for place in messages.values()
            for field, text in _flat(place)
        ]
        message = "请求内容有误" if errors else WORDS.get(status, error.name)
        return jsonify({"code": f"http_{status}", "message": message, "errors": errors}), status


WORDS = {404: "没有这个资源", 405: "不支持的操作", 415: "请以 JSON 提交", 413: "内容过大"}


def _flat(value: Any, place: str = "") -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [
            pair
            for key, inner in value.items()
            for pair in _flat(inner, f"{place}.{key}" if place else str(key))
        ]
    if isinstance(value, list):
        return [(place, str(text)) for text in value]
    return [(place, str(value))]


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
            "info": {"description": "多租户 BPMN 流程引擎接口：与页面相同的用例与权限。"},
            "servers": [{"url": "/"}],
        },
    )
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    for part in (tokens, cases, items, batches, definitions, notifications):
        csrf.exempt(part.blueprint)
        api.register_blueprint(part.blueprint, url_prefix=PREFIX)


def description(app: Flask) -> dict[str, Any]:
    """The OpenAPI document, for tests and docs."""
    answer = app.test_client().get(f"{PREFIX}/openapi.json")
    document: dict[str, Any] = json.loads(answer.data)
    return document
