"""Service tasks about third-party assessors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.assessors.rules import AssignmentStatus
from domain.assessors.store import (
    accept_assignment,
    assignment_of,
    check_body,
    commission,
    eligible_bodies,
    end_assignment,
)
from engine.binding import BindingContext, Bindings, Result
from engine.errors import NotFound
from engine.office import local_date
from webapp.bindings.inputs import Inputs

bindings = Bindings()

LOOK_AGAIN = "search"


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
    body_id = inputs.principal("body", "body")
    if body_id is None:
        raise inputs.wrong("body", "评估机构", "an assessor body")
    enterprise = inputs.principal("principal", "enterprise")
    today = local_date(context.office, context.now)
    checked = check_body(context.tx, body_id, enterprise, today)
    if checked.is_eligible:
        commission(context.tx, context.case_id, checked.body, context.actor, context.now)
    return {
        "eligible": checked.is_eligible,
        "reasons": [obstacle.zh for obstacle in checked.obstacles],
    }


@bindings.register("assessor.record-answer", gives=("recorded",))
def record_answer(context: BindingContext, given: Mapping[str, Any]) -> Result:
    """Record on the commission whether the body ``accepted`` and declared to be ``independent``."""
    inputs = Inputs(context, given)
    running = assignment_of(context.tx, context.case_id)
    if running is None:
        raise NotFound("此办件没有委托", "nobody is commissioned for this case")
    if inputs.flag("accepted"):
        accept_assignment(context.tx, running.id, independent=inputs.flag("independent"))
    else:
        reason = inputs.text("reason", "")
        end_assignment(
            context.tx, running.id, AssignmentStatus.DECLINED, context.now, reason=reason
        )
    return {"recorded": True}


@bindings.register("assessor.record-report", gives=("reported",))
def record_report(context: BindingContext, _given: Mapping[str, Any]) -> Result:
    """The commission is fulfilled: the whole report came in."""
    running = assignment_of(context.tx, context.case_id)
    if running is None:
        raise NotFound("此办件没有委托", "nobody is commissioned for this case")
    end_assignment(context.tx, running.id, AssignmentStatus.REPORTED, context.now)
    return {"reported": True}
