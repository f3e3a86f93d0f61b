"""The fields of a form for the data at hand, in plain values: what a program needs to fill it in.

A form file says where options come from and when a field is hidden; here that is worked out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from domain.scoring.points import plain
from domain.scoring.sheet import sheet_rows
from engine.forms.component_type import Access, Node, Role
from engine.forms.context import FormContext
from engine.forms.model import Form
from engine.forms.resolve import level, resolve
from engine.forms.types.choice import options
from webapp.formkit.score_sheet import NAME as SCORE_SHEET
from webapp.formkit.score_sheet import catalogue_of
from webapp.usecases.tasks import ItemView

_OPTION_SOURCES = frozenset({"values", "valuesKey", "valuesExpression"})


def describe_fields(task: ItemView) -> list[dict[str, Any]]:
    """Every field that is shown, with its options; only while the task's unit of work is open."""
    if task.form is None or task.context is None:
        return []
    return fields_of(task.form, task.values, task.context)


def fields_of(form: Form, values: Mapping[str, Any], context: FormContext) -> list[dict[str, Any]]:
    """Every field of a form that is shown with these values, with its options."""
    return list(_fields(resolve(form, values, context).nodes))


def _fields(nodes: tuple[Node, ...]) -> Iterator[dict[str, Any]]:
    for node in level(nodes):
        if node.kind.role is Role.STATIC or not node.shown or node.access is Access.NONE:
            continue
        yield {
            "field": node.place,
            "type": node.component.type,
            "label": node.label,
            "required": node.component.required,
            "editable": node.access is Access.EDIT,
            "options": _options(node),
            "sheet": _sheet(node) if node.component.type == SCORE_SHEET else None,
        }
        for row in node.rows:
            yield from _fields(row)


def _options(node: Node) -> list[dict[str, Any]] | None:
    if not _OPTION_SOURCES & node.component.attributes.keys():
        return None
    offered = options(node.component, node.scope)
    return [{"value": choice.value, "label": choice.label} for choice in offered]


def _sheet(node: Node) -> dict[str, Any]:
    """The rows of a score sheet that apply to the mine."""
    catalogue = catalogue_of(node)
    group, variant = str(node.attribute("group")), str(node.attribute("variant"))
    return {
        "catalogue": catalogue.standard.id,
        "group": group,
        "variant": variant,
        "prerequisites": [{"id": p.id, "name": p.name} for p in catalogue.prerequisites],
        "items": [
            {
                "id": row.item.id,
                "name": row.item.name,
                "points": plain(row.item.points),
                "full_or_zero": row.input == "full_or_zero",
                "constraint": row.item.constraint,
                "excused": row.excused,
            }
            for row in sheet_rows(catalogue, group, variant)
        ],
    }
