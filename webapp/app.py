"""The Flask application: extensions, pages, headers, error pages."""

from __future__ import annotations

import structlog
from flask import Flask, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_login import LoginManager
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from engine.errors import LuchengError
from webapp.http import pages
from webapp.http.api.wiring import add_api
from webapp.http.frame import Person, now, page, page_language, status_of, wording
from webapp.places import bundle_version
from webapp.product import Product
from webapp.settings import secret_of
from webapp.usecases.identity import session_actor

log = structlog.get_logger(__name__)

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'{style}; img-src 'self' data:; "
    "font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
API_PREFIX = "/api/"


def create_app(product: Product) -> Flask:
    """The application that serves one product."""
    app = Flask(__name__, template_folder="templates", static_folder="static")
    settings = product.settings
    app.config.update(
        SECRET_KEY=secret_of(settings),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=(settings.upload_limit_mb + 2) * 1_048_576,
        MAX_FORM_MEMORY_SIZE=4 * 1_048_576,
        MAX_FORM_PARTS=5_000,
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE=settings.language,
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["lucheng"] = product
    app.jinja_env.globals["bundle_version"] = bundle_version()
    Babel(app, locale_selector=page_language)
    csrf = CSRFProtect(app)
    _add_login(app, product)
    for blueprint in pages.blueprints():
        app.register_blueprint(blueprint)
    add_api(app, csrf)
    app.after_request(_add_headers)
    _add_error_pages(app)
    return app


def _add_login(app: Flask, product: Product) -> None:
    manager = LoginManager(app)
    manager.login_view = "auth.sign_in"
    manager.login_message = None
    manager.session_protection = "basic"

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(secret: str) -> Person | None:
        found = session_actor(product.db, secret, now())
        return None if found is None else Person(secret, found)


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
    def known(error: LuchengError) -> ResponseReturnValue:
        return _answer(status_of(error), error.code, wording(error), error)

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> ResponseReturnValue:
        return _answer(400, "csrf", "页面已过期，请返回上一页刷新后重试")

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        code = error.code or 500
        return _answer(code, f"http_{code}", HTTP_WORDS.get(code, error.name))

    @app.errorhandler(OperationalError)
    def database(error: OperationalError) -> ResponseReturnValue:
        log.error("database_unavailable", error=repr(error.orig))
        return _answer(503, "unavailable", "系统暂时不可用，请稍后重试；已提交的内容未丢失")

    @app.errorhandler(Exception)
    def unknown(error: Exception) -> ResponseReturnValue:
        log.exception("unexpected_error", path=request.path, error=repr(error))
        return _answer(500, "internal", "系统出现意外错误，已记录")


HTTP_WORDS = {
    400: "请求有误",
    401: "请先登录",
    403: "您没有权限",
    404: "页面不存在",
    405: "不支持的操作",
    413: "上传内容过大",
    415: "不支持的内容类型",
    422: "提交的内容有误",
    429: "操作过于频繁，请稍后再试",
}


def _answer(
    status: int, code: str, message: str, error: LuchengError | None = None
) -> ResponseReturnValue:
    """An error as JSON for the API and as a page for people."""
    if request.path.startswith(API_PREFIX):
        errors = [] if error is None else error.facts.get("errors", [])
        body = {"code": code, "message": message, "errors": errors}
        if error is not None and "findings" in error.facts:
            body["findings"] = error.facts["findings"]
        return jsonify(body), status
    return page("error.html", status, number=status, message=message)
