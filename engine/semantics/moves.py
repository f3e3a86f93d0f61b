"""What a marking allows: every enabled move of BPMN 2.0 and the marking after it.

Nothing is decided here. Where data would choose (a condition, the number of instances, whether a
quorum is reached, whether a service fails) there is one move for each answer. The inclusive join
follows BPMN 2.0, 13.4.3: it waits for every token that can still come to one of its empty flows and
to none of its filled ones; an armed boundary event and an armed event of a gateway count as tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from engine.bpmn.model import EVENTS, EventKind, Process
from engine.semantics.closed import return_targets
from engine.semantics.effects import Effects
from engine.semantics.marking import (
    COUNTING,
    LEAVING,
    REPEATING,
    At,
    Item,
    Marking,
    item_at,
    items_around,
)
from engine.semantics.move import LAST, By, Move
from engine.semantics.net import Act, Spot, is_counted

_HAPPENING = frozenset(
    {EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.CONDITIONAL}
)


class Semantics(Effects):
    """The moves of one process. ``most`` bounds the instances of a multi-instance activity."""

    def __init__(
        self,
        process: Process,
        called: Mapping[str, Process] | None = None,
        *,
        most: int = 3,
        proving: bool = False,
    ) -> None:
        super().__init__(process, called, most=most, proving=proving)
        self._returns = {spot.index: return_targets(spot.node) for spot in self.net.spots}
        bodies = (spot for spot in self.net.spots if spot.act in {Act.BODY, Act.WAIT})
        self._bodies_return = any(self._returns[spot.index] for spot in bodies)
        self._after: dict[str, Callable[[Marking, Move], Marking]] = {
            "pass": self._passed,
            "join": self._joined,
            "count": self._counted,
            "decide": self._decided,
            "complete": self._completed,
            "do": self._completed,
            "close": self._completed,
            "fire": self._completed,
            "edge": self._edge_fired,
            "race": self._raced,
            "fail": self._failed,
            "throw": self._thrown,
            "warn": self._warned,
            "signal": self._signalled,
            "terminate": self._terminated,
            "return": self._returned,
        }

    def start(self, entry: int = 0) -> Marking:
        """One token at a start event; 0 is the one of people, others begin by themselves."""
        return self._opened(self.net.main, self.net.entries[entry])

    def moves(self, marking: Marking) -> list[Move]:
        """Every move the marking allows; items that are alike are offered once."""
        return list(self._level_moves(marking, (), marking))

    def after(self, marking: Marking, move: Move) -> Marking:
        """The marking after one of its moves."""
        return self._after[move.kind](marking, move)

    def is_final(self, marking: Marking) -> bool:
        """True once no token is left."""
        return self.is_over(marking)

    # what is enabled

    def _level_moves(self, level: Marking, at: At, whole: Marking) -> Iterator[Move]:
        before: Item | None = None
        for index, item in enumerate(level):
            if item != before:
                yield from self._item_moves(level, item, (*at, index), whole)
            before = item

    def _item_moves(self, level: Marking, item: Item, at: At, whole: Marking) -> Iterator[Move]:
        spot = self.spot(item)
        node = spot.node.id
        if item.total == LEAVING or spot.act is Act.PASS:
            yield from (Move("pass", node, at, pick=n) for n in range(len(spot.exits)))
        elif item.total == COUNTING:
            yield from (Move("count", node, at, pick=n) for n in range(self.most + 1))
        elif item.done < 0:
            is_last = item.total == REPEATING and ~item.done == self.most_runs(spot) > 0
            yield from (Move("decide", node, at, pick=n) for n in ((1,) if is_last else (0, 1)))
        elif spot.act is Act.AND or spot.act is Act.OR:
            if self._joins(level, item, spot):
                yield from (Move("join", node, at, pick=n) for n in range(len(spot.exits)))
        elif spot.is_activity:
            yield from self._activity_moves(item, spot, at, whole)
        elif spot.act is Act.ARMED:
            if self.is_over(level):
                return  # nothing begins any more where all has ended
        elif spot.act is not Act.END:
            yield from self._event_moves(spot, at, whole)
        yield from self._edge_moves(item, spot, at)

    def _event_moves(self, spot: Spot, at: At, whole: Marking) -> Iterator[Move]:
        node = spot.node.id
        if spot.act is Act.RACE:
            for pick, target in enumerate(spot.targets):
                yield Move("race", self.net.spots[target].node.id, at, By.EVENT, pick)
        elif spot.act is Act.TERMINATE:
            yield Move("terminate", node, at)
        elif spot.act is Act.SIGNAL:
            yield Move("signal", node, at)
        elif spot.act is Act.ESCALATE or self._is_caught(spot, at, whole):
            yield Move("throw", node, at, code=spot.node.event.ref)

    def _is_caught(self, spot: Spot, at: At, whole: Marking) -> bool:
        event = spot.node.event
        return self.catcher(whole, at, event.kind, event.ref) is not None

    def _edge_moves(self, item: Item, spot: Spot, at: At) -> Iterator[Move]:
        for number, edge in enumerate(spot.edges):
            node = self.net.spots[edge].node
            if node.event.kind in _HAPPENING and self.is_armed(item, number):
                yield Move("edge", node.id, at, By.EVENT, number)
                if is_counted(node):
                    yield Move("edge", node.id, at, By.EVENT, number, LAST)

    def _activity_moves(self, item: Item, spot: Spot, at: At, whole: Marking) -> Iterator[Move]:
        before: Marking | None = None
        for instance, level in enumerate(item.inside):
            if level == before:
                continue
            before = level
            if spot.act is Act.BODY and not self.is_over(level):
                yield from self._level_moves(level, (*at, instance), whole)
            elif spot.act is Act.BODY:
                yield Move("close", spot.node.id, at, pick=instance)
            else:
                yield from self._work_moves(spot, at, instance, whole)

    def _work_moves(self, spot: Spot, at: At, instance: int, whole: Marking) -> Iterator[Move]:
        node = spot.node
        if spot.act is Act.PERSON:
            yield Move("complete", node.id, at, By.PERSON, instance)
            yield from self._return_moves(spot, at, instance, whole)
        elif spot.act is Act.WAIT:
            yield Move("fire", node.id, at, By.EVENT, instance)
            if node.kind not in EVENTS:  # a level that is proved on its own: its people may return
                yield from self._return_moves(spot, at, instance, whole)
        else:
            yield Move("do", node.id, at, pick=instance)
        if spot.act is Act.STEP:
            return  # nothing is done that could fail
        yield from self._failures(spot, at, instance, whole)

    def _return_moves(self, spot: Spot, at: At, instance: int, whole: Marking) -> Iterator[Move]:
        """The returns that a step allows, or an activity around it."""
        targets = self._returns[spot.index]
        if self._bodies_return:
            around = [self._returns[item.spot] for item in items_around(whole, at)]
            targets += tuple(target for one in around for target in one)
        for target in dict.fromkeys(targets):
            if self._return_depth(whole, at, target) is not None:
                yield Move("return", spot.node.id, at, By.PERSON, instance, to=target)

    def _failures(self, spot: Spot, at: At, instance: int, whole: Marking) -> Iterator[Move]:
        """A service fails by itself; of what is not known to run here it is assumed in a proof."""
        node = spot.node
        if spot.act is Act.DO or (self.proving and node.kind not in EVENTS):
            by = By.ENGINE if spot.act is Act.DO else By.EVENT
            for code in self._codes(whole, at):
                yield Move("fail", node.id, at, by, instance, code)
        if self.proving:
            for code in self._warnings(spot, at, whole):
                yield Move("warn", node.id, at, By.EVENT, instance, code)

    def _warnings(self, spot: Spot, at: At, whole: Marking) -> list[str]:
        """The escalations that an unknown process may throw; of others those drawn on them."""
        if spot.is_unknown:
            return self._codes(whole, at, EventKind.ESCALATION)
        return self._codes((item_at(whole, at),), (0,), EventKind.ESCALATION)
