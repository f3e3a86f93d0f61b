"""Forms on pages: shown to be filled in or read, and taken back with their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO, Literal, cast

from flask import current_app, request, url_for
from markupsafe import Markup

from engine.errors import LuchengError
from engine.forms.context import FormContext
from engine.forms.model import Component, Form
from engine.forms.problems import FieldError
from engine.forms.validation import validate
from webapp.formkit import names
from webapp.formkit.page import RenderContext
from webapp.formkit.posted import parse_form_post
from webapp.formkit.render import render_form
from webapp.formkit.score_sheet import NAME as SCORE_SHEET
from webapp.http.frame import actor, is_chinese, product
from webapp.usecases.files import store_upload

MEGABYTE = 1_048_576
_TEXTS = ("text", "html", "table", "image", "spacer", "separator")


def page_context(
    context: FormContext,
    *,
    mode: Literal["edit", "read"] = "edit",
    preview_url: str = "",
    prefix: str = names.PREFIX,
) -> RenderContext:
    """Where a form stands on a page of ours."""
    return RenderContext(
        form=context,
        environment=current_app.jinja_env,
        language="zh" if is_chinese() else "en",
        prefix=prefix,
        mode=mode,
        attachment_url=lambda file_id: url_for("cases.download", file_id=file_id),
        upload_limit=product().settings.upload_limit_mb * MEGABYTE,
        preview_url=preview_url,
    )


def filled(
    form: Form,
    values: Mapping[str, Any],
    context: FormContext,
    errors: Sequence[FieldError] = (),
    preview_url: str = "",
) -> Markup:
    """The controls of a form with what was typed and what is wrong with it."""
    return render_form(form, values, errors, page_context(context, preview_url=preview_url))


def readable(form: Form, values: Mapping[str, Any], context: FormContext) -> Markup:
    """The values of a form to be read; what it said to the person who filled it in is left out,
    for it spoke of the case as it stood then."""
    silent = replace(form, components=_without_texts(form.components))
    return render_form(silent, values, (), page_context(context, mode="read"))


def _without_texts(components: tuple[Component, ...]) -> tuple[Component, ...]:
    return tuple(
        replace(part, children=_without_texts(part.children))
        for part in components
        if part.type not in _TEXTS
    )


def posted(form: Form, uploads: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
    """What was typed, with the files just stored."""
    return parse_form_post(form, request.form, uploads or {})


def faults(form: Form, values: Mapping[str, Any], context: FormContext) -> tuple[FieldError, ...]:
    """What is wrong with a submission that was refused."""
    return validate(form, values, context).errors


def take_uploads() -> tuple[dict[str, list[str]], list[FieldError]]:
    """Store the files that came with a form: their ids by control, and those that were refused."""
    stored: dict[str, list[str]] = {}
    refused: list[FieldError] = []
    for name, upload in request.files.items(multi=True):
        if not upload.filename:
            continue
        try:
            facts = store_upload(product(), actor(), upload.filename, cast(BinaryIO, upload.stream))
        except LuchengError as error:
            refused.append(FieldError(_place_of(name), "", error.code, error.zh, error.en))
        else:
            stored.setdefault(name, []).append(str(facts["id"]))
    return stored, refused


def _place_of(control: str) -> str:
    return control.removeprefix(names.PREFIX).removesuffix(f".{names.UPLOAD}")


def is_live(form: Form) -> bool:
    """Whether what is shown depends on what is typed; a score sheet is counted by itself."""
    parts = list(form.walk())
    depends = any(part.hide or "valuesExpression" in part.attributes for part in parts)
    return depends and all(part.type != SCORE_SHEET for part in parts)


def sheet_place(form: Form) -> str:
    """The place of the form's score sheet, or nothing when it has none."""
    return next((c.address for c in form.walk() if c.type == SCORE_SHEET), "")
