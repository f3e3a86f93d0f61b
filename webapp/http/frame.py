"""What every page shares: the frame's context, the signed-in person, errors to status codes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Response, current_app, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import AnonymousUserMixin, UserMixin, current_user
from sqlalchemy.exc import OperationalError

from engine.actors import Actor
from engine.errors import (
    Conflict,
    Forbidden,
    Invalid,
    LuchengError,
    NotFound,
    Refused,
    TooLarge,
    Unavailable,
)
from engine.feel import FeelError
from engine.forms.context import FormBroken
from engine.messaging.notifications import COUNT_LIMIT, count_unread
from engine.office import Office, local_date
from engine.spiff.codec import StateUnreadable
from engine.spiff.host import BudgetExceeded
from engine.work_items.lists import count_open_items
from webapp.http.navigation import links, menu, places
from webapp.http.times import moment_words
from webapp.product import Product
from webapp.usecases.identity import TokenRefused
from webapp.usecases.openid import ProviderRefused
from webapp.usecases.sign_in import Locked, SignInRefused
from webapp.usecases.sign_in_steps import StepNeeded

STATUS: tuple[tuple[type[LuchengError], int], ...] = (
    (NotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (TooLarge, 413),
    (Refused, 422),
    (Invalid, 422),
    (SignInRefused, 401),
    (StepNeeded, 401),
    (ProviderRefused, 400),
    (TokenRefused, 401),
    (Locked, 429),
    (Unavailable, 503),
    (FeelError, 422),
    (BudgetExceeded, 409),
    (FormBroken, 500),
    (StateUnreadable, 500),
    (LuchengError, 400),
)
"""Class of error to HTTP status; the first row that matches holds."""

limiter = Limiter(get_remote_address, storage_uri="memory://")
"""Counts the requests of an address; each web node counts for itself."""


def status_of(error: LuchengError) -> int:
    """The HTTP status of an error."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def wording(error: LuchengError) -> str:
    """The error's sentence in the language of the page."""
    return error.zh if is_chinese() else error.en


class Person(UserMixin):  # type: ignore[misc]
    """The signed-in person as flask-login knows him; the id is the session's secret."""

    def __init__(self, secret: str, actor: Actor) -> None:
        self.id = secret
        self.actor = actor


def product() -> Product:
    """The product this application serves."""
    found: Product = current_app.extensions["lucheng"]
    return found


def actor() -> Actor:
    """The signed-in person; only behind ``login_required``."""
    found: Actor = current_user.actor
    return found


def now() -> datetime:
    """The moment of the request."""
    if "now" not in g:
        g.now = product().clock.now()
    moment: datetime = g.now
    return moment


def page_language() -> str:
    """The language of the page: the one chosen, else the setting."""
    chosen = session.get("language")
    return str(chosen or product().settings.language)


def office() -> Office:
    """The settings of the signed-in person's tenant, read once a request."""
    if "office" not in g:
        with product().db.tenant(actor().tenant_id, read_only=True) as tx:
            g.office = product().world.offices.get(tx)
    found: Office = g.office
    return found


def frame() -> dict[str, Any]:
    """The context of ``base.html`` (see its head)."""
    base: dict[str, Any] = {
        "language": "zh-CN" if is_chinese() else "en",
        "languages": _languages(),
        "product": _("绿程"),
        "tenant": None,
        "home_url": url_for("health.home"),
        "nav": [],
        "notices_url": url_for("health.third_party"),
        "flashes": session.pop("flashes", []),
        "now": now(),
        "sign_in_url": url_for("auth.sign_in"),
    }
    try:
        return base | (_signed_in_frame() if current_user.is_authenticated else {})
    except OperationalError:
        # The page that says so must not ask the database again who is there.
        g._login_user = AnonymousUserMixin()
        return base


def is_chinese() -> bool:
    """Whether the page is in Chinese."""
    return page_language().startswith("zh")


def _languages() -> list[dict[str, Any]]:
    chosen = "zh" if is_chinese() else "en"
    here = request.full_path if request.method == "GET" else ""
    return [
        {
            "label": label,
            "lang": tag,
            "active": language == chosen,
            "href": url_for("auth.choose_language", language=language, next=here),
        }
        for language, label, tag in (("zh", "中文", "zh-CN"), ("en", "English", "en"))
    ]


def _signed_in_frame() -> dict[str, Any]:
    who, settings = actor(), office()
    with product().db.tenant(who.tenant_id, read_only=True) as tx:
        count = count_open_items(tx, who)
        unread = count_unread(tx, who)
    day = local_date(settings, now())
    warnings = settings.calendar.warnings_for(day, day)
    unsure = (warnings[0].zh if is_chinese() else warnings[0].en) if warnings else None
    return {
        "tenant": {"name": settings.short},
        "is_practice": bool(settings.practice_of),
        "account": {"name": who.name, "capacity": who.title},
        "account_menu": links(menu(who)),
        "sign_out_url": url_for("auth.sign_out"),
        "nav": links(places(who, count)),
        "messages_url": url_for("notifications.list_own"),
        "unread": unread if unread < COUNT_LIMIT else f"{COUNT_LIMIT - 1}+",
        "calendar_warning": unsure,
        "footer_links": [
            {"label": _("名录"), "href": url_for("public.show_list", slug=settings.slug)},
            {"label": _("公示"), "href": url_for("public.list_notices", slug=settings.slug)},
        ],
    }


def page(template: str, status: int = 200, **context: Any) -> tuple[str, int]:
    """Render a page inside the frame."""
    return render_template(template, **{**frame(), **context}), status


def pager(following: str | None, shown: int, size: int) -> dict[str, Any]:
    """The facts of ``pagination`` for a list that knows its next cursor only.

    The way back is in the address: ``trail`` holds the cursors of the pages before.
    """
    here = request.args.get("cursor", "")
    trail = [part for part in request.args.get("trail", "").split(".") if part]
    first = size * (len(trail) + bool(here)) + 1
    back = trail[-1] if trail else ""
    return {
        "first": first,
        "last": first + shown - 1 if shown else 0,
        "total": None,
        "previous": _page_url(back, trail[:-1]) if here else None,
        "next": _page_url(following, [*trail, here] if here else []) if following else None,
    }


def _page_url(cursor: str, trail: list[str]) -> str:
    kept = {k: v for k, v in request.args.items() if k not in ("cursor", "trail", "seen")}
    place = {"cursor": cursor, "trail": ".".join(trail)}
    return here_with({**kept, **{name: value for name, value in place.items() if value}})


def here_with(arguments: Mapping[str, str]) -> str:
    """The address of this page with other arguments."""
    values: dict[str, Any] = {**(request.view_args or {}), **arguments}
    return url_for(cast(str, request.endpoint), **values)


def tell(category: str, text: str) -> None:
    """Show a sentence on the next page: success, warning, danger or info."""
    session["flashes"] = [*session.get("flashes", []), (category, text)]


def go(endpoint: str, **values: Any) -> Response:
    """Answer a POST with 303, so that a reload does not send it again."""
    response: Response = redirect(url_for(endpoint, **values), code=303)  # type: ignore[assignment]
    return response


def uuid_of(text: str) -> UUID:
    """The id in an address; NotFound when it is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("页面不存在", "there is no such page") from error


View = TypeVar("View", bound=Callable[..., Any])


def signed_in(function: View) -> View:
    """A view only for signed-in people; parts of a page are told so, a page leads to sign in."""

    @wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if current_user.is_authenticated:
            check_place(actor().capacity, request.blueprint or "")
            return function(*args, **kwargs)
        if is_part():
            return session_ended()
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]

    return cast(View, guarded)


OWN_PAGES = ("access", "auth", "health", "notifications", "protection", "telling")
"""Pages about oneself, which everybody has."""
PLACES: Mapping[str, tuple[str, ...]] = {
    "platform": ("platform", *OWN_PAGES),
    "security": ("staffing", *OWN_PAGES),
}
"""The blueprints of those who have no part in cases; for everybody else the use cases decide."""


def check_place(capacity: str, blueprint: str) -> None:
    """NotFound for a page that whoever has no part in cases has no business with."""
    if capacity in PLACES and blueprint not in PLACES[capacity]:
        raise NotFound("页面不存在", "there is no such page")


def is_part() -> bool:
    """Whether a page that stays open asks, and not somebody who wants to see another page."""
    return "HX-Request" in request.headers or request.headers.get("Accept") == "text/plain"


def session_ended() -> Response:
    """401 for a part of a page. A list may show itself anew; where somebody types, the page
    stays as it is and says what to do (``auto-save``)."""
    answer = Response(_("登录已失效，请重新登录"), 401, mimetype="text/plain")
    if request.method == "GET" and "HX-Request" in request.headers:
        answer.headers["HX-Refresh"] = "true"
    return answer


def unchanged_since(seen: str, content: str) -> tuple[bool, str]:
    """Whether the content of a self-refreshing part is what the reader has; and its mark."""
    mark = hashlib.sha256(content.encode()).hexdigest()[:16]
    return seen == mark, mark


def words_of(moment: datetime | None) -> str:
    """A time as people of the signed-in person's tenant read it."""
    return moment_words(moment, office(), now())
