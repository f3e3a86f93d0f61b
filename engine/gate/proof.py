"""The gate's word on soundness: the proof of every process of a file, as findings and verdict."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from threading import Lock

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
MOST_KEPT = 200


class Kept:
    """The proofs made last, by the digests of what they are about: a proof depends on no more."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._proofs: OrderedDict[Hashable, Proof] = OrderedDict()
        self._lock = Lock()

    def proof(self, about: Hashable, make: Callable[[], Proof]) -> Proof:
        """The proof about this, made when it is not kept."""
        with self._lock:
            known = self._proofs.get(about)
        if known is not None:
            return known
        made = make()
        with self._lock:
            self._proofs[about] = made
            while len(self._proofs) > self._most:
                self._proofs.popitem(last=False)
        return made


_KEPT = Kept(MOST_KEPT)


def prove_soundness(diagram: Diagram, context: GateContext | None, findings: Findings) -> Soundness:
    """The verdict on all executable processes; every violation is a finding on its element."""
    processes = [process for process in diagram.processes if process.executable]
    verdicts: list[Verdict] = []
    violations: list[Violation] = []
    for process in processes:
        proof = _proof(process, diagram.digest, _called(process, context), findings)
        if proof is None:
            verdicts.append(Verdict.UNKNOWN)
            continue
        verdicts.append(Verdict(proof.verdict))
        violations += (Violation(f.kind, f.elements, f.trace) for f in proof.flaws)
        _tell(process, proof, findings)
    return Soundness(worst_verdict(verdicts), tuple(violations))


def _proof(
    process: Process, digest: str, called: Mapping[str, Called], findings: Findings
) -> Proof | None:
    """None for what no proof is made of: far too many nodes, or a construct it does not know."""
    if sum(1 for _ in process.body.walk()) > MAX_NODES:
        return None
    try:
        inside = {name: found.process for name, found in called.items()}
        below = frozenset((name, found.digest) for name, found in called.items())
        return _KEPT.proof(
            (process.id, digest, below), lambda: prove(process, inside, most_moves=MOST_MOVES)
        )
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
        trace = trace or _named(process, flaw.elements[0])  # it goes wrong where it begins
        code = f"unsound:{flaw.kind}"
        findings.add(code, flaw.elements[0], name, elements=where, trace=trace)
    for element in proof.thrown:
        findings.add("error-uncaught", element, _named(process, element))
    if proof.verdict == Verdict.UNKNOWN:
        findings.add("soundness-unknown", process.id, process.name, count=proof.markings)


def _named(process: Process, element: str) -> str:
    node = process.node(element)
    return element if node is None or not node.name else node.name


@dataclass(frozen=True)
class Called:
    """A called process and the digest of its file."""

    process: Process
    digest: str


def _called(process: Process, context: GateContext | None) -> dict[str, Called]:
    """What the process calls, directly and not, as far as it is known."""
    found: dict[str, Called] = {}
    todo = [*process.calls()]
    while todo and len(found) < MOST_CALLED:
        name = todo.pop()
        diagram = context.process(name) if context is not None and context.process else None
        if diagram is None or name in found:
            continue
        called = next((p for p in diagram.processes if p.id == name), None)
        if called is not None:
            found[name] = Called(called, diagram.digest)
            todo += called.calls()
    return found
