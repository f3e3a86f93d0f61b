"""Names and ids of the controls of a form, which never collide with a page's own."""

from __future__ import annotations

import re

PREFIX = "f."
ACT = "~do"
ROWS = "~rows"
UPLOAD = "~upload"

_OTHER = re.compile(r"[^A-Za-z0-9_]+")


def control_id(prefix: str, place: str) -> str:
    """The HTML id of the control at a dotted place."""
    return _OTHER.sub("-", prefix + place)


def act_name(prefix: str) -> str:
    """The name of the buttons that change the form itself: add a row, remove a file."""
    return prefix + ACT


def rows_name(prefix: str, place: str) -> str:
    """The name of the hidden inputs that say which rows a list has."""
    return f"{prefix}{place}.{ROWS}"


def upload_name(prefix: str, place: str) -> str:
    """The name of a file control; its files become attachments whose ids join the value."""
    return f"{prefix}{place}.{UPLOAD}"
