"""The HTML of the component types that form-js knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from markupsafe import escape

from engine.forms.component_type import Node, Role
from engine.forms.context import plain_text
from engine.forms.model import Component, Json
from engine.forms.places import MISSING
from engine.forms.problems import Rejected
from engine.forms.types.choice import key_of, options
from engine.forms.types.files import size_text
from engine.forms.types.moment import local_moment, local_time, subtype
from webapp.formkit import names
from webapp.formkit.layout import is_visible, rows_of, runs_of
from webapp.formkit.markup import clean_html, escape_markdown, markdown_html
from webapp.formkit.page import Page
from webapp.formkit.post import Post
from webapp.formkit.widget import Widget

INLINE_OPTIONS = 4
INLINE_LENGTH = 8
LONG_LIST = 10
MOST_COLUMNS = 6
PREVIEWED = ("application/pdf", "image/jpeg", "image/png", "image/tiff")
"""Media types that can be looked at without being downloaded."""
_INPUT_TYPES = {"date": "date", "time": "time", "datetime": "datetime-local"}


def typed(value: Json) -> str:
    """A value as its control shows it; text stays as it was typed."""
    return "" if isinstance(value, Mapping | list) else plain_text(value)


def _post_text(_component: Component, place: str, post: Post) -> Json:
    return post.last(place)


def _post_tick(_component: Component, place: str, post: Post) -> Json:
    values = post.all(place)
    if not values:
        return MISSING
    ticked = [value for value in values if value]
    return False if not ticked else True if ticked[-1] == "true" else ticked[-1]


def _post_one(_component: Component, place: str, post: Post) -> Json:
    values = post.all(place)
    chosen = [value for value in values if value]
    return MISSING if not values else chosen[-1] if chosen else None


def _post_many(_component: Component, place: str, post: Post) -> Json:
    values = post.all(place)
    return [value for value in values if value] if values else MISSING


def _post_files(component: Component, place: str, post: Post) -> Json:
    return post.files(place, several=component.attributes.get("multiple", False) is not False)


def _text_view(node: Node, page: Page) -> Mapping[str, Any]:
    component = node.component
    appearance = component.attributes.get("appearance", {})
    keyboard = {"email": "email", "phone": "tel"}.get(component.limits.get("validationType") or "")
    return {
        "value": typed(page.shown(node)),
        "inputmode": "decimal" if component.type == "number" else keyboard or "",
        "prefix": node.scope.text(appearance.get("prefixAdorner", "")),
        "suffix": node.scope.text(appearance.get("suffixAdorner", "")),
        "rows": component.properties.get("rows", "3"),
    }


def _moment_view(node: Node, page: Page) -> Mapping[str, Any]:
    """A native control, unless what was typed would be lost in it."""
    raw, sort = page.shown(node), subtype(node.component)
    try:
        value = node.kind.read(node.component, raw)
    except Rejected:
        return {"value": typed(raw), "type": "text", "step": ""}
    interval = node.component.attributes.get("timeInterval")
    return {
        "value": _local(value, sort, node),
        "type": _INPUT_TYPES[sort],
        "step": interval * 60 if interval and sort != "date" else "",
    }


def _local(value: str | None, sort: str, node: Node) -> str:
    if not value or sort == "date":
        return value or ""
    if sort == "time":
        return local_time(value, node).isoformat("minutes")
    return local_moment(value, node).strftime("%Y-%m-%dT%H:%M")


def _moment_reading(node: Node, _page: Page) -> Mapping[str, Any]:
    return {"text": _local(node.value, subtype(node.component), node).replace("T", " ")}


def _choice_view(node: Node, page: Page) -> Mapping[str, Any]:
    raw = page.shown(node)
    chosen = {key_of(value) for value in (raw if isinstance(raw, list) else [raw]) if value != ""}
    chosen.discard(key_of(None))
    offered: list[dict[str, Any]] = [
        {
            "key": key_of(choice.value),
            "label": choice.label,
            "is_chosen": key_of(choice.value) in chosen,
        }
        for choice in options(node.component, node.scope)
    ]
    strange = sorted(chosen - {entry["key"] for entry in offered})
    short = all(len(entry["label"]) <= INLINE_LENGTH for entry in offered)
    return {
        "options": offered,
        "strange": strange,
        "inline": short and len(offered) <= INLINE_OPTIONS,
        "is_long": len(offered) > LONG_LIST,
    }


def _choice_reading(node: Node, page: Page) -> Mapping[str, Any]:
    view = _choice_view(node, page)
    labels = [entry["label"] for entry in view["options"] if entry["is_chosen"]]
    return {"text": "、".join([*labels, *view["strange"]])}


def _first_option(node: Node, page: Page, _below: str) -> str:
    return f"{page.id(node.place)}-0"


def _whole(node: Node, page: Page, _below: str) -> str:
    return page.id(node.place)


def _tick_view(node: Node, page: Page) -> Mapping[str, Any]:
    return {"is_ticked": page.shown(node) in (True, "true", "on")}


def _tick_reading(node: Node, _page: Page) -> Mapping[str, Any]:
    return {"is_ticked": node.value is True}


def file_rows(node: Node, page: Page, ids: Json) -> list[dict[str, str]]:
    """The uploads of a field as a list shows them."""
    rows = []
    for entry in ids if isinstance(ids, list) else []:
        facts = node.context.attachment_facts(entry) if isinstance(entry, str) else None
        rows.append(
            {
                "id": str(entry),
                "name": facts.name if facts else "",
                "size": size_text(facts.size) if facts else "",
                "href": page.context.attachment_url(str(entry)) if facts else "",
                "is_picture": str(bool(facts and facts.media_type in PREVIEWED) or ""),
            }
        )
    return rows


def _takes_pictures(accept: str) -> bool:
    """Whether a photograph may be handed in: then a phone offers its camera."""
    wanted = [part.strip().lower() for part in accept.split(",") if part.strip()]
    return not wanted or any(p in (".jpg", ".jpeg", "image/*", "image/jpeg") for p in wanted)


def _file_view(node: Node, page: Page) -> Mapping[str, Any]:
    return {
        "files": file_rows(node, page, page.shown(node)),
        "upload_name": names.upload_name(page.context.prefix, node.place),
        "multiple": node.attribute("multiple") is True,
        "accept": node.attribute("accept") or "",
        "takes_pictures": _takes_pictures(str(node.attribute("accept") or "")),
    }


def _group_view(node: Node, _page: Page) -> Mapping[str, Any]:
    return {
        "rows": rows_of(node.children),
        "outline": node.component.attributes.get("showOutline", False),
    }


def _group_reading(node: Node, _page: Page) -> Mapping[str, Any]:
    return {"runs": runs_of(node.children)}


def _list_view(node: Node, page: Page) -> Mapping[str, Any]:
    return {
        "entries": [rows_of(row) for row in node.rows],
        "rows_name": names.rows_name(page.context.prefix, node.place),
        "can_change": not node.locked,
        "add_label": node.scope.text(node.component.properties.get("addLabel", "")),
    }


def _list_reading(node: Node, _page: Page) -> Mapping[str, Any]:
    """A table where the rows are simple, else one section a row."""
    columns: dict[str, str] = {}
    for row in node.rows:
        columns.update((cell.component.id, cell.label) for cell in row if is_visible(cell))
    cells = [
        [
            next((cell for cell in row if cell.component.id == name and is_visible(cell)), None)
            for name in columns
        ]
        for row in node.rows
    ]
    simple = all(cell.kind.role is Role.INPUT for row in node.rows for cell in row)
    return {
        "is_table": simple and len(columns) <= MOST_COLUMNS,
        "columns": list(columns.values()),
        "cells": cells,
        "entries": [runs_of(row) for row in node.rows],
    }


def _markdown_view(node: Node, _page: Page) -> Mapping[str, Any]:
    text = node.scope.text(str(node.component.attributes.get("text", "")), escape_markdown)
    return {"html": markdown_html(text)}


def _html_view(node: Node, _page: Page) -> Mapping[str, Any]:
    content = str(node.component.attributes.get("content", ""))
    return {"html": clean_html(node.scope.text(content, lambda text: str(escape(text))))}


def _image_view(node: Node, _page: Page) -> Mapping[str, Any]:
    source = node.scope.text(str(node.component.attributes.get("source", "")))
    ours = source.startswith("/") and not source.startswith("//")
    return {
        "source": source if ours or source.startswith("data:image/") else "",
        "alt": node.scope.text(str(node.component.attributes.get("alt", ""))),
    }


def _table_view(node: Node, _page: Page) -> Mapping[str, Any]:
    attributes = node.component.attributes
    rows = node.attribute("dataSource")
    columns = attributes.get("columns") or node.attribute("columnsExpression") or []
    limit = int(attributes.get("rowCount", 10))
    found = [row for row in (rows if isinstance(rows, list) else []) if isinstance(row, Mapping)]
    return {
        "columns": [str(column.get("label", column.get("key", ""))) for column in columns],
        "cells": [
            [_cell(row.get(column.get("key"))) for column in columns] for row in found[:limit]
        ],
        "more": max(0, len(found) - limit),
    }


def _cell(value: Json) -> str:
    return (
        plain_text(value) if isinstance(value, str | bool | Decimal | date | None) else str(value)
    )


def _no_view(_node: Node, _page: Page) -> Mapping[str, Any]:
    return {}


def _spacer_view(node: Node, _page: Page) -> Mapping[str, Any]:
    steps = round(int(node.component.attributes.get("height", 60)) / 24)
    return {"class": f"pt-{min(5, max(1, steps))}"}


def _static(name: str, view: Any = _no_view) -> Widget:
    template = f"formkit/fields/{name}.html"
    return Widget(template, template, view=view, read_view=view, structure=True)


def _choice(name: str, parse: Any, anchor: Any) -> Widget:
    return Widget(
        f"formkit/fields/{name}.html",
        view=_choice_view,
        read_view=_choice_reading,
        parse=parse,
        anchor=anchor,
    )


_LINE = Widget("formkit/fields/text.html", view=_text_view, parse=_post_text)

BUILT_IN: Mapping[str, Widget] = MappingProxyType(
    {
        "textfield": _LINE,
        "number": _LINE,
        "textarea": Widget("formkit/fields/textarea.html", view=_text_view, parse=_post_text),
        "datetime": Widget(
            "formkit/fields/moment.html",
            view=_moment_view,
            read_view=_moment_reading,
            parse=_post_text,
        ),
        "checkbox": Widget(
            "formkit/fields/tick.html",
            "formkit/read/tick.html",
            view=_tick_view,
            read_view=_tick_reading,
            parse=_post_tick,
        ),
        "radio": _choice("radio", _post_one, _first_option),
        "select": _choice("select", _post_one, _whole),
        "checklist": _choice("checklist", _post_many, _first_option),
        "taglist": _choice("checklist", _post_many, _first_option),
        "filepicker": Widget(
            "formkit/fields/files.html",
            "formkit/read/files.html",
            view=_file_view,
            read_view=_file_view,
            parse=_post_files,
        ),
        "expression": _static("nothing"),
        "button": _static("nothing"),
        "group": Widget(
            "formkit/fields/group.html",
            "formkit/read/group.html",
            view=_group_view,
            read_view=_group_reading,
            structure=True,
        ),
        "dynamiclist": Widget(
            "formkit/fields/list.html",
            "formkit/read/list.html",
            view=_list_view,
            read_view=_list_reading,
            structure=True,
        ),
        "text": _static("markup", _markdown_view),
        "html": _static("markup", _html_view),
        "image": _static("image", _image_view),
        "table": _static("table", _table_view),
        "spacer": _static("spacer", _spacer_view),
        "separator": _static("separator"),
    }
)
