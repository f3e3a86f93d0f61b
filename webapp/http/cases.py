"""Cases: lists, the case page, acts on a case, diagrams and files."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, g, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.actors import Actor
from engine.cases.lifecycle import is_principal, may_terminate
from engine.cases.parts import OPEN_ITEM
from engine.errors import LuchengError, NotFound
from engine.tenancy.model import COMMISSIONED
from engine.work_items.lists import PAGE, list_cases, note_reading
from engine.work_items.sight import cases_seen
from webapp.http.case_parts import applicant_word, case_parts
from webapp.http.frame import (
    actor,
    go,
    is_chinese,
    now,
    office,
    page,
    pager,
    product,
    signed_in,
    status_of,
    tell,
    uuid_of,
    wording,
    words_of,
)
from webapp.http.navigation import is_applicant
from webapp.http.times import due_facts
from webapp.http.words import CASE_STATUS, told
from webapp.usecases.case_acts import act_on_case
from webapp.usecases.files import open_file, store_upload
from webapp.usecases.names import principal_names
from webapp.usecases.noted import reading
from webapp.usecases.reading import CaseView, open_view, read_drawing
from webapp.usecases.starting import Startable, startable
from webapp.usecases.tasks import operations

blueprint = Blueprint("cases", __name__)


# ---------------------------------------------------------------- lists


@blueprint.get("/cases")
@signed_in
def list_all() -> ResponseReturnValue:
    """办件: the cases I may see."""
    return _list(mine=False)


@blueprint.get("/cases/mine")
@signed_in
def list_own() -> ResponseReturnValue:
    """我发起的 or 我的申请: the cases I began or that are my enterprise's, and what I may start."""
    return _list(mine=True)


def _list(*, mine: bool) -> ResponseReturnValue:
    who, status, search = actor(), request.args.get("status", ""), request.args.get("q", "")
    with reading(product(), who) as tx:
        if not mine:
            note_reading(tx, who, None, "list", now())
        found = list_cases(
            tx,
            who,
            mine=mine,
            status=status if status in CASE_STATUS else "",
            search=search,
            cursor=request.args.get("cursor") or None,
        )
        names = principal_names(tx, office(), {row.principal for row in found.rows})
        seen = cases_seen(tx, product().world, who, found.rows)
    rows = [_row(row, names) for row in seen]
    return page(
        "cases/list.html",
        rows=rows,
        page=pager(found.next, len(rows), PAGE),
        title=_list_title(mine=mine),
        mine=mine,
        procedures=[_procedure(p) for p in startable(product(), who)] if mine else [],
        q=search,
        chosen=status,
        statuses=[(name, told(CASE_STATUS, name)[0]) for name in _statuses(who)],
        key=secrets.token_hex(16),
    )


def _statuses(who: Actor) -> Collection[str]:
    """What a list may be narrowed to: those on commission do not learn how a case ended."""
    return () if who.capacity in COMMISSIONED else CASE_STATUS


def _list_title(*, mine: bool) -> str:
    if not mine:
        return str(_("办件"))
    return str(_("我的申请") if is_applicant(actor()) else _("我发起的"))


def _procedure(procedure: Startable) -> dict[str, Any]:
    with_form = url_for("starting.fill", procedure=procedure.id)
    return {
        "id": procedure.id,
        "title": procedure.title if is_chinese() else procedure.title_en,
        "href": with_form if procedure.has_form else None,
    }


def _row(row: Any, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "number": row.number,
        "stage": row.stage or row.outcome,
        "applicant": names.get(row.principal, ""),
        "status": told(CASE_STATUS, row.status),
        "started": words_of(row.started_at),
        "started_iso": row.started_at.isoformat(),
    }


# ---------------------------------------------------------------- one case


@blueprint.get("/cases/<case_id>")
@signed_in
def show_case(case_id: str) -> ResponseReturnValue:
    """The case page: facts, timeline, case file, stops, incidents, diagrams, acts."""
    return _case_page(case_id)


def _case_page(case_id: str, status: int = 200, **problem: str) -> ResponseReturnValue:
    g.has_diagram = True
    with open_view(product(), actor(), uuid_of(case_id)) as view:
        return page(
            "cases/case.html",
            status,
            case=view.case,
            view=view,
            status_words=told(CASE_STATUS, view.case.status),
            facts=_facts(view),
            items=[_item(view, item) for item in view.items if item.status in OPEN_ITEM],
            operations=_operations(view),
            key=secrets.token_hex(16),
            **problem,
            **case_parts(view),
        )


def _facts(view: CaseView) -> list[dict[str, Any]]:
    case, bundle = view.case, view.bundle
    return [
        {"label": _("办件编号"), "value": case.number},
        {"label": _("事项"), "value": bundle.title},
        {"label": applicant_word(view.case), "value": view.applicant},
        {"label": _("当前环节"), "value": case.stage},
        {"label": _("结果"), "value": case.outcome},
        {
            "label": _("提交"),
            "value": words_of(case.started_at),
            "iso": case.started_at.isoformat(),
        },
        {
            "label": _("办结"),
            "value": words_of(case.ended_at),
            "iso": case.ended_at.isoformat() if case.ended_at else None,
        },
        {"label": _("法律依据"), "value": bundle.process.zeebe.properties.get("legalBasis", "")},
        {"label": _("流程版本"), "value": _("第 %(number)s 版", number=bundle.version)},
    ]


def _item(view: CaseView, item: Any) -> dict[str, Any]:
    ground = next((stop.ground for stop in view.stops if stop.to_at is None), "")
    return {
        "id": item.id,
        "step": item.name,
        "with": view.with_whom(item),
        "is_stuck": item.status == "stuck",
        "is_mine": bool(operations(actor(), item, view.case)),
        "opened": words_of(item.opened_at),
        "due": due_facts(item, office(), now(), ground),
    }


def _operations(view: CaseView) -> list[dict[str, Any]]:
    """What this person may do with the case as a whole, each with whether it needs a reason."""
    who, case = actor(), view.case
    found: list[tuple[str, str, str, bool]] = []
    if case.status == "open" and who.may_act:
        if is_principal(who, case):
            found.append(("withdraw", _("撤销申请"), "danger", True))
        if is_principal(who, case) or who.capacity in ("leader", "admin"):
            found.append(("urge", _("催办"), "plain", False))
        if may_terminate(who, view.items):
            found.append(("terminate", _("终止"), "danger", True))
        if who.capacity == "admin":
            found.append(("suspend", _("挂起"), "plain", True))
    if case.status == "suspended" and who.capacity == "admin":
        found.append(("resume", _("恢复"), "plain", True))
    return [
        {"act": act, "label": label, "kind": kind, "needs_reason": needs}
        for act, label, kind, needs in found
    ]


@blueprint.post("/cases/<case_id>/<any(withdraw,terminate,suspend,resume,urge):act>")
@signed_in
def act_on(case_id: str, act: str) -> ResponseReturnValue:
    """Withdraw, terminate, suspend, resume or urge; a refusal keeps the reason that was typed."""
    reason = request.form.get("reason", "")
    try:
        given = {"reason": reason, "ground": request.form.get("ground", "")}
        act_on_case(product(), actor(), uuid_of(case_id), act, given)
    except NotFound:
        raise
    except LuchengError as error:
        return _case_page(
            case_id, status_of(error), failed=act, problem=wording(error), reason=reason
        )
    tell("success", _("操作已完成"))
    return go(".show_case", case_id=case_id)


# ---------------------------------------------------------------- drawings and files


@blueprint.get("/cases/<case_id>/diagram/<process_id>.bpmn")
@signed_in
def diagram(case_id: str, process_id: str) -> Response:
    """The drawing of a process as this case runs it."""
    drawing = read_drawing(product(), actor(), uuid_of(case_id), process_id)
    return Response(drawing, mimetype="application/xml")


@blueprint.get("/files/<file_id>")
@signed_in
def download(file_id: str) -> Response:
    """An attachment, as a download only: nothing uploaded is shown in our origin."""
    facts, stream = open_file(product(), actor(), uuid_of(file_id))
    return as_download(str(facts["name"]), stream)


def as_download(name: str, stream: Any) -> Response:
    """Bytes that a browser stores and never shows."""
    response = send_file(
        stream, mimetype="application/octet-stream", as_attachment=True, download_name=name
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@blueprint.post("/files")
@signed_in
def upload() -> ResponseReturnValue:
    """Store one file; the answer is its facts."""
    given = request.files.get("file")
    if given is None or not given.filename:
        raise NotFound("没有收到文件", "no file came")
    facts = store_upload(product(), actor(), given.filename, cast(BinaryIO, given.stream))
    return {**facts, "href": url_for(".download", file_id=facts["id"])}, 201
