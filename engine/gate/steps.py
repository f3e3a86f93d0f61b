"""Checks of single elements that need nothing but the drawing: is everything filled in?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from engine.bpmn.findings import Findings
from engine.bpmn.model import Event, EventKind, Kind, Node, Process

_THROWING = frozenset({Kind.THROW, Kind.END})
_SERVICES = frozenset({Kind.SERVICE_TASK, Kind.SEND_TASK, Kind.BUSINESS_RULE_TASK})
_TRIGGERS = {
    EventKind.MESSAGE: ("消息", "message"),
    EventKind.SIGNAL: ("信号", "signal"),
    EventKind.ERROR: ("错误", "error"),
    EventKind.ESCALATION: ("升级", "escalation"),
}
MOST_INSTANCES = 200
_MAXIMUM = re.compile(r"[1-9][0-9]{0,4}")
_VARIABLE = re.compile(r"[^\W\d]\w*")


def check_steps(process: Process, findings: Findings) -> None:
    """Every check of single elements."""
    for node in process.body.walk():
        _check_trigger(node, findings)
        check = _CHECKS.get(node.kind)
        if check is not None:
            check(node, findings)
        _check_loop(node, findings)
        _check_repeat(node, findings)
        for value in _bad_names(node):
            findings.add("bad-variable-name", node.id, node.name, value=value)
        for zh, en, value in _static(node):
            if value.startswith(("=", "${", "#{")):
                facts = {"what_zh": zh, "what_en": en, "value": value[:80]}
                findings.add("static-only", node.id, node.name, **facts)
    if process.id in process.calls():
        caller = next(n for n in process.body.walk() if n.zeebe.called_process == process.id)
        findings.add("calls-itself", caller.id, caller.name)


def _check_trigger(node: Node, findings: Findings) -> None:
    kind = node.event.kind
    if kind is EventKind.CONDITIONAL and not node.event.expression:
        facts = {"what_zh": "条件", "what_en": "condition"}
        findings.add("trigger-missing", node.id, node.name, **facts)
    if kind not in _TRIGGERS or node.event.ref:
        return
    catches_all = kind in {EventKind.ERROR, EventKind.ESCALATION} and node.kind not in _THROWING
    sends_by_task = kind is EventKind.MESSAGE and node.kind in _THROWING and node.zeebe.task_type
    if not catches_all and not sends_by_task:
        zh, en = _TRIGGERS[kind]
        findings.add("trigger-missing", node.id, node.name, what_zh=zh, what_en=en)


def _check_service(node: Node, findings: Findings) -> None:
    zeebe = node.zeebe
    if not zeebe.task_type and not zeebe.called_decision:
        findings.add("task-type-missing", node.id, node.name)
    elif zeebe.task_type and zeebe.called_decision:
        findings.add("decision-and-type", node.id, node.name)
    elif zeebe.called_decision and not zeebe.result_variable:
        findings.add("result-variable-missing", node.id, node.name)


def _check_script(node: Node, findings: Findings) -> None:
    if not node.zeebe.script:
        findings.add("script-missing", node.id, node.name)
    elif not node.zeebe.result_variable:
        findings.add("result-variable-missing", node.id, node.name)


def _check_call(node: Node, findings: Findings) -> None:
    if not node.zeebe.called_process:
        findings.add("call-missing", node.id, node.name)


_CHECKS: dict[Kind, Callable[[Node, Findings], None]] = {
    **dict.fromkeys(_SERVICES, _check_service),
    Kind.SCRIPT_TASK: _check_script,
    Kind.CALL_ACTIVITY: _check_call,
}


def _check_loop(node: Node, findings: Findings) -> None:
    loop = node.loop
    if loop is None:
        return
    if not loop.collection and not loop.cardinality:
        findings.add("loop-collection-missing", node.id, node.name)
    if loop.cardinality and (loop.collection or loop.element):
        findings.add("loop-counted-twice", node.id, node.name)
    if not loop.cardinality.startswith("=") and not _is_count(loop.cardinality or "0"):
        facts = {"value": loop.cardinality[:40], "limit": MOST_INSTANCES}
        findings.add("loop-cardinality-bad", node.id, node.name, **facts)
    if bool(loop.output_collection) != bool(loop.output_element):
        findings.add("loop-output-incomplete", node.id, node.name)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= MOST_INSTANCES


def _check_repeat(node: Node, findings: Findings) -> None:
    repeat = node.repeat
    if repeat is None:
        return
    if not repeat.condition and not repeat.maximum:
        findings.add("loop-endless", node.id, node.name)
    if repeat.maximum and not _MAXIMUM.fullmatch(repeat.maximum):
        findings.add("loop-maximum-bad", node.id, node.name, value=repeat.maximum[:40])


def _bad_names(node: Node) -> Iterator[str]:
    """The names of variables on this element that no expression could use."""
    simple = [node.zeebe.result_variable]
    if node.loop is not None:
        simple += [node.loop.element, node.loop.output_collection]
    yield from (name for name in simple if name and not _VARIABLE.fullmatch(name))
    for mapping in (*node.zeebe.inputs, *node.zeebe.outputs):
        if not _VARIABLE.fullmatch(mapping.target):
            yield mapping.target


def _static(node: Node) -> Iterator[tuple[str, str, str]]:
    """What must be known at publication and so cannot be computed."""
    zeebe = node.zeebe
    yield "表单编号", "form id", zeebe.form_id
    yield "任务类型", "task type", zeebe.task_type
    yield "被调用流程", "called process", zeebe.called_process
    yield "被调用决策", "called decision", zeebe.called_decision
    yield "事件名称或代码", "name or code of the event", _static_ref(node.event)


def _static_ref(event: Event) -> str:
    return event.ref if event.kind in _TRIGGERS else ""
