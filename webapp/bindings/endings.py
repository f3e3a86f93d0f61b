"""What the field does when a case is ended before its procedure is through."""

from __future__ import annotations

from typing import cast

from sqlalchemy import String

from domain.assessors.model import assignments
from domain.assessors.rules import AssignmentStatus
from domain.assessors.store import assignment_of, end_assignment
from domain.notices.stopping import stop_notices
from domain.rounds.model import round_entries
from domain.rounds.store import leave_round
from engine.world import CaseEnded
from webapp.bindings.messages import Delivering, deliver_electronically

TERMINATED = "terminated"
LONGEST_RESULT = cast(String, round_entries.c.reason.type).length
LONGEST_REASON = cast(String, assignments.c.reason.type).length


def end_of_case(ended: CaseEnded) -> None:
    """Stop its public notice, answer open objections, revoke the assessor, tell the applicant."""
    stop_notices(ended.tx, ended.case_id, ended.actor, ended.now)
    leave_round(ended.tx, ended.case_id, f"办件已结束：{ended.reason}"[:LONGEST_RESULT], ended.now)
    running = assignment_of(ended.tx, ended.case_id)
    if running is not None:
        end_assignment(
            ended.tx,
            running.id,
            AssignmentStatus.REVOKED,
            ended.now,
            reason=f"办件已结束：{ended.reason}"[:LONGEST_REASON],
        )
    if ended.status == TERMINATED:
        delivering = Delivering(
            case_id=ended.case_id,
            case_number=ended.case_number,
            document="终止办理告知书",
            to=ended.principal,
            content=ended.reason,
            place=TERMINATED,
        )
        deliver_electronically(ended.tx, delivering, ended.actor, ended.now)
