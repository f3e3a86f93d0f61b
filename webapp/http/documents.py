"""Documents of a case: issued, downloaded; the whole case as one volume."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import NotFound
from webapp.http.cases import as_download
from webapp.http.frame import actor, go, product, signed_in, tell, uuid_of
from webapp.http.words import fact_words
from webapp.usecases.documents import issue_document, open_document
from webapp.usecases.volume import export_volume

blueprint = Blueprint("documents", __name__)


@blueprint.post("/cases/<case_id>/documents")
@signed_in
def issue(case_id: str) -> ResponseReturnValue:
    """Issue a document of a case upon one submission."""
    ref, record = request.form.get("document", ""), request.form.get("record", "")
    try:
        record_id = uuid_of(record)
    except NotFound:
        record_id = uuid_of(case_id)  # nothing has this id: the use case says so
    issue_document(product(), actor(), uuid_of(case_id), ref, record_id)
    tell("success", _("文书已制作"))
    return go("cases.show_case", case_id=case_id)


@blueprint.get("/documents/<document_id>")
@signed_in
def download(document_id: str) -> Response:
    """An issued document as a download; the reading is recorded."""
    name, stream = open_document(product(), actor(), uuid_of(document_id))
    return as_download(name, stream)


@blueprint.get("/cases/<case_id>/volume.zip")
@signed_in
def volume(case_id: str) -> Response:
    """Everything of a case as one archive with index and digests; the reading is recorded."""

    def address(slug: str, code: str) -> str:
        return url_for("proof.ask", tenant=slug, code=code, _external=True)

    name, stream = export_volume(product(), actor(), uuid_of(case_id), _said, address)
    return as_download(name, stream)


def _said(entry: Mapping[str, Any]) -> str:
    """What an entry of the timeline says, on one or two lines."""
    words = fact_words(entry)
    first = "：".join(str(words[name]) for name in ("title",) if words.get(name))
    return f"{first}\n{entry['reason']}" if entry["reason"] else first
