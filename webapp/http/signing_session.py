"""The PIN of who signs several items one after another, as his browser carries it for a while."""

from __future__ import annotations

from flask import session
from flask_login import current_user

from webapp.http.frame import actor, now, product
from webapp.usecases.recently_signed import LASTS, open_pin, seal_pin

PIN = "pin"


def carry_pin(pin: str) -> None:
    """Let the browser carry a PIN that was right, unless it carries one already."""
    if not carried_pin():
        until = now() + LASTS
        session[PIN] = seal_pin(product(), actor(), current_user.get_id(), pin, until)


def carried_pin() -> str:
    """The PIN the browser carries; nothing when its time is over or it is not this person's."""
    carried = str(session.get(PIN, ""))
    return open_pin(product(), actor(), current_user.get_id(), carried, now()) if carried else ""
