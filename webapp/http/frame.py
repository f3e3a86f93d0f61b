"""What every page shares: the frame's context, the signed-in person, errors to status codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, current_app, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import UserMixin, current_user, login_required

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
from engine.lists import count_open_items
from engine.office import Office, local_date
from webapp.product import Product
from webapp.usecases.identity import Locked, SignInRefused

STATUS: tuple[tuple[type[LuchengError], int], ...] = (
    (NotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (TooLarge, 413),
    (Refused, 422),
    (Invalid, 422),
    (SignInRefused, 401),
    (Locked, 429),
    (Unavailable, 503),
    (LuchengError, 400),
)
"""Class of error to HTTP status; the first row that matches holds."""


def status_of(error: LuchengError) -> int:
    """The HTTP status of an error."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def wording(error: LuchengError) -> str:
    """The error's sentence in the language of the page."""
    return error.zh if page_language().startswith("zh") else error.en


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
    signed_in = bool(current_user.is_authenticated)
    base: dict[str, Any] = {
        "language": "zh-CN" if page_language().startswith("zh") else "en",
        "languages": _languages(),
        "product": _("绿程"),
        "tenant": None,
        "home_url": url_for("work.list_items") if signed_in else url_for("auth.sign_in"),
        "nav": [],
        "notices_url": url_for("static", filename="dist/THIRD-PARTY-NOTICES.txt"),
        "flashes": session.pop("flashes", []),
        "now": now(),
    }
    if signed_in:
        base |= _signed_in_frame()
    else:
        base["sign_in_url"] = url_for("auth.sign_in")
    return base


def _languages() -> list[dict[str, Any]]:
    zh = page_language().startswith("zh")
    return [
        {
            "label": "中文",
            "lang": "zh-CN",
            "active": zh,
            "href": url_for("auth.choose_language", language="zh", next=request.full_path),
        },
        {
            "label": "English",
            "lang": "en",
            "active": not zh,
            "href": url_for("auth.choose_language", language="en", next=request.full_path),
        },
    ]


def _signed_in_frame() -> dict[str, Any]:
    who, settings = actor(), office()
    with product().db.tenant(who.tenant_id, read_only=True) as tx:
        counts = count_open_items(tx, who, now())
    day = local_date(settings, now())
    warnings = settings.calendar.warnings_for(day, day)
    return {
        "tenant": {"name": settings.short},
        "account": {"name": who.name, "capacity": who.title},
        "account_menu": [],
        "sign_out_url": url_for("auth.sign_out"),
        "nav": [item for item in _nav(who, counts["all"]) if item],
        "calendar_warning": warnings[0].zh if warnings else None,
    }


def _nav(who: Actor, count: int) -> list[dict[str, Any]]:
    places: list[tuple[str, str, int]] = []
    if who.may_act:
        places += [(_("待办"), "work.list_items", count), (_("已办"), "work.list_done", 0)]
    if who.capacity == "applicant":
        places.append((_("我的申请"), "cases.list_own", 0))
    else:
        places.append((_("办件"), "cases.list_all", 0))
    if who.capacity in ("officer", "leader", "admin"):
        places.append((_("批次"), "batches.list_batches", 0))
    if who.capacity in ("admin", "leader", "auditor"):
        places.append((_("异常"), "admin.list_incidents", 0))
    if who.capacity in ("admin", "auditor"):
        places.append((_("规则对照"), "admin.show_rules", 0))
    known = current_app.view_functions
    return [
        {
            "label": label,
            "href": url_for(endpoint),
            "count": number,
            "active": request.endpoint == endpoint,
        }
        for label, endpoint, number in places
        if endpoint in known
    ]


def page(template: str, status: int = 200, **context: Any) -> tuple[str, int]:
    """Render a page inside the frame."""
    return render_template(template, **{**frame(), **context}), status


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


def signed_in(function: Any) -> Any:
    """A view only for signed-in people."""
    return login_required(function)


def moment_words(moment: datetime | None, settings: Office) -> str:
    """A time as people write it: month, day, hour and minute in the tenant's zone."""
    if moment is None:
        return ""
    local = moment.astimezone(settings.calendar.zone)
    today = local_date(settings, now())
    if local.date() == today:
        return f"{_('今天')} {local:%H:%M}"
    if local.year == today.year:
        return f"{local:%m-%d %H:%M}"
    return f"{local:%Y-%m-%d %H:%M}"


def due_info(row: Mapping[str, Any] | Any, settings: Office) -> dict[str, Any] | None:
    """The facts ``due_badge`` shows for an item: late, today, soon, ok, paused or none."""
    deadline = row.deadline
    if deadline is None:
        return None
    if row.due_at is None:
        return {"kind": "paused", "days": 0}
    rest = settings.calendar.remaining(now(), row.due_at)
    days = abs(rest.days)
    if rest.overdue:
        kind, days = "late", max(1, days)
    elif rest.days == 0:
        kind = "today"
    else:
        kind = "soon" if rest.days <= 3 else "ok"
    return {
        "kind": kind,
        "days": days,
        "at": moment_words(row.due_at, settings),
        "iso": row.due_at.isoformat(),
    }
