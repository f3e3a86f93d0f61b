"""The marking of a standing: what the semantics knows of a case, and nothing of whose it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from engine.semantics.marking import REPEATING, Item, Marking
from engine.semantics.moves import Semantics
from engine.semantics.net import Act, Net, Spot, event_start
from engine.spiff.standing import Edge, Level, Stand

MOST_ALIKE = 2
"""Instances alike that are looked at of a multi-instance activity: more of them do the same."""


@dataclass(frozen=True)
class Part:
    """A running level that concerns nothing around it, with its standing: proved on its own."""

    spot: Spot
    standing: Level


class Markings:
    """Turns standings into markings of one semantics; ``parts`` are the levels left out."""

    def __init__(self, semantics: Semantics, most_alike: int = MOST_ALIKE) -> None:
        self.semantics, self.most_alike = semantics, most_alike
        self.net: Net = semantics.net
        self.parts: list[Part] = []

    def of(self, standing: Level) -> Marking:
        """The marking of a running level."""
        items: list[Item] = []
        races: set[UUID | None] = set()
        at_joins: Counter[tuple[str, str]] = Counter()
        for stand in standing.stands:
            spot = self._spot(standing.name, stand, at_joins)
            if spot is None or (spot.act is Act.RACE and stand.above in races):
                continue
            if spot.act is Act.RACE:
                races.add(stand.above)  # its events are one token
            items.append(self._item(spot, stand))
        armed = self.net.armed.get(standing.name)
        if armed is not None and not self._is_interrupted(standing):
            spot = self.net.spots[armed]
            items.append(Item(armed, fired=self._fired(spot, standing.armed)))
        return tuple(sorted(items))

    def _is_interrupted(self, standing: Level) -> bool:
        """Whether an event sub-process runs that has withdrawn all else on its level."""
        nodes = self.net.levels[standing.name].nodes
        running = (nodes[stand.node] for stand in standing.stands if stand.node)
        return any(node.by_event and event_start(node).interrupting for node in running)

    def _spot(self, level: str, stand: Stand, at_joins: Counter[tuple[str, str]]) -> Spot | None:
        if not stand.node:
            return None  # it has ended
        if not stand.source:
            return self.net.at(level, stand.node)
        source = self.net.at(level, stand.source)
        if source is not None and source.act is Act.RACE:
            return source
        way = (stand.source, stand.node)
        at_joins[way] += 1
        return self.net.at(level, self._before_join(level, way, at_joins[way] - 1))

    def _before_join(self, level: str, way: tuple[str, str], number: int) -> str:
        """The name of the flow's spot by which a token waits at a join.

        Of several from one node to one join each token takes another.
        """
        flows = self.net.levels[level].flows.values()
        by = [f.id for f in flows if (f.source, f.target) == way]
        name = f"{way[1]}<{by[number % len(by)]}" if by else ""
        return way[1] if self.net.at(level, name) is None else name

    def _item(self, spot: Spot, stand: Stand) -> Item:
        if not spot.is_activity:
            return Item(spot.index)
        fired = self._fired(spot, stand.edges)
        if spot.node.loop is not None:
            return self._looped(spot, stand, fired)
        if spot.node.repeat is not None:
            runs = int(stand.facts.get("done", 0)) if self.semantics.most_runs(spot) else 0
            inside = tuple(self._work(spot, run) for run in stand.runs)
            return Item(spot.index, fired, REPEATING, runs, inside)
        return Item(spot.index, fired, 1, 0, (self._work(spot, stand),))

    def _looped(self, spot: Spot, stand: Stand, fired: int) -> Item:
        """A multi-instance activity; of instances that are alike a few are enough."""
        total = int(stand.facts.get("total", 0)) - int(stand.facts.get("dropped", 0))
        done = int(stand.facts.get("done", 0))
        every = sorted(self._work(spot, run) for run in stand.runs)
        inside = tuple(w for n, w in enumerate(every) if every[:n].count(w) < self.most_alike)
        if len(inside) < len(every):
            return Item(spot.index, fired, len(inside), 0, inside)
        is_counted = total - done - len(every) > self.most_alike
        left = len(every) + self.most_alike if is_counted else total - done
        return Item(spot.index, fired, left + done, done, inside)

    def _work(self, spot: Spot, stand: Stand) -> Marking:
        """What runs inside an activity; of what is proved on its own nothing is told here."""
        if stand.inside is None:
            return ()
        if spot.act is Act.BODY:
            return self.of(stand.inside)
        self.parts.append(Part(spot, stand.inside))
        return ()

    def _fired(self, spot: Spot, waiting: Iterable[Edge]) -> int:
        """A bit for each event at a spot that cannot happen any more."""
        open_ = {edge.node for edge in waiting}
        fired = 0
        for number, edge in enumerate(spot.edges):
            node = self.net.spots[edge].node
            if node.id not in open_:
                fired |= 1 << number
        return fired
