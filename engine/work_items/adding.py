"""Added signers (加签, 减签): a colleague's opinion before, after or beside one's own.

An added signer has an item of his own below the one it belongs to; it has no token. ``before``: who
added completes when all have answered · ``parallel``: in any order · ``after``: they are asked once
who added has completed. What was submitted first is kept as a record; the item then waits
(``awaiting``), and its token leaves with the last opinion.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.cases.command import Command
from engine.cases.sync import close_command, close_item
from engine.definitions.bundles import Bundle
from engine.errors import Conflict, Forbidden, Invalid
from engine.forms.model import Form
from engine.forms.read import read_form
from engine.history import Act
from engine.ids import new_id
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import drafts, item_candidates, work_items
from engine.tenancy.model import Capacity
from engine.timing.deadlines import FAR
from engine.work_items.barring import PersonalStep, check_allowed, check_person
from engine.work_items.finishing import finish_kept
from engine.work_items.handing_on import choose, give
from engine.work_items.reasons import need_reason
from engine.work_items.refusals import over
from engine.work_items.signing import is_personal
from engine.work_items.telling import person, tell
from engine.work_items.turns import check_turn, open_item
from engine.work_items.viewers import admit
from engine.work_items.voting import least_votes
from engine.world import World

BEFORE, AFTER, PARALLEL = "before", "after", "parallel"
MODES = (BEFORE, AFTER, PARALLEL)
MOST_ADDED = 20
OPINION = "added-opinion"
_FORM = {
    "type": "default",
    "id": OPINION,
    "schemaVersion": 19,
    "components": [
        {
            "type": "radio",
            "id": "added_agree",
            "key": "agree",
            "label": "意见",
            "values": [
                {"label": "同意", "value": "agree"},
                {"label": "不同意", "value": "disagree"},
            ],
            "validate": {"required": True},
        },
        {
            "type": "textarea",
            "id": "added_opinion",
            "key": "opinion",
            "label": "说明",
            "validate": {"required": True, "maxLength": 2000},
        },
    ],
}


class AwaitsOpinions(Conflict):
    """Those who were asked before have not all answered."""

    code = "awaits_opinions"


def opinion_form() -> Form:
    """The form an added signer fills in: whether he agrees, and why."""
    return read_form(json.dumps(_FORM).encode())


def form_of(bundle: Bundle, item: Any) -> Form:
    """The form of an item: its step's, or the one of added signers."""
    return opinion_form() if item.form == OPINION else bundle.form(item.form)


def add_signers(
    tx: Unit,
    world: World,
    actor: Actor,
    item_id: UUID,
    people: Sequence[UUID],
    mode: str,
    reason: str,
) -> int:
    """Ask colleagues for their opinion on one's own item; returns its new revision."""
    need_reason(reason)
    if mode not in MODES or not people or len(set(people)) > MOST_ADDED:
        raise Invalid("请选择加签方式和加签人", "choose whom to add, and when they are asked")
    command, item = open_item(tx, world, actor, item_id)
    whose = _check_adding(command, actor, item, mode)
    added = {row.holder for row in added_to(tx, item.id) if row.closed_at is None}
    chosen = [choose(command, item, to) for to in dict.fromkeys(people)]
    for other in chosen:
        if other.membership_id in {*added, whose}:
            raise Conflict(f"{other.name}已在加签人中", f"{other.name} is asked already")
    rows = [_row(command, item, other, mode) for other in chosen]
    tx.insert_many(work_items, rows)
    revision = give(command, item, whose)
    if mode != AFTER:
        _ask(command, rows)
    names = [other.label for other in chosen]
    told: dict[str, Any] = {"mode": mode, "names": names, "items": [str(r["id"]) for r in rows]}
    told["who"] = [str(other.membership_id) for other in chosen]
    command.conclude(Act("item.added", item.element, item.id, {**told, "reason": reason.strip()}))
    if mode != AFTER:
        to = [person(other.membership_id) for other in chosen]
        tell(command, "added", f"请您加签：{item.name}", to, [reason.strip()])
    return revision


def _check_adding(command: Command, actor: Actor, item: Any, mode: str) -> UUID:
    acting = command.actor or actor
    check_turn(command.tx, acting, item)
    check_person(command, item)
    node = check_allowed(command, item, "add-signer")
    if item.parent_id is not None or item.owner is not None:
        raise Conflict("加签或委派而来的待办不能再加签", "an item that was lent adds no signers")
    if is_personal(node) and mode != BEFORE:
        raise PersonalStep("签字环节以签字人的签字结束，只能在签字之前加签")
    whose: UUID = acting.in_whose_name.membership_id
    return whose


def _row(command: Command, item: Any, other: Actor, mode: str) -> dict[str, Any]:
    is_later = mode == AFTER
    return {
        "id": new_id(),
        "case_id": item.case_id,
        "token_id": item.token_id,
        "element": item.element,
        "name": f"{item.name[:110]}（加签）",
        "form": OPINION,
        "status": "planned" if is_later else "claimed",
        "holder": other.membership_id,
        "candidates": [person(other.membership_id)],
        "priority": item.priority,
        "deadline": item.deadline,
        "due_at": item.due_at,
        "revision": 1,
        "opened_at": command.now,
        "parent_id": item.id,
        "added": mode,
    }


def _ask(command: Command, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put the items of added signers into their lists."""
    for row in rows:
        facts = {"principal": person(row["holder"]), "due_at": row["due_at"] or FAR}
        command.tx.insert(item_candidates, item_id=row["id"], **facts)
    admit(command.tx, command.case.id, [person(row["holder"]) for row in rows])


def added_to(tx: Unit, item_id: UUID) -> Sequence[Any]:
    """The items of the signers that were added to an item."""
    return tx.all(
        select(work_items)
        .where(work_items.c.tenant_id == TENANT, work_items.c.parent_id == item_id)
        .order_by(work_items.c.opened_at, work_items.c.id)
    )


def open_added(command: Command, item: Any) -> list[Any]:
    """The added signers that have not answered; asked for only where there are any."""
    if not command.parts.added.get(item.id):
        return []
    return [row for row in added_to(command.tx, item.id) if row.closed_at is None]


def check_answered(command: Command, item: Any) -> list[Any]:
    """Those still to answer; AwaitsOpinions while one of them was asked before."""
    rows = open_added(command, item)
    if any(row.added == BEFORE for row in rows):
        raise AwaitsOpinions(
            "加签人尚未全部答复，答复后您才能提交",
            "those you asked before have not all answered yet",
        )
    return rows


def wait_for(command: Command, item: Any, record: UUID, rows: Sequence[Any]) -> None:
    """Keep what was submitted and let the item wait for the opinions still to come."""
    tx, actor = command.tx, command.actor
    assert actor is not None
    tx.update(
        work_items,
        work_items.c.id == item.id,
        status="awaiting",
        holder=actor.in_whose_name.membership_id,
        closed_by=actor.membership_id,
        record_id=record,
        revision=item.revision + 1,
    )
    tx.delete(item_candidates, item_candidates.c.item_id == item.id)
    tx.remove(drafts, item_id=item.id)
    later = [row for row in rows if row.status == "planned"]
    for row in later:
        tx.update(work_items, work_items.c.id == row.id, status="claimed", opened_at=command.now)
    _ask(command, [row._mapping for row in later])
    content = {"record": str(record), "records": command.records}
    command.conclude(Act("item.awaiting", item.element, item.id, content))
    tell(command, "added", f"请您加签：{item.name}", [person(row.holder) for row in later])


def close_answer(command: Command, item: Any, record: UUID) -> bool:
    """End an added signer's item; whether the one it belongs to can go on now."""
    tx, actor = command.tx, command.actor
    assert actor is not None
    acted = {"closed_by": actor.membership_id, "record_id": record}
    close_item(tx, item.id, "completed", command.now, **acted)
    tx.remove(drafts, item_id=item.id)
    return not _others(command, item)


def _others(command: Command, item: Any) -> list[UUID]:
    return [one for one in command.parts.added.get(item.parent_id, ()) if one != item.id]


def remove_signer(tx: Unit, world: World, actor: Actor, item_id: UUID, reason: str) -> Any:
    """Take back an added signer, or one of several who decide together, before he has acted.

    Returns the item that has to go on now because nobody is left to wait for, or None.
    """
    need_reason(reason)
    command, item = open_item(tx, world, actor, item_id)
    if item.status not in ("offered", "claimed", "planned"):
        raise over(tx, item)
    if item.parent_id is None:
        _remove_voter(command, actor, item, reason.strip())
        return None
    parent = tx.get(work_items, item.parent_id)
    own = parent is not None and parent.holder == actor.membership_id
    if not own and actor.capacity != Capacity.ADMIN:
        raise Forbidden("只有加签的发起人或管理员可以减签", "only who added may take a signer back")
    close_item(tx, item.id, "withdrawn", command.now)
    tx.remove(drafts, item_id=item.id)
    told = {"who": str(item.holder), "reason": reason.strip()}
    act = Act("item.removed", item.element, item.id, told)
    if parent is not None and parent.status == "awaiting" and not _others(command, item):
        finish_kept(command, parent)
        told["concludes"] = str(parent.id)
        close_command(command, act)
    else:
        command.conclude(act)
    tell(command, "removed", f"加签已撤销：{item.name}", [person(item.holder)], [reason.strip()])
    return parent


def _remove_voter(command: Command, actor: Actor, item: Any, reason: str) -> None:
    node = check_allowed(command, item, "remove-signer")
    if actor.capacity != Capacity.ADMIN:
        raise Forbidden("只有管理员可以减少会签人员", "only an administrator may take a voter out")
    if node.loop is None:
        raise Conflict("该环节不是会签环节，不能减签", "the step has no several signers")
    least = least_votes(node.zeebe.properties)
    others = [i for i in _of_element(command, item) if i.id != item.id]
    if len(others) < least:
        raise Conflict(
            f"减签后只剩 {len(others)} 人，少于规定的 {least} 人",
            f"only {len(others)} would be left, {least} are required",
        )
    command.machine.drop_instance(item.token_id)
    command.machine.advance()
    told = {"who": str(item.holder) if item.holder else listed_text(item), "reason": reason}
    close_command(command, Act("item.removed", item.element, item.id, told))
    to = [person(item.holder)] if item.holder else item.candidates
    tell(command, "removed", f"已减签：{item.name}", to, [reason])


def listed_text(item: Any) -> str:
    """Whom an offered item was offered to."""
    return "、".join(item.candidates)


def _of_element(command: Command, item: Any) -> Sequence[Any]:
    """The items of the same round of a step: those open, and those completed since it began."""
    return command.tx.all(
        select(work_items).where(
            work_items.c.tenant_id == TENANT,
            work_items.c.case_id == item.case_id,
            work_items.c.element == item.element,
            work_items.c.opened_at >= item.opened_at,
            work_items.c.status.in_(("offered", "claimed", "awaiting", "stuck", "completed")),
            work_items.c.parent_id.is_(None),
        )
    )
