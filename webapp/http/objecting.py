"""Objections by the public: made without sign-in, followed by their receipt code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import Blueprint, current_app, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.errors import RateLimitExceeded
from itsdangerous import BadSignature, URLSafeSerializer

from domain.notices.rules import OBJECTION_WORDS, Objecting, ObjectionStatus
from engine.errors import Conflict, Invalid, LuchengError, NotFound
from webapp.http.frame import go, is_chinese, limiter, product, status_of, uuid_of, wording
from webapp.http.kept_forms import is_kept, tell_kept
from webapp.http.public import notice_page, public_page
from webapp.http.times import printed_moment
from webapp.usecases.files import size_words
from webapp.usecases.objections import (
    evidence_names,
    follow_objection,
    keep_evidence,
    make_objection,
)
from webapp.usecases.public import Authority, find_authority, read_notice

blueprint = Blueprint("objecting", __name__)

FILES_AN_HOUR = "30 per hour"
OBJECTIONS_AN_HOUR = "10 per hour"
RECEIPTS_A_MINUTE = "10 per minute"
_TEXTS = ("name", "contact", "content", "subject")
_TONES = {
    ObjectionStatus.RECEIVED: "now",
    ObjectionStatus.UPHELD: "bad",
    ObjectionStatus.MOOT: "mute",
    ObjectionStatus.REJECTED: "mute",
}


@blueprint.post("/public/<slug>/notices/<notice_id>/objections")
def object_to(slug: str, notice_id: str) -> ResponseReturnValue:
    """Take an objection and show its receipt; a refusal keeps everything typed and uploaded."""
    authority, key = find_authority(product(), slug), uuid_of(notice_id)
    typed = {name: request.form.get(name, "") for name in _TEXTS}
    notice = read_notice(product(), authority, key)
    kept, errors = _evidence(authority, takes=notice.is_open)
    if is_kept():
        tell_kept()
        return _refused(authority, key, typed, kept, [], 200)
    if errors:
        return _refused(authority, key, typed, kept, errors, 422)
    try:
        with limiter.limit(OBJECTIONS_AN_HOUR):
            receipt = make_objection(
                product(),
                authority.id,
                key,
                Objecting(typed["name"], typed["contact"], typed["content"], tuple(kept)),
                _subject(typed["subject"]),
            )
    except RateLimitExceeded:
        busy = _error(None, _("提交过于频繁，请一小时后再试；已填写的内容仍在下方"))
        return _refused(authority, key, typed, kept, [busy], 429)
    except (Invalid, Conflict) as error:
        return _refused(authority, key, typed, kept, _told(error), status_of(error))
    session["receipt"] = {"code": receipt.code, "notice": str(key)}
    return go(".show_receipt", slug=slug)


def _subject(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Invalid(
            "请从公示名单中选择异议对象",
            "say which case of the notice you object to",
            errors=[{"field": "subject", "message": str(_("请从公示名单中选择"))}],
        ) from error


def _evidence(authority: Authority, *, takes: bool) -> tuple[list[str], list[dict[str, Any]]]:
    """The ids of files taken now and before, without those given back; what was refused.

    Nothing is stored for a notice that ``takes`` no objections any more.
    """
    most = product().settings.public_upload_files
    kept = [file for file in _signed(request.form.get("kept", "")) if _is_wanted(file)]
    errors = []
    for upload in request.files.getlist("evidence"):
        if not (upload.filename and takes):
            continue
        if len(kept) >= most:
            errors.append(_error("evidence", _("最多提交 %(most)s 个附件", most=most)))
            break
        try:
            with limiter.limit(FILES_AN_HOUR):
                facts = keep_evidence(
                    product(), authority.id, upload.filename, cast(BinaryIO, upload.stream)
                )
        except RateLimitExceeded:
            errors.append(_error("evidence", _("上传过于频繁，请一小时后再试")))
        except LuchengError as error:
            errors.append(_error("evidence", wording(error)))
        else:
            kept.append(str(facts["id"]))
    return kept, errors


def _is_wanted(file_id: str) -> bool:
    return file_id not in request.form.getlist("remove")


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="evidence")


def _signed(text: str) -> list[str]:
    """The files a page of ours was handed; nobody can name another's file."""
    try:
        found: list[str] = _signer().loads(text) if text else []
    except BadSignature:
        return []
    return found


def _told(error: LuchengError) -> list[dict[str, Any]]:
    found = error.facts.get("errors")
    if not isinstance(found, list):
        return [_error(None, wording(error))]
    return [_error(one["field"], _in_language(one)) for one in found]


def _in_language(fault: Mapping[str, str]) -> str:
    english = fault.get("message_en", "")
    return fault["message"] if is_chinese() or not english else english.capitalize()


def _error(field: str | None, message: str) -> dict[str, Any]:
    return {"field": field and f"o-{field}", "name": field, "label": "", "message": message}


def _refused(
    authority: Authority,
    notice_id: UUID,
    typed: Mapping[str, str],
    kept: Sequence[str],
    errors: Sequence[Mapping[str, Any]],
    status: int,
) -> ResponseReturnValue:
    files = evidence_names(product(), authority.id, kept)
    values = {
        **typed,
        "kept": _signer().dumps(list(kept)),
        "files": [{**file, "size": size_words(file["size"])} for file in files],
        "errors": errors,
        "wrong": {error["name"]: error["message"] for error in errors if error["name"]},
    }
    return notice_page(authority, read_notice(product(), authority, notice_id), values, status)


@blueprint.get("/public/<slug>/receipt")
def show_receipt(slug: str) -> ResponseReturnValue:
    """The receipt code, shown once."""
    authority = find_authority(product(), slug)
    receipt = session.pop("receipt", None)
    if receipt is None:
        return go(".ask_receipt", slug=slug)
    notice = read_notice(product(), authority, uuid_of(receipt["notice"]))
    return public_page(authority, "public/receipt.html", code=receipt["code"], notice=notice)


@blueprint.get("/public/<slug>/objections")
def ask_receipt(slug: str) -> ResponseReturnValue:
    """Where the receipt code is entered."""
    return public_page(find_authority(product(), slug), "public/follow.html", code="", found=None)


@blueprint.post("/public/<slug>/objections")
def follow(slug: str) -> ResponseReturnValue:
    """How an objection stands, for whoever has its receipt code; no address holds the code."""
    authority, code = find_authority(product(), slug), request.form.get("code", "").strip()
    try:
        with limiter.limit(RECEIPTS_A_MINUTE):
            found = follow_objection(product(), authority.id, code)
    except RateLimitExceeded:
        problem, status = _("查询过于频繁，请稍后再试"), 429
    except NotFound as error:
        problem, status = wording(error), 404
    else:
        office, words = authority.office, OBJECTION_WORDS[found.status]
        return public_page(
            authority,
            "public/follow.html",
            code="",
            found=found,
            said=words[0 if is_chinese() else 1],
            tone=_TONES[found.status],
            received=printed_moment(found.received_at, office),
            replied=printed_moment(found.replied_at, office),
        )
    return public_page(
        authority, "public/follow.html", status, code=code, found=None, problem=problem
    )
