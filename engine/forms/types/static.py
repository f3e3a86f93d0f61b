"""Components that nobody fills in: texts, pictures, tables, and values the server computes."""

from __future__ import annotations

from collections.abc import Iterator

from engine.feel import FeelError, from_json, to_json
from engine.forms import wording
from engine.forms.component_type import ComponentType, Fault, Node, Role
from engine.forms.context import FormBroken, Scope, is_expression
from engine.forms.model import Component, Json
from engine.forms.problems import Rejected
from engine.forms.types import common

MAX_TABLE_ROWS = 500


def _check_text(component: Component) -> Iterator[Fault]:
    for name in ("text", "content"):
        if not isinstance(component.attributes.get(name, ""), str):
            yield common.bad_attribute(name, "应为文字", "must be a text")


def _check_image(component: Component) -> Iterator[Fault]:
    source = component.attributes.get("source", "")
    if not isinstance(source, str) or not (
        is_expression(source) or source.startswith(("data:image/", "/")) or not source
    ):
        yield common.bad_attribute(
            "source",
            "应为本站地址或 data: 图片，外部地址不会显示",
            "must be an address of this site or a data: picture",
        )
    if not component.attributes.get("alt"):
        yield Fault(
            "alt_missing",
            "图片没有替代文字，读屏软件用户无法知道图片内容",
            "the picture has no alternative text",
            "warning",
        )


def _check_table(component: Component) -> Iterator[Fault]:
    attributes = component.attributes
    columns = attributes.get("columns")
    if ("columns" in attributes) == ("columnsExpression" in attributes):
        yield common.bad_attribute(
            "columns", "应与 columnsExpression 二选一", "either this or that"
        )
    elif columns is not None and not (
        isinstance(columns, list)
        and columns
        and all(
            isinstance(column, dict)
            and isinstance(column.get("key"), str)
            and isinstance(column.get("label"), str)
            for column in columns
        )
    ):
        yield common.bad_attribute("columns", "应为列的列表", "must be a list of columns")
    count = attributes.get("rowCount", 10)
    if not isinstance(count, int) or not 1 <= count <= MAX_TABLE_ROWS:
        yield common.bad_attribute("rowCount", f"应为 1 到 {MAX_TABLE_ROWS}", "is out of range")


def _check_spacer(component: Component) -> Iterator[Fault]:
    height = common.as_number(component.attributes.get("height", 60))
    if height is None or not 0 < height <= 1000:
        yield common.bad_attribute("height", "应为 1 到 1000", "must be 1 to 1000")


def _check_button(component: Component) -> Iterator[Fault]:
    if component.attributes.get("action", "submit") != "submit":
        yield Fault(
            "unsupported_action",
            "不支持“重置”按钮：它会丢掉已填写的内容",
            "a reset button is not supported: it would discard what was typed",
        )


def settle_expression(component: Component, _value: Json, scope: Scope) -> Json:
    """The computed value; None where it cannot be computed, which ``accept`` then says."""
    try:
        return _computed(component, scope)
    except (FormBroken, FeelError):
        return None


def accept_expression(node: Node, _value: Json) -> Json:
    """The value the server computes, whatever was submitted."""
    try:
        return _computed(node.component, node.scope)
    except (FormBroken, FeelError) as error:
        raise Rejected(wording.cannot_compute(node.label, error.zh, error.en)) from error


def _computed(component: Component, scope: Scope) -> Json:
    """The value as it will be stored: a date is its text."""
    return from_json(to_json(scope.evaluate(component.attributes["expression"])))


def _check_expression(component: Component) -> Iterator[Fault]:
    if not component.attributes.get("expression"):
        yield common.bad_attribute("expression", "不能为空", "must not be empty")
    yield from common.check_choice(component, "computeOn", ("change", "presubmit"))


TEXT = ComponentType(
    role=Role.STATIC,
    attributes=frozenset({"text"}),
    texts=frozenset({"text"}),
    check=_check_text,
)
HTML = ComponentType(
    role=Role.STATIC,
    attributes=frozenset({"content"}),
    texts=frozenset({"content"}),
    check=_check_text,
)
IMAGE = ComponentType(
    role=Role.STATIC,
    attributes=frozenset({"source", "alt"}),
    texts=frozenset({"source", "alt"}),
    check=_check_image,
)
SEPARATOR = ComponentType(role=Role.STATIC)
SPACER = ComponentType(role=Role.STATIC, attributes=frozenset({"height"}), check=_check_spacer)
TABLE = ComponentType(
    role=Role.STATIC,
    attributes=frozenset({"columns", "columnsExpression", "dataSource", "rowCount"}),
    expressions=frozenset({"dataSource", "columnsExpression"}),
    check=_check_table,
)
BUTTON = ComponentType(role=Role.STATIC, attributes=frozenset({"action"}), check=_check_button)
EXPRESSION = ComponentType(
    role=Role.COMPUTED,
    attributes=frozenset({"expression", "computeOn"}),
    expressions=frozenset({"expression"}),
    settle=settle_expression,
    accept=accept_expression,
    check=_check_expression,
)
