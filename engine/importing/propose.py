"""For every finding that a mechanical change would mend: that change, for a person to confirm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from engine.bpmn.findings import Finding, Fix
from engine.bpmn.model import Body, Diagram, Flow, Kind, Node
from engine.bpmn.screen import is_id
from engine.importing.apply import FOREIGN_TYPES
from engine.importing.labels import duration_in
from engine.importing.messages import IMPORT

_ASKED = frozenset({Kind.USER_TASK, Kind.TASK, Kind.MANUAL_TASK})
_PASSED = frozenset(
    {Kind.EXCLUSIVE, Kind.THROW, Kind.SERVICE_TASK, Kind.SCRIPT_TASK, Kind.SEND_TASK}
)
_WHAT = {"message": "message", "signal": "signal", "error": "error", "escalation": "escalation"}
_FARTHEST = 10


@dataclass(frozen=True)
class _Case:
    """A finding with the diagram it was made in."""

    finding: Finding
    diagram: Diagram
    codes: frozenset[str]

    @property
    def element(self) -> str:
        return self.finding.element

    def fact(self, name: str) -> str:
        return dict(self.finding.facts).get(name, "")

    def node(self) -> tuple[Node, Body] | None:
        """The node of the finding and the level it stands on."""
        for body in self._bodies():
            if self.element in body.nodes:
                return body.nodes[self.element], body
        return None

    def flow(self) -> tuple[Flow, Body] | None:
        """The flow of the finding and the level it stands on."""
        for body in self._bodies():
            if self.element in body.flows:
                return body.flows[self.element], body
        return None

    def held(self) -> Body | None:
        """What stands inside the element of the finding."""
        for process in self.diagram.processes:
            if process.id == self.element:
                return process.body
        found = self.node()
        return found[0].body if found else None

    def _bodies(self) -> Iterator[Body]:
        for process in self.diagram.processes:
            yield process.body
            yield from (n.body for n in process.body.walk() if n.body is not None)

    def fix(self, kind: str, zh: str, en: str, **values: str) -> Fix:
        """A fix of the element the finding is on."""
        return Fix(kind, self.element, tuple(values.items()), zh, en)


def with_fixes(findings: Iterable[Finding], diagram: Diagram) -> tuple[Finding, ...]:
    """The findings, each with the change that would mend it where there is one."""
    found = tuple(findings)
    codes = frozenset(f.code for f in found)
    return tuple(replace(f, fix=_propose(_Case(f, diagram, codes))) for f in found)


def process_named(procedure: str, diagram: Diagram) -> Finding | None:
    """That the file holds no process with the id of its procedure, and how to mend it."""
    if not diagram.processes or any(p.id == procedure for p in diagram.processes):
        return None
    process = diagram.process()
    code = "process-named-otherwise"
    facts = {"procedure": procedure, "found": process.id}
    zh, en = f"把编号改为“{procedure}”。", f"Rename it to “{procedure}”."
    fix = Fix("rename", process.id, (("to", procedure),), zh, en) if is_id(procedure) else None
    return replace(IMPORT[code].finding(code, process.id, process.name, facts), fix=fix)


def _propose(case: _Case) -> Fix | None:
    rule = _RULES.get(case.finding.code)
    return rule(case) if rule is not None else None


# -------------------------------------------------------------------------- the flow


def _condition(case: _Case) -> Fix | None:
    """One exit without a condition is the default; among several a person chooses."""
    found = case.flow()
    if found is None:
        return None
    flow, body = found
    gateway = body.nodes[flow.source]
    open_exits = [f for f in gateway.outgoing if not body.flows[f].condition]
    if len(open_exits) == 1 and not gateway.default:
        values = (("flow", flow.id),)
        return Fix("default", gateway.id, values, "设为默认出口。", "Make it the default exit.")
    if gateway.kind is not Kind.EXCLUSIVE or not gateway.incoming:
        return None
    task = _asked(gateway, body)
    variable = ("variable", f"choice_{_plain(gateway.id)}")
    if task is None:
        return Fix(
            "ask",
            gateway.id,
            (variable, *_options(gateway, body)),
            "在网关前加一个用户任务，由人选择出口；表单须有这个选项。",
            "Put a user task before the gateway in which a person chooses the exit; its form "
            "needs the field.",
        )
    named = task.name or task.id
    return Fix(
        "choice",
        gateway.id,
        (("task", task.id), variable, *_options(gateway, body)),
        f"由办理“{named}”的人选择出口，条件按其选择填写；表单须加上这个选项。",
        f"Whoever does “{named}” chooses the exit; the conditions follow the choice. "
        "Its form needs the field.",
    )


def _options(gateway: Node, body: Body) -> Iterator[tuple[str, str]]:
    """What there is to choose from, as ``option:FLOW`` and its words."""
    seen: set[str] = set()
    for flow_id in gateway.outgoing:
        flow = body.flows[flow_id]
        if flow.condition or flow_id == gateway.default:
            continue
        label = flow.name or body.nodes[flow.target].name or flow_id
        label = label if label not in seen else f"{label} {flow_id}"
        seen.add(label)
        yield f"option:{flow_id}", label


def _plain(text: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in text)


def _asked(gateway: Node, body: Body) -> Node | None:
    """The one step before a gateway that a person does."""
    node = gateway
    for _ in range(_FARTHEST):
        before = {body.flows[f].source for f in node.incoming}
        if len(before) != 1:
            return None
        node = body.nodes[before.pop()]
        if node.kind in _ASKED and node.loop is None:
            return node
        if node.kind not in _PASSED or (node.kind is Kind.EXCLUSIVE and len(node.incoming) > 1):
            return None
    return None


def _start(case: _Case) -> Fix | None:
    body = case.held()
    first = [
        n for n in (body.nodes.values() if body else ())
        if not n.incoming and not n.by_event and n.kind is not Kind.BOUNDARY
    ]  # fmt: skip
    if len(first) != 1:
        return None
    named = first[0].name or first[0].id
    zh, en = f"在“{named}”之前加一个开始事件。", f"Put a start event before “{named}”."
    return case.fix("start", zh, en, before=first[0].id)


def _end(case: _Case) -> Fix | None:
    if "flow-crosses-border" in case.codes:
        return None  # the flow that crosses may be the way out
    return case.fix("end", "在其后加一个结束事件。", "Put an end event behind it.")


def _remove(case: _Case) -> Fix:
    return case.fix("remove", "删除它。", "Remove it.")


def _data_store(case: _Case) -> Fix:
    return case.fix("remove", "删除它。", "Remove it.", tag="dataStore")


def _isolated(case: _Case) -> Fix | None:
    found = case.node()
    if case.codes & {"flow-crosses-border", "flow-dangling"}:
        return None  # it may be what one of these flows was meant for
    alone = found is not None and not found[0].incoming and not found[0].outgoing
    return _remove(case) if alone else None


def _reconnect(case: _Case) -> Fix:
    return case.fix(
        "reconnect",
        "泳池之间改为消息流；子流程内外之间改连子流程本身。",
        "Between pools make it a message flow; at a sub-process connect the sub-process itself.",
    )


# -------------------------------------------------------------------------- single elements


def _turn(tag: str, zh: str, en: str) -> Callable[[_Case], Fix]:
    def rule(case: _Case) -> Fix:
        return case.fix("turn", f"改为{zh}。", f"Make it {en}.", tag=tag)

    return rule


_BY_PERSON = _turn("userTask", "用户任务，由人办理", "a user task that a person does")
_EXCLUSIVE = _turn("exclusiveGateway", "排他网关", "an exclusive gateway")


def _foreign(case: _Case) -> Fix | None:
    what = case.fact("what")
    found = case.node()
    if what in FOREIGN_TYPES and found is not None and found[0].kind in _SERVICES:
        return _type(case)
    return _drop(case, what, "foreign")


_SERVICES = frozenset({Kind.SERVICE_TASK, Kind.SEND_TASK, Kind.BUSINESS_RULE_TASK})


def _type(case: _Case) -> Fix:
    return case.fix(
        "type",
        "以原来的类名或表达式作任务类型，原扩展删去。",
        "Make the name of the class or expression the task type, and remove the extension.",
    )


def _drop(case: _Case, names: str, of: str) -> Fix | None:
    if not names:
        return None
    return case.fix("drop", f"删除 {names}。", f"Remove {names}.", names=names, of=of)


def _dropping(fact: str, of: str) -> Callable[[_Case], Fix | None]:
    return lambda case: _drop(case, case.fact(fact), of)


def _stripping(*tags: str) -> Callable[[_Case], Fix | None]:
    return lambda case: _drop(case, ",".join(tags), "bpmn")


def _attribute(case: _Case) -> Fix | None:
    of = "zeebe" if case.fact("tag").startswith("zeebe:") else "bpmn"
    return _drop(case, case.fact("attribute"), of)


def _timer(case: _Case) -> Fix | None:
    found = case.node()
    if found is None:
        return None
    value = duration_in(case.fact("value")) or duration_in(found[0].name)
    if not value:
        return None
    return case.fix("timer", f"定时填为“{value}”。", f"Set the timer to “{value}”.", value=value)


def _declare(case: _Case) -> Fix | None:
    found = case.node()
    what = next((w for w in _WHAT if w in case.fact("what_en")), "")
    if found is None or not what:
        return None
    name = case.fact("ref") or found[0].name or found[0].id
    zh, en = f"新建“{name}”并引用。", f"Declare “{name}” and refer to it."
    return case.fix("declare", zh, en, what=what, name=name)


def _choose(case: _Case) -> Fix | None:
    sized = {p.id: sum(1 for _ in p.body.walk()) for p in case.diagram.processes if p.executable}
    largest = max(sized, key=lambda p: sized[p])
    zh, en = f"只执行“{largest}”，其余作图示。", f"Execute “{largest}”; the others are pictures."
    return Fix("choose", largest, (), zh, en)


_UNLOOP = _stripping("multiInstanceLoopCharacteristics")
_RULES: dict[str, Callable[[_Case], Fix | None]] = {
    "condition-missing": _condition,
    "default-with-condition": _stripping("conditionExpression"),
    "default-not-outgoing": _stripping("default"),
    "no-start": _start,
    "implicit-end": _end,
    "gateway-no-exit": _end,
    "flow-dangling": _remove,
    "flow-crosses-border": _reconnect,
    "attached-to-missing": _remove,
    "unreachable": _isolated,
    "event-gateway-target": _EXCLUSIVE,
    "event-gateway-single": _EXCLUSIVE,
    "task-type-missing": _BY_PERSON,
    "script-missing": _BY_PERSON,
    "call-missing": _BY_PERSON,
    "loop-collection-missing": _UNLOOP,
    "timer-missing": _timer,
    "timer-bad": _timer,
    "trigger-missing": _declare,
    "reference-missing": _declare,
    "name-missing": _declare,
    "code-missing": _declare,
    "several-processes": _choose,
    "foreign-extension": _foreign,
    "unknown-extension": _dropping("tag", "foreign"),
    "unsupported-extension": _dropping("tag", "zeebe"),
    "misplaced-extension": _dropping("tag", "zeebe"),
    "unknown-attribute": _attribute,
    "unknown-element": _dropping("tag", "bpmn"),
    "unsupported:complexGateway": _turn("inclusiveGateway", "包容网关", "an inclusive gateway"),
    "unsupported:adHocSubProcess": _turn("subProcess", "普通子流程", "an ordinary sub-process"),
    "unsupported:transaction": _turn("subProcess", "普通子流程", "an ordinary sub-process"),
    "unsupported:dataStore": _data_store,
    "unsupported:multiInstance/cardinality": _UNLOOP,
    "unsupported:standardLoop": _stripping("standardLoopCharacteristics"),
    "unsupported:dataAssociation/assignment": _stripping(
        "dataInputAssociation", "dataOutputAssociation"
    ),
    "unsupported:resourceRole": _stripping(
        "resourceRole", "performer", "humanPerformer", "potentialOwner"
    ),
    "unsupported:rendering": _stripping("rendering"),
    "unsupported:correlation": _stripping(
        "correlationKey", "correlationProperty", "correlationSubscription"
    ),
    "unsupported:import": _stripping("import"),
    "unsupported:tokenQuantity": _stripping("startQuantity", "completionQuantity"),
    "unsupported:receiveTask/instantiate-misplaced": _stripping("instantiate"),
    "unsupported:eventBasedGateway/instantiate-misplaced": _stripping("instantiate"),
    "unsupported:businessRuleTask/decision": _BY_PERSON,
}
