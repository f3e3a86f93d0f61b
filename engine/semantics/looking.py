"""Questions about a marking that look beyond one item: who is around, who catches, what waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.bpmn.model import Event, EventKind, Process
from engine.semantics.marking import (
    LEAVING,
    At,
    Item,
    Marking,
    items_around,
    level_at,
)
from engine.semantics.net import Act, Net, Spot

Caught = tuple[At, int]
"""The way to what catches, and the position of its event among the edges there."""
_AT_REST = (Act.END, Act.ARMED)


class Looking:
    """The net of a process and what is asked of it; ``most`` bounds the instances of a loop.

    With ``proving`` any task may fail with an error that something around it catches, and a token
    that comes to one of the ends ``marked`` leaves a mark there until its level is over.
    """

    marked: frozenset[int] = frozenset()

    def __init__(
        self,
        process: Process,
        called: Mapping[str, Process] | None = None,
        *,
        most: int = 3,
        proving: bool = False,
    ) -> None:
        self.net = Net(process, called or {}, closing=proving)
        self.most = most
        self.proving = proving
        edges = {edge for spot in self.net.spots for edge in spot.edges}
        self._heeded = {self.net.spots[edge].node.event.kind for edge in edges}

    def spot(self, item: Item) -> Spot:
        """Where an item stands."""
        return self.net.spots[item.spot]

    def is_over(self, level: Marking) -> bool:
        """Whether no token is left on a level; marks at its ends are none."""
        spots = self.net.spots
        return all(spots[item.spot].act in _AT_REST for item in level)

    def is_armed(self, item: Item, edge: int) -> bool:
        """Whether the boundary event with this position can happen."""
        return item.total != LEAVING and not item.fired >> edge & 1

    def most_runs(self, spot: Spot) -> int:
        """How often a standard loop runs at most, if its runs are few enough to be counted."""
        maximum = spot.node.repeat.maximum if spot.node.repeat is not None else ""
        return int(maximum) if maximum.isdecimal() and int(maximum) <= self.most else 0

    def _joins(self, level: Marking, item: Item, spot: Spot) -> bool:
        filled = {i.spot for i in level}.intersection(spot.join)
        if item.spot != min(filled):
            return False  # the join is offered once, at its first filled flow
        empty = set(spot.join) - filled
        if not empty or spot.act is Act.AND:
            return not empty
        return not any(self._awaited(other, spot, empty, filled) for other in level)

    def _awaited(self, item: Item, join: Spot, empty: set[int], filled: set[int]) -> bool:
        if item.spot in join.join:
            return False
        for place in self._stands(item):
            reached = self.net.reach(join, place)
            if not reached.isdisjoint(empty) and reached.isdisjoint(filled):
                return True
        return False

    def _stands(self, item: Item) -> Iterator[int]:
        """The spots an item has a token at: its own and those of the events it has armed."""
        spot = self.spot(item)
        if spot.act is not Act.RACE:
            yield item.spot
        yield from spot.targets
        yield from (e for n, e in enumerate(spot.edges) if self.is_armed(item, n))

    # errors and escalations look for the nearest activity around that catches them

    def catcher(self, whole: Marking, at: At, kind: EventKind, code: str) -> Caught | None:
        """What catches first: at the border of an activity, then beside it, then further out."""
        for way, item, came in self._catching(whole, at):
            edge = self._edge_for(item, kind, code, came)
            if edge is not None:
                return way, edge
        return None

    def _catching(self, whole: Marking, at: At) -> Iterator[tuple[At, Item, int]]:
        """What may catch, nearest first, with the way to it and the spot it is come to from."""
        for length in range(len(at), 0, -2):
            way = at[:length]
            level = level_at(whole, way)
            item = level[way[-1]]
            yield way, item, item.spot
            armed = self.net.armed.get(self.net.spots[item.spot].level)
            if armed is not None:
                for n, beside in enumerate(level):
                    if beside.spot == armed:
                        yield (*way[:-1], n), beside, item.spot

    def _edge_for(self, item: Item, kind: EventKind, code: str, came: int) -> int | None:
        loose = None
        for number, event in self._edges(item, came):
            if event.kind is kind:
                if event.ref == code:
                    return number
                if not event.ref and loose is None:
                    loose = number
        return loose

    def _edges(self, item: Item, came: int) -> Iterator[tuple[int, Event]]:
        """The armed events at an item; not the start of the event sub-process one comes from."""
        spot = self.spot(item)
        for number, edge in enumerate(spot.edges):
            if not self.is_armed(item, number):
                continue
            if spot.act is not Act.ARMED or self.net.sub_of(edge) != came:
                yield number, self.net.spots[edge].node.event

    def _codes(self, whole: Marking, at: At, kind: EventKind = EventKind.ERROR) -> list[str]:
        """The codes that something around an activity would catch; "" is any other."""
        if kind not in self._heeded:
            return []
        codes: dict[str, None] = {}
        for _, item, came in self._catching(whole, at):
            for _, event in self._edges(item, came):
                if event.kind is kind:
                    codes[event.ref] = None
        return list(codes)

    def _return_depth(self, whole: Marking, at: At, target: str) -> int | None:
        """Length of the way to the level of the target; None when there is no way back."""
        chain = list(items_around(whole, at))
        for depth in range(len(chain) - 1, -1, -1):
            level = self.spot(chain[depth]).level
            if self.net.at(level, target) is not None:
                inside = chain[depth].spot in self.net.region(level, target)
                return 2 * depth + 1 if inside else None
        return None
