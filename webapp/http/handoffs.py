"""移交文件: what was handed over as a file, and taking one in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import Invalid, LuchengError
from webapp.http.cases import as_download
from webapp.http.frame import (
    actor,
    go,
    page,
    product,
    signed_in,
    status_of,
    tell,
    uuid_of,
    wording,
    words_of,
)
from webapp.usecases.handing_files import export_handoff, import_handoff, read_untaken

blueprint = Blueprint("handoffs", __name__)

MOST_TRUST = 1_048_576


@blueprint.get("/cases/<case_id>/handoffs/<handoff_id>")
@signed_in
def export(case_id: str, handoff_id: str) -> Response:
    """The signed file of a hand-off, as a download; the reading is recorded."""
    uuid_of(case_id)
    name, stream = export_handoff(product(), actor(), uuid_of(handoff_id))
    return as_download(name, stream)


@blueprint.get("/admin/handoffs")
@signed_in
def show() -> ResponseReturnValue:
    """What came in and no case has taken, and the form that takes a file in."""
    return _page()


@blueprint.post("/admin/handoffs")
@signed_in
def take_in() -> ResponseReturnValue:
    """Verify an uploaded file and take in what it hands over."""
    given, trust = request.files.get("file"), request.files.get("trust")
    try:
        if given is None or not given.filename:
            raise Invalid("请选择移交文件", "choose a hand-off file")
        keys = trust.stream.read(MOST_TRUST) if trust is not None and trust.filename else None
        found = import_handoff(product(), actor(), given.stream, keys)
    except LuchengError as error:
        return _page(status_of(error), problem=wording(error))
    named = {"source": found["from"], "number": found["number"]}
    if found["new"]:
        tell("success", _("已核验并接收 %(source)s 的 %(number)s", **named))
    else:
        tell("info", _("%(source)s 的 %(number)s 此前已接收，没有重复办理", **named))
    return go(".show")


def _page(status: int = 200, **context: Any) -> ResponseReturnValue:
    rows = [
        {
            "from": row.peer_name,
            "number": row.number,
            "name": row.name,
            "at": words_of(row.at),
            "at_iso": row.at.isoformat(),
        }
        for row in read_untaken(product(), actor())
    ]
    limit = product().settings.case_file_limit_mb
    may = actor().capacity == "admin"
    return page("admin/handoffs.html", status, rows=rows, limit=limit, may_import=may, **context)
