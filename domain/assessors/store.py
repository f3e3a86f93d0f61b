"""Assessors in the database: who may be commissioned, commissions and how they went, bans."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.assessors.model import assignments, bans, body_ties
from domain.assessors.rules import (
    AT_WORK,
    IN_HAND,
    AssignmentStatus,
    Ban,
    BanKind,
    Body,
    Named,
    Obstacle,
    Tie,
    ban_end,
    next_assignment,
    obstacles,
)
from engine.actors import Actor, anyone_is
from engine.canonical import JsonValue
from engine.errors import Conflict, Invalid, NotFound
from engine.messaging.facts import Fact, facts_of, publish_fact
from engine.store.control import assessor_bodies, enterprises
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.work_items.viewers import dismiss

BAN = "ban"
"""Bans as facts that bind the levels below."""


@dataclass(frozen=True)
class Checked:
    """A body with the reasons why it may not be commissioned; none means it may."""

    body: Body
    obstacles: tuple[Obstacle, ...]

    @property
    def is_eligible(self) -> bool:
        """Whether the body may be commissioned."""
        return not self.obstacles


@dataclass(frozen=True)
class Banning:
    """A body or person that is not accepted from a day on, by a document of criticism."""

    kind: BanKind
    subject_id: UUID
    subject_name: str
    from_on: dt.date
    years: int | None
    reason: str
    document: str = ""


def load_body(tx: Unit, body_id: UUID) -> Body:
    """An assessor body; NotFound when there is none."""
    row = tx.one(select(assessor_bodies).where(assessor_bodies.c.id == body_id))
    if row is None:
        raise NotFound("评估机构不存在", "there is no such assessor body", body=str(body_id))
    return Body(row.id, row.name, row.kind, row.credit_code)


def check_body(tx: Unit, body_id: UUID, enterprise_id: UUID | None, day: dt.date) -> Checked:
    """Whether a body may assess an enterprise's mine on this day, and if not, why.

    Rules: R-IM-22, R-IM-27.
    """
    body = load_body(tx, body_id)
    found = obstacles(
        body,
        bans_of(tx, BanKind.BODY, body_id),
        _ties_of(tx, body_id, enterprise_id),
        _credit_code(tx, enterprise_id),
        day,
    )
    return Checked(body, tuple(found))


def present_bodies(tx: Unit) -> list[Body]:
    """The bodies at work in this tenant, by name."""
    rows = sorted(tx.all(select(assessor_bodies)), key=lambda row: row.name)
    present = (row for row in rows if anyone_is(tx, [f"body:{row.id}"]))
    return [Body(row.id, row.name, row.kind, row.credit_code) for row in present]


def eligible_bodies(tx: Unit, enterprise_id: UUID | None, day: dt.date) -> list[Body]:
    """The bodies at work in this tenant that may assess an enterprise's mine, by name."""
    checked = (check_body(tx, body.id, enterprise_id, day) for body in present_bodies(tx))
    return [found.body for found in checked if found.is_eligible]


def commission(tx: Unit, case_id: UUID, body: Body, actor: Actor | None, now: datetime) -> UUID:
    """Commission a body for a case; an earlier commission of the case that still runs ends.

    Rules: R-IM-22.
    """
    running = assignment_of(tx, case_id)
    if running is not None:
        if running.body_id == body.id:
            found: UUID = running.id
            return found
        end_assignment(tx, running.id, AssignmentStatus.REVOKED, now, reason="改由其他机构承担")
    return tx.insert(
        assignments,
        case_id=case_id,
        body_id=body.id,
        body_name=body.name,
        status=AssignmentStatus.COMMISSIONED,
        independence_declared=False,
        assigned_by=None if actor is None else actor.membership_id,
        assigned_at=now,
    )


def accept_assignment(tx: Unit, assignment_id: UUID, *, independent: bool) -> None:
    """The body takes the commission; it must declare that it is independent of the mine."""
    if not independent:
        raise Invalid(
            "承接评估须声明与申报企业没有利害关系",
            "a body that accepts must declare its independence",
            errors=[{"field": "independent", "message": "请作出声明"}],
        )
    row = _assignment(tx, assignment_id)
    status = next_assignment(AssignmentStatus(row.status), AssignmentStatus.ACCEPTED)
    tx.update(
        assignments,
        assignments.c.id == assignment_id,
        status=status,
        independence_declared=True,
    )


def end_assignment(
    tx: Unit, assignment_id: UUID, status: AssignmentStatus, now: datetime, *, reason: str = ""
) -> None:
    """A commission is declined, revoked or answered with a report.

    A body that declined, or from which the commission was taken, sees the case no longer.
    """
    row = _assignment(tx, assignment_id)
    following = next_assignment(AssignmentStatus(row.status), status)
    tx.update(
        assignments,
        assignments.c.id == assignment_id,
        status=following,
        ended_at=now,
        reason=reason,
    )
    if following in (AssignmentStatus.DECLINED, AssignmentStatus.REVOKED):
        dismiss(tx, row.case_id, [f"body:{row.body_id}"])


def assignment_of(tx: Unit, case_id: UUID) -> Any:
    """The commission of a case that runs, or None."""
    return tx.one(
        select(assignments)
        .where(
            assignments.c.tenant_id == TENANT,
            assignments.c.case_id == case_id,
            assignments.c.status.in_(AT_WORK),
        )
        .order_by(assignments.c.assigned_at.desc())
        .limit(1)
    )


def assignments_of(tx: Unit, case_id: UUID) -> Sequence[Any]:
    """Every commission of a case, oldest first."""
    return tx.all(
        select(assignments)
        .where(assignments.c.tenant_id == TENANT, assignments.c.case_id == case_id)
        .order_by(assignments.c.assigned_at, assignments.c.id)
    )


def ban(tx: Unit, banning: Banning, actor: Actor | None, now: datetime) -> UUID:
    """Bar a body or a person from assessments, here and with every tenant below.

    Rules: R-IM-27, R-NAT-20, R-ORD-35.
    """
    until = ban_end(banning.from_on, banning.years)
    made: UUID = tx.insert(
        bans,
        kind=banning.kind,
        subject_id=banning.subject_id,
        subject_name=banning.subject_name,
        from_on=banning.from_on,
        until_on=until,
        reason=banning.reason,
        document=banning.document,
        by=None if actor is None else actor.membership_id,
        created_at=now,
    )
    _tell(tx, made, now)
    return made


def _tell(tx: Unit, ban_id: UUID, now: datetime) -> None:
    """Publish a ban as it stands, to every tenant below."""
    row = tx.get(bans, ban_id)
    assert row is not None
    told: dict[str, JsonValue] = {
        "name": row.subject_name,
        "from": row.from_on.isoformat(),
        "until": None if row.until_on is None else row.until_on.isoformat(),
        "reason": row.reason,
        "document": row.document,
        "lifted": None if row.lifted_on is None else row.lifted_on.isoformat(),
    }
    about = _about(BanKind(row.kind), row.subject_id)
    publish_fact(tx, Fact(BAN, str(ban_id), about, told), now)


def bans_in_force(tx: Unit, day: dt.date) -> list[Any]:
    """The own bans that hold on a day, oldest first."""
    rows = tx.all(
        select(bans).where(bans.c.tenant_id == TENANT).order_by(bans.c.from_on, bans.c.id)
    )
    return [r for r in rows if Ban(r.from_on, r.until_on, r.reason, r.lifted_on).holds(day)]


def lift_ban(tx: Unit, ban_id: UUID, day: dt.date, now: datetime) -> str:
    """End an own ban from this day on, here and below; returns whose it was.

    Rules: R-ORD-19.
    """
    row = tx.get(bans, ban_id, lock=True)
    if row is None:
        raise NotFound("没有此项禁止", "there is no such ban")
    if not Ban(row.from_on, row.until_on, row.reason, row.lifted_on).holds(day):
        raise Conflict("此项禁止已经解除或者期满", "the ban does not hold any more")
    tx.update(bans, bans.c.id == ban_id, lifted_on=day)
    _tell(tx, ban_id, now)
    return str(row.subject_name)


def _about(kind: BanKind, subject_id: UUID) -> str:
    return f"{kind}:{subject_id}"


def ban_with_people(
    tx: Unit, banning: Banning, people: Sequence[Named], actor: Actor | None, now: datetime
) -> list[UUID]:
    """Bar a body and the persons named with it, by one notice of criticism; the bans.

    Rules: R-ORD-19, R-IM-27.
    """
    persons = (
        replace(banning, kind=BanKind.PERSON, subject_id=person.identity, subject_name=person.name)
        for person in {person.identity: person for person in people}.values()
    )
    return [ban(tx, one, actor, now) for one in (banning, *persons)]


def barred_people(tx: Unit, people: Sequence[Named], day: dt.date) -> list[str]:
    """The names of those who are barred on this day, here or by a level above.

    Rules: R-ORD-19, R-IM-27, R-NAT-20.
    """
    return [
        person.name
        for person in people
        if any(found.holds(day) for found in bans_of(tx, BanKind.PERSON, person.identity))
    ]


def work_in_hand(tx: Unit, body_id: UUID) -> Sequence[Any]:
    """The commissions a body was given and has not answered with a report, oldest first."""
    return tx.all(
        select(assignments)
        .where(
            assignments.c.tenant_id == TENANT,
            assignments.c.body_id == body_id,
            assignments.c.status.in_(IN_HAND),
        )
        .order_by(assignments.c.assigned_at, assignments.c.id)
    )


def bans_of(tx: Unit, kind: BanKind, subject_id: UUID) -> list[Ban]:
    """Every ban a body or a person ever met with in this tenant or with one above it.

    Rules: R-ORD-34, R-ORD-35.
    """
    rows = tx.all(
        select(bans)
        .where(bans.c.tenant_id == TENANT, bans.c.kind == kind, bans.c.subject_id == subject_id)
        .order_by(bans.c.from_on)
    )
    own = [Ban(row.from_on, row.until_on, row.reason, row.lifted_on) for row in rows]
    return own + [_copied(row) for row in facts_of(tx, BAN, _about(kind, subject_id))]


def _copied(fact: Any) -> Ban:
    """A ban of a level above, as it was published."""
    told = fact.content
    until, lifted = (told[key] and dt.date.fromisoformat(told[key]) for key in ("until", "lifted"))
    reason = f"{fact.source_name}：{told['reason']}"
    return Ban(dt.date.fromisoformat(told["from"]), until or None, reason, lifted or None)


def record_tie(
    tx: Unit, body_id: UUID, enterprise_id: UUID, actor: Actor | None, now: datetime, *, ground: str
) -> UUID:
    """Keep in mind that a body is tied to an enterprise."""
    return tx.insert(
        body_ties,
        body_id=body_id,
        enterprise_id=enterprise_id,
        ground=ground,
        known_at=now,
        recorded_by=None if actor is None else actor.membership_id,
    )


def _assignment(tx: Unit, assignment_id: UUID) -> Any:
    row = tx.get(assignments, assignment_id, lock=True)
    if row is None:
        raise NotFound("委托不存在", "there is no such assignment")
    return row


def _ties_of(tx: Unit, body_id: UUID, enterprise_id: UUID | None) -> list[Tie]:
    rows = tx.all(
        select(body_ties.c.ground).where(
            body_ties.c.tenant_id == TENANT,
            body_ties.c.body_id == body_id,
            body_ties.c.enterprise_id == enterprise_id,
        )
    )
    return [Tie(row.ground) for row in rows]


def _credit_code(tx: Unit, enterprise_id: UUID | None) -> str | None:
    if enterprise_id is None:
        return None
    code: str | None = tx.scalar(
        select(enterprises.c.credit_code).where(enterprises.c.id == enterprise_id)
    )
    return code
