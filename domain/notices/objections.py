"""Objections: taken by name and with evidence, followed by receipt, answered once.

Who objects is known to those who verify and to nobody else; each of their readings is recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.notices.masking import mask_name, mask_text
from domain.notices.model import notice_subjects, notices, objections
from domain.notices.rules import (
    NoticeStatus,
    Objecting,
    ObjectionFault,
    ObjectionRefused,
    ObjectionStatus,
    Period,
    TooLate,
    answered,
    objection_faults,
    receipt_code,
    receipt_digest,
    takes_objections,
)
from domain.notices.store import load_notice, subjects_of
from engine.actors import Actor
from engine.errors import Forbidden, Invalid, NotFound
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import attachments, readings

LONGEST_REPLY = 4_000


@dataclass(frozen=True)
class Receipt:
    """What the objector takes home; the code is shown once and not stored."""

    objection_id: UUID
    code: str


@dataclass(frozen=True)
class Followed:
    """An objection as its objector sees it with the receipt code; the name is masked."""

    notice_number: str
    notice_title: str
    name: str
    status: ObjectionStatus
    received_at: datetime
    reply: str
    replied_at: datetime | None


def add_objection(
    tx: Unit,
    notice_id: UUID,
    objecting: Objecting,
    chance: bytes,
    now: datetime,
    *,
    subject_id: UUID | None = None,
) -> Receipt:
    """Take an objection and give its receipt; TooLate or ObjectionRefused when it may not be taken.

    ``subject_id`` says which case of the notice is meant; a notice of one case needs none.
    ``chance`` are random bytes for the receipt code. What an objection needs was fixed when the
    notice began.

    Rules: R-GEN-1.
    """
    # locked, so that a notice that is being closed misses no objection
    notice = load_notice(tx, notice_id, lock=True)
    subject = _subject(tx, notice_id, subject_id)
    _check_time(notice, subject, now)
    _check_objection(tx, objecting, notice.demanded)
    code = receipt_code(chance)
    objection_id = tx.insert(
        objections,
        notice_id=notice_id,
        subject_id=subject.id,
        receipt_digest=receipt_digest(code),
        name=" ".join(objecting.name.split()),
        contact=objecting.contact.strip(),
        content=objecting.content.strip(),
        evidence=list(objecting.evidence),
        status=ObjectionStatus.RECEIVED,
        received_at=now,
    )
    return Receipt(objection_id, code)


def objection_by_receipt(tx: Unit, code: str) -> Followed:
    """How an objection stands, for whoever has its receipt code; NotFound for a wrong code."""
    row = tx.one(
        select(objections, notices.c.number, notices.c.title)
        .join(
            notices,
            (notices.c.tenant_id == objections.c.tenant_id)
            & (notices.c.id == objections.c.notice_id),
        )
        .where(
            objections.c.tenant_id == TENANT,
            objections.c.receipt_digest == receipt_digest(code),
        )
    )
    if row is None:
        raise NotFound("没有此回执码的异议", "there is no objection with this receipt")
    return Followed(
        notice_number=row.number,
        notice_title=row.title,
        name=mask_name(row.name),
        status=ObjectionStatus(row.status),
        received_at=row.received_at,
        reply=mask_text(row.reply),
        replied_at=row.replied_at,
    )


def objections_of_case(tx: Unit, notice_id: UUID, case_id: UUID) -> Sequence[Any]:
    """The objections that concern a case of a notice, oldest first, without who made them."""
    return tx.all(
        select(
            objections.c.id,
            objections.c.subject_id,
            objections.c.content,
            objections.c.status,
            objections.c.received_at,
            objections.c.reply,
            objections.c.replied_at,
        )
        .join(
            notice_subjects,
            (notice_subjects.c.tenant_id == objections.c.tenant_id)
            & (notice_subjects.c.id == objections.c.subject_id),
        )
        .where(
            objections.c.tenant_id == TENANT,
            objections.c.notice_id == notice_id,
            notice_subjects.c.case_id == case_id,
        )
        .order_by(objections.c.received_at, objections.c.id)
    )


def may_verify(actor: Actor, notice: Any) -> bool:
    """Whether the person is one of those who verify the objections to a notice."""
    return bool(set(actor.principals) & set(notice.verifiers))


def read_objection(tx: Unit, actor: Actor, objection_id: UUID, now: datetime) -> Any:
    """An objection with who made it, for those who verify; the reading is recorded."""
    row = tx.get(objections, objection_id)
    if row is None:
        raise _unknown()
    if not may_verify(actor, load_notice(tx, row.notice_id)):
        raise Forbidden(
            "只有核实异议的人员可以查看异议人信息",
            "only those who verify may see who objects",
        )
    subject = tx.get(notice_subjects, row.subject_id)
    assert subject is not None
    tx.insert(
        readings,
        case_id=subject.case_id,
        what=f"objection:{objection_id}",
        by=actor.membership_id,
        at=now,
    )
    return row


def answer_objection(
    tx: Unit, objection_id: UUID, reply: str, actor: Actor | None, now: datetime, *, upheld: bool
) -> ObjectionStatus:
    """Answer an objection; Conflict when it was answered before.

    Rules: R-GEN-1.
    """
    text = reply.strip()
    if not text or len(text) > LONGEST_REPLY:
        message = f"请填写答复，不超过 {LONGEST_REPLY} 个字"
        raise Invalid(
            message,
            f"a reply of at most {LONGEST_REPLY} characters is required",
            errors=[{"field": "reply", "message": message}],
        )
    row = tx.get(objections, objection_id, lock=True)
    if row is None:
        raise _unknown()
    status = answered(ObjectionStatus(row.status), upheld=upheld)
    tx.update(
        objections,
        objections.c.id == objection_id,
        status=status,
        reply=text,
        replied_at=now,
        replied_by=None if actor is None else actor.membership_id,
    )
    return status


def _check_time(notice: Any, subject: Any, now: datetime) -> None:
    period = Period(notice.starts_at, notice.ends_at)
    is_over = subject.closed_at is not None
    if is_over or not takes_objections(period, NoticeStatus(notice.status), now):
        raise TooLate(
            "公示期已满或尚未开始，不再受理异议",
            "the notice takes no objections now",
            ends_at=None if notice.ends_at is None else notice.ends_at.isoformat(),
        )


def _check_objection(tx: Unit, objecting: Objecting, demanded: Sequence[str]) -> None:
    faults = list(objection_faults(objecting, demanded))
    if not all(_is_upload(tx, name) for name in objecting.evidence):
        zh, en = "证明材料未上传成功，请重新上传", "the file did not arrive; upload it again"
        faults.append(ObjectionFault("evidence", "no_file", zh, en))
    errors = [
        {"field": f.field, "code": f.code, "message": f.zh, "message_en": f.en} for f in faults
    ]
    if errors:
        raise ObjectionRefused(
            f"异议未予受理：{errors[0]['message']}",
            "the objection is not taken as it is",
            errors=errors,
        )


def _is_upload(tx: Unit, name: str) -> bool:
    """Whether the id names a file that was uploaded for no case: evidence is of nobody's case."""
    try:
        row = tx.get(attachments, UUID(name))
    except ValueError:
        return False
    return row is not None and row.case_id is None


def _subject(tx: Unit, notice_id: UUID, subject_id: UUID | None) -> Any:
    """The case objected to: the one named, or the only one on the notice."""
    rows = subjects_of(tx, notice_id)
    named = [row for row in rows if subject_id in (None, row.id)]
    if len(named) != 1:
        raise ObjectionRefused(
            "请从公示名单中选择异议对象",
            "say which case of the notice you object to",
            errors=[
                {
                    "field": "subject",
                    "message": "请从公示名单中选择",
                    "message_en": "choose from the list of the notice",
                }
            ],
        )
    return named[0]


def _unknown() -> NotFound:
    return NotFound("异议不存在", "there is no such objection")
