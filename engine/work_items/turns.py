"""Whose turn an item is: loading it, knowing of it, working on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.cases.command import Command, open_case
from engine.errors import Forbidden, NotFound
from engine.store.database import Unit
from engine.store.prepared import Answer
from engine.store.tables import cases, work_items
from engine.work_items.lists import may_see
from engine.work_items.refusals import over, taken
from engine.work_items.standing_in import acting, concerns
from engine.world import World


def load_item(tx: Unit, item_id: UUID) -> Any:
    """The row of a work item; NotFound for another tenant's."""
    return _found(tx.ask_for(work_items, item_id), item_id)


def _found(asked: Answer, item_id: UUID) -> Any:
    for row in asked.rows:
        return row
    raise _unknown(item_id)


def known_item(tx: Unit, actor: Actor, item: Any) -> Any:
    """The item; NotFound for those who may not know of its case."""
    if not concerns(actor, item) and not may_see(tx, actor, tx.get(cases, item.case_id)):
        raise _unknown(item.id)
    return item


def _unknown(item_id: UUID) -> NotFound:
    return NotFound("待办不存在", "there is no such work item", item=str(item_id))


def may_work_on(actor: Actor, item: Any) -> bool:
    """True for the holder and, while the item is offered, for its candidates."""
    if not actor.may_act:
        return False
    whose = actor.in_whose_name
    if item.holder is not None:
        return bool(item.holder == whose.membership_id)
    return bool(set(whose.principals) & set(item.candidates))


def check_turn(tx: Unit, actor: Actor, item: Any) -> None:
    """Raise unless it is for this person to act on the item, now.

    Who it was never offered to is told nothing about it.
    """
    if not (actor.may_act and concerns(actor, item)):
        raise Forbidden("此待办未分派给您", "this item is not offered to you")
    if item.status not in ("offered", "claimed"):
        raise over(tx, item)
    if not may_work_on(actor, item):
        raise taken(tx, item)


def open_item(
    tx: Unit, world: World, actor: Actor, item_id: UUID, asked: Answer | None = None
) -> tuple[Command, Any]:
    """Lock order: case, then item. An item that was ``asked`` for need not be read twice."""
    item = _found(asked or tx.ask_for(work_items, item_id), item_id)
    actor = acting(tx, actor, item, world.clock.now())
    command = open_case(tx, world, known_item(tx, actor, item).case_id, actor)
    if asked is None or command.parts.revisions.get(item_id) != item.revision:
        item = load_item(tx, item_id)  # it may have changed before the case was ours
    return command, item
