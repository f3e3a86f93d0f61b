"""What a diagram calls, gathered for a dry run: from given files first, then along the chain."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from engine.bpmn.model import Diagram
from engine.bpmn.read import read_diagram
from engine.dry_run.trial import Trial
from engine.errors import LuchengError
from engine.tenancy.chain import Kind

MOST_CALLED = 100

Find = Callable[[Kind, str], bytes | None]
"""The file of this kind and name, None when there is none."""


def with_called(trial: Trial, find: Find) -> Trial:
    """The trial with every process and decision that its diagram calls, as far as they exist."""
    processes: dict[str, bytes] = {}
    decisions: dict[str, bytes] = {}
    todo, own = [trial.source], frozenset[str]()
    while todo and len(processes) < MOST_CALLED:
        try:
            diagram = read_diagram(todo.pop()).diagram
        except LuchengError:
            continue  # the trial itself says what is wrong with it
        own = own or frozenset(p.id for p in diagram.processes if p.executable)
        for kind, ref in _called(diagram):
            kept = processes if kind is Kind.PROCESS else decisions
            is_known = ref in kept or (kind is Kind.PROCESS and ref in own)
            body = None if is_known else _found(find, kind, ref)
            if body is not None:
                kept[ref] = body
                todo += [body] if kind is Kind.PROCESS else []
    return replace(trial, processes=processes, decisions=decisions)


def _called(diagram: Diagram) -> Iterable[tuple[Kind, str]]:
    for process in diagram.processes:
        for ref in process.calls():
            yield Kind.PROCESS, ref
        for node in process.body.walk():
            if node.zeebe.called_decision:
                yield Kind.DECISION, node.zeebe.called_decision


def _found(find: Find, kind: Kind, ref: str) -> bytes | None:
    try:
        return find(kind, ref)
    except LuchengError:
        return None
