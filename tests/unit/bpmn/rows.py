"""For every row of the support table, a diagram that uses it and nothing else of note."""

from __future__ import annotations

from .diagrams import (
    END,
    ROOTS,
    START,
    boundary,
    diagram,
    event,
    file,
    flow,
    line,
    loop,
    mapping,
    node,
    process,
    script,
    service,
    user,
)


def steps(*elements: str, more: str = "", roots: str = "") -> bytes:
    """A line of steps between start and end."""
    return diagram(line(START, *elements, END), more, roots=ROOTS + roots)


def started_by(definition: str) -> bytes:
    start = event("startEvent", "s1", definition)
    return diagram(line(start, user(), END), roots=ROOTS)


def ended_by(definition: str) -> bytes:
    return diagram(line(START, user(), event("endEvent", "e1", definition)), roots=ROOTS)


def caught(definition: str) -> bytes:
    return steps(event("intermediateCatchEvent", "c1", definition))


def thrown(definition: str) -> bytes:
    return steps(event("intermediateThrowEvent", "t1", definition))


def bounded(definition: str, *, interrupting: bool = True) -> bytes:
    side = line(boundary("b1", "body", definition, interrupting=interrupting), user("side"))
    tail = flow("side", "end")
    return steps(node("subProcess", "body", inner(user("in_body"))), more=side + tail)


def inner(*elements: str) -> str:
    """A level of its own for a sub-process."""
    begin = '<bpmn:startEvent id="in" name="开始"/>'
    end = '<bpmn:endEvent id="out" name="结束"/>'
    return line(begin, *elements, end)


def gateway(kind: str, attributes: str = "") -> bytes:
    """A split and a join of one kind, with conditions where it decides."""
    condition = "=ok" if kind in {"exclusiveGateway", "inclusiveGateway"} else ""
    default = 'default="f_g_b"' if condition else ""
    return diagram(
        START,
        node(kind, "g", attributes=f"{attributes} {default}"),
        user("a"),
        user("b"),
        node(kind, "j", attributes=attributes),
        END,
        flow("start", "g"),
        flow("g", "a", condition=condition),
        flow("g", "b"),
        flow("a", "j"),
        flow("b", "j"),
        flow("j", "end"),
    )


def sub_started_by(definition: str, *, interrupting: bool = True, more: str = "") -> bytes:
    """A process with an event sub-process beside its flow."""
    kept = "" if interrupting else 'isInterrupting="false"'
    inside = line(
        event("startEvent", "s1", definition, kept), user("inside"), END.replace('"end"', '"out"')
    )
    sub = node("subProcess", "x", inside + more, attributes='triggeredByEvent="true"')
    thrown = [event("intermediateThrowEvent", "t1", definition)] * (definition == "escalation")
    return steps(user(), *thrown, more=sub)


def event_gateway(attributes: str = "") -> bytes:
    return diagram(
        START,
        node("eventBasedGateway", "g", attributes=attributes),
        event("intermediateCatchEvent", "c1", "timer"),
        event("intermediateCatchEvent", "c2", "message"),
        END,
        flow("start", "g"),
        flow("g", "c1"),
        flow("g", "c2"),
        flow("c1", "end"),
        flow("c2", "end"),
        roots=ROOTS,
    )


def extended(tag: str, extension: str, **more: str) -> bytes:
    return steps(node(tag, "x", extensions=extension, **more))


CALL = (
    '<zeebe:calledElement processId="public-notice" propagateAllParentVariables="false" '
    'propagateAllChildVariables="false"/>'
)
TASK_TYPE = '<zeebe:taskDefinition type="register.add"/>'
RECEIVE = 'messageRef="msg"'
CANCELS = (
    line(
        '<bpmn:startEvent id="in" name="开始"/>',
        user("in_body"),
        node("exclusiveGateway", "ig", attributes='default="f_ig_out"'),
        '<bpmn:endEvent id="out" name="结束"/>',
    )
    + line(
        event("endEvent", "cancelled", "cancel"),
    )
    + flow("ig", "cancelled", condition="=ok")
)
CANCELLED = steps(
    node("transaction", "body", CANCELS),
    more=line(boundary("b1", "body", "cancel"), user("side")) + flow("side", "end"),
)
LINKED = diagram(
    line(START, user(), event("intermediateThrowEvent", "t1", "link")),
    line(event("intermediateCatchEvent", "c1", "link"), user("b"), END),
)

ROWS: dict[str, bytes] = {
    "task": steps(node("task", "x")),
    "manualTask": steps(node("manualTask", "x")),
    "userTask": steps(user()),
    "serviceTask": steps(service()),
    "sendTask": extended("sendTask", TASK_TYPE),
    "receiveTask": steps(node("receiveTask", "x", attributes=RECEIVE)),
    "receiveTask/instantiate": diagram(
        line(node("receiveTask", "x", attributes=f'{RECEIVE} instantiate="true"'), user(), END),
        roots=ROOTS,
    ),
    "receiveTask/instantiate-misplaced": steps(
        node("receiveTask", "x", attributes=f'{RECEIVE} instantiate="true"')
    ),
    "scriptTask": steps(script("x", '="A" + "B"')),
    "businessRuleTask": extended("businessRuleTask", TASK_TYPE),
    "businessRuleTask/decision": extended(
        "businessRuleTask", '<zeebe:calledDecision decisionId="d" resultVariable="r"/>'
    ),
    "callActivity": extended("callActivity", CALL + mapping("input =a b", "output =c d")),
    "subProcess": steps(node("subProcess", "x", inner(user()))),
    "eventSubProcess": sub_started_by("error"),
    "transaction": steps(node("transaction", "x", inner(user()))),
    "adHocSubProcess": steps(
        node("adHocSubProcess", "x", inner(user()) + "<bpmn:completionCondition/>")
    ),
    "exclusiveGateway": gateway("exclusiveGateway", 'gatewayDirection="Unspecified"'),
    "parallelGateway": gateway("parallelGateway"),
    "inclusiveGateway": gateway("inclusiveGateway"),
    "complexGateway": gateway("complexGateway"),
    "eventBasedGateway": event_gateway(),
    "eventBasedGateway/instantiate": diagram(
        node("eventBasedGateway", "g", attributes='instantiate="true"'),
        event("intermediateCatchEvent", "c1", "message"),
        END,
        flow("g", "c1"),
        flow("c1", "end"),
        roots=ROOTS,
    ),
    "eventBasedGateway/instantiate-misplaced": event_gateway('instantiate="true"'),
    "eventBasedGateway/parallel": event_gateway('eventGatewayType="Parallel"'),
    "startEvent/none": started_by(""),
    "startEvent/message": started_by("message"),
    "startEvent/timer": started_by("date"),
    "startEvent/signal": started_by("signal"),
    "startEvent/conditional": started_by("conditional"),
    "startEvent/error": started_by("error"),
    "startEvent/escalation": started_by("escalation"),
    "startEvent/compensation": started_by("compensation"),
    "startEvent/in-sub-process": steps(
        node(
            "subProcess",
            "x",
            line(event("startEvent", "in", "message"), END.replace('id="end"', 'id="out"')),
        )
    ),
    "startEvent/several": diagram(
        line(START, user(), END), line(START.replace('id="start"', 'id="again"'), user("b")),
        flow("b", "end"),
    ),
    "eventSubProcess/message": sub_started_by("message"),
    "eventSubProcess/message/non-interrupting": sub_started_by("message", interrupting=False),
    "eventSubProcess/timer": sub_started_by("timer"),
    "eventSubProcess/timer/non-interrupting": sub_started_by("date", interrupting=False),
    "eventSubProcess/signal": sub_started_by("signal"),
    "eventSubProcess/signal/non-interrupting": sub_started_by("signal", interrupting=False),
    "eventSubProcess/error": sub_started_by("error"),
    "eventSubProcess/error/non-interrupting": sub_started_by("error", interrupting=False),
    "eventSubProcess/escalation": sub_started_by("escalation"),
    "eventSubProcess/escalation/non-interrupting": sub_started_by("escalation", interrupting=False),
    "eventSubProcess/conditional": sub_started_by("conditional"),
    "eventSubProcess/conditional/non-interrupting": sub_started_by(
        "conditional", interrupting=False
    ),
    "eventSubProcess/compensation": sub_started_by("compensation"),
    "eventSubProcess/none": sub_started_by(""),
    "eventSubProcess/several": sub_started_by(
        "message", more=event("startEvent", "s2", "signal") + flow("s2", "inside")
    ),
    "endEvent/none": ended_by(""),
    "endEvent/terminate": ended_by("terminate"),
    "endEvent/error": ended_by("error"),
    "endEvent/escalation": ended_by("escalation"),
    "endEvent/message": ended_by("message"),
    "endEvent/signal": ended_by("signal"),
    "endEvent/compensation": ended_by("compensation"),
    "endEvent/cancel": CANCELLED,
    "intermediateCatchEvent/timer": caught("timer"),
    "intermediateCatchEvent/message": caught("message"),
    "intermediateCatchEvent/signal": caught("signal"),
    "intermediateCatchEvent/none": caught(""),
    "intermediateCatchEvent/conditional": caught("conditional"),
    "intermediateCatchEvent/link": LINKED,
    "intermediateThrowEvent/none": thrown(""),
    "intermediateThrowEvent/signal": thrown("signal"),
    "intermediateThrowEvent/escalation": thrown("escalation"),
    "intermediateThrowEvent/message": thrown("message"),
    "intermediateThrowEvent/link": LINKED,
    "intermediateThrowEvent/compensation": thrown("compensation"),
    "boundaryEvent/timer": bounded("timer"),
    "boundaryEvent/timer/non-interrupting": bounded("timer", interrupting=False),
    "boundaryEvent/message": bounded("message"),
    "boundaryEvent/message/non-interrupting": bounded("message", interrupting=False),
    "boundaryEvent/signal": bounded("signal"),
    "boundaryEvent/signal/non-interrupting": bounded("signal", interrupting=False),
    "boundaryEvent/error": bounded("error"),
    "boundaryEvent/error/non-interrupting": bounded("error", interrupting=False),
    "boundaryEvent/escalation": bounded("escalation"),
    "boundaryEvent/escalation/non-interrupting": bounded("escalation", interrupting=False),
    "boundaryEvent/none": bounded(""),
    "boundaryEvent/conditional": bounded("conditional"),
    "boundaryEvent/conditional/non-interrupting": bounded("conditional", interrupting=False),
    "boundaryEvent/compensation": bounded("compensation"),
    "boundaryEvent/cancel": CANCELLED,
    "boundaryEvent/cancel/non-interrupting": CANCELLED.replace(
        b'attachedToRef="body" ', b'attachedToRef="body" cancelActivity="false" '
    ),
    "timer/date": caught("date"),
    "timer/duration": caught("timer"),
    "timer/cycle": bounded("cycle", interrupting=False),
    "timer/cycle-once": caught("cycle"),
    "event/several-definitions": caught(
        '<bpmn:messageEventDefinition messageRef="msg"/>'
        '<bpmn:signalEventDefinition signalRef="sig"/>'
    ),
    "event/definition-reference": caught(
        "<bpmn:eventDefinitionRef>shared</bpmn:eventDefinitionRef>"
        '<bpmn:signalEventDefinition signalRef="sig"/>'
    ),
    "event/not-in-bpmn": caught("terminate"),
    "multiInstance/parallel": steps(user(inner=loop())),
    "multiInstance/sequential": steps(user(inner=loop(sequential=True))),
    "multiInstance/cardinality": steps(
        user(
            inner="<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3"
            "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
        )
    ),
    "multiInstance/complex-behavior": steps(
        user(inner=loop().replace("isSequential", 'behavior="None" isSequential'))
    ),
    "standardLoop": steps(
        user(
            inner='<bpmn:standardLoopCharacteristics testBefore="true" loopMaximum="5">'
            "<bpmn:loopCondition>=again</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
        )
    ),
    "compensationMarker": steps(user(attributes='isForCompensation="true"')),
    "tokenQuantity": steps(user(attributes='startQuantity="2"')),
    "sequenceFlow": steps(user()),
    "sequenceFlow/condition": gateway("exclusiveGateway"),
    "sequenceFlow/default": gateway("inclusiveGateway"),
    "sequenceFlow/condition-elsewhere": diagram(
        START, user("a"), END, flow("start", "a"), flow("a", "end", condition="=ok")
    ),
    "sequenceFlow/condition-not-decided": gateway("parallelGateway").replace(
        b'id="f_g_a" sourceRef="g" targetRef="a">',
        b'id="f_g_a" sourceRef="g" targetRef="a"><bpmn:conditionExpression>=ok'
        b"</bpmn:conditionExpression>",
    ),
    "sequenceFlow/default-elsewhere": diagram(
        START, user("a", attributes='default="f_a_end"'), END, flow("start", "a"), flow("a", "end")
    ),
    "implicitSplit": diagram(
        line(START, user("a"), user("b"), node("parallelGateway", "j"), END),
        user("c"), flow("a", "c"), flow("c", "j"),
    ),
    "dataObject": steps(
        user(),
        more='<bpmn:dataObject id="d"/><bpmn:dataObjectReference id="r" dataObjectRef="d"/>',
    ),
    "dataStore": steps(user(), more='<bpmn:dataStoreReference id="r"/>'),
    "dataAssociation": steps(
        user(
            inner='<bpmn:dataInputAssociation id="da"><bpmn:sourceRef>r</bpmn:sourceRef>'
            "<bpmn:targetRef>t</bpmn:targetRef></bpmn:dataInputAssociation>"
        )
    ),
    "dataAssociation/assignment": steps(
        user(
            inner='<bpmn:dataInputAssociation id="da"><bpmn:assignment><bpmn:from>1</bpmn:from>'
            "<bpmn:to>x</bpmn:to></bpmn:assignment></bpmn:dataInputAssociation>"
        )
    ),
    "ioSpecification": steps(
        user(
            inner='<bpmn:ioSpecification id="io"><bpmn:dataInput id="di"/>'
            "<bpmn:inputSet><bpmn:dataInputRefs>di</bpmn:dataInputRefs></bpmn:inputSet>"
            "<bpmn:outputSet/></bpmn:ioSpecification>"
        )
    ),
    "itemDefinition": steps(user(), roots='<bpmn:itemDefinition id="i" structureRef="xs:int"/>'),
    "interface": steps(
        user(),
        roots='<bpmn:interface id="i" name="x"><bpmn:operation id="o" name="y"/></bpmn:interface>',
    ),
    "property": steps(user(inner='<bpmn:property id="pr" name="x"/>')),
    "monitoring": steps(user(inner="<bpmn:auditing/>")),
    "resourceRole": steps(user(inner='<bpmn:potentialOwner id="o"/>')),
    "rendering": steps(user(inner="<bpmn:rendering/>")),
    "correlation": steps(user(), roots='<bpmn:correlationProperty id="c" name="x"/>'),
    "participant": file(
        '<bpmn:collaboration id="c"><bpmn:participant id="p1" name="主管部门" processRef="p"/>'
        '<bpmn:participant id="p2" name="矿山企业"/></bpmn:collaboration>',
        process(line(START, user(), END)),
    ),
    "laneSet": diagram(
        '<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="受理科"><bpmn:flowNodeRef>step'
        "</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>",
        line(START, user(), END),
    ),
    "messageFlow": file(
        '<bpmn:collaboration id="c"><bpmn:participant id="p1" processRef="p"/>'
        '<bpmn:participant id="p2" name="矿山企业"/>'
        '<bpmn:messageFlow id="mf" sourceRef="p2" targetRef="step"/></bpmn:collaboration>',
        process(line(START, user(), END)),
    ),
    "textAnnotation": steps(
        user(),
        more='<bpmn:textAnnotation id="ta"><bpmn:text>说明</bpmn:text></bpmn:textAnnotation>'
        '<bpmn:association id="as" sourceRef="step" targetRef="ta"/>'
        '<bpmn:group id="gr" categoryValueRef="cv"/>',
        roots='<bpmn:category id="ca"><bpmn:categoryValue id="cv" value="x"/></bpmn:category>',
    ),
    "choreography": steps(user(), roots='<bpmn:choreography id="ch"/>'),
    "globalTask": steps(user(), roots='<bpmn:globalUserTask id="gt" name="x"/>'),
    "import": steps(
        user(), roots='<bpmn:import importType="xsd" location="x.xsd" namespace="urn:x"/>'
    ),
}  # fmt: skip
