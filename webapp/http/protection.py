"""密码和两步验证: one's own password changed, a second factor set up and taken away."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_login import login_user

from engine.errors import LuchengError
from webapp.http.frame import (
    Person,
    actor,
    go,
    now,
    page,
    product,
    signed_in,
    status_of,
    tell,
    wording,
)
from webapp.http.qr import drawn_code
from webapp.usecases.identity import open_session
from webapp.usecases.passwords import Typed, change_password, check_own_password
from webapp.usecases.second_factor import (
    CodeRefused,
    begin_enrolment,
    confirm_enrolment,
    has_second_factor,
    remove_factor,
    renew_recovery,
    waiting_enrolment,
)
from webapp.usecases.sign_in import Locked, Origin, SignInRefused

blueprint = Blueprint("protection", __name__)


@blueprint.get("/access/password")
@signed_in
def ask_password() -> ResponseReturnValue:
    """The form for a new password."""
    return page("access/password.html", errors={})


@blueprint.post("/access/password")
@signed_in
def take_password() -> ResponseReturnValue:
    """Change the password; everything open in his name ends, and he goes on here."""
    form, who = request.form, actor()
    typed = Typed(form.get("password", ""), form.get("new", ""), form.get("again", ""))
    try:
        change_password(product(), who, typed, Origin(get_remote_address()))
    except LuchengError as error:
        status = 422 if isinstance(error, SignInRefused) else status_of(error)
        return page("access/password.html", status, errors={_field(error): _words(error)})
    secret = open_session(product().db, who, now(), product().settings.session_hours)
    login_user(Person(secret, who))
    tell("success", _("密码已更换，其他登录和令牌全部停用"))
    return go("access.list_own")


def _field(error: LuchengError) -> str:
    if isinstance(error, SignInRefused | Locked):
        return "password"
    return "again" if error.code == "again" else "new"


def _words(error: LuchengError) -> str:
    return str(_("登录密码不正确")) if isinstance(error, SignInRefused) else wording(error)


@blueprint.get("/access/second-factor")
@signed_in
def show_factor() -> ResponseReturnValue:
    """Whether there is a second factor, and what can be done."""
    return _factor()


def _factor(status: int = 200, *, begun: bool = False, **errors: str) -> ResponseReturnValue:
    has = has_second_factor(product(), actor().account_id)
    told = waiting_enrolment(product(), actor(), actor().username) if begun and not has else None
    drawn = drawn_code(told.address) if told else ""
    return page("access/second_factor.html", status, has=has, told=told, drawn=drawn, errors=errors)


@blueprint.post("/access/second-factor")
@signed_in
def begin() -> ResponseReturnValue:
    """A new secret, shown to the device."""
    begin_enrolment(product(), actor(), actor().username)
    return _factor(begun=True)


@blueprint.post("/access/second-factor/confirm")
@signed_in
def confirm() -> ResponseReturnValue:
    """The device's first code and the password: the second factor counts from now on."""
    try:
        check_own_password(product(), actor(), request.form.get("password", ""), _origin())
        codes = confirm_enrolment(product(), actor(), request.form.get("code", ""))
    except (CodeRefused, SignInRefused, Locked) as error:
        return _refused(error, begun=True)
    return page("access/recovery.html", codes=codes, onward="/access")


@blueprint.post("/access/second-factor/recovery")
@signed_in
def renew_codes() -> ResponseReturnValue:
    """New recovery codes."""
    try:
        check_own_password(product(), actor(), request.form.get("password", ""), _origin())
    except (SignInRefused, Locked) as error:
        return _refused(error)
    return page("access/recovery.html", codes=renew_recovery(product(), actor()), onward="/access")


@blueprint.post("/access/second-factor/remove")
@signed_in
def remove() -> ResponseReturnValue:
    """Take the second factor away."""
    try:
        check_own_password(product(), actor(), request.form.get("password", ""), _origin())
    except (SignInRefused, Locked) as error:
        return _refused(error)
    remove_factor(product(), actor().account_id)
    tell("success", _("两步验证已停用"))
    return go("access.list_own")


def _refused(error: LuchengError, *, begun: bool = False) -> ResponseReturnValue:
    field = "code" if isinstance(error, CodeRefused) else "password"
    status = 422 if isinstance(error, SignInRefused) else status_of(error)
    return _factor(status, begun=begun, **{field: _words(error)})


def _origin() -> Origin:
    return Origin(get_remote_address())
