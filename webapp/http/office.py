"""Pages of what colleagues do for each other: operations on an item, absences, hand-over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import Invalid, LuchengError, NotFound
from engine.work_items.sharing import sign_off
from engine.work_items.standing_in import Absence, absences_seen, end_absence, set_absence
from webapp.http.frame import (
    actor,
    go,
    now,
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
from webapp.http.task_page import task_page
from webapp.usecases.item_acts import ACTS, act_on_item, colleagues, ways_back
from webapp.usecases.leaving import hand_over
from webapp.usecases.names import people_names
from webapp.usecases.tasks import open_task

blueprint = Blueprint("office", __name__)

_LEAVES = ("transfer", "delegate", "return", "recuse")
"""After these the item is no longer with whoever acted."""


@blueprint.post("/work/<item_id>/act/<act>")
@signed_in
def act(item_id: str, act: str) -> ResponseReturnValue:
    """Do one of the operations; a refusal shows the task page with what was filled in."""
    key = uuid_of(item_id)
    if act not in ACTS:
        raise NotFound("没有此操作", "there is no such operation")
    try:
        done = act_on_item(product(), actor(), key, act, _given(), request.form.get("_key") or None)
    except NotFound:
        raise
    except LuchengError as error:
        g.failed_act = act
        with open_task(product(), actor(), key) as task:
            status = status_of(error)
            return task_page(task, task.values, status=status, act_problem=wording(error))
    tell("success", _("操作已完成"))
    if act == "recall" and done["result"]:
        return go("tasks.show_item", item_id=done["result"])
    back = request.form.get("_back", "")
    if act == "answer" and not back:
        return go("cases.show_case", case_id=done["result"])
    if back and act in ("remove-signer", "answer"):
        return go("tasks.show_item", item_id=str(uuid_of(back)))
    return go("work.list_items") if act in _LEAVES else go("tasks.show_item", item_id=item_id)


def _given() -> dict[str, Any]:
    """What was posted, as the operations take it."""
    form = request.form
    people = [_person(text) for text in form.getlist("people") if text]
    question = form.get("question", "")
    return {
        "people": people,
        "mode": form.get("mode", ""),
        "kind": form.get("kind", "copy"),
        "reason": form.get("reason", ""),
        "note": form.get("note", ""),
        "text": form.get("text", ""),
        "resubmit": form.get("resubmit", "steps"),
        "question": _person(question) if question else None,
        "to": _to(form.get("to", "")),
    }


def _to(text: str) -> Any:
    """A person's id, or a step's."""
    if request.path.endswith("/return"):
        return text
    return _person(text)


def _person(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        if request.path.endswith(("/transfer", "/delegate", "/ask")) or text:
            raise Invalid("请选择人员", "choose somebody") from None
        return UUID(int=0)


@blueprint.get("/work/<item_id>/return")
@signed_in
def choose_return(item_id: str) -> ResponseReturnValue:
    """Where an item may be returned to, and what each return would withdraw."""
    key = uuid_of(item_id)
    ways = ways_back(product(), actor(), key)
    with open_task(product(), actor(), key) as task:
        item, case = task.item, task.view.case
    return page("work/return.html", item=item, case=case, ways=ways)


@blueprint.get("/absences")
@signed_in
def list_absences() -> ResponseReturnValue:
    """代理: who acts for me while I am away, and for whom I act."""
    return _absences(200, "")


@blueprint.post("/absences")
@signed_in
def add_absence() -> ResponseReturnValue:
    """Let a colleague act for somebody; a refusal keeps what was filled in."""
    try:
        rule = _absence(request.form)
        with product().db.tenant(actor().tenant_id) as tx:
            set_absence(tx, product().world, actor(), rule)
    except LuchengError as error:
        return _absences(status_of(error), wording(error))
    tell("success", _("代理已登记"))
    return go(".list_absences")


@blueprint.post("/absences/<absence_id>/end")
@signed_in
def stop_absence(absence_id: str) -> ResponseReturnValue:
    """End a substitution now."""
    with product().db.tenant(actor().tenant_id) as tx:
        end_absence(tx, product().world, actor(), uuid_of(absence_id))
    tell("success", _("代理已结束"))
    return go(".list_absences")


def _absence(form: Mapping[str, str]) -> Absence:
    zone = office().calendar.zone
    try:
        first = datetime.fromisoformat(form.get("from", "")).date()
        last = datetime.fromisoformat(form.get("to", "")).date()
    except ValueError:
        raise Invalid("请填写起止日期", "give the first and the last day") from None
    begins = datetime.combine(first, time(), zone)
    ends = datetime.combine(last + timedelta(days=1), time(), zone)
    return Absence(
        membership_id=uuid_of(form.get("who") or str(actor().membership_id)),
        substitute_id=uuid_of(form.get("substitute", "") or str(UUID(int=0))),
        from_at=begins,
        to_at=ends,
        reason=form.get("reason", ""),
        procedure=form.get("procedure", ""),
    )


def _absences(status: int, problem: str) -> ResponseReturnValue:
    who = actor()
    with product().db.tenant(who.tenant_id, read_only=True) as tx:
        rows = absences_seen(tx, who, now())
        people = colleagues(tx, who)
        ids = [row.membership_id for row in rows] + [row.substitute_id for row in rows]
        names = people_names(tx, ids)
    titles = {one["id"]: one["title"] for one in office().facts["procedures"]}
    shown = [
        {
            "id": row.id,
            "who": names.get(row.membership_id, ""),
            "substitute": names.get(row.substitute_id, ""),
            "scope": titles.get(row.procedure, row.procedure) or _("全部事项"),
            "from": words_of(row.from_at),
            "to": words_of(row.to_at),
            "reason": row.reason,
            "is_own": who.capacity == "admin" or row.membership_id == who.membership_id,
        }
        for row in rows
    ]
    return page(
        "office/absences.html",
        status,
        rows=shown,
        people=people,
        procedures=titles,
        problem=problem,
        form=request.form,
        is_admin=who.capacity == "admin",
    )


@blueprint.get("/leaving")
@signed_in
def show_leaving() -> ResponseReturnValue:
    """离职转办: everything of somebody who leaves, in one act."""
    return _leaving(200, "", ())


@blueprint.post("/leaving")
@signed_in
def transfer_all() -> ResponseReturnValue:
    """Transfer everything; what could not be transferred is listed with its reason."""
    form = request.form
    try:
        done = hand_over(
            product(),
            actor(),
            uuid_of(form.get("who", "") or str(UUID(int=0))),
            uuid_of(form.get("to", "") or str(UUID(int=0))),
            form.get("reason", ""),
        )
    except NotFound:
        raise
    except LuchengError as error:
        return _leaving(status_of(error), wording(error), ())
    return _leaving(200, "", done)


def _leaving(status: int, problem: str, done: Any) -> ResponseReturnValue:
    if actor().capacity != "admin":
        raise NotFound("页面不存在", "there is no such page")
    with product().db.tenant(actor().tenant_id, read_only=True) as tx:
        people = colleagues(tx, actor())
    rows = [
        {"name": one.name, "number": one.number, "problem": wording(one.error) if one.error else ""}
        for one in done
    ]
    return page(
        "office/leaving.html",
        status,
        people=people,
        problem=problem,
        rows=rows,
        form=request.form,
    )


@blueprint.post("/copies/<copy_id>/sign")
@signed_in
def sign_copy(copy_id: str) -> ResponseReturnValue:
    """Say that one has read what was circulated."""
    with product().db.tenant(actor().tenant_id) as tx:
        sign_off(tx, product().world, actor(), uuid_of(copy_id))
    tell("success", _("已签收"))
    return go("work.list_copied")
