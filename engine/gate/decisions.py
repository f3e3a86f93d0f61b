"""Checks of decision files, and of the steps that call them."""

from __future__ import annotations

from engine.bpmn.findings import Findings
from engine.bpmn.model import Node, Process
from engine.bpmn.xml import DEFAULT_LIMITS, Limits, Unreadable
from engine.decisions.checks import passes
from engine.decisions.coverage import check_coverage
from engine.decisions.messages import READING
from engine.decisions.model import Decision, Decisions, Table
from engine.decisions.names import expressions, needed_names
from engine.decisions.read import read_decisions
from engine.feel import Environment, Expression, FeelError
from engine.gate.context import GateContext
from engine.gate.expressions import PARAMETER
from engine.gate.messages import GATE
from engine.gate.names import known_names
from engine.gate.report import Report, Soundness, Verdict, unreadable_report

_CATALOGUE = {**READING, **GATE}


def check_decisions(
    source: bytes,
    context: GateContext | None = None,
    *,
    file: str = "",
    limits: Limits = DEFAULT_LIMITS,
) -> Report:
    """The report on a decision file. Never raises for what a file contains."""
    try:
        reading = read_decisions(source, limits)
    except Unreadable as error:
        return unreadable_report(error, file)
    findings = Findings(_CATALOGUE)
    for finding in reading.findings:
        findings.record(finding)
    for decision in reading.decisions.decisions.values():
        if isinstance(decision.logic, Table) and not reading.blocks:
            check_coverage(decision.logic, decision.id, decision.name, findings)
            _check_results(decision, decision.logic, findings)
        _check_parameters(decision, context, findings)
    nothing_flows = Soundness(Verdict.SOUND)
    return Report(findings.all(), None, file, nothing_flows, reading.decisions)


def _check_results(decision: Decision, table: Table, findings: Findings) -> None:
    """A written result that the output does not allow would stop every case it concerns."""
    for rule in table.rules:
        for expression, column in zip(rule.results, table.outputs, strict=False):
            if expression is None or not _is_constant(expression):
                continue
            try:
                value = expression.evaluate({}, Environment())
                fits = value is None or passes(column.allowed, value, {}, Environment())
            except FeelError:
                continue  # the values it is held against are computed
            if not fits:
                facts = {"rule": rule.number, "value": expression.text, "column": column.label}
                findings.add("decision-result-refused", rule.id, decision.name, **facts)


def _is_constant(expression: Expression) -> bool:
    return not (expression.names or expression.entry_names or expression.calls)


def _check_parameters(decision: Decision, context: GateContext | None, findings: Findings) -> None:
    if context is None or context.parameters is None:
        return
    keys = (key for part in expressions(decision) for key in PARAMETER.findall(part.text))
    for key in dict.fromkeys(keys):
        if key not in context.parameters:
            findings.add("unknown-parameter", decision.id, decision.name, parameter=key)


def check_decision_calls(process: Process, context: GateContext, findings: Findings) -> None:
    """Every decision a process calls exists, may be published, and finds its variables."""
    for node in process.body.walk():
        called = node.zeebe.called_decision
        if not called or called.startswith("=") or context.decision is None:
            continue
        file = context.decision(called)
        if file is None or called not in file.decisions:
            findings.add("decision-unknown", node.id, node.name, decision=called)
            continue
        _check_call(node, process, file, context, findings)


def _check_call(
    node: Node, process: Process, file: Decisions, context: GateContext, findings: Findings
) -> None:
    called = node.zeebe.called_decision
    refused = [f for f in read_decisions(file.source).findings if f.blocks]
    if refused:
        facts = {"decision": called, "zh": refused[0].zh, "en": refused[0].en}
        findings.add("decision-refused", node.id, node.name, **facts)
    known = known_names(process, context)
    if known is None:
        return
    given = known | {mapping.target for mapping in node.zeebe.inputs}
    for name in sorted(needed_names(file, called) - given):
        what = {"what_zh": f"决策“{called}”", "what_en": f"decision {called}"}
        findings.add("unknown-name", node.id, node.name, variable=name, **what)
