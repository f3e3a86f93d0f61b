"""A marking: where the tokens of a case are, as nested tuples, equal when they mean the same.

A level (process, sub-process, called process) is the sorted tuple of its items; an item is a token
or a running activity. Identities are left out on purpose: two instances of a countersignature that
stand at the same step are one and the same to everything that comes after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

COUNTING, LEAVING, REPEATING = -1, -2, -3
"""Values of ``Item.total``: the number of instances is not known yet; only the exit is open; a
standard loop, whose runs are counted where few."""


class Item(NamedTuple):
    """A token at a spot; for an activity also what runs inside it.

    ``fired`` has a bit for each boundary event that cannot happen again, ``total`` the number of
    instances and ``done`` how many of them have ended (its complement while it is being decided
    whether they are enough), ``inside`` one level for each running instance.
    """

    spot: int
    fired: int = 0
    total: int = 0
    done: int = 0
    inside: tuple[tuple[Item, ...], ...] = ()


Marking = tuple[Item, ...]
At = tuple[int, ...]
"""The way to an item: its position, and before it position and instance of each item around it."""


def put(level: Marking, index: int, items: tuple[Item, ...]) -> Marking:
    """The level with one item replaced by others."""
    return tuple(sorted((*level[:index], *items, *level[index + 1 :])))


def edit(level: Marking, at: At, change: Callable[[Marking, int], Marking]) -> Marking:
    """The marking after ``change`` on the level where the way ends."""
    if len(at) == 1:
        return change(level, at[0])
    item = level[at[0]]
    inner = edit(item.inside[at[1]], at[2:], change)
    return put(level, at[0], (with_inside(item, at[1], inner),))


def with_inside(item: Item, instance: int, level: Marking) -> Item:
    """The item with the level of one instance replaced."""
    inside = (*item.inside[:instance], level, *item.inside[instance + 1 :])
    return item._replace(inside=tuple(sorted(inside)))


def item_at(level: Marking, at: At) -> Item:
    """The item where the way ends."""
    return level_at(level, at)[at[-1]]


def level_at(level: Marking, at: At) -> Marking:
    """The level where the way ends."""
    for depth in range(0, len(at) - 1, 2):
        level = level[at[depth]].inside[at[depth + 1]]
    return level


def items_around(level: Marking, at: At) -> Iterator[Item]:
    """The items around and at the end of a way, outermost first."""
    for depth in range(0, len(at), 2):
        item = level[at[depth]]
        yield item
        if depth + 1 < len(at):
            level = item.inside[at[depth + 1]]


def size_of(level: Marking) -> int:
    """How many items a marking has, those inside others included."""
    return sum(1 + sum(size_of(inner) for inner in item.inside) for item in level)
