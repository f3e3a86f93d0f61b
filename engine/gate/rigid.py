"""The rigid steps (刚性环节) of the level above: kept, by the same people, with no shorter time."""

from __future__ import annotations

import re

from engine.bpmn.findings import Findings
from engine.bpmn.model import Kind, Node, Process
from engine.errors import LuchengError
from engine.gate.graph import entered_without
from engine.tenancy.durations import Duration, parse_duration

_WORKING_DAYS = re.compile(r"=\s*working days\(\s*(\d{1,5})\s*\)")


def is_rigid(node: Node) -> bool:
    """Whether the step is marked as rigid."""
    return node.zeebe.properties.get("rigid", "").strip().lower() == "true"


def check_rigid(process: Process, parent: Process, findings: Findings) -> None:
    """Report every rigid step of the parent that this variant weakens."""
    for step in parent.body.walk():
        if is_rigid(step):
            _check_step(step, process, findings)
            _check_way(step, process, parent, findings)


def _check_way(step: Node, process: Process, parent: Process, findings: Findings) -> None:
    """Report a step that now can be gone round: what came only after it may come without it."""
    kept = process.node(step.id)
    if kept is None:
        return
    above, ours = entered_without(parent.body, step.id), entered_without(process.body, step.id)
    later = [n for n in parent.body.walk() if n.id not in above and n.id in ours]
    if not later and not _ends(parent, above):
        later = _ends(process, ours)
    if later:
        facts = {"step": step.name or step.id, "later": later[0].name or later[0].id}
        findings.add("rigid-bypassed", kept.id, kept.name, **facts)


def _ends(process: Process, entered: set[str]) -> list[Node]:
    """The end events of the process itself that are among the nodes entered."""
    nodes = process.body.nodes.values()
    return [n for n in nodes if n.kind is Kind.END and n.id in entered]


def _check_step(step: Node, process: Process, findings: Findings) -> None:
    named = step.name or step.id
    kept = process.node(step.id)
    if kept is None or kept.kind is not step.kind:
        basis = step.zeebe.properties.get("legalBasis", "")
        findings.add(
            "rigid-missing", process.id, process.name, step=named, ref=step.id, basis=basis
        )
        return
    if not is_rigid(kept):
        findings.add("rigid-unmarked", kept.id, kept.name, step=named)
    if _people(kept) != _people(step):
        groups = step.zeebe.candidate_groups or step.zeebe.assignee
        findings.add("rigid-reassigned", kept.id, kept.name, step=named, groups=groups)
    periods = (
        (kept.zeebe.due_date, step.zeebe.due_date),
        (kept.event.expression, step.event.expression),
    )
    for ours, theirs in periods:
        if not is_no_shorter(ours, theirs):
            findings.add("rigid-shortened", kept.id, kept.name, step=named, due=theirs)


def _people(node: Node) -> tuple[str, ...]:
    zeebe = node.zeebe
    return (
        _unspaced(zeebe.assignee),
        _unspaced(zeebe.candidate_users),
        _unspaced(zeebe.candidate_groups),
        _unspaced(zeebe.called_process),
        _unspaced(zeebe.task_type),
    )


def _unspaced(text: str) -> str:
    return "".join(text.split())


def is_no_shorter(child: str, parent: str) -> bool:
    """Whether a period is at least as long as another; False when they cannot be compared."""
    if not parent or _unspaced(child) == _unspaced(parent):
        return True
    ours, theirs = _WORKING_DAYS.fullmatch(child), _WORKING_DAYS.fullmatch(parent)
    if ours and theirs:
        return int(ours[1]) >= int(theirs[1])
    try:
        return _covers(parse_duration(child), parse_duration(parent))
    except LuchengError:
        return False


def _covers(child: Duration, parent: Duration) -> bool:
    # Months and days cannot be compared with each other, so every part must be no shorter.
    return (
        child.months >= parent.months
        and child.days >= parent.days
        and child.seconds >= parent.seconds
    )
