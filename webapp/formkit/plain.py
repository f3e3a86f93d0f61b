"""The values of a form as plain texts, to be printed: rows, headings, tables, score sheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.forms.component_type import Node
from engine.forms.context import FormContext, plain_text
from engine.forms.model import Form
from engine.forms.resolve import resolve
from webapp.formkit.layout import runs_of
from webapp.formkit.page import Page, RenderContext
from webapp.formkit.registry import widget_of
from webapp.formkit.render import formkit_environment
from webapp.formkit.score_view import sheet_view

Part = dict[str, Any]


def plain_form(form: Form, values: Mapping[str, Any], context: FormContext) -> list[Part]:
    """What was filled in, top down.

    Parts are {kind: "row", label, text}, {kind: "heading", text},
    {kind: "table", label, columns, rows} and {kind: "sheet", …} (a score sheet).
    """
    page = Page(RenderContext(form=context, environment=formkit_environment(), mode="read"), values)
    return list(_parts(resolve(form, values, context).nodes, page))


def _parts(nodes: Iterable[Node], page: Page) -> Iterator[Part]:
    for run in runs_of(nodes):
        for node in run.nodes:
            yield from _part(node, page)


def _part(node: Node, page: Page) -> Iterator[Part]:
    of_type = node.component.type
    if of_type == "group":
        if node.label:
            yield {"kind": "heading", "text": node.label}
        yield from _parts(node.children, page)
    elif of_type == "dynamiclist":
        yield _table(node, page)
    elif of_type == "scoreSheet":
        yield {"kind": "sheet", "label": node.label, **plain_sheet(node, page)}
    elif not widget_of(of_type).structure:
        yield {"kind": "row", "label": node.label, "text": _text(node, page)}


def _table(node: Node, page: Page) -> Part:
    columns: dict[str, str] = {}
    rows = []
    for entry in node.rows:
        cells = {cell.component.id: cell for run in runs_of(entry) for cell in run.nodes}
        columns.update((name, cell.label) for name, cell in cells.items())
        rows.append(cells)
    texts = [[_text(row[name], page) if name in row else "" for name in columns] for row in rows]
    return {
        "kind": "table",
        "label": node.label,
        "columns": list(columns.values()),
        "rows": texts,
    }


def _text(node: Node, page: Page) -> str:
    view = widget_of(node.component.type).read_view(node, page)
    if "files" in view:
        return "\n".join(f"{file['name']}（{file['size']}）" for file in view["files"])
    if "is_ticked" in view:
        return "是" if view["is_ticked"] else "否"
    return str(view.get("text", plain_text(node.value)))


def plain_sheet(node: Node, page: Page) -> dict[str, Any]:
    """A score sheet in the order of the official table."""
    view = sheet_view(node, page)
    standard, totals = view["catalogue"].standard, view["totals"]
    return {
        "standard": standard.title,
        "document": standard.document or "",
        "total": totals["total"],
        "whole": totals["whole"],
        "line": totals["line"],
        "is_below": totals["is_below"],
        "shortfalls": [one["text"] for one in totals["shortfalls"]],
        "without_proof": [one["text"] for one in totals["without_proof"]],
        "prerequisites": [
            [entry["one"].name, _verdict(entry["value"])] for entry in view["prerequisites"]
        ],
        "parts": [
            {
                "name": part.name,
                "points": part.points,
                "score": part.score,
                "rows": [_sheet_row(row) for row in part.rows],
            }
            for part in view["parts"]
        ],
    }


def _verdict(value: Any) -> str:
    return {True: "满足", False: "不满足"}.get(value, "未判定")


def _sheet_row(view: Any) -> dict[str, Any]:
    reason = view.row.excused or view.entry.get("reason", "") if view.is_na else ""
    said = [text for text in (reason, view.entry.get("record", "")) if text]
    return {
        "number": str(view.row.item.number),
        "name": view.row.item.name,
        "constraint": bool(view.row.item.constraint),
        "points": view.points,
        "score": "不涉及" if view.is_na else view.got,
        "lacks_proof": view.lacks_proof,
        "record": "\n".join(str(text) for text in said),
        "evidence": [file["name"] for file in view.files],
    }
