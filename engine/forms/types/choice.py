"""Ticks and choices: one of a list, several of a list, yes or no."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from engine.forms import wording
from engine.forms.component_type import ComponentType, Fault, Node, Role
from engine.forms.context import FormBroken, Scope, plain_text
from engine.forms.model import Choice, Component, Json
from engine.forms.problems import Rejected
from engine.forms.types import common

MAX_OPTIONS = 2_000
MAX_CHOSEN = 500
_SOURCES = ("values", "valuesKey", "valuesExpression")


def options(component: Component, scope: Scope) -> tuple[Choice, ...]:
    """The options offered here, from wherever the component takes them."""
    attributes = component.attributes
    if "values" in attributes:
        raw = attributes["values"]
    elif "valuesExpression" in attributes:
        raw = scope.evaluate(attributes["valuesExpression"])
    else:
        raw = _look_up(scope.names(), attributes.get("valuesKey", ""))
    if raw is None:
        return ()
    if not isinstance(raw, list):
        raise FormBroken(
            f"“{component.name}”的选项来源不是列表",
            f"the options of {component.name} are not a list",
            component=component.id,
        )
    return tuple(choice for entry in raw[:MAX_OPTIONS] for choice in _choice(entry))


def _look_up(names: Json, dotted: str) -> Json:
    value = names
    for part in dotted.split("."):
        value = value.get(part) if hasattr(value, "get") else None
    return value


def _choice(entry: Json) -> Iterator[Choice]:
    if isinstance(entry, dict):
        value = entry.get("value", entry.get("label"))
        label = entry.get("label", value)
    else:
        label = value = entry
    if isinstance(value, str | bool | int | Decimal):
        yield Choice(plain_text(label), value)


def key_of(value: Json) -> str:
    """The text under which an option travels through an HTML form."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain_text(value)


def _offered(value: Json, offered: Iterable[Choice]) -> Choice | None:
    """The option meant by a value: the same value, or else the same text."""
    choices = tuple(offered)
    for choice in choices:
        if type(choice.value) is type(value) and choice.value == value:
            return choice
    return next((choice for choice in choices if key_of(choice.value) == key_of(value)), None)


def _is_scalar(value: Json) -> bool:
    return isinstance(value, str | bool | int | float | Decimal)


def read_one(component: Component, raw: Json) -> Json:
    """The chosen value as it came, None where nothing was chosen."""
    if raw is None or raw == "":
        return None
    if not _is_scalar(raw):
        raise Rejected(wording.wrong_shape(component.name))
    return raw


def settle_one(component: Component, value: Json, scope: Scope) -> Json:
    """The value of the option meant, or what was submitted where none is."""
    if value is None:
        return None
    choice = _offered(value, options(component, scope))
    return value if choice is None else choice.value


def accept_one(node: Node, value: Json) -> Json:
    """The value of one of the options."""
    if value is None:
        if node.component.required:
            raise Rejected(wording.required(node.label, "select"))
        return None
    choice = _offered(value, options(node.component, node.scope))
    if choice is None:
        raise Rejected(wording.not_offered(node.label))
    return choice.value


def read_many(component: Component, raw: Json) -> list[Json]:
    """The chosen values in the order given, each once."""
    if raw is None or raw == "":
        return []
    if not isinstance(raw, list) or not all(_is_scalar(value) for value in raw):
        raise Rejected(wording.wrong_shape(component.name))
    if len(raw) > MAX_CHOSEN:
        raise Rejected(wording.too_many(component.name, MAX_CHOSEN))
    return list({key_of(value): value for value in raw if value != ""}.values())


def settle_many(component: Component, value: Json, scope: Scope) -> Json:
    """The values of the options meant."""
    if not value:
        return []
    offered = options(component, scope)
    found = ((entry, _offered(entry, offered)) for entry in value)
    return [entry if choice is None else choice.value for entry, choice in found]


def accept_many(node: Node, value: Json) -> Json:
    """Values of the options."""
    if not value:
        if node.component.required:
            raise Rejected(wording.required(node.label, "select"))
        return []
    offered = options(node.component, node.scope)
    chosen = [_offered(entry, offered) for entry in value]
    if None in chosen:
        raise Rejected(wording.not_offered(node.label))
    return [choice.value for choice in chosen if choice is not None]


def read_tick(component: Component, raw: Json) -> bool:
    """Whether the box is ticked."""
    if raw in (None, "", "false", "off") or raw is False:
        return False
    if raw is True or raw in ("true", "on"):
        return True
    raise Rejected(wording.wrong_shape(component.name))


def accept_tick(node: Node, value: Json) -> Json:
    """A box that must be ticked is ticked."""
    if node.component.required and not value:
        raise Rejected(wording.required(node.label, "tick"))
    return value


def check_options(component: Component) -> Iterator[Fault]:
    """Exactly one source of options, and static options that can be told apart."""
    sources = [name for name in _SOURCES if name in component.attributes]
    if not sources:
        yield Fault(
            "options_missing", "没有说明选项的来源", "it does not say where options come from"
        )
    if len(sources) > 1:
        yield Fault(
            "options_ambiguous",
            f"选项的来源不止一个：{'、'.join(sources)}",
            f"options come from several sources: {', '.join(sources)}",
        )
    if "values" in component.attributes:
        yield from _check_static(component.attributes["values"])
    key = component.attributes.get("valuesKey", "key")
    if not isinstance(key, str) or not key.strip():
        yield Fault("options_missing", "选项变量名为空", "the variable of the options has no name")


def _check_static(values: Json) -> Iterator[Fault]:
    well_formed = isinstance(values, list) and all(
        isinstance(entry, dict)
        and set(entry) <= {"label", "value"}
        and isinstance(entry.get("label"), str)
        and isinstance(entry.get("value"), str | bool | int | Decimal)
        for entry in values
    )
    if not well_formed:
        yield common.bad_attribute(
            "values", "应为带 label 和 value 的列表", "must be a list of label and value"
        )
        return
    if not values:
        yield Fault("options_missing", "没有一个选项", "there is no option")
    keys = [key_of(entry["value"]) for entry in values]
    doubled = sorted({key for key in keys if keys.count(key) > 1} | ({""} & set(keys)))
    if doubled:
        yield Fault(
            "options_duplicate",
            f"选项的值重复或为空：{'、'.join(doubled)}",
            f"values of options are empty or stand twice: {', '.join(doubled)}",
        )


def _check_single(component: Component) -> Iterator[Fault]:
    yield from check_options(component)
    yield from common.check_default(component, str, bool, int, Decimal)
    yield from common.check_flags(component, "searchable")


def _check_several(component: Component) -> Iterator[Fault]:
    yield from check_options(component)
    yield from common.check_default(component, list)


def _check_tick(component: Component) -> Iterator[Fault]:
    yield from common.check_default(component, bool)


def _value_type(component: Component) -> str:
    values = component.attributes.get("values", ())
    sorts = {type(entry["value"]) for entry in values if isinstance(entry, dict)}
    if sorts == {str}:
        return "string"
    return "number" if sorts and sorts <= {int, Decimal} else "Any"


def _list_type(component: Component) -> str:
    return f"list<{_value_type(component)}>"


def _boolean(_component: Component) -> str:
    return "boolean"


_OPTION_ATTRIBUTES = frozenset(_SOURCES) | {"defaultValue"}


def _choice_type(attributes: frozenset[str] = frozenset()) -> ComponentType:
    return ComponentType(
        role=Role.INPUT,
        attributes=_OPTION_ATTRIBUTES | attributes,
        limits=common.REQUIRED,
        expressions=frozenset({"valuesExpression"}),
        read=read_one,
        settle=settle_one,
        accept=accept_one,
        check=_check_single,
        feel_type=_value_type,
    )


def _several_type() -> ComponentType:
    return ComponentType(
        role=Role.INPUT,
        attributes=_OPTION_ATTRIBUTES,
        limits=common.REQUIRED,
        expressions=frozenset({"valuesExpression"}),
        read=read_many,
        settle=settle_many,
        accept=accept_many,
        empty=list,
        check=_check_several,
        feel_type=_list_type,
    )


CHECKBOX = ComponentType(
    role=Role.INPUT,
    attributes=frozenset({"defaultValue"}),
    limits=common.REQUIRED,
    read=read_tick,
    accept=accept_tick,
    empty=bool,
    check=_check_tick,
    feel_type=_boolean,
)
RADIO = _choice_type()
SELECT = _choice_type(frozenset({"searchable"}))
CHECKLIST = _several_type()
TAGLIST = _several_type()
