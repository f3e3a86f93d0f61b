"""Every place of a process where an expression stands, with what it is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.bpmn.model import Body, EventKind, Kind, Node, Process


@dataclass(frozen=True)
class Place:
    """An expression as written; ``only_feel`` means that a literal makes no sense here.

    ``local`` are the names that exist at this place alone; where ``open_world`` holds, values
    come from outside (a binding, a message, a called process) and any name may exist. Where
    ``before_case`` holds there is no case yet, and no variable at all. ``wanted`` are the kinds
    of values that make sense here; empty when every kind does. ``gives`` is the variable that
    gets the value.
    """

    element: str
    name: str
    zh: str
    en: str
    text: str
    only_feel: bool = False
    local: frozenset[str] = frozenset()
    open_world: bool = False
    before_case: bool = False
    wanted: frozenset[str] = frozenset()
    gives: str = ""


BOOLEAN = frozenset({"boolean"})
_PEOPLE = frozenset({"string", "list"})
_MOMENT = frozenset(
    {
        "string",
        "date",
        "date and time",
        "days and time duration",
        "years and months duration",
        "context",
    }
)
COUNT_NAMES = frozenset(
    {"numberOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances"}
)
LOOP_NAMES = frozenset({"loopCounter"})


def places(process: Process) -> Iterator[Place]:
    """All non-empty expressions of a process, in the order of the drawing."""
    subject = process.zeebe.properties.get("subject", "")
    if subject:
        yield Place(process.id, process.name, "办件标题", "subject", subject)
    for body in _bodies(process.body):
        for node in body.nodes.values():
            begins = body is process.body and node.kind is Kind.START
            is_early = begins and node.event.kind is EventKind.TIMER
            yield from (replace(p, before_case=is_early) for p in _node_places(node) if p.text)
        for flow in body.flows.values():
            if flow.condition:
                name = flow.name or body.nodes[flow.source].name
                text = flow.condition
                yield Place(flow.id, name, "条件", "condition", text, True, wanted=BOOLEAN)


def _bodies(body: Body) -> Iterator[Body]:
    yield body
    for node in body.walk():
        if node.body is not None:
            yield node.body


def _node_places(node: Node) -> Iterator[Place]:
    zeebe, event = node.zeebe, node.event

    def place(zh: str, en: str, text: str, only_feel: bool = False, *wanted: str) -> Place:
        return Place(node.id, node.name, zh, en, text, only_feel, wanted=frozenset(wanted))

    yield place("办理人", "assignee", zeebe.assignee, False, *_PEOPLE)
    yield place("候选组", "candidate groups", zeebe.candidate_groups, False, *_PEOPLE)
    yield place("候选人", "candidate users", zeebe.candidate_users, False, *_PEOPLE)
    yield place("期限", "due date", zeebe.due_date, False, *_MOMENT)
    legal = zeebe.properties.get("legalDue", "")
    yield place("法定期限", "legal due date", legal, True, *_MOMENT)
    yield place("优先级", "priority", zeebe.priority, False, "number", "string")
    escalation = zeebe.properties.get("escalateTo", "")
    yield place("逾期通知对象", "escalation", escalation, False, *_PEOPLE)
    receiver = zeebe.properties.get("handOff", "")
    yield place("移交接收单位", "receiver of the hand-off", receiver, False, "string", "null")
    yield place("应签字人员", "signers", zeebe.properties.get("signers", ""), True)
    yield place("签字身份", "signer capacity", zeebe.properties.get("signerCapacity", ""))
    told = zeebe.properties
    yield place("应回避人员", "barred", told.get("barred", ""), True, "string", "list", "null")
    yes = ("同意的条件", "voteYes")
    given = told.get("voteResult", "")
    text = told.get("voteYes", "")
    yield Place(node.id, node.name, *yes, text, True, LOOP_NAMES, wanted=BOOLEAN, gives=given)
    yield Place(
        node.id,
        node.name,
        "否决权的条件",
        "voteVeto",
        told.get("voteVeto", ""),
        True,
        LOOP_NAMES,
        wanted=BOOLEAN,
    )
    yield place("表决所需", "voteNeeded", told.get("voteNeeded", ""), False, "number", "string")
    weight = told.get("voteWeight", "")
    yield Place(node.id, node.name, "票重", "voteWeight", weight, local=LOOP_NAMES)
    yield Place(node.id, node.name, "脚本", "script", zeebe.script, gives=zeebe.result_variable)
    for mapping in zeebe.inputs:
        zh, en = f"输入映射 {mapping.target} ", f"input {mapping.target}"
        yield Place(node.id, node.name, zh, en, mapping.source)
    yield from _outputs(node)
    if event.kind is EventKind.TIMER:
        yield place("定时", "timer", event.expression, False, *_MOMENT)
    elif event.kind is EventKind.CONDITIONAL:
        yield place("条件", "condition", event.expression, True, *BOOLEAN)
    yield place("关联键", "correlation key", event.correlation_key, True, "string", "number")
    yield from _loop_places(node)
    if node.repeat is not None:
        text = node.repeat.condition
        names = ("循环条件", "loop condition")
        yield Place(node.id, node.name, *names, text, True, LOOP_NAMES, wanted=BOOLEAN)


def _outputs(node: Node) -> Iterator[Place]:
    called = node.kind is Kind.CALL_ACTIVITY or bool(node.zeebe.task_type)
    open_world = called or node.event.kind is EventKind.MESSAGE
    for mapping in node.zeebe.outputs:
        zh, en = f"输出映射 {mapping.target} ", f"output {mapping.target}"
        yield Place(
            node.id,
            node.name,
            zh,
            en,
            mapping.source,
            open_world=open_world,
            gives=mapping.target,
        )


def _loop_places(node: Node) -> Iterator[Place]:
    loop = node.loop
    if loop is None:
        return
    yield Place(
        node.id,
        node.name,
        "多实例集合",
        "input collection",
        loop.collection,
        True,
        wanted=frozenset({"list"}),
    )
    yield Place(
        node.id,
        node.name,
        "多实例个数",
        "loop cardinality",
        loop.cardinality,
        wanted=frozenset({"number", "string"}),
    )
    yield Place(node.id, node.name, "多实例输出", "output element", loop.output_element, True)
    yield Place(
        node.id,
        node.name,
        "多实例完成条件",
        "completion condition",
        loop.completion_condition,
        True,
        COUNT_NAMES,
        wanted=BOOLEAN,
    )
