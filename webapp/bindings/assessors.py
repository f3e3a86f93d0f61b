"""Service tasks about third-party assessors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from sqlalchemy import String

from domain.assessors.model import assignments
from domain.assessors.rules import BANNED, AssignmentStatus, BanKind, Named
from domain.assessors.store import (
    Banning,
    accept_assignment,
    assignment_of,
    ban_with_people,
    bans_in_force,
    barred_people,
    check_body,
    commission,
    eligible_bodies,
    end_assignment,
    lift_ban,
    load_body,
    present_bodies,
    work_in_hand,
)
from engine.definitions.binding import BindingContext, Bindings, Result
from engine.errors import NotFound
from engine.messaging.messages import publish_message
from engine.office import local_date
from webapp.bindings.inputs import Inputs

bindings = Bindings()

LOOK_AGAIN = "search"
BANNED_MESSAGE = "assessor-banned"
"""The message that takes a case away from a body that was barred; correlated by the case."""
LONGEST_REASON = cast(String, assignments.c.reason.type).length
LONGEST_LABEL = 120


@bindings.register("assessor.list-eligible", gives={"bodies": "list"})
def list_eligible(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """The bodies that may assess the mine of ``principal``, as ``bodies`` to choose from."""
    enterprise = Inputs(context, given).principal("principal", "enterprise")
    today = local_date(context.office, context.now)
    found = eligible_bodies(context.tx, enterprise, today)
    return {"bodies": [{"value": f"body:{body.id}", "label": body.name} for body in found]}


@bindings.register("assessor.check-eligible", gives=("eligible", "reasons"))
def check_eligible(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Whether ``body`` may assess the mine of ``principal``; when it may, it is commissioned.

    Gives ``eligible`` and ``reasons`` (why not, in words). Who chose to look again for bodies
    has chosen none.
    """
    inputs = Inputs(context, given)
    if inputs.text("body") == LOOK_AGAIN:
        return {"eligible": False, "reasons": []}
    body_id = _body_of(inputs)
    enterprise = inputs.principal("principal", "enterprise")
    today = local_date(context.office, context.now)
    checked = check_body(context.tx, body_id, enterprise, today)
    if checked.is_eligible:
        commission(context.tx, context.case_id, checked.body, context.actor, context.now)
    return {
        "eligible": checked.is_eligible,
        "reasons": [obstacle.zh for obstacle in checked.obstacles],
    }


@bindings.register(
    "assessor.record-answer", gives={"recorded": "boolean", "taken": "boolean", "reasons": "list"}
)
def record_answer(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Record on the commission whether the body ``accepted`` and declared to be ``independent``.

    ``taken`` is true when it accepted and neither it nor one of its ``people`` is barred; else
    ``reasons`` say why in words.
    """
    inputs = Inputs(context, given)
    running = assignment_of(context.tx, context.case_id)
    if running is None:
        raise NotFound("此办件没有委托", "nobody is commissioned for this case")
    accepted = inputs.flag("accepted")
    barred = _barred(context, running.body_id, _people(inputs, "people")) if accepted else []
    if accepted and not barred:
        accept_assignment(context.tx, running.id, independent=inputs.flag("independent"))
        return {"recorded": True, "taken": True, "reasons": []}
    reasons = barred or [inputs.text("reason", "")]
    end_assignment(
        context.tx,
        running.id,
        AssignmentStatus.DECLINED,
        context.now,
        reason="；".join(reasons)[:LONGEST_REASON],
    )
    return {"recorded": True, "taken": False, "reasons": reasons}


def _barred(context: BindingContext, body_id: UUID, people: list[Named]) -> list[str]:
    """Why a body may not take what it was commissioned with when it still might; in words."""
    today = local_date(context.office, context.now)
    found = [
        obstacle.zh
        for obstacle in check_body(context.tx, body_id, None, today).obstacles
        if obstacle.code == BANNED
    ]
    return found + [
        f"评估人员{name}已列入黑名单" for name in barred_people(context.tx, people, today)
    ]


@bindings.register("assessor.record-report", gives=("reported",))
def record_report(context: BindingContext, _given: Mapping[str, Any]) -> Result:
    """The commission is fulfilled: the whole report came in."""
    running = assignment_of(context.tx, context.case_id)
    if running is None:
        raise NotFound("此办件没有委托", "nobody is commissioned for this case")
    end_assignment(context.tx, running.id, AssignmentStatus.REPORTED, context.now)
    return {"reported": True}


@bindings.register("assessor.list-present", gives={"bodies": "list"})
def list_present(context: BindingContext, _given: Mapping[str, Any]) -> Result:
    """Every body at work in the tenant, barred ones included, as ``bodies`` to choose from."""
    found = present_bodies(context.tx)
    return {"bodies": [{"value": f"body:{body.id}", "label": body.name} for body in found]}


@bindings.register("assessor.describe", gives={"name": "string", "open": "number"})
def describe(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """The ``name`` of ``body`` and how many commissions it has in hand (``open``)."""
    body = load_body(context.tx, _body_of(Inputs(context, given)))
    return {"name": body.name, "open": len(work_in_hand(context.tx, body.id))}


@bindings.register("assessor.ban", gives={"bans": "number"})
def ban_assessor(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Bar ``body`` and the ``persons`` named, from the day of the notice of criticism (``from``).

    For ``years``; without them until it is lifted. Gives how many ``bans`` that made.

    Rules: R-ORD-19, R-IM-27.
    """
    inputs = Inputs(context, given)
    body, years = load_body(context.tx, _body_of(inputs)), inputs.number("years")
    banning = Banning(
        kind=BanKind.BODY,
        subject_id=body.id,
        subject_name=body.name,
        from_on=inputs.required_day("from"),
        years=None if years is None else int(years),
        reason=inputs.text("reason")[:LONGEST_REASON],
        document=inputs.text("document", ""),
    )
    people = _people(inputs, "persons")
    made = ban_with_people(context.tx, banning, people, context.actor, context.now)
    return {"bans": len(made)}


@bindings.register("assessor.bans-in-force", gives={"bans": "list"})
def list_bans(context: BindingContext, _given: Mapping[str, Any]) -> Result:
    """The own bans in force, as rows ``{value, label}`` to choose from."""
    rows = bans_in_force(context.tx, local_date(context.office, context.now))
    told = {row.id: f"{row.subject_name}（{row.from_on}起：{row.reason}）" for row in rows}
    return {
        "bans": [{"value": str(one), "label": said[:LONGEST_LABEL]} for one, said in told.items()]
    }


@bindings.register("assessor.lift-ban", gives={"subject": "string"})
def lift(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Lift the ``ban`` from today on, here and with every tenant below; whose it was.

    Rules: R-ORD-19.
    """
    ban_id, today = Inputs(context, given).identity("ban"), local_date(context.office, context.now)
    return {"subject": lift_ban(context.tx, ban_id, today, context.now)}


@bindings.register("assessor.reassign-open", gives={"cases": "number"})
def reassign_open(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Take from ``body`` what it has in hand; the cases it assesses are told by a message.

    A commission that was not taken yet is refused when the body answers. Gives the number of
    ``cases``.

    Rules: R-ORD-19.
    """
    inputs = Inputs(context, given)
    taken = [
        row
        for row in work_in_hand(context.tx, _body_of(inputs))
        if row.status == AssignmentStatus.ACCEPTED
    ]
    for row in taken:
        reason = inputs.text("reason")[:LONGEST_REASON]
        end_assignment(context.tx, row.id, AssignmentStatus.REVOKED, context.now, reason=reason)
        publish_message(context.tx, BANNED_MESSAGE, str(row.case_id), {}, context.now)
    return {"cases": len(taken)}


def _people(inputs: Inputs, key: str) -> list[Named]:
    """Persons by name and identity number; none when nobody is named."""
    named = inputs.value(key) or []
    return inputs.parsed(
        key,
        lambda: [Named(str(one["name"]), str(one["idNumber"])) for one in named],
        "姓名和身份证号码",
        "names and identity numbers",
    )


def _body_of(inputs: Inputs) -> UUID:
    found = inputs.principal("body", "body")
    if found is None:
        raise inputs.wrong("body", "评估机构", "an assessor body")
    return found
