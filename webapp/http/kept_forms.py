"""Forms sent when nobody was signed in any more: what was typed comes back after the sign-in.

It travels through the pages in one signed field, so it needs neither scripts nor a place on the
server, and belongs to nobody but who has the page before him. Files cannot travel: a browser lets
nobody fill in a file control, so their names are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from webapp.http.frame import page, tell

FIELD = "_kept"
KEPT_SECONDS = 24 * 3600
MOST_BYTES = 3 * 1_048_576
_OURS = ("csrf_token", FIELD, "password", "_pin", "_again")


@dataclass(frozen=True)
class KeptForm:
    """Where a form was sent to, what was typed, and which files were chosen."""

    target: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]

    def is_of(self, person: str) -> bool:
        """Whether the page was opened by this person, as far as it says by whom."""
        return all(value in ("", person) for name, value in self.fields if name == "_person")


def keep_form() -> str:
    """The form of this request as one signed text; nothing when it is not ours or too large."""
    if request.method != "POST" or not _comes_from_us():
        return ""
    typed = [pair for pair in request.form.items(multi=True) if pair[0] not in _OURS]
    files = [file.filename for _name, file in request.files.items(multi=True) if file.filename]
    if not (typed or files):
        return ""
    target = request.full_path.rstrip("?")
    kept = _signer().dumps([target, typed, files])
    text = kept if isinstance(kept, str) else kept.decode()
    return text if len(text) <= MOST_BYTES else ""


def _comes_from_us() -> bool:
    """Whether one of our pages sent the form; browsers say so. Another site's form is not kept:
    nobody shall be led to send, by a page of ours, what another site has made up."""
    origin = request.headers.get("Origin")
    if origin is not None:
        return urlsplit(origin).netloc == request.host
    return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"


def read_kept(text: str) -> KeptForm | None:
    """The form that :func:`keep_form` kept; None when there is none."""
    try:
        found: Any = _signer().loads(text, max_age=KEPT_SECONDS) if text else None
    except BadSignature:
        return None
    if found is None:
        return None
    target, fields, files = found
    return KeptForm(target, tuple((name, value) for name, value in fields), tuple(files))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kept form")


def go_on(kept: KeptForm, status: int, said: str) -> ResponseReturnValue:
    """The page that sends a kept form again, with a token that holds."""
    return page(
        "kept.html",
        status,
        said=said,
        target=kept.target,
        fields=kept.fields,
        files=kept.files,
        mark=FIELD,
    )


def is_kept() -> bool:
    """Whether a form comes back and is to be looked through once more before it is handed in."""
    return FIELD in request.form


def tell_kept() -> None:
    """Say on the page that is shown next that it holds what had been typed."""
    tell("info", _("已找回您刚才填写的内容，请核对后提交"))
    names = request.form.getlist(FIELD)[1:]
    if names:
        tell("warning", _("文件需要重新选择：%(names)s", names="、".join(names)))
