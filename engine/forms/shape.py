"""What may stand in the JSON of one component: names and sorts of its attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from engine.forms.component_type import ComponentType, Fault, Role
from engine.forms.model import Component, Json

_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_RESERVED = frozenset({"this", "parent", "i"})
_EVERYWHERE = frozenset(
    {"id", "type", "label", "description", "conditional", "layout", "properties"}
)
_NOTES = frozenset({"rule"})
"""Custom properties of every component that are for people and reports, not for the form."""
_BY_ROLE: Mapping[Role, frozenset[str]] = {
    Role.INPUT: frozenset({"key", "validate", "readonly", "disabled"}),
    Role.COMPUTED: frozenset({"key"}),
    Role.GROUP: frozenset({"path", "components"}),
    Role.LIST: frozenset({"path", "components"}),
    Role.STATIC: frozenset(),
}


def unknown_type(name: Json) -> Fault:
    """A type of component that nobody registered."""
    return Fault(
        "unknown_type",
        f"不支持的组件类型“{name}”",
        f"the component type {name!r} is not supported",
    )


def check_shape(raw: Mapping[str, Json], kind: ComponentType) -> Iterator[Fault]:
    """Attributes we know, of the sort they must be."""
    allowed = _EVERYWHERE | _BY_ROLE[kind.role] | kind.attributes
    for name in sorted(set(raw) - allowed):
        yield Fault("unknown_attribute", f"不支持属性 {name}", f"unknown attribute {name}")
    for name in ("id", "label", "description", "key", "path"):
        if not isinstance(raw.get(name, ""), str):
            yield Fault("bad_attribute", f"属性 {name} 应为文字", f"{name} must be a text")
    for name in ("readonly", "disabled"):
        if not isinstance(raw.get(name, False), bool | str):
            yield Fault(
                "bad_attribute", f"属性 {name} 应为 true、false 或表达式", f"{name}: a flag"
            )
    yield from _check_inner(raw, "validate", kind.limits)
    yield from _check_inner(raw, "conditional", frozenset({"hide"}))
    yield from _check_inner(raw, "layout", frozenset({"row", "columns"}))
    properties = raw.get("properties", {})
    if not isinstance(properties, dict) or not all(isinstance(v, str) for v in properties.values()):
        yield Fault("bad_attribute", "自定义属性应为文字", "custom properties must be texts")
    else:
        for name in sorted(set(properties) - kind.properties - _NOTES):
            yield Fault(
                "unused_property",
                f"自定义属性 {name} 不起作用",
                f"the custom property {name} has no effect",
                "warning",
            )


def _check_inner(raw: Mapping[str, Json], name: str, allowed: frozenset[str]) -> Iterator[Fault]:
    inner = raw.get(name, {})
    if not isinstance(inner, dict):
        yield Fault("bad_attribute", f"属性 {name} 应为对象", f"{name} must be an object")
        return
    for key in sorted(set(inner) - allowed):
        yield Fault(
            "unknown_attribute", f"不支持属性 {name}.{key}", f"unknown attribute {name}.{key}"
        )
    if not isinstance(inner.get("required", False), bool):
        yield Fault("bad_attribute", "required 应为 true 或 false", "required must be a flag")
    if not isinstance(inner.get("hide", ""), str | None):
        yield Fault("bad_attribute", "hide 应为表达式", "hide must be an expression")


def check_place(
    component: Component, raw: Mapping[str, Json], kind: ComponentType
) -> Iterator[Fault]:
    """A key or path that names a place in the data, and what the type itself demands."""
    if kind.holds_value and not raw.get("key"):
        yield Fault("missing_key", "没有字段名（key）", "it has no key")
    elif kind.holds_value and not _is_name(component.key):
        yield Fault(
            "bad_key", f"字段名“{component.key}”不合规范", f"{component.key!r} is not a valid key"
        )
    if kind.role is Role.LIST and not component.path:
        yield Fault("missing_path", "列表没有路径（path）", "the list has no path")
    elif component.path and not _is_name(component.path):
        yield Fault(
            "bad_path", f"路径“{component.path}”不合规范", f"{component.path!r} is not a valid path"
        )
    yield from kind.check(component)


def _is_name(dotted: str) -> bool:
    return bool(_NAME.fullmatch(dotted)) and not _RESERVED & set(dotted.split("."))
