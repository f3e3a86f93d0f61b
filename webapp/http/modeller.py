"""流程绘制: a draft in the editor, what it saves, and what the gate says of it."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import Blueprint, g, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.bpmn.xml import DEFAULT_LIMITS
from engine.errors import Invalid, TooLarge
from engine.forms.initial import initial_values
from engine.tenancy.chain import Kind
from webapp.http.cases import as_download
from webapp.http.forms import filled
from webapp.http.frame import (
    actor,
    go,
    is_chinese,
    page,
    product,
    signed_in,
    tell,
    uuid_of,
    words_of,
)
from webapp.http.procedures import VERDICTS, finding_words
from webapp.usecases.parts import list_parts, preview_form, read_part, save_part
from webapp.usecases.procedures import read_history, restore_version
from webapp.usecases.redrawing import (
    Opened,
    begin_empty,
    hold_draft,
    leave_draft,
    open_draft,
    save_drawing,
)
from webapp.usecases.step_templates import list_templates
from webapp.usecases.suggestions import suggest_names
from webapp.usecases.zipping import pack_procedure

blueprint = Blueprint("modeller", __name__)


@blueprint.post("/admin/procedures")
@signed_in
def begin() -> ResponseReturnValue:
    """A new procedure: a drawing with a beginning and an end."""
    given = {name: request.form.get(name, "").strip() for name in ("procedure", "title")}
    try:
        draft = begin_empty(product(), actor(), **given)
    except Invalid as error:
        tell("danger", error.zh)
        return go("procedures.list_all")
    return go(".draw", draft_id=draft)


@blueprint.post("/admin/procedures/<procedure>/redraw")
@signed_in
def redraw(procedure: str) -> ResponseReturnValue:
    """A draft of a version, opened in the editor."""
    draft = restore_version(product(), actor(), procedure, request.form.get("side", ""))
    return go(".draw", draft_id=draft)


@blueprint.get("/admin/drafts/<draft_id>/draw")
@signed_in
def draw(draft_id: str) -> ResponseReturnValue:
    """The editor."""
    g.has_diagram = True
    opened = open_draft(product(), actor(), uuid_of(draft_id))
    history = read_history(product(), actor(), opened.procedure)
    return page(
        "admin/draw.html",
        opened=opened,
        title=history.title,
        parts=list_parts(product(), actor(), opened.id),
        keep=f"{actor().tenant_id}:{actor().account_id}:{opened.id}",
        session_url=url_for("auth.session_token"),
        sign_in_url=url_for("auth.sign_in", next=url_for("auth.come_back")),
    )


@blueprint.get("/admin/drafts/<draft_id>/drawing.json")
@signed_in
def read_drawing(draft_id: str) -> ResponseReturnValue:
    """The drawing as it is saved, with what the gate says of it."""
    opened = open_draft(product(), actor(), uuid_of(draft_id))
    return {**_state(opened), "xml": opened.body.decode("utf-8", "replace")}


@blueprint.post("/admin/drafts/<draft_id>/drawing.json")
@signed_in
def save(draft_id: str) -> ResponseReturnValue:
    """Save the drawing over the revision it was made from."""
    draft = uuid_of(draft_id)
    open_draft(product(), actor(), draft)
    revision = _revision()
    # one byte more than is ever read tells that it is too much
    body = request.stream.read(DEFAULT_LIMITS.size + 1)
    return _state(save_drawing(product(), actor(), draft, body, revision))


@blueprint.get("/admin/element-templates.json")
@signed_in
def read_templates() -> ResponseReturnValue:
    """The steps of the field that the palette offers."""
    return jsonify(list_templates(product(), actor()))


@blueprint.post("/admin/drafts/<draft_id>/hold.json")
@signed_in
def hold(draft_id: str) -> ResponseReturnValue:
    """Keep the draft for oneself; with ``take`` also when somebody else has it."""
    take = request.args.get("take") == "1"
    return _state(hold_draft(product(), actor(), uuid_of(draft_id), take=take))


@blueprint.post("/admin/drafts/<draft_id>/leave.json")
@signed_in
def leave(draft_id: str) -> ResponseReturnValue:
    """Let others edit it."""
    draft = uuid_of(draft_id)
    open_draft(product(), actor(), draft)
    leave_draft(product(), actor(), draft)
    return "", 204


def _state(opened: Opened) -> dict[str, Any]:
    report = opened.report
    verdict, tone = VERDICTS[report["soundness"]["verdict"]]
    return {
        "revision": opened.revision,
        "saved": _("%(at)s 由%(name)s保存", at=words_of(opened.saved_at), name=opened.saved_by),
        "holder": opened.holder,
        "since": words_of(opened.since),
        "is_mine": opened.is_mine,
        "publishable": report["publishable"],
        "verdict": {"text": verdict, "tone": tone},
        "findings": [_found(one) for one in report["findings"]],
        "ways": report["soundness"]["violations"],
    }


def _found(found: Mapping[str, Any]) -> dict[str, Any]:
    words = finding_words(found)
    text, tone = words["severity"]
    return {**words, "severity": text, "tone": tone}


@blueprint.get("/admin/drafts/<draft_id>/names.json")
@signed_in
def suggest(draft_id: str) -> ResponseReturnValue:
    """What an expression in the drawing can name."""
    found = suggest_names(product(), actor(), uuid_of(draft_id))
    return {
        "variables": [
            {
                "name": one.name,
                "detail": one.zh if is_chinese() else one.en,
                "info": _("来自：%(steps)s", steps="、".join(one.steps)) if one.steps else "",
            }
            for one in found.variables
        ],
        "parameters": found.parameters,
        "roles": found.roles,
        "forms": found.forms,
        "decisions": found.decisions,
        "processes": found.processes,
    }


@blueprint.get("/admin/procedures/<procedure>/<side>.zip")
@signed_in
def pack(procedure: str, side: str) -> ResponseReturnValue:
    """A version or draft with all it calls, for the desktop modeller."""
    body = pack_procedure(product(), actor(), procedure, side)
    return as_download(f"{procedure}-{side}.zip", BytesIO(body))


KINDS = {"forms": Kind.FORM, "decisions": Kind.DECISION}


@blueprint.get("/admin/drafts/<draft_id>/<any(forms, decisions):folder>/<ref>")
@signed_in
def edit_part(draft_id: str, folder: str, ref: str) -> ResponseReturnValue:
    """The editor of a form or decision of the draft."""
    g.has_diagram = True
    opened, _text = read_part(product(), actor(), uuid_of(draft_id), KINDS[folder], ref)
    history = read_history(product(), actor(), opened.procedure)
    return page(
        "admin/part.html",
        opened=opened,
        title=history.title,
        folder=folder,
        ref=ref,
        keep=f"{actor().tenant_id}:{actor().account_id}:{opened.id}:{folder}:{ref}",
        session_url=url_for("auth.session_token"),
        sign_in_url=url_for("auth.sign_in", next=url_for("auth.come_back")),
    )


@blueprint.get("/admin/drafts/<draft_id>/<any(forms, decisions):folder>/<ref>.json")
@signed_in
def show_part(draft_id: str, folder: str, ref: str) -> ResponseReturnValue:
    """A form or decision as the draft would publish it."""
    opened, text = read_part(product(), actor(), uuid_of(draft_id), KINDS[folder], ref)
    return {**_state(opened), "xml": text}


@blueprint.post("/admin/drafts/<draft_id>/<any(forms, decisions):folder>/<ref>.json")
@signed_in
def change_part(draft_id: str, folder: str, ref: str) -> ResponseReturnValue:
    """Save a form or decision with the draft."""
    draft, kind = uuid_of(draft_id), KINDS[folder]
    read_part(product(), actor(), draft, kind, ref)
    text = _text()
    return _state(save_part(product(), actor(), draft, kind, ref, text, _revision()))


@blueprint.post("/admin/drafts/<draft_id>/preview")
@signed_in
def preview(draft_id: str) -> ResponseReturnValue:
    """A form as the server shows it to whoever fills it in."""
    draft = uuid_of(draft_id)
    open_draft(product(), actor(), draft)
    with preview_form(product(), actor(), draft, _text()) as (form, context):
        return str(filled(form, initial_values(form, {}, context.env), context))


def _revision() -> int:
    revision = request.args.get("revision", "")
    if not revision.isdecimal() or len(revision) > 9:
        raise Invalid("没有说明改动的是哪一稿", "the revision is missing")
    return int(revision)


def _text() -> str:
    body = request.stream.read(DEFAULT_LIMITS.size + 1)
    if len(body) > DEFAULT_LIMITS.size:
        raise TooLarge("文件过大", "the file is too large")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Invalid("文件不是 UTF-8 文本", "the file is not UTF-8") from error
