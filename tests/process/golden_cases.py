"""The procedures whose states are kept: one for each thing a token can stand in the middle of."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from drawn import END, START, el, flows, sources, timer, user
from town import FlatSources

Step = tuple[str, ...]
"""("complete", who, element, note) · ("wait", ISO hours) · ("message", name, key)."""

ERROR = '<bpmn:error id="err" name="不符" errorCode="NO"/>'
SIGNAL = '<bpmn:signal id="sig" name="放行"/>'
MESSAGE = (
    '<bpmn:message id="msg" name="paid"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=note"/></bpmn:extensionElements></bpmn:message>'
)
WORK = '<zeebe:taskDefinition type="test.work"/>'


@dataclass(frozen=True)
class GoldenCase:
    """A procedure, what is done before its state is kept, and what is done afterwards."""

    drawn: FlatSources
    before: tuple[Step, ...]
    after: tuple[Step, ...]
    service_fails: bool = False


def did(who: str, element: str, note: str = "同意") -> Step:
    """Somebody completes a step."""
    return ("complete", who, element, note)


def events(tag: str, node_id: str, definition: str, attributes: str = "") -> str:
    """An event with one definition: ``error``, ``signal`` or ``message`` and its root element."""
    kind, _, root = definition.partition(" ")
    inner = f'<bpmn:{kind}EventDefinition {kind}Ref="{root}"/>'
    return el(tag, node_id, inner, attributes=attributes)


def mapping(*pairs: str) -> str:
    """Inputs and outputs written ``input note -> local`` and ``output note -> result``."""
    made = ""
    for pair in pairs:
        ends, _, target = pair.partition(" -> ")
        way, _, source = ends.partition(" ")
        made += f'<zeebe:{way} source="={source}" target="{target}"/>'
    return f"<zeebe:ioMapping>{made}</zeebe:ioMapping>"


def inside(*lines: str) -> str:
    """Flows of a sub-process, with ids of their own."""
    return flows(*lines).replace('id="f', 'id="i')


def each(sequential: bool) -> str:
    """A countersignature of three."""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        '<bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=[1, 2, 3]" '
        'inputElement="turn" outputCollection="notes" outputElement="={turn: turn, note: note}"/>'
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )


def sequence() -> GoldenCase:
    steps = (
        START,
        user("a"),
        el("scriptTask", "count", extensions='<zeebe:script expression="=1 + 1" '
           'resultVariable="two"/>'),
        el("task", "passes"),
        el("manualTask", "byHand"),
        user("b", "leader"),
        END,
    )  # fmt: skip
    lines = ("s -> a", "a -> count", "count -> passes", "passes -> byHand", "byHand -> b", "b -> e")
    return GoldenCase(
        sources(*steps, flows(*lines)), (did("applicant", "a", "申请"),), (did("leader", "b"),)
    )


def exclusive() -> GoldenCase:
    drawn = sources(
        START,
        user("a"),
        el("exclusiveGateway", "g", attributes='default="f3"'),
        user("b", "leader"),
        user("c", "department-a"),
        END,
        flows("s -> a", "a -> g", 'g -> b if =note = "重大"', "g -> c", "b -> e", "c -> e"),
    )
    return GoldenCase(drawn, (did("applicant", "a", "重大"),), (did("leader", "b"),))


def side_by_side(kind: str, *conditions: str) -> FlatSources:
    """Three branches between two gateways of one kind, and a decision."""
    first, second, third = conditions or ("", "", "")
    return sources(
        START,
        user("a"),
        el(kind, "split"),
        user("x", "department-a"),
        user("y", "department-b"),
        user("z", "leader"),
        el(kind, "join"),
        user("d", "leader"),
        END,
        flows(
            "s -> a",
            "a -> split",
            f"split -> x{first}",
            f"split -> y{second}",
            f"split -> z{third}",
            "x -> join",
            "y -> join",
            "z -> join",
            "join -> d",
            "d -> e",
        ),
    )


def parallel() -> GoldenCase:
    before = (did("applicant", "a"), did("officer", "x", "甲"), did("leader", "z", "丙"))
    after = (did("other", "y", "乙"), did("leader", "d"))
    return GoldenCase(side_by_side("parallelGateway"), before, after)


def inclusive() -> GoldenCase:
    conditions = (' if =note = "两家"', " if =true", ' if =note = "三家"')
    before = (did("applicant", "a", "两家"), did("officer", "x", "甲"))
    after = (did("other", "y", "乙"), did("leader", "d"))
    return GoldenCase(side_by_side("inclusiveGateway", *conditions), before, after)


def event_gateway() -> GoldenCase:
    drawn = sources(
        START,
        user("a"),
        el("eventBasedGateway", "g"),
        el("intermediateCatchEvent", "late", timer("P10D")),
        events("intermediateCatchEvent", "paid", "message msg"),
        user("b", "leader"),
        END,
        flows("s -> a", "a -> g", "g -> late", "g -> paid", "late -> e", "paid -> b", "b -> e"),
        roots=MESSAGE,
    )
    after = (("message", "paid", "缴费一"), did("leader", "b"))
    return GoldenCase(drawn, (did("applicant", "a", "缴费一"),), after)


def loop() -> GoldenCase:
    drawn = sources(
        START,
        user("a"),
        el("parallelGateway", "split"),
        user("x", "department-a"),
        user("y", "department-b"),
        el("parallelGateway", "join"),
        user("d", "leader"),
        el("exclusiveGateway", "again", attributes='default="f8"'),
        END,
        flows(
            "s -> a",
            "a -> split",
            "split -> x",
            "split -> y",
            "x -> join",
            "y -> join",
            "join -> d",
            "d -> again",
            "again -> e",
            'again -> a if =note = "退回"',
        ),
    )
    once = (did("applicant", "a"), did("officer", "x"), did("other", "y"))
    before = (*once, did("leader", "d", "退回"), did("applicant", "a"), did("officer", "x"))
    return GoldenCase(drawn, before, (did("other", "y"), did("leader", "d", "同意")))


def countersigned(sequential: bool) -> GoldenCase:
    drawn = sources(
        START,
        user("each", "department-a", inner=each(sequential)),
        user("b", "leader"),
        END,
        flows("s -> each", "each -> b", "b -> e"),
    )
    after = (did("officer", "each", "二"), did("officer", "each", "三"), did("leader", "b"))
    return GoldenCase(drawn, (did("officer", "each", "一"),), after)


def sub_process() -> GoldenCase:
    inner = (
        el("startEvent", "si")
        + user("check", "department-a")
        + user("confirm", "department-b")
        + el("endEvent", "ei")
        + inside("si -> check", "check -> confirm", "confirm -> ei")
    )
    drawn = sources(
        START,
        user("a"),
        el("subProcess", "sub", inner, mapping("input note -> asked", "output note -> result")),
        user("b", "leader"),
        END,
        flows("s -> a", "a -> sub", "sub -> b", "b -> e"),
    )
    before = (did("applicant", "a", "请查"), did("officer", "check", "查过"))
    return GoldenCase(drawn, before, (did("other", "confirm", "属实"), did("leader", "b")))


def call_activity() -> GoldenCase:
    called = (
        START
        + user("inquire", "department-a")
        + user("reply", "department-b")
        + END
        + flows("s -> inquire", "inquire -> reply", "reply -> e")
    )
    call = '<zeebe:calledElement processId="inner"/>'
    drawn = sources(
        START,
        user("a"),
        el(
            "callActivity",
            "call",
            extensions=call + mapping("input note -> asked", "output note -> result"),
        ),
        user("b", "leader"),
        END,
        flows("s -> a", "a -> call", "call -> b", "b -> e"),
        called=called,
    )
    before = (did("applicant", "a", "请复"), did("officer", "inquire", "已问"))
    return GoldenCase(drawn, before, (did("other", "reply", "已复"), did("leader", "b")))


def boundary_timer(interrupting: bool) -> GoldenCase:
    cancels = str(interrupting).lower()
    drawn = sources(
        START,
        user("a", "department-a"),
        el(
            "boundaryEvent",
            "late",
            timer("P3D"),
            attributes=f'attachedToRef="a" cancelActivity="{cancels}"',
        ),
        user("urge", "leader"),
        END,
        el("endEvent", "urged"),
        flows("s -> a", "a -> e", "late -> urge", "urge -> urged"),
    )
    urged = (("wait", "73"), did("leader", "urge"))
    return GoldenCase(drawn, (), urged if interrupting else (*urged, did("officer", "a")))


def boundary_error() -> GoldenCase:
    inner = (
        el("startEvent", "si")
        + user("check", "department-a")
        + events("endEvent", "fails", "error err")
        + inside("si -> check", "check -> fails")
    )
    drawn = sources(
        START,
        el("subProcess", "sub", inner),
        events("boundaryEvent", "caught", "error err", 'attachedToRef="sub"'),
        user("b", "leader"),
        END,
        flows("s -> sub", "caught -> b", "b -> e", "sub -> e"),
        roots=ERROR,
    )
    return GoldenCase(drawn, (), (did("officer", "check"), did("leader", "b")))


def signal() -> GoldenCase:
    drawn = sources(
        START,
        el("parallelGateway", "split"),
        user("x", "department-a"),
        events("intermediateThrowEvent", "throw", "signal sig"),
        events("intermediateCatchEvent", "catch", "signal sig"),
        el("parallelGateway", "join"),
        user("d", "leader"),
        END,
        flows(
            "s -> split",
            "split -> x",
            "split -> catch",
            "x -> throw",
            "throw -> join",
            "catch -> join",
            "join -> d",
            "d -> e",
        ),
        roots=SIGNAL,
    )
    return GoldenCase(drawn, (), (did("officer", "x"), ("wait", "1"), did("leader", "d")))


def receive() -> GoldenCase:
    drawn = sources(
        START,
        user("a"),
        el("receiveTask", "paid", attributes='messageRef="msg"'),
        user("b", "leader"),
        END,
        flows("s -> a", "a -> paid", "paid -> b", "b -> e"),
        roots=MESSAGE,
    )
    after = (("message", "paid", "缴费二"), did("leader", "b"))
    return GoldenCase(drawn, (did("applicant", "a", "缴费二"),), after)


def stopped_service(kind: str) -> GoldenCase:
    drawn = sources(
        START,
        user("a"),
        el(kind, "work", extensions=WORK),
        user("b", "leader"),
        END,
        flows("s -> a", "a -> work", "work -> b", "b -> e"),
    )
    after = (("wait", "1"), did("leader", "b"))
    return GoldenCase(drawn, (did("applicant", "a"),), after, service_fails=True)


def split_without_gateway() -> GoldenCase:
    """Three ways out of a task, one on a condition; two are taken and meet again."""
    drawn = sources(
        START,
        user("a"),
        user("x", "department-a"),
        user("y", "department-b"),
        user("z", "leader"),
        el("inclusiveGateway", "join"),
        END,
        flows(
            "s -> a",
            "a -> x",
            "a -> y",
            'a -> z if =note = "三家"',
            "x -> join",
            "y -> join",
            "z -> join",
            "join -> e",
        ),
    )
    before = (did("applicant", "a", "两家"), did("officer", "x"))
    return GoldenCase(drawn, before, (did("other", "y"),))


def linked() -> GoldenCase:
    """Two stretches joined by a link, and a link that leads back."""

    def link(tag: str, node_id: str, name: str) -> str:
        return el(tag, node_id, f'<bpmn:linkEventDefinition name="{name}"/>')

    drawn = sources(
        START,
        link("intermediateCatchEvent", "again", "回"),
        user("a"),
        link("intermediateThrowEvent", "on", "续"),
        link("intermediateCatchEvent", "on2", "续"),
        user("b", "leader"),
        el("exclusiveGateway", "g", attributes='default="f6"'),
        link("intermediateThrowEvent", "back", "回"),
        END,
        flows("s -> a", "a -> on", "on2 -> b", "b -> g", 'g -> back if =note = "退"',
              "again -> a", "g -> e"),
    )  # fmt: skip
    before = (did("applicant", "a"), did("leader", "b", "退"), did("applicant", "a"))
    return GoldenCase(drawn, before, (did("leader", "b", "可"),))


def boundary_cycle() -> GoldenCase:
    """A step that is urged again and again; its state is kept after the first time."""
    cycle = "<bpmn:timerEventDefinition><bpmn:timeCycle>R/PT12H</bpmn:timeCycle>"
    drawn = sources(
        START,
        user("a", "department-a"),
        el(
            "boundaryEvent",
            "late",
            f"{cycle}</bpmn:timerEventDefinition>",
            attributes='attachedToRef="a" cancelActivity="false"',
        ),
        user("urge", "leader"),
        END,
        el("endEvent", "urged"),
        flows("s -> a", "a -> e", "late -> urge", "urge -> urged"),
    )
    urged = did("leader", "urge")
    after = (("wait", "12"), urged, ("wait", "12"), urged, did("officer", "a"))
    return GoldenCase(drawn, (("wait", "12"), urged), after)


def repeated() -> GoldenCase:
    """A step that is done again until it is right; its state is kept in the second run."""
    marker = (
        '<bpmn:standardLoopCharacteristics loopMaximum="5"><bpmn:loopCondition>'
        '=note != "可"</bpmn:loopCondition></bpmn:standardLoopCharacteristics>'
    )
    drawn = sources(
        START,
        user("fill", inner=marker),
        user("b", "leader"),
        END,
        flows("s -> fill", "fill -> b", "b -> e"),
    )
    after = (did("applicant", "fill", "再改"), did("applicant", "fill", "可"), did("leader", "b"))
    return GoldenCase(drawn, (did("applicant", "fill", "不可"),), after)


def counted_receipts() -> GoldenCase:
    """Three receive tasks by number; one has got its message."""
    marker = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        '<zeebe:loopCharacteristics outputCollection="rounds" outputElement="=loopCounter"/>'
        "</bpmn:extensionElements><bpmn:loopCardinality>2</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    receive = el("receiveTask", "paid", marker, attributes='messageRef="each"')
    message = MESSAGE.replace('id="msg"', 'id="each"').replace("=note", "=string(loopCounter)")
    drawn = sources(
        START,
        receive,
        user("b", "leader"),
        END,
        flows("s -> paid", "paid -> b", "b -> e"),
        roots=message,
    )
    after = (("message", "paid", "1"), did("leader", "b"))
    return GoldenCase(drawn, (("message", "paid", "2"),), after)


def on_event(definition: str, *, keeps: bool = False) -> str:
    """An event sub-process with one step of the leader."""
    attributes = f'isInterrupting="{str(not keeps).lower()}"'
    body = (
        el("startEvent", "os", definition, attributes=attributes)
        + user("o", "leader")
        + el("endEvent", "oe")
        + flows("os -> o", "o -> oe").replace('id="f', 'id="o')
    )
    return el("subProcess", "beside", body, attributes='triggeredByEvent="true"')


def event_sub(*, keeps: bool) -> GoldenCase:
    """One event sub-process armed, and where it keeps what is beside it, begun once already."""
    drawn = sources(
        START,
        user("a"),
        user("b", "department-a"),
        END,
        on_event('<bpmn:messageEventDefinition messageRef="msg"/>', keeps=keeps),
        flows("s -> a", "a -> b", "b -> e"),
        roots='<bpmn:message id="msg" name="paid"/>',
    )
    happens = ("message", "paid", "")
    if not keeps:
        return GoldenCase(drawn, (did("applicant", "a"),), (happens, did("leader", "o")))
    after = (did("leader", "o"), happens, did("officer", "b"), did("leader", "o"))
    return GoldenCase(drawn, (did("applicant", "a"), happens), after)


def condition() -> GoldenCase:
    """A condition that was true once, is not now, and becomes true again."""
    inner = (
        '<bpmn:conditionalEventDefinition><bpmn:condition xsi:type="bpmn:tFormalExpression">'
        '=note = "急"</bpmn:condition></bpmn:conditionalEventDefinition>'
    )
    drawn = sources(
        START,
        el("exclusiveGateway", "m"),
        user("a"),
        el("exclusiveGateway", "again", attributes='default="f3"'),
        END,
        on_event(inner, keeps=True),
        flows("s -> m", "m -> a", "a -> again", "again -> m", 'again -> e if =note = "完"'),
    )
    before = (did("applicant", "a", "急"), did("applicant", "a", "缓"), did("leader", "o"))
    after = (did("applicant", "a", "急"), did("leader", "o"), did("applicant", "a", "完"))
    return GoldenCase(drawn, before, after)


def transaction() -> GoldenCase:
    """A transaction that is cancelled after its state was kept; a colleague's branch goes along."""
    cancel = "<bpmn:cancelEventDefinition/>"
    inner = (
        el("startEvent", "si")
        + el("parallelGateway", "both")
        + user("check", "department-a")
        + user("other", "department-b")
        + el("exclusiveGateway", "good", attributes='default="i5"')
        + el("endEvent", "off", cancel)
        + el("endEvent", "ei")
        + el("endEvent", "eo")
        + inside(
            "si -> both", "both -> check", "both -> other", "check -> good",
            'good -> off if =note = "撤"', "good -> ei", "other -> eo",
        )
    )  # fmt: skip
    drawn = sources(
        START,
        el("transaction", "sub", inner),
        el("boundaryEvent", "cancelled", cancel, attributes='attachedToRef="sub"'),
        user("b", "leader"),
        END,
        flows("s -> sub", "sub -> b", "cancelled -> b", "b -> e"),
    )
    return GoldenCase(drawn, (), (did("officer", "check", "撤"), did("leader", "b")))


ROUTE = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="route-file" '
    'name="分派" namespace="http://lucheng.example/route"><decision id="route" name="分派">'
    '<decisionTable id="table" hitPolicy="UNIQUE"><input id="in"><inputExpression id="ie" '
    'typeRef="string"><text>note</text></inputExpression></input><output id="out" name="who" '
    'typeRef="string"/><rule id="r1"><inputEntry id="i1"><text>"重大"</text></inputEntry>'
    '<outputEntry id="o1"><text>"leader"</text></outputEntry></rule><rule id="r2">'
    '<inputEntry id="i2"><text>not("重大")</text></inputEntry><outputEntry id="o2">'
    "<text>&quot;officer&quot;</text></outputEntry></rule></decisionTable></decision></definitions>"
).encode()


def decided() -> GoldenCase:
    """A decision is made again after its state was kept, by the table that was kept with it."""
    called = '<zeebe:calledDecision decisionId="route" resultVariable="to"/>'
    drawn = sources(
        START,
        user("a"),
        el("businessRuleTask", "rule", extensions=called),
        el("exclusiveGateway", "g", attributes='default="f4"'),
        user("b", "leader"),
        el("exclusiveGateway", "again", attributes='default="f6"'),
        END,
        flows(
            "s -> a", "a -> rule", "rule -> g", 'g -> b if =to = "leader"', "g -> again",
            "b -> a", "again -> e",
        ),
    )  # fmt: skip
    with_table = replace(drawn, replaced={**drawn.replaced, "route.dmn": ROUTE})
    before = (did("applicant", "a", "重大"),)
    return GoldenCase(with_table, before, (did("leader", "b"), did("applicant", "a", "一般")))


GOLDEN: dict[str, GoldenCase] = {
    "sequence": sequence(),
    "exclusive": exclusive(),
    "parallel-half-way": parallel(),
    "inclusive-half-way": inclusive(),
    "event-gateway-waiting": event_gateway(),
    "loop-second-round": loop(),
    "multi-instance-parallel": countersigned(sequential=False),
    "multi-instance-sequential": countersigned(sequential=True),
    "sub-process": sub_process(),
    "call-activity": call_activity(),
    "boundary-timer-armed": boundary_timer(interrupting=True),
    "boundary-timer-beside": boundary_timer(interrupting=False),
    "boundary-error-armed": boundary_error(),
    "signal-waiting": signal(),
    "receive-task-waiting": receive(),
    "service-stopped": stopped_service("serviceTask"),
    "send-task-stopped": stopped_service("sendTask"),
    "rule-task-stopped": stopped_service("businessRuleTask"),
    "split-without-gateway": split_without_gateway(),
    "linked": linked(),
    "transaction-running": transaction(),
    "standard-loop-second-run": repeated(),
    "receive-tasks-by-number": counted_receipts(),
    "boundary-cycle-second-round": boundary_cycle(),
    "event-sub-process-armed": event_sub(keeps=False),
    "event-sub-process-beside": event_sub(keeps=True),
    "condition-not-met": condition(),
    "decision-to-be-made-again": decided(),
}
