"""Previews: the page on which an upload is looked at, drawn anew as a picture."""

from __future__ import annotations

from base64 import b64encode

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from engine.errors import LuchengError
from webapp.http.frame import actor, page, product, signed_in, status_of, uuid_of, wording
from webapp.rendering.preview import draw_preview
from webapp.usecases.files import open_file

blueprint = Blueprint("previews", __name__)


@blueprint.get("/files/<file_id>/view")
@signed_in
def show(file_id: str) -> ResponseReturnValue:
    """The page with the preview of an attachment, page by page."""
    number = _number()
    facts, stream = open_file(product(), actor(), uuid_of(file_id))
    with stream:
        body = stream.read()
    try:
        found = draw_preview(str(facts["media_type"]), body, number)
    except LuchengError as error:
        return page(
            "files/view.html",
            status_of(error),
            facts=facts,
            file_id=file_id,
            problem=wording(error),
            pages=0,
            number=0,
        )
    number = min(number, found.pages)
    return page(
        "files/view.html",
        facts=facts,
        file_id=file_id,
        problem="",
        pages=found.pages,
        number=number,
        source=f"data:image/jpeg;base64,{b64encode(found.content).decode()}",
    )


def _number() -> int:
    return max(1, request.args.get("page", 1, type=int))
