"""Notices as they are kept: published, joined by the cases of a batch, closed, never deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from domain.notices.model import notice_subjects, notices, objections
from domain.notices.rules import (
    NoticeKind,
    NoticeStatus,
    Period,
    may_join,
    notice_period,
)
from engine.actors import Actor
from engine.cases.lifecycle import next_number
from engine.errors import Invalid, NotFound
from engine.office import Office, local_date
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import batches
from engine.tenancy.calendar import Until
from engine.tenancy.numbering import case_number

LONGEST_TITLE = 200
LONGEST_BODY = 20_000
MOST_LINES = 50
NUMBER_RULES: Mapping[NoticeKind, str] = {
    NoticeKind.NOTICE: "公示〔{year}〕{seq:03}号",
    NoticeKind.ANNOUNCEMENT: "公告〔{year}〕{seq:03}号",
}


@dataclass(frozen=True)
class Publishing:
    """A notice to be published for one case; ``days`` is None for an announcement without end.

    ``lines`` are what the notice says of the case; ``organiser`` and ``verifiers`` are principals:
    those who publish, and those who may see who objects.
    """

    kind: NoticeKind
    title: str
    body: str
    lines: Sequence[Mapping[str, Any]]
    case_id: UUID
    batch_id: UUID | None = None
    days: int | None = None
    count_first_day: bool = False
    until: Until = "day_end"
    demanded: Sequence[str] = ()
    organiser: Sequence[str] = ()
    verifiers: Sequence[str] = ()
    contact: str = ""


@dataclass(frozen=True)
class Published:
    """A notice a case is on; ``joined`` when an earlier case of the batch had opened it."""

    id: UUID
    number: str
    period: Period
    joined: bool


def publish_notice(
    tx: Unit, office: Office, publishing: Publishing, actor: Actor | None, now: datetime
) -> Published:
    """Put a case to public notice: on the notice of its batch, or on one of its own.

    The cases of one batch share a notice as long as every one of them is shown for the whole
    period. Publishing the same case of the same batch again gives the notice it is on already.

    Rules: R-IM-32, R-NAT-26.
    """
    _check(publishing)
    notice: Any = None
    if publishing.batch_id is not None:
        tx.get(batches, publishing.batch_id, lock=True)  # two cases must not open two notices
        notice = _notice_of_batch(tx, office, publishing, now)
    joined = notice is not None
    if notice is None:
        notice = load_notice(tx, _open_notice(tx, office, publishing, actor, now))
    _add_subject(tx, notice.id, publishing)
    period = Period(notice.starts_at, notice.ends_at)
    return Published(notice.id, notice.number, period, joined)


def close_notice(tx: Unit, notice_id: UUID, case_id: UUID, now: datetime) -> None:
    """End the period for one case; the notice is closed when it has ended for all on it."""
    subjects = notice_subjects
    row = load_notice(tx, notice_id, lock=True)
    tx.update(
        subjects,
        subjects.c.notice_id == notice_id,
        subjects.c.case_id == case_id,
        subjects.c.closed_at.is_(None),
        closed_at=now,
    )
    still_open = tx.scalar(
        select(func.count())
        .select_from(subjects)
        .where(
            subjects.c.tenant_id == TENANT,
            subjects.c.notice_id == notice_id,
            subjects.c.closed_at.is_(None),
        )
    )
    if not still_open and row.status == NoticeStatus.OPEN:
        tx.update(notices, notices.c.id == notice_id, status=NoticeStatus.CLOSED, closed_at=now)


def find_notice(tx: Unit, number: str) -> Any:
    """The notice with this number; NotFound when there is none."""
    row = tx.one(select(notices).where(notices.c.tenant_id == TENANT, notices.c.number == number))
    if row is None:
        raise _unknown()
    return row


def load_notice(tx: Unit, notice_id: UUID, *, lock: bool = False) -> Any:
    """The row of a notice, locked on demand; NotFound for another tenant's."""
    row = tx.get(notices, notice_id, lock=lock)
    if row is None:
        raise _unknown()
    return row


def subjects_of(tx: Unit, notice_id: UUID) -> Sequence[Any]:
    """The cases on a notice, in the order they came."""
    return tx.all(
        select(notice_subjects)
        .where(notice_subjects.c.tenant_id == TENANT, notice_subjects.c.notice_id == notice_id)
        .order_by(notice_subjects.c.position)
    )


def notices_of_case(tx: Unit, case_id: UUID) -> Sequence[Any]:
    """Every notice a case was on, oldest first."""
    return tx.all(
        select(notices)
        .join(
            notice_subjects,
            (notice_subjects.c.tenant_id == notices.c.tenant_id)
            & (notice_subjects.c.notice_id == notices.c.id),
        )
        .where(notices.c.tenant_id == TENANT, notice_subjects.c.case_id == case_id)
        .order_by(notices.c.published_at, notices.c.id)
    )


def objection_count(tx: Unit, notice_id: UUID) -> int:
    """How many objections a notice has met; the number is public, the persons are not."""
    return int(
        tx.scalar(
            select(func.count())
            .select_from(objections)
            .where(objections.c.tenant_id == TENANT, objections.c.notice_id == notice_id)
        )
    )


def _unknown() -> NotFound:
    return NotFound("公示不存在", "there is no such notice")


def _check(publishing: Publishing) -> None:
    """A notice the public could not read, or that nobody answers for, is not published."""
    errors = []
    for field, text, most in (
        ("title", publishing.title, LONGEST_TITLE),
        ("body", publishing.body, LONGEST_BODY),
    ):
        if not text.strip() or len(text) > most:
            errors.append({"field": field, "message": f"须填写，且不超过 {most} 个字"})
    if not 0 < len(publishing.lines) <= MOST_LINES:
        errors.append({"field": "subjects", "message": f"须有 1 至 {MOST_LINES} 项公示内容"})
    asks = publishing.kind is NoticeKind.NOTICE
    if asks != (publishing.days is not None):
        errors.append({"field": "days", "message": "公示须有期限，公告没有期限"})
    if asks and not publishing.verifiers:
        errors.append({"field": "verifiers", "message": "须指明核实异议的人员"})
    if errors:
        raise Invalid(
            "公示内容不完整", "the notice is not complete", code="notice_invalid", errors=errors
        )


def _notice_of_batch(tx: Unit, office: Office, publishing: Publishing, now: datetime) -> Any:
    """The notice of the batch that holds the case already, else one it may still join."""
    rows = tx.all(
        select(notices, notice_subjects.c.case_id.label("held"))
        .outerjoin(
            notice_subjects,
            (notice_subjects.c.tenant_id == notices.c.tenant_id)
            & (notice_subjects.c.notice_id == notices.c.id)
            & (notice_subjects.c.case_id == publishing.case_id),
        )
        .where(
            notices.c.tenant_id == TENANT,
            notices.c.batch_id == publishing.batch_id,
            notices.c.kind == publishing.kind,
        )
        .order_by(notices.c.published_at.desc())
    )
    held = next((row for row in rows if row.held is not None), None)
    if held is not None:
        return held
    for row in rows:
        period, status = Period(row.starts_at, row.ends_at), NoticeStatus(row.status)
        if may_join(office.calendar, period, status, now):
            return row
    return None


def _open_notice(
    tx: Unit, office: Office, publishing: Publishing, actor: Actor | None, now: datetime
) -> UUID:
    year = local_date(office, now).year
    sequence = next_number(tx, f"{publishing.kind}:{year}")
    period = notice_period(
        office.calendar,
        now,
        publishing.days,
        count_first_day=publishing.count_first_day,
        until=publishing.until,
    )
    return tx.insert(
        notices,
        number=case_number(NUMBER_RULES[publishing.kind], year, sequence),
        kind=publishing.kind,
        title=publishing.title.strip(),
        body=publishing.body.strip(),
        contact=publishing.contact.strip(),
        organiser=list(publishing.organiser),
        verifiers=list(publishing.verifiers),
        demanded=list(publishing.demanded),
        status=NoticeStatus.OPEN,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        published_at=now,
        published_by=None if actor is None else actor.membership_id,
        batch_id=publishing.batch_id,
    )


def _add_subject(tx: Unit, notice_id: UUID, publishing: Publishing) -> None:
    subjects = notice_subjects
    of_notice = (subjects.c.tenant_id == TENANT, subjects.c.notice_id == notice_id)
    if tx.one(select(subjects.c.id).where(*of_notice, subjects.c.case_id == publishing.case_id)):
        return
    last = tx.scalar(select(func.max(subjects.c.position)).where(*of_notice))
    tx.insert(
        subjects,
        notice_id=notice_id,
        case_id=publishing.case_id,
        position=int(last or 0) + 1,
        lines=[dict(line) for line in publishing.lines],
    )
