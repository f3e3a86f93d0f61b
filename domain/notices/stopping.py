"""A notice whose case ends before its period does: the public is told, objections are answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.notices.model import notice_subjects, objections
from domain.notices.rules import ObjectionStatus, moot
from domain.notices.store import close_notice
from engine.actors import Actor
from engine.store.database import Unit
from engine.store.metadata import TENANT

MOOT_REPLY = "该矿山的申报已终止办理，公示随之终止，不再纳入名录，异议不再核实。感谢监督。"


def stop_notices(tx: Unit, case_id: UUID, actor: Actor | None, now: datetime) -> int:
    """Stop the running notices of a case and answer its open objections; returns how many stopped.

    Rules: R-GEN-1, R-IM-32.
    """
    subjects = _open_subjects(tx, case_id)
    for subject in subjects:
        close_notice(tx, subject.notice_id, case_id, now)
        tx.update(notice_subjects, notice_subjects.c.id == subject.id, stopped_at=now)
    for row in _open_objections(tx, case_id):
        tx.update(
            objections,
            objections.c.id == row.id,
            status=moot(ObjectionStatus(row.status)),
            reply=MOOT_REPLY,
            replied_at=now,
            replied_by=None if actor is None else actor.membership_id,
        )
    return len(subjects)


def _open_subjects(tx: Unit, case_id: UUID) -> Sequence[Any]:
    """The running notices the case is on; an announcement has no end and stays."""
    subjects = notice_subjects
    return tx.all(
        select(subjects.c.id, subjects.c.notice_id)
        .where(
            subjects.c.tenant_id == TENANT,
            subjects.c.case_id == case_id,
            subjects.c.closed_at.is_(None),
        )
        .order_by(subjects.c.notice_id)
    )


def _open_objections(tx: Unit, case_id: UUID) -> Sequence[Any]:
    return tx.all(
        select(objections.c.id, objections.c.status)
        .join(
            notice_subjects,
            (notice_subjects.c.tenant_id == objections.c.tenant_id)
            & (notice_subjects.c.id == objections.c.subject_id),
        )
        .where(
            objections.c.tenant_id == TENANT,
            notice_subjects.c.case_id == case_id,
            objections.c.status == ObjectionStatus.RECEIVED,
        )
        .with_for_update()
    )
