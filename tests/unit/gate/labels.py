"""The labelled diagrams: rows of `labelled/index.toml`, and the BPMN files they stand for."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.unit.bpmn.diagrams import DEFINITIONS, boundary, file, flow, loop, node, process, user
from tests.unit.semantics.tiny import WORD

INDEX = Path(__file__).parent / "labelled" / "index.toml"
USER = "<zeebe:userTask/>"
TAGS = {
    "start": "startEvent",
    "end": "endEvent",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "race": "eventBasedGateway",
    "task": "task",
    "throw": "intermediateThrowEvent",
    "catch": "intermediateCatchEvent",
    "receive": "receiveTask",
    "script": "scriptTask",
    "service": "serviceTask",
    "call": "callActivity",
    "sub": "subProcess",
    "on": "subProcess",
}
CHOOSING = frozenset({"xor", "or"})
ROOTS = (
    '<bpmn:message id="message_m" name="m"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=case.number"/></bpmn:extensionElements></bpmn:message>'
    '<bpmn:error id="error_E1" errorCode="E1"/>'
    '<bpmn:escalation id="escalation_W" escalationCode="W"/>'
    '<bpmn:escalation id="escalation_V" escalationCode="V"/>'
)


@dataclass(frozen=True)
class Label:
    """One diagram with what a proof has to say of it."""

    kind: str
    verdict: str
    name: str
    why: str
    nodes: str
    flows: str
    inner: tuple[str, ...]

    def bpmn(self) -> bytes:
        """The diagram as a file."""
        return _file("p", level(self.nodes, self.flows, self._bodies()))

    def called(self) -> dict[str, bytes]:
        """The processes it calls, each a file of its own."""
        parts = (text.partition(": ") for text in self.inner if text.startswith("/"))
        return {name[1:]: _file(name[1:], _drawn(drawn)) for name, _, drawn in parts}

    def _bodies(self) -> dict[str, str]:
        parts = (text.partition(": ") for text in self.inner if not text.startswith("/"))
        return {name: _drawn(drawn) for name, _, drawn in parts}


def _drawn(text: str) -> str:
    nodes, _, flows = text.partition("; ")
    return level(nodes, flows, {})


def _file(process_id: str, elements: str) -> bytes:
    attributes = f'id="{process_id}" name="{process_id}" isExecutable="true"'
    return file(ROOTS, process(elements, attributes=attributes))


def labels() -> Iterator[Label]:
    """Every row of the index."""
    index = tomllib.loads(INDEX.read_text("utf-8"))
    for kind, verdicts in index.items():
        for verdict, rows in verdicts.items():
            for name, (why, nodes, flows, *inner) in rows.items():
                yield Label(kind, verdict, name, why, nodes, flows, tuple(inner))


def level(nodes: str, flows: str, bodies: dict[str, str]) -> str:
    """The elements of one level: its nodes, then its flows."""
    pairs = list(_pairs(flows))
    kinds = {}
    defaults: dict[str, str] = {}
    for word in nodes.split():
        found = WORD.fullmatch(word)
        assert found is not None, word
        kinds[found["name"]] = found["kind"] or ""
    drawn = []
    for number, (source, target, condition) in enumerate(pairs):
        flow_id = f"{source}_{target}_{number}"
        chosen = kinds[source] in CHOOSING and sum(s == source for s, _, _ in pairs) > 1
        is_default = condition == "else" or (kinds[source] == "xor" and source not in defaults)
        if chosen and is_default:
            defaults[source] = flow_id
            drawn.append(flow(source, target, flow_id=flow_id))
        else:
            said = f"={condition}" if condition else f"=way = {number}"
            drawn.append(flow(source, target, flow_id=flow_id, condition=said if chosen else ""))
    return "".join((*(_element(w, defaults, bodies) for w in nodes.split()), *drawn))


def _pairs(flows: str) -> Iterator[tuple[str, str, str]]:
    for chain in flows.split(","):
        steps, _, condition = chain.partition(" if ")
        ends = list(itertools.pairwise(steps.split()))
        for place, (source, target) in enumerate(ends):
            yield source, target, condition.strip() if place == len(ends) - 1 else ""


def _element(word: str, defaults: dict[str, str], bodies: dict[str, str]) -> str:
    found = WORD.fullmatch(word)
    assert found is not None
    part = found.groupdict(default="")
    name, kind, ref = part["name"], part["kind"], part["ref"]
    event = part["event"]
    definition = _definition(event, ref)
    if kind == "edge":
        return boundary(name, part["at"], definition, interrupting=not part["stay"])
    if not kind:
        back = f'<zeebe:property name="returnTo" value="{part["back"]}"/>' if part["back"] else ""
        own = f"<zeebe:properties>{back}</zeebe:properties>" if back else ""
        return user(name, _loop(part["loop"]), extensions=USER + own, name=name)
    attributes = f'default="{defaults[name]}"' if name in defaults else ""
    if kind == "receive":
        attributes, definition = f'messageRef="message_{ref}"', ""
    if kind == "on":
        attributes = 'triggeredByEvent="true"'
    if kind == "start" and event:
        attributes = f'isInterrupting="{"false" if part["stay"] else "true"}"'
    inner = definition + bodies.get(name, "") + _loop(part["loop"])
    extensions = {
        "call": f'<zeebe:calledElement processId="{ref}"/>',
        "service": '<zeebe:taskDefinition type="register.add"/>',
        "script": '<zeebe:script expression="=1" resultVariable="result"/>',
    }.get(kind, "")
    return node(TAGS[kind], name, inner, extensions=extensions, attributes=attributes, name=name)


def _loop(text: str) -> str:
    if not text:
        return ""
    if text in {"*until", "*while"}:
        asked = "<bpmn:loopCondition>=again</bpmn:loopCondition>"
        before = 'testBefore="true"' if text == "*while" else ""
        return (
            f"<bpmn:standardLoopCharacteristics {before}>{asked}</bpmn:standardLoopCharacteristics>"
        )
    enough = "<bpmn:completionCondition>=enough</bpmn:completionCondition>"
    return loop(
        enough if text == "*quorum" else "", sequential=text == "*seq", collection="=[1, 2]"
    )


def _definition(event: str, ref: str) -> str:
    if event in {"", "none"}:
        return ""
    if event in DEFINITIONS and not ref:
        return DEFINITIONS[event]
    if event == "link":
        return f'<bpmn:linkEventDefinition name="{ref}"/>'
    tag = {"message": "message", "error": "error", "escalation": "escalation"}[event]
    return f'<bpmn:{tag}EventDefinition {tag}Ref="{tag}_{ref}"/>'
