"""Attributes and checks that several types of component share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from engine.forms.component_type import Fault, Node
from engine.forms.context import FormBroken, is_expression
from engine.forms.model import Component, Json

INPUT_ATTRIBUTES = frozenset({"defaultValue", "appearance"})
REQUIRED = frozenset({"required"})
ADORNERS = frozenset({"prefixAdorner", "suffixAdorner"})


def bad_attribute(name: str, zh: str, en: str) -> Fault:
    """An attribute with a value it cannot have."""
    return Fault("bad_attribute", f"属性 {name} {zh}", f"the attribute {name} {en}")


def check_flags(component: Component, *names: str) -> Iterator[Fault]:
    """Attributes that must be true or false."""
    for name in names:
        if not isinstance(component.attributes.get(name, False), bool):
            yield bad_attribute(name, "应为 true 或 false", "must be true or false")


def check_choice(component: Component, name: str, allowed: Iterable[str]) -> Iterator[Fault]:
    """An attribute that must be one of a few words."""
    words = tuple(allowed)
    if component.attributes.get(name, words[0]) not in words:
        listed = "、".join(words)
        yield bad_attribute(name, f"应为 {listed} 之一", f"must be one of {', '.join(words)}")


def check_adorners(component: Component) -> Iterator[Fault]:
    """``appearance`` holds a prefix and a suffix, both texts."""
    appearance = component.attributes.get("appearance", {})
    if not isinstance(appearance, dict) or set(appearance) - ADORNERS:
        yield bad_attribute("appearance", "只能有前缀和后缀", "may hold a prefix and a suffix only")
    elif not all(isinstance(text, str) for text in appearance.values()):
        yield bad_attribute("appearance", "应为文字", "must hold texts")


def check_default(component: Component, *sorts: type[Any]) -> Iterator[Fault]:
    """A default of the right sort, or FEEL."""
    value = component.attributes.get("defaultValue")
    if value is None or is_expression(value):
        return
    if not isinstance(value, sorts) or (isinstance(value, bool) and bool not in sorts):
        yield bad_attribute("defaultValue", "类型不正确", "is of the wrong type")


def check_numbers(component: Component, *names: str) -> Iterator[Fault]:
    """Limits that must be numbers, numbers as text, or FEEL."""
    for name in names:
        value = component.limits.get(name)
        if value is not None and not is_expression(value) and as_number(value) is None:
            yield Fault(
                "bad_limit",
                f"限制 {name} 应为数字或以 = 开头的表达式",
                f"the limit {name} must be a number or an expression that begins with =",
            )


def check_counts(component: Component, *names: str) -> Iterator[Fault]:
    """Custom properties that must be whole numbers or FEEL."""
    for name in names:
        value = component.properties.get(name, "0")
        if not is_expression(value) and not (value.isascii() and value.isdecimal()):
            yield bad_attribute(name, "应为整数或表达式", "must be a whole number or an expression")


def as_number(value: Json) -> Decimal | None:
    """A number written as number or text, else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal | int):
        return Decimal(value)
    if isinstance(value, str):
        try:
            number = Decimal(value)
        except ArithmeticError:
            return None
        return number if number.is_finite() else None
    return None


def number_limit(node: Node, name: str, raw: Json) -> Decimal | None:
    """A limit as a number; None where there is none, FormBroken where it is something else."""
    if raw is None or raw == "":
        return None
    number = as_number(raw)
    if number is None:
        raise FormBroken(
            f"“{node.label}”的限制 {name} 不是数字",
            f"the limit {name} of {node.label} is not a number",
            component=node.component.id,
        )
    return number


def count_limit(node: Node, name: str, raw: Json) -> int | None:
    """A limit as a whole number."""
    number = number_limit(node, name, raw)
    return None if number is None else int(number)
