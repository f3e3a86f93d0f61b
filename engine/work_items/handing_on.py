"""Handing work on: transfer (转办) for good, delegate (委派) until it comes back.

transfer: offered|claimed → claimed by the other, holder, candidate or administrator ·
delegate: claimed → claimed by the other with an owner, holder ·
complete by the delegate → back with its owner, who completes.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from engine.actors import Actor, load_actor, people_for
from engine.cases.command import Command
from engine.errors import Conflict, Invalid, NotFound
from engine.history import Act
from engine.store.database import Unit
from engine.store.tables import drafts, item_candidates, work_items
from engine.tenancy.model import Capacity
from engine.timing.deadlines import FAR
from engine.work_items.barring import PersonalStep, check_allowed, check_not_barred, check_person
from engine.work_items.reasons import need_reason
from engine.work_items.refusals import over
from engine.work_items.signing import is_personal
from engine.work_items.standing_in import side_of
from engine.work_items.telling import person, tell
from engine.work_items.turns import check_turn, open_item
from engine.work_items.viewers import admit
from engine.world import World


def transfer_item(
    tx: Unit, world: World, actor: Actor, item_id: UUID, to: UUID, reason: str
) -> int:
    """Hand an item over for good; returns its new revision."""
    need_reason(reason)
    command, item = open_item(tx, world, actor, item_id)
    if actor.capacity != Capacity.ADMIN:
        _check_own(command, item)
    elif item.status not in ("offered", "claimed"):
        raise over(tx, item)
    node = check_allowed(command, item, "transfer")
    other = choose(command, item, to)
    if is_personal(node) and not set(other.principals) & set(item.candidates):
        raise PersonalStep("签字环节只能转给同样应在此签字的人员")
    if item.parent_id is not None and is_personal(node):
        raise PersonalStep
    told = {"to": str(to), "toName": other.label, "reason": reason.strip()}
    revision = give(command, item, other.membership_id)
    command.conclude(Act("item.transferred", item.element, item.id, told))
    tell(command, "transferred", f"转办给您：{item.name}", [person(to)], [reason.strip()])
    return revision


def delegate_item(
    tx: Unit, world: World, actor: Actor, item_id: UUID, to: UUID, reason: str
) -> int:
    """Let another work on an item; it comes back to its owner, who completes it."""
    need_reason(reason)
    command, item = open_item(tx, world, actor, item_id)
    _check_own(command, item)
    if is_personal(check_allowed(command, item, "delegate")):
        raise PersonalStep
    if item.owner is not None:
        raise Conflict("此待办是他人委派给您的，不能再委派", "the item was delegated to you")
    if item.parent_id is not None:
        raise Conflict("加签的待办不能再委派", "an added signer's item cannot be delegated")
    owner = (command.actor or actor).in_whose_name.membership_id
    if to == owner:
        raise Invalid("不能委派给自己", "nobody delegates to himself")
    other = choose(command, item, to)
    told = {"to": str(to), "toName": other.label, "reason": reason.strip()}
    revision = give(command, item, other.membership_id, owner=owner)
    command.conclude(Act("item.delegated", item.element, item.id, told))
    tell(command, "delegated", f"委派给您：{item.name}", [person(to)], [reason.strip()])
    return revision


def take_back(command: Command, item: Any, reason: str) -> int:
    """The owner of a delegated item takes it back before the other has handed it back."""
    lent_to = item.holder
    revision = give(command, item, item.owner)
    told = {"reason": reason.strip()}
    command.conclude(Act("item.takenBack", item.element, item.id, told))
    tell(command, "recalled", f"委派已收回：{item.name}", [person(lent_to)], [reason.strip()])
    return revision


def hand_back(command: Command, item: Any, record: UUID, values: Any) -> None:
    """Give a delegated item back, with what the delegate has filled in as its owner's draft."""
    tx, owner = command.tx, item.owner
    tx.remove(drafts, item_id=item.id)
    tx.insert(
        drafts,
        item_id=item.id,
        owner=owner,
        content=dict(values),
        revision=1,
        saved_at=command.now,
    )
    give(command, item, owner)
    content = {"record": str(record), "records": command.records}
    command.conclude(Act("item.handedBack", item.element, item.id, content))
    tell(command, "handed-back", f"委派的待办已交回：{item.name}", [person(owner)])


def choose(command: Command, item: Any, to: UUID) -> Actor:
    """The person work is given to; raises with the reason when it cannot be him."""
    other = load_actor(command.tx, to)
    if other is None:
        raise NotFound("没有此人，或已停用", "there is no such person at work")
    if not other.may_act:
        raise Invalid("审计人员不办理业务", "an auditor does no work")
    if to == item.holder:
        raise Invalid("待办已在此人处", "the item is with this person already")
    if side_of(other) != _side(command, item):
        raise Invalid("只能交给同一单位的人员", "work is given to people of the same side only")
    check_not_barred(command, item, other)
    return other


def _side(command: Command, item: Any) -> tuple[str, UUID | None]:
    """On whose side an item is: its holder's, else that of those it is offered to."""
    holder = None if item.holder is None else load_actor(command.tx, item.holder)
    if holder is not None:
        return side_of(holder)
    people = people_for(command.tx, item.candidates)
    return side_of(people[0]) if people else ("office", None)


def _check_own(command: Command, item: Any) -> None:
    """Raise unless the item is for who acts to act on, now."""
    assert command.actor is not None
    check_turn(command.tx, command.actor, item)
    check_person(command, item)


def give(command: Command, item: Any, to: UUID, owner: UUID | None = None) -> int:
    """Let the item be with a person; returns its new revision."""
    tx = command.tx
    tx.update(
        work_items,
        work_items.c.id == item.id,
        status="claimed",
        holder=to,
        owner=owner,
        claimed_at=command.now,
        revision=item.revision + 1,
    )
    tx.delete(item_candidates, item_candidates.c.item_id == item.id)
    facts = {"principal": person(to), "due_at": item.due_at or FAR}
    tx.insert(item_candidates, item_id=item.id, **facts)
    admit(tx, command.case.id, [person(to)])
    return int(item.revision) + 1
