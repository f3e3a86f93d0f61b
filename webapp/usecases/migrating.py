"""Running cases moved to another version: what each would meet, the move, its results, back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.audit import note_act
from engine.comparing.matching import same_nodes
from engine.definitions.bundles import Bundle
from engine.errors import NotFound
from engine.migrating.model import ORDER, Drawing, Verdict, label
from engine.migrating.moving import may_go_back, plan_row
from engine.migrating.placing import same_kind
from engine.migrating.planners import Target
from engine.migrating.work import (
    BACK_QUEUED,
    DONE,
    FAILED,
    QUEUED,
    REFUSED,
    begin_migration,
    check_administrator,
    check_mapping,
    find_migration,
    movable_cases,
    rows_of,
    take_back,
    try_again,
)
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import bundles, cases, memberships, migrations
from webapp.product import Product
from webapp.usecases.procedures import may_look

MOST_SHOWN = 300
MOST_LISTED = 50
_FLOW_CODES = frozenset({"no_way_in"})


@dataclass(frozen=True)
class PlannedCase:
    """What one running case would meet."""

    id: UUID
    number: str
    title: str
    stage: str
    version: int
    verdict: Verdict
    reasons: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Question:
    """An element of the old drawing that somebody has to give a counterpart; ids with names."""

    element: str
    name: str
    choices: Sequence[tuple[str, str]]
    chosen: str
    is_suggested: bool


@dataclass(frozen=True)
class Preview:
    """What would become of the running cases of a procedure on one of its versions."""

    procedure: str
    title: str
    version: int
    bundle: UUID
    counts: Mapping[Verdict, int]
    cases: Sequence[PlannedCase]
    questions: Sequence[Question]
    total: int


@dataclass(frozen=True)
class Moving:
    """What an administrator wants: to which version, by what mapping, with what accepted."""

    procedure: str
    version: int
    mapping: Mapping[str, str] = field(default_factory=dict)
    accepted: tuple[str, ...] = ()
    chosen: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class MigratedCase:
    """How one case of a migration stands."""

    case_id: UUID
    number: str
    title: str
    status: str
    verdict: str
    reasons: Sequence[Mapping[str, str]]
    message: str
    has_way_back: bool


@dataclass(frozen=True)
class Migration:
    """A migration with the results of its cases."""

    id: UUID
    procedure: str
    title: str
    version: int
    reason: str
    by: str
    at: datetime
    mapping: Mapping[str, str]
    accepted: Sequence[str]
    counts: Mapping[str, int]
    cases: Sequence[MigratedCase]

    @property
    def is_running(self) -> bool:
        """Whether some case still waits for its turn."""
        return bool(self.counts.get(QUEUED) or self.counts.get(BACK_QUEUED))

    @property
    def total(self) -> int:
        """How many cases it is about."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """How many of them are settled."""
        return self.total - self.counts.get(QUEUED, 0) - self.counts.get(BACK_QUEUED, 0)


def preview_migration(product: Product, actor: Actor, wanted: Moving) -> Preview:
    """What each running case would meet on a version; nothing is changed."""
    may_look(actor)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        row = _version(tx, wanted.procedure, wanted.version)
        new = product.world.bundles.get(tx, row.id)
        check_mapping(new, wanted.mapping)
        running = movable_cases(tx, row)
        target = Target(row.id, wanted.mapping, wanted.accepted)
        versions = _versions(tx, {case.bundle_id for case in running})
        planned = [_planned(tx, product, case, target, versions) for case in running]
        questions = _questions(tx, product, running, planned, (new, wanted.mapping))
    counts = Counter(case.verdict for case in planned)
    planned.sort(key=lambda case: ORDER.index(case.verdict))
    return Preview(
        procedure=wanted.procedure,
        title=new.title,
        version=wanted.version,
        bundle=row.id,
        counts={verdict: counts[verdict] for verdict in reversed(ORDER) if counts[verdict]},
        cases=planned[:MOST_SHOWN],
        questions=questions,
        total=len(planned),
    )


def _version(tx: Unit, procedure: str, version: int) -> Any:
    row = tx.one(
        select(bundles).where(
            bundles.c.tenant_id == TENANT,
            bundles.c.procedure == procedure,
            bundles.c.version == version,
        )
    )
    if row is None:
        raise NotFound("没有这个版本", "there is no such version")
    return row


def _versions(tx: Unit, ids: Iterable[UUID]) -> dict[UUID, int]:
    rows = tx.all(
        select(bundles.c.id, bundles.c.version).where(
            bundles.c.tenant_id == TENANT, bundles.c.id.in_(list(ids))
        )
    )
    return {row.id: row.version for row in rows}


def _planned(
    tx: Unit, product: Product, case: Any, target: Target, versions: Mapping[UUID, int]
) -> PlannedCase:
    planner = product.world.planners.get(tx, product.world, case.bundle_id, target)
    plan = plan_row(tx, product.world, case, planner)
    return PlannedCase(
        id=case.id,
        number=case.number,
        title=case.title,
        stage=case.stage,
        version=versions[case.bundle_id],
        verdict=plan.verdict,
        reasons=[reason.as_json() for reason in plan.reasons],
    )


def _questions(
    tx: Unit,
    product: Product,
    running: Sequence[Any],
    planned: Sequence[PlannedCase],
    towards: tuple[Bundle, Mapping[str, str]],
) -> list[Question]:
    """What has to be mapped, and what has been; suggested is what is alike by type and name."""
    new, mapping = towards
    asked: dict[str, UUID] = {}
    for case, plan in zip(running, planned, strict=True):
        for reason in plan.reasons:
            if reason["verdict"] == Verdict.NEEDS_MAPPING.value:
                asked.setdefault(reason["element"], case.bundle_id)
    for bundle_id in {case.bundle_id for case in running}:
        old = product.world.bundles.get(tx, bundle_id)
        alike = same_nodes(old.process, new.process)
        renamed = [was for was, now in alike.items() if was != now]  # passed steps count as well
        for element in (*mapping, *renamed):
            if old.node(element) is not None:
                asked.setdefault(element, bundle_id)
    return [
        question_of(product.world.bundles.get(tx, bundle_id), new, element, mapping)
        for element, bundle_id in asked.items()
    ]


def question_of(old: Bundle, new: Bundle, element: str, mapping: Mapping[str, str]) -> Question:
    """What an element could be on the new drawing."""
    node = old.node(element)
    drawing = Drawing(new.procedure, new.processes)
    if node is None:
        choices = [
            (flow.id, flow.name or f"{flow.source} → {flow.target}")
            for process in new.processes.values()
            for flow in process.body.flows.values()
        ]
        return Question(element, element, choices, mapping.get(element, ""), False)
    alike = [n for n in drawing.nodes() if same_kind(node, n)]
    suggested = same_nodes(old.process, new.process).get(element, "")
    chosen = mapping.get(element, "")
    return Question(
        element,
        label(node, element),
        [(n.id, label(n, n.id)) for n in alike],
        chosen or suggested,
        not chosen and bool(suggested),
    )


def migrate_cases(product: Product, actor: Actor, wanted: Moving, reason: str) -> UUID:
    """Begin to move running cases to a version; returns the migration."""
    check_administrator(actor)
    now = product.clock.now()
    with product.db.tenant(actor.tenant_id) as tx:
        row = _version(tx, wanted.procedure, wanted.version)
        target = Target(row.id, dict(wanted.mapping), wanted.accepted)
        made = begin_migration(tx, product.world, actor, target, reason, wanted.chosen)
        about = {"procedure": wanted.procedure, "version": wanted.version, "why": reason}
        note_act(tx, actor, "cases.migrate", str(made), now, about)
    return made


def undo_migration(
    product: Product, actor: Actor, migration_id: UUID, chosen: Sequence[UUID] = ()
) -> int:
    """Take cases back to the version they ran on, where no step was taken since."""
    check_administrator(actor)
    with product.db.tenant(actor.tenant_id) as tx:
        number = take_back(tx, product.world, actor, migration_id, chosen)
        about = {"cases": number}
        note_act(tx, actor, "cases.migrateBack", str(migration_id), product.clock.now(), about)
    return number


def retry_migration(
    product: Product, actor: Actor, migration_id: UUID, chosen: Sequence[UUID] = ()
) -> int:
    """Try cases once more that stayed where they were."""
    check_administrator(actor)
    with product.db.tenant(actor.tenant_id) as tx:
        return try_again(tx, product.world, actor, migration_id, chosen)


def read_migration(product: Product, actor: Actor, migration_id: UUID) -> Migration:
    """How far a migration is, and the result of every case."""
    may_look(actor)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        row = find_migration(tx, migration_id)
        found = rows_of(tx, migration_id)
        known = _cases(tx, [case.case_id for case in found])
        bundle = tx.get(bundles, row.bundle_id)
        by = tx.get(memberships, row.by)
    assert bundle is not None
    return Migration(
        id=row.id,
        procedure=row.procedure,
        title=bundle.title,
        version=bundle.version,
        reason=row.reason,
        by="" if by is None else by.name,
        at=row.at,
        mapping=row.mapping,
        accepted=row.accepted,
        counts=Counter(case.status for case in found),
        cases=[_migrated(case, known[case.case_id], row.bundle_id) for case in found],
    )


def _cases(tx: Unit, ids: Sequence[UUID]) -> dict[UUID, Any]:
    rows = tx.all(select(cases).where(cases.c.tenant_id == TENANT, cases.c.id.in_(ids)))
    return {row.id: row for row in rows}


def _migrated(row: Any, case: Any, bundle_id: UUID) -> MigratedCase:
    return MigratedCase(
        case_id=row.case_id,
        number=case.number,
        title=case.title,
        status=row.status,
        verdict=row.verdict,
        reasons=row.reasons or (),
        message=row.message,
        has_way_back=row.status == DONE and may_go_back(case, row, bundle_id),
    )


def is_retriable(status: str) -> bool:
    """Whether a case of a migration may be tried once more."""
    return status in (REFUSED, FAILED)


def list_migrations(product: Product, actor: Actor, procedure: str) -> Sequence[Any]:
    """The migrations of a procedure, latest first: id, version, reason, by, at."""
    may_look(actor)
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        return tx.all(
            select(
                migrations.c.id,
                migrations.c.reason,
                migrations.c.at,
                bundles.c.version,
                memberships.c.name.label("by"),
            )
            .join(
                bundles,
                (bundles.c.tenant_id == migrations.c.tenant_id)
                & (bundles.c.id == migrations.c.bundle_id),
            )
            .join(
                memberships,
                (memberships.c.tenant_id == migrations.c.tenant_id)
                & (memberships.c.id == migrations.c.by),
            )
            .where(migrations.c.tenant_id == TENANT, migrations.c.procedure == procedure)
            .order_by(migrations.c.at.desc())
            .limit(MOST_LISTED)
        )
