"""Which steps of a drawing a case would never come to though everybody else has to take them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set

from engine.bpmn.model import Body, Kind, Node
from engine.gate.rigid import is_rigid
from engine.migrating.model import Drawing, Reason, label
from engine.migrating.reasons import reason
from engine.spiff.standing import Level

_STEPS = frozenset(
    {
        *(Kind.USER_TASK, Kind.SERVICE_TASK, Kind.SEND_TASK, Kind.BUSINESS_RULE_TASK),
        *(Kind.CALL_ACTIVITY, Kind.SUB_PROCESS, Kind.TRANSACTION, Kind.RECEIVE_TASK),
    }
)
_CHOOSING = frozenset({Kind.EXCLUSIVE, Kind.INCLUSIVE, Kind.EVENT_BASED})


def skipped(
    drawing: Drawing, standing: Level, known: Collection[str], done: Set[str]
) -> Iterator[Reason]:
    """The obligatory steps that lie behind a case, which has not taken them and need not now.

    A step that a return would lead to may still be passed by; one that lies on every way to the
    end is not behind. ``known`` are the steps that the old drawing has, ``done`` those the case has
    passed, both by their ids on the new drawing. A rigid step is never skipped.
    """
    body = drawing.level(standing.name)
    assert body is not None
    here = {stand.node for stand in standing.stands if stand.node}
    came = {stand.source for stand in standing.stands if stand.source in body.nodes}
    for node in body.nodes.values():
        if node.kind not in _STEPS or node.by_event or node.id in done or node.id in here:
            continue
        is_behind = node.id in came or _is_needed(body, node.id, here | came)
        if is_behind and not any(_must_pass(body, place, node.id) for place in here):
            yield _said(node, node.id in known)
    for stand in standing.stands:
        for inside in (stand.inside, *(run.inside for run in stand.runs)):
            if inside is not None:
                yield from skipped(drawing, inside, known, done)


def _said(node: Node, is_known: bool) -> Reason:
    if is_rigid(node):
        return reason("skips_rigid", node.id, label(node, node.id))
    return reason("skips_undone" if is_known else "skips_new", node.id, label(node, node.id))


def _is_needed(body: Body, step: str, places: Collection[str]) -> bool:
    """Whether nobody comes to one of the places without the step being taken."""
    around = _without(body, step)
    if not around.issuperset(places):
        return True
    forks = (n for n in body.nodes.values() if n.kind is Kind.PARALLEL and len(n.outgoing) > 1)
    return any(
        step in _certain(body, fork) and not _without(body, fork.id).issuperset(places)
        for fork in forks
    )


def _without(body: Body, step: str) -> set[str]:
    """The nodes that can be come to without a step: a parallel join needs all its flows."""
    found = {n.id for n in body.starts()} | {n.id for n in body.nodes.values() if n.by_event}
    is_growing = True
    while is_growing:
        fresh = {n.id for n in body.nodes.values() if n.id not in found and n.id != step}
        fresh = {name for name in fresh if _is_fed(body, body.nodes[name], found)}
        found |= fresh
        is_growing = bool(fresh)
    return found


def _is_fed(body: Body, node: Node, found: Collection[str]) -> bool:
    if node.attached_to:
        return node.attached_to in found
    sources = [body.flows[f].source in found for f in node.incoming]
    return bool(sources) and (all(sources) if node.kind is Kind.PARALLEL else any(sources))


def _must_pass(body: Body, place: str, step: str) -> bool:
    """Whether a token at a place comes to no end but by way of the step.

    An event that does not interrupt adds a token and leads this one nowhere else.
    """
    seen = {step}
    todo = [place]
    while todo:
        name = todo.pop()
        if name in seen or name not in body.nodes:
            continue
        node = body.nodes[name]
        seen.add(name)
        if not node.outgoing:
            return False
        todo += [body.flows[f].target for f in node.outgoing]
        todo += [edge.id for edge in body.boundaries(name) if edge.interrupting]
    return True


def _certain(body: Body, fork: Node) -> set[str]:
    """The nodes that are taken whenever a parallel gateway has split."""
    seen: set[str] = set()
    todo = [fork.id]
    while todo:
        node = body.nodes[todo.pop()]
        flows = [body.flows[f] for f in node.outgoing]
        is_open = len(flows) > 1 and node.kind in _CHOOSING
        is_open = is_open or any(flow.condition for flow in flows)
        stops = any(edge.interrupting for edge in body.boundaries(node.id))
        if is_open or stops or (node.kind is Kind.PARALLEL and node is not fork):
            continue
        fresh = [flow.target for flow in flows if flow.target not in seen]
        seen.update(fresh)
        todo += fresh
    return seen


def ahead_of(body: Body, here: Collection[str]) -> set[str]:
    """The nodes that tokens at these nodes may come to, those included."""
    seen: set[str] = set()
    todo = [name for name in here if name in body.nodes]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += [body.flows[f].target for f in body.nodes[name].outgoing]
            todo += [edge.id for edge in body.boundaries(name)]
    return seen
