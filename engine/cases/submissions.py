"""What people submit, checked against the form of the step for the data at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.bpmn.model import Node
from engine.cases.command import Command
from engine.errors import Invalid
from engine.feel import from_json, to_json
from engine.forms.context import FormContext
from engine.forms.model import AttachmentFacts, Form, Right
from engine.forms.validation import validate
from engine.spiff.host import ScopeRef
from engine.store.metadata import TENANT
from engine.store.tables import attachments
from engine.work_items.signing import Signed


@dataclass(frozen=True)
class Submission:
    """What a person hands in for an item, and the revision of the item it was made for.

    ``given`` are facts beside the form: nobody can type them in, and history tells of them.
    """

    item_id: UUID
    revision: int
    values: Mapping[str, Any]
    given: Mapping[str, Any] | None = None
    signed: Signed | None = None


class FormInvalid(Invalid):
    """A submission breaks its form; ``facts['errors']`` lists {field, message}."""

    code = "form_invalid"


def form_context(command: Command, node: Node, scopes: Sequence[ScopeRef]) -> FormContext:
    """What a form of this step is filled in against."""
    variables = {
        name: command.resolve(value) for name, value in command.scopes.view(scopes).items()
    }
    return FormContext(
        env=replace(command.env, lenient=True),
        variables={**variables, "case": command.facts},
        rights=rights_of(node),
        attachment_facts=lambda file_id: _facts(command, file_id),
        services={"file": command.file, **command.world.form_services},
    )


def check_submission(
    command: Command,
    form: Form,
    submitted: Mapping[str, Any],
    node: Node,
    scopes: Sequence[ScopeRef],
) -> dict[str, Any]:
    """The cleaned values as plain JSON; FormInvalid lists every field that is wrong."""
    checked = validate(form, submitted, form_context(command, node, scopes))
    if checked.errors:
        raise FormInvalid(
            "表单填写有误，请修改后重新提交",
            "the form has errors",
            errors=[error.as_json() for error in checked.errors],
        )
    return {name: to_json(from_json(value)) for name, value in checked.values.items()}


def rights_of(node: Node) -> dict[str, Right]:
    """The field rights a step sets by its properties ``readOnlyFields`` and ``hiddenFields``."""
    properties = node.zeebe.properties
    rights = dict.fromkeys(_names(properties.get("readOnlyFields", "")), Right.READ_ONLY)
    rights.update(dict.fromkeys(_names(properties.get("hiddenFields", "")), Right.HIDDEN))
    return rights


def _names(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _facts(command: Command, file_id: str) -> AttachmentFacts | None:
    """What is known of an upload that this person may use in this case.

    That is a file of the case, or one the person has uploaded himself and used nowhere yet.
    """
    try:
        row = _file(command, UUID(file_id))
    except ValueError:
        return None
    if row is None or row.case_id not in (None, command.case.id):
        return None
    if row.case_id is None:
        if command.actor is None or row.uploaded_by != command.actor.membership_id:
            return None
        command.new_files.add(row.id)
    command.files[row.id] = row
    return AttachmentFacts(name=row.name, size=row.size, media_type=row.media_type)


def _file(command: Command, file_id: UUID) -> Any:
    """An upload; those of the case are asked for together, because a page shows many of them."""
    if command.own_files is None:
        of_case = (attachments.c.tenant_id == TENANT, attachments.c.case_id == command.case.id)
        rows = command.tx.all(select(attachments).where(*of_case))
        command.own_files = {row.id: row for row in rows}
    return command.own_files.get(file_id) or command.tx.get(attachments, file_id)
