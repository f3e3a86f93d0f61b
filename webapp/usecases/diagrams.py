"""Where a case stands on its diagrams: what is done, taken, active and stuck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from engine.bpmn.model import Body, Node
from engine.definitions.bundles import Bundle

WAITS = "…"
"""Marks an event that nobody works on: the case waits for it."""


def diagram_states(
    bundle: Bundle,
    facts: Sequence[Any],
    open_items: Sequence[Any],
    troubles: Sequence[Any],
    names: Mapping[UUID, str],
    events: Sequence[str] = (),
    *,
    seen: frozenset[str] | None = None,
) -> list[dict[str, Any]]:
    """One entry a process the case has been in, the case's own process first.

    ``active`` says with whom an element is, or how many items stand there, and is empty for the
    ``events`` the case waits for; ``now`` and ``past`` name the elements in words. Only elements
    that are ``seen`` are marked, if these are given, and no flows.
    """
    passed = [step for fact in facts for step in (fact.content or {}).get("passed", ())]
    nodes = {step[0] for step in passed}
    taken = {flow for step in passed for flow in step[1:]}
    active = {**dict.fromkeys(events, WAITS), **_active(open_items, names)}
    stuck = {row.element: "!" for row in troubles}
    found = []
    for ref, process in bundle.processes.items():
        own = {node.id: node for node in process.body.walk()}
        flows = _flow_ids(process.body)
        done = [n.id for n in own.values() if n.id in nodes and _was_reached(n, taken)]
        done = [n for n in done if seen is None or n in seen]
        here = own.keys() & active.keys()
        here = here if seen is None else here & seen
        if ref != bundle.procedure and not (done or here or own.keys() & stuck.keys()):
            continue
        inside = _calls_with_work(bundle, ref, active)
        inside = {n: text for n, text in inside.items() if seen is None or n in seen}
        found.append(
            {
                "process": ref,
                "name": process.name,
                "state": {
                    "done": sorted(done),
                    "taken": sorted(flows & taken) if seen is None else [],
                    "active": {**inside, **{n: active[n] for n in sorted(here)}},
                    "stuck": {n: stuck[n] for n in sorted(own.keys() & stuck.keys())},
                },
                "now": [own[n].name or n for n in [*inside, *sorted(here)]],
                "past": [n.name for n in own.values() if n.id in done and n.name],
            }
        )
    found.sort(key=lambda entry: entry["process"] != bundle.procedure)
    return found


def _active(open_items: Sequence[Any], names: Mapping[UUID, str]) -> dict[str, str]:
    """The text on each element with open items: its holder's name, or how many there are."""
    counts = Counter(item.element for item in open_items)
    return {
        item.element: str(counts[item.element])
        if counts[item.element] > 1
        else names.get(item.holder, "")
        for item in open_items
    }


def _was_reached(node: Node, taken: set[str]) -> bool:
    """Whether a token came along a flow of this very process: two processes of a bundle may
    hold nodes with the same id, flows are their own."""
    return not node.incoming or any(flow in taken for flow in node.incoming)


def _calls_with_work(bundle: Bundle, ref: str, active: Mapping[str, str]) -> dict[str, str]:
    """Call activities of a process whose called process has open work, and how much."""
    marked = {}
    for node in bundle.processes[ref].body.walk():
        called = bundle.processes.get(node.zeebe.called_process)
        inner = [] if called is None else [n for n in called.body.walk() if n.id in active]
        if inner:
            marked[node.id] = active[inner[0].id] if len(inner) == 1 else str(len(inner))
    return marked


def _flow_ids(body: Body) -> set[str]:
    ids = {flow.id for flow in body.flows.values() if flow.is_drawn}
    for node in body.nodes.values():
        if node.body is not None:
            ids |= _flow_ids(node.body)
    return ids
