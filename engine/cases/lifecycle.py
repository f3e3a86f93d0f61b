"""Cases from start to end: start, withdraw, terminate, suspend, resume, urge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.answers import earlier_answer, keep_answer, request_digest
from engine.batches.standing import leave_batches
from engine.bpmn.model import Node
from engine.cases.command import OPEN, SUSPENDED, Command, lock_case, open_case
from engine.cases.parts import OPEN_ITEM
from engine.cases.records import add_record
from engine.cases.scopes import by_reference
from engine.cases.submissions import check_submission
from engine.cases.sync import catch_up, close_command
from engine.definitions.bundles import Bundle
from engine.errors import Conflict, Forbidden, Invalid
from engine.feel import to_json
from engine.history import GENESIS, Act, origin
from engine.ids import new_id
from engine.messaging.handoffs import HandedBy
from engine.spiff.host import Token
from engine.spiff.machine import Machine
from engine.store.database import Database, Unit
from engine.store.metadata import TENANT
from engine.store.tables import cases, clock_stops, counters, history, work_items
from engine.tenancy.model import OUTSIDE, Capacity
from engine.tenancy.numbering import case_number
from engine.tenancy.stage import check_takes_applications
from engine.timing.running_time import load_stops, redate
from engine.work_items.lists import items_of
from engine.work_items.reasons import need_reason
from engine.work_items.telling import person, tell
from engine.work_items.viewers import admit
from engine.world import CaseEnded, World

NOBODY, BY_EVENT = UUID(int=0), "event"
"""Starter and principal of a case that no person has started."""
URGE_PAUSE = timedelta(hours=1)


def start_case(
    db: Database,
    world: World,
    actor: Actor,
    procedure: str,
    variables: Mapping[str, Any],
    *,
    key: str | None = None,
) -> dict[str, Any]:
    """Start a case and run it to its first waiting places; returns {id, number}.

    ``variables`` are the fields of the form on the start event; others are refused by name.
    """
    request = request_digest(f"start {procedure}", dict(variables))
    with db.tenant(actor.tenant_id) as tx:
        answer: dict[str, Any] | None = earlier_answer(tx, actor.account_id, key, request)
        if answer is None:
            command = create_case(tx, world, actor, procedure, variables)
            answer = {"id": str(command.case.id), "number": command.case.number}
            keep_answer(tx, actor.account_id, key, request, answer, command.now)
    return answer


def create_case(
    tx: Unit, world: World, actor: Actor, procedure: str, variables: Mapping[str, Any]
) -> Command:
    """Start a case within a unit of work."""
    office = world.offices.get(tx)
    _check_starter(actor, office.procedure(procedure)["starters"])
    if actor.capacity in OUTSIDE:
        check_takes_applications(office.stage)
    bundle = world.bundles.active(tx, procedure, world.clock.now())
    start = person_start(bundle)
    owner = (actor.membership_id, _principal(actor))
    command = _new_case(tx, world, bundle, owner, actor)
    admit(tx, command.case.id, [f"person:{actor.membership_id}", _principal(actor)])
    _take_start_form(command, start, variables)
    _begin(command, start, {})
    return command


def create_case_by_event(
    tx: Unit,
    world: World,
    bundle: Bundle,
    start: Node,
    payload: Mapping[str, Any],
    facts: Mapping[str, Any],
    handed: HandedBy | None = None,
) -> Command:
    """Start a case at a start event that has happened; it is nobody's, and the office's work.

    ``handed`` says from which tenant it came, if it did.
    """
    command = _new_case(tx, world, bundle, (NOBODY, BY_EVENT), None, handed)
    if handed is not None:
        facts = {**facts, "from": handed.peer, "number": handed.number}
    command.take_payload(Token(command.case.id, start, bundle.procedure, ()), payload)
    _begin(command, start, {**facts, "element": start.id})
    return command


def person_start(bundle: Bundle) -> Node:
    """The start event a person begins at; Conflict when only events start the procedure."""
    start = bundle.process.plain_start
    if start is None:
        raise Conflict(
            f"“{bundle.title}”由消息、定时或信号自动发起，不能由人发起",
            f"procedure {bundle.procedure} is started by events alone",
            code="started_by_event",
        )
    return start


def _new_case(
    tx: Unit,
    world: World,
    bundle: Bundle,
    owner: tuple[UUID, str],
    actor: Actor | None,
    handed: HandedBy | None = None,
) -> Command:
    office, now, procedure = world.offices.get(tx), world.clock.now(), bundle.procedure
    case_id = new_id()
    year = now.astimezone(office.calendar.zone).year
    sequence = next_number(tx, f"case:{procedure}:{year}")
    tx.insert(
        cases,
        id=case_id,
        number=case_number(office.procedure(procedure)["number"], year, sequence),
        bundle_id=bundle.id,
        procedure=procedure,
        title=bundle.title,
        status=OPEN,
        stage="",
        starter=owner[0],
        principal=owner[1],
        parameters={k: to_json(v) for k, v in office.parameters.items()},
        started_at=now,
        rev=0,
        state=b"",
        history_seq=0,
        history_head=GENESIS,
        handed_by=None if handed is None else handed.peer,
        handed_number=None if handed is None else handed.number,
    )
    return Command(tx, world, tx.get(cases, case_id), actor, bundle)


def _begin(command: Command, start: Node, facts: Mapping[str, Any]) -> None:
    """Run a new case to its first waiting places and write it."""
    command.machine = Machine.start(command.bundle.program, command, start.id)
    command.machine.advance()
    began = {"procedure": command.bundle.procedure, "origin": origin(command.case), **facts}
    close_command(command, Act("case.started", content=began))


def _check_starter(actor: Actor, starters: list[str]) -> None:
    if not actor.may_act or not any(actor.has_role(role) for role in starters):
        raise Forbidden("您没有发起此事项的权限", "you may not start this procedure")


def _principal(actor: Actor) -> str:
    if actor.enterprise_id is not None:
        return f"enterprise:{actor.enterprise_id}"
    return f"person:{actor.membership_id}"


def _take_start_form(command: Command, start: Node, variables: Mapping[str, Any]) -> None:
    """Validate what came with the start against the start event's form and keep it."""
    form_id = start.zeebe.form_id
    if not form_id:
        if variables:
            raise Invalid(
                "此事项发起时不接受数据",
                "this procedure takes no data at its start",
                errors=[{"field": n, "message": "未知字段"} for n in sorted(variables)],
            )
        return
    form = command.bundle.form(form_id)
    values = check_submission(command, form, variables, start, ())
    record = add_record(command, start.id, form, values)
    command.scopes.put_local(command.case.id, by_reference(values, record))


def next_number(tx: Unit, name: str) -> int:
    """The next value of a counter of the tenant, starting at 1; never the same twice."""
    first = {"name": name, "value": 1}
    following = {"value": counters.c.value + 1}
    return int(tx.upsert(counters, ("name",), first, following, give=counters.c.value))


def withdraw_case(tx: Unit, world: World, actor: Actor, case_id: UUID, reason: str) -> None:
    """The applicant ends his own case before the decision; Conflict once it is too late."""
    command = open_case(tx, world, case_id, actor)
    if not is_principal(actor, command.case):
        raise Forbidden("只有申请人可以撤回申请", "only the applicant may withdraw")
    decided = command.bundle.process.zeebe.properties.get("withdrawBefore", "")
    barriers = {part.strip() for part in decided.split(",") if part.strip()}
    if barriers & set(passed_elements(tx, case_id)):
        raise Conflict("已作出受理决定，不能撤回", "it is too late to withdraw")
    _end(command, "withdrawn", reason)


def terminate_case(tx: Unit, world: World, actor: Actor, case_id: UUID, reason: str) -> None:
    """An authority ends a case, with its legal ground as reason.

    A leader may while the case is with his own authority; what was reported up is no longer his.
    """
    command = open_case(tx, world, case_id, actor)
    if not may_terminate(actor, items_of(tx, case_id)):
        raise Forbidden(
            "只有办件所在单位的负责人或管理员可以终止办件",
            "only an administrator or a leader of the authority the case is with may terminate it",
        )
    _end(command, "terminated", reason)


def may_terminate(actor: Actor, items: Sequence[Any]) -> bool:
    """Whether an administrator, or a leader of a unit one of the open work items is with, asks.

    A leader without a unit leads the whole tenant.
    """
    if actor.capacity == Capacity.ADMIN:
        return True
    if actor.capacity != Capacity.LEADER:
        return False
    units = {actor.unit or "", *(unit for _, unit in actor.roles)} - {""}
    own = set(actor.principals)
    return not units or any(
        own & set(item.candidates)
        or any(candidate.rpartition("@")[2] in units for candidate in item.candidates)
        for item in items
        if item.status in OPEN_ITEM
    )


def _end(command: Command, status: str, reason: str) -> None:
    need_reason(reason)
    command.machine.cancel()
    act = Act(f"case.{status}", content={"reason": reason})
    close_command(command, act, status=status, outcome="")
    ended = CaseEnded(
        tx=command.tx,
        case_id=command.case.id,
        case_number=command.case.number,
        principal=command.case.principal,
        status=status,
        reason=reason,
        actor=command.actor,
        now=command.now,
    )
    leave_batches(command.tx, command.case.id)
    for hear in command.world.when_ended:
        hear(ended)


def suspend_case(
    tx: Unit, world: World, actor: Actor, case_id: UUID, reason: str, ground: str = ""
) -> None:
    """Nobody can act and nothing happens until the case is resumed.

    Its periods run on, unless a legal ``ground`` is named on which the clock stops.
    """
    _check_administrator(actor)
    need_reason(reason)
    command = open_case(tx, world, case_id, actor)
    legal = ground.strip()[:200]
    if legal:
        tx.insert(clock_stops, case_id=case_id, token_id=None, ground=legal, from_at=command.now)
        redate(tx, command, load_stops(tx, case_id))
    told = {"reason": reason} | ({"ground": legal} if legal else {})
    command.conclude(Act("case.suspended", content=told), status=SUSPENDED)


def resume_case(tx: Unit, world: World, actor: Actor, case_id: UUID, reason: str) -> None:
    """Let a suspended case go on."""
    _check_administrator(actor)
    case = lock_case(tx, case_id)
    if case.status != SUSPENDED:
        raise Conflict("办件没有挂起", "the case is not suspended", status=case.status)
    bundle = world.bundles.get(tx, case.bundle_id)
    command = Command(tx, world, case, actor, bundle)
    tx.update(
        clock_stops,
        clock_stops.c.case_id == case_id,
        clock_stops.c.token_id.is_(None),
        clock_stops.c.to_at.is_(None),
        to_at=command.now,
    )
    command.conclude(Act("case.resumed", content={"reason": reason}), status=OPEN)
    redate(tx, command, load_stops(tx, case_id))
    catch_up(tx, case_id, command.now)


def urge_case(tx: Unit, world: World, actor: Actor, case_id: UUID) -> None:
    """Remind those with whom the case is; at most once an hour."""
    command = open_case(tx, world, case_id, actor)
    if not (is_principal(actor, command.case) or actor.capacity in ("leader", "admin")):
        raise Forbidden("您不能催办此办件", "you may not urge this case")
    last = tx.one(
        select(history.c.at)
        .where(
            history.c.tenant_id == TENANT,
            history.c.case_id == case_id,
            history.c.kind == "case.urged",
        )
        .order_by(history.c.seq.desc())
        .limit(1)
    )
    if last is not None and command.now - last.at < URGE_PAUSE:
        raise Conflict("一小时内只能催办一次", "a case may be urged once an hour")
    command.conclude(Act("case.urged"))
    for item in items_of(tx, case_id):
        if item.status in OPEN_ITEM:
            counted = {"urged": item.urged + 1, "urged_at": command.now}
            tx.update(work_items, work_items.c.id == item.id, **counted)
            to = [person(item.holder)] if item.holder is not None else item.candidates
            lines = [f"第 {item.urged + 1} 次催办"]
            tell(command, "urged", f"催办：{item.name}", to, lines)


def is_principal(actor: Actor, case: Any) -> bool:
    """True for the applicant (any person of the enterprise) and for whoever started the case."""
    return case.starter == actor.membership_id or case.principal in actor.principals


def passed_elements(tx: Unit, case_id: UUID) -> list[str]:
    """The nodes tokens have left so far, in order, read from history."""
    rows = tx.all(
        select(history.c.content)
        .where(history.c.tenant_id == TENANT, history.c.case_id == case_id)
        .order_by(history.c.seq)
    )
    return [step[0] for row in rows for step in (row.content or {}).get("passed", ())]


def _check_administrator(actor: Actor) -> None:
    if actor.capacity != "admin":
        raise Forbidden("只有管理员可以挂起或恢复办件", "only an administrator may")
