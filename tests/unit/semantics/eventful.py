"""Random processes with event sub-processes on any of their levels, nested ones included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from engine.bpmn.model import Body, Event, EventKind, Kind, Node, Process, TimerKind
from tests.unit.semantics.mutation import CODES, torn
from tests.unit.spiff.drawing import body, node

EVENTFUL = 2_000_000
"""Seeds from here on are processes with event sub-processes."""
CONDITIONAL = 3_000_000
"""Seeds from here on have conditional events as well."""

_STARTS = (
    EventKind.MESSAGE,
    EventKind.TIMER,
    EventKind.SIGNAL,
    EventKind.ERROR,
    EventKind.ESCALATION,
)
_REFS = {EventKind.ERROR: (*CODES, ""), EventKind.ESCALATION: (*CODES, ""), EventKind.SIGNAL: "S"}
_ENDS = (EventKind.ERROR, EventKind.ESCALATION, EventKind.TERMINATE, EventKind.SIGNAL)
Procedure = tuple[list[Process], list[str], dict[str, tuple[int, int]]]


def eventful(seed: int) -> Procedure:
    """A torn process to which event sub-processes were added."""
    processes, conditions, loops = torn(seed, rough=seed % 3 == 0)
    adder = Adder(seed)
    return [adder.added(process) for process in processes], conditions, loops


class Adder:
    """Adds event sub-processes; the same seed always adds the same."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.made = 0
        self.has_conditions = seed >= CONDITIONAL

    def added(self, process: Process) -> Process:
        """The process with event sub-processes, at least one of them at its own level."""
        return replace(process, body=self._level(process.body, 1.0))

    def _level(self, level: Body, often: float) -> Body:
        nodes = {
            n.id: replace(n, body=self._level(n.body, 0.4)) if n.body is not None else n
            for n in level.nodes.values()
        }
        if self.has_conditions:
            nodes = {node_id: self._on_condition(n) for node_id, n in nodes.items()}
        if self.random.random() < often:
            for _ in range(self.random.choice((1, 1, 2, 3))):
                sub = self._sub()
                nodes[sub.id] = sub
        return Body(nodes, level.flows)

    def _on_condition(self, found: Node) -> Node:
        is_timer = found.event.kind is EventKind.TIMER and found.event.timer is None
        if is_timer and self.random.random() < 0.5:
            return replace(found, event=Event(EventKind.CONDITIONAL))
        return found

    def _name(self, letter: str) -> str:
        self.made += 1
        return f"{letter}{self.made}_"

    def _sub(self, depth: int = 0) -> Node:
        more_kinds = (EventKind.CONDITIONAL,) if self.has_conditions else ()
        kind = self.random.choice((*_STARTS, *more_kinds))
        event = Event(kind, ref=self.random.choice(_REFS.get(kind, ("M",))))
        stops = kind is EventKind.ERROR or self.random.random() < 0.5
        if kind is EventKind.TIMER and not stops:
            text = ("R3/PT1H", "R/PT1H", "PT1H")[self.made % 3]
            timer = TimerKind.CYCLE if text.startswith("R") else TimerKind.DURATION
            event = replace(event, timer=timer, expression=text)
        make: Callable[[], Body] = self.random.choice((self._short, self._branching, self._short))
        made = make()
        start = next(iter(made.nodes.values()))
        inner = {**made.nodes, start.id: replace(start, event=event, interrupting=stops)}
        if depth == 0 and self.random.random() < 0.3:
            below = self._sub(depth + 1)
            inner[below.id] = below
        more: dict[str, Any] = {"body": Body(inner, made.flows), "by_event": True}
        return node(self._name("on"), Kind.SUB_PROCESS, **more)

    def _end(self, name: str) -> Node:
        if self.random.random() < 0.5:
            return node(name, Kind.END)
        kind = self.random.choice(_ENDS)
        event = Event(kind, ref=self.random.choice((*_REFS.get(kind, ("M",)),)) or CODES[0])
        return node(name, Kind.END, event=event)

    def _task(self, name: str) -> Node:
        return node(name, self.random.choice((Kind.USER_TASK, Kind.USER_TASK, Kind.SERVICE_TASK)))

    def _short(self) -> Body:
        s, a, e = (self._name(letter) for letter in "sae")
        return body(
            [node(s, Kind.START), self._task(a), self._end(e)], f"{s} -> {a}", f"{a} -> {e}"
        )

    def _branching(self) -> Body:
        s, g, a, b, e, f = (self._name(letter) for letter in "sgabef")
        split = node(g, Kind.PARALLEL)
        nodes = [node(s, Kind.START), split, self._task(a), self._task(b), self._end(e)]
        lines = (f"{s} -> {g}", f"{g} -> {a}", f"{g} -> {b}", f"{a} -> {e}", f"{b} -> {f}")
        return body([*nodes, self._end(f)], *lines)
