"""The stage of a dry run: a throw-away tenant in a database of its own, and the bundle to play."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from engine.actors import add_membership
from engine.bpmn.model import Body, Diagram, Kind, Node, Process
from engine.canonical import canonical, digest
from engine.decisions.model import Decisions
from engine.definitions.bundles import Bundle, Bundles
from engine.dry_run.services import AnsweredBindings
from engine.dry_run.trial import Surroundings
from engine.gate.report import Verdict
from engine.ids import new_id
from engine.spiff.build import build_program
from engine.store.control import tenants
from engine.store.database import Database, Unit
from engine.store.metadata import metadata
from engine.store.tables import bundles, parameters, settings, units
from engine.timing.clock import FrozenClock
from engine.world import World

PLAYER = "试运行"
ZONE = "Asia/Shanghai"
_OF_PEOPLE = ("batch", "escalateTo")
"""Properties about people and lists, which there are none of in a dry run."""


@dataclass(frozen=True)
class Stage:
    """A database with one tenant, one person who may do everything, a clock and answers."""

    db: Database
    world: World
    clock: FrozenClock
    services: AnsweredBindings
    tenant_id: UUID
    player: UUID
    bundle: Bundle


class OneBundle(Bundles):
    """The bundle that is played, whatever is asked for."""

    def __init__(self, bundle: Bundle) -> None:
        super().__init__()
        self._bundle = bundle

    def get(self, tx: Unit, bundle_id: UUID) -> Bundle:
        """The one bundle."""
        return self._bundle


@contextmanager
def set_stage(
    played: Process,
    processes: Mapping[str, Process],
    decisions: Mapping[str, Decisions],
    surroundings: Surroundings,
    now: datetime,
) -> Iterator[Stage]:
    """A stage for a process and what it calls; everything is gone afterwards."""
    with TemporaryDirectory(prefix="dry-run-") as folder:
        db = Database(f"sqlite:///{Path(folder) / 'stage.db'}")
        try:
            with db.engine.begin() as connection:
                metadata.create_all(connection)
            yield _stage(db, played, processes, decisions, surroundings, now)
        finally:
            db.dispose()


def _stage(
    db: Database,
    played: Process,
    processes: Mapping[str, Process],
    decisions: Mapping[str, Decisions],
    surroundings: Surroundings,
    now: datetime,
) -> Stage:
    clock, services = FrozenClock(now), AnsweredBindings()
    tenant_id = new_id()
    with db.control() as control:
        facts = {"slug": "dry-run", "name": PLAYER, "level": "city", "parent_id": None}
        control.insert(tenants, id=tenant_id, created_at=now, **facts)
    with db.tenant(tenant_id) as tx:
        player = _write_tenant(tx, surroundings, now)
        bundle = _bundle(played, processes, decisions, player)
        _keep(tx, bundle, now)
    world = World(clock=clock, bindings=services, bundles=OneBundle(bundle))
    return Stage(db, world, clock, services, tenant_id, player, bundle)


def _write_tenant(tx: Unit, surroundings: Surroundings, now: datetime) -> UUID:
    bare = {
        "slug": "dry-run",
        "name": PLAYER,
        "short": PLAYER,
        "level": "city",
        "zone": ZONE,
        "roles": [],
        "procedures": [],
    }
    values = {"tenant": {**bare, **surroundings.tenant}, "calendar": dict(surroundings.calendar)}
    values["parameters"] = dict(surroundings.parameters)
    for name, value in values.items():
        tx.insert(settings, name=name, value=value, digest=digest(canonical(value)))
    for key, value in surroundings.parameters.items():
        tx.insert(parameters, key=key, value=value, facts={}, origin="dry-run")
    tx.insert_many(units, surroundings.units)
    return add_membership(
        tx,
        account_id=new_id(),
        username="dry-run",
        name=PLAYER,
        title="",
        capacity="admin",
        roles=[],
        created_at=now,
        unit_code=None,
        enterprise_id=None,
        body_id=None,
        active=True,
    )


def _bundle(
    played: Process,
    processes: Mapping[str, Process],
    decisions: Mapping[str, Decisions],
    player: UUID,
) -> Bundle:
    everything = {ref: _for_one(process, player) for ref, process in processes.items()}
    everything[played.id] = _for_one(played, player)
    diagrams = {ref: Diagram((process,), b"", "") for ref, process in everything.items()}
    return Bundle(
        id=new_id(),
        procedure=played.id,
        version=1,
        title=played.name or played.id,
        digest="",
        program=build_program(everything[played.id], everything),
        processes=everything,
        diagrams=diagrams,
        forms={},
        decisions=decisions,
        manifest=(),
    )


def _keep(tx: Unit, bundle: Bundle, now: datetime) -> None:
    tx.insert(
        bundles,
        id=bundle.id,
        procedure=bundle.procedure[:80],
        version=1,
        title=bundle.title[:200],
        digest="",
        manifest=[],
        effective_from=now,
        published_at=now,
        published_by=None,
        reason="",
        verdict=Verdict.UNKNOWN.value,
    )


def _for_one(process: Process, player: UUID) -> Process:
    """The process with every step of people given to the one who plays, without its forms."""
    return replace(process, body=_body(process.body, player))


def _body(body: Body, player: UUID) -> Body:
    return Body({ref: _node(node, player) for ref, node in body.nodes.items()}, body.flows)


def _node(node: Node, player: UUID) -> Node:
    if node.body is not None:
        node = replace(node, body=_body(node.body, player))
    if node.kind not in (Kind.USER_TASK, Kind.START):
        return node
    kept = {k: v for k, v in node.zeebe.properties.items() if k not in _OF_PEOPLE}
    person = f"person:{player}" if node.kind is Kind.USER_TASK else ""
    zeebe = replace(
        node.zeebe,
        form_id="",
        assignee=person,
        candidate_groups="",
        candidate_users="",
        due_date="",
        priority="",
        properties=kept,
    )
    return replace(node, zeebe=zeebe)
