"""Groups and lists of rows."""

from __future__ import annotations

from collections.abc import Iterator

from engine.forms.component_type import ComponentType, Fault, Role
from engine.forms.model import MAX_ROWS, Component
from engine.forms.types import common

_SHAPE = frozenset({"showOutline", "verticalAlignment"})


def _check_group(component: Component) -> Iterator[Fault]:
    yield from common.check_flags(component, "showOutline")
    yield from common.check_choice(component, "verticalAlignment", ("start", "center", "end"))


def _check_list(component: Component) -> Iterator[Fault]:
    yield from _check_group(component)
    yield from common.check_flags(component, "allowAddRemove", "disableCollapse")
    yield from common.check_counts(component, "minRows", "maxRows")
    if component.attributes.get("isRepeating", True) is not True:
        yield common.bad_attribute("isRepeating", "应为 true", "must be true")
    for name, least in (("defaultRepetitions", 0), ("nonCollapsedItems", 1)):
        count = component.attributes.get(name, 1)
        if not isinstance(count, int) or not least <= count <= MAX_ROWS:
            yield common.bad_attribute(name, f"应为 {least} 到 {MAX_ROWS}", f"at most {MAX_ROWS}")


def _context(_component: Component) -> str:
    return "context"


def _rows(_component: Component) -> str:
    return "list<context>"


GROUP = ComponentType(role=Role.GROUP, attributes=_SHAPE, check=_check_group, feel_type=_context)
DYNAMIC_LIST = ComponentType(
    role=Role.LIST,
    attributes=_SHAPE
    | {
        "isRepeating",
        "allowAddRemove",
        "defaultRepetitions",
        "nonCollapsedItems",
        "disableCollapse",
    },
    properties=frozenset({"minRows", "maxRows", "addLabel"}),
    empty=list,
    check=_check_list,
    feel_type=_rows,
)
