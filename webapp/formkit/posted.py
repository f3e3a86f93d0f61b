"""Turns the flat names of a posted HTML form into the nested values of its schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from werkzeug.datastructures import MultiDict

from engine.forms.component_type import Role
from engine.forms.model import MAX_ROWS, Component, Form, Json
from engine.forms.places import MISSING, overlaid, put_at
from engine.forms.registry import component_types
from webapp.formkit import names
from webapp.formkit.post import Post
from webapp.formkit.registry import widget_of

MAX_UNKNOWN = 50


def parse_form_post(
    form: Form,
    controls: MultiDict[str, str],
    uploads: Mapping[str, Sequence[str]] | None = None,
    *,
    prefix: str = names.PREFIX,
) -> dict[str, Json]:
    """The submission as ``validate`` takes it; text stays as it was typed.

    A control of this form (by prefix) that no component knows is kept under its own name, so that
    validation names and refuses it.
    """
    post = Post(controls, uploads or {}, prefix)
    values = _level(form.components, post, "")
    post.taken.add(names.act_name(prefix))
    strangers = [name for name in controls if name.startswith(prefix) and name not in post.taken]
    for name in strangers[:MAX_UNKNOWN]:
        values[name.removeprefix(prefix)] = controls[name]
    return values


def _level(components: tuple[Component, ...], post: Post, place: str) -> dict[str, Json]:
    values: dict[str, Json] = {}
    for component in components:
        role = component_types()[component.type].role
        if role is Role.GROUP:
            values = overlaid(values, _level(component.children, post, place))
        elif role is Role.LIST:
            rows = _rows(component, post, place + component.slot)
            if rows is not MISSING:
                put_at(values, component.slot, rows)
        elif role is Role.INPUT:
            value = widget_of(component.type).parse(component, place + component.slot, post)
            if value is not MISSING:
                put_at(values, component.slot, value)
    return values


def _rows(component: Component, post: Post, place: str) -> Json:
    marks = post.all(f"{place}.{names.ROWS}")
    if not marks:
        return MISSING
    numbers = dict.fromkeys(mark for mark in marks if mark.isascii() and mark.isdecimal())
    return [
        _level(component.children, post, f"{place}.{number}.")
        for number in list(numbers)[: MAX_ROWS + 1]
    ]
