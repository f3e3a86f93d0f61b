"""预演: finished cases done again on a draft, with progress and what each would have met."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Invalid
from engine.migrating.model import Verdict
from webapp.http.frame import (
    actor,
    go,
    here_with,
    now,
    office,
    page,
    product,
    signed_in,
    tell,
    unchanged_since,
    uuid_of,
    wording,
)
from webapp.http.redraw_words import VERDICTS, sentences
from webapp.http.words import told
from webapp.usecases.rehearsing import read_rehearsal, rehearse_draft

blueprint = Blueprint("rehearsing", __name__)

MAPPED = "map."
YEAR = timedelta(days=365)


@blueprint.post("/admin/drafts/<draft_id>/rehearse")
@signed_in
def begin(draft_id: str) -> ResponseReturnValue:
    """Begin a rehearsal with the cases of a period."""
    form = request.form
    mapping = {
        name.removeprefix(MAPPED): value
        for name, value in form.items()
        if name.startswith(MAPPED) and value
    }
    try:
        period = _period(form.get("from", ""), form.get("to", ""))
        made = rehearse_draft(product(), actor(), uuid_of(draft_id), period, mapping)
    except Invalid as error:
        tell("danger", wording(error))
        return go("procedures.show_draft", draft_id=uuid_of(draft_id))
    return go(".show", rehearsal_id=made)


def _period(begun: str, ended: str) -> tuple[datetime, datetime]:
    """The days of the form, both included; without any the last year."""
    zone = office().calendar.zone
    try:
        first = date.fromisoformat(begun) if begun else None
        last = date.fromisoformat(ended) if ended else None
    except ValueError as error:
        raise Invalid("日期的格式不对", "this is no date") from error
    until = now() if last is None else datetime.combine(last, time(), zone) + timedelta(days=1)
    return (until - YEAR if first is None else datetime.combine(first, time(), zone)), until


@blueprint.get("/admin/rehearsals/<rehearsal_id>")
@signed_in
def show(rehearsal_id: str) -> ResponseReturnValue:
    """A rehearsal: progress, counts, the cases with reasons; running, it refreshes itself."""
    context = _progress(uuid_of(rehearsal_id))
    if not request.headers.get("HX-Request"):
        return page("admin/rehearsal.html", **context)
    if not context["found"].is_running:
        return Response(status=204, headers={"HX-Refresh": "true"})
    same, mark = unchanged_since(request.args.get("seen", ""), json.dumps(context["found"].done))
    if same:
        return Response(status=204)
    return render_template(
        "admin/rehearsal_cases.html", **{**context, "again": here_with({"seen": mark})}
    )


def _progress(rehearsal_id: UUID) -> Mapping[str, Any]:
    found = read_rehearsal(product(), actor(), rehearsal_id)
    zone = office().calendar.zone
    return {
        "found": found,
        "from_day": found.from_at.astimezone(zone).date().isoformat(),
        "to_day": found.to_at.astimezone(zone).date().isoformat(),
        "finished": _counts(found.finished),
        "running": _counts(found.running),
        "rows": [
            {
                "id": case.case_id,
                "number": case.number,
                "title": case.title,
                "version": case.version,
                "is_running": case.is_running,
                "verdict": told(VERDICTS, case.verdict),
                "sentences": sentences(case.reasons),
            }
            for case in found.cases
        ],
        "again": url_for(".show", rehearsal_id=rehearsal_id),
    }


def _counts(counts: Mapping[Verdict, int]) -> list[tuple[tuple[str, str], int]]:
    return [(told(VERDICTS, verdict), number) for verdict, number in counts.items()]
