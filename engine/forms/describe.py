"""What a form needs and gives, for the checks of publication."""

from __future__ import annotations

from engine.feel import compile_expression
from engine.forms.check import expressions_of
from engine.forms.component_type import Role
from engine.forms.model import Component, Form
from engine.forms.registry import component_types

_LOCAL = frozenset({"this", "parent", "i"})


def names_used(form: Form, functions: frozenset[str] = frozenset()) -> frozenset[str]:
    """The variables of the case that the form's expressions and option lists read.

    Names of the form's own fields are left out: inside the form they mean the field.
    """
    return _names(form.components, functions) - _own(form.components)


def field_types(form: Form) -> dict[str, str]:
    """The FEEL type of every value the form gives, by dotted name; maps and lists included."""
    types: dict[str, str] = {}
    for component in form.walk():
        kind = component_types()[component.type]
        if component.address and kind.role is not Role.STATIC:
            holder = component.address
            types[holder] = kind.feel_type(component)
            while holder := holder.rpartition(".")[0]:
                types.setdefault(holder, "context")
    return types


def _names(components: tuple[Component, ...], functions: frozenset[str]) -> frozenset[str]:
    names: frozenset[str] = frozenset()
    for component in components:
        for _, text in expressions_of(component):
            names |= compile_expression(text, functions=functions).names
        if key := component.attributes.get("valuesKey"):
            names |= {str(key).partition(".")[0]}
        inner = _names(component.children, functions)
        if component_types()[component.type].role is Role.LIST:
            inner -= _own(component.children)
        names |= inner
    return names - _LOCAL


def _own(components: tuple[Component, ...]) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for component in components:
        kind = component_types()[component.type]
        if kind.role is Role.GROUP:
            found |= _own(component.children)
        elif kind.role is not Role.STATIC and component.slot:
            found |= {component.slot.partition(".")[0]}
    return found
