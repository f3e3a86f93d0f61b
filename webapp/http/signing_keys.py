"""签名密钥: one's own signing key, set, renewed and ended."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address

from domain.endorsements.rules import PinInvalid, holds_at
from engine.errors import LuchengError
from webapp.http.frame import (
    actor,
    go,
    now,
    page,
    product,
    signed_in,
    status_of,
    tell,
    wording,
    words_of,
)
from webapp.usecases.endorsing import Renewal, own_keys, revoke_key, set_key
from webapp.usecases.sign_in import Locked, SignInRefused

blueprint = Blueprint("signing_keys", __name__)


@blueprint.get("/access/signing-key")
@signed_in
def show() -> ResponseReturnValue:
    """The person's key and the earlier ones."""
    return _page()


def _page(status: int = 200, **errors: str) -> ResponseReturnValue:
    rows = own_keys(product(), actor())
    current = next((row for row in rows if _holds(row)), None)
    return page(
        "access/signing_key.html",
        status,
        current=None if current is None else {"facts": _facts(current)},
        earlier=[_earlier(row) for row in rows if row is not current],
        errors=errors,
    )


def _holds(row: Any) -> bool:
    return holds_at(row.valid_from, row.valid_to, row.revoked_at, now())


def _facts(row: Any) -> list[dict[str, Any]]:
    return [
        {"label": _("密钥"), "value": row.key},
        {"label": _("设置"), "value": words_of(row.valid_from), "iso": row.valid_from.isoformat()},
        {"label": _("有效至"), "value": words_of(row.valid_to), "iso": row.valid_to.isoformat()},
    ]


def _earlier(row: Any) -> dict[str, Any]:
    return {
        "name": row.key,
        "state": _("已停用") if row.revoked_at else _("已到期"),
        "since": words_of(row.valid_from),
        "until": words_of(row.revoked_at or row.valid_to),
    }


@blueprint.post("/access/signing-key")
@signed_in
def renew() -> ResponseReturnValue:
    """Set a new key; an earlier one ends."""
    form = request.form
    typed = Renewal(form.get("password", ""), form.get("_pin", ""), form.get("_again", ""))
    try:
        set_key(product(), actor(), typed, get_remote_address())
    except PinInvalid as error:
        return _page(422, pin=wording(error))
    except (SignInRefused, Locked) as error:
        return _page(_refused(error), password=_password_words(error))
    tell("success", _("签名密钥已设置"))
    return go(".show")


@blueprint.post("/access/signing-key/revoke")
@signed_in
def revoke() -> ResponseReturnValue:
    """End the key."""
    try:
        revoke_key(product(), actor(), request.form.get("password_end", ""), get_remote_address())
    except (SignInRefused, Locked) as error:
        return _page(_refused(error), password_end=_password_words(error))
    tell("success", _("签名密钥已停用，以前的签字仍然有效"))
    return go(".show")


def _refused(error: LuchengError) -> int:
    """A wrong password does not end the session: no 401, which would ask to sign in."""
    return 422 if isinstance(error, SignInRefused) else status_of(error)


def _password_words(error: LuchengError) -> str:
    return str(_("登录密码不正确")) if isinstance(error, SignInRefused) else wording(error)
