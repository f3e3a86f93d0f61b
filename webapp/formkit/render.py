"""A form as HTML: controls, errors, rows; or its values to be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from engine.errors import NotFound
from engine.forms.component_type import Node
from engine.forms.model import Form, Json
from engine.forms.problems import FieldError
from engine.forms.resolve import level, resolve
from webapp.formkit import score_sheet
from webapp.formkit.layout import is_visible, rows_of, runs_of
from webapp.formkit.page import Control, Page, RenderContext
from webapp.formkit.registry import widget_of
from webapp.formkit.score_view import sheet_totals

MOST_ALIKE = 5
TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


@cache
def formkit_environment(translate: Any = None) -> Environment:
    """A Jinja environment for forms outside the pages of the application.

    ``translate`` is called like gettext with the named values of the text.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = translate or _as_written
    return environment


def _as_written(text: str, **values: object) -> str:
    return text % values


def render_form(
    form: Form,
    values: Mapping[str, Json],
    errors: Sequence[FieldError],
    context: RenderContext,
) -> Markup:
    """The inside of a form element for these values; the page adds its own buttons and token."""
    nodes = resolve(form, values, context.form).nodes
    page = Page(context, values, tuple(errors))
    if context.mode == "read":
        return _render(page, "formkit/read.html", runs=runs_of(nodes))
    summary = _summary(nodes, page) if context.summary else []
    return _render(
        page,
        "formkit/form.html",
        rows=rows_of(nodes),
        summary=summary,
        has_conditions=any(component.hide for component in form.walk()),
    )


def render_summary(
    form: Form,
    values: Mapping[str, Json],
    errors: Sequence[FieldError],
    context: RenderContext,
) -> Markup:
    """The list of errors alone, for pages that put it above the form."""
    nodes = resolve(form, values, context.form).nodes
    page = Page(context, values, tuple(errors))
    return _render(page, "formkit/summary.html", summary=_summary(nodes, page))


def render_score_totals(
    form: Form, values: Mapping[str, Json], place: str, context: RenderContext
) -> Markup:
    """The totals of one score sheet for these values: the answer to ``preview_url``."""
    nodes = resolve(form, values, context.form).nodes
    node = dict(_anchors(nodes)).get(place)
    if node is None or node.component.type != score_sheet.NAME:
        raise NotFound(f"表单中没有评分表“{place}”", f"the form has no score sheet at {place}")
    page = Page(context, values)
    return _render(
        page,
        "formkit/score_sheet/totals.html",
        c=Control(node, page),
        totals=sheet_totals(node, page),
    )


def show(node: Node, page: Page) -> Markup:
    """One component: its control, or its value where it cannot be changed."""
    widget = widget_of(node.component.type)
    values: dict[str, Any] = {"c": Control(node, page)}
    if widget.structure and page.context.mode == "edit":
        return _render(page, widget.template, **values, **widget.view(node, page))
    if widget.structure:
        return _render(page, widget.reading, **values, **widget.read_view(node, page))
    if not page.is_fixed(node):
        return _render(page, widget.template, **values, **widget.view(node, page))
    inner = _render(page, widget.reading, **values, **widget.read_view(node, page))
    if page.context.mode == "read":
        return inner
    return _render(page, "formkit/fields/fixed.html", **values, value=inner)


def _render(page: Page, template: str, **values: Any) -> Markup:
    found = page.context.environment.get_template(template)
    text = found.render(show=show, page=page, **values)
    return Markup(text)  # noqa: S704  # rendered by Jinja with escaping


def _summary(nodes: tuple[Node, ...], page: Page) -> list[dict[str, Any]]:
    """The errors as links to their controls; after a few of a kind only their number."""
    known = dict(_anchors(nodes))
    shown: list[dict[str, Any]] = []
    kinds: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for error in page.errors:
        around, below = _split(error.field, known)
        node = known.get(around)
        alike = kinds.setdefault((node.component.id if node else "", error.code), [])
        if len(alike) >= MOST_ALIKE:
            alike[-1]["more"] += 1
            continue
        field = widget_of(node.component.type).anchor(node, page, below) if node else None
        alike.append({"field": field, "message": _sentence(error, page), "more": 0})
        shown.append(alike[-1])
    return shown


def _sentence(error: FieldError, page: Page) -> str:
    if page.context.language == "zh":
        return error.place_zh + error.zh
    return error.place_en + error.en


def _anchors(nodes: tuple[Node, ...]) -> Iterator[tuple[str, Node]]:
    for node in level(nodes):
        if is_visible(node):
            yield node.place, node
        for row in node.rows:
            yield from _anchors(row)


def _split(place: str, known: Mapping[str, Node]) -> tuple[str, str]:
    """The field around a place and the rest of the place; no field where the page shows none."""
    around, below = place, ""
    while around and around not in known:
        around, _, last = around.rpartition(".")
        below = f"{last}.{below}" if below else last
    return around, below
