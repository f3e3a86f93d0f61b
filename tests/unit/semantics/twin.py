"""One process run twice at once: by the engine's token machine and by the semantics.

The engine acts first; the semantics is given the same act and the same answers of data and keeps
every marking that fits what can be seen. When none is left, the two disagree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, NoReturn
from uuid import UUID

from engine.bpmn.model import EventKind, Kind, Node, Process
from engine.semantics.closed import return_targets
from engine.semantics.marking import Marking, item_at
from engine.semantics.move import By, Move
from engine.semantics.moves import Semantics
from engine.semantics.net import Act, Spot, is_counted
from engine.semantics.rest import rests
from engine.spiff.host import ServiceStopped, Token
from engine.spiff.jump import ReturnRefused
from engine.spiff.machine import Machine, Waiting
from tests.unit.semantics.ledger import Ledger
from tests.unit.semantics.mutation import CODES
from tests.unit.semantics.views import (
    View,
    engine_view,
    marking_view,
    owners,
    owners_at,
    several_at_once,
)
from tests.unit.spiff.drawing import Run, TableHost

Procedure = tuple[list[Process], list[str], dict[str, tuple[int, int]]]
MOST_OPEN = 25
_OUTCOMES = ("", "", "", "", "stop", *CODES)
_INNER = frozenset({EventKind.ERROR, EventKind.ESCALATION, EventKind.CANCEL})


class Disagreement(Exception):
    """The engine and the semantics do not do the same."""


class NoExit(Exception):
    """The data leave no way out: nothing to compare."""


class Answers(TableHost):
    """Answers from tables that are drawn anew before each act."""

    def __init__(self, loops: dict[str, tuple[int, int]]) -> None:
        super().__init__()
        self.loops = loops
        self.outcomes: dict[str, str] = {}
        self.thrown: list[str] = []
        self.again = True

    def no_exit(self, token: Token) -> NoReturn:
        raise NoExit(token.node.id)

    def perform(self, token: Token) -> None:
        outcome = self.outcomes.get(token.node.id, "")
        if outcome:
            raise ServiceStopped(outcome if outcome in CODES else None)

    def repeats(self, token: Token) -> bool:
        return not is_counted(token.node) or self.again

    def open_loop(self, token: Token, _limit: int) -> list[object]:
        return list(range(self.loops[token.node.id][0]))

    def loop_decided(self, token: Token, counts: tuple[int, int, int], _ended: UUID | None) -> bool:
        assert token.node.loop is not None
        is_asked = bool(token.node.loop.completion_condition)
        return is_asked and counts[2] >= self.loops[token.node.id][1]


class Remembering(Semantics):
    """What a marking allows is asked several times at each act, and found once."""

    def __init__(self, process: Process, called: Mapping[str, Process]) -> None:
        super().__init__(process, called)
        self._known: dict[Marking, list[Move]] = {}

    def moves(self, marking: Marking) -> list[Move]:
        """Every move the marking allows."""
        known = self._known.get(marking)
        if known is None:
            known = self._known[marking] = super().moves(marking)
        return known


class Twin:
    """A process in both, from its start to wherever chance leads it."""

    def __init__(self, procedure: Procedure, seed: int) -> None:
        processes, self.conditions, loops = procedure
        self.random = Random(seed)
        self.host = Answers(loops)
        self.semantics = Remembering(processes[0], {p.id: p for p in processes})
        self.by_node: dict[str, Spot] = {
            s.node.id: s for s in self.semantics.net.spots if not s.flow
        }
        self.ledger = Ledger(processes)
        self.moves = 0
        self.passed: Counter[str] = Counter()
        self.nodes: set[str] = set()
        self.reordered = 0
        self.returns = 0
        self._draw()
        self.run = Run(processes[0], self.host, *processes[1:])
        self.markings: frozenset[Marking] = frozenset()
        self.before: dict[Any, str] = {}
        self._book()
        self._follow(frozenset({self.semantics.start()}))

    @property
    def machine(self) -> Machine:
        """The engine's side."""
        return self.run.machine

    def places(self) -> list[Waiting]:
        """Where somebody or something outside can act."""
        waiting = self.machine.waiting()
        return [w for w in waiting if w.event is None or w.event.kind not in _INNER]

    def is_over(self) -> bool:
        """Whether nothing can happen any more, or too much at once."""
        return not 0 < len(self.places()) <= MOST_OPEN

    def act(self) -> None:
        """One random act in both, saved and restored before it."""
        self.run._reload()
        places = self.places()
        place = self.random.choice(places)
        same = sum(w.token.node.id == place.token.node.id for w in places)
        if place.kind == "service" and same > 1:
            self.moves += 1
            return  # which of them is retried could not be told from outside
        self._draw(place.token.node.id)
        targets = self._returns(place)
        if place.kind == "service":
            self._retry(place)
        elif place.kind == "person" and targets and self.random.random() < 0.3:
            self._return(place, self.random.choice(targets))
        else:
            self._happen(place)
        self.moves += 1

    def _returns(self, place: Waiting) -> list[str]:
        """The people's steps that the task allows a return to."""
        listed = return_targets(self.by_node[place.token.node.id].node)
        return [t for t in listed if self.by_node[t].node.kind is Kind.USER_TASK]

    def _happen(self, place: Waiting) -> None:
        begun = self._begun(place, lambda move: move.kind != "return")
        act = self.machine.complete if place.kind == "person" else self.machine.fire
        act(place.token.id)
        self.machine.advance()
        self._book()
        self._follow(begun)

    def _return(self, place: Waiting, target: str) -> None:
        begun = self._begun(place, lambda move: move.kind == "return" and move.to == target)
        try:
            self.machine.jump(place.token.id, target)
        except ReturnRefused:
            if begun:
                raise self._disagreement("the engine refuses a return to", target) from None
            return
        self.returns += 1
        self.ledger.is_open = False  # what a return takes away is not in the engine's report
        self.machine.advance()
        self._book()
        self._follow(begun)

    def _retry(self, place: Waiting) -> None:
        self.machine.retry(place.token.id)
        self.machine.advance()
        self._book()
        self._follow(self.markings)

    def _begun(self, place: Waiting, wanted: Callable[[Move], bool]) -> frozenset[Marking]:
        """The markings after the act, before the engine goes on by itself."""
        by_id = {t.id: t for t in self.machine.tokens()}
        name, around = place.token.node.id, owners(place.token, by_id)
        begun = set()
        for marking in self.markings:
            for move in self.semantics.moves(marking):
                same = move.node == name and move.by is not By.ENGINE and wanted(move)
                if same and owners_at(self.semantics, marking, move.at) == around:
                    begun.add(self.semantics.after(marking, move))
        return frozenset(begun)

    def _follow(self, begun: frozenset[Marking]) -> None:
        view = engine_view(self.machine.tokens())
        fitting = self._fitting(begun, view, every_order=False)
        if not fitting:
            fitting = self._fitting(begun, view, every_order=True)
            self.reordered += 1
        if not fitting:
            raise self._disagreement("the semantics does not come to", view)
        self.markings = fitting
        self._compare_enabled()

    def _fitting(
        self, begun: frozenset[Marking], view: View, *, every_order: bool
    ) -> frozenset[Marking]:
        found = set()
        for marking in begun:
            for rest in rests(self.semantics, marking, self._allowed, every_order=every_order):
                ended = self.semantics.is_final(rest)
                same = marking_view(self.semantics, rest) == view
                if same and ended == self.machine.completed:
                    found.add(rest)
        return frozenset(found)

    def _compare_enabled(self) -> None:
        by_id = {t.id: t for t in self.machine.tokens()}
        offered = {
            (owners(w.token, by_id), w.token.node.id) for w in self.places() if w.kind != "service"
        }
        for marking in self.markings:
            enabled = {
                (owners_at(self.semantics, marking, move.at), move.node)
                for move in self.semantics.moves(marking)
                if move.by is not By.ENGINE
            }
            if enabled != offered:
                raise self._disagreement("enabled are", (sorted(offered), sorted(enabled)))

    def _allowed(self, marking: Marking, move: Move) -> bool:
        """Whether the data answer so."""
        if move.kind == "count":
            return move.pick == self.host.loops[move.node][0]
        if move.kind == "decide" and self.by_node[move.node].node.repeat is not None:
            repeat = self.by_node[move.node].node.repeat
            again = self.host.truths[repeat.condition] if repeat and repeat.condition else True
            runs = ~item_at(marking, move.at).done
            again = again and not (repeat and repeat.maximum and runs >= int(repeat.maximum))
            return bool(move.pick) is not again
        if move.kind == "decide":
            done = ~item_at(marking, move.at).done
            return bool(move.pick) == (done >= self.host.loops[move.node][1])
        if move.kind in {"do", "fail"}:
            return self._outcome(marking, move)
        if move.kind in {"pass", "join"}:
            spot = self.semantics.spot(item_at(marking, move.at))
            return spot.exits[move.pick].flows == self._taken(spot)
        return True

    def _outcome(self, marking: Marking, move: Move) -> bool:
        if self.semantics.spot(item_at(marking, move.at)).act is Act.STEP:
            return True
        outcome = self.host.outcomes.get(move.node, "")
        if move.kind == "do" or outcome not in CODES:
            return move.kind == "do" and not outcome
        every = self.semantics.moves(marking)
        codes = {m.code for m in every if m.kind == "fail" and m.at == move.at}
        return move.code == (outcome if outcome in codes else "")

    def _taken(self, spot: Spot) -> tuple[str, ...]:
        flows = self.semantics.net.levels[spot.level].flows
        node = spot.node
        others = [f for f in node.outgoing if f != node.default]
        true = [f for f in others if self.host.truths.get(flows[f].condition, True)]
        if node.kind in {Kind.PARALLEL, Kind.EVENT_BASED}:
            return node.outgoing
        if node.kind is Kind.EXCLUSIVE:
            true = true[:1]
        return tuple(true) or ((node.default,) if node.default else ())

    def _draw(self, acting: str = "") -> None:
        for condition in self.conditions:
            self.host.truths[condition] = self.random.random() < 0.4
        self.host.again = sum(self.host.truths.values()) % 3 > 0  # draws nothing of its own
        stuck: set[str] = set()
        if acting:
            stuck = {w.token.node.id for w in self.machine.waiting() if w.kind == "service"}
        choice, outcomes = self.random.choice, self.host.outcomes
        for name in self.by_node:
            if name == acting or name not in stuck:
                outcomes[name] = choice(_OUTCOMES)

    def _book(self) -> None:
        """Enter the command in the ledger, with the steps that waited before and still do."""
        now = {w.token.id: w.token for w in self.machine.waiting() if not w.armed}
        stayed: dict[str, set[str]] = {}
        for token_id, token in now.items():
            if token_id in self.before:
                stayed.setdefault(token.process, set()).add(token.node.id)
        self.before = {token_id: token.process for token_id, token in now.items()}
        self.ledger.leave_out(several_at_once(self.machine.tokens()))
        self.ledger.note(self.machine.passed, stayed)
        self.nodes.update(step.node for step in self.machine.passed)
        self.passed.update(_kind(self.by_node[step.node].node) for step in self.machine.passed)

    def _disagreement(self, what: str, fact: object) -> Disagreement:
        ours = [marking_view(self.semantics, m) for m in self.markings]
        return Disagreement(f"after {self.moves} acts {what} {fact}; before: {ours}")


def _kind(node: Node) -> str:
    event = "" if node.event.kind is EventKind.NONE else f"/{node.event.kind}"
    stays = "/non-interrupting" if node.attached_to and not node.interrupting else ""
    loop = "" if node.loop is None else "/sequential" if node.loop.sequential else "/parallel"
    again = "" if node.repeat is None else "/again"
    return f"{node.kind}{event}{stays}{loop}{again}"


def tally(counts: Counter[str], twin: Twin) -> None:
    """Add what one run has shown."""
    counts.update({f"passed:{kind}": n for kind, n in twin.passed.items()})
    counts["moves"] += twin.moves
    counts["returns"] += twin.returns
    counts["joins"] += twin.ledger.joins
    counts["skipped"] += twin.ledger.skipped
    counts["reordered"] += twin.reordered
    counts["completed"] += twin.machine.completed
