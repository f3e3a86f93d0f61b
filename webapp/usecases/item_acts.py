"""What colleagues do with an item besides completing it, each once an idempotency key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor, actor_from_row
from engine.answers import earlier_answer, keep_answer, request_digest
from engine.cases.lifecycle import urge_case
from engine.errors import Invalid, LuchengError, NotFound
from engine.spiff.jump import ReturnRefused
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import memberships
from engine.work_items.adding import add_signers, remove_signer
from engine.work_items.barring import recuse
from engine.work_items.handing_on import delegate_item, transfer_item
from engine.work_items.holding import claim_item
from engine.work_items.lists import visible_case
from engine.work_items.reasons import need_reason
from engine.work_items.returning import (
    Target,
    Withdrawn,
    preview_return,
    recall_item,
    return_item,
    targets_of,
)
from engine.work_items.sharing import answer, ask, copy_item, open_question
from engine.work_items.standing_in import side_of
from engine.work_items.turns import known_item, load_item, open_item
from engine.world import World
from webapp.product import Product

MOST_COLLEAGUES = 300
Given = Mapping[str, Any]
Act = Callable[[Unit, World, Actor, UUID, Given], Any]


def _transfer(tx: Unit, world: World, who: Actor, item: UUID, given: Given) -> Any:
    return transfer_item(tx, world, who, item, given["to"], given["reason"])


def _delegate(tx: Unit, world: World, who: Actor, item: UUID, given: Given) -> Any:
    return delegate_item(tx, world, who, item, given["to"], given["reason"])


def _add(tx: Unit, world: World, who: Actor, item: UUID, given: Given) -> Any:
    return add_signers(tx, world, who, item, given["people"], given["mode"], given["reason"])


def _remove(tx: Unit, world: World, who: Actor, item: UUID, given: Given) -> Any:
    remove_signer(tx, world, who, item, given["reason"])


def _return(tx: Unit, world: World, who: Actor, item: UUID, given: Given) -> Any:
    return return_item(tx, world, who, item, given["to"], given["reason"], given["resubmit"])


def _recall(tx: Unit, world: World, who: Actor, item: UUID, given: Given) -> Any:
    return recall_item(tx, world, who, item, given["reason"])


def _copy(tx: Unit, world: World, who: Actor, item: UUID, given: Given) -> Any:
    return copy_item(tx, world, who, item, given["people"], given["kind"], given["note"])


def _ask(tx: Unit, world: World, who: Actor, item: UUID, given: Given) -> Any:
    return str(ask(tx, world, who, item, given["to"], given["text"]))


def _answer(tx: Unit, world: World, who: Actor, item: UUID, given: Given) -> Any:
    answer(tx, world, who, given.get("question") or open_question(tx, who, item), given["text"])
    return str(load_item(tx, item).case_id)


def _recuse(tx: Unit, world: World, who: Actor, item: UUID, given: Given) -> Any:
    recuse(tx, world, who, load_item(tx, item).case_id, who.membership_id, given["reason"])


ACTS: Mapping[str, Act] = {
    "transfer": _transfer,
    "delegate": _delegate,
    "add-signer": _add,
    "remove-signer": _remove,
    "return": _return,
    "recall": _recall,
    "copy": _copy,
    "ask": _ask,
    "answer": _answer,
    "recuse": _recuse,
}
"""The operations on an item by the name the interface and the pages give them."""


def act_on_item(
    product: Product,
    actor: Actor,
    item_id: UUID,
    act: str,
    given: Given,
    key: str | None = None,
) -> dict[str, Any]:
    """Do it in one transaction, once a key; tells the item's revision and what came of it."""
    plain = {name: _plain(value) for name, value in given.items()}
    request = request_digest(f"{act} {item_id}", plain)
    with product.db.tenant(actor.tenant_id) as tx:
        earlier: dict[str, Any] | None = earlier_answer(tx, actor.account_id, key, request)
        if earlier is not None:
            return earlier
        found = ACTS[act](tx, product.world, actor, item_id, given)
        result = found if isinstance(found, str) else None
        done = {"revision": int(load_item(tx, item_id).revision), "result": result}
        keep_answer(tx, actor.account_id, key, request, done, product.clock.now())
    return done


MOST_AT_ONCE = 100


def act_on_items(
    product: Product, actor: Actor, ids: Sequence[UUID], act: str, to: UUID | None, reason: str
) -> tuple[int, list[tuple[str, LuchengError]]]:
    """Claim, transfer or urge several items, each for itself; how many, which were refused why."""
    if act not in ("claim", "transfer", "urge") or not ids or len(ids) > MOST_AT_ONCE:
        raise Invalid("请先勾选待办，再选择操作", "choose items first, then what to do")
    if act == "transfer":
        need_reason(reason)
        if to is None:
            raise Invalid("请选择人员", "choose somebody")
    done, refused = 0, list[tuple[str, LuchengError]]()
    for item_id in dict.fromkeys(ids):
        try:
            with product.db.tenant(actor.tenant_id) as tx:
                item = load_item(tx, item_id)
                name = str(item.name)
                if act == "urge":
                    visible_case(tx, actor, item.case_id)
                    urge_case(tx, product.world, actor, item.case_id)
                elif to is None:
                    claim_item(tx, product.world, actor, item_id)
                else:
                    transfer_item(tx, product.world, actor, item_id, to, reason)
            done += 1
        except NotFound:
            continue
        except LuchengError as error:
            refused.append((name, error))
    return done, refused


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


@dataclass(frozen=True)
class Colleague:
    """Somebody work can be given to."""

    id: UUID
    name: str
    title: str


def colleagues(tx: Unit, actor: Actor) -> list[Colleague]:
    """The people on the same side as a person, by name, himself left out."""
    rows = tx.all(
        select(memberships)
        .where(memberships.c.tenant_id == TENANT, memberships.c.active.is_(True))
        .order_by(memberships.c.name, memberships.c.username)
    )
    people = [actor_from_row(row) for row in rows if row.id != actor.membership_id]
    side = side_of(actor.in_whose_name)
    same = [one for one in people if side_of(one) == side and one.may_act]
    return [Colleague(one.membership_id, one.name, one.title) for one in same[:MOST_COLLEAGUES]]


def colleagues_at(product: Product, actor: Actor, item_id: UUID) -> list[Colleague]:
    """Those an item can be given to; NotFound for whoever may not know of the item."""
    with product.db.tenant(actor.tenant_id, read_only=True) as tx:
        known_item(tx, actor, load_item(tx, item_id))
        return colleagues(tx, actor)


@dataclass(frozen=True)
class WayBack:
    """A step that may be returned to, with what that would withdraw."""

    target: Target
    lost: Withdrawn
    withs: Sequence[str] = ()


def ways_back(product: Product, actor: Actor, item_id: UUID) -> list[WayBack]:
    """Every step an item may be returned to now, with what each return would withdraw."""
    with product.db.tenant(actor.tenant_id) as tx:
        command, item = open_item(tx, product.world, actor, item_id)
        found = []
        for target in targets_of(command, item):
            lost = _preview(tx, product, actor, item_id, target.element)
            if lost is not None:
                found.append(WayBack(target, lost))
        return found


def _preview(
    tx: Unit, product: Product, actor: Actor, item_id: UUID, element: str
) -> Withdrawn | None:
    """What would be withdrawn; None where the drawing leads no way back to the step now."""
    try:
        return preview_return(tx, product.world, actor, item_id, element)
    except ReturnRefused:
        return None
