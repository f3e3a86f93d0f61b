"""The values a person first sees: what the case knows by the same names, else the defaults."""

from __future__ import annotations

from collections.abc import Mapping

from engine.feel import Environment
from engine.forms.component_type import Role
from engine.forms.context import Scope
from engine.forms.model import Component, Form, Json
from engine.forms.places import get_at, overlaid, put_at
from engine.forms.registry import component_types
from engine.forms.resolve import first_value, row_at, rows_at


def initial_values(form: Form, variables: Mapping[str, Json], env: Environment) -> dict[str, Json]:
    """Every input of the form with its first value."""
    return _level(form.components, variables, Scope.of(env, variables))


def blank_row(component: Component, scope: Scope, index: int) -> dict[str, Json]:
    """A new row of a list."""
    return _level(component.children, {}, scope.row({}, index))


def _level(
    components: tuple[Component, ...], known: Mapping[str, Json], scope: Scope
) -> dict[str, Json]:
    values: dict[str, Json] = {}
    for component in components:
        kind = component_types()[component.type]
        if kind.role is Role.GROUP:
            values = overlaid(values, _level(component.children, known, scope))
        elif kind.role is Role.LIST:
            put_at(values, component.slot, _rows(component, known, scope))
        elif kind.role is Role.INPUT:
            stored = get_at(known, component.slot)
            put_at(values, component.slot, first_value(component, kind, stored, scope))
    return values


def _rows(component: Component, known: Mapping[str, Json], scope: Scope) -> list[dict[str, Json]]:
    rows = rows_at(known, component)
    if not rows and not isinstance(get_at(known, component.slot), list):
        count = int(component.attributes.get("defaultRepetitions", 1))
        return [blank_row(component, scope, index) for index in range(count)]
    return [
        _level(component.children, row_at(rows, index), scope.row(row_at(rows, index), index))
        for index in range(len(rows))
    ]
