"""Objections: made by anybody, read by those who verify, each reading recorded."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import select

from domain.notices.objections import (
    Followed,
    Receipt,
    add_objection,
    may_verify,
    objection_by_receipt,
    objections_of_case,
    read_objection,
)
from domain.notices.rules import RECEIPT_BYTES, Objecting
from domain.notices.store import load_notice, notices_of_case
from engine.actors import Actor
from engine.errors import NotFound
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import attachments
from webapp.product import Product
from webapp.usecases.files import store_upload

NOBODY = UUID(int=0)


@dataclass(frozen=True)
class CaseNotice:
    """A notice a case was on, with its objections for those who verify them."""

    id: UUID
    number: str
    title: str
    published_at: Any
    ends_at: Any
    count: int
    objections: Sequence[Any]


@dataclass(frozen=True)
class ObjectionView:
    """An objection with who made it and the files that came with it."""

    objection: Any
    notice: Any
    files: Sequence[Any]


def keep_evidence(
    product: Product, tenant_id: UUID, name: str, stream: BinaryIO
) -> dict[str, object]:
    """Store a file that came with an objection; Invalid says why it is not taken."""
    limit = product.settings.public_upload_limit_mb
    return store_upload(product, _anybody(tenant_id), name, stream, limit)


def _anybody(tenant_id: UUID) -> Actor:
    """The public as uploader: nobody who signs in is this person."""
    return Actor(
        account_id=NOBODY,
        membership_id=NOBODY,
        tenant_id=tenant_id,
        username="",
        name="社会公众",
        title="",
        capacity="public",
        roles=(),
    )


def evidence_names(product: Product, tenant_id: UUID, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Name and size of files already taken, in the order given."""
    with product.db.tenant(tenant_id, read_only=True) as tx:
        rows = _files(tx, ids)
    return [{"id": str(row.id), "name": row.name, "size": row.size} for row in rows]


def make_objection(
    product: Product,
    tenant_id: UUID,
    notice_id: UUID,
    objecting: Objecting,
    subject_id: UUID | None,
) -> Receipt:
    """Take an objection and give its receipt."""
    chance = secrets.token_bytes(RECEIPT_BYTES)
    with product.db.tenant(tenant_id) as tx:
        now = product.clock.now()
        return add_objection(tx, notice_id, objecting, chance, now, subject_id=subject_id)


def follow_objection(product: Product, tenant_id: UUID, code: str) -> Followed:
    """How an objection stands, for whoever has its receipt code."""
    with product.db.tenant(tenant_id, read_only=True) as tx:
        return objection_by_receipt(tx, code)


def case_notices(tx: Unit, actor: Actor, case_id: UUID) -> list[CaseNotice]:
    """The notices a case was on; what was objected is told to those who verify only."""
    found = []
    for notice in notices_of_case(tx, case_id):
        objected = objections_of_case(tx, notice.id, case_id)
        found.append(
            CaseNotice(
                id=notice.id,
                number=notice.number,
                title=notice.title,
                published_at=notice.published_at,
                ends_at=notice.ends_at,
                count=len(objected),
                objections=objected if may_verify(actor, notice) else (),
            )
        )
    return found


def show_objection(product: Product, actor: Actor, objection_id: UUID) -> ObjectionView:
    """An objection with who made it, for those who verify; NotFound for everybody else."""
    with product.db.tenant(actor.tenant_id) as tx:
        row = read_objection(tx, actor, objection_id, product.clock.now())
        return ObjectionView(row, load_notice(tx, row.notice_id), _files(tx, row.evidence))


def open_evidence(
    product: Product, actor: Actor, objection_id: UUID, file_id: UUID
) -> tuple[str, BinaryIO]:
    """Name and bytes of a file of an objection, for those who verify."""
    view = show_objection(product, actor, objection_id)
    row = next((file for file in view.files if file.id == file_id), None)
    if row is None:
        raise NotFound("附件不存在", "there is no such file")
    return str(row.name), product.blobs.open(actor.tenant_id, row.digest)


def _files(tx: Unit, ids: Sequence[str]) -> list[Any]:
    wanted = [UUID(text) for text in ids]
    if not wanted:
        return []
    rows = tx.all(
        select(attachments).where(attachments.c.tenant_id == TENANT, attachments.c.id.in_(wanted))
    )
    known = {row.id: row for row in rows}
    return [known[file_id] for file_id in wanted if file_id in known]
