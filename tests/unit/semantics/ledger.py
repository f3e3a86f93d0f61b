"""An account of what comes to every join, kept from the engine's own report and nothing else.

It knows neither tokens nor markings: a flow is credited when its source is left by it and debited
when its join is passed. A join that is passed with nothing on a flow it needs has let an approval
slip.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from engine.bpmn.model import Body, Kind, Node, Process
from engine.spiff.machine import Passed

_JOINS = frozenset({Kind.PARALLEL, Kind.INCLUSIVE})
Open = Mapping[str, set[object]]
"""Per level: the nodes at which somebody is awaited, each with the token's id."""


class Ledger:
    """The account of one case. Levels that run several times at once are left out."""

    def __init__(self, processes: Iterable[Process]) -> None:
        self.bodies: dict[str, Body] = {}
        self.called: dict[str, str] = {}
        self.stopped: dict[str, str] = {}
        self.credit: Counter[tuple[str, str]] = Counter()
        self.joins = self.skipped = 0
        self.is_open = True
        by_id = {p.id: p for p in processes}
        main = next(iter(by_id.values()))
        self._gather(main.id, main.body, by_id)

    def _gather(self, name: str, level: Body, by_id: Mapping[str, Process]) -> None:
        self.bodies[name] = level
        for node in level.nodes.values():
            if node.loop is not None or node.repeat is not None:
                continue
            inner, target = f"{name}/{node.id}", node.body
            if node.kind is Kind.CALL_ACTIVITY:
                inner = node.zeebe.called_process
                target = by_id[inner].body
            if target is not None:
                if node.by_event and target.starts()[0].interrupting:
                    self.stopped[inner] = name
                self.called[f"{name}/{node.id}"] = inner
                self._gather(inner, target, by_id)

    def note(self, passed: Iterable[Passed], stayed: Mapping[str, set[str]]) -> None:
        """Book one command; ``stayed`` has, by level, the steps that waited before and still do."""
        for step in passed:
            level = self.bodies.get(step.process)
            if level is None or not self.is_open:
                continue
            node = level.nodes[step.node]
            if node.kind in _JOINS and len(node.incoming) > 1:
                self._join(step.process, level, node, stayed.get(step.process, set()))
            self._reset(step.process, node)
            if node.kind is Kind.START and step.process in self.stopped:
                self._clear(self.stopped[step.process])  # all beside it was withdrawn
            for flow in step.flows:
                self.credit[(step.process, flow)] += 1

    def leave_out(self, levels: Iterable[str]) -> None:
        """Keep no account of these levels any more, nor of those inside them."""
        for name in levels:
            level = self.bodies.pop(name, None)
            if level is not None:
                keys = (f"{name}/{node_id}" for node_id in level.nodes)
                self.leave_out(self.called[key] for key in keys if key in self.called)

    def _join(self, name: str, level: Body, node: Node, stayed: set[str]) -> None:
        self.joins += 1
        empty = {f for f in node.incoming if self.credit[(name, f)] < 1}
        filled = set(node.incoming) - empty
        if node.kind is Kind.PARALLEL:
            self.skipped += bool(empty)
        elif empty:
            reached = [_reach(level, step, node) for step in stayed]
            self.skipped += any(r & empty and not r & filled for r in reached)
        for flow in filled:
            self.credit[(name, flow)] -= 1

    def _reset(self, name: str, node: Node) -> None:
        """What ran inside an activity that has ended or was interrupted counts no more."""
        held = node.attached_to if node.kind is Kind.BOUNDARY and node.interrupting else node.id
        inner = self.called.get(f"{name}/{held}")
        if inner is not None:
            self._clear(inner)

    def _clear(self, name: str) -> None:
        if name not in self.bodies:
            return
        for key in list(self.credit):
            if key[0] == name:
                del self.credit[key]
        for below in self.bodies[name].nodes.values():
            self._reset(name, below)


def _reach(level: Body, start: str, join: Node) -> set[str]:
    """The flows that can be come to from a step without passing the join."""
    node = level.nodes[start]
    flows, seen = set(node.outgoing), {join.id}
    todo = [level.flows[f].target for f in node.outgoing]
    while todo:
        here = todo.pop()
        if here in seen:
            continue
        seen.add(here)
        out = level.nodes[here].outgoing
        flows.update(out)
        todo += [level.flows[f].target for f in out]
        todo += [b.id for b in level.boundaries(here)]
    return flows
