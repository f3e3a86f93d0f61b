"""迁移: running cases to another version, with preview, mapping, results and the way back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import Invalid, LuchengError, NotFound
from engine.migrating.model import BY_CHOICE
from webapp.http.frame import (
    actor,
    go,
    here_with,
    page,
    product,
    signed_in,
    status_of,
    tell,
    unchanged_since,
    uuid_of,
    wording,
    words_of,
)
from webapp.http.redraw_words import MIGRATED, VERDICTS, sentences
from webapp.http.words import told
from webapp.usecases.migrating import (
    Moving,
    is_retriable,
    migrate_cases,
    preview_migration,
    read_migration,
    retry_migration,
    undo_migration,
)
from webapp.usecases.procedures import read_history

blueprint = Blueprint("migrating", __name__)

MAPPED = "map."
"""What a field is called that names the counterpart of an element: ``map.<element>``."""


@blueprint.get("/admin/procedures/<procedure>/migrate")
@signed_in
def prepare(procedure: str) -> ResponseReturnValue:
    """What the running cases would meet on the version in force, or on ``to``."""
    return _preview(Moving(procedure, _version(procedure, request.args.get("to", ""))))


@blueprint.post("/admin/procedures/<procedure>/migrate")
@signed_in
def migrate(procedure: str) -> ResponseReturnValue:
    """Look once more with another mapping, or begin."""
    wanted = _wanted(procedure)
    reason = request.form.get("reason", "").strip()
    if request.form.get("do") != "begin":
        return _preview(wanted, reason=reason)
    try:
        if not reason:
            raise Invalid("请填写迁移理由", "say why")
        made = migrate_cases(product(), actor(), wanted, reason)
    except LuchengError as error:
        return _preview(wanted, status_of(error), reason, wording(error))
    tell("success", _("已开始迁移，逐件结果见下"))
    return go(".show", migration_id=made)


def _wanted(procedure: str) -> Moving:
    form = request.form
    mapping = {
        name.removeprefix(MAPPED): value
        for name, value in form.items()
        if name.startswith(MAPPED) and value
    }
    return Moving(
        procedure,
        _version(procedure, form.get("to", "")),
        mapping,
        tuple(form.getlist("accept")),
        tuple(uuid_of(case) for case in form.getlist("case")),
    )


def _version(procedure: str, text: str) -> int:
    """The version that is meant; without a text the one in force."""
    if text:
        number = text.removeprefix("v")
        if not number.isdecimal() or len(number) > 9:
            raise NotFound("没有这个版本", "there is no such version")
        return int(number)
    versions = read_history(product(), actor(), procedure).versions
    in_force = next((v.version for v in versions if v.is_in_force), None)
    if in_force is None:
        raise NotFound("没有这个版本", "there is no such version")
    return in_force


def _preview(
    wanted: Moving, status: int = 200, reason: str = "", problem: str = ""
) -> ResponseReturnValue:
    found = preview_migration(product(), actor(), wanted)
    return page(
        "admin/migrate.html",
        status,
        found=found,
        counts=[(told(VERDICTS, verdict), count) for verdict, count in found.counts.items()],
        rows=[
            {
                "id": case.id,
                "number": case.number,
                "title": case.title,
                "stage": case.stage,
                "version": case.version,
                "verdict": told(VERDICTS, case.verdict),
                "sentences": sentences(case.reasons),
            }
            for case in found.cases
        ],
        choices=[
            (verdict.value, told(VERDICTS, verdict)[0])
            for verdict in found.counts
            if verdict in BY_CHOICE
        ],
        accepted=wanted.accepted,
        may_move=actor().capacity == "admin",
        reason=reason,
        problem=problem,
    )


@blueprint.get("/admin/migrations/<migration_id>")
@signed_in
def show(migration_id: str) -> ResponseReturnValue:
    """A migration: progress and the result of every case; running, it refreshes itself."""
    context = _progress(uuid_of(migration_id))
    if not request.headers.get("HX-Request"):
        return page("admin/migration.html", **context)
    if not context["found"].is_running:
        return Response(status=204, headers={"HX-Refresh": "true"})
    same, mark = unchanged_since(
        request.args.get("seen", ""), json.dumps(context["rows"], default=str)
    )
    if same:
        return Response(status=204)
    return render_template("admin/migration_cases.html", **{**context, "again": _again(mark)})


def _again(mark: str) -> str:
    return here_with({"seen": mark})


def _progress(migration_id: UUID) -> Mapping[str, Any]:
    found = read_migration(product(), actor(), migration_id)
    return {
        "found": found,
        "at": words_of(found.at),
        "rows": [
            {
                "case_id": case.case_id,
                "number": case.number,
                "title": case.title,
                "status": told(MIGRATED, case.status),
                "sentences": [*sentences(case.reasons), *([case.message] if case.message else [])],
                "has_way_back": case.has_way_back,
                "is_retriable": is_retriable(case.status),
            }
            for case in found.cases
        ],
        "counts": [(told(MIGRATED, status), number) for status, number in found.counts.items()],
        "mapping": sorted(found.mapping.items()),
        "may_move": actor().capacity == "admin",
        "again": url_for(".show", migration_id=migration_id),
    }


@blueprint.post("/admin/migrations/<migration_id>/<any(back,retry):step>")
@signed_in
def act(migration_id: str, step: str) -> ResponseReturnValue:
    """Take cases back, or try those again that stayed; all, or the one that is named."""
    chosen = [uuid_of(case) for case in request.form.getlist("case")]
    doer = undo_migration if step == "back" else retry_migration
    count = doer(product(), actor(), uuid_of(migration_id), chosen)
    said = _("已提交 %(count)s 件", count=count) if count else _("没有可以处理的办件")
    tell("success" if count else "warning", said)
    return go(".show", migration_id=migration_id)
