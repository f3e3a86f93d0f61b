"""A second look at a counter-example: the way is walked again, move by move, and the end looked at.

Nothing of the proof is used: no budget, no order of moves, no level left out, no marks at ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from engine.bpmn.model import ACTIVITIES, Process
from engine.semantics.marking import Item, Marking, item_at
from engine.semantics.move import Move
from engine.semantics.moves import Semantics
from engine.semantics.net import Act, Spot

MOST = 20_000


class Walker:
    """The semantics of a process with everything it calls, as plain as it is."""

    def __init__(self, process: Process, called: Mapping[str, Process]) -> None:
        self.semantics = Semantics(process, called, most=2)
        self.semantics.proving = True  # any task may fail with an error that is caught
        self.process = process

    def ends_of(self, trace: tuple[str, ...]) -> Iterator[tuple[Marking, tuple[str, ...]]]:
        """Every marking that the way may lead to, with the elements passed."""
        todo: list[tuple[Marking, int, tuple[str, ...]]] = [(self.semantics.start(), 0, ())]
        seen = set()
        while todo:
            marking, place, passed = todo.pop()
            if (marking, place) in seen:
                continue
            seen.add((marking, place))
            assert len(seen) < MOST
            if all(self._holds_others(step) for step in trace[place:]):
                yield marking, passed
            for move in self.semantics.moves(marking):
                for following in self.following(marking, move, trace, place, passed):
                    after = self.semantics.after(marking, move)
                    todo.append((after, following, (*passed, self.name(marking, move))))

    def following(
        self,
        marking: Marking,
        move: Move,
        trace: tuple[str, ...],
        place: int,
        passed: tuple[str, ...],
    ) -> Iterator[int]:
        """Where on the way one is after a move; what holds others need not move itself."""
        name = self.name(marking, move)
        if place and trace[place - 1] == name:
            yield place
        while place < len(trace):
            if trace[place] == name:
                yield place + 1
            if not self._holds_others(trace[place]):
                return
            place += 1

    def _holds_others(self, element: str) -> bool:
        node = self.process.node(element)
        return node is not None and (node.body is not None or bool(node.zeebe.called_process))

    def name(self, marking: Marking, move: Move) -> str:
        """The element that moves, as the process itself names it."""
        item = item_at(marking, move.at)
        spot = self.semantics.spot(item)
        if move.kind == "edge":
            spot = self.semantics.net.spots[spot.edges[move.pick]]
        elif move.kind == "race":
            spot = self.semantics.net.spots[spot.targets[move.pick]]
        return self._own(spot)

    def _own(self, spot: Spot) -> str:
        main = self.semantics.net.main
        while spot.level != main and not spot.level.startswith(f"{main}/"):
            level = spot.level.split("/")[0]
            spot = next(s for s in self.semantics.net.spots if s.body == level)
        return spot.node.id

    # what a marking shows

    def standing(self, level: Marking) -> Iterator[tuple[str, Item]]:
        """Every token with its element, on whatever level."""
        for item in level:
            yield self._own(self.semantics.spot(item)), item
            for inner in item.inside:
                yield from self.standing(inner)

    def is_stuck(self, marking: Marking, elements: tuple[str, ...]) -> bool:
        """Whether nothing can move and tokens wait at the elements named."""
        names = {name for name, _ in self.standing(marking)}
        final = self.semantics.is_final(marking)
        return not final and not self.semantics.moves(marking) and set(elements) <= names

    def is_doubled(self, marking: Marking, elements: tuple[str, ...]) -> bool:
        """Whether an element has two tokens on one level."""
        for level in self._levels(marking):
            spots = [item.spot for item in level]
            for spot in set(spots):
                if spots.count(spot) > 1 and self._own(self.semantics.net.spots[spot]) in elements:
                    return True
        return False

    def _levels(self, level: Marking) -> Iterator[Marking]:
        yield level
        for item in level:
            for inner in item.inside:
                yield from self._levels(inner)

    def never_ends(self, marking: Marking) -> bool:
        """Whether no final marking can be reached."""
        return not any(self.semantics.is_final(after) for after in self.reached(marking))

    def reached(self, marking: Marking) -> Iterator[Marking]:
        """Every marking that can be reached, this one included."""
        seen, todo = {marking}, [marking]
        while todo:
            here = todo.pop()
            yield here
            assert len(seen) < MOST
            for move in self.semantics.moves(here):
                after = self.semantics.after(here, move)
                if after not in seen:
                    seen.add(after)
                    todo.append(after)

    def is_dead(self, element: str) -> bool:
        """Whether no token ever comes to an activity of the process itself."""
        node = self.process.node(element)
        assert node is not None
        assert node.kind in ACTIVITIES
        start = self.semantics.start()
        return all(
            element not in {name for name, _ in self.standing(marking)}
            for marking in self._reached_in_order(start)
        )

    def _reached_in_order(self, marking: Marking) -> Iterator[Marking]:
        """What can be reached when the engine's own moves come before what people and time do."""
        seen, todo = {marking}, [marking]
        while todo:
            here = todo.pop()
            yield here
            moves = self.semantics.moves(here)
            own = [move for move in moves if move.by == "engine"]
            for move in own or moves:
                after = self.semantics.after(here, move)
                if after not in seen:
                    seen.add(after)
                    todo.append(after)


def reaches_end_twice(walker: Walker, trace: tuple[str, ...], end: str) -> bool:
    """Whether on the way more than one token is given to an end event."""
    return any(_given(walker, way, end) > 1 for _, way in _ways(walker, trace))


def _ways(
    walker: Walker, trace: tuple[str, ...]
) -> Iterator[tuple[Marking, list[tuple[Marking, Move]]]]:
    """Every run of the semantics along the way, with its moves."""
    semantics = walker.semantics
    todo: list[tuple[Marking, int, list[tuple[Marking, Move]]]] = [(semantics.start(), 0, [])]
    steps = 0
    while todo:
        marking, place, way = todo.pop()
        steps += 1
        assert steps < MOST
        if place == len(trace):
            yield marking, way
        if len(way) > 3 * len(trace) + 6:
            continue
        for move in semantics.moves(marking):
            for following in walker.following(marking, move, trace, place, ()):
                todo.append((semantics.after(marking, move), following, [*way, (marking, move)]))


def _given(walker: Walker, way: list[tuple[Marking, Move]], end: str) -> int:
    """How many tokens the moves give to an end event, on its own level."""
    net = walker.semantics.net
    count = 0
    for marking, move in way:
        spot = walker.semantics.spot(item_at(marking, move.at))
        if move.kind == "edge":
            spot = net.spots[spot.edges[move.pick]]
            continue  # it has its token now and passes it on by a move of its own
        if move.kind == "race":
            spot = net.spots[spot.targets[move.pick]]
        if move.kind not in _LEAVING or not spot.exits:
            continue
        taken = spot.exits[move.pick if move.kind in {"pass", "join"} else 0]
        ends = [net.spots[s] for s in taken.spots]
        count += sum(s.act is Act.END and s.node.id == end for s in ends)
    return count


_LEAVING = frozenset({"pass", "join", "complete", "do", "fire", "race", "close"})
CONFIRMED: Mapping[str, Callable[[Walker, tuple[str, ...], tuple[str, ...]], bool]] = {
    "deadlock": lambda w, trace, found: any(w.is_stuck(m, found) for m, _ in w.ends_of(trace)),
    "lack_of_synchronisation": lambda w, trace, found: any(
        w.is_doubled(m, found) for m, _ in w.ends_of(trace)
    ),
    "no_option_to_complete": lambda w, trace, found: any(
        w.never_ends(m) for m, _ in w.ends_of(trace)
    ),
    "improper_completion": lambda w, trace, found: reaches_end_twice(w, trace, found[0]),
    "dead_activity": lambda w, trace, found: w.is_dead(found[0]),
}
