"""Holding an item: claim, release, save a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.canonical import storable
from engine.cases.command import Command
from engine.errors import Conflict, Invalid
from engine.history import Act
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import drafts, item_candidates, work_items
from engine.timing.deadlines import FAR
from engine.work_items.barring import check_person
from engine.work_items.standing_in import acting
from engine.work_items.turns import check_turn, known_item, load_item, may_work_on, open_item
from engine.world import World

MAX_DRAFT = 1_000_000


def claim_item(tx: Unit, world: World, actor: Actor, item_id: UUID) -> int:
    """Take an offered item; returns its new revision. Conflict says who was faster."""
    command, item = open_item(tx, world, actor, item_id)
    actor = command.actor or actor
    check_turn(tx, actor, item)
    check_person(command, item)
    if item.status == "claimed":
        return int(item.revision)
    holder = actor.in_whose_name.membership_id
    return hold(command, item, holder, Act("item.claimed", item.element, item.id))


def release_item(tx: Unit, world: World, actor: Actor, item_id: UUID) -> int:
    """Give an item back to its group; returns its new revision."""
    command, item = open_item(tx, world, actor, item_id)
    whose = (command.actor or actor).in_whose_name
    if item.status != "claimed" or item.holder != whose.membership_id:
        raise Conflict("只有认领人可以释放", "only its holder may release the item")
    # what was only lent goes back to whom it belongs
    return hold(command, item, item.owner, Act("item.released", item.element, item.id))


def save_draft(
    tx: Unit,
    world: World,
    actor: Actor,
    item_id: UUID,
    content: Mapping[str, Any],
    seen: int | None = None,
) -> int:
    """Keep what was typed, for this person only; returns the draft's revision.

    ``seen`` is the revision the page was opened with: Conflict when another tab saved since.
    """
    item = tx.get(work_items, item_id, lock=True) or load_item(tx, item_id)  # two windows may save
    actor = acting(tx, actor, item, world.clock.now())
    known_item(tx, actor, item)
    if item.status not in ("offered", "claimed") or not may_work_on(actor, item):
        raise Conflict("此待办已不能暂存", "this item no longer takes drafts")
    if len(storable(content)) > MAX_DRAFT:
        raise Invalid("暂存内容过大", "the draft is too large", limit=MAX_DRAFT)
    own = (drafts.c.item_id == item_id, drafts.c.owner == actor.membership_id)
    row = load_draft(tx, actor, item_id)
    if row is None:
        tx.insert(
            drafts,
            item_id=item_id,
            owner=actor.membership_id,
            content=dict(content),
            revision=1,
            saved_at=world.clock.now(),
        )
        return 1
    if seen is not None and seen != row.revision:
        raise Conflict(
            "草稿已在另一窗口更新", "the draft was saved in another window", revision=row.revision
        )
    tx.update(
        drafts,
        *own,
        content=dict(content),
        revision=row.revision + 1,
        saved_at=world.clock.now(),
    )
    return int(row.revision) + 1


def load_draft(tx: Unit, actor: Actor, item_id: UUID) -> Any:
    """The person's own draft of an item, or None."""
    return tx.one(
        select(drafts).where(
            drafts.c.tenant_id == TENANT,
            drafts.c.item_id == item_id,
            drafts.c.owner == actor.membership_id,
        )
    )


def hold(command: Command, item: Any, holder: UUID | None, act: Act) -> int:
    """Give an item to a person, or to its group with None; returns its new revision."""
    tx = command.tx
    tx.update(
        work_items,
        work_items.c.id == item.id,
        status="offered" if holder is None else "claimed",
        holder=holder,
        claimed_at=None if holder is None else command.now,
        owner=None,
        revision=item.revision + 1,
    )
    tx.delete(item_candidates, item_candidates.c.item_id == item.id)
    principals = item.candidates if holder is None else [f"person:{holder}"]
    tx.insert_many(
        item_candidates,
        ({"item_id": item.id, "principal": p, "due_at": item.due_at or FAR} for p in principals),
    )
    command.conclude(act)
    return int(item.revision) + 1
