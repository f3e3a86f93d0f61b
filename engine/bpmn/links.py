"""Link events: a throw leads to the catch of the same name on its level, as if by a flow.

The reader draws that flow, so that engine, proof and gate know sequence flows and nothing else.
"""

from __future__ import annotations

from dataclasses import replace

from engine.bpmn.model import EventKind, Flow, Kind, Node
from engine.bpmn.references import Context


def join_links(
    nodes: dict[str, Node], flows: dict[str, Flow], context: Context
) -> tuple[dict[str, Node], dict[str, Flow]]:
    """The nodes and flows of a level with a flow from every link throw to its catch."""
    links = [node for node in nodes.values() if node.event.kind is EventKind.LINK]
    if not links:
        return nodes, flows
    catches = _catches(links, context)
    nodes, flows = dict(nodes), dict(flows)
    for link in links:
        if link.kind is not Kind.THROW or not _is_named(link, context):
            continue
        if link.outgoing:
            context.findings.add("link-throw-outgoing", link.id, link.name)
        catch = catches.get(link.event.ref)
        if catch is None:
            context.findings.add("link-target-missing", link.id, link.name, link=link.event.ref)
            continue
        flow = Flow(_flow_id(link.id, context), "", link.id, catch.id, is_drawn=False)
        flows[flow.id] = flow
        throw, target = nodes[link.id], nodes[catch.id]
        nodes[link.id] = replace(throw, outgoing=(*throw.outgoing, flow.id))
        nodes[catch.id] = replace(target, incoming=(*target.incoming, flow.id))
    return nodes, flows


def _catches(links: list[Node], context: Context) -> dict[str, Node]:
    """The catch of every link name; a second one of a name is a finding."""
    found: dict[str, Node] = {}
    for link in links:
        if link.kind is not Kind.CATCH or not _is_named(link, context):
            continue
        if link.incoming:
            context.findings.add("link-catch-incoming", link.id, link.name)
        first = found.setdefault(link.event.ref, link)
        if first is not link:
            facts = {"link": link.event.ref, "other": first.name or first.id}
            context.findings.add("link-target-twice", link.id, link.name, **facts)
    return found


def _is_named(link: Node, context: Context) -> bool:
    if not link.event.ref:
        context.findings.add("link-name-missing", link.id, link.name)
    return bool(link.event.ref)


def _flow_id(throw: str, context: Context) -> str:
    """An id that nothing in the file has: the same on every reading."""
    new = f"Link_{throw}"
    while new in context.ids:
        new += "_"
    context.ids.add(new)
    return new
