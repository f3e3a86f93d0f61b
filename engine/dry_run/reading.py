"""Who plays in a dry run: the processes and decisions, or the findings that forbid it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.bpmn.findings import Finding, Findings, Severity
from engine.bpmn.model import Diagram, Process
from engine.bpmn.read import read_diagram
from engine.bpmn.xml import Unreadable
from engine.decisions.model import Decisions
from engine.decisions.read import read_decisions
from engine.dry_run.trial import Trial
from engine.gate.check import check_process
from engine.gate.context import GateContext
from engine.gate.messages import GATE
from engine.importing.run import import_diagram

# What keeps a procedure from publication and not from being tried: a proof that goes wrong is
# what a trial shows, and no service is called.
_MAY_BE_TRIED = frozenset(
    {
        "unreachable", "no-way-out", "join-waits-for-itself", "loop-without-wait",
        "task-type-missing", "several-processes",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """The process that is played, and what it calls."""

    played: Process
    processes: Mapping[str, Process]
    decisions: Mapping[str, Decisions]


def read_cast(trial: Trial, wanted: str | None) -> tuple[Cast | None, tuple[Finding, ...]]:
    """The cast of a trial, or what forbids it."""
    try:
        reading = read_diagram(import_diagram(trial.source).normalised)
    except Unreadable as error:
        finding = Finding(error.code, Severity.ERROR, error.place, "", error.zh, error.en)
        return None, (finding,)
    findings = Findings(GATE)
    for finding in reading.findings:
        findings.record(finding)
    played = _chosen(reading.diagram, wanted, findings)
    if played is None:
        return None, _refusing(findings)
    own = {p.id: p for p in reading.diagram.processes if p.executable}
    processes = {played.id: played}
    todo = [played]
    while todo:
        for called in _called(todo.pop(), own, trial, findings):
            if called.id not in processes:
                processes[called.id] = called
                todo.append(called)
    _check(processes, findings)
    decisions = _decisions(processes.values(), trial, findings)
    refusing = _refusing(findings)
    if refusing:
        return None, refusing
    return Cast(played, processes, decisions), ()


def _check(processes: Mapping[str, Process], findings: Findings) -> None:
    """What the gate says of those who play; each may know the others it calls."""
    diagrams = {ref: Diagram((process,), b"", "") for ref, process in processes.items()}
    context = GateContext(process=diagrams.get, is_whole=False, structure_only=True)
    for process in processes.values():
        check_process(process, context, findings)


def _refusing(findings: Findings) -> tuple[Finding, ...]:
    return tuple(f for f in findings.all() if f.blocks and f.code not in _MAY_BE_TRIED)


def _chosen(diagram: Diagram, wanted: str | None, findings: Findings) -> Process | None:
    """The process a scenario names, else the one that is executed."""
    for process in diagram.processes:
        if process.id == wanted or (wanted is None and process.executable):
            return process
    if wanted is not None:
        findings.add("process-unknown", wanted, "", process=wanted)
    return None


def _called(
    process: Process, own: Mapping[str, Process], trial: Trial, findings: Findings
) -> Iterable[Process]:
    for node in process.body.walk():
        ref = node.zeebe.called_process
        if not ref or ref.startswith("="):
            continue
        found = own.get(ref) or _read(ref, trial, findings)
        if found is None:
            findings.add("call-unknown", node.id, node.name, process=ref)
        else:
            yield found


def _read(ref: str, trial: Trial, findings: Findings) -> Process | None:
    try:
        reading = read_diagram(import_diagram(trial.processes.get(ref, b"")).normalised)
    except Unreadable:
        return None
    for finding in reading.findings:
        findings.record(finding)
    return next((p for p in reading.diagram.processes if p.id == ref), None)


def _decisions(
    processes: Iterable[Process], trial: Trial, findings: Findings
) -> dict[str, Decisions]:
    found: dict[str, Decisions] = {}
    nodes = (node for process in processes for node in process.body.walk())
    for node in nodes:
        ref = node.zeebe.called_decision
        if not ref or ref.startswith("=") or ref in found:
            continue
        try:
            reading = read_decisions(trial.decisions.get(ref, b""))
        except Unreadable:
            findings.add("decision-unknown", node.id, node.name, decision=ref)
            continue
        if ref not in reading.decisions.decisions:
            findings.add("decision-unknown", node.id, node.name, decision=ref)
        for finding in reading.findings:
            findings.record(finding)
        found[ref] = reading.decisions
    return found
