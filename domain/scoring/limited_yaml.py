"""YAML as data only: no alias, no double key, no type tag, numbers as decimals, all bounded.

An alias is refused outright, because a file of a few hundred bytes can expand to gigabytes with
it. Only ``true``, ``false``, ``null`` and plain numbers have a meaning of their own; ``no``, dates
and times stay text, so that nothing changes its type by accident.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from decimal import Decimal
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

MAX_BYTES = 500_000
MAX_NODES = 20_000
MAX_DEPTH = 20
MAX_NUMBER = 20

_STR = "tag:yaml.org,2002:str"
_INT = "tag:yaml.org,2002:int"
_FLOAT = "tag:yaml.org,2002:float"
_INT_FORM = re.compile(r"-?(0|[1-9][0-9]*)")
_FLOAT_FORM = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")


class YamlRefused(ValueError):
    """A text is no YAML we read; ``line`` (from 1, 0 when unknown) says where."""

    def __init__(self, zh: str, en: str, line: int = 0) -> None:
        super().__init__(en)
        self.zh, self.en, self.line = zh, en, line


def read_yaml(raw: bytes) -> object:
    """The one document of the text as plain values, or ``YamlRefused``."""
    if len(raw) > MAX_BYTES:
        raise YamlRefused(f"文件超过 {MAX_BYTES} 字节", f"the file exceeds {MAX_BYTES} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise YamlRefused("文件不是 UTF-8 编码", "the file is not UTF-8") from error
    try:
        loader = _Loader(text)
        try:
            value: object = loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise _refusal(error, last=text.count("\n") + 1) from error
    return value


class _Loader(Composer, CParser, SafeConstructor, Resolver):
    """PyYAML's safe loader, narrowed; libyaml reads, which is many times faster."""

    def __init__(self, stream: str) -> None:
        CParser.__init__(self, stream)
        Composer.__init__(self)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)
        self._nodes = 0
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()
        line = _line(event)
        self._nodes += 1
        self._depth += 1
        if isinstance(event, yaml.AliasEvent):
            raise YamlRefused("不允许别名", "aliases are refused", line)
        if getattr(event, "tag", None) is not None:
            raise YamlRefused("不允许类型标签", "type tags are refused", line)
        if self._nodes > MAX_NODES or self._depth > MAX_DEPTH:
            raise YamlRefused("内容过多或嵌套过深", "too many values or nested too deeply", line)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, object]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag != _STR:
                raise YamlRefused("键须为文字", "keys must be text", _line(key))
            if key.value in seen:
                raise YamlRefused(
                    f"键“{key.value}”重复", f"the key {key.value} stands twice", _line(key)
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _line(place: yaml.Node | yaml.Event) -> int:
    mark = place.start_mark
    return mark.line + 1 if mark is not None else 0


def _number(form: re.Pattern[str], node: yaml.Node) -> str:
    text = node.value if isinstance(node, yaml.ScalarNode) else ""
    if len(text) > MAX_NUMBER or not form.fullmatch(text):
        raise YamlRefused("数字过长", "the number is too long", _line(node))
    return text


def _integer(_loader: _Loader, node: yaml.Node) -> int:
    return int(_number(_INT_FORM, node))


def _decimal(_loader: _Loader, node: yaml.Node) -> Decimal:
    return Decimal(_number(_FLOAT_FORM, node))


def _refusal(error: yaml.YAMLError, last: int) -> YamlRefused:
    """What cannot be read, and where: what ends too early ends in the ``last`` line."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or "malformed YAML")
    line = min(mark.line + 1, last) if mark else 0
    return YamlRefused(f"不是有效的 YAML（{problem}）", problem, line)


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("(~|null)?$"), ["~", "n", ""])
_Loader.add_implicit_resolver(_FLOAT, re.compile(rf"{_FLOAT_FORM.pattern}$"), list("-0123456789"))
_Loader.add_implicit_resolver(_INT, re.compile(rf"{_INT_FORM.pattern}$"), list("-0123456789"))
_constructing: Any = _Loader  # the stubs know PyYAML's own loaders only
_constructing.add_constructor(_INT, _integer)
_constructing.add_constructor(_FLOAT, _decimal)
