"""Reading a decision table: its policy, columns and rules."""

from __future__ import annotations

from engine.bpmn.findings import Findings
from engine.bpmn.messages import feature_finding
from engine.bpmn.xml import Element
from engine.decisions.cells import Cells
from engine.decisions.model import Aggregator, HitPolicy, InputColumn, OutputColumn, Rule, Table
from engine.decisions.support import FEATURES
from engine.decisions.types import Types
from engine.feel import Expression, FeelError, compile_expression
from engine.feel.cells import split_tests
from engine.feel.expression import UnaryTests

MAX_CELLS = 6_000
_LISTS = frozenset({HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT})
_RANKED = frozenset({HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER})
_INPUT, _OUTPUT = ("输入", "input"), ("输出", "output")


def read_table(element: Element, owner: str, cells: Cells, types: Types) -> Table | None:
    """The table an element draws; None when nothing can be made of it."""
    policy, aggregator = _policy(element, owner, cells.findings)
    drawn = {tag: cells.children(element, tag) for tag in ("input", "output", "rule")}
    columns = len(drawn["input"]) + len(drawn["output"])
    count = len(drawn["rule"]) * columns
    if count > MAX_CELLS:
        facts = {"count": count, "limit": MAX_CELLS}
        cells.findings.add("decision-too-large", element.place, owner, **facts)
        return None
    for tag, (zh, en) in (("input", _INPUT), ("output", _OUTPUT)):
        if not drawn[tag]:
            cells.findings.add("decision-columns", element.place, owner, what_zh=zh, what_en=en)
    if not drawn["rule"]:
        cells.findings.add("decision-rules", element.place, owner)
    inputs = [_read_input(e, owner, cells, types) for e in drawn["input"]]
    outputs = tuple(_read_output(e, owner, cells, types) for e in drawn["output"])
    _check_outputs(element, owner, outputs, (policy, aggregator), cells.findings)
    rules = tuple(
        _read_rule(e, number, owner, (len(inputs), outputs), cells)
        for number, e in enumerate(drawn["rule"], 1)
    )
    known = tuple(column for column in inputs if column is not None)
    if policy is None or len(known) != len(inputs) or not outputs:
        return None
    return Table(policy, known, outputs, rules, aggregator)


def _policy(
    element: Element, owner: str, findings: Findings
) -> tuple[HitPolicy | None, Aggregator | None]:
    written = element.get("hitPolicy") or HitPolicy.UNIQUE.value
    policy = next((p for p in HitPolicy if p.value == written), None)
    if policy is None:
        findings.add("decision-hit-policy", element.place, owner, value=written[:80])
    asked = element.get("aggregation")
    aggregator = next((a for a in Aggregator if a.value == asked), None)
    if asked and (aggregator is None or policy is not HitPolicy.COLLECT):
        findings.add("decision-aggregation", element.place, owner, value=asked[:80])
    return policy, aggregator


def _read_input(element: Element, owner: str, cells: Cells, types: Types) -> InputColumn | None:
    drawn = cells.child(element, "inputExpression")
    label = element.get("label") or element.get("name")
    if drawn is None:
        facts = {"what_zh": f"输入列“{label}”", "what_en": f"input “{label}”"}
        cells.findings.add("decision-expression-missing", element.place, owner, **facts)
        return None
    names = (f"输入列“{label}”", f"input “{label}”")
    expression = cells.needed(drawn, owner, names)
    if expression is None:
        return None
    limited = cells.child(element, "inputValues")
    allowed = cells.tests(limited, owner, ("输入的允许值", "allowed input values"))
    return InputColumn(label or expression.text, expression, types.of(drawn, owner), allowed)


def _read_output(element: Element, owner: str, cells: Cells, types: Types) -> OutputColumn:
    limited = cells.child(element, "outputValues")
    names = ("输出的允许值", "allowed output values")
    allowed = cells.tests(limited, owner, names)
    default = cells.child(element, "defaultOutputEntry")
    name = element.get("name")
    return OutputColumn(
        name=name,
        label=element.get("label") or name,
        type=types.of(element, owner),
        allowed=allowed,
        order=_order(allowed, cells),
        default=None
        if default is None
        else cells.expression(default, owner, ("默认输出", "default output")),
    )


def _order(allowed: UnaryTests | None, cells: Cells) -> tuple[Expression, ...]:
    """The listed values as expressions, in their order."""
    if allowed is None:
        return ()
    try:
        texts = split_tests(allowed.text, cells.functions)
        return tuple(compile_expression(text, functions=cells.functions) for text in texts)
    except FeelError:
        return ()  # intervals and conditions allow values without ranking them


def _check_outputs(
    element: Element,
    owner: str,
    outputs: tuple[OutputColumn, ...],
    way: tuple[HitPolicy | None, Aggregator | None],
    findings: Findings,
) -> None:
    policy, aggregator = way
    if len(outputs) > 1:
        seen: set[str] = set()
        for column in outputs:
            if not column.name or column.name in seen:
                findings.add("decision-output-name", element.place, owner, value=column.name)
            seen.add(column.name)
    if policy in _RANKED and not any(column.order for column in outputs):
        findings.add("decision-order", element.place, owner)
    if aggregator is not None and len(outputs) > 1:
        _refuse("aggregation/several-outputs", element, owner, findings)
    if policy in _LISTS and aggregator is None and any(c.default for c in outputs):
        _refuse("defaultOutputEntry/list", element, owner, findings)


def _refuse(key: str, element: Element, owner: str, findings: Findings) -> None:
    found = feature_finding(FEATURES[key], element.place, owner)
    if found is not None:
        findings.record(found)


def _read_rule(
    element: Element,
    number: int,
    owner: str,
    width: tuple[int, tuple[OutputColumn, ...]],
    cells: Cells,
) -> Rule:
    expected, outputs = width
    tested = cells.children(element, "inputEntry")
    given = cells.children(element, "outputEntry")
    wanted = ((tested, expected, _INPUT), (given, len(outputs), _OUTPUT))
    for found, count, (zh, en) in wanted:
        if len(found) != count:
            facts = {"rule": number, "count": len(found), "expected": count}
            cells.findings.add(
                "decision-cells", element.place, owner, what_zh=zh, what_en=en, **facts
            )
    names = (f"规则 {number} 的条件", f"test of rule {number}")
    tests = tuple(cells.tests(e, owner, names) for e in tested)
    results = []
    for entry, column in zip(given, outputs, strict=False):
        if not cells.text(entry):
            empty = {"rule": number, "column": column.label}
            cells.findings.add("decision-result-empty", entry.place, owner, **empty)
        said = (f"规则 {number} 的结果", f"result of rule {number}")
        results.append(cells.expression(entry, owner, said))
    return Rule(element.place, number, tests, tuple(results))
