"""A browser remembers, in a signed cookie, who has signed in with it: failures of strangers in
his name do not count there."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

COOKIE = "known"
KEPT_SECONDS = 180 * 24 * 3600
MOST_NAMES = 8
UNIT = "unit"
"""The cookie that says where this browser was signed in last; it opens nothing."""


def known_device(username: str) -> str:
    """What this browser is called when the person has signed in with it before, else nothing."""
    device, names = _remembered()
    return device if _short(username) in names else ""


def last_unit() -> str:
    """The slug of the tenant this browser was signed in at last, as the browser says."""
    return request.cookies.get(UNIT, "")


def remember_device(answer: Response, username: str, unit: str) -> None:
    """Let the browser remember that the person signed in with it, and at which tenant."""
    device, names = _remembered()
    names = [_short(username), *(name for name in names if name != _short(username))][:MOST_NAMES]
    _keep(answer, COOKIE, _signer().dumps([device or secrets.token_urlsafe(16), names]))
    _keep(answer, UNIT, unit)


def _keep(answer: Response, name: str, value: str) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=KEPT_SECONDS,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
        path="/sign-in",
    )


def _remembered() -> tuple[str, list[str]]:
    try:
        found: Any = _signer().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return "", []
    return found[0], found[1]


def _short(username: str) -> str:
    return hashlib.sha256(username.encode()).hexdigest()[:16]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="known device")
