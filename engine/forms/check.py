"""What is wrong between the components of a form: names, expressions, texts, circles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.feel import FeelSyntaxError, compile_expression
from engine.forms.component_type import Fault, Role
from engine.forms.context import is_expression, template_expressions
from engine.forms.model import Component, Form, FormFinding, Json
from engine.forms.registry import component_types


def check_form(form: Form, functions: frozenset[str]) -> Iterator[FormFinding]:
    """Every finding that needs the whole form or its expressions."""
    for component in form.walk():
        for fault in _check_component(component, functions):
            yield _finding(component, fault)
    yield from _check_ids(form)
    yield from _check_level(form.components)
    if not any(_broken(component, functions) for component in form.walk()):
        yield from _check_circles(form, functions)


def check_rights(form: Form, names: Mapping[str, str]) -> Iterator[FormFinding]:
    """Rights of a step that name no field, or are no right."""
    known = {name for component in form.walk() for name in (component.address, component.id)}
    for name, right in names.items():
        if name != "*" and name not in known:
            yield FormFinding(
                "",
                name,
                "unknown_field",
                f"字段权限中的“{name}”在表单 {form.id} 中不存在",
                f"the field rights name {name}, which the form {form.id} does not have",
            )
        if right not in ("hidden", "readonly", "editable"):
            yield FormFinding(
                "",
                name,
                "unknown_right",
                f"字段“{name}”的权限“{right}”未知，应为 hidden、readonly 或 editable",
                f"the right {right!r} of {name} is none of hidden, readonly, editable",
            )


def expressions_of(component: Component) -> Iterator[tuple[str, str]]:
    """(attribute, FEEL text without its ``=``) of a component."""
    for name, text in _candidates(component):
        if is_expression(text):
            yield name, text[1:]
    for name, text in _texts(component):
        for expression in [] if is_expression(text) else template_expressions(text):
            yield name, expression


def _candidates(component: Component) -> Iterator[tuple[str, Json]]:
    yield "conditional.hide", component.hide
    yield "readonly", component.read_only
    yield "disabled", component.disabled
    yield "label", component.label
    yield "description", component.description
    yield from component.attributes.items()
    yield from ((f"validate.{name}", value) for name, value in component.limits.items())
    yield from ((f"properties.{name}", value) for name, value in component.properties.items())
    appearance = component.attributes.get("appearance")
    if isinstance(appearance, dict):
        yield from ((f"appearance.{name}", value) for name, value in appearance.items())


def _texts(component: Component) -> Iterator[tuple[str, str]]:
    """Texts in which ``{{…}}`` is filled in."""
    kind = component_types()[component.type]
    yield "label", component.label
    yield "description", component.description
    appearance = component.attributes.get("appearance")
    inner = appearance.items() if isinstance(appearance, dict) else ()
    own = ((name, component.attributes.get(name)) for name in sorted(kind.texts))
    yield from ((name, text) for name, text in (*own, *inner) if isinstance(text, str))


def _check_component(component: Component, functions: frozenset[str]) -> Iterator[Fault]:
    kind = component_types()[component.type]
    must = [(name, component.attributes.get(name, "=")) for name in sorted(kind.expressions)]
    for name, text in [("conditional.hide", component.hide or "="), *must]:
        if not is_expression(text):
            yield Fault(
                "bad_feel",
                f"{name} 应为以 = 开头的表达式",
                f"{name} must be an expression that begins with =",
            )
    for name in ("readonly", "disabled"):
        flag = component.read_only if name == "readonly" else component.disabled
        if isinstance(flag, str) and not is_expression(flag):
            yield Fault("bad_feel", f"{name} 应为以 = 开头的表达式", f"{name} must begin with =")
    for name, text in _texts(component):
        if not is_expression(text) and ("{{#" in text or "{{/" in text):
            yield Fault(
                "unsupported_template",
                f"{name} 中不支持模板的循环和条件，只能写 {{{{表达式}}}}",
                f"{name}: only {{{{expression}}}} is supported in templates",
            )
    yield from _broken(component, functions)
    if kind.role is Role.INPUT and not component.caption:
        yield Fault(
            "missing_label",
            "字段没有标签，读屏软件用户无法知道要填什么",
            "the field has no label",
            "warning",
        )


def _broken(component: Component, functions: frozenset[str]) -> list[Fault]:
    faults = []
    for name, text in expressions_of(component):
        if text.startswith(("#", "/")):
            continue
        try:
            compile_expression(text, functions=functions)
        except FeelSyntaxError as error:
            faults.append(
                Fault(
                    "bad_feel",
                    f"{name} 的表达式“{text}”有误：{error.zh}",
                    f"the expression {text!r} of {name} is wrong: {error.en}",
                )
            )
    return faults


def _finding(component: Component, fault: Fault) -> FormFinding:
    return FormFinding(
        component.id, component.label, fault.code, fault.zh, fault.en, fault.severity
    )


def _check_ids(form: Form) -> Iterator[FormFinding]:
    seen: set[str] = set()
    for component in form.walk():
        if component.id in seen:
            yield _finding(
                component,
                Fault(
                    "duplicate_id",
                    f"组件 id“{component.id}”重复",
                    f"the component id {component.id} stands twice",
                ),
            )
        seen.add(component.id)


def _check_level(components: tuple[Component, ...]) -> Iterator[FormFinding]:
    """Each place in the data belongs to one component, and none is both value and container."""
    holders = list(_holders(components))
    seen: set[str] = set()
    for component in holders:
        if component.slot in seen:
            yield _finding(
                component,
                Fault(
                    "duplicate_key",
                    f"字段名“{component.slot}”重复",
                    f"the key {component.slot} stands twice",
                ),
            )
        seen.add(component.slot)
    for component in holders:
        if any(other.startswith(component.slot + ".") for other in seen):
            yield _finding(
                component,
                Fault(
                    "key_conflict",
                    f"“{component.slot}”既是字段又是其他字段的上级",
                    f"{component.slot} is a field and also the parent of others",
                ),
            )
        yield from _check_level(component.children)


def _holders(components: tuple[Component, ...]) -> Iterator[Component]:
    """The components that own a place in the data of this row."""
    for component in components:
        kind = component_types()[component.type]
        if kind.role is Role.GROUP:
            yield from _holders(component.children)
        elif component.slot and kind.role is not Role.STATIC:
            yield component


def _check_circles(form: Form, functions: frozenset[str]) -> Iterator[FormFinding]:
    """Fields whose hide conditions depend on each other in a circle have no settled state."""
    needs = dict(_needs(form.components, frozenset(), functions))
    by_key = {component.address: component for component in form.walk()}
    for name in needs:
        if _reaches(name, name, needs):
            yield _finding(
                by_key[name],
                Fault(
                    "hide_circle",
                    f"“{name}”的隐藏条件直接或间接取决于它自己",
                    f"whether {name} is hidden depends on itself",
                ),
            )


def _needs(
    components: tuple[Component, ...], above: frozenset[str], functions: frozenset[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    for component in components:
        names = above
        if is_expression(component.hide):
            names |= compile_expression(component.hide[1:], functions=functions).names
        role = component_types()[component.type].role
        if role is Role.GROUP:
            yield from _needs(component.children, names, functions)
        elif component.address and names:
            yield component.address, names


def _reaches(start: str, goal: str, needs: Mapping[str, frozenset[str]]) -> bool:
    todo, seen = list(needs[start]), set[str]()
    while todo:
        name = todo.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            todo.extend(needs.get(name, ()))
    return False
