"""What a form is filled in against, and the names its expressions see."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, cast

from engine.errors import LuchengError
from engine.feel import Environment, FeelError, compile_expression
from engine.forms.model import NOTHING, AttachmentFacts, Json, Right
from engine.forms.wording import number_text

_TEMPLATE = re.compile(r"\{\{([^{}]*)\}\}")


class FormBroken(LuchengError):
    """An expression of the form has no value on the data at hand: the form must be mended."""

    code = "form_expression_failed"


def _no_attachment(_id: str) -> AttachmentFacts | None:
    return None


def _moment(env: Environment) -> datetime:
    if env.now is None:
        raise FormBroken("没有给出当前时间", "the environment has no clock")
    return env.now


@dataclass(frozen=True, slots=True)
class FormContext:
    """The step a form is filled in for.

    ``variables`` is what the case knows, ``rights`` the rights of this step by field
    (``"*"`` for all others), ``services`` what plugged-in components need from their owners.
    """

    env: Environment
    variables: Mapping[str, Json] = field(default_factory=lambda: NOTHING)
    rights: Mapping[str, Right] = field(default_factory=dict)
    attachment_facts: Callable[[str], AttachmentFacts | None] = _no_attachment
    services: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    @property
    def now(self) -> datetime:
        """The moment of the submission, in the zone of the reader."""
        return _moment(self.env)


@dataclass(frozen=True, slots=True)
class Scope:
    """The names an expression sees: all data, the row it stands in, and this / parent / i."""

    env: Environment
    root: Mapping[str, Json]
    this: Mapping[str, Json]
    parent: Mapping[str, Json] | None = None
    i: tuple[int, ...] = ()

    @classmethod
    def of(cls, env: Environment, names: Mapping[str, Json]) -> Scope:
        """The outermost scope, in which whatever is not filled in is null."""
        return cls(replace(env, lenient=True), names, names)

    def row(self, values: Mapping[str, Json], index: int) -> Scope:
        """The scope of one row of a list, counted from 0."""
        return replace(self, this=values, parent=self.this, i=(*self.i, index + 1))

    @property
    def now(self) -> datetime:
        """The moment of the submission, in the zone of the reader."""
        return _moment(self.env)

    def names(self) -> Mapping[str, Json]:
        """Row before case data; this, parent and i before both."""
        own = {
            "this": self.this,
            "parent": self.parent,
            "i": [Decimal(number) for number in self.i],
        }
        return ChainMap(own, *cast("list[dict[str, Json]]", [self.this, self.root]))

    def evaluate(self, text: str) -> Json:
        """The value of a FEEL expression written with or without its leading ``=``."""
        functions = frozenset(self.env.functions)
        try:
            expression = compile_expression(text.removeprefix("="), functions=functions)
            return expression.evaluate(self.names(), self.env)
        except FeelError as error:
            raise FormBroken(
                f"表单中的表达式“{text}”无法计算：{error.zh}",
                f"the form's expression {text!r} cannot be evaluated: {error.en}",
                expression=text,
            ) from error

    def value(self, raw: Json) -> Json:
        """``=…`` evaluated, anything else as it is."""
        return self.evaluate(raw) if is_expression(raw) else raw

    def holds(self, raw: Json) -> bool:
        """Whether a flag, written as true or as an expression, is set; null is not set."""
        value = self.value(raw)
        if value is None or isinstance(value, bool):
            return value is True
        raise FormBroken(
            f"表单中的条件“{raw}”的结果应为“是”或“否”",
            f"the form's condition {raw!r} is neither true nor false",
            expression=raw,
        )

    def text(self, raw: str, escape: Callable[[str], str] = str) -> str:
        """A text with its ``{{…}}`` filled in; what is filled in passes through ``escape``."""
        if is_expression(raw):
            return escape(plain_text(self.evaluate(raw)))
        if "{{" not in raw:
            return raw
        parts = _TEMPLATE.split(raw)
        return "".join(
            escape(plain_text(self.evaluate(part.strip()))) if odd % 2 else part
            for odd, part in enumerate(parts)
        )


def is_expression(raw: Json) -> bool:
    """Whether the value of an attribute is FEEL."""
    return isinstance(raw, str) and raw.startswith("=")


def template_expressions(text: str) -> list[str]:
    """The FEEL expressions inside the ``{{…}}`` of a text."""
    return [part.strip() for part in _TEMPLATE.split(text)[1::2]]


def plain_text(value: Json) -> str:
    """A FEEL value as a reader wants to see it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, date | time | datetime):
        return value.isoformat()
    if isinstance(value, list):
        return "、".join(plain_text(entry) for entry in value)
    return str(value)
