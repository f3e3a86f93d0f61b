"""States of cases kept as files: written once by a release, read by every later one.

Run as a program it adds the states this release has not kept yet; what is there is never written
again.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2]))

from golden_cases import GOLDEN, GoldenCase, Step
from sqlalchemy import select
from town import FlatSources, Town, build_town

from engine.cases.command import OPEN, Command, open_case
from engine.cases.lifecycle import start_case
from engine.cases.sync import close_command
from engine.definitions.binding import BindingContext, Bindings
from engine.errors import Unavailable
from engine.history import GENESIS, Act, origin
from engine.messaging.messages import publish_message
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import cases, history, scopes
from engine.timing.clock import FrozenClock
from engine.timing.work import ENGINE_DOERS, run_due
from engine.work_items.viewers import admit
from webapp.schema import mark_current, target_metadata

FOLDER = Path(__file__).parent / "golden"
MORNING = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
STATE = "state.json"
FILES = (".bpmn", ".form", ".dmn")


@dataclass
class Service:
    """The binding of the procedures; it fails as long as it is told to."""

    fails: bool = False

    def __call__(self, context: BindingContext, _inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.fails:
            raise Unavailable("登记系统没有应答", "the register does not answer")
        return {"answer": context.element}


@dataclass
class Stage:
    """A town in which one case is played."""

    town: Town
    service: Service
    case: UUID

    def play(self, steps: Sequence[Step]) -> None:
        """Do what the steps say, one after the other."""
        for what, *facts in steps:
            if what == "complete":
                who, element, note = facts
                done = self.town.complete(who, element, note=note)
                assert done.incident is None, f"{element} got stuck"
            elif what == "wait":
                self._pass(timedelta(hours=int(facts[0])))
            else:
                name, key = facts
                with self.town.db.tenant(self.town.tenant_id) as tx:
                    publish_message(tx, name, key, {}, self.town.clock.now())
                self._pass(timedelta(seconds=1))

    def _pass(self, time: timedelta) -> None:
        self.town.clock.advance(time)
        while run_due(self.town.db, self.town.world, ENGINE_DOERS):
            pass

    def waits(self) -> list[list[str]]:
        """Where the tokens wait: kind and element of every open place."""
        with self.town.db.tenant(self.town.tenant_id) as tx:
            places = open_case(tx, self.town.world, self.case, None).machine.waiting()
        return sorted([place.kind, place.token.node.id] for place in places)

    def variables(self) -> dict[str, Any]:
        """Every scope of the case as it is stored, by the id of its token."""
        query = select(scopes).where(scopes.c.tenant_id == TENANT, scopes.c.case_id == self.case)
        with self.town.db.tenant(self.town.tenant_id, read_only=True) as tx:
            return {str(row.id): dict(row.variables) for row in tx.all(query)}

    def path(self) -> list[list[str]]:
        """What the tokens passed, command by command: node and flows."""
        query = select(history.c.content).where(
            history.c.tenant_id == TENANT, history.c.case_id == self.case
        )
        with self.town.db.tenant(self.town.tenant_id, read_only=True) as tx:
            rows = tx.all(query.order_by(history.c.seq))
        return [passed for row in rows for passed in row.content.get("passed", [])]


def open_stage(db: Database, drawn: FlatSources) -> Stage:
    """A town with the procedure of a golden case, and no case yet."""
    service, bindings = Service(), Bindings()
    bindings.register("test.work", gives=("answer",))(service)
    town = build_town(db, FrozenClock(MORNING), drawn, bindings)
    return Stage(town, service, UUID(int=0))


def begin(stage: Stage, golden: GoldenCase) -> None:
    """Start a case and play it to where its state is kept."""
    town = stage.town
    stage.service.fails = golden.service_fails
    stage.case = UUID(start_case(town.db, town.world, town["applicant"], "p", {})["id"])
    stage.play(golden.before)
    stage.service.fails = False


def write(folder: Path, golden: GoldenCase) -> None:
    """Keep the state of a golden case, its diagrams and forms, and what comes of it."""
    with _fresh_database() as db:
        stage = open_stage(db, golden.drawn)
        begin(stage, golden)
        row = stage.town.case(stage.case)
        kept: dict[str, Any] = {
            "codec": row.state[0],
            "state": json.loads(row.state[1:]),
            "case": str(stage.case),
            "variables": stage.variables(),
            "waits": stage.waits(),
            "steps": golden.after,
        }
        before = len(stage.path())
        stage.play(golden.after)
        kept["path"] = stage.path()[before:]
        kept["at_the_end"] = stage.variables()
        assert stage.town.case(stage.case).status == "completed"
    folder.mkdir(parents=True)
    for name, body in golden.drawn.replaced.items():
        (folder / name).write_bytes(body)
    text = json.dumps(kept, ensure_ascii=False, indent=1)
    (folder / STATE).write_text(f"{text}\n", encoding="utf-8")


def read(db: Database, folder: Path) -> tuple[Stage, Mapping[str, Any]]:
    """A case that stands where the files say, and the files' account of it."""
    kept = json.loads((folder / STATE).read_text(encoding="utf-8"))
    bodies = {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.suffix in FILES}
    stage = open_stage(db, FlatSources(procedure="p", folder=folder, replaced=bodies))
    stage.case = UUID(kept["case"])
    _put(stage, kept)
    return stage, kept


def _put(stage: Stage, kept: Mapping[str, Any]) -> None:
    """Store tokens and variables, and let items, timers and subscriptions follow them."""
    town = stage.town
    with town.db.tenant(town.tenant_id) as tx:
        now = town.clock.now()
        bundle = town.world.bundles.active(tx, "p", now)
        principal = f"person:{town['applicant'].membership_id}"
        tx.insert(
            cases,
            id=stage.case,
            number="试〔2026〕0001号",
            bundle_id=bundle.id,
            procedure="p",
            title=bundle.title,
            status=OPEN,
            stage="",
            starter=town["applicant"].membership_id,
            principal=principal,
            parameters={},
            started_at=now,
            rev=1,  # 0 is a case that is being made
            state=bytes([kept["codec"]]) + json.dumps(kept["state"]).encode(),
            history_seq=0,
            history_head=GENESIS,
        )
        admit(tx, stage.case, [principal])
        for scope, values in kept["variables"].items():
            tx.insert(scopes, id=UUID(scope), case_id=stage.case, variables=values)
    with town.db.tenant(town.tenant_id) as tx:
        command = open_case(tx, town.world, stage.case, town["applicant"])
        _tell_of_stopped(command)
        began = {"procedure": "p", "origin": origin(command.case)}
        close_command(command, Act("case.started", content=began))


def _tell_of_stopped(command: Command) -> None:
    """A service that stands still has an incident; the clock retries it."""
    error = Unavailable("登记系统没有应答", "the register does not answer")
    for place in command.machine.waiting():
        if place.kind == "service":
            command.raise_incident(place.token.node, error, token_id=place.token.id)


def kept_folders(root: Path = FOLDER) -> list[Path]:
    """The folder of every kept state, oldest release first."""
    return sorted(path.parent for path in root.glob(f"*/*/{STATE}"))


def add_missing(root: Path = FOLDER) -> list[str]:
    """Write the states this release does not have yet; the names of those. Touches no other."""
    release = root / version("lucheng")
    names = [name for name in GOLDEN if not (release / name).exists()]
    for name in names:
        write(release / name, GOLDEN[name])
    return names


@contextmanager
def _fresh_database() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{Path(folder) / 'golden.db'}")
        with db.engine.begin() as connection:
            target_metadata().create_all(connection)
            mark_current(connection)
        yield db
        db.dispose()


if __name__ == "__main__":
    for added in add_missing():
        print(f"added {added}")
