"""A play of one element through the command layer: what is done, and what waits after it.

A line reads ``act -> what waits``. Acts: ``start``; ``a`` or ``a=note`` completes a step; ``+25h``
lets time pass; ``!name key`` sends a message; ``*name`` a signal. What waits are the elements of
all open places, sorted; nothing at all means that the case is completed.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent))

from golden_states import Stage, open_stage
from town import FlatSources

from engine.cases.lifecycle import start_case
from engine.ids import new_id
from engine.messaging.messages import publish_message, publish_signal
from engine.store.database import Database
from engine.timing.work import ENGINE_DOERS, run_due


@dataclass(frozen=True)
class Play:
    """A procedure and the lines that are played with it."""

    drawn: FlatSources
    lines: tuple[str, ...]


def play(drawn: FlatSources, *lines: str) -> Play:
    """A play of these lines."""
    return Play(drawn, lines)


class Player:
    """Plays lines on a case; every act is a command that loads and stores it."""

    def __init__(self, db: Database, drawn: FlatSources, stage: Stage | None = None) -> None:
        self.db, self.drawn = db, drawn
        self.stage: Stage = stage or open_stage(db, drawn)
        self.town = self.stage.town

    def another(self) -> Player:
        """A player of another case of the same procedure."""
        return Player(self.db, self.drawn, replace(self.stage))

    def run(self, lines: tuple[str, ...]) -> None:
        """Do every act and compare what waits."""
        for number, line in enumerate(lines):
            act, _, expected = line.partition("->")
            self.act(act.strip())
            assert self.waits() == expected.split(), f"line {number + 1}: {line}"
            assert (self.status() == "completed") is (not expected.split()), line

    def act(self, act: str) -> None:
        """One act."""
        town = self.town
        if act == "start":
            begun = start_case(town.db, town.world, town["applicant"], "p", {})
            self.stage.case = UUID(str(begun["id"]))
        elif act.startswith("+"):
            self.tick(timedelta(hours=float(act[1:-1])))
        elif act[0] in "!*":
            self._send(act)
        else:
            element, _, note = act.partition("=")
            done = town.complete("applicant", element, note=note or "x")
            assert done.incident is None, f"{element} got stuck"

    def tick(self, time: timedelta) -> None:
        """Let time pass and do what is due by then."""
        self.town.clock.advance(time)
        while run_due(self.town.db, self.town.world, ENGINE_DOERS):
            pass

    def _send(self, act: str) -> None:
        name, _, key = act[1:].partition(" ")
        now = self.town.clock.now()
        with self.town.db.tenant(self.town.tenant_id) as tx:
            if act[0] == "!":
                publish_message(tx, name, key, {}, now)
            else:
                publish_signal(tx, name, new_id(), now)
        self.tick(timedelta(seconds=1))

    def waits(self) -> list[str]:
        """The elements of all open places, sorted."""
        if self.status() != "open":
            return []
        return sorted(element for _, element in self.stage.waits())

    def status(self) -> str:
        """How the case stands."""
        status: str = self.town.case(self.stage.case).status
        return status
