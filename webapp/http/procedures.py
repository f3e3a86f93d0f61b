"""流程: versions of the procedures, drafts with their findings, comparison, publication."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from engine.bpmn.xml import DEFAULT_LIMITS
from engine.comparing.model import Change, What
from engine.definitions.zipped import is_zip
from engine.errors import Invalid, LuchengError, NotFound, Refused
from webapp.http.cases import as_download
from webapp.http.frame import (
    actor,
    go,
    is_chinese,
    office,
    page,
    product,
    signed_in,
    status_of,
    tell,
    uuid_of,
    wording,
    words_of,
)
from webapp.http.redraw_steps import steps_of
from webapp.usecases.definitions import draft_definition, fix_draft
from webapp.usecases.migrating import list_migrations
from webapp.usecases.procedures import (
    ABOVE,
    BASE,
    Version,
    compare_sides,
    drawing,
    list_offered,
    read_history,
    restore_version,
)
from webapp.usecases.publication import Awaited, Draft, publish_draft, read_draft
from webapp.usecases.zipping import unpack_procedure

blueprint = Blueprint("procedures", __name__)

VERDICTS = {
    "sound": (N_("可以办结"), "ok"),
    "unsound": (N_("不能办结"), "bad"),
    "unknown": (N_("未能证明"), "soon"),
}
SEVERITIES = {
    "error": (N_("须改正"), "bad"),
    "warning": (N_("请留意"), "soon"),
    "info": (N_("说明"), "mute"),
}
WHATS = {
    What.ADDED: (N_("新增"), "ok"),
    What.REMOVED: (N_("删去"), "bad"),
    What.CHANGED: (N_("修改"), "now"),
    What.REWIRED: (N_("连线"), "now"),
    What.MOVED: (N_("移动"), "mute"),
}

MOST_ZIPPED = 4_000_000
MOST_TOLD = 8

LOADED = N_("随租户文件装载")
"""The reason of what came with the files of a tenant; every other reason is somebody's words."""


@blueprint.get("/admin/procedures")
@signed_in
def list_all() -> ResponseReturnValue:
    """流程: what is in force."""
    rows = [
        {
            "href": url_for(".show", procedure=row.procedure),
            "title": row.title,
            "procedure": row.procedure,
            "version": row.version,
            "since": words_of(row.since),
            "since_iso": row.since.isoformat(),
            "is_inherited": row.is_inherited,
            "running": row.running,
            "drafts": row.drafts,
            "scheduled": row.scheduled,
        }
        for row in list_offered(product(), actor())
    ]
    return page("admin/procedures.html", rows=rows, may_draw=actor().capacity == "admin")


@blueprint.get("/admin/procedures/<procedure>")
@signed_in
def show(procedure: str) -> ResponseReturnValue:
    """One procedure: versions, drafts, a new drawing."""
    return _show(procedure)


def _show(procedure: str, status: int = 200, problem: str = "") -> ResponseReturnValue:
    found = read_history(product(), actor(), procedure)
    in_force = next((v for v in found.versions if v.is_in_force), None)
    return page(
        "admin/procedure.html",
        status,
        procedure=procedure,
        title=found.title,
        versions=[_version(procedure, version, in_force) for version in found.versions],
        drafts=[
            {
                "href": url_for(".show_draft", draft_id=row["id"]),
                "draw": url_for("modeller.draw", draft_id=row["id"]),
                "at": words_of(row["created_at"]),
                "at_iso": row["created_at"].isoformat(),
                "by": row["by"],
                "is_awaited": row["asked_by"] is not None,
                "is_publishable": row["report"]["publishable"],
                "errors": _errors(row["report"]),
            }
            for row in found.drafts
        ],
        above=_compare_url(procedure, ABOVE, in_force.side)
        if found.has_above and in_force
        else None,
        forked=_forked(procedure, in_force) if found.is_behind and in_force else None,
        movable=sum(v.running for v in found.versions if not v.is_in_force),
        migrations=[
            {
                "href": url_for("migrating.show", migration_id=row.id),
                "at": words_of(row.at),
                "at_iso": row.at.isoformat(),
                "version": row.version,
                "reason": row.reason,
                "by": row.by,
            }
            for row in list_migrations(product(), actor(), procedure)
        ],
        may_draw=actor().capacity == "admin",
        in_force=in_force.side if in_force else None,
        problem=problem,
    )


def _version(procedure: str, version: Version, in_force: Version | None) -> dict[str, Any]:
    compared = in_force.side if in_force and not version.is_in_force else None
    return {
        "side": version.side,
        "version": version.version,
        "begins": words_of(version.begins),
        "begins_iso": version.begins.isoformat(),
        "by": version.by,
        "confirmed": version.confirmed,
        "reason": _(version.reason) if version.reason == LOADED else version.reason,
        "verdict": VERDICTS.get(version.verdict, VERDICTS["unknown"]),
        "running": version.running,
        "is_in_force": version.is_in_force,
        "is_scheduled": version.is_scheduled,
        "is_own": version.is_own,
        "file": url_for(".download", procedure=procedure, side=version.side),
        "compare": _compare_url(procedure, version.side, compared) if compared else None,
    }


def _compare_url(procedure: str, old: str, new: str) -> str:
    return url_for(".compare", procedure=procedure, old=old, new=new)


def _forked(procedure: str, in_force: Version) -> dict[str, str]:
    """The three comparisons of a variant: what changed above, here, and between the two."""
    return {
        "theirs": _compare_url(procedure, BASE, ABOVE),
        "ours": _compare_url(procedure, BASE, in_force.side),
        "both": _compare_url(procedure, ABOVE, in_force.side),
    }


def _errors(report: Mapping[str, Any]) -> int:
    return sum(found["severity"] == "error" for found in report["findings"])


@blueprint.get("/admin/procedures/<procedure>/<side>.bpmn")
@signed_in
def download(procedure: str, side: str) -> Response:
    """The file of a version or draft; a file from outside is stored, never shown."""
    body = drawing(product(), actor(), procedure, side)
    return as_download(f"{procedure}-{side}.bpmn", BytesIO(body))


@blueprint.post("/admin/procedures/<procedure>/drafts")
@signed_in
def draw(procedure: str) -> ResponseReturnValue:
    """A draft from a file of any tool, or from an earlier version."""
    side = request.form.get("side", "")
    if side:
        draft = restore_version(product(), actor(), procedure, side)
        tell("success", _("已按该版本建立草稿"))
        return go(".show_draft", draft_id=draft)
    given = request.files.get("file")
    # one byte more than is ever read tells that it is too much; a ZIP holds several files
    most = MOST_ZIPPED + 1
    body = given.stream.read(most) if given is not None and given.filename else b""
    try:
        if not body:
            raise Invalid("请选择流程图文件", "choose a file")
        if is_zip(body):
            return _unpacked(procedure, body)
        body = body[: DEFAULT_LIMITS.size + 1]
        draft, _report = draft_definition(product(), actor(), procedure, body)
    except Refused as error:
        found = error.facts.get("findings")
        messages = [one["message"] for one in found[:MOST_TOLD]] if isinstance(found, list) else []
        return _show(procedure, status_of(error), f"{wording(error)}：{'；'.join(messages)}")
    except Invalid as error:
        return _show(procedure, status_of(error), wording(error))
    return go(".show_draft", draft_id=draft)


def _unpacked(procedure: str, body: bytes) -> ResponseReturnValue:
    """The draft of a ZIP, after saying what became of its other files."""
    made = unpack_procedure(product(), actor(), procedure, body)
    others = [ref for ref in made.drafts if ref != procedure]
    if others:
        tell(
            "success",
            _("压缩包中还有别的流程有改动，已另建草稿：%(names)s", names="、".join(others)),
        )
    if made.unused:
        names = "、".join(made.unused[:MOST_TOLD])
        tell("warning", _("压缩包中没有用到的文件：%(names)s", names=names))
    return go(".show_draft", draft_id=made.drafts[procedure])


@blueprint.get("/admin/drafts/<draft_id>")
@signed_in
def show_draft(draft_id: str) -> ResponseReturnValue:
    """A draft: findings, proof, differences, publication."""
    return _show_draft(read_draft(product(), actor(), uuid_of(draft_id)))


def _show_draft(
    draft: Draft, status: int = 200, typed: Mapping[str, str] | None = None, problem: str = ""
) -> ResponseReturnValue:
    g.has_diagram = True
    found = read_history(product(), actor(), draft.procedure)
    in_force = next((v for v in found.versions if v.is_in_force), None)
    compare = _compare_url(draft.procedure, in_force.side, str(draft.id)) if in_force else None
    report = draft.report
    state = {
        "stuck": {f["element"]: "!" for f in report["findings"] if f["severity"] == "error"},
        "active": {},
    }
    return page(
        "admin/draft.html",
        status,
        draft=draft,
        title=found.title,
        findings=[
            {"number": number, **finding_words(one)}
            for number, one in enumerate(report["findings"])
        ],
        verdict=VERDICTS[report["soundness"]["verdict"]],
        violations=report["soundness"]["violations"],
        state=state,
        src=url_for(".download", procedure=draft.procedure, side=draft.id),
        compare=compare,
        steps=steps_of(draft, found, compare),
        above=_compare_url(draft.procedure, ABOVE, str(draft.id)) if found.has_above else None,
        asked=draft.asked,
        asked_at=words_of(draft.asked["at"]) if draft.asked else "",
        running=sum(version.running for version in found.versions),
        typed=typed or {},
        problem=problem,
    )


def finding_words(found: Mapping[str, Any]) -> dict[str, Any]:
    """A finding in the language of the page."""
    zh = is_chinese()
    fix = found.get("fix")
    return {
        "severity": SEVERITIES.get(found["severity"], SEVERITIES["info"]),
        "element": found["element"],
        "name": found["name"],
        "message": found["message"] if zh else found.get("message_en", found["message"]),
        "remedy": found.get("remedy" if zh else "remedy_en", ""),
        "fix": (fix["text"] if zh else fix["text_en"]) if fix else "",
    }


@blueprint.post("/admin/drafts/<draft_id>/fix")
@signed_in
def fix(draft_id: str) -> ResponseReturnValue:
    """Make one proposed fix; the answer is a new draft."""
    draft = read_draft(product(), actor(), uuid_of(draft_id))
    number = request.form.get("number", "")
    findings = draft.report["findings"]
    chosen = findings[int(number)] if number.isdecimal() and int(number) < len(findings) else {}
    if "fix" not in chosen:
        raise NotFound("没有这个改法", "there is no such fix")
    made, _report = fix_draft(product(), actor(), draft.id, [chosen["fix"]])
    tell("success", _("已改正，另存为新草稿"))
    return go(".show_draft", draft_id=made)


@blueprint.post("/admin/drafts/<draft_id>/publish")
@signed_in
def publish(draft_id: str) -> ResponseReturnValue:
    """Publish a draft with a reason, at once or from a moment on."""
    draft = read_draft(product(), actor(), uuid_of(draft_id))
    typed = {name: request.form.get(name, "").strip() for name in ("reason", "from")}
    try:
        if not typed["reason"]:
            raise Invalid("请填写发布理由", "say why")
        moment, seen = _moment(typed["from"]), request.form.get("revision", "")
        seen_revision = int(seen) if seen.isdecimal() and len(seen) < 10 else None
        made = publish_draft(product(), actor(), draft.id, typed["reason"], moment, seen_revision)
    except LuchengError as error:
        return _show_draft(draft, status_of(error), typed, wording(error))
    if isinstance(made, Awaited):
        tell("warning", _("已提出发布申请，等待另一名流程管理员确认"))
        return go(".show_draft", draft_id=draft.id)
    tell("success", _("已发布第 %(number)s 版", number=made.version))
    return go(".show", procedure=draft.procedure)


def _moment(text: str) -> datetime | None:
    """A local time of the form as a moment; None when nothing was chosen."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=office().calendar.zone)
    except ValueError as error:
        raise Invalid("生效时间的格式不对", "this is no time") from error


@blueprint.get("/admin/procedures/<procedure>/compare")
@signed_in
def compare(procedure: str) -> ResponseReturnValue:
    """Two drawings side by side, and what differs in words."""
    g.has_diagram = True
    history = read_history(product(), actor(), procedure)
    in_force = next((v.side for v in history.versions if v.is_in_force), "")
    old, new = (request.args.get(side) or in_force for side in ("old", "new"))
    found = compare_sides(product(), actor(), procedure, old, new).found
    counts = {what: len(found.of(what)) for what in What}
    return page(
        "admin/compare.html",
        procedure=procedure,
        title=history.title,
        sides=[
            {
                "name": _side_name(side),
                "src": url_for(".download", procedure=procedure, side=side),
                "state": {"differs": found.marks(old=side is old)},
            }
            for side in (old, new)
        ],
        rows=[_change(change) for change in found.changes if change.what is not What.MOVED],
        moved=counts[What.MOVED],
        counts=[(WHATS[w], n) for w, n in counts.items() if n],
        swap=_compare_url(procedure, new, old),
    )


def _change(change: Change) -> dict[str, Any]:
    return {
        "what": WHATS[change.what],
        "name": change.name,
        "text": change.zh if is_chinese() else change.en,
    }


def _side_name(side: str) -> str:
    if side == ABOVE:
        return str(_("上级的流程"))
    if side == BASE:
        return str(_("分叉时的上级流程"))
    if side.startswith("v") and side[1:].isdecimal():
        return str(_("第 %(number)s 版", number=side[1:]))
    return str(_("草稿"))
