"""Migrations: one command a case, each with its own result; what fails stays where it was.

A case of a migration: queued → done|refused|failed · done → back_queued → back|done ·
refused|failed → queued (tried again). Beginning and taking back are recorded and queued in one
transaction; each case is then a transaction of its own, done once whatever dies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from engine.actors import Actor, load_actor
from engine.bpmn.model import Body
from engine.cases.command import lock_case
from engine.definitions.bundles import Bundle
from engine.errors import Conflict, Forbidden, Invalid, LuchengError, NotFound
from engine.migrating.model import BY_CHOICE
from engine.migrating.moving import RUNNING, Moved, move_back, move_case
from engine.migrating.planners import Target
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import bundles, cases, migration_cases, migrations
from engine.timing.dispatch import Due, finish, schedule
from engine.work_items.reasons import need_reason
from engine.world import World

KIND = "migrate"
QUEUED, DONE, REFUSED, FAILED = "queued", "done", "refused", "failed"
BACK_QUEUED, BACK = "back_queued", "back"
MOST_CASES = 5_000
MOST_MAPPED = 500


def begin_migration(
    tx: Unit, world: World, actor: Actor, target: Target, reason: str, chosen: Iterable[UUID] = ()
) -> UUID:
    """Record that cases are to run on a published version and queue one command for each.

    Without ``chosen`` all running cases of the procedure are meant that run on another version.
    """
    check_administrator(actor)
    need_reason(reason)
    bundle = _published(tx, world, target.bundle_id)
    if bundle.effective_from > world.clock.now():
        raise Conflict(
            "该版本尚未生效，生效后才能迁移", "the version is not in force yet", code="not_in_force"
        )
    check_mapping(world.bundles.get(tx, bundle.id), target.mapping)
    _check_accepted(target.accepted)
    wanted = set(chosen)
    rows = [r for r in movable_cases(tx, bundle) if not wanted or r.id in wanted]
    if not rows:
        raise Invalid("没有可以迁移的办件", "there is no case to move", code="nothing_to_migrate")
    now = world.clock.now()
    migration = tx.insert(
        migrations,
        procedure=bundle.procedure,
        bundle_id=bundle.id,
        mapping=dict(target.mapping),
        accepted=list(target.accepted),
        reason=reason.strip(),
        by=actor.membership_id,
        at=now,
    )
    for row in rows:
        queued = tx.insert(
            migration_cases,
            migration_id=migration,
            case_id=row.id,
            from_bundle_id=row.bundle_id,
            status=QUEUED,
            asked_by=actor.membership_id,
        )
        schedule(tx, KIND, queued, now)
    return migration


def check_administrator(actor: Actor) -> None:
    """Forbidden to all but administrators."""
    if actor.capacity != "admin":
        raise Forbidden("只有流程管理员可以迁移办件", "only an administrator may migrate cases")


def _published(tx: Unit, world: World, bundle_id: UUID) -> Any:
    row = tx.get(bundles, bundle_id)
    if row is None:
        raise NotFound("没有这个版本", "there is no such version")
    return row


def _check_accepted(accepted: Iterable[str]) -> None:
    known = {verdict.value for verdict in BY_CHOICE}
    wrong = sorted(set(accepted) - known)
    if wrong:
        raise Invalid("不能接受这种结果", "this cannot be accepted", accepted=wrong)


def check_mapping(new: Bundle, mapping: Mapping[str, str]) -> None:
    """Invalid names the first entry of a mapping that leads nowhere."""
    if len(mapping) > MOST_MAPPED:
        raise Invalid("对应关系过多", "the mapping is too long", limit=MOST_MAPPED)
    known = _elements(new)
    for old, target in mapping.items():
        if target not in known:
            zh, en = f"新版中没有元素 {target}", f"the new version has no element {target}"
            field = {"field": f"mapping.{old}", "message": zh}
            raise Invalid(zh, en, code="mapping", errors=[field])


def _elements(bundle: Bundle) -> set[str]:
    found: set[str] = set()
    todo: list[Body] = [process.body for process in bundle.processes.values()]
    while todo:
        body = todo.pop()
        found.update(body.nodes, body.flows)
        todo += [node.body for node in body.nodes.values() if node.body is not None]
    return found


def movable_cases(tx: Unit, bundle: Any) -> Sequence[Any]:
    """The running cases of a bundle's procedure that run on another version, oldest first."""
    return tx.all(
        select(cases)
        .where(
            cases.c.tenant_id == TENANT,
            cases.c.procedure == bundle.procedure,
            cases.c.status.in_(RUNNING),
            cases.c.bundle_id != bundle.id,
        )
        .order_by(cases.c.id)
        .limit(MOST_CASES)
    )


def take_back(
    tx: Unit, world: World, actor: Actor, migration_id: UUID, chosen: Iterable[UUID] = ()
) -> int:
    """Queue the way back of the cases that were moved, all or some; returns how many."""
    check_administrator(actor)
    return _queue(tx, world, actor, (migration_id, set(chosen)), ((DONE,), BACK_QUEUED))


def try_again(
    tx: Unit, world: World, actor: Actor, migration_id: UUID, chosen: Iterable[UUID] = ()
) -> int:
    """Queue the cases once more that were refused or failed; returns how many."""
    check_administrator(actor)
    return _queue(tx, world, actor, (migration_id, set(chosen)), ((REFUSED, FAILED), QUEUED))


def _queue(
    tx: Unit,
    world: World,
    actor: Actor,
    which: tuple[UUID, set[UUID]],
    step: tuple[Sequence[str], str],
) -> int:
    """Let cases of a migration that stand in some statuses wait for what another one says."""
    (migration_id, chosen), (statuses, status) = which, step
    find_migration(tx, migration_id)
    rows = [r for r in rows_of(tx, migration_id) if r.status in statuses]
    found = [row for row in rows if not chosen or row.case_id in chosen]
    for row in found:
        changed = {"status": status, "message": "", "asked_by": actor.membership_id}
        tx.update(migration_cases, migration_cases.c.id == row.id, **changed)
        schedule(tx, KIND, row.id, world.clock.now())
    return len(found)


def find_migration(tx: Unit, migration_id: UUID) -> Any:
    """The row of a migration."""
    row = tx.get(migrations, migration_id)
    if row is None:
        raise NotFound("没有这次迁移", "there is no such migration")
    return row


def rows_of(tx: Unit, migration_id: UUID) -> Sequence[Any]:
    """The cases of a migration, oldest first."""
    return tx.all(
        select(migration_cases)
        .where(
            migration_cases.c.tenant_id == TENANT, migration_cases.c.migration_id == migration_id
        )
        .order_by(migration_cases.c.case_id)
    )


def counts_of(tx: Unit, migration_id: UUID) -> dict[str, int]:
    """How many cases of a migration stand how."""
    rows = tx.all(
        select(migration_cases.c.status, func.count().label("number"))
        .where(
            migration_cases.c.tenant_id == TENANT, migration_cases.c.migration_id == migration_id
        )
        .group_by(migration_cases.c.status)
    )
    return {row.status: row.number for row in rows}


def do_migration_case(tx: Unit, world: World, due: Due) -> None:
    """Move one case, or take it back; its result stands on the row.

    Doing it twice does nothing: a row that is not queued is left alone.
    """
    row = tx.get(migration_cases, due.ref_id)
    if row is not None:
        lock_case(tx, row.case_id)  # lock order: case first
        row = tx.get(migration_cases, due.ref_id)
    doer: Callable[..., dict[str, Any]] | None = None
    if row is not None:
        doer = {QUEUED: _move, BACK_QUEUED: _back}.get(row.status)
    if row is not None and doer is not None:
        failed = FAILED if row.status == QUEUED else DONE
        try:
            with tx.savepoint():
                found = doer(tx, world, row)
        except SQLAlchemyError:
            raise
        except Exception as error:
            # Whatever stops one case, the others go on and the person reads why.
            found = {"status": failed, "message": _why(error)}
        tx.update(migration_cases, migration_cases.c.id == row.id, **found)
    finish(tx, due)


def _move(tx: Unit, world: World, row: Any) -> dict[str, Any]:
    migration = find_migration(tx, row.migration_id)
    target = Target(migration.bundle_id, migration.mapping, tuple(migration.accepted))
    actor = _actor(tx, row)
    found = move_case(tx, world, actor, row.case_id, target, migration.reason)
    plan = found.plan if isinstance(found, Moved) else found
    told = {
        "verdict": plan.verdict.value,
        "reasons": [reason.as_json() for reason in plan.reasons],
        "message": "",
    }
    if isinstance(found, Moved):
        return {**told, "status": DONE, "before": found.before, "after": found.after}
    return {**told, "status": REFUSED}


def _back(tx: Unit, world: World, row: Any) -> dict[str, Any]:
    migration = find_migration(tx, row.migration_id)
    actor = _actor(tx, row)
    move_back(tx, world, actor, row, migration.bundle_id, migration.reason)
    return {"status": BACK, "message": ""}


def _actor(tx: Unit, row: Any) -> Actor:
    actor = load_actor(tx, row.asked_by)
    if actor is None:
        raise Forbidden("发起迁移的人已停用", "who began the migration is no longer active")
    return actor


def _why(error: Exception) -> str:
    if isinstance(error, LuchengError):
        return error.zh
    return f"系统内部错误（{type(error).__name__}）"


MIGRATION_DOERS = {KIND: do_migration_case}
