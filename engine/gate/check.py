"""The gate: one call that says of a file whether it may be published, and why not."""

from __future__ import annotations

from collections.abc import Callable

from engine.bpmn.findings import Findings
from engine.bpmn.model import Process
from engine.bpmn.read import read_diagram
from engine.bpmn.xml import DEFAULT_LIMITS, Limits, Unreadable, read_xml
from engine.decisions.read import is_decision_file
from engine.gate.context import GateContext
from engine.gate.decisions import check_decision_calls, check_decisions
from engine.gate.expressions import check_expressions
from engine.gate.flow import check_flow
from engine.gate.graph import has_wait
from engine.gate.handoffs import check_hand_offs
from engine.gate.messages import GATE
from engine.gate.proof import prove_soundness
from engine.gate.properties import check_properties
from engine.gate.report import Report, Soundness, unreadable_report
from engine.gate.rigid import check_rigid
from engine.gate.size import check_size
from engine.gate.steps import check_steps
from engine.gate.tenant import check_calls, check_tenant
from engine.gate.timeouts import check_timeouts
from engine.gate.timers import check_timer
from engine.gate.transactions import check_transactions
from engine.gate.value_kinds import check_kinds


def check_file(
    source: bytes,
    context: GateContext | None = None,
    *,
    file: str = "",
    limits: Limits = DEFAULT_LIMITS,
    proving: bool = True,
) -> Report:
    """The report on a file, whichever of both kinds it is: a diagram or decisions."""
    try:
        is_decision = is_decision_file(read_xml(source, limits))
    except Unreadable as error:
        return unreadable_report(error, file)
    if is_decision:
        return check_decisions(source, context, file=file, limits=limits)
    return check_diagram(source, context, file=file, limits=limits, proving=proving)


_DEEPEST = 16  # calls deeper than the gate allows are reported elsewhere


def check_diagram(
    source: bytes,
    context: GateContext | None = None,
    *,
    file: str = "",
    limits: Limits = DEFAULT_LIMITS,
    proving: bool = True,
) -> Report:
    """The report on a file; without ``context`` only its structure is checked, without
    ``proving`` nothing is proved. Never raises for what a file contains."""
    try:
        reading = read_diagram(source, limits)
    except Unreadable as error:
        return unreadable_report(error, file)
    findings = Findings(GATE)
    for finding in reading.findings:
        findings.record(finding)
    for process in reading.diagram.processes:
        if process.executable:
            check_process(process, context, findings)
    soundness = Soundness()
    if proving:
        soundness = prove_soundness(reading.diagram, context, findings)
    return Report(findings.all(), reading.diagram, file, soundness)


def check_process(process: Process, context: GateContext | None, findings: Findings) -> None:
    """Record everything the gate finds in one process."""
    called_waits = _called_waits(context)
    check_flow(process, findings, called_waits)
    check_steps(process, findings)
    check_transactions(process, findings)
    check_properties(process, findings)
    check_hand_offs(process, context, findings)
    for node in process.body.walk():
        check_timer(node, findings)
    check_timeouts(process, findings, called_waits)
    check_expressions(process, context, findings)
    check_kinds(process, context, findings)
    if context is not None:
        check_calls(process, context, findings)
        check_decision_calls(process, context, findings)
        if not context.structure_only:
            check_tenant(process, context, findings)
            check_size(process, context, findings)
        if context.rigid_parent is not None:
            check_rigid(process, context.rigid_parent, findings)


def _called_waits(context: GateContext | None) -> Callable[[str], bool]:
    """Answers whether a called process waits; one that is not known is taken to wait."""
    known: dict[str, bool] = {}

    def ask(process_id: str, depth: int = 0) -> bool:
        if process_id in known:
            return known[process_id]
        process = _find(process_id, context) if depth < _DEEPEST else None
        if process is None:
            return True
        known[process_id] = False  # a circle of calls does not wait by itself
        known[process_id] = has_wait(process.body, lambda called: ask(called, depth + 1))
        return known[process_id]

    return ask


def _find(process_id: str, context: GateContext | None) -> Process | None:
    if context is None or context.process is None:
        return None
    diagram = context.process(process_id)
    processes = diagram.processes if diagram is not None else ()
    return next((p for p in processes if p.id == process_id), None)
