"""Issued documents in the database: begun with their number, finished with their file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.documents.model import issued_documents
from engine.cases.lifecycle import next_number
from engine.errors import NotFound
from engine.office import Office, local_date
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.tenancy.numbering import case_number


@dataclass(frozen=True)
class Draft:
    """A document about to be issued; ``number_rule`` is empty where it has no number."""

    case_id: UUID
    record_id: UUID
    element: str
    template: str
    template_digest: str
    kind: str
    title: str
    number_rule: str
    for_applicant: bool
    content: Mapping[str, Any]


def begin_document(tx: Unit, office: Office, draft: Draft, by: UUID, now: datetime) -> Any:
    """The row of the document, with its number; the one that was begun before keeps both.

    A number is given out once a document: a rendering that failed and is tried again has it still.
    """
    known = _of(tx, draft.case_id, draft.template, draft.record_id)
    if known is not None:
        return known
    number = ""
    if draft.number_rule:
        year = local_date(office, now).year
        sequence = next_number(tx, f"document:{draft.number_rule}:{year}")
        number = case_number(draft.number_rule, year, sequence)
    tx.insert(
        issued_documents,
        case_id=draft.case_id,
        record_id=draft.record_id,
        element=draft.element,
        template=draft.template,
        template_digest=draft.template_digest,
        kind=draft.kind,
        title=draft.title,
        number=number,
        for_applicant=draft.for_applicant,
        content=dict(draft.content),
        issued_by=by,
        issued_at=now,
    )
    return _of(tx, draft.case_id, draft.template, draft.record_id)


def finish_document(
    tx: Unit, document_id: UUID, file_id: UUID, digest: str, pages: int | None
) -> bool:
    """Note the file of a document; False when somebody else was faster."""
    changed = tx.update(
        issued_documents,
        issued_documents.c.id == document_id,
        issued_documents.c.file_id.is_(None),
        file_id=file_id,
        digest=digest,
        pages=pages,
    )
    return bool(changed)


def load_document(tx: Unit, document_id: UUID) -> Any:
    """The row of a document; NotFound for another tenant's."""
    row = tx.get(issued_documents, document_id)
    if row is None or row.file_id is None:
        raise NotFound("文书不存在", "there is no such document")
    return row


def documents_of(tx: Unit, case_id: UUID) -> Sequence[Any]:
    """Every issued document of a case, oldest first; those without a file are still being made."""
    return tx.all(
        select(issued_documents)
        .where(issued_documents.c.tenant_id == TENANT, issued_documents.c.case_id == case_id)
        .order_by(issued_documents.c.issued_at, issued_documents.c.id)
    )


def _of(tx: Unit, case_id: UUID, template: str, record_id: UUID) -> Any:
    return tx.one(
        select(issued_documents).where(
            issued_documents.c.tenant_id == TENANT,
            issued_documents.c.case_id == case_id,
            issued_documents.c.template == template,
            issued_documents.c.record_id == record_id,
        )
    )
