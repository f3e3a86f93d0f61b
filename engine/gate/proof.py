"""The gate's word on soundness: the proof of every process of a file, as findings and verdict."""

from __future__ import annotations

from collections.abc import Mapping

from engine.bpmn.findings import Findings
from engine.bpmn.model import Diagram, Process
from engine.gate.context import GateContext
from engine.gate.flow import MAX_NODES
from engine.gate.report import Soundness, Verdict, Violation, worst_verdict
from engine.semantics.net import NotCovered
from engine.semantics.soundness import Proof, prove

MOST_MOVES = 20_000
MOST_CALLED = 50
MOST_STEPS = 12


def prove_soundness(diagram: Diagram, context: GateContext | None, findings: Findings) -> Soundness:
    """The verdict on all executable processes; every violation is a finding on its element."""
    processes = [process for process in diagram.processes if process.executable]
    verdicts: list[Verdict] = []
    violations: list[Violation] = []
    for process in processes:
        proof = _proof(process, _called(process, context), findings)
        if proof is None:
            verdicts.append(Verdict.UNKNOWN)
            continue
        verdicts.append(Verdict(proof.verdict))
        violations += (Violation(f.kind, f.elements, f.trace) for f in proof.flaws)
        _tell(process, proof, findings)
    return Soundness(worst_verdict(verdicts), tuple(violations))


def _proof(process: Process, called: Mapping[str, Process], findings: Findings) -> Proof | None:
    """None for what no proof is made of: far too many nodes, or a construct it does not know."""
    if sum(1 for _ in process.body.walk()) > MAX_NODES:
        return None
    try:
        return prove(process, called, most_moves=MOST_MOVES)
    except NotCovered as error:
        element = str(error.facts.get("element", process.id))
        if not any(finding.blocks for finding in findings.all()):
            findings.add("soundness-not-covered", element, _named(process, element))
        return None


def _tell(process: Process, proof: Proof, findings: Findings) -> None:
    told = {finding.element for finding in findings.all() if finding.code == "unreachable"}
    for flaw in proof.flaws:
        if flaw.kind == "dead_activity" and told.intersection(flaw.elements):
            continue
        node = process.node(flaw.elements[0])
        name = "" if node is None else node.name
        where = "、".join(_named(process, element) for element in flaw.elements)
        steps = [_named(process, step) for step in flaw.trace]
        trace = " → ".join(["…", *steps[-MOST_STEPS:]] if len(steps) > MOST_STEPS else steps)
        code = f"unsound:{flaw.kind}"
        findings.add(code, flaw.elements[0], name, elements=where, trace=trace)
    for element in proof.thrown:
        findings.add("error-uncaught", element, _named(process, element))
    if proof.verdict == Verdict.UNKNOWN:
        findings.add("soundness-unknown", process.id, process.name, count=proof.markings)


def _named(process: Process, element: str) -> str:
    node = process.node(element)
    return element if node is None or not node.name else node.name


def _called(process: Process, context: GateContext | None) -> dict[str, Process]:
    """What the process calls, directly and not, as far as it is known."""
    found: dict[str, Process] = {}
    todo = [*process.calls()]
    while todo and len(found) < MOST_CALLED:
        name = todo.pop()
        diagram = context.process(name) if context is not None and context.process else None
        processes = diagram.processes if diagram is not None else ()
        called = next((p for p in processes if p.id == name), None)
        if called is not None and name not in found:
            found[name] = called
            todo += called.calls()
    return found
