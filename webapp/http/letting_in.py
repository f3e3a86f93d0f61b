"""From the right password to the session: who is on the way in, and the first page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import make_response, redirect, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user

from engine.actors import Actor
from webapp.http.frame import Person, now, product
from webapp.http.kept_forms import go_on, read_kept
from webapp.http.known_device import remember_device
from webapp.usecases.identity import open_session
from webapp.usecases.sign_in_steps import waiting_person

PLACE = "coming"
"""Under this name the signed cookie says whose password was right, and what was done since."""
TIME_TO_COME = timedelta(minutes=10)


@dataclass(frozen=True)
class Coming:
    """What a sign-in carries along: the names typed, where to go then, the form that was kept."""

    username: str
    tenant: str
    target: str
    kept: str = ""


@dataclass(frozen=True)
class Waiting:
    """Somebody whose password was right and who is not let in yet."""

    actor: Actor
    coming: Coming
    done: frozenset[str]


def remember_coming(who: Actor, coming: Coming, done: frozenset[str]) -> None:
    """Let the browser come back with what is still asked for; a kept form is no part of it."""
    session[PLACE] = {
        "who": [str(who.tenant_id), str(who.membership_id)],
        "names": [coming.username, coming.tenant, coming.target],
        "done": sorted(done),
        "until": (now() + TIME_TO_COME).isoformat(),
    }


def waiting(kept: str = "") -> Waiting | None:
    """Who is on the way in with this browser; None when nobody is, or for too long."""
    found: dict[str, Any] | None = session.get(PLACE)
    if found is None or datetime.fromisoformat(found["until"]) < now():
        return None
    tenant, member = map(UUID, found["who"])
    who = waiting_person(product(), tenant, member)
    username, unit, target = found["names"]
    if who is None:
        return None
    return Waiting(who, Coming(username, unit, target, kept), frozenset(found["done"]))


def let_in(who: Actor, coming: Coming) -> ResponseReturnValue:
    """Open the session and show the page that was meant, or the form that was kept."""
    secret = open_session(product().db, who, now(), product().settings.session_hours)
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    login_user(Person(secret, who))
    form = read_kept(coming.kept)
    if form is None:
        there = make_response(redirect(coming.target or "/", code=303))
    else:
        there = make_response(go_on(form, 200, _("已登录")))
    remember_device(there, coming.username, coming.tenant)
    return there
