"""A small application with one form: posts are checked and shown again."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from markupsafe import Markup

from engine.forms.initial import initial_values
from engine.forms.model import Form
from engine.forms.problems import FieldError
from engine.forms.validation import validate
from webapp.formkit.actions import act_of, apply_act
from webapp.formkit.page import RenderContext
from webapp.formkit.posted import parse_form_post
from webapp.formkit.render import render_form


def make_app(form: Form, context: RenderContext) -> Flask:
    """The application; an accepted submission is answered with its values."""
    app = Flask(__name__)
    stored: dict[str, list[str]] = {}

    @app.get("/")
    def blank() -> str:
        return page(initial_values(form, context.form.variables, context.form.env), ())

    @app.post("/")
    def submitted() -> Any:
        uploads = {name: stored[name] for name in request.files if name in stored}
        values = parse_form_post(form, request.form, uploads)
        act = act_of(request.form)
        if act is not None:
            return page(apply_act(form, values, act, context.form), ())
        checked = validate(form, values, context.form)
        if checked.errors:
            return page(values, checked.errors), 422
        return {name: str(value) for name, value in checked.values.items()}

    def page(values: Any, errors: tuple[FieldError, ...]) -> str:
        inner = render_form(form, values, errors, context)
        return str(Markup("<form method='post'>{}</form>").format(inner))

    app.extensions["uploads"] = stored
    return app
