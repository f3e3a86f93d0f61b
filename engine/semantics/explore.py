"""Every marking a process can come to, within a budget, with the way there.

What may happen without bound is bounded so that nothing is lost that a proof asks for: a
multi-instance activity has at most two instances, and a boundary event that does not interrupt
happens again only when its own path is free. A marking that shows a token too many is kept as a
violation and not followed further. An error that nothing here catches leaves the process, which
ends by it; whoever called the process may catch it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from engine.bpmn.model import EventKind
from engine.semantics.marking import Item, Marking, item_at, level_at
from engine.semantics.move import By, Move
from engine.semantics.moves import Semantics
from engine.semantics.net import Act, Net
from engine.semantics.rest import ordered

FIRST = -1
"""What stands before a marking in which a case begins."""
MOST_PILED = 2
MANY = 50
OF_LEVEL = 6  # a level costs as much to look at as so many items
LOOKS = 20  # an inclusive join looks at every other token; so many looks cost as much as a move


@dataclass
class Space:
    """The markings found, numbered; ``came`` tells from where and by which step."""

    markings: list[Marking] = field(default_factory=list)
    came: list[tuple[int, int]] = field(default_factory=list)
    nexts: list[list[int]] = field(default_factory=list)
    finals: list[int] = field(default_factory=list)
    stuck: list[int] = field(default_factory=list)
    doubled: dict[int, int] = field(default_factory=dict)
    thrown: dict[int, int] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)
    is_whole: bool = True
    moves: int = 0

    def trace(self, number: int) -> tuple[int, ...]:
        """The spots passed on the shortest way to a marking."""
        steps: list[int] = []
        while self.came[number][0] != FIRST:
            number, spot = self.came[number]
            steps.append(spot)
        return tuple(reversed(steps))


class Explorer:
    """Goes through the markings of one process, nearest first."""

    def __init__(self, semantics: Semantics, most_moves: int) -> None:
        self.semantics = semantics
        self.left = most_moves
        self.space = Space()
        self.piled = False
        self.beside = frozenset(_beside(semantics.net))
        self._numbers: dict[Marking, int] = {}
        self._paths = {spot: ahead_of(semantics.net, spot) & self.beside for spot in self.beside}
        shared = frozenset(_shared_ends(semantics.net, self.beside))
        ends = {spot.index for spot in semantics.net.spots if spot.act is Act.END}
        semantics.marked = frozenset(ends - self.beside - shared)

    def run(self) -> Space:
        """All markings, or as many as the budget allows."""
        return self.run_from(
            self.semantics.start(n) for n in range(len(self.semantics.net.entries))
        )

    def run_from(self, begun: Iterable[Marking]) -> Space:
        """All markings that some lead to, those included."""
        todo = deque([self._number(marking, FIRST, FIRST) for marking in begun])
        while todo and self.left > 0:
            here = todo.popleft()
            marking = self.space.markings[here]
            double = self._double(marking, self._main)
            if double is not None:
                self.space.doubled[here] = double
            elif self._double(marking, self._piled) is not None:
                self.piled = True
            else:
                todo += self._step(marking, here)
        self.space.is_whole = not todo and not self.piled
        return self.space

    def _step(self, marking: Marking, here: int) -> Iterator[int]:
        """The new markings that one leads to."""
        self._pay(sum(self._looking(marking)) // LOOKS)
        weight = _weight(marking)
        for move in self._moves(marking, here):
            self._pay(1 + weight // MANY)  # a wide or deep marking costs more to look at
            before = len(self.space.markings)
            there = self._number(
                self.semantics.after(marking, move), here, self._spot(marking, move)
            )
            self.space.nexts[here].append(there)
            if there == before:
                yield there

    def _pay(self, moves: int) -> None:
        self.left -= moves
        self.space.moves += moves

    def _looking(self, level: Marking) -> Iterator[int]:
        """For each level, how many tokens its inclusive joins look at."""
        joins = sum(self.semantics.spot(item).act is Act.OR for item in level)
        yield joins * len(level)
        for item in level:
            if self._is_body(item):
                for inner in item.inside:
                    yield from self._looking(inner)

    def _number(self, marking: Marking, came: int, spot: int) -> int:
        number = self._numbers.setdefault(marking, len(self._numbers))
        if number == len(self.space.markings):
            self.space.markings.append(marking)
            self.space.came.append((came, spot))
            self.space.nexts.append([])
        return number

    def _moves(self, marking: Marking, here: int) -> list[Move]:
        moves = self.semantics.moves(marking)
        self.space.moved.update(self._spot(marking, move) for move in moves)
        own = [move for move in moves if move.by is By.ENGINE]
        if own:
            return ordered(self.semantics, marking, own)
        thrown = next(self._thrown(marking), None)
        if thrown is not None:
            self.space.thrown.setdefault(thrown, here)
        if thrown is not None or self.semantics.is_final(marking):
            self.space.finals.append(here)
            return []
        if all(self._is_armed(marking, move) for move in moves):
            self.space.stuck.append(here)
        return [move for move in moves if not self._repeats(marking, move)]

    def _is_armed(self, marking: Marking, move: Move) -> bool:
        """Whether only an event sub-process would begin: what waits is not moved on by that."""
        return self.semantics.spot(item_at(marking, move.at)).act is Act.ARMED

    def _spot(self, marking: Marking, move: Move) -> int:
        item = item_at(marking, move.at)
        spot = self.semantics.spot(item)
        if move.kind == "edge":
            return spot.edges[move.pick]
        return spot.targets[move.pick] if move.kind == "race" else item.spot

    def _repeats(self, marking: Marking, move: Move) -> bool:
        """Whether the path of an event that does not interrupt is still taken."""
        way, edge = move.at, move.pick
        if move.kind == "warn":
            found = self.semantics.catcher(marking, move.at, EventKind.ESCALATION, move.code)
            assert found is not None
            way, edge = found
        elif move.kind != "edge":
            return False
        number = self.semantics.spot(item_at(marking, way)).edges[edge]
        if self.semantics.net.spots[number].node.interrupting:
            return False
        path = self._paths.get(number, frozenset())
        return any(item.spot in path for item in level_at(marking, way))

    def _main(self, spot: int, count: int) -> bool:
        return count > 1 and spot not in self.beside

    def _piled(self, spot: int, count: int) -> bool:
        return count > MOST_PILED and spot in self.beside

    def _double(self, level: Marking, is_double: Callable[[int, int], bool]) -> int | None:
        """The first spot with too many tokens, on whatever level."""
        if len({item.spot for item in level}) < len(level):
            for spot, count in Counter(item.spot for item in level).items():
                if is_double(spot, count):
                    return spot
        inside = (inner for i in level if i.inside and self._is_body(i) for inner in i.inside)
        found = (self._double(inner, is_double) for inner in inside)
        return next((double for double in found if double is not None), None)

    def _thrown(self, level: Marking) -> Iterator[int]:
        """The error ends at which an error waits that nothing in this process catches."""
        for item in level:
            if self.semantics.spot(item).act is Act.ERROR:
                yield item.spot
            for inner in item.inside:
                yield from self._thrown(inner)

    def _is_body(self, item: Item) -> bool:
        return self.semantics.spot(item).act is Act.BODY


def _weight(level: Marking) -> int:
    """How much there is to look at in a marking: its items, and the levels inside them."""
    inside = (inner for item in level for inner in item.inside if inner)
    return len(level) + sum(OF_LEVEL + _weight(inner) for inner in inside)


def _beside(net: Net) -> Iterator[int]:
    """The spots that only events which do not interrupt lead to: reminders, copies, notes."""
    main: set[int] = set()
    todo = [*net.starts.values(), *net.entries]
    while todo:
        here = todo.pop()
        if here not in main:
            main.add(here)
            spots = (net.spots[s] for s in net.spots[here].ahead)
            todo += [s.index for s in spots if not s.node.attached_to or s.node.interrupting]
    known = (ahead_of(net, s.index) for s in net.spots if not s.node.interrupting)
    yield from {spot for spots in known for spot in spots} - main


def ahead_of(net: Net, spot: int) -> frozenset[int]:
    """The spots that a token at one spot may come to, that one included."""
    seen: set[int] = set()
    todo = [spot]
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo += net.spots[here].ahead
    return frozenset(seen)


def _shared_ends(net: Net, beside: frozenset[int]) -> Iterator[int]:
    """Ends that a reminder comes to as well: how often they are reached says nothing."""
    for number in beside:
        for target in net.spots[number].ahead:
            if net.spots[target].act is Act.END:
                yield target
