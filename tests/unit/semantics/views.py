"""What can be seen of a case: the same tree from the engine's tokens and from a marking."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from engine.semantics.marking import Item, Marking
from engine.semantics.moves import Semantics
from engine.semantics.net import Act
from engine.spiff.host import Token

View = tuple[Any, ...]
"""A sorted tuple of (node, what stands inside it)."""


def engine_view(tokens: list[Token]) -> View:
    """The tree of the engine's open tokens."""
    inside: dict[UUID | None, list[Token]] = {}
    for token in tokens:
        around = [ref.id for ref in token.scopes if ref.id != token.id]
        inside.setdefault(around[0] if around else None, []).append(token)
    return _branch(None, inside)


def _branch(owner: UUID | None, inside: dict[UUID | None, list[Token]]) -> View:
    found = ((token.node.id, _branch(token.id, inside)) for token in inside.get(owner, ()))
    return tuple(sorted(found))


def marking_view(semantics: Semantics, level: Marking) -> View:
    """The tree of a marking, as :func:`engine_view` would show it."""
    is_over = semantics.is_over(level)
    return tuple(sorted(leaf for item in level for leaf in _leaves(semantics, item, is_over)))


def _leaves(semantics: Semantics, item: Item, is_over: bool) -> Iterator[tuple[str, View]]:
    spot = semantics.spot(item)
    spots = semantics.net.spots
    if spot.act is Act.ARMED and is_over:
        return
    for target in spot.targets:
        yield spots[target].node.id, ()
    for number, edge in enumerate(spot.edges):
        if semantics.is_armed(item, number):
            yield spots[edge].node.id, ()
    if spot.act in {Act.RACE, Act.ARMED}:
        return
    below = [marking_view(semantics, inner) for inner in item.inside]
    node = spot.node.id
    if spot.node.loop is not None:
        yield node, tuple(sorted((node, view) for view in below))
    elif spot.act is Act.BODY and below and spot.node.repeat is None:
        yield node, below[0]
    elif spot.node.repeat is not None:
        yield node, ()  # the loop; beside it stands its run
        yield from ((node, view) for view in below)
    else:
        yield node, ()


def owners(token: Token, by_id: dict[UUID, Token]) -> tuple[str, ...]:
    """The activities around a token, outermost first."""
    around = [by_id[ref.id] for ref in reversed(token.scopes) if ref.id != token.id]
    names = [owner.node.id for owner in around if not owner.instance]
    return tuple(names[:-1] if token.instance else names)


def owners_at(semantics: Semantics, level: Marking, at: tuple[int, ...]) -> tuple[str, ...]:
    """The nodes around the place of a move, outermost first."""
    names = []
    for depth in range(0, len(at) - 1, 2):
        item = level[at[depth]]
        names.append(semantics.spot(item).node.id)
        level = item.inside[at[depth + 1]]
    return tuple(names)


def several_at_once(tokens: list[Token]) -> set[str]:
    """The levels that run more than once at the same time."""
    by_id = {t.id: t for t in tokens}
    running: dict[str, set[UUID | None]] = {}
    for token in tokens:
        above = (r.id for r in token.scopes if by_id[r.id].process != token.process)
        running.setdefault(token.process, set()).add(next(above, None))
    return {level for level, owner in running.items() if len(owner) > 1}
