"""What can be said of a node or flow, one text a facet, so that two of them can be compared."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import Event, Flow, IoMapping, Loop, Node, Process, Zeebe

Facets = dict[str, str]
"""Facet to text as written in the file; what is not set is not there."""


def facets_of_node(node: Node) -> Facets:
    """Everything that makes a step what it is, its place among others left out."""
    found: dict[str, str] = {
        "name": node.name,
        "kind": node.kind.value,
        "documentation": node.documentation,
        "lane": node.lane,
        "default": node.default,
    }
    if node.attached_to:
        found["attached"] = node.attached_to
        found["interrupting"] = _flag(node.interrupting)
    found.update(_event(node.event))
    found.update(_zeebe(node.zeebe))
    if node.loop is not None:
        found.update(_loop(node.loop))
    if node.repeat is not None:
        found["repeat"] = node.repeat.condition or "true"
        found["repeat.first"] = _flag(node.repeat.test_before)
        found["repeat.most"] = node.repeat.maximum
    return _set(found)


def facets_of_flow(flow: Flow) -> Facets:
    """What a flow says; where it leads is compared as the way between steps."""
    return _set({"name": flow.name, "condition": flow.condition})


def facets_of_process(process: Process) -> Facets:
    """What is said of the procedure as a whole."""
    found = {
        "name": process.name,
        "documentation": process.documentation,
        "pool": process.pool,
        "version": process.version_tag,
        "lanes": "、".join(lane.name for lane in process.lanes),
    }
    found.update(_zeebe(process.zeebe))
    return _set(found)


def _event(event: Event) -> Iterator[tuple[str, str]]:
    yield "event", "" if event.kind == "none" else event.kind.value
    yield "event.ref", event.ref
    yield ("timer" if event.timer else "event.condition"), event.expression
    yield "event.key", event.correlation_key


def _zeebe(zeebe: Zeebe) -> Iterator[tuple[str, str]]:
    yield "people", zeebe.candidate_groups
    yield "persons", zeebe.candidate_users
    yield "assignee", zeebe.assignee
    yield "due", zeebe.due_date
    yield "follow", zeebe.follow_up_date
    yield "priority", zeebe.priority
    yield "form", zeebe.form_id
    yield "service", zeebe.task_type
    yield "retries", zeebe.retries
    yield "script", zeebe.script
    yield "result", zeebe.result_variable
    yield "calls", zeebe.called_process
    yield "decision", zeebe.called_decision
    yield "inputs", _mappings(zeebe.inputs)
    yield "outputs", _mappings(zeebe.outputs)
    for key, value in sorted(zeebe.properties.items()):
        yield f"property:{key}", value
    for key, value in sorted(zeebe.headers.items()):
        yield f"header:{key}", value


def _loop(loop: Loop) -> Iterator[tuple[str, str]]:
    yield "loop", "sequential" if loop.sequential else "parallel"
    yield "loop.over", loop.collection or loop.cardinality
    yield "loop.each", loop.element
    yield "loop.until", loop.completion_condition
    yield "loop.result", f"{loop.output_collection} {loop.output_element}".strip()


def _mappings(lines: tuple[IoMapping, ...]) -> str:
    return "; ".join(f"{line.target} {line.source}" for line in lines)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _set(found: dict[str, str]) -> Facets:
    return {facet: text for facet, text in found.items() if text}
