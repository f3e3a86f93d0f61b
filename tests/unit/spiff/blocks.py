"""Random procedures made of nested blocks, and their drawing as BPMN."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from engine.bpmn.model import Body, Event, EventKind, Kind, Loop, Node, Process, Zeebe
from tests.unit.spiff.drawing import body, node

DEPTH = 3


@dataclass(frozen=True)
class Block:
    """One block: ``kind`` says how ``parts`` belong together; ``id`` names its nodes.

    Kinds: task, seq, xor, and, or, loop (while its condition holds), sub, call, each (``count``
    instances of its part or of a task; ``quorum`` of them are enough), guard (an interrupting
    boundary event on the first part, the second is its path), remind (not interrupting), race
    (event gateway).
    """

    kind: str
    id: str
    parts: tuple[Block, ...] = ()
    count: int = 0
    quorum: int = 0
    sequential: bool = False


class Maker:
    """Makes random blocks; the same seed always makes the same procedure."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.made = 0

    def procedure(self) -> Block:
        """A whole procedure: a sequence that begins with a task."""
        return self.sequence(DEPTH)

    def sequence(self, depth: int) -> Block:
        """A task first, so that no loop runs without waiting."""
        low, high = (1, 4) if depth == DEPTH else (0, 2)
        count = self.random.randint(low, high) if depth else 0
        some = [self.block(depth - 1) for _ in range(count)]
        return Block("seq", "", (self.task(), *some))

    def task(self) -> Block:
        return Block("task", self.name("t"))

    def name(self, letter: str) -> str:
        self.made += 1
        return f"{letter}{self.made}"

    def block(self, depth: int) -> Block:
        make = self.random.choice(
            (self.split, self.split, self.split, self.loop, self.sub, self.each, self.edge)
        )
        return make(depth)

    def split(self, depth: int) -> Block:
        kind = self.random.choice(("xor", "and", "or", "race"))
        name = self.name(kind[0])
        return Block(
            kind, name, tuple(self.branch(depth) for _ in range(self.random.choice((2, 3))))
        )

    def branch(self, depth: int) -> Block:
        return Block("seq", "") if self.random.random() < 0.15 else self.sequence(depth)

    def loop(self, depth: int) -> Block:
        return Block("loop", self.name("l"), (self.sequence(depth),))

    def sub(self, depth: int) -> Block:
        kind = self.random.choice(("sub", "sub", "call"))
        return Block(kind, self.name("s"), (self.sequence(depth),))

    def each(self, depth: int) -> Block:
        count = self.random.randint(0, 3)
        parts = (self.sequence(depth),) if self.random.random() < 0.5 else ()
        quorum = self.random.choice((count, max(count - 1, 1)))
        return Block("each", self.name("m"), parts, count, quorum, self.random.random() < 0.3)

    def edge(self, depth: int) -> Block:
        kind = self.random.choice(("guard", "remind"))
        held = self.random.choice((lambda _: self.task(), self.sub, self.each))(depth)
        # Reminders may run several times at once; the tokens of plain tasks are all alike.
        path = self.sequence(0 if kind == "remind" else depth)
        return Block(kind, self.name("b"), (held, path))


class Drawing:
    """The nodes and flows of one process level."""

    def __init__(self, *blocks: Block) -> None:
        self.nodes: list[Node] = []
        self.flows: list[str] = []
        self.conditions: list[str] = []
        self.called: list[Process] = []
        exit_ = self.add("start", Kind.START)
        for block in blocks:
            exit_ = self.draw(block, exit_)
        self.add("end", Kind.END, exit_)

    @property
    def body(self) -> Body:
        """The level, the exits of a gateway in the order of their conditions."""
        return body(self.nodes, *sorted(self.flows, key=lambda flow: flow.partition(" if ")[2]))

    def add(self, name: str, kind: Kind, *before: str, **more: object) -> str:
        """Draw a node with its incoming flows, each written ``source`` or ``source if x``."""
        self.nodes.append(node(name, kind, **more))
        for exit_ in before:
            source, sep, condition = exit_.partition(" if ")
            self.flows.append(f"{source} -> {name}{sep}{condition}")
        return name

    def draw(self, block: Block, exit_: str) -> str:
        """Draw a block behind an exit; returns its own exit."""
        if block.kind == "seq":
            for part in block.parts:
                exit_ = self.draw(part, exit_)
            return exit_
        draw = {"loop": self._loop, "guard": self._edge, "remind": self._edge, "race": self._race}
        if block.kind in draw:
            return draw[block.kind](block, exit_)
        if block.kind in ("task", "sub", "call", "each"):
            return self._activity(block, exit_)
        return self._split(block, exit_)

    def _activity(self, block: Block, exit_: str) -> str:
        more: dict[str, object] = {}
        if block.kind == "each":
            more["loop"] = Loop(sequential=block.sequential, collection="=x")
        if not block.parts:
            return self.add(block.id, Kind.USER_TASK, exit_, **more)
        inner = Drawing(*block.parts)
        self.conditions += inner.conditions
        self.called += inner.called
        if block.kind == "call":
            self.called.append(Process(f"p{block.id}", "", inner.body))
            zeebe = Zeebe(called_process=f"p{block.id}")
            return self.add(block.id, Kind.CALL_ACTIVITY, exit_, zeebe=zeebe)
        return self.add(block.id, Kind.SUB_PROCESS, exit_, body=inner.body, **more)

    def _split(self, block: Block, exit_: str) -> str:
        kind = {"xor": Kind.EXCLUSIVE, "and": Kind.PARALLEL, "or": Kind.INCLUSIVE}[block.kind]
        self.add(block.id, kind, exit_)
        last = len(block.parts) - 1
        ends = []
        for number, part in enumerate(block.parts):
            condition = "else" if number == last else f"{block.id}_{number}"
            if block.kind == "and":
                ends.append(self.draw(part, block.id))
            else:
                self.conditions += [condition] if number != last else []
                ends.append(self.draw(part, f"{block.id} if {condition}"))
        return self.add(f"{block.id}j", kind, *ends)

    def _loop(self, block: Block, exit_: str) -> str:
        self.conditions.append(block.id)
        merge = self.add(block.id, Kind.EXCLUSIVE, exit_)
        end = self.draw(block.parts[0], merge)
        decide = self.add(f"{block.id}d", Kind.EXCLUSIVE, end)
        self.flows.append(f"{decide} -> {merge} if {block.id}")
        return f"{decide} if else"

    def _edge(self, block: Block, exit_: str) -> str:
        held, path = block.parts
        end = self._activity(held, exit_)
        stops = block.kind == "guard"
        event = Event(EventKind.TIMER) if stops else Event(EventKind.MESSAGE, ref=block.id)
        self.add(block.id, Kind.BOUNDARY, event=event, attached_to=held.id, interrupting=stops)
        other = self.draw(path, block.id)
        if stops:
            return self.add(f"{block.id}j", Kind.EXCLUSIVE, end, other)
        self.add(f"{block.id}e", Kind.END, other)
        return end

    def _race(self, block: Block, exit_: str) -> str:
        self.add(block.id, Kind.EVENT_BASED, exit_)
        ends = []
        for number, part in enumerate(block.parts):
            event = Event(EventKind.MESSAGE, ref=f"{block.id}_{number}")
            caught = self.add(f"{block.id}_{number}", Kind.CATCH, block.id, event=event)
            ends.append(self.draw(part, caught))
        return self.add(f"{block.id}j", Kind.EXCLUSIVE, *ends)


def walk(block: Block) -> Sequence[Block]:
    """The block and every block inside it."""
    return [block, *(inner for part in block.parts for inner in walk(part))]


def drawn(block: Block) -> tuple[list[Process], list[str]]:
    """The procedure and what it calls, and the names of its conditions."""
    drawing = Drawing(block)
    return [Process("p", "p", drawing.body), *drawing.called], drawing.conditions
