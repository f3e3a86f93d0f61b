"""Which fields of a request are wrong, in words: what the schemas of the API found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from webapp.http.intake import TOO_DEEP, UNSTORABLE
from webapp.http.words import N_

SAID: tuple[tuple[str, str], ...] = (
    (r"Missing data for required field\.", N_("必须填写")),
    (r"Field may not be null\.", N_("不能为空")),
    (r"Unknown field\.", N_("没有这个字段")),
    (r"Not a valid string\.", N_("应为文本")),
    (r"Not a valid integer\.", N_("应为整数")),
    (r"Not a valid boolean\.", N_("应为 true 或 false")),
    (r"Not a valid UUID\.", N_("应为编号（UUID）")),
    (r"Not a valid datetime\.", N_("应为时间（ISO 8601）")),
    (r"Not a valid list\.", N_("应为数组")),
    (r"Not a valid mapping type\.", N_("应为对象")),
    (r"Invalid input type\.", N_("应为对象")),
    (rf"Invalid JSON body: {UNSTORABLE}.*", N_("JSON 中有无法保存的字符")),
    (rf"Invalid JSON body: {TOO_DEEP}.*", N_("JSON 嵌套过深")),
    (r"Invalid JSON body: .*number.*", N_("JSON 中有位数过多、过大、过小或不是数的数值")),
    (
        r"Invalid JSON body: .*: line (?P<line>\d+) column (?P<column>\d+) .*",
        N_("不是可以读取的 JSON（第 %(line)s 行第 %(column)s 列）"),
    ),
    (r"Must be one of: (?P<what>.+)\.", N_("应为以下之一：%(what)s")),
    (r"Longer than maximum length (?P<what>\d+)\.", N_("不能超过 %(what)s")),
    (r"Shorter than minimum length (?P<what>\d+)\.", N_("不能少于 %(what)s")),
    (
        r"Length must be between (?P<least>\d+) and (?P<most>\d+)\.",
        N_("长度应在 %(least)s 至 %(most)s 之间"),
    ),
    (r"Must be greater than or equal to (?P<what>\S+) and less .*", N_("超出允许的范围")),
    (r"Must be (greater|less) than or equal to (?P<what>\S+)\.", N_("超出允许的范围")),
)
"""What marshmallow says, and what we say."""


def field_errors(error: HTTPException) -> list[dict[str, str]]:
    """Each wrong field with its place and why; empty when the error is not about fields."""
    messages = getattr(error, "data", {}).get("messages", {})
    return [
        {"field": field, "message": _in_words(text)}
        for place in messages.values()
        for field, text in _flat(place)
    ]


def _in_words(text: str) -> str:
    for pattern, words in SAID:
        found = re.fullmatch(pattern, text)
        if found:
            return str(_(words, **found.groupdict()))
    return text


def _flat(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            # what concerns the whole has no place
            name = "" if key == "_schema" else str(key)
            yield from _flat(inner, f"{place}.{name}" if place and name else place or name)
    elif isinstance(value, list):
        for one in value:
            yield place, str(one)
    else:
        yield place, str(value)
