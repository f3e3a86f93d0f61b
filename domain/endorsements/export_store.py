"""Case files and checkpoints from the rows of a tenant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from domain.endorsements.case_file import CaseFile
from domain.endorsements.checkpoints import (
    FORMAT,
    Head,
    digest_of,
    make_checkpoint,
    signed_checkpoint,
)
from domain.endorsements.keys import mark_of
from domain.endorsements.model import checkpoint_heads, checkpoints
from domain.endorsements.store import Safe, certified_keys, endorsements_of, tenant_key
from engine.cases.records import records_of
from engine.office import Office
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import cases
from engine.work_items.lists import history_of

PAGE = 100
"""Checkpoints on one page of the published list."""


def gather_case_file(
    tx: Unit, office: Office, case: Any, secret: bytes, read: Callable[[str], Iterable[bytes]]
) -> CaseFile:
    """Everything of one case; ``read`` gives the bytes of an attachment by its digest."""
    records = records_of(tx, case.id)
    names = {row.key for row in endorsements_of(tx, case.id)}
    keys = certified_keys(tx, sorted(names))
    files = {digest for row in records for _id, _name, _size, digest in row.files}
    return CaseFile(
        tenant=office.slug,
        name=office.name,
        case=case,
        salt=mark_of(secret, str(case.id)),
        history=history_of(tx, case.id, limit=case.history_seq),
        records=records,
        certificates=[row.certificate for row in keys],
        revoked={row.key: row.revoked_at for row in keys if row.revoked_at is not None},
        attachments={digest: _reading(read, digest) for digest in files},
    )


def _reading(read: Callable[[str], Iterable[bytes]], digest: str) -> Callable[[], Iterable[bytes]]:
    return lambda: read(digest)


# ---------------------------------------------------------------- checkpoints


def take_checkpoint(tx: Unit, office: Office, safe: Safe, now: datetime) -> dict[str, Any]:
    """Say of every case that moved since the last checkpoint where its history ends; signed."""
    moved = _moved(tx)
    heads = [Head(mark_of(safe.secret, str(r.id)), r.history_seq, r.history_head) for r in moved]
    last = _last(tx, office.slug)
    number = 1 if last is None else last.number + 1
    previous = "" if last is None else last.digest
    body = make_checkpoint(office.slug, number, now, previous, heads)
    signed = signed_checkpoint(body, tenant_key(tx, safe, now))
    _keep(tx, office.slug, signed, now)
    for row in moved:
        tx.place(checkpoint_heads, ("case_id",), ("seq",), case_id=row.id, seq=row.history_seq)
    return signed


def _moved(tx: Unit) -> Sequence[Any]:
    named = (checkpoint_heads.c.tenant_id == cases.c.tenant_id) & (
        checkpoint_heads.c.case_id == cases.c.id
    )
    return tx.all(
        select(cases.c.id, cases.c.history_seq, cases.c.history_head)
        .outerjoin(checkpoint_heads, named)
        .where(
            cases.c.tenant_id == TENANT,
            or_(checkpoint_heads.c.seq.is_(None), checkpoint_heads.c.seq != cases.c.history_seq),
        )
        .order_by(cases.c.id)
    )


def copy_checkpoints(tx: Unit, source: str, signed: Iterable[dict[str, Any]]) -> None:
    """Keep the checkpoints of a tenant below; one that is there already stays as it is."""
    for one in signed:
        _keep(tx, source, one, datetime.fromisoformat(one["body"]["at"]))


def _keep(tx: Unit, source: str, signed: dict[str, Any], at: datetime) -> None:
    tx.insert_once(
        checkpoints,
        ("source", "number"),
        source=source,
        number=signed["body"]["number"],
        at=at,
        body=signed,
        signature=signed["signature"],
        digest=digest_of(signed),
    )


def checkpoints_after(
    tx: Unit, source: str, number: int, limit: int = PAGE
) -> list[dict[str, Any]]:
    """The checkpoints of a source that follow a number, oldest first."""
    rows = tx.all(
        _of(source).where(checkpoints.c.number > number).order_by(checkpoints.c.number).limit(limit)
    )
    return [row.body for row in rows]


def last_number(tx: Unit, source: str) -> int:
    """The number of the newest checkpoint of a source; 0 when there is none."""
    last = _last(tx, source)
    return 0 if last is None else int(last.number)


def published_checkpoints(
    tx: Unit, publisher: str, source: str, before: int | None
) -> tuple[dict[str, Any], int | None]:
    """A page of the published list, newest first, and before which number the next one goes on."""
    query = _of(source).order_by(checkpoints.c.number.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(checkpoints.c.number < before)
    rows = tx.all(query)
    shown = rows[:PAGE]
    page = {
        "format": FORMAT,
        "tenant": source,
        "published_by": publisher,
        "checkpoints": [row.body for row in shown],
    }
    return page, shown[-1].number if len(rows) > PAGE else None


def _last(tx: Unit, source: str) -> Any:
    return tx.one(_of(source).order_by(checkpoints.c.number.desc()).limit(1))


def _of(source: str) -> Any:
    return select(checkpoints).where(
        checkpoints.c.tenant_id == TENANT, checkpoints.c.source == source
    )


def case_of_number(tx: Unit, text: str) -> UUID | None:
    """The case with this number or id, or None."""
    query = select(cases.c.id).where(cases.c.tenant_id == TENANT, cases.c.number == text)
    row = tx.one(query)
    if row is None:
        try:
            row = tx.get(cases, UUID(text))
        except ValueError:
            return None
    return None if row is None else row.id
