"""Records: what a person submitted, immutable, with a salted digest."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.cases.command import Command
from engine.errors import Conflict
from engine.forms.model import Form
from engine.history import seal_record
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import attachments, records
from engine.work_items.signing import Sealing, Signed, SignedOtherwise


def add_record(
    command: Command,
    element: str,
    form: Form,
    values: Mapping[str, Any],
    item_id: UUID | None = None,
    signed: Signed | None = None,
) -> UUID:
    """Store a submission; the new files that its form has accepted now belong to the case.

    SignedOtherwise when it is not the record that was signed.
    """
    for file_id in sorted(command.new_files & set(attachment_ids(values))):
        _take_file(command, file_id)
    sealing = Sealing(secrets.token_hex(16), command.now) if signed is None else signed.sealing
    facts = record_facts(command, element, form, values, item_id, sealing)
    sealed = seal_record(facts)
    if signed is not None and sealed != signed.digest:
        raise SignedOtherwise
    chosen = {} if signed is None else {"id": signed.record_id}
    record = command.tx.insert(records, digest=sealed, **facts, **chosen)
    command.records.append([str(record), sealed])
    return record


def record_facts(
    command: Command,
    element: str,
    form: Form,
    values: Mapping[str, Any],
    item_id: UUID | None,
    sealing: Sealing,
) -> dict[str, Any]:
    """Everything a record is sealed with, before it is stored."""
    mentioned = set(attachment_ids(values))
    held = [command.files[file_id] for file_id in sorted(command.files.keys() & mentioned)]
    return {
        "case_id": command.case.id,
        "item_id": item_id,
        "element": element,
        "form": form.id,
        "form_digest": form.digest,
        "content": dict(values),
        "files": [[str(row.id), row.name, row.size, row.digest] for row in held],
        "salt": sealing.salt,
        "by": None if command.actor is None else command.actor.membership_id,
        "at": sealing.at,
    }


def attachment_ids(value: Any) -> Iterator[UUID]:
    """Whatever looks like the id of an attachment anywhere in a submission."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from attachment_ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from attachment_ids(inner)
    elif isinstance(value, str) and len(value) == 36:
        try:
            yield UUID(value)
        except ValueError:
            return


def _take_file(command: Command, file_id: UUID) -> None:
    unused = (attachments.c.id == file_id, attachments.c.case_id.is_(None))
    if not command.tx.update(attachments, *unused, case_id=command.case.id):
        raise Conflict("附件已用于其他办件", "the attachment was used elsewhere", file=str(file_id))


def records_of(tx: Unit, case_id: UUID) -> list[Any]:
    """All submissions of a case, oldest first."""
    return list(
        tx.all(
            select(records)
            .where(records.c.tenant_id == TENANT, records.c.case_id == case_id)
            .order_by(records.c.at, records.c.id)
        )
    )
