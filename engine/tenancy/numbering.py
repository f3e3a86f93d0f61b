"""Case numbers such as 〔2026〕0007 from a tenant's number rule; two placeholders, nothing else."""

from __future__ import annotations

import re

from engine.errors import Invalid

_PLACEHOLDER = re.compile(r"\{(year|seq)(?::0([1-9]))?\}")
_MAX_RULE = 60


def number_rule_fault(rule: str) -> tuple[str, str] | None:
    """Why the rule cannot number cases, in Chinese and English, or None when it can."""
    if not rule or len(rule) > _MAX_RULE:
        return ("编号规则须为 1 至 60 个字符", "a number rule has 1 to 60 characters")
    fields = [match.group(1) for match in _PLACEHOLDER.finditer(rule)]
    rest = _PLACEHOLDER.sub("", rule)
    if "{" in rest or "}" in rest or any(not char.isprintable() for char in rest):
        return (
            "编号规则只能使用占位符 {year}、{seq} 或 {seq:04}",
            "a number rule may only use the placeholders {year}, {seq} or {seq:04}",
        )
    if fields.count("seq") != 1 or fields.count("year") != 1:
        return (
            "编号规则须各有一个 {year} 和一个 {seq}，否则编号会重复",
            "a number rule needs one {year} and one {seq}, or numbers would repeat",
        )
    return None


def case_number(rule: str, year: int, sequence: int) -> str:
    """The number of the ``sequence``-th case of the year by the tenant's rule."""
    fault = number_rule_fault(rule)
    if fault is not None:
        raise Invalid(*fault, code="number_rule", rule=rule)
    values = {"year": year, "seq": sequence}

    def fill(match: re.Match[str]) -> str:
        return str(values[match.group(1)]).zfill(int(match.group(2) or 0))

    return _PLACEHOLDER.sub(fill, rule)
