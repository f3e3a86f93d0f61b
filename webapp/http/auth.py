"""Sign in, sign out, language."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_login import current_user, logout_user
from flask_login.utils import login_url
from flask_wtf.csrf import generate_csrf

from webapp.http.frame import (
    go,
    now,
    page,
    product,
    session_ended,
    signed_in,
    tell,
    wording,
)
from webapp.http.kept_forms import FIELD as KEPT
from webapp.http.kept_forms import go_on, keep_form, read_kept
from webapp.http.known_device import known_device, last_unit
from webapp.http.letting_in import Coming
from webapp.http.mishaps import Mishap, answer
from webapp.http.sign_in_steps import go_through
from webapp.http.words import N_, word
from webapp.usecases.federation import providers_at
from webapp.usecases.identity import close_session, tenants_to_sign_in
from webapp.usecases.sign_in import (
    Credentials,
    Locked,
    Origin,
    SignInRefused,
    verify_credentials,
)

blueprint = Blueprint("auth", __name__)
LEVEL_WORDS = {
    "national": N_("国家级"),
    "region": N_("省级"),
    "city": N_("市级"),
    "banner": N_("县级"),
}


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The sign-in page."""
    if current_user.is_authenticated:
        return redirect(_inside(request.args.get("next", "")) or "/", code=303)
    return _form({"tenant": request.args.get("tenant", "") or last_unit()})


def _form(
    values: dict[str, str], error: str = "", status: int = 200, kept: str = ""
) -> ResponseReturnValue:
    found = tenants_to_sign_in(product().db)
    return page(
        "sign_in.html",
        status,
        tenants=[(word(LEVEL_WORDS, level), units) for level, units in found],
        values=values,
        error=error,
        next=_inside(request.values.get("next", "")),
        kept=kept,
        elsewhere=providers_at(product(), values.get("tenant", "")),
    )


def ask_to_sign_in() -> ResponseReturnValue:
    """Leads who is not signed in to the sign-in; a form that was sent travels along."""
    kept = keep_form()
    if kept:
        return _form({}, status=401, kept=kept)
    return redirect(login_url("auth.sign_in", request.url))


def form_expired() -> ResponseReturnValue:
    """A page that was open too long sent its form: its words come back, to be sent again."""
    if request.blueprint == blueprint.name:
        values = {name: request.form.get(name, "") for name in ("tenant", "username")}
        return _form(values, _("页面已过期，请再试一次"), 400, request.form.get(KEPT, ""))
    kept = keep_form()
    form = read_kept(kept)
    if form is None:
        return answer(Mishap(400, "csrf", _("页面已过期，没有保存")))
    if current_user.is_authenticated or request.path.startswith("/public"):
        return go_on(form, 400, _("页面已过期，没有保存"))
    return _form({}, status=400, kept=kept)


@blueprint.post("/sign-in")
def do_sign_in() -> ResponseReturnValue:
    """Check name and password and open a session on the server."""
    values = {name: request.form.get(name, "") for name in ("tenant", "username")}
    kept = request.form.get(KEPT, "")
    form = read_kept(kept)
    try:
        given = Credentials(**values, password=request.form.get("password", ""))
        origin = Origin(get_remote_address(), known_device(given.username))
        who = verify_credentials(product().db, given, origin, now())
    except (SignInRefused, Locked) as error:
        return _form(values, wording(error), 429 if isinstance(error, Locked) else 422, kept)
    if form is not None and not form.is_of(str(who.membership_id)):
        said = _("刚才的内容由另一位用户填写，请以其身份登录；不需要时请重新打开登录页面")
        return _form(values, said, 422, kept)
    coming = Coming(given.username, given.tenant, _inside(request.form.get("next", "")), kept)
    return go_through(who, coming)


@blueprint.get("/signed-in")
@signed_in
def come_back() -> ResponseReturnValue:
    """Where somebody lands who signed in beside a page that is still being filled in."""
    return page("come_back.html")


@blueprint.get("/session")
def session_token() -> Response:
    """The token against forged requests for a page that was open before its reader signed in
    again; 401 when nobody is signed in. No other site can read the answer."""
    if not current_user.is_authenticated:
        return session_ended()
    return Response(generate_csrf(), mimetype="text/plain")


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End the session here and on the server."""
    if current_user.is_authenticated:
        close_session(product().db, current_user.get_id())
    logout_user()
    session.clear()
    tell("success", _("您已退出"))
    return go("auth.sign_in")


@blueprint.get("/language/<language>")
def choose_language(language: str) -> ResponseReturnValue:
    """Show the pages in Chinese or English from now on."""
    session["language"] = "en" if language == "en" else "zh_Hans_CN"
    return redirect(_inside(request.args.get("next", "")) or "/", code=303)


def _inside(target: str) -> str:
    """An address of this site, or nothing: nobody is led elsewhere by a crafted link."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return ""
    safe = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target.rstrip("?") if safe and not parts.scheme and not parts.netloc else ""
