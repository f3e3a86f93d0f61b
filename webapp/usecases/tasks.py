"""A work item as its page shows it: form, case so far, what may be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.bpmn.model import Node
from engine.command import open_case
from engine.errors import NotFound
from engine.forms.context import FormContext
from engine.forms.initial import initial_values
from engine.forms.model import Form
from engine.items import load_draft, load_item, may_work_on
from engine.lists import may_see
from engine.store.tables import cases
from engine.submissions import form_context
from webapp.product import Product
from webapp.usecases.reading import CaseView, case_view


@dataclass(frozen=True)
class TaskView:
    """One item for one person; ``context`` serves the renderer."""

    item: Any
    view: CaseView
    node: Node
    form: Form | None
    context: FormContext | None
    values: Mapping[str, Any]
    draft_revision: int
    draft_at: Any
    operations: tuple[str, ...]


def read_task(product: Product, actor: Actor, item_id: UUID) -> TaskView:
    """The item with its form filled from the draft or the variables; NotFound when not visible."""
    with product.db.tenant(actor.tenant_id) as tx:
        item = load_item(tx, item_id)
        case = tx.get(cases, item.case_id)
        if case is None or not may_see(tx, actor, case):
            raise NotFound("待办不存在", "there is no such work item")
        view = case_view(product, tx, actor, case)
        node = view.bundle.node(item.element)
        assert node is not None
        form = context = None
        values: Mapping[str, Any] = {}
        draft = load_draft(tx, actor, item_id)
        if case.status == "open" and item.status in ("offered", "claimed") and item.form:
            command = open_case(tx, product.world, case.id, actor)
            token = command.machine.token(item.token_id)
            form = view.bundle.form(item.form)
            context = form_context(command, node, token.scopes if token else ())
            first = initial_values(form, context.variables, context.env)
            values = {**first, **draft.content} if draft is not None else first
        return TaskView(
            item=item,
            view=view,
            node=node,
            form=form,
            context=context,
            values=values,
            draft_revision=draft.revision if draft is not None else 0,
            draft_at=draft.saved_at if draft is not None else None,
            operations=operations(actor, item, case),
        )


def operations(actor: Actor, item: Any, case: Any) -> tuple[str, ...]:
    """What this person may do with the item now."""
    if case.status != "open" or not actor.may_act:
        return ()
    found: list[str] = []
    if item.status == "offered" and may_work_on(actor, item):
        found += ["claim", "complete", "draft"]
    elif item.status == "claimed" and item.holder == actor.membership_id:
        found += ["release", "complete", "draft"]
    return tuple(found)
