"""Small processes for tests, written as lines, and a host that answers from a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NoReturn
from uuid import UUID

from engine.bpmn.model import Body, Flow, Kind, Node, Process
from engine.spiff.build import Program, build_program
from engine.spiff.host import ServiceStopped, Token
from engine.spiff.machine import Machine


def body(nodes: Sequence[Node], *flows: str) -> Body:
    """A body from nodes and lines such as ``a -> b`` or ``g -> b if yes``."""
    made: dict[str, Flow] = {}
    for line in flows:
        ends, _, condition = line.partition(" if ")
        source, target = (part.strip() for part in ends.split("->"))
        flow_id = f"{source}_{target}_{len(made)}"
        made[flow_id] = Flow(flow_id, "", source, target, condition)
    into: defaultdict[str, list[str]] = defaultdict(list)
    out: defaultdict[str, list[str]] = defaultdict(list)
    defaults: dict[str, str] = {}
    for flow in made.values():
        into[flow.target].append(flow.id)
        out[flow.source].append(flow.id)
        if flow.condition == "else":
            defaults.setdefault(flow.source, flow.id)
    wired = {
        node.id: Node(
            **{
                **vars(node),
                "incoming": tuple(into[node.id]),
                "outgoing": tuple(out[node.id]),
                "default": defaults.get(node.id, node.default),
            }
        )
        for node in nodes
    }
    return Body(wired, made)


def node(node_id: str, kind: Kind = Kind.USER_TASK, **more: Any) -> Node:
    return Node(id=node_id, kind=kind, name=node_id, **more)


def process(name: str, nodes: Sequence[Node], *flows: str) -> Process:
    return Process(name, name, body(nodes, *flows))


class TableHost:
    """Answers conditions by name from ``truths``; fails services named in ``failing``."""

    def __init__(self, **truths: bool) -> None:
        self.truths = truths
        self.changes = 0
        self.items: dict[str, list[object]] = {}
        self.failing: set[str] = set()
        self.errors: dict[str, str] = {}
        self.done: list[str] = []
        self.uncaught_codes: list[str] = []
        self.votes_needed: int | None = None
        self.scopes: set[UUID] = set()
        self.rounds: dict[str, int] = {}

    def condition(self, _token: Token, expression: str) -> bool:
        return self.truths[expression]

    def revision(self) -> int:
        return self.changes

    def event_holds(self, _token: Token, expression: str) -> bool:
        return self.truths.get(expression, False)

    def no_exit(self, token: Token) -> NoReturn:
        raise LookupError(token.node.id)

    def perform(self, token: Token) -> None:
        if token.node.id in self.errors:
            raise ServiceStopped(self.errors[token.node.id])
        if token.node.id in self.failing:
            raise ServiceStopped
        self.done.append(token.node.id)

    def open_body(self, token: Token) -> None:
        self.scopes.add(token.id)

    def close_body(self, token: Token) -> None:
        self.scopes.discard(token.id)

    def open_loop(self, token: Token, _limit: int) -> Sequence[object]:
        return self.items[token.node.id]

    def open_instance(self, _token: Token, instance: UUID, _index: int) -> None:
        self.scopes.add(instance)

    def close_instance(self, _token: Token, instance: UUID) -> None:
        self.scopes.discard(instance)

    def loop_decided(
        self, _token: Token, counts: tuple[int, int, int], _ended: UUID | None
    ) -> bool:
        return self.votes_needed is not None and counts[2] >= self.votes_needed

    def loop_goes_on(self, token: Token, _done: int) -> bool:
        assert token.node.repeat is not None
        condition = token.node.repeat.condition
        return not condition or self.condition(token, condition)

    def close_loop(self, token: Token) -> None: ...

    def drop_scopes(self, ids: Sequence[UUID]) -> None:
        self.scopes -= set(ids)

    def uncaught(self, _token: Token, _kind: str, code: str) -> None:
        self.uncaught_codes.append(code)

    def repeats(self, token: Token) -> bool:
        left = self.rounds.get(token.node.id, 1) - 1
        self.rounds[token.node.id] = left
        return left > 0

    def signal(self, _token: Token, name: str) -> None:
        self.done.append(f"signal:{name}")


class Run:
    """A running process that is saved and restored before every act."""

    def __init__(self, main: Process, host: TableHost, *called: Process) -> None:
        self.host = host
        self.program: Program = build_program(main, {p.id: p for p in (main, *called)})
        self.machine = Machine.start(self.program, host)
        self.machine.advance()

    def places(self) -> list[str]:
        """The nodes that wait, sorted."""
        return sorted(place.token.node.id for place in self.machine.waiting())

    def act(self, *names: str) -> list[str]:
        """Complete or fire the named places one after another; returns what waits then."""
        for name in names:
            self._reload()
            place = next(p for p in self.machine.waiting() if p.token.node.id == name)
            if place.kind == "person":
                self.machine.complete(place.token.id)
            elif place.kind == "event":
                self.machine.fire(place.token.id)
            else:
                self.machine.retry(place.token.id)
            self.machine.advance()
        return self.places()

    def _reload(self) -> None:
        self.machine = Machine.load(self.program, self.machine.dump(), self.host)

    @property
    def is_over(self) -> bool:
        self._reload()
        return self.machine.completed
