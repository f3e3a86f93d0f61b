"""Whether a process can always come to its proper end, and a trace to where it cannot.

*Sound* is said only of a process all of whose markings were looked at. The errors named are those
of the literature: a token that waits for ever (deadlock), a way that never ends (no option to
complete), a step begun again while it is still running (lack of synchronisation), an end that is
reached twice (improper completion), a step that nothing leads to (dead activity).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.bpmn.model import ACTIVITIES, Process
from engine.semantics.explore import Explorer, Space, ahead_of
from engine.semantics.folding import folded, size
from engine.semantics.marking import Item, Marking
from engine.semantics.moves import Semantics
from engine.semantics.net import Act, Spot

MOST_MOVES = 60_000
MOST_NAMED = 10
MOST_INSTANCES = 2


@dataclass(frozen=True)
class Flaw:
    """One way the control flow goes wrong: its kind, where, and the steps that lead there."""

    kind: str
    elements: tuple[str, ...]
    trace: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proof:
    """What was found; ``is_whole`` tells whether every marking was looked at.

    ``thrown`` are the error ends whose error nothing in the process catches.
    """

    flaws: tuple[Flaw, ...]
    is_whole: bool
    markings: int
    thrown: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """``sound``, ``unsound``, or ``unknown`` when the budget ended before a flaw was found."""
        if self.flaws:
            return "unsound"
        return "sound" if self.is_whole else "unknown"


def prove(
    process: Process,
    called: Mapping[str, Process] | None = None,
    *,
    most_moves: int = MOST_MOVES,
) -> Proof:
    """The proof for one process; what it calls runs along as far as it is known.

    When the budget ends before there is an answer, the process is folded and looked at again.
    :class:`~engine.semantics.net.NotCovered` when it holds a construct that is not executed.
    """
    proof = _prove(process, called, most_moves)
    if proof.verdict != "unknown":
        return proof
    less = folded(process)
    if size(less) == size(process):
        return proof
    again = _prove(less, called, most_moves // 4)
    return proof if again.verdict == "unknown" else again


def _prove(process: Process, called: Mapping[str, Process] | None, most_moves: int) -> Proof:
    """The proof as the process is drawn."""
    todo = [Part(process, (), "")]
    flaws: list[Flaw] = []
    thrown: list[str] = []
    markings, is_whole = 0, True
    proved: set[str] = set()
    while todo:
        part = todo.pop(0)
        semantics = Semantics(part.process, called, most=MOST_INSTANCES, proving=True)
        space = Explorer(semantics, most_moves).run()
        most_moves -= space.moves
        markings += len(space.markings)
        is_whole = is_whole and space.is_whole
        flaws += part.named(_flaws(semantics, space))
        thrown += (_own(semantics, spot) for spot in space.thrown)
        for inner in _parts(part, semantics, space):
            if inner.process.id not in proved:
                proved.add(inner.process.id)
                todo.append(inner)
    return Proof(tuple(flaws[:MOST_NAMED]), is_whole, markings, tuple(dict.fromkeys(thrown)))


def prove_from(semantics: Semantics, marking: Marking, most_moves: int = MOST_MOVES) -> Proof:
    """Whether all that a marking leads to comes to its end; the traces begin at the marking.

    ``semantics`` is made for ``proving``. What is beside the point of a case under way is not
    said: dead steps, and how often an end is reached.
    """
    explorer = Explorer(semantics, most_moves)
    semantics.marked = frozenset()
    space = explorer.run_from((marking,))
    flaws = [*_doubles(semantics, space), *_stuck(semantics, space)]
    if space.is_whole:
        flaws += _endless(semantics, space)
    thrown = tuple(dict.fromkeys(_own(semantics, spot) for spot in space.thrown))
    return Proof(tuple(flaws[:MOST_NAMED]), space.is_whole, len(space.markings), thrown)


@dataclass(frozen=True)
class Part:
    """A level proved on its own: the way to it, and the call it runs in if it is another file's."""

    process: Process
    way: tuple[str, ...]
    call: str

    def named(self, flaws: Iterable[Flaw]) -> Iterator[Flaw]:
        """The flaws as the whole process names them; what is dead in another file is said there."""
        for flaw in flaws:
            if not self.call:
                trace = () if flaw.kind == "dead_activity" else (*self.way, *flaw.trace)
                yield Flaw(flaw.kind, flaw.elements, trace)
            elif flaw.kind != "dead_activity":
                yield Flaw(flaw.kind, (self.call,), self.way)


def _parts(part: Part, semantics: Semantics, space: Space) -> Iterator[Part]:
    """The levels that the proof of a level has left out."""
    closed = {spot.index: (spot, inner) for spot, inner in semantics.net.closed()}
    first = _first(space, set(closed))
    for number, (spot, inner) in closed.items():
        if number not in first:
            continue  # nothing leads there; that has been said
        node = _own(semantics, spot.index)
        way = (*part.way, *_steps(semantics, space, first[number]), node)
        call = part.call or (node if "/" not in inner.id or not _is_own(semantics, spot) else "")
        yield Part(inner, part.way if part.call else way, call)


def _first(space: Space, wanted: set[int]) -> dict[int, int]:
    """The first marking with a token at each of some spots."""
    found: dict[int, int] = {}
    for number, marking in enumerate(space.markings):
        if len(found) == len(wanted):
            break
        for item in _every(marking):
            if item.spot in wanted:
                found.setdefault(item.spot, number)
    return found


def _flaws(semantics: Semantics, space: Space) -> Iterator[Flaw]:
    yield from _doubles(semantics, space)
    yield from _stuck(semantics, space)
    if space.is_whole:
        yield from _endless(semantics, space)
        yield from _dead(semantics, space)


def _doubles(semantics: Semantics, space: Space) -> Iterator[Flaw]:
    named: set[int] = set()
    for number, spot in space.doubled.items():
        if spot not in named:
            named.add(spot)
            is_end = semantics.net.spots[spot].act is Act.END
            kind = "improper_completion" if is_end else "lack_of_synchronisation"
            yield _flaw(semantics, space, kind, number, (spot,))


def _stuck(semantics: Semantics, space: Space) -> Iterator[Flaw]:
    named: set[tuple[str, ...]] = set()
    for number in space.stuck:
        spots = tuple(_waiting(semantics, space.markings[number]))
        flaw = _flaw(semantics, space, "deadlock", number, spots)
        if flaw.elements not in named:
            named.add(flaw.elements)
            yield flaw


def _endless(semantics: Semantics, space: Space) -> Iterator[Flaw]:
    """The first marking from which neither an end nor another flaw can be reached."""
    back: list[list[int]] = [[] for _ in space.markings]
    for number, nexts in enumerate(space.nexts):
        for there in nexts:
            back[there].append(number)
    todo = [*space.finals, *space.stuck, *space.doubled]
    ending = set(todo)
    while todo:
        fresh = [n for n in back[todo.pop()] if n not in ending]
        ending.update(fresh)
        todo += fresh
    for number in range(len(space.markings)):
        if number not in ending:
            spots = tuple(_waiting(semantics, space.markings[number]))
            yield _flaw(semantics, space, "no_option_to_complete", number, spots)
            return


def _dead(semantics: Semantics, space: Space) -> Iterator[Flaw]:
    net = semantics.net
    cut = {i.spot for number in space.doubled for i in _every(space.markings[number])}
    stood = {item.spot for marking in space.markings for item in _every(marking)}
    alive = stood.union(space.moved, *(ahead_of(net, spot) for spot in cut))
    entered = {(s.level, s.node.id) for s in net.spots if s.index in alive}
    for spot in net.spots:
        is_activity = spot.node.kind in ACTIVITIES and _is_own(semantics, spot)
        if is_activity and (spot.level, spot.node.id) not in entered:
            yield Flaw("dead_activity", (spot.node.id,))


def _every(level: Marking) -> Iterator[Item]:
    for item in level:
        yield item
        for inner in item.inside:
            yield from _every(inner)


def _waiting(semantics: Semantics, level: Marking) -> Iterator[int]:
    """The spots where tokens stand, innermost; marks at ends are no tokens."""
    for item in level:
        spot = semantics.spot(item)
        if spot.act is Act.BODY and item.inside:
            for inner in item.inside:
                yield from _waiting(semantics, inner)
        elif spot.act not in {Act.END, Act.ARMED}:
            yield spot.index


def _flaw(
    semantics: Semantics, space: Space, kind: str, number: int, spots: tuple[int, ...]
) -> Flaw:
    elements = tuple(dict.fromkeys(_own(semantics, spot) for spot in spots))
    return Flaw(kind, elements, _steps(semantics, space, number))


def _steps(semantics: Semantics, space: Space, number: int) -> tuple[str, ...]:
    steps = [_own(semantics, spot) for spot in space.trace(number)]
    return tuple(s for n, s in enumerate(steps) if n == 0 or steps[n - 1] != s)


def _own(semantics: Semantics, number: int) -> str:
    """The node as the process itself names it; one of a called process by its call."""
    net = semantics.net
    spot = net.spots[number]
    while not _is_own(semantics, spot):
        spot = next(s for s in net.spots if s.body == spot.level)
    return spot.node.id


def _is_own(semantics: Semantics, spot: Spot) -> bool:
    main = semantics.net.main
    return spot.level == main or spot.level.startswith(f"{main}/")
