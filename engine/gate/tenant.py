"""Checks that need the tenant: forms, people, deadlines, bindings and called processes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.bpmn.findings import Findings
from engine.bpmn.model import Kind, Node, Process
from engine.gate.context import GateContext
from engine.gate.names import declared_inputs
from engine.gate.properties import FIELD_LISTS, listed
from engine.timing.deadline_words import LEGAL_DUE

MAX_CALL_DEPTH = 8
_PRINCIPALS = ("enterprise:", "body:", "person:")
_SERVICES = frozenset(
    {Kind.SERVICE_TASK, Kind.SEND_TASK, Kind.BUSINESS_RULE_TASK, Kind.END, Kind.THROW}
)


def check_tenant(process: Process, context: GateContext, findings: Findings) -> None:
    """Every check of single elements against the tenant."""
    for node in process.body.walk():
        if node.kind is Kind.USER_TASK:
            _check_person(node, context, findings)
        _check_form(node, context, findings)
        _check_binding(node, context, findings)


_OF_THE_APPLICANT = "=case.principal"
"""Steps of the applicant: no rule sets them a limit, so none is missed."""
_ROLE_IN_A_UNIT = re.compile(r'"([a-z][a-z0-9-]*)@')
"""The literal role at the beginning of a principal that an expression puts together."""


def _check_person(node: Node, context: GateContext, findings: Findings) -> None:
    zeebe = node.zeebe
    if not zeebe.form_id:
        findings.add("form-missing", node.id, node.name)
    if not (zeebe.assignee or zeebe.candidate_groups or zeebe.candidate_users):
        findings.add("assignment-missing", node.id, node.name)
    if not zeebe.due_date and zeebe.candidate_groups != _OF_THE_APPLICANT:
        findings.add("deadline-missing", node.id, node.name)
    _check_promise(node, context, findings)
    for role in roles_of(node):
        if context.roles is not None and role not in context.roles:
            findings.add("role-unknown", node.id, node.name, role=role)
    for principal in _unstaffed(node, context):
        findings.add("role-unstaffed", node.id, node.name, role=principal)


_DAYS = re.compile(r'=\s*working days\(\s*(?:(\d+)|parameter\("([^"]+)"\))\s*\)\s*')
"""A deadline whose length the tenant's files say; of others only the running case can tell."""


def _check_promise(node: Node, context: GateContext, findings: Findings) -> None:
    """Nothing is promised beyond the legal deadline."""
    legal, due = node.zeebe.properties.get(LEGAL_DUE, ""), node.zeebe.due_date
    most, promised = _days(legal, context), _days(due, context)
    if most is not None and promised is not None and promised > most:
        facts = {"promised": promised, "legal": most}
        findings.add("promise-late", node.id, node.name, **facts)


def _days(text: str, context: GateContext) -> int | None:
    found = _DAYS.fullmatch(text)
    if found is None:
        return None
    length = str(found[1] or context.values.get(found[2]))
    return int(length) if length.isdecimal() else None


def roles_of(node: Node) -> Iterator[str]:
    """The roles an element names literally (what is computed is known only when it runs)."""
    for text in (node.zeebe.candidate_groups, node.zeebe.properties.get("escalateTo", "")):
        if text.startswith("="):
            yield from _ROLE_IN_A_UNIT.findall(text)
            continue
        for principal in listed(text):
            if not principal.startswith(_PRINCIPALS):
                yield principal.partition("@")[0]


def _unstaffed(node: Node, context: GateContext) -> Iterator[str]:
    """The literal principals of a step that nobody stands for; of computed ones their role."""
    if context.staffed is None:
        return
    text = node.zeebe.candidate_groups
    anyone = {principal.partition("@")[0] for principal in context.staffed}
    if text.startswith("="):
        yield from sorted(set(_ROLE_IN_A_UNIT.findall(text)) - anyone)
        return
    offered = listed(text)
    # a step is done by any of its candidates: one that is there is enough
    if offered and not context.staffed.intersection(offered):
        known = context.roles
        yield from (p for p in offered if known is None or p.partition("@")[0] in known)


def _check_form(node: Node, context: GateContext, findings: Findings) -> None:
    form = node.zeebe.form_id
    if not form or context.form_fields is None:
        return
    fields = context.form_fields(form)
    if fields is None:
        findings.add("form-unknown", node.id, node.name, form=form)
        return
    for key in FIELD_LISTS:
        for name in listed(node.zeebe.properties.get(key, "")):
            if name not in fields:
                facts = {"property": key, "field": name, "form": form}
                findings.add("field-unknown", node.id, node.name, **facts)


def _check_binding(node: Node, context: GateContext, findings: Findings) -> None:
    task_type = node.zeebe.task_type
    if node.kind not in _SERVICES or not task_type or context.bindings is None:
        return
    if task_type not in context.bindings:
        findings.add("binding-unknown", node.id, node.name, type=task_type)


def check_calls(process: Process, context: GateContext, findings: Findings) -> None:
    """Follow every call: the target exists, no circle, not too deep. Each process once."""
    if context.process is None:
        return
    for node in process.body.walk():
        called = node.zeebe.called_process
        if node.kind is not Kind.CALL_ACTIVITY or not called or called == process.id:
            continue
        if called.startswith("="):
            continue
        diagram = context.process(called)
        if diagram is None or all(p.id != called for p in diagram.processes):
            if context.is_whole:
                findings.add("call-unknown", node.id, node.name, process=called)
        else:
            target = next(p for p in diagram.processes if p.id == called)
            if target.body.starts() and target.plain_start is None:
                findings.add("call-without-start", node.id, node.name, process=called)
            _check_inputs(node, target, findings)
            _follow(node, process.id, context, findings)


def _check_inputs(node: Node, called: Process, findings: Findings) -> None:
    if node.zeebe.propagate_parent:
        return
    given = {mapping.target for mapping in node.zeebe.inputs}
    for name in declared_inputs(called):
        if name not in given:
            facts = {"process": called.id, "variable": name}
            findings.add("call-input-missing", node.id, node.name, **facts)


def _follow(caller: Node, root: str, context: GateContext, findings: Findings) -> None:
    todo: list[tuple[str, ...]] = [(root, caller.zeebe.called_process)]
    deepest: dict[str, int] = {}
    while todo:
        path = todo.pop()
        last = path[-1]
        if last in path[:-1]:
            findings.add("call-cycle", caller.id, caller.name, path=" → ".join(path))
            return
        if len(path) > MAX_CALL_DEPTH:
            facts = {"limit": MAX_CALL_DEPTH, "path": " → ".join(path)}
            findings.add("call-too-deep", caller.id, caller.name, **facts)
            return
        if deepest.get(last, 0) >= len(path):
            continue
        deepest[last] = len(path)
        todo += [(*path, called) for called in _calls(last, context)]


def _calls(process_id: str, context: GateContext) -> tuple[str, ...]:
    assert context.process is not None
    diagram = context.process(process_id)
    found = (p for p in diagram.processes if p.id == process_id) if diagram else iter(())
    process = next(found, None)
    return process.calls() if process is not None else ()
