"""Batches: gather items, act once for all of them, draw, see each result."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.draws.store import draw_batch, freeze_draw, is_by_system, is_drawn
from engine.actors import Actor
from engine.batches.acts import (
    BatchAct,
    act_on_batch,
    add_cases,
    create_batch,
    last_doer,
    remove_case,
    retry_batch,
)
from engine.batches.draws.store import load_draw
from engine.batches.lists import cases_of_batch, visible_batch
from engine.batches.work import FROZEN
from engine.cases.submissions import FormInvalid
from engine.errors import Forbidden, Invalid, NotFound
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import draws
from engine.work_items.lists import note_reading
from webapp.product import Product
from webapp.usecases.batch_forms import open_batch_form
from webapp.usecases.noted import reading


def start_batch(
    product: Product, actor: Actor, kind: str, title: str, items: Sequence[UUID]
) -> UUID:
    """A new batch of a kind with the cases of these items; returns its id."""
    if not actor.may_act:
        raise Forbidden("您没有办理权限", "you may not act")
    with product.db.tenant(actor.tenant_id) as tx:
        return create_batch(tx, product.world, actor, kind, title, items=items)


def join_batch(product: Product, actor: Actor, batch_id: UUID, items: Sequence[UUID]) -> None:
    """Let the cases of these items join."""
    with product.db.tenant(actor.tenant_id) as tx:
        _check_concerned(tx, actor, batch_id)
        add_cases(tx, actor, batch_id, items)


def leave_batch(product: Product, actor: Actor, batch_id: UUID, case_id: UUID) -> None:
    """Let a case leave."""
    with product.db.tenant(actor.tenant_id) as tx:
        _check_concerned(tx, actor, batch_id)
        remove_case(tx, actor, batch_id, case_id)


def act(
    product: Product,
    actor: Actor,
    batch_id: UUID,
    name: str,
    common: Mapping[str, Any],
    per_case: Mapping[UUID, Mapping[str, Any]],
) -> None:
    """Act once for all cases of a batch: complete, draw or retry.

    A retry without values repeats what the person himself submitted before.
    """
    if name != "retry" or common or per_case:
        _check_form(product, actor, batch_id, common, per_case)
    if name == "draw":
        draw_cases(product, actor, batch_id, common)
    elif name == "retry":
        own = BatchAct(name, common, per_case) if common or per_case else None
        with product.db.tenant(actor.tenant_id) as tx:
            _check_concerned(tx, actor, batch_id)
            retry_batch(tx, product.world, actor, batch_id, own)
    elif name == "complete":
        with product.db.tenant(actor.tenant_id) as tx:
            if is_drawn(_check_concerned(tx, actor, batch_id).kind):
                raise Invalid("此批次须抽取后办理", "the cases of this batch are drawn")
            act_on_batch(tx, product.world, actor, batch_id, BatchAct(name, common, per_case))
    else:
        raise NotFound("没有这个操作", "there is no such act")


def _check_form(
    product: Product,
    actor: Actor,
    batch_id: UUID,
    common: Mapping[str, Any],
    per_case: Mapping[UUID, Mapping[str, Any]],
) -> None:
    """Refuse values that the form of any case would not take, before anything is done or drawn."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        _check_concerned(tx, actor, batch_id)
    with open_batch_form(product, actor, batch_id) as form:
        errors = [] if form is None else form.all_faults(common, per_case)
    if errors:
        raise FormInvalid(
            "表单填写有误，本批没有办理", "the form has errors; nothing was done", errors=errors
        )


def draw_cases(
    product: Product,
    actor: Actor,
    batch_id: UUID,
    form: Mapping[str, Any],
    chance: Callable[[], str] = lambda: secrets.token_hex(32),
) -> None:
    """Draw which cases of a batch are checked, and hand every case on with its rank.

    The pool and its size are committed in a transaction of their own before the seed comes to be,
    so that a seed can never be tried against another pool. Where a public number decides, the first
    act only freezes; once two people have entered the number the next one hands the cases on.
    """
    with product.db.tenant(actor.tenant_id) as tx:
        before = _check_concerned(tx, actor, batch_id).status
        drawn = load_draw(tx, freeze_draw(tx, product.world, actor, batch_id))
        if not is_by_system(drawn) and before != FROZEN:
            return
    seed = chance()
    with product.db.tenant(actor.tenant_id) as tx:
        draw_batch(tx, product.world, actor, batch_id, seed, form=form)


def read_batch(product: Product, actor: Actor, batch_id: UUID) -> dict[str, Any]:
    """A batch with its cases, its progress and its draw; NotFound for those it is not for."""
    with reading(product, actor) as tx:
        batch = visible_batch(tx, actor, batch_id)
        note_reading(tx, actor, None, f"batch:{batch.number}", product.world.clock.now())
        rows = [dict(row._mapping) for row in cases_of_batch(tx, batch_id)]
        drawn = tx.one(
            select(draws)
            .where(draws.c.tenant_id == TENANT, draws.c.batch_id == batch_id)
            .order_by(draws.c.frozen_at.desc())
            .limit(1)
        )
        doer = last_doer(tx, batch_id)
    return {
        **batch._mapping,
        "cases": rows,
        "done": sum(row["status"] == "done" for row in rows),
        "failed": sum(row["status"] == "failed" for row in rows),
        "total": len(rows),
        "draw": drawn,
        "doer": doer,
    }


def _check_concerned(tx: Unit, actor: Actor, batch_id: UUID) -> Any:
    """The batch; NotFound for those who may not know of it, Forbidden for those who only read."""
    batch = visible_batch(tx, actor, batch_id)
    if not actor.may_act:
        raise Forbidden("您没有办理权限", "you may not act")
    return batch
