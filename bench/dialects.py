"""A drawing as BPMN XML: for our engine, for plain SpiffWorkflow, for Flowable and Camunda 7."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from bench.drawing import Drawing, Flow, Node

FORM = "opinion"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {more} id="Definitions_{id}" '
    'targetNamespace="http://bpmn.io/schema/bpmn">\n'
)
FORMAL = 'xsi:type="bpmn:tFormalExpression"'


@dataclass(frozen=True)
class Dialect:
    """What differs between engines; each part is a piece of XML or a function that gives one."""

    namespaces: str
    condition: Callable[[str], str]
    task: Callable[[Node], tuple[str, str]]
    loop: Callable[[Node], str]
    script: Callable[[Node], tuple[str, str]]
    duration: Callable[[str], str]
    call: Callable[[Node], tuple[str, str]]
    process: str = ""


def write(drawing: Drawing, dialect: Dialect) -> bytes:
    """One diagram file."""
    lines = [
        HEAD.format(more=dialect.namespaces, id=drawing.id),
        f'<bpmn:process id="{drawing.id}" name={quoteattr(drawing.title)} '
        f'isExecutable="true"{dialect.process}>\n',
        *_level(drawing, dialect),
        "</bpmn:process>\n</bpmn:definitions>\n",
    ]
    return "".join(lines).encode()


def _level(drawing: Drawing, dialect: Dialect) -> Iterator[str]:
    for node in drawing.nodes.values():
        yield from _node(node, drawing, dialect)
    for flow in drawing.flows:
        yield _flow(flow, dialect)


def _flow(flow: Flow, dialect: Dialect) -> str:
    name = f" name={quoteattr(flow.name)}" if flow.name else ""
    head = (
        f'<bpmn:sequenceFlow id="{flow.id}"{name} sourceRef="{flow.source}" '
        f'targetRef="{flow.target}"'
    )
    if not flow.value:
        return f"{head} />\n"
    condition = _escaped(dialect.condition(flow.value))
    return (
        f"{head}><bpmn:conditionExpression {FORMAL}>{condition}"
        "</bpmn:conditionExpression></bpmn:sequenceFlow>\n"
    )


def _node(node: Node, drawing: Drawing, dialect: Dialect) -> Iterator[str]:
    attributes, extensions, inner = _parts(node, dialect)
    default = f' default="{node.default}"' if node.default else ""
    yield f'<bpmn:{node.kind} id="{node.id}" name={quoteattr(node.name)}{default}{attributes}>'
    if extensions:
        yield f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>"
    yield from (
        f"<bpmn:incoming>{f.id}</bpmn:incoming>" for f in drawing.flows if f.target == node.id
    )
    yield from (
        f"<bpmn:outgoing>{f.id}</bpmn:outgoing>" for f in drawing.flows if f.source == node.id
    )
    yield inner
    if node.body is not None:
        yield from _level(node.body, dialect)
    yield f"</bpmn:{node.kind}>\n"


def _parts(node: Node, dialect: Dialect) -> tuple[str, str, str]:
    """Attributes, extension elements and inner elements of a node."""
    if node.kind == "userTask":
        attributes, extensions = dialect.task(node)
        return attributes, extensions, dialect.loop(node) if node.count else ""
    if node.kind == "scriptTask":
        extensions, inner = dialect.script(node)
        return (' scriptFormat="javascript"' if inner else ""), extensions, inner
    if node.kind == "callActivity":
        attributes, extensions = dialect.call(node)
        return attributes, extensions, ""
    if node.kind == "boundaryEvent":
        stops = str(node.interrupting).lower()
        inner = (
            f'<bpmn:timerEventDefinition id="{node.id}_Timer"><bpmn:timeDuration {FORMAL}>'
            f"{_escaped(dialect.duration(node.after))}"
            "</bpmn:timeDuration></bpmn:timerEventDefinition>"
        )
        return f' attachedToRef="{node.attached_to}" cancelActivity="{stops}"', "", inner
    return "", "", ""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _our_task(node: Node) -> tuple[str, str]:
    return "", (
        f'<zeebe:userTask /><zeebe:formDefinition formId="{FORM}" />'
        f'<zeebe:assignmentDefinition candidateGroups="{node.role}" />'
        '<zeebe:priorityDefinition priority="50" />'
    )


def _our_loop(node: Node) -> str:
    items = ", ".join(str(n) for n in range(1, node.count + 1))
    return (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:extensionElements>'
        f'<zeebe:loopCharacteristics inputCollection="=[{items}]" inputElement="seat" '
        'outputCollection="opinions" outputElement="=decision" />'
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )


OURS = Dialect(
    namespaces=(
        'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
        'xmlns:modeler="http://camunda.org/schema/modeler/1.0" '
        'modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.8.0"'
    ),
    condition=lambda value: f'=decision = "{value}"',
    task=_our_task,
    loop=_our_loop,
    script=lambda _: ('<zeebe:script expression="=true" resultVariable="reminded" />', ""),
    duration=lambda text: text,
    call=lambda node: (
        "",
        f'<zeebe:calledElement processId="{node.called}" propagateAllParentVariables="false" '
        'propagateAllChildVariables="false" />',
    ),
)


def _standard_loop(node: Node) -> str:
    return (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="false">'
        f"<bpmn:loopCardinality {FORMAL}>{node.count}</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


PLAIN_SPIFF = Dialect(
    namespaces="",
    condition=lambda value: f'decision == "{value}"',
    task=lambda _: ("", ""),
    loop=_standard_loop,
    script=lambda _: ("", "<bpmn:script>reminded = True</bpmn:script>"),
    duration=lambda text: f'"{text}"',
    call=lambda node: (f' calledElement="{node.called}"', ""),
)
"""Standard BPMN with Python expressions, as SpiffWorkflow's own parser reads it."""


def _java(prefix: str, uri: str, script: str, process: str) -> Dialect:
    return Dialect(
        namespaces=f'xmlns:{prefix}="{uri}"',
        condition=lambda value: f"${{decision == '{value}'}}",
        task=lambda node: (f' {prefix}:candidateGroups="{node.role}"', ""),
        loop=_standard_loop,
        script=lambda _: ("", f"<bpmn:script>{script}</bpmn:script>"),
        duration=lambda text: text,
        call=lambda node: (f' calledElement="{node.called}"', ""),
        process=process,
    )


_SET = "execution.setVariable('reminded', true);"
FLOWABLE = _java("flowable", "http://flowable.org/bpmn", _SET, "")
CAMUNDA7 = _java(
    "camunda", "http://camunda.org/schema/1.0/bpmn", _SET, ' camunda:historyTimeToLive="P180D"'
)
PEERS = {"flowable": FLOWABLE, "camunda7": CAMUNDA7}
