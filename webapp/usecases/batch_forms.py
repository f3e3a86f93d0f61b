"""The form of a batch: what is filled in once for all cases, and what may differ in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from engine.actors import Actor
from engine.batches.lists import waiting_items
from engine.batches.work import DONE, FAILED, FROZEN, JOINED, OPEN
from engine.cases.command import Command
from engine.cases.submissions import form_context
from engine.definitions.bundles import Bundle
from engine.forms.component_type import Access
from engine.forms.context import FormContext
from engine.forms.model import Choice, Form
from engine.forms.problems import FieldError
from engine.forms.resolve import level, resolve
from engine.forms.types.choice import options
from engine.forms.validation import validate
from engine.spiff.machine import Machine
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import batch_cases, batches, cases, work_items
from engine.work_items.turns import may_work_on
from webapp.product import Product

MOST_APART = 50
"""In a larger batch the cases are not told apart: those that differ leave it."""
_WAITS_IN = {OPEN: JOINED, FROZEN: JOINED, DONE: FAILED}
"""Status of a batch to that of its cases an act is still open for."""
_CHOICES = ("radio", "select")
_TEXTS = ("textarea", "textfield")


@dataclass(frozen=True)
class Field:
    """A field that may be filled in otherwise for one case; ``choices`` is empty for a text."""

    key: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Member:
    """A case of a batch with the context of its own item."""

    case_id: UUID
    number: str
    title: str
    context: FormContext


@dataclass(frozen=True)
class BatchForm:
    """The form of the step the batch stands at; its unit of work is open."""

    form: Form
    members: Sequence[Member]

    @property
    def context(self) -> FormContext:
        """What the common form is filled in against: the first case speaks for all."""
        return self.members[0].context

    def fields_of(self, member: Member) -> list[Field]:
        """The choices and texts of the form as they are offered for one case."""
        if len(self.members) > MOST_APART:
            return []
        return list(_fields(self.form, member.context))

    def faults(
        self, common: Mapping[str, Any], per_case: Mapping[UUID, Mapping[str, Any]]
    ) -> tuple[tuple[FieldError, ...], dict[UUID, tuple[FieldError, ...]]]:
        """What is wrong with the common values, and with the cases that differ."""
        wrong = validate(self.form, common, self.context).errors
        apart = {}
        for member in self.members:
            own = per_case.get(member.case_id)
            if own:
                apart[member.case_id] = validate(
                    self.form, {**common, **own}, member.context
                ).errors
        return wrong, {case: errors for case, errors in apart.items() if errors}

    def all_faults(
        self, common: Mapping[str, Any], per_case: Mapping[UUID, Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        """Everything wrong in any case; what is common is told once, by the field alone."""
        shared: dict[str, dict[str, Any]] = {}
        apart = []
        for member in self.members:
            own = per_case.get(member.case_id)
            errors = validate(self.form, {**common, **(own or {})}, member.context).errors
            if own:
                apart += [_told(member.case_id, error) for error in errors]
            else:
                shared.update({str(e.as_json()["field"]): dict(e.as_json()) for e in errors})
        return [*shared.values(), *apart]


def _told(case_id: UUID, error: FieldError) -> dict[str, Any]:
    """An error of one case that differs, by its place in the submission."""
    told = dict(error.as_json())
    return {**told, "field": f"cases.{case_id}.{told['field']}"}


def _fields(form: Form, context: FormContext) -> Iterator[Field]:
    for node in level(resolve(form, {}, context).nodes):
        component = node.component
        if node.access is not Access.EDIT or not component.key:
            continue
        if component.type in _CHOICES:
            yield Field(node.place, node.label, options(component, node.scope))
        elif component.type in _TEXTS:
            yield Field(node.place, node.label, ())


@contextmanager
def open_batch_form(product: Product, actor: Actor, batch_id: UUID) -> Iterator[BatchForm | None]:
    """The form for the cases of a batch this person may handle; None when there are none.

    Of a batch that is done these are the cases that failed.
    """
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        batch = tx.get(batches, batch_id)
        if batch is None or batch.status not in _WAITS_IN or not actor.may_act:
            yield None
            return
        rows = tx.all(_items_of(batch_id, _WAITS_IN[batch.status]))
        items = [item for item in rows if may_work_on(actor, item)]
        members = []
        form = None
        for item in items:
            command = _command(product, tx, actor, item.case_id)
            form = form or command.bundle.form(item.form)
            members.append(_member(command, item))
        yield None if form is None else BatchForm(form, members)


def _items_of(batch_id: UUID, status: str) -> Any:
    return (
        select(work_items)
        .join(
            batch_cases,
            and_(
                batch_cases.c.tenant_id == work_items.c.tenant_id,
                batch_cases.c.item_id == work_items.c.id,
            ),
        )
        .where(
            work_items.c.tenant_id == TENANT,
            batch_cases.c.batch_id == batch_id,
            batch_cases.c.status == status,
            work_items.c.status.in_(("offered", "claimed")),
        )
        .order_by(batch_cases.c.id)
    )


def _command(product: Product, tx: Unit, actor: Actor, case_id: UUID) -> Command:
    case = tx.get(cases, case_id)
    assert case is not None
    bundle: Bundle = product.world.bundles.get(tx, case.bundle_id)
    return Command(tx, product.world, case, actor, bundle)


def _member(command: Command, item: Any) -> Member:
    case, node = command.case, command.bundle.node(item.element)
    assert node is not None
    token = Machine.load(command.bundle.program, case.state, command).token(item.token_id)
    context = form_context(command, node, () if token is None else token.scopes)
    return Member(case.id, case.number, case.title, context)


def gatherable(product: Product, actor: Actor, kind: str) -> Sequence[Any]:
    """My open items of a kind that can be done in a batch and are in none yet, oldest first."""
    if not actor.may_act:
        return ()
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        return waiting_items(tx, actor, kind)
