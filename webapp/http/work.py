"""The work list and the task page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from engine.errors import Conflict
from engine.items import claim_item, complete_item, release_item, save_draft
from engine.lists import count_open_items, done_items, open_items
from engine.submissions import FormInvalid

from webapp.formkit.posted import parse_form_post
from webapp.formkit.render import act_of, apply_act, render_form
from webapp.http.frame import (
    actor,
    due_info,
    go,
    moment_words,
    now,
    office,
    page,
    product,
    tell,
    uuid_of,
    wording,
)
from webapp.usecases.files import store_upload
from webapp.usecases.reading import describe_candidates
from webapp.usecases.tasks import TaskView, read_task

blueprint = Blueprint("work", __name__)


@blueprint.get("/work")
@login_required
def list_items() -> ResponseReturnValue:
    """待办: what is with me and with my groups, by due date."""
    who, view = actor(), request.args.get("view", "all")
    with product().db.tenant(who.tenant_id, read_only=True) as tx:
        found = open_items(
            tx,
            who,
            view=view,
            search=request.args.get("q", ""),
            cursor=request.args.get("cursor"),
        )
        counts = count_open_items(tx, who, now())
        rows = [_row(tx, row) for row in found.rows]
    context = {"rows": rows, "next": _next_page(found.next), "view": view, "counts": counts}
    if request.headers.get("HX-Request"):
        return render_template("work/rows.html", **context)
    return page("work/list.html", q=request.args.get("q", ""), **context)


def _row(tx: Any, row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.case_title,
        "number": row.case_number,
        "step": row.name,
        "status": row.status,
        "with": describe_candidates(tx, row.candidates) if row.holder is None else _("我"),
        "opened": moment_words(row.opened_at, office()),
        "opened_iso": row.opened_at.isoformat(),
        "due": due_info(row, office()),
    }


def _next_page(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    arguments = {**request.args.to_dict(), "cursor": cursor}
    return "?" + "&".join(f"{k}={v}" for k, v in arguments.items())


@blueprint.get("/work/done")
@login_required
def list_done() -> ResponseReturnValue:
    """已办: what I completed, latest first."""
    who = actor()
    with product().db.tenant(who.tenant_id, read_only=True) as tx:
        found = done_items(
            tx, who, search=request.args.get("q", ""), cursor=request.args.get("cursor")
        )
    rows = [
        {
            "case_id": row.case_id,
            "title": row.case_title,
            "number": row.case_number,
            "step": row.name,
            "closed": moment_words(row.closed_at, office()),
            "closed_iso": row.closed_at.isoformat(),
            "case_status": row.case_status,
        }
        for row in found.rows
    ]
    return page(
        "work/done.html", rows=rows, next=_next_page(found.next), q=request.args.get("q", "")
    )


@blueprint.get("/work/<item_id>")
@login_required
def show_item(item_id: str) -> ResponseReturnValue:
    """The task page."""
    task = read_task(product(), actor(), uuid_of(item_id))
    return _task_page(task, task.values, ())


def _task_page(
    task: TaskView, values: Mapping[str, Any], errors: Any, status: int = 200, problem: str = ""
) -> ResponseReturnValue:
    g.has_diagram = True
    form_html = ""
    if task.form is not None and task.context is not None:
        editable = "complete" in task.operations
        form_html = render_form(
            task.form, values, errors, task.context, read_only=not editable
        )
    return page(
        "work/task.html",
        status,
        task=task,
        form_html=form_html,
        errors=errors,
        problem=problem,
        due=due_info(task.item, office()),
        words=lambda moment: moment_words(moment, office()),
    )


@blueprint.post("/work/<item_id>")
@login_required
def act_on_item(item_id: str) -> ResponseReturnValue:
    """Complete, save a draft, or change rows of the form; nothing typed is lost on errors."""
    key = uuid_of(item_id)
    task = read_task(product(), actor(), key)
    if task.form is None or task.context is None:
        tell("warning", _("该待办已不能办理，请查看办理记录"))
        return go("cases.show_case", case_id=task.item.case_id)
    uploads, upload_errors = _take_uploads()
    values = parse_form_post(task.form, request.form, uploads)
    act = act_of(request.form)
    if act is not None:
        return _task_page(task, apply_act(task.form, values, act, task.context), ())
    if "_draft" in request.form:
        return _keep_draft(task, values)
    if upload_errors:
        return _task_page(task, values, (), 422, "；".join(upload_errors))
    return _complete(task, values)


def _take_uploads() -> tuple[dict[str, list[str]], list[str]]:
    """Store the files that came with the form; their controls' names give the fields."""
    stored: dict[str, list[str]] = {}
    errors: list[str] = []
    for name, upload in request.files.items(multi=True):
        if not upload.filename:
            continue
        try:
            facts = store_upload(product(), actor(), upload.filename, upload.stream)
        except Exception as error:
            if not hasattr(error, "zh"):
                raise
            errors.append(wording(error))  # type: ignore[arg-type]
        else:
            stored.setdefault(name, []).append(str(facts["id"]))
    return stored, errors


def _keep_draft(task: TaskView, values: Mapping[str, Any]) -> ResponseReturnValue:
    seen = request.form.get("_draft_revision", type=int)
    try:
        with product().db.tenant(actor().tenant_id) as tx:
            save_draft(tx, product().world, actor(), task.item.id, values, seen or None)
    except Conflict as error:
        return _task_page(task, values, (), 409, wording(error))
    if request.headers.get("HX-Request") or request.form.get("_auto"):
        return {"saved": moment_words(now(), office())}, 200
    tell("success", _("草稿已保存"))
    return go("work.show_item", item_id=task.item.id)


def _complete(task: TaskView, values: Mapping[str, Any]) -> ResponseReturnValue:
    revision = request.form.get("_revision", type=int) or 0
    try:
        done = complete_item(
            product().db,
            product().world,
            actor(),
            task.item.id,
            revision,
            values,
            key=request.form.get("_key") or None,
        )
    except FormInvalid as error:
        return _task_page(task, values, error.facts["errors"], 422)
    except Conflict as error:
        return _task_page(task, values, (), 409, wording(error))
    if done.incident:
        tell("warning", _("您的办理已保存，但流转遇到异常，管理员已收到提醒"))
    else:
        tell("success", _("已办理：%(step)s", step=task.item.name))
    return go("work.list_items")


@blueprint.post("/work/<item_id>/claim")
@login_required
def claim(item_id: str) -> ResponseReturnValue:
    """Take an offered item."""
    with product().db.tenant(actor().tenant_id) as tx:
        claim_item(tx, product().world, actor(), uuid_of(item_id))
    return go("work.show_item", item_id=item_id)


@blueprint.post("/work/<item_id>/release")
@login_required
def release(item_id: str) -> ResponseReturnValue:
    """Give a claimed item back."""
    with product().db.tenant(actor().tenant_id) as tx:
        release_item(tx, product().world, actor(), uuid_of(item_id))
    tell("success", _("已释放，同组人员可以签收"))
    return go("work.list_items")


