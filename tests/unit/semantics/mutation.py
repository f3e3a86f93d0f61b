"""Random processes: nested blocks, and the same torn apart by rewiring and other elements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from engine.bpmn.model import (
    GATEWAYS,
    Body,
    Event,
    EventKind,
    Kind,
    Loop,
    Node,
    Process,
    Repeat,
    TimerKind,
    Zeebe,
)
from engine.gate.graph import automatic_cycle, successors
from tests.unit.spiff.blocks import Maker, drawn, walk
from tests.unit.spiff.drawing import body, node

_LOOPED = (Kind.USER_TASK, Kind.SERVICE_TASK, Kind.TASK, Kind.SUB_PROCESS, Kind.CALL_ACTIVITY)
_MANIFOLD = (
    Kind.RECEIVE_TASK,
    Kind.SCRIPT_TASK,
    Kind.SEND_TASK,
    Kind.BUSINESS_RULE_TASK,
    Kind.TASK,
    Kind.MANUAL_TASK,
)
_GATEWAYS = (Kind.EXCLUSIVE, Kind.PARALLEL, Kind.INCLUSIVE)
_CAUGHT = (EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.ERROR)
_ENDS = (EventKind.ERROR, EventKind.ESCALATION, EventKind.TERMINATE, EventKind.MESSAGE)
_THROWN = (EventKind.SIGNAL, EventKind.ESCALATION, EventKind.MESSAGE, EventKind.NONE)
CODES = ("E1", "E2")
WIDE = 1_000_000
"""From this seed on processes hold everything that is drawn; those before stay as they were."""
_REFS = {EventKind.ERROR: CODES, EventKind.ESCALATION: CODES, EventKind.SIGNAL: ("S",)}


class Drawn:
    """One level that is being changed: its nodes, and its flows as lines."""

    def __init__(self, level: Body) -> None:
        self.nodes = dict(level.nodes)
        self.flows = [(f.source, f.target, f.condition) for f in level.flows.values()]

    def made(self) -> Body:
        """The level as it is now."""
        lines = (f"{s} -> {t}" + (f" if {c}" if c else "") for s, t, c in self.flows)
        plain = (replace(n, default="") if n.default else n for n in self.nodes.values())
        return body(list(plain), *lines)

    def of(self, *kinds: Kind) -> list[Node]:
        """The nodes of these kinds."""
        return [n for n in self.nodes.values() if n.kind in kinds]

    def targets(self) -> list[str]:
        """The nodes a flow may be led to."""
        fed = {t for s, t, _ in self.flows if self.nodes[s].kind is Kind.EVENT_BASED}
        closed = {Kind.START, Kind.BOUNDARY}
        return [n.id for n in self.nodes.values() if n.kind not in closed and n.id not in fed]


class Tearer:
    """Changes a process at random; the same seed always makes the same."""

    def __init__(self, seed: int, *, rough: bool = False) -> None:
        self.random = Random(seed)
        self.made = 0
        self.rough = rough
        self.wide = seed >= WIDE

    def torn(self, process: Process) -> Process:
        """The process with a few changes on any of its levels."""
        return replace(process, body=self._level(process.body))

    def _level(self, level: Body) -> Body:
        inner = {
            n.id: replace(n, body=self._level(n.body)) if n.body is not None else n
            for n in level.nodes.values()
        }
        changed = Drawn(Body(inner, level.flows))
        acts: tuple[Callable[[Drawn], None], ...] = (
            self._rewire,
            self._rewire,
            self._regate,
            self._retype,
            self._border,
            self._end,
            self._give_back,
            self._conditional_loop,
        )
        if self.wide:
            acts += (self._split_here, self._split_here, self._link)
            acts += (self._again, self._many, self._many, self._transaction)
        if self.rough:
            acts = (self._end, self._border, self._border, self._retype, self._give_back)
        for _ in range(self.random.randint(4, 8) if self.rough else self.random.randint(1, 4)):
            self.random.choice(acts)(changed)
        found = changed.made()
        return level if _spins(found) else found

    def _name(self) -> str:
        self.made += 1
        return f"n{self.made}_{self.random.randrange(10**6)}"

    def _event(self, kind: EventKind) -> Event:
        return Event(kind, ref=self.random.choice((*_REFS.get(kind, ("M",)),)))

    def _rewire(self, level: Drawn) -> None:
        place = self.random.randrange(len(level.flows))
        source, _, condition = level.flows[place]
        if level.nodes[source].kind is not Kind.EVENT_BASED:
            level.flows[place] = (source, self.random.choice(level.targets()), condition)

    def _regate(self, level: Drawn) -> None:
        joins = [n for n in level.of(*_GATEWAYS) if sum(s == n.id for s, _, _ in level.flows) == 1]
        if joins:
            chosen = self.random.choice(joins)
            level.nodes[chosen.id] = replace(chosen, kind=self.random.choice(_GATEWAYS))

    def _retype(self, level: Drawn) -> None:
        tasks = [n for n in level.of(Kind.USER_TASK) if n.loop is None]
        if not tasks:
            return
        chosen = self.random.choice(tasks)
        kind = self.random.choice((Kind.SERVICE_TASK, Kind.TASK, Kind.THROW, Kind.CATCH))
        event = Event()
        if kind in {Kind.THROW, Kind.CATCH}:
            if any(n.attached_to == chosen.id for n in level.nodes.values()):
                return
            event = self._event(self.random.choice(_THROWN if kind is Kind.THROW else _CAUGHT[:3]))
            chosen = replace(chosen, repeat=None)  # only activities have markers
        level.nodes[chosen.id] = replace(chosen, kind=kind, event=event)

    def _border(self, level: Drawn) -> None:
        held = level.of(Kind.USER_TASK, Kind.SERVICE_TASK, Kind.SUB_PROCESS, Kind.CALL_ACTIVITY)
        kind = self.random.choice((*_CAUGHT, EventKind.ESCALATION, EventKind.ERROR))
        stops = kind is EventKind.ERROR or self.random.random() < 0.6
        edge, after = self._name(), self._name()
        event = self._event(kind)
        if self.random.random() < 0.2 and kind in {EventKind.ERROR, EventKind.ESCALATION}:
            event = Event(kind)
        attached = self.random.choice(held).id if held else ""
        if not attached or (kind is EventKind.SIGNAL and self._hears(level, attached)):
            return
        if self.wide and kind is EventKind.TIMER and not stops:
            text = self.random.choice(("R3/PT1H", "R/PT1H"))
            event = replace(event, timer=TimerKind.CYCLE, expression=text)
        more: dict[str, Any] = {"event": event, "attached_to": attached, "interrupting": stops}
        level.nodes[edge] = node(edge, Kind.BOUNDARY, **more)
        if self.random.random() < 0.5:
            level.flows.append((edge, self.random.choice(level.targets()), ""))
            return
        level.nodes[after] = node(after)
        end = self._name()
        level.nodes[end] = node(end, Kind.END)
        level.flows += [(edge, after, ""), (after, end, "")]

    def _hears(self, level: Drawn, attached: str) -> bool:
        around = (n for n in level.nodes.values() if n.attached_to == attached)
        return any(n.event.kind is EventKind.SIGNAL for n in around)

    def _end(self, level: Drawn) -> None:
        ends = level.of(Kind.END)
        if ends:
            chosen = self.random.choice(ends)
            event = self._event(self.random.choice(_ENDS))
            level.nodes[chosen.id] = replace(chosen, event=event)

    def _give_back(self, level: Drawn) -> None:
        tasks = level.of(Kind.USER_TASK)
        for chosen in tasks[1:]:
            back = ",".join(n.id for n in self.random.sample(tasks, min(2, len(tasks))))
            level.nodes[chosen.id] = replace(chosen, zeebe=Zeebe(properties={"returnTo": back}))

    def _split_here(self, level: Drawn) -> None:
        """More flows out of a task or event, some with a condition, some with a default."""
        undecided = {*GATEWAYS, Kind.END}
        sources = [n for n in level.nodes.values() if n.kind not in undecided]
        chosen = self.random.choice(sources).id
        conditions = [c for _, _, c in level.flows if c and c != "else"]
        if conditions and self.random.random() < 0.5:
            place = next(n for n, (s, _, _) in enumerate(level.flows) if s == chosen)
            source, target, _ = level.flows[place]
            level.flows[place] = (source, target, self.random.choice((conditions[0], "else", "")))
        condition = self.random.choice(("", *conditions[:2]))
        level.flows.append((chosen, self.random.choice(level.targets()), condition))

    def _link(self, level: Drawn) -> None:
        """A pair of link events in the middle of a flow."""
        place = self.random.randrange(len(level.flows))
        source, target, condition = level.flows[place]
        if level.nodes[source].kind is Kind.EVENT_BASED:
            return
        throw, catch = self._name(), self._name()
        event = Event(EventKind.LINK, ref=throw)
        level.nodes[throw] = node(throw, Kind.THROW, event=event)
        level.nodes[catch] = node(catch, Kind.CATCH, event=event)
        level.flows[place] = (source, throw, condition)
        level.flows += [(throw, catch, ""), (catch, target, "")]

    def _again(self, level: Drawn) -> None:
        """A standard loop; without a maximum only where a person acts in every run."""
        held = [n for n in level.of(*_LOOPED) if n.loop is None]
        conditions = [c for _, _, c in level.flows if c and c != "else"]
        if not held:
            return
        chosen = self.random.choice(held)
        condition = self.random.choice((conditions[0], "")) if conditions else ""
        maximum = str(self.random.randint(1, 3))
        if condition and chosen.kind is Kind.USER_TASK and self.random.random() < 0.5:
            maximum = ""
        repeat = Repeat(condition, self.random.random() < 0.5, maximum)
        level.nodes[chosen.id] = replace(chosen, repeat=repeat)

    def _many(self, level: Drawn) -> None:
        """Several instances of any kind of task."""
        tasks = [n for n in level.of(Kind.USER_TASK) if n.loop is None and n.repeat is None]
        if not tasks:
            return
        chosen = self.random.choice(tasks)
        kind = self.random.choice(_MANIFOLD)
        event = self._event(EventKind.MESSAGE) if kind is Kind.RECEIVE_TASK else Event()
        loop = Loop(sequential=self.random.random() < 0.4, collection="=x")
        if self.random.random() < 0.4:
            loop = replace(loop, completion_condition="=enough")
        level.nodes[chosen.id] = replace(chosen, kind=kind, event=event, loop=loop)

    def _transaction(self, level: Drawn) -> None:
        """A sub-process becomes a transaction that is cancelled at one of its ends."""
        held = [n for n in level.of(Kind.SUB_PROCESS) if n.body is not None and n.loop is None]
        if not held:
            return
        chosen = self.random.choice(held)
        inner = Drawn(chosen.body or Body({}, {}))
        ends = [n for n in inner.of(Kind.END) if n.event.kind is EventKind.NONE]
        if not ends:
            return
        end = self.random.choice(ends)
        inner.nodes[end.id] = replace(end, event=Event(EventKind.CANCEL))
        level.nodes[chosen.id] = replace(chosen, kind=Kind.TRANSACTION, body=inner.made())
        edge, after = self._name(), self._name()
        more: dict[str, Any] = {"event": Event(EventKind.CANCEL), "attached_to": chosen.id}
        level.nodes[edge] = node(edge, Kind.BOUNDARY, **more)
        level.nodes[after] = node(after, Kind.END)
        level.flows.append((edge, after, ""))

    def _conditional_loop(self, level: Drawn) -> None:
        tasks = [n for n in level.of(Kind.USER_TASK, Kind.SERVICE_TASK) if not (n.loop or n.repeat)]
        if tasks:
            chosen = self.random.choice(tasks)
            sequential = self.random.random() < 0.5
            loop = Loop(sequential=sequential, collection="=x", completion_condition="=enough")
            level.nodes[chosen.id] = replace(chosen, loop=loop)


def _spins(level: Body) -> bool:
    """Whether tokens could go round for ever without anybody acting."""
    resting = {Kind.USER_TASK, Kind.CATCH, Kind.RECEIVE_TASK, Kind.EVENT_BASED}
    stays = {n.id for n in level.nodes.values() if n.kind not in resting or _may_pass(n)}
    return bool(automatic_cycle(successors(level), stays))


def _may_pass(found: Node) -> bool:
    """Whether a token may go through without a wait where it usually waits."""
    return bool(found.loop or found.repeat) or found.event.kind is EventKind.LINK


def blocks(seed: int) -> tuple[list[Process], list[str], dict[str, tuple[int, int]]]:
    """Nested blocks: the processes, the names of the conditions, (count, quorum) of each loop."""
    block = Maker(seed).procedure()
    processes, conditions = drawn(block)
    loops = {b.id: (b.count, b.quorum) for b in walk(block) if b.kind == "each"}
    return [with_quorum(p, loops) for p in processes], conditions, loops


def torn(
    seed: int, *, rough: bool = False
) -> tuple[list[Process], list[str], dict[str, tuple[int, int]]]:
    """The same after rewiring: joins without their splits, splits without joins, loops anywhere.

    ``rough`` ones are not rewired, but full of what is thrown, caught, interrupted and returned.
    """
    processes, conditions, loops = blocks(seed)
    tearer = Tearer(seed, rough=rough)
    changed = [tearer.torn(p) for p in processes]
    for process in changed:
        for found in process.body.walk():
            if found.loop is not None and found.id not in loops:
                loops[found.id] = (tearer.random.randint(0, 3), tearer.random.randint(1, 3))
    return changed, conditions, loops


def with_quorum(process: Process, loops: dict[str, tuple[int, int]]) -> Process:
    return replace(process, body=_quorum_level(process.body, loops))


def _quorum_level(level: Body, loops: dict[str, tuple[int, int]]) -> Body:
    found = {}
    for n in level.nodes.values():
        loop = n.loop
        if loop is not None and loops[n.id][1] < loops[n.id][0]:
            loop = replace(loop, completion_condition="=enough")
        inner = None if n.body is None else _quorum_level(n.body, loops)
        found[n.id] = replace(n, loop=loop, body=inner)
    return Body(found, level.flows)
