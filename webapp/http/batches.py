"""批次: gather cases, act once for all of them, see each result."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from domain.draws.rules import SHARES
from engine.batches.lists import list_batches, waiting_kinds
from engine.errors import Conflict, Forbidden, Invalid, LuchengError
from engine.forms.places import put_at
from engine.forms.problems import FieldError
from engine.work_items.lists import PAGE, note_reading
from webapp.formkit.actions import act_of, apply_act
from webapp.http import forms
from webapp.http.batch_page import APART, batch_page, item_rows, progress
from webapp.http.frame import (
    actor,
    go,
    here_with,
    now,
    page,
    pager,
    product,
    signed_in,
    status_of,
    tell,
    unchanged_since,
    uuid_of,
    wording,
    words_of,
)
from webapp.http.kept_forms import is_kept, tell_kept
from webapp.http.words import BATCH_KINDS, BATCH_STATUS, told, word
from webapp.usecases.batch_forms import gatherable, open_batch_form
from webapp.usecases.batches import (
    act,
    join_batch,
    leave_batch,
    read_batch,
    start_batch,
)
from webapp.usecases.noted import reading

blueprint = Blueprint("batches", __name__)


# ---------------------------------------------------------------- lists and gathering


@blueprint.get("/batches")
@signed_in
def list_all() -> ResponseReturnValue:
    """The batches by kind, and how many of my items wait to be gathered."""
    kind = request.args.get("kind", "")
    with reading(product(), actor()) as tx:
        note_reading(tx, actor(), None, "batches", now())
        found = list_batches(tx, actor(), kind=kind, cursor=request.args.get("cursor") or None)
        waiting = waiting_kinds(tx, actor()) if actor().may_act else {}
    rows = [_row(row) for row in found.rows]
    return page(
        "batches/list.html",
        rows=rows,
        page=pager(found.next, len(rows), PAGE),
        kind=kind,
        tabs_of=_kind_tabs(kind),
        waiting=[
            {
                "name": word(BATCH_KINDS, name),
                "count": count,
                "href": url_for(".gather", kind=name),
            }
            for name, count in waiting.items()
        ],
    )


def _kind_tabs(kind: str) -> list[dict[str, Any]]:
    names = {"": _("全部"), **{name: word(BATCH_KINDS, name) for name in BATCH_KINDS}}
    return [
        {"label": label, "href": url_for(".list_all", kind=name or None), "active": name == kind}
        for name, label in names.items()
    ]


def _row(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "number": row.number,
        "kind": word(BATCH_KINDS, row.kind),
        "status": told(BATCH_STATUS, row.status),
        "size": row.size,
        "created": words_of(row.created_at),
        "created_iso": row.created_at.isoformat(),
    }


@blueprint.get("/batches/new")
@signed_in
def gather() -> ResponseReturnValue:
    """Choose which of my items of a kind go into a new batch."""
    return _gather_page(request.args.get("kind", ""), set(), "")


def _gather_page(
    kind: str, chosen: set[str], title: str, errors: Sequence[Mapping[str, Any]] = ()
) -> ResponseReturnValue:
    rows = gatherable(product(), actor(), kind)
    return page(
        "batches/gather.html",
        422 if errors else 200,
        kind=kind,
        kind_name=word(BATCH_KINDS, kind),
        rows=item_rows(rows, chosen),
        title=title,
        errors=errors,
    )


@blueprint.post("/batches")
@signed_in
def start() -> ResponseReturnValue:
    """Make a batch of the chosen items."""
    kind, title = request.form.get("kind", ""), request.form.get("title", "")
    chosen = request.form.getlist("item")
    if not chosen:
        none = {"field": "items", "label": "", "message": _("请至少选择一件")}
        return _gather_page(kind, set(), title, [none])
    try:
        batch = start_batch(product(), actor(), kind, title, [uuid_of(item) for item in chosen])
    except (Invalid, Conflict) as error:
        field = "title" if isinstance(error, Invalid) else "items"
        told_of = {"field": field, "label": "", "message": wording(error)}
        return _gather_page(kind, set(chosen), title, [told_of])
    tell("success", _("已组成批次，共 %(count)s 件", count=len(chosen)))
    return go(".show", batch_id=batch)


# ---------------------------------------------------------------- one batch


@blueprint.get("/batches/<batch_id>")
@signed_in
def show(batch_id: str) -> ResponseReturnValue:
    """A batch: its cases, the act, progress and results; running, it refreshes itself."""
    key = uuid_of(batch_id)
    if not request.headers.get("HX-Request"):
        return batch_page(key)
    context = progress(key)
    if not context["is_running"]:
        return Response(status=204, headers={"HX-Refresh": "true"})
    same, mark = unchanged_since(
        request.args.get("seen", ""), json.dumps(context["cases"], default=str)
    )
    if same:
        return Response(status=204)
    return render_template("batches/cases.html", again=here_with({"seen": mark}), **context)


@blueprint.post("/batches/<batch_id>/join")
@signed_in
def join(batch_id: str) -> ResponseReturnValue:
    """Let further cases join."""
    key, chosen = uuid_of(batch_id), [uuid_of(item) for item in request.form.getlist("item")]
    return _changed(key, lambda: join_batch(product(), actor(), key, chosen), _("已加入批次"))


@blueprint.post("/batches/<batch_id>/leave/<case_id>")
@signed_in
def leave(batch_id: str, case_id: str) -> ResponseReturnValue:
    """Let a case leave."""
    key, case = uuid_of(batch_id), uuid_of(case_id)
    return _changed(key, lambda: leave_batch(product(), actor(), key, case), _("已移出批次"))


@blueprint.post("/batches/<batch_id>/retry")
@signed_in
def retry(batch_id: str) -> ResponseReturnValue:
    """Handle the cases that failed again."""
    key = uuid_of(batch_id)
    return _changed(
        key, lambda: act(product(), actor(), key, "retry", {}, {}), _("正在重新办理未办成的办件")
    )


def _changed(batch_id: UUID, change: Any, said: str) -> ResponseReturnValue:
    try:
        change()
    except (Conflict, Forbidden, Invalid) as error:
        return batch_page(batch_id, status_of(error), problem=wording(error))
    tell("success", said)
    return go(".show", batch_id=batch_id)


@blueprint.post("/batches/<batch_id>/act")
@signed_in
def act_on(batch_id: str) -> ResponseReturnValue:
    """Act once for all cases; what is wrong is said before anything is queued."""
    key = uuid_of(batch_id)
    uploads, refused = forms.take_uploads()
    with open_batch_form(product(), actor(), key) as found:
        if found is None:
            return batch_page(key, 409, problem=_("批次中没有您可以办理的办件"))
        values, per_case = forms.posted(found.form, uploads), _posted_apart()
        if is_kept():
            tell_kept()
            return batch_page(key, values=values, per_case=per_case)
        change = act_of(request.form)
        if change is not None:
            values = apply_act(found.form, values, change, found.context)
            return batch_page(key, values=values, per_case=per_case, errors=refused)
        wrong, apart = found.faults(values, per_case)
        numbers = {member.case_id: member.number for member in found.members}
    if wrong or refused or apart:
        problem = "；".join(f"{numbers[case]}：{_said(errors)}" for case, errors in apart.items())
        return batch_page(
            key,
            422,
            values=values,
            per_case=per_case,
            errors=[*refused, *wrong],
            problem=problem,
        )
    batch = read_batch(product(), actor(), key)
    name = "draw" if batch["kind"] in SHARES else "complete"
    if batch["status"] == "done":
        name = "retry"
    try:
        act(product(), actor(), key, name, values, per_case)
    except LuchengError as error:
        return batch_page(
            key, status_of(error), values=values, per_case=per_case, problem=wording(error)
        )
    is_waiting = name == "draw" and read_batch(product(), actor(), key)["status"] == "frozen"
    tell("success", _("名单已冻结并公开") if is_waiting else _("已提交，正在逐件办理"))
    return go(".show", batch_id=key)


def _said(errors: Sequence[FieldError]) -> str:
    return "，".join(dict.fromkeys(error.zh for error in errors))


def _posted_apart() -> dict[UUID, dict[str, Any]]:
    """What was filled in otherwise for single cases."""
    found: dict[UUID, dict[str, Any]] = {}
    for name, value in request.form.items():
        case_id, _dot, field = name.removeprefix(APART).partition(".")
        if name.startswith(APART) and field and value.strip():
            put_at(found.setdefault(uuid_of(case_id), {}), field, value)
    return found
