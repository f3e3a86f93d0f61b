"""How a decision table was read, in one plain sentence of the case's timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

NOTHING = "—"


def decision_words(made: Mapping[str, Any]) -> str:
    """What a decision looked at, which of its rules matched and what it gave."""
    known = {"name": made["name"] or made["decision"], "result": value_words(made["result"])}
    inputs = _pairs(made["inputs"])
    if not inputs:
        return str(_("决策“%(name)s”得出：%(result)s", **known))
    known |= {"inputs": inputs, "rules": _rules(made["rules"])}
    return str(_("决策“%(name)s”得出：%(result)s（%(inputs)s；%(rules)s）", **known))


def _rules(numbers: list[int]) -> str:
    if not numbers:
        return str(_("没有规则命中"))
    return str(_("命中第 %(numbers)s 条规则", numbers="、".join(str(n) for n in numbers)))


def value_words(value: Any) -> str:
    """A kept value as people read it; one too long to keep is told to be so."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, list):
        return "、".join(value_words(one) for one in value) or NOTHING
    if isinstance(value, dict):
        is_digest = value.keys() == {"digest"}
        return str(_("内容较长，只存摘要")) if is_digest else _pairs(value) or NOTHING
    return str(value)


def _pairs(values: Mapping[str, Any]) -> str:
    told = (f"{name} = {value_words(value)}" for name, value in values.items())
    return "、".join(told)
