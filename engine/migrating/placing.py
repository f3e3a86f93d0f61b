"""Where each token of a case stands on another drawing, and which has no place there.

Elements with the same id and kind are the same; others are said by a mapping of ids (of flows as
well, for a token that waits at a join). Nothing is guessed: a token without a place is a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from engine.bpmn.model import Body, EventKind, Kind, Node, TimerKind
from engine.migrating.model import Drawing, Reason, below, label
from engine.migrating.reasons import reason
from engine.semantics.net import event_start
from engine.spiff.standing import Edge, Level, Stand

_JOINS = frozenset({Kind.PARALLEL, Kind.INCLUSIVE})


class Placing:
    """The places of one case; ``reasons`` are why some token has none."""

    def __init__(
        self,
        old: Drawing,
        new: Drawing,
        mapping: Mapping[str, str],
        make_id: Callable[[], UUID],
    ) -> None:
        self.old, self.new, self.mapping = old, new, mapping
        self.make_id = make_id
        self.reasons: list[Reason] = []

    def place(self, standing: Level) -> Level | None:
        """The standing on the new drawing; None when a token has no place."""
        placed = self._level(standing, self.new.main, only_mapped=False)
        return None if self.reasons else placed

    def image(self, element: str) -> str:
        """The id on the new drawing."""
        return self.mapping.get(element, element)

    def _level(self, standing: Level, name: str, *, only_mapped: bool) -> Level:
        before, after = self.old.level(standing.name), self.new.level(name)
        assert before is not None
        assert after is not None
        on = _OnLevel(self, (standing.name, before), (name, after), only_mapped)
        raced = on.races(standing.stands)
        stands = [on.stand(s) for s in standing.stands if s.id not in raced]
        found = [s for s in stands if s is not None] + [s for s in raced.values() if s is not None]
        armed = on.armed(standing)
        return Level(name, tuple(found), armed, self._start(standing.start_at, after))

    def _start(self, start: str | None, body: Body) -> str | None:
        """The start event by which the level began, while it is there."""
        return self.image(start) if start and self.image(start) in body.nodes else None


class _OnLevel:
    """One level of the old drawing and the one that its tokens stand on in the new."""

    def __init__(
        self, placing: Placing, old: tuple[str, Body], new: tuple[str, Body], only_mapped: bool
    ) -> None:
        self.placing, self.only_mapped = placing, only_mapped
        self.was, self.before = old
        self.name, self.after = new

    def stand(self, stand: Stand) -> Stand | None:
        """Where a token stands; None, with a reason, when it has no place."""
        if not stand.node:
            source = self.placing.image(stand.source)
            known = source in self.after.nodes and not self.after.nodes[source].outgoing
            return replace(stand, source=source if known else "")
        old = self.before.nodes[stand.node]
        new = self.counterpart(old)
        if new is None:
            return None
        if old.kind in _JOINS:
            return self._at_join(stand, old, new)
        if not self._repeats_alike(old, new):
            self._no(reason("loop_changed", old.id, label(old, old.id)))
            return None
        moved = replace(stand, node=new.id, source="", above=None)
        moved = replace(moved, edges=self._edges(stand, old, new))
        return self._with_inside(moved, old, new)

    def counterpart(self, old: Node) -> Node | None:
        """The node a token at ``old`` stands at; None, with a reason, when there is none."""
        told = self.placing.mapping.get(old.id)
        name = label(old, old.id)
        if told is None and self.only_mapped:
            self._no(reason("call_changed", old.id, name))
            return None
        new = self.after.nodes.get(told or old.id)
        if new is None:
            elsewhere = self.placing.new.node(told or old.id)
            code = "no_element" if elsewhere is None else "other_level"
            self._no(reason(code, old.id, name))
            return None
        if not same_kind(old, new):
            self._no(reason("other_kind", old.id, name))
            return None
        return new

    def _no(self, why: Reason) -> None:
        self.placing.reasons.append(why)

    # loops, bodies, calls

    def _repeats_alike(self, old: Node, new: Node) -> bool:
        return (old.loop, old.repeat) == (new.loop, new.repeat)

    def _with_inside(self, stand: Stand, old: Node, new: Node) -> Stand | None:
        if stand.inside is None and not stand.runs:
            return stand
        bodies = self._bodies(old, new)
        if bodies is not None and not _alike(*bodies):
            if old.loop is not None or old.repeat is not None:
                self._no(reason("loop_body_changed", old.id, label(old, old.id)))
                return None
            if old.kind is Kind.TRANSACTION:
                self._no(reason("transaction_changed", old.id, label(old, old.id)))
                return None
        runs = [self._with_inside(replace(run, node=new.id), old, new) for run in stand.runs]
        kept = tuple(run for run in runs if run is not None)
        inside = None if stand.inside is None else self._inside(stand.inside, old, new)
        return replace(stand, runs=kept, inside=inside)

    def _bodies(self, old: Node, new: Node) -> tuple[Body, Body] | None:
        """What runs inside an activity on both drawings; None when nothing does."""
        before = self.placing.old.level(below(self.was, old))
        after = self.placing.new.level(below(self.name, new))
        return None if before is None or after is None else (before, after)

    def _inside(self, inside: Level, old: Node, new: Node) -> Level:
        """The level that runs inside; of another procedure that is called each step is told."""
        is_other = old.zeebe.called_process != new.zeebe.called_process
        name = below(self.name, new)
        return self.placing._level(inside, name, only_mapped=is_other)

    # events beside others

    def _edges(self, stand: Stand, old: Node, new: Node) -> tuple[Edge, ...]:
        before, after = self.before.boundaries(old.id), self.after.boundaries(new.id)
        return self._events(stand.edges, before, after)

    def _events(
        self, waiting: Iterable[Edge], before: Iterable[Node], after: Iterable[Node]
    ) -> tuple[Edge, ...]:
        """The events that wait there: those that waited here and are there, and the new ones.

        An event that was here and waits no more has happened; it is not armed again.
        """
        known = {self.placing.image(node.id): node for node in before}
        open_ = {edge.node: edge for edge in waiting}
        found = []
        for node in after:
            was = known.get(node.id)
            if was is None or not same_kind(was, node):
                if node.event.kind is not EventKind.NONE:
                    found.append(Edge(self.placing.make_id(), node.id))
            elif was.id in open_:
                found.append(replace(open_[was.id], node=node.id))
        return tuple(found)

    def armed(self, standing: Level) -> tuple[Edge, ...]:
        """The event sub-processes that are armed; none while one runs that interrupts all."""
        subs = [n for n in self.before.nodes.values() if n.by_event]
        running = {stand.node for stand in standing.stands}
        if any(sub.id in running and event_start(sub).interrupting for sub in subs):
            return ()
        before = [event_start(sub) for sub in subs]
        after = [event_start(n) for n in self.after.nodes.values() if n.by_event]
        return self._events(standing.armed, before, after)

    # event-based gateways

    def races(self, stands: Iterable[Stand]) -> dict[UUID, Stand | None]:
        """The tokens behind event-based gateways, and the new ones, by their own ids."""
        groups: dict[UUID, list[Stand]] = {}
        for stand in stands:
            source = self.before.nodes.get(stand.source)
            if stand.above is not None and source is not None and _is_race(source):
                groups.setdefault(stand.above, []).append(stand)
        found: dict[UUID, Stand | None] = {}
        for above, group in groups.items():
            found.update({stand.id: None for stand in group})
            found.update({stand.id: stand for stand in self._race(above, group)})
        return found

    def _race(self, above: UUID, group: list[Stand]) -> Iterable[Stand]:
        old = self.before.nodes[group[0].source]
        new = self.counterpart(old)
        if new is None:
            return
        targets = [self.after.nodes[self.after.flows[f].target] for f in new.outgoing]
        here = {self.placing.image(stand.node): stand for stand in group}
        kept = {
            t.id: here[t.id]
            for t in targets
            if t.id in here and same_kind(self.before.nodes[here[t.id].node], t)
        }
        if not kept:
            self._no(reason("race_changed", old.id, label(old, old.id)))
        for target in targets:
            blank = Stand(self.placing.make_id(), target.id, group[0].state)
            stand = kept.get(target.id, blank)
            yield replace(stand, node=target.id, source=new.id, above=above)

    # joins

    def _at_join(self, stand: Stand, old: Node, new: Node) -> Stand | None:
        """A token that waits at a join came by a flow; it waits on one there as well."""
        flow = next(
            (
                f.id
                for f in self.before.flows.values()
                if (f.source, f.target) == (stand.source, old.id)
            ),
            "",
        )
        source = self._way_in(flow, stand.source, new)
        if source is None:
            self._no(reason("no_way_in", flow or old.id, label(old, old.id)))
            return None
        return replace(stand, node=new.id, source=source)

    def _way_in(self, flow: str, source: str, join: Node) -> str | None:
        """The node by which a token comes to the join on the new drawing."""
        flows = {f: self.after.flows[f].source for f in join.incoming}
        told = self.placing.mapping.get(flow)
        if told is not None:
            return flows.get(told)
        image = self.placing.image(source)
        if image in flows.values():
            return image
        if flow in flows:
            return flows[flow]
        ahead = self._over_new(image)
        found = {s for s in flows.values() if s in ahead}
        return found.pop() if len(found) == 1 else None

    def _over_new(self, source: str) -> set[str]:
        """What is reached from a node over nodes that the old drawing does not have."""
        known = {self.placing.image(n) for n in self.before.nodes}
        seen: set[str] = set()
        todo = [source] if source in self.after.nodes else []
        while todo:
            here = todo.pop()
            for flow in self.after.nodes[here].outgoing:
                target = self.after.flows[flow].target
                if target not in known and target not in seen:
                    seen.add(target)
                    todo.append(target)
        return seen


def same_kind(old: Node, new: Node) -> bool:
    """Whether a token at one may stand at the other."""
    if old.kind in _JOINS and new.kind in _JOINS:
        return True
    is_cycle = (old.event.timer is TimerKind.CYCLE, new.event.timer is TimerKind.CYCLE)
    return (old.kind, old.event.kind, old.interrupting, old.by_event) == (
        new.kind,
        new.event.kind,
        new.interrupting,
        new.by_event,
    ) and is_cycle[0] == is_cycle[1]


def _is_race(node: Node) -> bool:
    return node.kind is Kind.EVENT_BASED


def _alike(old: Body, new: Body) -> bool:
    """Whether two levels move tokens in the same way; names and people are not looked at."""
    if old.nodes.keys() != new.nodes.keys():
        return False
    ways = [
        sorted((f.source, f.target, f.condition) for f in body.flows.values())
        for body in (old, new)
    ]
    if ways[0] != ways[1]:
        return False
    return all(_alike_nodes(old.nodes[n], new.nodes[n]) for n in old.nodes)


def _alike_nodes(old: Node, new: Node) -> bool:
    facts = [
        (n.kind, n.event, n.attached_to, n.interrupting, n.by_event, n.loop, n.repeat)
        for n in (old, new)
    ]
    if facts[0] != facts[1] or old.zeebe.called_process != new.zeebe.called_process:
        return False
    if old.body is None or new.body is None:
        return old.body is new.body
    return _alike(old.body, new.body)
