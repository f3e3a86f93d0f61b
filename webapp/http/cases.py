"""Cases: lists, the case page, starting, withdrawing, diagrams and files."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, g, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from engine.cases import (
    is_principal,
    resume_case,
    start_case,
    suspend_case,
    terminate_case,
    urge_case,
    withdraw_case,
)
from engine.errors import LuchengError, NotFound
from engine.lists import list_cases, visible_case
from webapp.formkit.render import render_record
from webapp.http.frame import (
    actor,
    go,
    moment_words,
    office,
    page,
    product,
    tell,
    uuid_of,
    wording,
)
from webapp.usecases.files import open_file, store_upload
from webapp.usecases.reading import CaseView, read_case

blueprint = Blueprint("cases", __name__)

STATUS_WORDS = {
    "open": ("办理中", "now"),
    "suspended": ("已挂起", "mute"),
    "completed": ("已办结", "ok"),
    "withdrawn": ("已撤回", "mute"),
    "terminated": ("已终止", "bad"),
}


@blueprint.get("/cases")
@login_required
def list_all() -> ResponseReturnValue:
    """The cases I may see."""
    return _list(mine=False)


@blueprint.get("/cases/mine")
@login_required
def list_own() -> ResponseReturnValue:
    """我的申请: the cases I began or that are my enterprise's."""
    return _list(mine=True)


def _list(*, mine: bool) -> ResponseReturnValue:
    who = actor()
    with product().db.tenant(who.tenant_id, read_only=True) as tx:
        found = list_cases(
            tx,
            who,
            mine=mine,
            status=request.args.get("status", ""),
            search=request.args.get("q", ""),
            cursor=request.args.get("cursor"),
        )
    rows = [
        {
            "id": row.id,
            "title": row.title,
            "number": row.number,
            "stage": row.stage or row.outcome,
            "status": STATUS_WORDS.get(row.status, (row.status, "mute")),
            "started": moment_words(row.started_at, office()),
            "started_iso": row.started_at.isoformat(),
        }
        for row in found.rows
    ]
    return page(
        "cases/list.html",
        rows=rows,
        next=f"?cursor={found.next}" if found.next else None,
        mine=mine,
        procedures=[p for p in office().facts["procedures"] if _may_start(p)],
        q=request.args.get("q", ""),
        status=request.args.get("status", ""),
        statuses=STATUS_WORDS,
        key=secrets.token_hex(16),
    )


def _may_start(procedure: Any) -> bool:
    who = actor()
    return who.may_act and any(who.has_role(role) for role in procedure["starters"])


@blueprint.post("/cases")
@login_required
def start() -> ResponseReturnValue:
    """Start a case of a procedure and go to its first step."""
    answer = start_case(
        product().db,
        product().world,
        actor(),
        request.form.get("procedure", ""),
        {},
        key=request.form.get("_key") or None,
    )
    tell("success", _("已创建办件 %(number)s", number=answer["number"]))
    return go("cases.show_case", case_id=answer["id"])


@blueprint.get("/cases/<case_id>")
@login_required
def show_case(case_id: str) -> ResponseReturnValue:
    """The case page: facts, timeline, case file, diagrams."""
    view = read_case(product(), actor(), uuid_of(case_id))
    g.has_diagram = True
    own = [i for i in view.items if _is_mine(i)]
    return page(
        "cases/case.html",
        view=view,
        case=view.case,
        own=own,
        status=STATUS_WORDS.get(view.case.status, (view.case.status, "mute")),
        words=lambda moment: moment_words(moment, office()),
        record_html=lambda record: _record_html(view, record),
        operations=_operations(view),
    )


def _is_mine(item: Any) -> bool:
    who = actor()
    if item.status not in ("offered", "claimed") or not who.may_act:
        return False
    if item.holder is not None:
        return bool(item.holder == who.membership_id)
    return bool(set(who.principals) & set(item.candidates))


def _record_html(view: CaseView, record: Any) -> Any:
    form = view.bundle.forms.get(record.form)
    if form is None:
        return ""
    return render_record(form, record.values, view.office, view.files)


def _operations(view: CaseView) -> list[tuple[str, str]]:
    who, case = actor(), view.case
    found: list[tuple[str, str]] = []
    if case.status == "open" and who.may_act:
        if is_principal(who, case):
            found.append(("withdraw", _("撤回申请")))
            found.append(("urge", _("催办")))
        if who.capacity in ("leader", "admin"):
            found.append(("terminate", _("终止")))
        if who.capacity == "admin":
            found.append(("suspend", _("挂起")))
    if case.status == "suspended" and who.capacity == "admin":
        found.append(("resume", _("恢复")))
    return found


ACTS: dict[str, Any] = {
    "withdraw": withdraw_case,
    "terminate": terminate_case,
    "suspend": suspend_case,
    "resume": resume_case,
}


@blueprint.post("/cases/<case_id>/<act>")
@login_required
def act_on_case(case_id: str, act: str) -> ResponseReturnValue:
    """Withdraw, terminate, suspend, resume or urge."""
    key = uuid_of(case_id)
    try:
        with product().db.tenant(actor().tenant_id) as tx:
            visible_case(tx, actor(), key)
            if act == "urge":
                urge_case(tx, product().world, actor(), key)
            elif act in ACTS:
                ACTS[act](tx, product().world, actor(), key, request.form.get("reason", ""))
            else:
                raise NotFound("没有这个操作", "there is no such act")
    except NotFound:
        raise
    except LuchengError as error:
        tell("danger", wording(error))
    else:
        tell("success", _("操作已完成"))
    return go("cases.show_case", case_id=case_id)


@blueprint.get("/cases/<case_id>/diagram/<process_id>.bpmn")
@login_required
def diagram(case_id: str, process_id: str) -> Response:
    """The drawing of a process as this case runs it."""
    with product().db.tenant(actor().tenant_id, read_only=True) as tx:
        case = visible_case(tx, actor(), uuid_of(case_id))
        bundle = product().world.bundles.get(tx, case.bundle_id)
    if process_id not in bundle.diagrams:
        raise NotFound("流程图不存在", "there is no such diagram")
    return Response(bundle.diagrams[process_id].source, mimetype="application/xml")


@blueprint.get("/files/<file_id>")
@login_required
def download(file_id: str) -> Response:
    """An attachment, as a download only: nothing uploaded is shown in our origin."""
    facts, stream = open_file(product(), actor(), uuid_of(file_id))
    response = send_file(
        stream,
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=str(facts["name"]),
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@blueprint.post("/files")
@login_required
def upload() -> ResponseReturnValue:
    """Store one file; the answer is its facts."""
    given = request.files.get("file")
    if given is None or not given.filename:
        raise NotFound("没有收到文件", "no file came")
    return store_upload(product(), actor(), given.filename, given.stream), 201
