"""The plan for one case: where it would stand on another version, and all there is to say of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from engine.bpmn.model import Process
from engine.definitions.bundles import Bundle
from engine.forms.model import Form
from engine.gate.context import GateContext
from engine.ids import new_id
from engine.migrating.finishing import MOST_MOVES, Finishing
from engine.migrating.model import Drawing, Plan, Reason, worst
from engine.migrating.placing import Placing
from engine.migrating.reading import Reading
from engine.migrating.skipping import skipped
from engine.spiff.standing import Level


@dataclass(frozen=True)
class Version:
    """A drawing with its forms, as far as a plan asks."""

    drawing: Drawing
    forms: Mapping[str, Form] = field(default_factory=dict)


def version_of(bundle: Bundle) -> Version:
    """A published version."""
    return Version(Drawing(bundle.procedure, bundle.processes), bundle.forms)


def drawing_of(process: Process, called: Mapping[str, Process]) -> Drawing:
    """A process with what it calls."""
    return Drawing(process.id, {**called, process.id: process})


@dataclass(frozen=True)
class Standpoint:
    """What is known of a case: its tokens, the steps it has passed, the variables it has."""

    standing: Level
    passed: Collection[str] = ()
    variables: Collection[str] = ()


class Planner:
    """Makes the plans of all cases that go from one version to another by one mapping.

    ``mapping`` names elements of the new version by those of the old; what is not in it is the
    element with the same id.
    """

    def __init__(
        self,
        old: Version,
        new: Version,
        mapping: Mapping[str, str],
        context: GateContext,
        *,
        most_moves: int = MOST_MOVES,
        make_id: Callable[[], UUID] = new_id,
    ) -> None:
        self.old, self.new, self.mapping = old.drawing, new.drawing, dict(mapping)
        self.make_id = make_id
        self._finishing = Finishing(new.drawing, most_moves)
        self._reading = Reading(old.drawing, new.drawing, (old.forms, new.forms), context)
        self._known = {self.mapping.get(n.id, n.id) for n in old.drawing.nodes()}

    def plan(self, case: Standpoint) -> Plan:
        """What is to be said of one case; nothing is changed."""
        placing = Placing(self.old, self.new, self.mapping, self.make_id)
        standing = placing.place(case.standing)
        if standing is None:
            reasons = tuple(dict.fromkeys(placing.reasons))
            return Plan(worst(reasons), reasons, None)
        stuck, moves_on = self._finishing.judge(standing)
        reasons = tuple(dict.fromkeys((*stuck, *self._others(case, standing))))
        return Plan(worst(reasons), reasons, standing, moves_on)

    def _others(self, case: Standpoint, standing: Level) -> Iterator[Reason]:
        done = {self.mapping.get(element, element) for element in case.passed}
        yield from skipped(self.new, standing, self._known, done)
        yield from self._reading.missing(standing, case.variables)
