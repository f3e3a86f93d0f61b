"""The types of component a form may use: the built-in ones and those plugged in."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import Conflict
from engine.forms.component_type import ComponentType
from engine.forms.types import BUILT_IN

_known: dict[str, ComponentType] = dict(BUILT_IN)


class TypeTaken(Conflict):
    """Two component types want the same name."""

    code = "component_type_taken"


def register_component(name: str, kind: ComponentType) -> None:
    """Make a type of component known; doing it twice with the same type changes nothing."""
    if _known.setdefault(name, kind) is not kind:
        raise TypeTaken(
            f"组件类型“{name}”已经存在", f"the component type {name} exists already", type=name
        )


def component_types() -> Mapping[str, ComponentType]:
    """Every known type by its name."""
    return _known
