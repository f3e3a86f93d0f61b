"""A rehearsal: every finished case of a period done again on a draft, every running one placed.

It goes on by its one dispatch row, some cases in each transaction; the cases it has looked at are
its bookmark, so a node that dies loses nothing and nothing is counted twice. Only its own rows
change.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from engine.actors import Actor
from engine.cases.command import OPEN, SUSPENDED
from engine.cases.expressions import environment
from engine.definitions.bundles import Bundle, assemble
from engine.definitions.publishing import Parts, store_contents
from engine.errors import Invalid, LuchengError, NotFound
from engine.feel import from_json
from engine.migrating.model import Drawing, Reason, worst
from engine.migrating.moving import plan_row
from engine.migrating.plan import Planner, version_of
from engine.migrating.planners import planner_for
from engine.migrating.reasons import reason
from engine.migrating.replaying import Past, Recorded, Replay
from engine.migrating.work import check_administrator, check_mapping
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import (
    bundles,
    cases,
    contents,
    history,
    records,
    rehearsals,
    rehearsed_cases,
    scopes,
)
from engine.timing.dispatch import Due, finish, schedule
from engine.world import World

KIND = "rehearse"
RUNNING, DONE = "running", "done"
AT_ONCE = 100
"""Cases looked at in one transaction."""
MOST_CASES = 20_000
_RUNS = (OPEN, SUSPENDED)


def begin_rehearsal(
    tx: Unit,
    world: World,
    actor: Actor,
    draft: Any,
    parts: Parts,
    period: tuple[datetime, datetime],
    mapping: Mapping[str, str],
) -> UUID:
    """Queue the rehearsal of a draft with the cases that ended in a period and those that run."""
    check_administrator(actor)
    if period[0] >= period[1]:
        raise Invalid(
            "时间段的开始须早于结束", "the period has to begin before it ends", code="period"
        )
    bodies = {part.digest: part.body for part in parts.files.values()}
    new = assemble(draft.id, parts.procedure, 0, parts.title, parts.manifest, bodies)
    check_mapping(new, mapping)
    total = tx.scalar(
        select(func.count()).select_from(cases).where(*_meant(parts.procedure, period))
    )
    if not total or total > MOST_CASES:
        raise Invalid(
            f"该时间段没有办件，或者超过 {MOST_CASES} 件",
            "there are no cases in the period, or too many",
            code="rehearsal_size",
        )
    store_contents(tx, bodies)
    now = world.clock.now()
    made = tx.insert(
        rehearsals,
        draft_id=draft.id,
        procedure=parts.procedure,
        from_at=period[0],
        to_at=period[1],
        mapping=dict(mapping),
        manifest=parts.manifest,
        total=total,
        status=RUNNING,
        by=actor.membership_id,
        at=now,
    )
    schedule(tx, KIND, made, now)
    return made


def _meant(procedure: str, period: tuple[datetime, datetime]) -> tuple[Any, ...]:
    ended = and_(
        cases.c.status == "completed", cases.c.ended_at >= period[0], cases.c.ended_at < period[1]
    )
    return (
        cases.c.tenant_id == TENANT,
        cases.c.procedure == procedure,
        or_(ended, cases.c.status.in_(_RUNS)),
    )


def rehearse_some(tx: Unit, world: World, due: Due) -> None:
    """Look at the next cases of a rehearsal and leave the rest to the next time."""
    row = tx.get(rehearsals, due.ref_id, lock=True)
    if row is None or row.status != RUNNING:
        finish(tx, due)
        return
    some = _next_cases(tx, row)
    for case, reasons in _looked_at(tx, world, row, some):
        tx.insert(
            rehearsed_cases,
            rehearsal_id=row.id,
            case_id=case.id,
            is_running=case.status in _RUNS,
            verdict=worst(reasons).value,
            reasons=[one.as_json() for one in reasons],
        )
    now, is_over = world.clock.now(), len(some) < AT_ONCE
    ended = {"status": DONE, "ended_at": now} if is_over else {}
    tx.update(rehearsals, rehearsals.c.id == row.id, done=row.done + len(some), **ended)
    if is_over:
        finish(tx, due)
    else:
        schedule(tx, KIND, row.id, now)


def _next_cases(tx: Unit, row: Any) -> Sequence[Any]:
    last = tx.scalar(
        select(rehearsed_cases.c.case_id)
        .where(rehearsed_cases.c.tenant_id == TENANT, rehearsed_cases.c.rehearsal_id == row.id)
        .order_by(rehearsed_cases.c.case_id.desc())
        .limit(1)
    )
    return tx.all(
        select(cases)
        .where(*_meant(row.procedure, (row.from_at, row.to_at)), cases.c.id > (last or UUID(int=0)))
        .order_by(cases.c.id)
        .limit(AT_ONCE)
    )


def _looked_at(
    tx: Unit, world: World, row: Any, some: Sequence[Any]
) -> list[tuple[Any, tuple[Reason, ...]]]:
    if not some:
        return []
    new = world.bundles.kept(tx, row.id, lambda: drafted_bundle(tx, row))
    past = _pasts(tx, [case for case in some if case.status not in _RUNS])
    planners: dict[UUID, Planner] = {}
    found = []
    for case in some:
        old = world.bundles.get(tx, case.bundle_id)
        if case.status in _RUNS:
            if old.id not in planners:
                planners[old.id] = planner_for(world, version_of(old), version_of(new), row.mapping)
            reasons = plan_row(tx, world, case, planners[old.id]).reasons
        else:
            reasons = _replayed(tx, world, (old, new), past[case.id], row.mapping)
        found.append((case, reasons))
    return found


def _replayed(
    tx: Unit, world: World, sides: tuple[Bundle, Bundle], past: Past, mapping: Mapping[str, str]
) -> tuple[Reason, ...]:
    office = world.offices.get(tx)
    env = environment(tx, office, world.clock.now(), office.parameter)
    drawings = tuple(Drawing(b.procedure, b.processes) for b in sides)
    replay = Replay((drawings[0], drawings[1]), sides[1].program, past, env)
    try:
        return replay.run(mapping)
    except LuchengError:
        return (*replay.reasons, reason("unreadable", sides[0].procedure))


def drafted_bundle(tx: Unit, row: Any) -> Bundle:
    """What a rehearsal is about, as a bundle that is not published."""
    digests = [entry["digest"] for entry in row.manifest]
    bodies = {
        found.digest: found.body
        for found in tx.all(
            select(contents.c.digest, contents.c.body).where(
                contents.c.tenant_id == TENANT, contents.c.digest.in_(digests)
            )
        )
    }
    return assemble(row.id, row.procedure, 0, row.procedure, row.manifest, bodies)


def _pasts(tx: Unit, some: Sequence[Any]) -> dict[UUID, Past]:
    """The acts, records and last variables of finished cases, in three statements."""
    ids = [case.id for case in some]
    if not ids:
        return {}
    facts = tx.all(
        select(history.c.case_id, history.c.kind, history.c.element, history.c.content)
        .where(history.c.tenant_id == TENANT, history.c.case_id.in_(ids))
        .order_by(history.c.case_id, history.c.seq)
    )
    given = {
        str(row.id): row.content
        for row in tx.all(
            select(records.c.id, records.c.content).where(
                records.c.tenant_id == TENANT, records.c.case_id.in_(ids)
            )
        )
    }
    left = {
        row.id: row.variables
        for row in tx.all(
            select(scopes.c.id, scopes.c.variables).where(
                scopes.c.tenant_id == TENANT, scopes.c.id.in_(ids)
            )
        )
    }
    acts: dict[UUID, list[Recorded]] = defaultdict(list)
    for fact in facts:
        acts[fact.case_id].append(_recorded(fact, given))
    return {
        case.id: Past(acts[case.id], _variables(left.get(case.id, {}), case), was_completed=True)
        for case in some
    }


def _recorded(fact: Any, given: Mapping[str, Any]) -> Recorded:
    content = fact.content or {}
    values: dict[str, Any] = dict(content.get("given", {}))
    for record_id, _digest in content.get("records", ()):
        values |= given.get(record_id, {})
    return Recorded(
        kind=fact.kind,
        element=content.get("element", "") if fact.kind == "case.started" else fact.element,
        passed=content.get("passed", ()),
        opened=Counter(item["element"] for item in content.get("opened", ())),
        given=values,
        to=content.get("to", "") if isinstance(content.get("to"), str) else "",
    )


def _variables(left: Mapping[str, Any], case: Any) -> dict[str, Any]:
    facts = {"id": str(case.id), "number": case.number, "title": case.title}
    facts |= {"principal": case.principal, "handedBy": case.handed_by}
    values = {name: from_json(value) for name, value in left.items()}
    return {**values, "case": {**facts, "handedNumber": case.handed_number}}


def find_rehearsal(tx: Unit, rehearsal_id: UUID) -> Any:
    """The row of a rehearsal."""
    row = tx.get(rehearsals, rehearsal_id)
    if row is None:
        raise NotFound("没有这次预演", "there is no such rehearsal")
    return row


def counts_of(tx: Unit, rehearsal_id: UUID) -> dict[tuple[str, bool], int]:
    """How many cases met what, by verdict and whether they run."""
    rows = tx.all(
        select(
            rehearsed_cases.c.verdict,
            rehearsed_cases.c.is_running,
            func.count().label("number"),
        )
        .where(
            rehearsed_cases.c.tenant_id == TENANT, rehearsed_cases.c.rehearsal_id == rehearsal_id
        )
        .group_by(rehearsed_cases.c.verdict, rehearsed_cases.c.is_running)
    )
    return {(row.verdict, bool(row.is_running)): row.number for row in rows}


def cases_of(tx: Unit, rehearsal_id: UUID, most: int) -> Sequence[Any]:
    """The cases of a rehearsal that met something, with number, title and version."""
    return tx.all(
        select(
            rehearsed_cases.c.case_id,
            rehearsed_cases.c.is_running,
            rehearsed_cases.c.verdict,
            rehearsed_cases.c.reasons,
            cases.c.number,
            cases.c.title,
            bundles.c.version,
        )
        .join(
            cases,
            (cases.c.tenant_id == rehearsed_cases.c.tenant_id)
            & (cases.c.id == rehearsed_cases.c.case_id),
        )
        .join(
            bundles,
            (bundles.c.tenant_id == cases.c.tenant_id) & (bundles.c.id == cases.c.bundle_id),
        )
        .where(
            rehearsed_cases.c.tenant_id == TENANT,
            rehearsed_cases.c.rehearsal_id == rehearsal_id,
            rehearsed_cases.c.verdict != "as_is",
        )
        .order_by(rehearsed_cases.c.verdict, rehearsed_cases.c.case_id)
        .limit(most)
    )


REHEARSAL_DOERS = {KIND: rehearse_some}
