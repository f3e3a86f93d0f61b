"""One work item: shown, claimed, filled in, completed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from domain.endorsements.keys import KeyClosed
from engine.answers import KeyReused
from engine.cases.submissions import FormInvalid, Submission
from engine.errors import Conflict, LuchengError
from engine.forms.problems import FieldError
from engine.work_items.holding import claim_item, release_item
from engine.work_items.signing import NotASigner
from webapp.formkit.actions import act_of, apply_act
from webapp.formkit.render import render_score_totals
from webapp.http import forms
from webapp.http.frame import (
    actor,
    go,
    now,
    product,
    signed_in,
    status_of,
    tell,
    uuid_of,
    wording,
    words_of,
)
from webapp.http.kept_forms import is_kept, tell_kept
from webapp.http.navigation import is_applicant
from webapp.http.signing_session import PIN, carried_pin, carry_pin
from webapp.http.task_page import form_html, task_page
from webapp.usecases.endorsing import PinLocked, PinNeeded, sign_and_hand_in
from webapp.usecases.review import next_to_sign
from webapp.usecases.tasks import (
    Opened,
    TaskView,
    first_open_item,
    keep_draft,
    open_item,
    open_task,
)

blueprint = Blueprint("tasks", __name__)


@blueprint.get("/work/<item_id>")
@signed_in
def show_item(item_id: str) -> ResponseReturnValue:
    """The task page."""
    with open_task(product(), actor(), uuid_of(item_id)) as task:
        return task_page(task, task.values)


@blueprint.post("/work/<item_id>")
@signed_in
def act_on_item(item_id: str) -> ResponseReturnValue:
    """Complete, save a draft, or change rows of the form; nothing typed is lost on errors."""
    key = uuid_of(item_id)
    uploads, refused = forms.take_uploads()
    with open_task(product(), actor(), key) as task:
        if task.form is None or task.context is None:
            return task_page(task, {}, status=409, problem=_("此待办未分派给您，没有保存"))
        values = forms.posted(task.form, uploads)
        if _is_of_another():
            return task_page(task, values, status=409, problem=_not_yours())
        if is_kept():
            tell_kept()
            over = "" if task.may_fill else _("此待办已不能办理，没有保存")
            return task_page(task, values, status=409 if over else 200, problem=over)
        act = act_of(request.form)
        if act is not None:
            changed = apply_act(task.form, values, act, task.context)
            if request.headers.get("HX-Request"):
                return str(form_html(task, changed))
            return task_page(task, changed, errors=refused, status=422 if refused else 200)
        if refused and "_draft" not in request.form:
            return task_page(task, values, errors=refused, status=422)
    if "_draft" in request.form:
        return _keep_draft(key, values, refused)
    return _complete(task, values)


def _keep_draft(
    item_id: UUID, values: Mapping[str, Any], refused: Sequence[FieldError]
) -> ResponseReturnValue:
    try:
        _save_draft(item_id, values)
    except Conflict as error:
        return _again(item_id, values, wording(error), 409)
    if refused:
        return _again(item_id, values, "", 422, refused)
    tell("success", _("草稿已保存"))
    return go(".show_item", item_id=item_id)


def _save_draft(item_id: UUID, values: Mapping[str, Any]) -> None:
    revision = request.form.get("_draft_revision", type=int) or 0
    opened = Opened(request.form.get("_key", ""), revision)
    keep_draft(product(), actor(), item_id, values, opened)


@blueprint.post("/work/<item_id>/draft")
@signed_in
def save_typed(item_id: str) -> ResponseReturnValue:
    """Save the draft while somebody types; the answer is what the page then says."""
    key = uuid_of(item_id)
    with open_item(product(), actor(), key) as task:
        if task.form is None:
            return _plain(_("此待办未分派给您，没有保存"), 409)
        if _is_of_another():
            return _plain(_not_yours(), 409)
        values = forms.posted(task.form)
    try:
        _save_draft(key, values)
    except LuchengError as error:
        return _plain(wording(error), 409)
    return _plain(_("草稿已保存 %(at)s", at=words_of(now())), 200)


def _is_of_another() -> bool:
    """Whether the page was opened by somebody else than who is signed in by now."""
    opened_by = request.form.get("_person", "")
    return opened_by not in ("", str(actor().membership_id))


def _not_yours() -> str:
    return str(_("此页由另一位用户打开，没有保存；请以其身份登录后再试"))


def _plain(text: str, status: int) -> Response:
    return Response(text, status, mimetype="text/plain")


def _complete(task: TaskView, values: Mapping[str, Any]) -> ResponseReturnValue:
    item = task.item
    try:
        revision = request.form.get("_revision", type=int) or 0
        handed = Submission(item.id, revision, values)
        pin, key = request.form.get("_pin", "") or carried_pin(), request.form.get("_key") or None
        done = sign_and_hand_in(product(), actor(), handed, pin, key=key)
    except (PinNeeded, PinLocked, KeyClosed, NotASigner) as error:
        session.pop(PIN, None)
        return _again(item.id, values, wording(error), status_of(error))
    except FormInvalid as error:
        return _again(item.id, values, wording(error), 422)
    except KeyReused:
        return _again(item.id, values, _("此页面已经提交过一次，请先查看办理记录"), 409)
    except Conflict as error:
        return _again(item.id, values, wording(error), 409)
    if done.incident:
        tell("warning", _("您的办理已保存，但流转遇到异常，管理员已收到提醒"))
    else:
        tell("success", _("已办理：%(step)s", step=item.name))
    if task.to_sign is not None and pin:
        return _sign_on(item.id, pin)
    following = first_open_item(product(), actor(), item.case_id) if is_applicant(actor()) else None
    if following is not None:
        return go(".show_item", item_id=following)
    return go("work.list_items")


def _sign_on(item_id: UUID, pin: str) -> ResponseReturnValue:
    """On to the next item to sign; the PIN need not be typed again for a while."""
    carry_pin(pin)
    following, count = next_to_sign(product(), actor(), item_id)
    if following is None:
        return go("work.list_items")
    tell("info", _("还有 %(count)s 件待签，下面是下一件", count=count))
    return go(".show_item", item_id=following)


def _again(
    item_id: UUID,
    values: Mapping[str, Any],
    problem: str,
    status: int,
    refused: Sequence[FieldError] = (),
) -> ResponseReturnValue:
    """The task page with what was typed, as the item stands now."""
    with open_task(product(), actor(), item_id) as task:
        errors: Sequence[FieldError] = refused
        if status == 422 and not refused and task.form is not None and task.context is not None:
            errors = forms.faults(task.form, values, task.context)
        return task_page(task, values, errors=errors, status=status, problem=problem)


@blueprint.post("/work/<item_id>/score")
@signed_in
def count_score(item_id: str) -> ResponseReturnValue:
    """The totals of the score sheet as it is filled in so far."""
    with open_item(product(), actor(), uuid_of(item_id)) as task:
        if task.form is None or task.context is None:
            return _plain("", 409)
        place = forms.sheet_place(task.form)
        context = forms.page_context(task.context)
        return str(render_score_totals(task.form, forms.posted(task.form), place, context))


@blueprint.post("/work/<item_id>/claim")
@signed_in
def claim(item_id: str) -> ResponseReturnValue:
    """Take an offered item."""
    return _hold(item_id, claim_item, _("已认领，请办理"), ".show_item")


@blueprint.post("/work/<item_id>/release")
@signed_in
def release(item_id: str) -> ResponseReturnValue:
    """Give a claimed item back."""
    return _hold(item_id, release_item, _("已释放，同组人员可以认领"), "work.list_items")


def _hold(item_id: str, act: Any, said: str, target: str) -> ResponseReturnValue:
    key = uuid_of(item_id)
    try:
        with product().db.tenant(actor().tenant_id) as tx:
            act(tx, product().world, actor(), key)
    except Conflict as error:
        with open_task(product(), actor(), key) as task:
            return task_page(task, task.values, status=409, problem=wording(error))
    tell("success", said)
    return go(target, **({"item_id": item_id} if target == ".show_item" else {}))
