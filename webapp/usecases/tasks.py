"""A work item as its page shows it: form, case so far, what may be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.bpmn.model import Node
from engine.cases.command import Command
from engine.cases.submissions import form_context
from engine.definitions.bundles import Bundle
from engine.errors import Conflict, NotFound
from engine.forms.context import FormContext
from engine.forms.initial import initial_values
from engine.forms.model import Form
from engine.spiff.host import ScopeRef
from engine.spiff.machine import Machine
from engine.store.metadata import TENANT
from engine.store.tables import cases, work_items
from engine.tenancy.model import OUTSIDE, Capacity
from engine.work_items.adding import added_to, form_of
from engine.work_items.barring import listed
from engine.work_items.holding import load_draft, save_draft
from engine.work_items.lists import may_see, note_reading
from engine.work_items.openings import note_opening, opened_by
from engine.work_items.sight import sight_of
from engine.work_items.signing import is_personal
from engine.work_items.standing_in import acting, concerns
from engine.work_items.turns import load_item, may_work_on
from webapp.product import Product
from webapp.usecases.endorsements import ToSign, to_sign
from webapp.usecases.item_acts import Colleague, colleagues
from webapp.usecases.noted import reading
from webapp.usecases.reading import CaseView, case_view

WINDOW = "~window"
"""Under this name a draft remembers the window it was saved from."""


@dataclass(frozen=True)
class Opened:
    """How a page was opened: its own mark, and the revision of the draft it began with."""

    window: str
    draft_revision: int


@dataclass(frozen=True)
class ItemView:
    """One item for one person; ``form`` and ``context`` are there for those it is or was offered
    to, ``values`` from the draft or the variables, and nothing of these for anybody else."""

    item: Any
    bundle: Bundle
    node: Node
    form: Form | None
    context: FormContext | None
    values: Mapping[str, Any]
    draft_revision: int
    draft_at: Any
    operations: tuple[str, ...]
    to_sign: ToSign | None


@dataclass(frozen=True)
class TaskView(ItemView):
    """An item with all that its page shows beside it."""

    view: CaseView
    people: Sequence[Colleague] = ()
    added: Sequence[Any] = ()
    thread: Sequence[Mapping[str, Any]] = ()
    copies: Sequence[Any] = ()

    @property
    def may_fill(self) -> bool:
        """Whether the form can be filled in and handed in now."""
        return "complete" in self.operations and self.form is not None


def read_task(product: Product, actor: Actor, item_id: UUID) -> TaskView:
    """The item with its form filled from the draft or the variables; NotFound when not visible."""
    with open_task(product, actor, item_id) as task:
        return task


@contextmanager
def open_task(product: Product, actor: Actor, item_id: UUID) -> Iterator[TaskView]:
    """The item and its case with the unit of work open, so that its form can be shown."""
    with _opening(product, actor, item_id) as (command, one, item):
        yield _task(product, command, one, item)


@contextmanager
def open_item(product: Product, actor: Actor, item_id: UUID) -> Iterator[ItemView]:
    """The item alone, for whoever does not look at the case around it."""
    with _opening(product, actor, item_id) as (command, one, item):
        yield _item(command, one, item)


@contextmanager
def _opening(product: Product, actor: Actor, item_id: UUID) -> Iterator[tuple[Command, Actor, Any]]:
    """The item, its case and as whom the person opens it, if he may; the opening is noted."""
    with reading(product, actor) as tx:
        item = load_item(tx, item_id)
        actor = acting(tx, actor, item, product.clock.now())
        case = tx.get(cases, item.case_id)
        if case is None or not may_see(tx, actor, case):
            raise NotFound("待办不存在", "there is no such work item")
        bundle = product.world.bundles.get(tx, case.bundle_id)
        if not sight_of(tx, actor, case, bundle).has_item(item.id):
            raise NotFound("待办不存在", "there is no such work item")
        note_reading(tx, actor, case.id, f"item:{item.name}"[:120], product.clock.now())
        is_new = concerns(actor, item) and not opened_by(tx, actor, [item.id])
        yield Command(tx, product.world, case, actor, bundle), actor, item
    if is_new:
        with product.db.tenant(actor.tenant_id) as tx:
            note_opening(tx, actor, item_id, product.clock.now())


def _task(product: Product, command: Command, actor: Actor, item: Any) -> TaskView:
    tx, opened = command.tx, _item(command, actor, item)
    view = case_view(product, tx, actor, command.case)
    return TaskView(
        **vars(opened),
        view=view,
        people=colleagues(tx, actor) if {"transfer", "copy"} & set(opened.operations) else (),
        added=added_to(tx, item.id) if actor.capacity not in OUTSIDE else (),
        thread=view.thread,
        copies=view.copies,
    )


def _item(command: Command, actor: Actor, item: Any) -> ItemView:
    tx, bundle = command.tx, command.bundle
    node = bundle.node(item.element)
    assert node is not None
    form = context = None
    values: Mapping[str, Any] = {}
    draft = load_draft(tx, actor, item.id)
    if item.form and _was_offered(actor, item):
        form = form_of(bundle, item)
        context = form_context(command, node, _scopes(command, item))
        first = initial_values(form, context.variables, context.env)
        values = {**first, **_typed(draft)}
    return ItemView(
        item=item,
        bundle=bundle,
        node=node,
        form=form,
        context=context,
        values=values,
        draft_revision=draft.revision if draft is not None else 0,
        draft_at=draft.saved_at if draft is not None else None,
        operations=operations(actor, item, command.case, node),
        to_sign=to_sign(tx, command, item, actor) if form is not None else None,
    )


def _typed(draft: Any) -> dict[str, Any]:
    """What was typed into a draft."""
    content = {} if draft is None else draft.content
    return {name: value for name, value in content.items() if name != WINDOW}


def keep_draft(
    product: Product,
    actor: Actor,
    item_id: UUID,
    values: Mapping[str, Any],
    opened: Opened,
) -> None:
    """Keep what was typed; Conflict when another window of this person saved since this opened."""
    with product.db.tenant(actor.tenant_id) as tx:
        draft = load_draft(tx, actor, item_id)
        is_newer = draft is not None and draft.revision > opened.draft_revision
        if is_newer and draft.content.get(WINDOW) != opened.window:
            raise Conflict("草稿已在另一窗口更新", "the draft was saved in another window")
        content = {**values, WINDOW: opened.window}
        save_draft(tx, product.world, actor, item_id, content)


def _was_offered(actor: Actor, item: Any) -> bool:
    """Whether the person was one of those who could take the item, even if another did."""
    return actor.may_act and concerns(actor, item)


def _scopes(command: Command, item: Any) -> tuple[ScopeRef, ...]:
    """The variable scopes the item's token sees; those of the case once the token is gone."""
    if command.case.status not in ("open", "suspended"):
        return ()
    machine = Machine.load(command.bundle.program, command.case.state, command)
    token = machine.token(item.token_id)
    return () if token is None else token.scopes


def operations(actor: Actor, item: Any, case: Any, node: Node | None = None) -> tuple[str, ...]:
    """What this person may do with the item now."""
    if case.status != "open" or not actor.may_act:
        return ()
    found: list[str] = []
    if item.status == "offered" and may_work_on(actor, item):
        found += ["claim", "complete", "draft", *_own_acts(item, node)]
    elif item.status == "claimed" and may_work_on(actor, item):
        found += ["release", "complete", "draft", *_own_acts(item, node)]
    elif item.status == "claimed" and item.owner == actor.membership_id:
        found += ["recall"]
    elif item.status == "completed" and item.closed_by == actor.membership_id:
        found += ["recall"] if item.parent_id is None else []
    if actor.capacity == Capacity.ADMIN and item.status in ("offered", "claimed"):
        found += ["transfer", "remove-signer"]
    forbidden = () if node is None else listed(node.zeebe.properties.get("forbids", ""))
    return tuple(act for act in dict.fromkeys(found) if act not in forbidden)


def _own_acts(item: Any, node: Node | None) -> list[str]:
    """What may be done with an item that is one's own, beside completing it."""
    found = ["transfer", "copy", "ask", "recuse"]
    if item.parent_id is None and item.owner is None:
        found += ["add-signer", "return"]
        found += [] if node is not None and is_personal(node) else ["delegate"]
    return found


def first_open_item(product: Product, actor: Actor, case_id: UUID) -> UUID | None:
    """The only open item of a case that this person may work on; None for none or several."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        rows = tx.all(
            select(work_items).where(
                work_items.c.tenant_id == TENANT,
                work_items.c.case_id == case_id,
                work_items.c.status.in_(("offered", "claimed")),
            )
        )
    mine = [row.id for row in rows if may_work_on(actor, row)]
    return mine[0] if len(mine) == 1 else None
