"""Objections for those who verify them: who objects, why, with which evidence."""

from __future__ import annotations

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue

from webapp.http.cases import as_download
from webapp.http.frame import actor, office, page, product, signed_in, uuid_of, words_of
from webapp.usecases.files import size_words
from webapp.usecases.objections import open_evidence, show_objection

blueprint = Blueprint("objections", __name__)


@blueprint.get("/objections/<objection_id>")
@signed_in
def show(objection_id: str) -> ResponseReturnValue:
    """An objection with the identity of who made it; every reading is recorded."""
    view = show_objection(product(), actor(), uuid_of(objection_id))
    row = view.objection
    return page(
        "cases/objection.html",
        objection=row,
        notice=view.notice,
        notice_url=url_for("public.show_notice", slug=office().slug, notice_id=view.notice.id),
        received=words_of(row.received_at),
        replied=words_of(row.replied_at),
        files=[
            {
                "name": file.name,
                "size": size_words(file.size),
                "href": url_for(".evidence", objection_id=row.id, file_id=file.id),
            }
            for file in view.files
        ],
    )


@blueprint.get("/objections/<objection_id>/files/<file_id>")
@signed_in
def evidence(objection_id: str, file_id: str) -> Response:
    """A file that came with an objection, as a download only."""
    name, stream = open_evidence(product(), actor(), uuid_of(objection_id), uuid_of(file_id))
    return as_download(name, stream)
