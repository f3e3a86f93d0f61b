"""One running case moved to another version, and back: everything in one transaction."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.canonical import digest
from engine.cases.command import OPEN, SUSPENDED, Command, lock_case
from engine.cases.lifecycle import passed_elements
from engine.cases.sync import close_command
from engine.definitions.bundles import Bundle
from engine.errors import Conflict, LuchengError
from engine.history import MOVED, Act
from engine.migrating.model import Plan, Verdict
from engine.migrating.plan import Planner, Standpoint
from engine.migrating.planners import Target
from engine.migrating.reasons import reason
from engine.migrating.rows import (
    Changes,
    move_rows,
    put_back,
    put_items_back,
    rows_before,
)
from engine.spiff.machine import Machine
from engine.store.database import Unit
from engine.timing.running_time import load_stops
from engine.world import World

RUNNING = (OPEN, SUSPENDED)


class NoWayBack(Conflict):
    """The case has taken a step on the new version, or was moved on from it."""

    code = "no_way_back"


@dataclass(frozen=True)
class Moved:
    """A case that runs on the new version: what stood before, and the digest of its tokens now."""

    plan: Plan
    before: dict[str, Any]
    after: str


def plan_row(tx: Unit, world: World, case: Any, made: Planner) -> Plan:
    """The plan for the case of a row; writes nothing."""
    if case.status == SUSPENDED:
        return _refused("suspended", case)
    try:
        command = _loaded(tx, world, case, None)
    except LuchengError:
        return _refused("unreadable", case)
    return _plan(command, made)


def _refused(code: str, case: Any) -> Plan:
    return Plan(Verdict.REFUSED, (reason(code, case.procedure),), None)


def _loaded(tx: Unit, world: World, case: Any, actor: Actor | None) -> Command:
    bundle = world.bundles.get(tx, case.bundle_id)
    command = Command(tx, world, case, actor, bundle)
    command.machine = Machine.load(bundle.program, case.state, command)
    return command


def _plan(command: Command, made: Planner) -> Plan:
    variables = {name for values in command.parts.variables.values() for name in values}
    passed = passed_elements(command.tx, command.case.id)
    return made.plan(Standpoint(command.machine.standing(), set(passed), variables))


def move_case(
    tx: Unit, world: World, actor: Actor, case_id: UUID, target: Target, reason_given: str
) -> Moved | Plan:
    """Let a case run on another version; its plan alone when it stays where it is.

    Conflict when it is over or runs on that version already.
    """
    case = lock_case(tx, case_id)
    _check_running(case)
    if case.bundle_id == target.bundle_id:
        raise Conflict("办件已按该版本办理", "the case runs on this version already")
    made = world.planners.get(tx, world, case.bundle_id, target)
    if case.status == SUSPENDED:
        return _refused("suspended", case)
    old = _loaded(tx, world, case, actor)
    plan = _plan(old, made)
    if not plan.is_allowed(target.accepted):
        return plan
    assert plan.standing is not None
    before = {"state": b64encode(bytes(case.state)).decode(), **rows_before(tx, case_id)}
    new = Command(tx, world, case, actor, world.bundles.get(tx, target.bundle_id))
    new.machine = Machine.place(new.bundle.program, plan.standing, new)
    was = {token.id: token.node for token in old.machine.tokens()}
    changed = move_rows(new, was, load_stops(tx, case_id))
    new.machine.settle()
    told = {**_versions(old.bundle, new.bundle), "reason": reason_given}
    told |= {"mapping": dict(target.mapping), "mappingDigest": target.digest}
    told["verdict"] = plan.verdict.value
    told["accepted"] = [r.as_json() for r in plan.reasons]
    close_command(new, Act("case.migrated", content=told), bundle_id=target.bundle_id)
    before["items"] = changed
    before["goes_on"] = bool(new.machine.passed)
    return Moved(plan, before, _state_digest(tx, case_id))


def _check_running(case: Any) -> None:
    if case.status not in RUNNING:
        raise Conflict("办件已经办结", "the case is over", status=case.status)


def _versions(old: Bundle, new: Bundle) -> dict[str, Any]:
    return {
        MOVED: [str(old.id), str(new.id)],
        "versions": [old.version, new.version],
        "digests": [old.digest, new.digest],
    }


def _state_digest(tx: Unit, case_id: UUID) -> str:
    return digest(bytes(lock_case(tx, case_id).state))


def move_back(
    tx: Unit, world: World, actor: Actor, row: Any, bundle_id: UUID, reason_given: str
) -> None:
    """Let a case be what it was before it was moved; ``row`` is that of its migration.

    NoWayBack once a token has moved on the new version.
    """
    case = lock_case(tx, row.case_id)
    _check_running(case)
    why = next(_hindrances(case, row, bundle_id), None)
    if why is not None:
        raise why
    if case.status == SUSPENDED:
        raise Conflict("办件已挂起，恢复后才能撤回迁移", "the case is suspended")
    before = row.before
    here = world.bundles.get(tx, bundle_id)
    put_back(tx, case.id, before)
    old = Command(tx, world, case, actor, world.bundles.get(tx, row.from_bundle_id))
    old.machine = Machine.load(old.bundle.program, b64decode(before["state"]), old)
    changed: Changes = before["items"]
    put_items_back(old, changed)
    told = {**_versions(here, old.bundle), "reason": reason_given}
    close_command(old, Act("case.migratedBack", content=told), bundle_id=row.from_bundle_id)


def _hindrances(case: Any, row: Any, bundle_id: UUID) -> Iterator[NoWayBack]:
    if case.bundle_id != bundle_id:
        yield NoWayBack("办件已改按其他版本办理", "the case runs on another version by now")
    elif row.before["goes_on"] or digest(bytes(case.state)) != row.after:
        yield NoWayBack(
            "办件已按新版办理了环节，不能撤回迁移",
            "the case has taken a step on the new version",
        )


def may_go_back(case: Any, row: Any, bundle_id: UUID) -> bool:
    """Whether there still is a way back for a case that was moved."""
    is_running = case.status in RUNNING
    return is_running and next(_hindrances(case, row, bundle_id), None) is None
