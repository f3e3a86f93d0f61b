"""The net of a process: every place a token can be, compiled once from the frozen model.

A *spot* is a node, or a flow into a join: only there a token waits on its flow. Spots are
numbered over all levels of a process and of everything it calls, so that a marking is made of small
integers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import combinations

from engine.bpmn.model import Body, EventKind, Kind, Node, Process, TimerKind
from engine.errors import Invalid
from engine.semantics.closed import is_closed

MOST_CONDITIONS = 10
MOST_DEPTH = 20
_JOINS = frozenset({Kind.PARALLEL, Kind.INCLUSIVE})


class NotCovered(Invalid):
    """The diagram holds something whose meaning this module does not know."""

    code = "semantics_not_covered"


class Act(Enum):
    """What happens at a spot."""

    PERSON = auto()
    WAIT = auto()
    RACE = auto()
    PASS = auto()
    DO = auto()
    STEP = auto()
    BODY = auto()
    AND = auto()
    OR = auto()
    TERMINATE = auto()
    ERROR = auto()
    ESCALATE = auto()
    SIGNAL = auto()
    END = auto()
    ARMED = auto()
    """What stands for the start events of a level's event sub-processes; they are its edges."""


@dataclass(frozen=True)
class Exit:
    """One way out of a spot: the flows taken and the spots that get a token."""

    flows: tuple[str, ...]
    spots: tuple[int, ...]


@dataclass(frozen=True)
class Spot:
    """A place for tokens. ``flow`` is set for the spots before a join, ``join`` lists them all."""

    index: int
    level: str
    node: Node
    act: Act
    flow: str = ""
    exits: tuple[Exit, ...] = ()
    join: tuple[int, ...] = ()
    edges: tuple[int, ...] = ()
    targets: tuple[int, ...] = ()
    body: str = ""
    is_unknown: bool = False
    ahead: tuple[int, ...] = ()

    @property
    def is_activity(self) -> bool:
        """Whether items here count instances."""
        return self.act in _ACTIVE


# A tuple is looked through by identity, where a set would ask each member for its hash first.
_ACTIVE = (Act.PERSON, Act.WAIT, Act.DO, Act.STEP, Act.BODY)
_DOING = frozenset({Kind.SERVICE_TASK, Kind.SEND_TASK, Kind.SCRIPT_TASK, Kind.BUSINESS_RULE_TASK})
_PASSING = frozenset(
    {Kind.TASK, Kind.MANUAL_TASK, Kind.EXCLUSIVE, Kind.START, Kind.BOUNDARY, *_JOINS}
)
_THROWING = {
    EventKind.NONE: Act.PASS,
    EventKind.MESSAGE: Act.DO,
    EventKind.SIGNAL: Act.SIGNAL,
    EventKind.ERROR: Act.ERROR,
    EventKind.CANCEL: Act.ERROR,
    EventKind.ESCALATION: Act.ESCALATE,
    EventKind.TERMINATE: Act.TERMINATE,
}
_AWAITED = frozenset({EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.CONDITIONAL})
_ARMED = ":armed:"
_EDGES = _AWAITED | {EventKind.ERROR, EventKind.CANCEL, EventKind.ESCALATION}


class Net:
    """The spots of a process and of all it calls; immutable once made.

    With ``closing`` an activity inside which nothing happens that concerns what is around it is
    one spot that is waited at, and its level is left out.
    """

    def __init__(
        self, process: Process, called: Mapping[str, Process], *, closing: bool = False
    ) -> None:
        self._called = called
        self._closing = closing
        self._closed: dict[str, bool] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self.spots: list[Spot] = []
        self.main = process.id
        self.levels: dict[str, Body] = {}
        for name, body in self._all_levels(process):
            self.levels[name] = body
            self._number(name, body)
        self.spots = [self._wired(spot) for spot in self.spots]
        self.starts = {name: self._start(name) for name in self.levels}
        self.entries = self._entries(process)
        self.armed = self._of_armed()
        self._reach: dict[tuple[int, int], frozenset[int]] = {}
        self._regions: dict[tuple[str, str], frozenset[int]] = {}

    def at(self, level: str, node_id: str) -> Spot | None:
        """The spot of a node on a level, if it has one of its own."""
        number = self._numbers.get((level, node_id))
        return None if number is None else self.spots[number]

    def reach(self, join: Spot, spot: int) -> frozenset[int]:
        """The flow spots of a join that a token at ``spot`` can come to without passing it."""
        key = (join.join[0], spot)
        if key not in self._reach:
            # the events on the border of an activity that runs are tokens of their own
            edges = self.spots[spot].edges
            seen, todo = set[int](), [s for s in self.spots[spot].ahead if s not in edges]
            while todo:
                here = todo.pop()
                if here not in seen:
                    seen.add(here)
                    todo += () if here in join.join else self.spots[here].ahead
            self._reach[key] = frozenset(seen.intersection(join.join))
        return self._reach[key]

    def region(self, level: str, target: str) -> frozenset[int]:
        """The spots whose tokens a return to ``target`` withdraws.

        All that the target's token can come to; a join that also waits for a flow from elsewhere
        ends the region, and the tokens that wait there by a flow from the region belong to it.
        """
        key = (level, target)
        if key not in self._regions:
            nodes = _region(self.levels[level], target)
            self._regions[key] = frozenset(
                s.index for s in self.spots if s.level == level and _source(s, self) in nodes
            )
        return self._regions[key]

    def _all_levels(self, process: Process) -> Iterator[tuple[str, Body]]:
        todo: list[tuple[str, Body, tuple[str, ...]]] = [(process.id, process.body, (process.id,))]
        seen: set[str] = set()
        while todo:
            name, body, around = todo.pop()
            if len(around) > MOST_DEPTH:
                raise _refused(process.id, "nesting")
            if name not in seen:
                yield name, body
            seen.add(name)
            for node in body.nodes.values():
                inner = self._inner(name, node)
                if inner is None or (self._closing and self._is_closed(inner)):
                    continue
                if inner.id in around:
                    raise _refused(node.id, "recursive call")
                todo.append((inner.id, inner.body, (*around, inner.id)))

    def _inner(self, level: str, node: Node) -> Process | None:
        """The level that runs inside an activity."""
        if node.kind is Kind.CALL_ACTIVITY:
            return self._called.get(node.zeebe.called_process)
        return None if node.body is None else Process(f"{level}/{node.id}", "", node.body)

    def _is_closed(self, inner: Process) -> bool:
        if inner.id not in self._closed:
            self._closed[inner.id] = False  # the answer for a process that calls itself
            self._closed[inner.id] = is_closed(inner.body, self._is_called_closed)
        return self._closed[inner.id]

    def _is_called_closed(self, name: str) -> bool:
        process = self._called.get(name)
        return process is not None and self._is_closed(process)

    def closed(self) -> Iterator[tuple[Spot, Process]]:
        """The activities whose level was left out, with that level."""
        for spot in self.spots:
            inner = self._inner(spot.level, spot.node)
            if inner is not None and spot.act is Act.WAIT:
                yield spot, inner

    def _of_armed(self) -> dict[str, int]:
        """The spot, by level, that arms its event sub-processes."""
        return {s.level: s.index for s in self.spots if s.act is Act.ARMED}

    def sub_of(self, start: int) -> int:
        """The event sub-process that a start event among the edges of an armed spot begins."""
        return self.spots[start].ahead[0]

    def _number(self, name: str, body: Body) -> None:
        subs = [node for node in body.nodes.values() if node.by_event]
        if subs:
            self._add(name, _ARMED, Node("", Kind.START), Act.ARMED)
        for node in subs:
            self._add(name, f"{_ARMED}{node.id}", event_start(node), Act.PASS)
        for node in body.nodes.values():
            act = self._act(name, node)
            if node.kind in _JOINS and len(node.incoming) > 1:
                rule = Act.AND if node.kind is Kind.PARALLEL else Act.OR
                for flow in node.incoming:
                    self._add(name, f"{node.id}<{flow}", node, rule, flow)
            self._add(name, node.id, node, act)

    def _add(self, level: str, key: str, node: Node, act: Act, flow: str = "") -> None:
        self._numbers[(level, key)] = len(self.spots)
        self.spots.append(Spot(len(self.spots), level, node, act, flow))

    def _act(self, level: str, node: Node) -> Act:
        act = self._simple(node)
        inner = self._inner(level, node)
        if inner is None:
            act = Act.WAIT if node.kind is Kind.CALL_ACTIVITY else act
        elif self._closing and self._is_closed(inner):
            act = Act.WAIT
        if act is None:
            raise _refused(node.id, node.kind.value)
        return act

    def _simple(self, node: Node) -> Act | None:
        kind, event = node.kind, node.event.kind
        if kind is Kind.END and event is EventKind.NONE:
            return Act.END
        if kind in {Kind.TASK, Kind.MANUAL_TASK} and (node.loop or node.repeat):
            return Act.STEP
        if event is EventKind.LINK:
            return Act.PASS if kind in {Kind.CATCH, Kind.THROW} else None
        if kind in {Kind.END, Kind.THROW}:
            return _THROWING.get(event)
        if kind is Kind.BOUNDARY and event not in _EDGES:
            return None
        if kind is Kind.CATCH and event not in _AWAITED:
            return None
        return next((act for kinds, act in _ACTS if kind in kinds), None)

    def _wired(self, spot: Spot) -> Spot:
        body, node = self.levels[spot.level], spot.node
        if spot.act is Act.ARMED:
            subs = (n for n in body.nodes.values() if n.by_event)
            edges = tuple(self._numbers[(spot.level, f"{_ARMED}{n.id}")] for n in subs)
            return replace(spot, edges=edges, ahead=edges)
        if node.id not in body.nodes:
            sub = next(n for n in body.nodes.values() if n.by_event and event_start(n) is node)
            return replace(spot, ahead=(self._numbers[(spot.level, sub.id)],))
        exits = tuple(
            Exit(flows, tuple(self._entry(spot.level, body, f) for f in flows))
            for flows in ways_out(node, body)
        )
        edges = tuple(self._numbers[(spot.level, b.id)] for b in body.boundaries(node.id))
        join = tuple(
            self._numbers[(spot.level, f"{node.id}<{f}")] for f in node.incoming if spot.flow
        )
        every = tuple(self._entry(spot.level, body, f) for f in node.outgoing)
        ahead = (*every, *edges)
        if node.kind is Kind.EVENT_BASED:
            return replace(spot, exits=exits, join=join, ahead=ahead, targets=every)
        inner = self._inner(spot.level, node)
        return replace(
            spot,
            exits=exits,
            join=join,
            ahead=ahead,
            edges=edges,
            body=inner.id if inner is not None and spot.act is Act.BODY else "",
            is_unknown=node.kind is Kind.CALL_ACTIVITY and inner is None,
        )

    def _entry(self, level: str, body: Body, flow: str) -> int:
        target = body.flows[flow].target
        waiting = self._numbers.get((level, f"{target}<{flow}"))
        return self._numbers[(level, target)] if waiting is None else waiting

    def _start(self, level: str) -> int:
        starts = self.levels[level].starts()
        plain = [n for n in starts if n.event.kind is EventKind.NONE]
        chosen = plain or starts
        if len(plain) > 1 or not chosen or (level != self.main and len(chosen) > 1):
            raise _refused(level, "start events")
        return self._numbers[(level, chosen[0].id)]

    def _entries(self, process: Process) -> tuple[int, ...]:
        """The start events at which a case may begin, the one of people first."""
        first = self.starts[process.id]
        every = (self._numbers[(process.id, n.id)] for n in process.body.starts())
        return (first, *(number for number in every if number != first))


_ACTS: tuple[tuple[frozenset[Kind], Act], ...] = (
    (frozenset({Kind.USER_TASK}), Act.PERSON),
    (frozenset({Kind.RECEIVE_TASK, Kind.CATCH}), Act.WAIT),
    (frozenset({Kind.EVENT_BASED}), Act.RACE),
    (frozenset({Kind.SUB_PROCESS, Kind.TRANSACTION, Kind.CALL_ACTIVITY}), Act.BODY),
    (_DOING, Act.DO),
    (_PASSING, Act.PASS),
)


def event_start(node: Node) -> Node:
    """The start event of an event sub-process."""
    starts = () if node.body is None else node.body.starts()
    if len(starts) != 1 or starts[0].event.kind not in _EDGES:
        raise _refused(node.id, "start of an event sub-process")
    return starts[0]


def is_counted(node: Node) -> bool:
    """Whether a repeating timer has, or may have, a last round."""
    if node.event.timer is not TimerKind.CYCLE or node.interrupting:
        return False
    return not node.event.expression.strip().startswith("R/")


def ways_out(node: Node, body: Body) -> list[tuple[str, ...]]:
    """Every set of flows a token may leave a node by; data decide which."""
    flows = node.outgoing
    if node.kind is Kind.EXCLUSIVE:
        return [(flow,) for flow in flows] or [()]
    if node.kind in {Kind.PARALLEL, Kind.EVENT_BASED}:
        return [flows]
    chosen = [f for f in flows if body.flows[f].condition and f != node.default]
    if len(chosen) > MOST_CONDITIONS:
        raise _refused(node.id, "conditions")
    taken: list[tuple[str, ...]] = []
    for size in range(len(chosen) + 1):
        for some in combinations(chosen, size):
            left = {*chosen, node.default} - {*some}
            taken.append(tuple(f for f in flows if f not in left))
    if chosen and not taken[0] and node.default:
        taken[0] = (node.default,)
    elif node.default and not chosen:
        taken = [tuple(f for f in flows if f != node.default) or (node.default,)]
    return [way for way in taken if way or not flows]


def _region(body: Body, target: str) -> set[str]:
    inside: set[str] = set()
    todo = [target]
    while todo:
        here = todo.pop()
        if here in inside or (here != target and not _opens(body, here, inside)):
            continue
        inside.add(here)
        todo += [body.flows[f].target for f in body.nodes[here].outgoing]
        todo += [b.id for b in body.boundaries(here)]
    return inside


def _opens(body: Body, node_id: str, inside: Iterable[str]) -> bool:
    node = body.nodes[node_id]
    return node.kind not in _JOINS or {body.flows[f].source for f in node.incoming} <= set(inside)


def _source(spot: Spot, net: Net) -> str:
    return net.levels[spot.level].flows[spot.flow].source if spot.flow else spot.node.id


def _refused(element: str, what: str) -> NotCovered:
    return NotCovered(
        "流程语义模块不认识该构造", "the semantics does not know this", element=element, what=what
    )
