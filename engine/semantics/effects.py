"""What each kind of move makes of a marking."""

from __future__ import annotations

from engine.bpmn.model import EventKind, TimerKind
from engine.semantics.looking import Caught, Looking
from engine.semantics.marking import (
    COUNTING,
    LEAVING,
    REPEATING,
    At,
    Item,
    Marking,
    edit,
    item_at,
    put,
    with_inside,
)
from engine.semantics.move import LAST, Move
from engine.semantics.net import Act, Spot


class Effects(Looking):
    """The successor of a marking by one of its moves."""

    # what a move makes of a marking

    def _opened(self, level: str, entry: int | None = None) -> Marking:
        armed = self.net.armed.get(level)
        begun = Item(self.net.starts[level] if entry is None else entry)
        return (begun,) if armed is None else tuple(sorted((begun, Item(armed))))

    def _given(self, spots: tuple[int, ...]) -> tuple[Item, ...]:
        """Fresh tokens; an end event takes its token at once."""
        found = ((s, self.net.spots[s]) for s in spots)
        return tuple(
            self._fresh(n, s) for n, s in found if s.act is not Act.END or n in self.marked
        )

    def _fresh(self, number: int, spot: Spot) -> Item:
        if not spot.is_activity:
            return Item(number)
        if spot.node.loop is not None:
            return Item(number, total=COUNTING)
        if spot.node.repeat is not None:
            asked = Item(number, total=REPEATING, done=~0)
            return asked if spot.node.repeat.test_before else self._run_again(asked)
        return Item(number, total=1, inside=(self._work(spot),))

    def _work(self, spot: Spot) -> Marking:
        return self._opened(spot.body) if spot.act is Act.BODY else ()

    def _run_again(self, item: Item) -> Item:
        """A standard loop with one more run."""
        return item._replace(done=~item.done, inside=(self._work(self.spot(item)),))

    def _left(self, item: Item) -> tuple[Item, ...]:
        """What stands in place of an activity that has ended."""
        exits = self.spot(item).exits
        return self._given(exits[0].spots) if len(exits) == 1 else (Item(item.spot, total=LEAVING),)

    def _passed(self, marking: Marking, move: Move) -> Marking:
        def change(level: Marking, index: int) -> Marking:
            spot = self.spot(level[index])
            return put(level, index, self._given(spot.exits[move.pick].spots))

        return edit(marking, move.at, change)

    def _joined(self, marking: Marking, move: Move) -> Marking:
        def change(level: Marking, index: int) -> Marking:
            spot = self.spot(level[index])
            left = list(level)
            for flow in spot.join:
                token = Item(flow)
                if token in left:
                    left.remove(token)
            return tuple(sorted((*left, *self._given(spot.exits[move.pick].spots))))

        return edit(marking, move.at, change)

    def _counted(self, marking: Marking, move: Move) -> Marking:
        def change(level: Marking, index: int) -> Marking:
            item = level[index]
            spot = self.spot(item)
            if not move.pick:
                return put(level, index, self._left(item))
            begun = 1 if spot.node.loop and spot.node.loop.sequential else move.pick
            inside = tuple(self._work(spot) for _ in range(begun))
            return put(level, index, (item._replace(total=move.pick, inside=inside),))

        return edit(marking, move.at, change)

    def _completed(self, marking: Marking, move: Move) -> Marking:
        def change(level: Marking, index: int) -> Marking:
            item = level[index]
            loop = self.spot(item).node.loop
            done = item.done + 1
            inside = (*item.inside[: move.pick], *item.inside[move.pick + 1 :])
            if item.total == REPEATING:
                runs = item.done + 1 if self.most_runs(self.spot(item)) else 0
                return put(level, index, (item._replace(done=~runs, inside=()),))
            if done == item.total:
                return put(level, index, self._left(item))
            if loop is not None and loop.completion_condition:
                return put(level, index, (item._replace(done=~done, inside=inside),))
            return put(level, index, (self._next_instance(item, done, inside),))

        return edit(marking, move.at, change)

    def _decided(self, marking: Marking, move: Move) -> Marking:
        def change(level: Marking, index: int) -> Marking:
            item = level[index]
            if move.pick:
                return put(level, index, self._left(item))
            if item.total == REPEATING:
                return put(level, index, (self._run_again(item),))
            return put(level, index, (self._next_instance(item, ~item.done, item.inside),))

        return edit(marking, move.at, change)

    def _next_instance(self, item: Item, done: int, inside: tuple[Marking, ...]) -> Item:
        more = () if inside or done + len(inside) >= item.total else (self._work(self.spot(item)),)
        return item._replace(done=done, inside=(*inside, *more))

    def _edge_fired(self, marking: Marking, move: Move) -> Marking:
        def change(level: Marking, index: int) -> Marking:
            return self._happened_at(level, index, move.pick, move.code)

        return edit(marking, move.at, change)

    def _happened_at(self, level: Marking, index: int, edge: int, code: str = "") -> Marking:
        """The level after one of the events around an activity, or beside all, has happened."""
        if self.spot(level[index]).act is Act.ARMED:
            return self._begun(level, index, edge, code)
        return put(level, index, self._interrupted(level[index], edge, code))

    def _begun(self, level: Marking, index: int, edge: int, code: str = "") -> Marking:
        """The level after one of its event sub-processes has begun."""
        item = level[index]
        start = self.net.spots[self.spot(item).edges[edge]]
        sub = self.net.sub_of(start.index)
        begun = self._fresh(sub, self.net.spots[sub])
        if start.node.interrupting:
            return (begun,)
        return put(level, index, (begun, self._spent(item, edge, start, code)))

    def _spent(self, item: Item, edge: int, happened: Spot, code: str) -> Item:
        """The item after one of its events that do not interrupt."""
        event = happened.node.event
        is_cycle = event.timer is TimerKind.CYCLE
        once = event.kind is EventKind.TIMER and (not is_cycle or code == LAST)
        return item._replace(fired=item.fired | once << edge)

    def _interrupted(self, item: Item, edge: int, code: str = "") -> tuple[Item, ...]:
        """What stands in place of an activity one of whose boundary events has happened."""
        number = self.spot(item).edges[edge]
        node = self.net.spots[number].node
        if node.interrupting:
            return (Item(number),)
        return Item(number), self._spent(item, edge, self.net.spots[number], code)

    def _raced(self, marking: Marking, move: Move) -> Marking:
        def change(level: Marking, index: int) -> Marking:
            return put(level, index, self._happened(level[index], move.pick))

        return edit(marking, move.at, change)

    def _happened(self, item: Item, target: int) -> tuple[Item, ...]:
        return self._left(Item(self.spot(item).targets[target]))

    def _failed(self, marking: Marking, move: Move) -> Marking:
        found = self.catcher(marking, move.at, EventKind.ERROR, move.code)
        return marking if found is None else self._caught(marking, move.at, found)

    def _thrown(self, marking: Marking, move: Move) -> Marking:
        event = self.spot(item_at(marking, move.at)).node.event
        found = self.catcher(marking, move.at, event.kind, event.ref)
        if found is None:  # an escalation that nobody hears
            return edit(marking, move.at, self._goes_on)
        return self._caught(marking, move.at, found)

    def _warned(self, marking: Marking, move: Move) -> Marking:
        found = self.catcher(marking, move.at, EventKind.ESCALATION, move.code)
        assert found is not None
        return edit(
            marking, found[0], lambda level, index: self._happened_at(level, index, found[1])
        )

    def _goes_on(self, level: Marking, index: int) -> Marking:
        return put(level, index, (Item(level[index].spot, total=LEAVING),))

    def _caught(self, marking: Marking, at: At, found: Caught) -> Marking:
        """The thrower goes on unless it is interrupted with the rest."""
        way, edge = found

        def change(level: Marking, index: int) -> Marking:
            item = level[index]
            if self.spot(item).act is Act.ARMED:
                level = edit(level, at[len(way) - 1 :], self._goes_on)
                return self._begun(level, level.index(item), edge)
            if len(way) < len(at):
                inner = edit(item.inside[at[len(way)]], at[len(way) + 1 :], self._goes_on)
                item = with_inside(item, at[len(way)], inner)
            return put(level, index, self._interrupted(item, edge))

        return edit(marking, way, change)

    def _signalled(self, marking: Marking, move: Move) -> Marking:
        ref = self.spot(item_at(marking, move.at)).node.event.ref
        return self._heard(edit(marking, move.at, self._goes_on), ref)

    def _heard(self, level: Marking, ref: str) -> Marking:
        """The level after everything in it that waits for the signal has got it."""
        subs = self._hearing_subs(level, ref)
        stopping = [begun for begun, interrupts in subs if interrupts]
        if stopping:
            return (stopping[0],)
        begun = (begun for begun, _ in subs)
        heard = (new for item in level for new in self._item_heard(item, ref))
        return tuple(sorted((*begun, *heard)))

    def _hearing_subs(self, level: Marking, ref: str) -> list[tuple[Item, bool]]:
        """The event sub-processes that begin by a signal, and whether they interrupt."""
        armed = next((i for i in level if self.spot(i).act is Act.ARMED), None)
        if armed is None or self.is_over(level):
            return []
        found = []
        for number, edge in enumerate(self.spot(armed).edges):
            if self._listens(edge, ref) and self.is_armed(armed, number):
                sub = self.net.sub_of(edge)
                begun = self._fresh(sub, self.net.spots[sub])
                found.append((begun, self.net.spots[edge].node.interrupting))
        return found

    def _item_heard(self, item: Item, ref: str) -> tuple[Item, ...]:
        spot = self.spot(item)
        if spot.act is Act.ARMED:
            return (item,)
        for number, target in enumerate(spot.targets):
            if self._listens(target, ref):
                return self._happened(item, number)
        if spot.act is Act.WAIT and self._listens(item.spot, ref) and item.total != LEAVING:
            return self._left(item)
        if spot.act is Act.BODY:
            inside = tuple(sorted(self._heard(level, ref) for level in item.inside))
            item = item._replace(inside=inside)
        begun: list[Item] = []
        for number, edge in enumerate(spot.edges):
            if self._listens(edge, ref) and self.is_armed(item, number):
                if self.net.spots[edge].node.interrupting:
                    return (*begun, Item(edge))
                begun.append(Item(edge))
        return (*begun, item)

    def _listens(self, spot: int, ref: str) -> bool:
        event = self.net.spots[spot].node.event
        return event.kind is EventKind.SIGNAL and event.ref == ref

    def _terminated(self, marking: Marking, move: Move) -> Marking:
        return edit(marking, move.at, lambda _level, _index: ())

    def _returned(self, marking: Marking, move: Move) -> Marking:
        length = self._return_depth(marking, move.at, move.to)

        def change(level: Marking, index: int) -> Marking:
            name = self.spot(level[index]).level
            target = self.net.at(name, move.to)
            assert target is not None
            region = self.net.region(name, move.to)
            kept = (item for item in level if item.spot not in region)
            return tuple(sorted((*kept, *self._given((target.index,)))))

        return edit(marking, move.at[:length], change)
