"""Checks of expressions: they are FEEL, they compile, and call and name what exists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.bpmn.findings import Findings
from engine.bpmn.model import Process
from engine.feel import Expression, FeelError, compile_expression
from engine.gate.context import HOST_FUNCTIONS, GateContext
from engine.gate.names import known_names
from engine.gate.places import Place, places

_FOREIGN = re.compile(r"\s*[$#]\{")
PARAMETER = re.compile(r"""(?<!\w)parameter\(\s*"([^"]{1,200})"\s*\)""")


def check_expressions(process: Process, context: GateContext | None, findings: Findings) -> None:
    """Every check of expressions; names and parameters only with a tenant."""
    known = known_names(process, context) if context is not None else None
    functions = context.functions if context is not None else HOST_FUNCTIONS
    for place in places(process):
        expression = _compile(place, functions, findings)
        if expression is not None and place.before_case and expression.names:
            names = "、".join(sorted(expression.names))
            findings.add("start-timer-names", place.element, place.name, names=names)
            continue
        if expression is None or context is None:
            continue
        for name in _unknown(expression, place, known):
            facts = {"what_zh": place.zh, "what_en": place.en, "variable": name}
            findings.add("unknown-name", place.element, place.name, **facts)
        for key in PARAMETER.findall(place.text):
            if context.parameters is not None and key not in context.parameters:
                findings.add("unknown-parameter", place.element, place.name, parameter=key)


def _compile(place: Place, functions: frozenset[str], findings: Findings) -> Expression | None:
    """The compiled expression; None for a literal and for what was reported."""
    names = {"what_zh": place.zh, "what_en": place.en, "value": place.text[:80]}
    if not place.text.startswith("="):
        if _FOREIGN.match(place.text):
            findings.add("expression-foreign", place.element, place.name, **names)
        elif place.only_feel:
            findings.add("expression-not-feel", place.element, place.name, **names)
        return None
    try:
        return compile_expression(place.text[1:].strip(), functions=functions)
    except FeelError as error:
        if "function" in error.facts:
            function = error.facts["function"]
            findings.add("unknown-function", place.element, place.name, **names, function=function)
            return None
        reasons = {"reason_zh": error.zh, "reason_en": error.en}
        findings.add("expression-syntax", place.element, place.name, **names, **reasons)
        return None


def _unknown(expression: Expression, place: Place, known: frozenset[str] | None) -> Iterator[str]:
    if known is not None and not place.open_world:
        yield from sorted(expression.names - known - place.local)
