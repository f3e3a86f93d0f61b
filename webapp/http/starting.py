"""Starting a case: at once, or with the form of the procedure's start."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.cases.lifecycle import start_case
from engine.cases.submissions import FormInvalid
from engine.forms.initial import initial_values
from engine.forms.problems import FieldError
from webapp.formkit.actions import act_of, apply_act
from webapp.http import forms
from webapp.http.frame import actor, go, is_chinese, page, product, signed_in, tell, uuid_of
from webapp.http.kept_forms import is_kept, tell_kept
from webapp.usecases.starting import StartForm, open_start_form
from webapp.usecases.tasks import first_open_item

blueprint = Blueprint("starting", __name__)


@blueprint.post("/cases")
@signed_in
def start() -> ResponseReturnValue:
    """Start a case of a procedure without start form and go to its first step; once per key."""
    return _started(request.form.get("procedure", ""), {})


def _started(procedure: str, values: Mapping[str, Any]) -> ResponseReturnValue:
    key = request.form.get("_key") or None
    answer = start_case(product().db, product().world, actor(), procedure, values, key=key)
    tell("success", _("已发起办件 %(number)s", number=answer["number"]))
    case_id = uuid_of(answer["id"])
    first = first_open_item(product(), actor(), case_id)
    if first is not None:
        return go("tasks.show_item", item_id=first)
    return go("cases.show_case", case_id=case_id)


@blueprint.get("/cases/new/<procedure>")
@signed_in
def fill(procedure: str) -> ResponseReturnValue:
    """The form that is filled in before a case of a procedure starts."""
    with open_start_form(product(), actor(), procedure) as found:
        return _form_page(found, initial_values(found.form, {}, found.context.env))


def _form_page(
    found: StartForm,
    values: Mapping[str, Any],
    errors: Sequence[FieldError] = (),
    status: int = 200,
) -> ResponseReturnValue:
    titles = found.procedure["title"], found.procedure["title_en"]
    return page(
        "cases/start.html",
        status,
        title=titles[0] if is_chinese() else titles[1],
        procedure=found.procedure["id"],
        form_html=forms.filled(found.form, values, found.context, errors),
        key=secrets.token_hex(16),
    )


@blueprint.post("/cases/new/<procedure>")
@signed_in
def start_with_form(procedure: str) -> ResponseReturnValue:
    """Start a case with what was filled in; nothing typed is lost on errors."""
    uploads, refused = forms.take_uploads()
    with open_start_form(product(), actor(), procedure) as found:
        values = forms.posted(found.form, uploads)
        if is_kept():
            tell_kept()
            return _form_page(found, values)
        act = act_of(request.form)
        if act is not None:
            return _form_page(found, apply_act(found.form, values, act, found.context), refused)
        if refused:
            return _form_page(found, values, refused, 422)
    try:
        return _started(procedure, values)
    except FormInvalid:
        with open_start_form(product(), actor(), procedure) as found:
            wrong = forms.faults(found.form, values, found.context)
            return _form_page(found, values, wrong, 422)
