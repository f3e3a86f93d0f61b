"""The Flask application: extensions, pages, headers, error pages."""

from __future__ import annotations

import secrets

import structlog
from flask import Flask, Response, g, make_response, request
from flask_babel import Babel
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from engine.errors import LuchengError
from webapp.http import pages
from webapp.http.api.wiring import add_api
from webapp.http.auth import ask_to_sign_in, form_expired
from webapp.http.frame import (
    Person,
    is_part,
    now,
    page_language,
    product,
    session_ended,
    status_of,
    wording,
)
from webapp.http.full_disk import unless_full
from webapp.http.intake import StrictJson, add_limits
from webapp.http.metrics import bind_person, watch_requests
from webapp.http.mishaps import Mishap, answer, of_error, of_fields
from webapp.http.packed import Application
from webapp.operations.logs import never_tell_locals
from webapp.places import bundle_version
from webapp.product import Product
from webapp.settings import secret_of
from webapp.usecases.identity import session_actor
from webapp.usecases.troubles import TROUBLES, keep_trouble

log = structlog.get_logger(__name__)

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'{style}; img-src 'self' data:; "
    "font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def create_app(served: Product) -> Flask:
    """The application that serves one product."""
    never_tell_locals()
    app = Application(__name__, template_folder="templates", static_folder="static")
    settings = served.settings
    app.config.update(
        SECRET_KEY=secret_of(settings),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.has_secure_cookies,
        MAX_CONTENT_LENGTH=(settings.upload_limit_mb + 2) * 1_048_576,
        MAX_FORM_MEMORY_SIZE=4 * 1_048_576,
        MAX_FORM_PARTS=5_000,
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE=settings.language,
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    app.json = StrictJson(app)
    app.extensions["lucheng"] = served
    app.jinja_env.globals["bundle_version"] = bundle_version()
    Babel(app, locale_selector=page_language)
    csrf = CSRFProtect(app)
    add_limits(app, settings)
    watch_requests(app)
    _add_login(app)
    for blueprint in pages.blueprints():
        app.register_blueprint(blueprint)
    add_api(app, csrf)
    app.after_request(_add_headers)
    _add_error_pages(app)
    return app


def _add_login(app: Flask) -> None:
    manager = LoginManager(app)
    manager.unauthorized_handler(ask_to_sign_in)
    manager.login_message = None
    manager.session_protection = "basic"

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(secret: str) -> Person | None:
        found = session_actor(product().db, secret, now())
        if found is None:
            return None
        bind_person(found.tenant_id, found.membership_id)
        return Person(secret, found)


def _add_headers(response: Response) -> Response:
    # The diagram library sets style attributes; no page runs inline script.
    style = " 'unsafe-inline'" if g.get("has_diagram") else ""
    response.headers.setdefault("Content-Security-Policy", POLICY.format(style=style))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Permissions-Policy", "geolocation=(), microphone=()")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    elif "v" in request.args and response.status_code == 200:
        # The address changes with the content, so what was fetched once need not be asked again.
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _add_error_pages(app: Flask) -> None:
    @app.errorhandler(LuchengError)
    def known(error: LuchengError) -> Response:
        who = g.get("caller") or getattr(current_user, "actor", None)
        if isinstance(error, TROUBLES) and who is not None:
            keep_trouble(product(), who, error, request.view_args or {})
        return answer(unless_full(error, of_error(error, status_of(error), wording(error))))

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> Response:
        if is_part():
            return session_ended()
        return make_response(form_expired())

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        code = error.code or 500
        kept = {name: value for name, value in error.get_headers() if name != "Content-Type"}
        return answer(Mishap(code, f"http_{code}", facts=of_fields(error), headers=kept))

    @app.errorhandler(OperationalError)
    def database(error: OperationalError) -> Response:
        log.error("database_unavailable", error=repr(error.orig))
        mishap = Mishap(503, "unavailable", headers={"Retry-After": "60"})
        return answer(unless_full(error, mishap))

    @app.errorhandler(Exception)
    def unknown(error: Exception) -> Response:
        reference = secrets.token_hex(4)
        kind = type(error).__name__  # its text may quote what was typed
        log.exception("unexpected_error", path=request.path, error=kind, reference=reference)
        return answer(unless_full(error, Mishap(500, "internal", reference=reference)))
