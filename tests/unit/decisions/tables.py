"""Decision files written in a few lines."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from engine.decisions.evaluate import Outcome, evaluate_decision
from engine.decisions.model import Decisions
from engine.decisions.read import read_decisions
from engine.feel import Environment, to_json

DMN13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def file(*parts: str, namespace: str = DMN13, attributes: str = "") -> bytes:
    """A decision file of these parts."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="{namespace}" id="file" '
        f'name="测试" namespace="urn:test" {attributes}>{"".join(parts)}</definitions>'
    ).encode()


def decision(own: str, logic: str, *lines: str, variable: str = "") -> str:
    """A decision with its logic and the lines that lead to it."""
    return f'<decision id="{own}" name="{own}">{variable}{"".join(lines)}{logic}</decision>'


def requires(ref: str, kind: str = "requiredDecision") -> str:
    """A line from another decision or an input."""
    return f'<informationRequirement id="to_{ref}"><{kind} href="#{ref}"/></informationRequirement>'


def literal(text: str) -> str:
    """A literal expression."""
    return f"<literalExpression>{held(text)}</literalExpression>"


def held(text: str) -> str:
    """A text element."""
    return f"<text>{escape(text)}</text>"


def column(expression: str, kind: str = "", allowed: str = "") -> str:
    """An input column."""
    typed = f' typeRef="{kind}"' if kind else ""
    limits = f"<inputValues>{held(allowed)}</inputValues>" if allowed else ""
    return (
        f'<input label="{expression}"><inputExpression{typed}>{held(expression)}'
        f"</inputExpression>{limits}</input>"
    )


def output(name: str, kind: str = "", allowed: str = "", default: str = "") -> str:
    """An output column."""
    typed = f' typeRef="{kind}"' if kind else ""
    limits = f"<outputValues>{held(allowed)}</outputValues>" if allowed else ""
    otherwise = f"<defaultOutputEntry>{held(default)}</defaultOutputEntry>" if default else ""
    return f'<output name="{name}"{typed}>{limits}{otherwise}</output>'


def rule(*cells: str) -> str:
    """A rule written ``test, test => result, result`` cell by cell; ``=>`` stands by itself."""
    turn = cells.index("=>")
    tests = "".join(f"<inputEntry>{held(c)}</inputEntry>" for c in cells[:turn])
    results = "".join(f"<outputEntry>{held(c)}</outputEntry>" for c in cells[turn + 1 :])
    return f"<rule>{tests}{results}</rule>"


def table(*parts: str, policy: str = "", aggregation: str = "") -> str:
    """A decision table of columns and rules."""
    attributes = f' hitPolicy="{policy}"' if policy else ""
    attributes += f' aggregation="{aggregation}"' if aggregation else ""
    return f"<decisionTable{attributes}>{''.join(parts)}</decisionTable>"


def read(source: bytes) -> Decisions:
    """The decisions of a file without errors."""
    reading = read_decisions(source)
    assert [(f.code, f.en) for f in reading.findings if f.blocks] == []
    return reading.decisions


def made(source: bytes, own: str = "d", **variables: Any) -> Outcome:
    """What a decision gives for these variables."""
    return evaluate_decision(read(source), own, variables, Environment())


def result(source: bytes, own: str = "d", **variables: Any) -> Any:
    """The result of a decision as JSON."""
    return to_json(made(source, own, **variables).result)


def codes(source: bytes) -> dict[str, str]:
    """What reading a file finds: code by element."""
    return {f.code: f.element for f in read_decisions(source).findings}


def graded(policy: str, *rules: str, more: Mapping[str, str] | None = None) -> bytes:
    """A table over ``x`` with one ranked output ``grade``."""
    order = (more or {}).get("order", '"high", "middle", "low"')
    columns = (column("x", "number"), output("grade", "string", order))
    return file(decision("d", table(*columns, *rules, policy=policy)))
