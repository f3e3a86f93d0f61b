"""Where a case comes to rest: what the engine does by itself before it waits for somebody.

Steps that touch nothing but their own token are taken in one fixed order, since every order comes
to the same; steps that look at other tokens or take them away (inclusive joins, errors, signals,
terminations) come after those and are tried in every order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from engine.errors import Invalid
from engine.semantics.marking import Marking, item_at, size_of
from engine.semantics.move import By, Move
from engine.semantics.moves import Semantics
from engine.semantics.net import Act

MOST_MARKINGS = 20_000
MOST_TOKENS = 1_000
"""A circle that adds a token in every round would make each marking dearer than the last."""
_FAR = frozenset({"fail", "throw", "signal", "terminate"})


class TooManyWays(Invalid):
    """What happens by itself branches too much, or never comes to rest."""

    code = "too_many_ways"


def ordered(semantics: Semantics, marking: Marking, moves: Iterable[Move]) -> list[Move]:
    """The engine's moves that have to be tried here; others may wait without loss."""
    own = [move for move in moves if move.by is By.ENGINE]
    failing = {move.at for move in own if move.kind == "fail"}
    near: list[Move] = []
    far: list[Move] = []
    for move in own:
        is_far = move.at in failing or _is_far(semantics, marking, move)
        (far if is_far else near).append(move)
    return [m for m in near if (m.at, m.kind) == (near[0].at, near[0].kind)] or far


def rests(
    semantics: Semantics,
    marking: Marking,
    allowed: Callable[[Marking, Move], bool] = lambda _marking, _move: True,
    *,
    every_order: bool = False,
    most: int = MOST_MARKINGS,
) -> frozenset[Marking]:
    """The markings in which nothing moves by itself any more.

    TooManyWays above ``most`` markings on the way, or above MOST_TOKENS in one of them: choices
    multiply, and a circle in which nobody acts may add tokens without end.
    """
    found: set[Marking] = set()
    seen, todo = {marking}, [marking]
    while todo:
        here = todo.pop()
        own = [m for m in semantics.moves(here) if m.by is By.ENGINE and allowed(here, m)]
        if not own:
            found.add(here)
        for move in own if every_order else ordered(semantics, here, own):
            there = semantics.after(here, move)
            if there not in seen:
                seen.add(there)
                todo.append(there)
        if len(seen) > most or size_of(here) > MOST_TOKENS:
            raise TooManyWays("自动发生的步骤没有尽头或分支过多", "too much may happen by itself")
    return frozenset(found)


def next_steps(semantics: Semantics, marking: Marking, move: Move) -> dict[str, bool]:
    """What a person would see waiting after a move, by node; True where it is certain.

    Steps that wait already are left out, unless another instance of them is added.
    """
    before = _waiting(semantics, marking)
    spot = semantics.spot(item_at(marking, move.at))
    for left in (semantics.net.spots[t].node.id for t in spot.targets or (spot.index,)):
        before[left] = before.get(left, 0) - 1
    ends = [
        {node: n - before.get(node, 0) for node, n in _waiting(semantics, rest).items()}
        for rest in rests(semantics, semantics.after(marking, move))
    ]
    every = dict.fromkeys(node for end in ends for node, more in end.items() if more > 0)
    return {node: all(end.get(node, 0) > 0 for end in ends) for node in every}


def _waiting(semantics: Semantics, marking: Marking) -> dict[str, int]:
    counts: dict[str, int] = {}
    for node, number in _places(semantics, marking):
        counts[node] = counts.get(node, 0) + number
    return counts


def _places(semantics: Semantics, level: Marking) -> Iterator[tuple[str, int]]:
    for item in level:
        spot = semantics.spot(item)
        if spot.act in {Act.PERSON, Act.WAIT} and item.inside:
            yield spot.node.id, len(item.inside)
        for target in spot.targets:
            yield semantics.net.spots[target].node.id, 1
        if spot.act is Act.BODY:
            for inner in item.inside:
                yield from _places(semantics, inner)


def _is_far(semantics: Semantics, marking: Marking, move: Move) -> bool:
    if move.kind in _FAR:
        return True
    if move.kind != "join":
        return False
    return semantics.spot(item_at(marking, move.at)).act is Act.OR
