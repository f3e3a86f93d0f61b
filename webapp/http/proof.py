"""What outsiders can check: trust files, checkpoints, a page that verifies a case file."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from domain.endorsements.verdict import Outcome, Verdict
from engine.errors import Invalid, LuchengError
from webapp.http.cases import as_download
from webapp.http.frame import (
    actor,
    is_chinese,
    limiter,
    page,
    product,
    signed_in,
    status_of,
    uuid_of,
    wording,
)
from webapp.usecases.endorsement_sheet import endorsement_sheet
from webapp.usecases.outside_proof import (
    endorsement_by_code,
    export_case,
    published_keys,
    read_checkpoints,
    verify_upload,
)

blueprint = Blueprint("proof", __name__)
exports = Blueprint("exports", __name__)

MOST_CHECKS = "20 per minute"
"""How often one address may have a file verified."""


@blueprint.get("/public/<slug>/keys.json")
def keys(slug: str) -> Response:
    """The trust file of a tenant."""
    return jsonify(published_keys(product(), slug))


@blueprint.get("/public/<slug>/checkpoints.json")
def checkpoints(slug: str) -> Response:
    """The checkpoints of a tenant, newest first; ``source`` names one below it keeps copies of."""
    source, before = request.args.get("source", ""), request.args.get("before", type=int)
    found, following = read_checkpoints(product(), slug, source, before)
    address = None
    if following is not None:
        address = url_for(".checkpoints", slug=slug, before=following, source=source or None)
    return jsonify({**found, "next": address})


@blueprint.get("/public/verify")
def ask() -> ResponseReturnValue:
    """The page that verifies; with a code from a sheet it tells of that signature."""
    slug, code = request.args.get("tenant", ""), request.args.get("code", "")
    if not (slug and code):
        return _page()
    return _page(signature=endorsement_by_code(product(), slug, code), code=code)


@blueprint.post("/public/verify")
@limiter.limit(MOST_CHECKS)
def verify() -> ResponseReturnValue:
    """The verdict on a file that somebody uploads; nothing of it is kept."""
    given, trust = request.files.get("file"), request.files.get("trust")
    try:
        if given is None or not given.filename:
            raise Invalid("请选择办件档案文件", "choose a case file")
        keys_given = trust.stream.read(MOST_TRUST) if trust is not None and trust.filename else None
        verdict = verify_upload(product(), given.stream, keys_given)
    except LuchengError as error:
        return _page(status_of(error), problem=wording(error))
    return _page(verdict=_verdict(verdict))


MOST_TRUST = 1_048_576


def _page(status: int = 200, **context: Any) -> ResponseReturnValue:
    return page(
        "public/verify.html",
        status,
        account=None,
        limit=product().settings.public_upload_limit_mb,
        **context,
    )


def _verdict(verdict: Verdict) -> dict[str, Any]:
    words = {
        Outcome.INTACT: (_("完好且完整"), "ok"),
        Outcome.ALTERED: (_("已被改动，不可采信"), "bad"),
        Outcome.INCOMPLETE: (_("不完整"), "bad"),
        Outcome.UNPROVED: (_("内容完好，完整性无法证明"), "soon"),
    }
    is_good = verdict.outcome != Outcome.ALTERED
    return {
        "words": words[verdict.outcome],
        "found": [one.words(chinese=is_chinese()) for one in verdict.found],
        "case": _case(verdict) if is_good else {},
        "signatures": [{**vars(s), "at": _moment(s.at)} for s in verdict.signatures]
        if is_good
        else [],
    }


def _case(verdict: Verdict) -> dict[str, Any]:
    facts = dict(verdict.facts)
    return {**facts, "exported_at": _moment(facts["exported_at"])} if facts else {}


def _moment(text: str) -> str:
    """A time in a file, for whoever reads it wherever."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


@exports.get("/cases/<case_id>/endorsements.pdf")
@signed_in
def sheet(case_id: str) -> Response:
    """The endorsement sheet of a case; the reading is recorded."""

    def address(slug: str, code: str) -> str:
        return url_for("proof.ask", tenant=slug, code=code, _external=True)

    name, content = endorsement_sheet(product(), actor(), uuid_of(case_id), address)
    return as_download(name, io.BytesIO(content))


@exports.get("/cases/<case_id>/export")
@signed_in
def export(case_id: str) -> Response:
    """The signed file of a case, as a download; the reading is recorded."""
    name, stream = export_case(product(), actor(), uuid_of(case_id))
    return as_download(name, stream)
