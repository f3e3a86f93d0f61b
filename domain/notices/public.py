"""Notices as the public reads them: while they run and for ever after, personal data masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from domain.notices.masking import mask_line, mask_text
from domain.notices.model import notices
from domain.notices.rules import NoticeKind, NoticeStatus, Period, takes_objections
from domain.notices.store import load_notice, objection_count, subjects_of
from engine.cursors import decode_cursor, encode_cursor
from engine.store.database import Unit
from engine.store.metadata import TENANT

PAGE = 20


@dataclass(frozen=True)
class PublicSubject:
    """One case on a notice: the id an objection names it by, and what is told of it."""

    id: UUID
    lines: Sequence[Mapping[str, Any]]
    is_stopped: bool = False
    """The case ended before the period did."""


@dataclass(frozen=True)
class PublicNotice:
    """A notice as anybody may read it."""

    id: UUID
    number: str
    kind: NoticeKind
    title: str
    body: str
    contact: str
    period: Period
    is_open: bool
    demanded: Sequence[str]
    subjects: Sequence[PublicSubject]
    objections: int


@dataclass(frozen=True)
class NoticePage:
    """Rows of ``notices``, latest first, and the cursor of the next page, None at the end."""

    rows: Sequence[Any]
    next: str | None


def public_notice(tx: Unit, notice_id: UUID, now: datetime) -> PublicNotice:
    """One notice with everything on it; NotFound when there is none."""
    row = load_notice(tx, notice_id)
    period = Period(row.starts_at, row.ends_at)
    return PublicNotice(
        id=row.id,
        number=row.number,
        kind=NoticeKind(row.kind),
        title=row.title,
        body=mask_text(row.body),
        contact=row.contact,
        period=period,
        is_open=takes_objections(period, NoticeStatus(row.status), now),
        demanded=tuple(row.demanded),
        subjects=tuple(
            PublicSubject(
                s.id, tuple(mask_line(line) for line in s.lines), s.stopped_at is not None
            )
            for s in subjects_of(tx, notice_id)
        ),
        objections=objection_count(tx, notice_id),
    )


def public_notices(
    tx: Unit, *, kind: NoticeKind | None = None, cursor: str | None = None, limit: int = PAGE
) -> NoticePage:
    """One page of all notices, running and ended, latest first."""
    statement = select(notices).where(notices.c.tenant_id == TENANT)
    if kind is not None:
        statement = statement.where(notices.c.kind == kind)
    if cursor:
        place = tuple_(notices.c.published_at, notices.c.id)
        statement = statement.where(place < decode_cursor(cursor))
    statement = statement.order_by(notices.c.published_at.desc(), notices.c.id.desc())
    rows = tx.all(statement.limit(limit + 1))
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else encode_cursor(last.published_at, last.id)
    return NoticePage(rows[:limit], following)
