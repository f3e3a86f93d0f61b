"""A finished case done again on another drawing, in memory: its acts, its decisions, its data.

Nothing is stored and nothing outside happens. What the drawing asks that the case has decided
already (which exit, how many, enough or not) is answered as it was; what is new is evaluated with
the data that the case had then, or has left.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn
from uuid import UUID

from engine.bpmn.model import EventKind, Kind, Node
from engine.cases.expressions import holds, text_or_value
from engine.errors import LuchengError
from engine.feel import Environment, FeelError, from_json
from engine.migrating.model import Drawing, Reason, label
from engine.migrating.reasons import reason
from engine.spiff.build import Program
from engine.spiff.host import ServiceStopped, Token
from engine.spiff.jump import ReturnRefused
from engine.spiff.machine import Machine, Waiting

MOST_NEW = 200
_EVENTS = ("timer.fired", "message.received", "signal.received")


@dataclass(frozen=True)
class Recorded:
    """One act of a case's history: what was done where, which nodes were left and by which flows.

    ``given`` are the values that were handed in with it, ``to`` is where it was returned to.
    """

    kind: str
    element: str
    passed: Sequence[Sequence[str]] = ()
    opened: Mapping[str, int] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    to: str = ""


@dataclass(frozen=True)
class Past:
    """A finished case: its acts in order, and the variables that were left at its end."""

    acts: Sequence[Recorded]
    variables: Mapping[str, Any]
    was_completed: bool


class _NoWay(Exception):
    """No exit of this node can be taken with the data of the case."""


class Replay:
    """One case on one drawing; ``reasons`` are what it met."""

    def __init__(
        self, drawings: tuple[Drawing, Drawing], program: Program, past: Past, env: Environment
    ) -> None:
        self.old, self.new = drawings
        self.program, self.past, self.env = program, past, env
        self.reasons: dict[Reason, None] = {}
        self.decided: dict[str, deque[Sequence[str]]] = defaultdict(deque)
        self.alike: dict[str, bool] = {}
        self.chosen: dict[UUID, Sequence[str]] = {}
        self.left: Counter[str] = Counter()
        self.opened: Mapping[str, int] = {}
        self.values: dict[str, Any] = {}
        self.machine: Machine

    def run(self, mapping: Mapping[str, str]) -> tuple[Reason, ...]:
        """What the case would have met; nothing when it would have gone as it went."""
        self.mapping = mapping
        self.known = {self._image(node.id) for node in self.old.nodes()}
        self._learn()
        try:
            for number, act in enumerate(self.past.acts):
                self._prepare(act)
                if number == 0:
                    self._start(act)
                elif not self._do(act):
                    return tuple(self.reasons)
            self._end()
        except _NoWay as error:
            self._say("would_wait_for_ever", str(error))
        return tuple(self.reasons)

    def _image(self, element: str) -> str:
        return self.mapping.get(element, element)

    def _say(self, code: str, element: str, what: str = "") -> None:
        node = self.new.node(element) or self.old.node(element)
        self.reasons[reason(code, element, label(node, element), what)] = None

    def _learn(self) -> None:
        """By which flows the case left every node, in order."""
        for act in self.past.acts:
            for node, *flows in act.passed:
                self.decided[self._image(node)].append(flows)

    def _prepare(self, act: Recorded) -> None:
        self.left = Counter(self._image(step[0]) for step in act.passed)
        self.opened = {self._image(node): count for node, count in act.opened.items()}

    def _start(self, act: Recorded) -> None:
        start = self._image(act.element) if act.element else None
        if start is not None and self.new.node(start) is None:
            start = None
        self.values.update(self._plain(act.given))
        self.machine = Machine.start(self.program, ReplayHost(self), start)
        self.machine.advance()

    def _do(self, act: Recorded) -> bool:
        """One act; False when nothing can be said of what came after it."""
        if act.kind == "item.returned":
            return self._return(act, act.to)
        if act.kind == "item.recalled":
            return self._return(act, act.element)
        if act.kind not in _EVENTS and act.kind != "item.completed":
            if not act.passed:
                return True
            act = Recorded(act.kind, act.passed[0][0], act.passed, act.opened, act.given)
        element = self._image(act.element)
        if self.new.node(element) is None:
            return self._without(act, element)
        place = self._arrive(element)
        if place is None:
            return self._not_there(element)
        self._happen(place, act)
        return True

    def _without(self, act: Recorded, element: str) -> bool:
        """A step or event that the new drawing does not have: a reminder is no loss."""
        old = self.old.node(act.element)
        if old is not None and old.kind is Kind.BOUNDARY and not old.interrupting:
            return True
        self._say("no_element", act.element)
        self.values.update(self._plain(act.given))
        return True

    def _not_there(self, element: str) -> bool:
        self._say("not_reached", element)
        return False

    def _arrive(self, element: str) -> Waiting | None:
        """The place where an act happens; steps that are new are taken on the way there."""
        for _ in range(MOST_NEW):
            places = self.machine.waiting()
            here = next((p for p in places if p.token.node.id == element), None)
            if here is not None:
                return here
            new = next((p for p in places if self._is_new(p)), None)
            if new is None:
                return None
            self._take_new(new)
        return None

    def _is_new(self, place: Waiting) -> bool:
        """Whether it is there for the first time: a step or a wait, not an event beside one."""
        is_known = place.token.node.id in self.known
        return not is_known and not place.armed and place.attached_to is None

    def _take_new(self, place: Waiting) -> None:
        self._say("new_step", place.token.node.id)
        self._act(place)

    def _happen(self, place: Waiting, act: Recorded) -> None:
        self.values.update(self._plain(act.given))
        self._take_outputs(place.token.node)
        self._act(place)

    def _act(self, place: Waiting) -> None:
        token = place.token.id
        if place.kind == "person":
            self.machine.complete(token)
        elif place.kind == "event":
            self.machine.fire(token)
        else:
            self.machine.retry(token)
        self.machine.advance()

    def _take_outputs(self, node: Node) -> None:
        for mapping in node.zeebe.outputs:
            try:
                self.values[mapping.target] = text_or_value(mapping.source, self.scope, self.env)
            except LuchengError:
                continue  # what is left at the end stands for it

    def _return(self, act: Recorded, to: str) -> bool:
        target, source = self._image(to), self._image(act.element)
        places = [p for p in self.machine.waiting() if p.kind == "person"]
        places.sort(key=lambda p: p.token.node.id != source)
        for place in places:
            try:
                self.machine.jump(place.token.id, target)
            except ReturnRefused:
                continue
            self.machine.advance()
            return True
        return self._not_there(target)

    def _end(self) -> None:
        """Take the new steps that are left; a case that was through has to be through."""
        for _ in range(MOST_NEW):
            new = next((p for p in self.machine.waiting() if self._is_new(p)), None)
            if new is None or self.machine.completed or not self.past.was_completed:
                break
            self._take_new(new)
        if self.past.was_completed and not self.machine.completed:
            standing = [p for p in self.machine.waiting() if p.attached_to is None and not p.armed]
            tokens = [p.token for p in standing] or self.machine.stranded()
            for token in tokens[:3]:
                self._say("would_wait_for_ever", token.node.id)

    @property
    def scope(self) -> Mapping[str, Any]:
        """What the case had by then, and what it had at its end of all else."""
        return {**self.past.variables, **self.values}

    @staticmethod
    def _plain(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        return ((name, from_json(value)) for name, value in given.items())

    # what the machine asks

    def taken(self, token: Token) -> Sequence[str] | None:
        """The flows by which the case left this node then; None where that says nothing now."""
        if token.id not in self.chosen:
            known = self.decided.get(token.node.id)
            self.chosen[token.id] = known.popleft() if known else ()
        flows = self.chosen[token.id]
        return flows if flows and self._chooses_alike(token.node.id) else None

    def _chooses_alike(self, element: str) -> bool:
        """Whether the choice at a node is the same on both drawings: its flows and conditions."""
        if element not in self.alike:
            was = next((old for old, new in self.mapping.items() if new == element), element)
            self.alike[element] = _ways(self.old, was) == _ways(self.new, element)
        return self.alike[element]

    def truth(self, token: Token, expression: str) -> bool:
        """The truth of a condition with the data of the case; what is missing is told."""
        try:
            return holds(expression, self.scope, self.env)
        except FeelError as error:
            name = str(error.facts.get("name") or error.facts.get("variable") or expression)
            self._say("no_variable_then", token.node.id, name)
            return False


def _ways(drawing: Drawing, element: str) -> tuple[str, Mapping[str, str]] | None:
    """The default of a node and its flows with their conditions."""
    todo = [process.body for process in drawing.processes.values()]
    while todo:
        body = todo.pop()
        node = body.nodes.get(element)
        if node is not None:
            return node.default, {flow: body.flows[flow].condition for flow in node.outgoing}
        todo += [inner.body for inner in body.nodes.values() if inner.body is not None]
    return None


class ReplayHost:
    """Answers the token machine from the past of a case."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay

    def condition(self, token: Token, expression: str) -> bool:
        flows = self._replay.taken(token)
        if flows is None:
            return self._replay.truth(token, expression)
        body = self._replay.new.level(token.process)
        assert body is not None
        return any(body.flows[flow].condition == expression for flow in flows)

    def revision(self) -> int:
        return sum(self._replay.left.values())

    def event_holds(self, token: Token, _expression: str) -> bool:
        return self._replay.left[token.node.id] > 0

    def no_exit(self, token: Token) -> NoReturn:
        raise _NoWay(token.node.id)

    def perform(self, token: Token) -> None:
        """Everything succeeds, unless the case then went on from an error at its border."""
        level = self._replay.new.level(token.process)
        edges = () if level is None else level.boundaries(token.node.id)
        for edge in edges:
            is_error = edge.event.kind is EventKind.ERROR
            if is_error and self._replay.left[edge.id] and not self._replay.left[token.node.id]:
                raise ServiceStopped(edge.event.ref or "error")

    def open_body(self, _token: Token) -> None: ...

    def close_body(self, _token: Token) -> None: ...

    def open_loop(self, token: Token, limit: int) -> Sequence[object]:
        loop = token.node.loop
        assert loop is not None
        known = self._replay.opened.get(token.node.id, 0)
        if known and not loop.sequential:
            return [None] * min(known, limit)
        try:
            items = text_or_value(loop.collection, self._replay.scope, self._replay.env)
        except LuchengError:
            items = None
        return items if isinstance(items, list) else [None] * max(known, 1)

    def open_instance(self, _token: Token, _instance: UUID, _index: int) -> None: ...

    def close_instance(self, _token: Token, _instance: UUID) -> None: ...

    def leave_instance(self, _token: Token, _instance: UUID) -> None: ...

    def loop_decided(
        self, token: Token, _counts: tuple[int, int, int], _ended: UUID | None
    ) -> bool:
        return self._replay.left[token.node.id] > 0

    def loop_goes_on(self, token: Token, _done: int) -> bool:
        return not self._replay.left[token.node.id]

    def close_loop(self, _token: Token) -> None: ...

    def drop_scopes(self, _ids: Sequence[UUID]) -> None: ...

    def uncaught(self, _token: Token, _kind: str, _code: str) -> None: ...

    def repeats(self, _token: Token) -> bool:
        return True

    def signal(self, _token: Token, _name: str) -> None: ...
