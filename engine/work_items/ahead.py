"""What comes after a step by the drawing: the steps of people that its exits lead to.

Nothing is run for it: a draw or a score is not known before somebody has pressed the button. Where
a question stands on the way, each answer is told and none is certain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn.model import Body, Flow, Kind, Node
from engine.definitions.bundles import Bundle

MOST = 8
_CHOICES = (Kind.EXCLUSIVE, Kind.INCLUSIVE, Kind.EVENT_BASED)
_WAITS = (Kind.CATCH, Kind.RECEIVE_TASK)


@dataclass(frozen=True)
class Ahead:
    """A step that may be next: its node, the answer that leads there, whether it is certain.

    No node: the case ends.
    """

    node: Node | None
    answer: str
    is_certain: bool


@dataclass(frozen=True)
class _Place:
    """A node on a level, and where the level goes on when it is over."""

    node: Node
    body: Body
    above: _Place | None


def steps_ahead(bundle: Bundle, element: str) -> list[Ahead]:
    """The steps of people that may come next, in the order of the drawing, at most a few."""
    start = _find(bundle, element)
    found: dict[tuple[str, str], Ahead] = {}
    for one in _after(bundle, start, "", True, frozenset()) if start else ():
        key = (one.node.id if one.node else "", one.answer)
        found.setdefault(key, one)
        if len(found) > MOST:
            break
    return list(found.values())[:MOST]


def _find(bundle: Bundle, element: str) -> _Place | None:
    """The node with what is around it; a called procedure goes on where it is called."""
    for process in bundle.processes.values():
        place = _within(process.body, element, _caller(bundle, process.id))
        if place is not None:
            return place
    return None


def _caller(bundle: Bundle, process_id: str) -> _Place | None:
    if process_id == bundle.procedure:
        return None
    for process in bundle.processes.values():
        for node in process.body.walk():
            if node.kind is Kind.CALL_ACTIVITY and node.zeebe.called_process == process_id:
                return _within(process.body, node.id, _caller(bundle, process.id))
    return None


def _within(body: Body, element: str, above: _Place | None) -> _Place | None:
    for node in body.nodes.values():
        here = _Place(node, body, above)
        if node.id == element:
            return here
        inner = _within(node.body, element, here) if node.body is not None else None
        if inner is not None:
            return inner
    return None


def _after(
    bundle: Bundle, place: _Place, answer: str, certain: bool, seen: frozenset[str]
) -> Iterator[Ahead]:
    """What follows a node that is done."""
    flows = [place.body.flows[name] for name in place.node.outgoing]
    is_question = len(flows) > 1 and (
        place.node.kind in _CHOICES or any(flow.condition for flow in flows)
    )
    if not flows:
        if place.above is None:
            yield Ahead(None, answer, certain)
        else:
            yield from _after(bundle, place.above, answer, certain, seen)
    for flow in flows:
        told = _told(flow, answer) if is_question else answer
        target = _Place(place.body.nodes[flow.target], place.body, place.above)
        yield from _at(bundle, target, told, certain and not is_question, seen)


def _told(flow: Flow, before: str) -> str:
    return "，".join(part for part in (before, flow.name) if part)


def _at(
    bundle: Bundle, place: _Place, answer: str, certain: bool, seen: frozenset[str]
) -> Iterator[Ahead]:
    """What a token meets that arrives at a node."""
    node = place.node
    if node.id in seen:
        return
    seen |= {node.id}
    if node.kind is Kind.USER_TASK or node.kind in _WAITS:
        yield Ahead(node, answer, certain)
        return
    inner: Body | None = node.body
    if node.kind is Kind.CALL_ACTIVITY and node.zeebe.called_process in bundle.processes:
        inner = bundle.processes[node.zeebe.called_process].body
    if inner is not None:
        for start in inner.starts():
            yield from _after(bundle, _Place(start, inner, place), answer, certain, seen)
        return
    yield from _after(bundle, place, answer, certain, seen)
