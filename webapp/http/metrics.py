"""Watching requests: one log line and one figure each; and the page the figures are read from."""

from __future__ import annotations

import hmac
import ipaddress
import time

import structlog
from flask import Blueprint, Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST

from webapp.http.frame import product
from webapp.operations import figures, logs

log = structlog.get_logger(__name__)

blueprint = Blueprint("metrics", __name__)

FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
UNTOLD = ("static", "signs.livez", "signs.healthz", "metrics.show")
COMPLETED = {"tasks.act_on_item": ("page", (303,)), "api_items.Complete": ("api", (200, 202))}


@blueprint.get("/metrics")
def show() -> Response:
    """The figures of this node, for whoever may read them."""
    if not _may_read(product().settings.metrics_token):
        return Response("403\n", 403, mimetype="text/plain")
    return Response(figures.exposition(product()), content_type=CONTENT_TYPE_LATEST)


def _may_read(token: str) -> bool:
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    # A proxy on this machine speaks for somebody elsewhere.
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def watch_requests(app: Flask) -> None:
    """Bind what a request concerns before it, and count and tell it after."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()
    places = {
        name.removesuffix("_id"): str(value)
        for name, value in (request.view_args or {}).items()
        if name in ("case_id", "item_id", "batch_id")
    }
    logs.bind(**places)


def bind_person(tenant: object, person: object) -> None:
    """Say who asks, once he is known."""
    structlog.contextvars.bind_contextvars(tenant=str(tenant), actor=str(person))


def _end(response: Response) -> Response:
    if request.endpoint in UNTOLD or "began" not in g:
        return response
    seconds = time.perf_counter() - g.began
    route = request.url_rule.rule if request.url_rule else "none"
    kind = f"{response.status_code // 100}xx"
    figures.REQUESTS.labels(request.method, route, kind).observe(seconds)
    way, good = COMPLETED.get(request.endpoint or "", ("", ()))
    if response.status_code in good and "_draft" not in request.form:
        figures.COMPLETIONS.labels(way).inc()
    if structlog.is_configured():  # an application that nobody serves has nobody to tell
        log.info(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )
    return response
