"""Recusal (回避) and separation of duties: who may not act, asked wherever somebody is chosen.

Three sources: a recusal that was declared for the case; the diagram's ``separateFrom`` (whoever did
one of these steps does not do this one); its ``barred``, an expression that gives principals. Who
acts in another's name is held to all three himself, and so is the one he stands for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor, load_actor, people_for
from engine.bpmn.model import Node
from engine.cases.command import Command, open_case
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.history import Act
from engine.spiff.host import Token
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import item_candidates, recusals, work_items
from engine.tenancy.model import OUTSIDE, Capacity
from engine.timing.deadlines import FAR
from engine.work_items.lists import may_see
from engine.work_items.reasons import need_reason
from engine.work_items.signing import is_personal
from engine.world import World

SEPARATE, BARRED, FORBIDS = "separateFrom", "barred", "forbids"


class Barred(Forbidden):
    """The person may not act on this case or this step."""

    code = "barred"


class PersonalStep(Forbidden):
    """A step somebody answers for with his signature is done by himself."""

    code = "personal_step"

    def __init__(self, zh: str = "签字环节须由本人办理，不能由他人代办") -> None:
        super().__init__(zh, "a step that is signed is done by the signer himself")


class NotAllowedHere(Forbidden):
    """The diagram does not allow the operation at this step."""

    code = "not_allowed_here"

    def __init__(self, step: str) -> None:
        super().__init__(
            f"流程规定“{step}”环节不能这样办理", "the procedure does not allow this at the step"
        )


def listed(text: str) -> tuple[str, ...]:
    """The parts of a comma list."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def has_rule(command: Command, node: Node) -> bool:
    """Whether anything could bar a person here, so that it is worth looking."""
    told = node.zeebe.properties
    return bool(command.parts.recused or told.get(SEPARATE) or told.get(BARRED))


def check_allowed(command: Command, item: Any, operation: str) -> Node:
    """The node of an item; NotAllowedHere when its step forbids the operation."""
    node = command.bundle.node(item.element)
    assert node is not None
    if operation in listed(node.zeebe.properties.get(FORBIDS, "")):
        raise NotAllowedHere(item.name)
    return node


def check_person(command: Command, item: Any) -> None:
    """Raise unless who acts may act on the item, for himself and for whom he stands."""
    actor, node = command.actor, command.bundle.node(item.element)
    if actor is None or node is None:
        return
    if actor.stands_for is not None:
        check_allowed(command, item, "substitute")
        if is_personal(node):
            raise PersonalStep
    if has_rule(command, node):
        for person in {actor, actor.in_whose_name}:
            check_not_barred(command, item, person)


def check_not_barred(command: Command, item: Any, person: Actor) -> None:
    """Raise :class:`Barred`, with the reason, when a person may not act on the item."""
    node = command.bundle.node(item.element)
    token = command.machine.token(item.token_id)
    why = None if node is None else why_barred(command, node, token, person)
    if why is not None:
        raise Barred(f"{person.name}{why[0]}", f"{person.name} {why[1]}")


def why_barred(
    command: Command, node: Node, token: Token | None, person: Actor
) -> tuple[str, str] | None:
    """Why a person may not do a step of this case, as the end of a sentence; None when he may."""
    if person.membership_id in command.parts.recused:
        return "已在此办件中回避", "is recused from this case"
    separate = listed(node.zeebe.properties.get(SEPARATE, ""))
    if separate and person.membership_id in _did(command, separate):
        return "办理过须与本环节分开的环节，不能再办理本环节", "did a step that is kept apart"
    expression = node.zeebe.properties.get(BARRED, "")
    if expression and token is not None:
        named = _principals(command.value(token, expression), node)
        if named & set(person.principals):
            return "按规定应当回避", "is barred by the rules of the step"
    return None


def _did(command: Command, elements: Iterable[str]) -> set[UUID]:
    """Who completed one of these steps in the case, or had it completed in his name."""
    rows = command.tx.all(
        select(work_items.c.closed_by, work_items.c.holder).where(
            work_items.c.tenant_id == TENANT,
            work_items.c.case_id == command.case.id,
            work_items.c.element.in_(list(elements)),
            work_items.c.status == "completed",
        )
    )
    return {person for row in rows for person in row if person is not None}


def _principals(value: Any, node: Node) -> set[str]:
    parts = value.split(",") if isinstance(value, str) else value
    if parts is None:
        return set()
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise Invalid(
            f"“{node.name}”的回避规则未得出人员或角色",
            f"barred of {node.id} gives no principals",
            code="assignment",
            element=node.id,
        )
    return {part.strip() for part in parts}


def is_anybody_left(
    command: Command, candidates: Iterable[str], node: Node, token: Token | None
) -> bool:
    """Whether one of those an item is offered to may act on it."""
    people = people_for(command.tx, candidates)
    return any(why_barred(command, node, token, person) is None for person in people)


def recuse(
    tx: Unit, world: World, actor: Actor, case_id: UUID, membership_id: UUID, ground: str
) -> None:
    """Let a person act on a case no more; what he holds goes back to those it was offered to.

    Everybody may recuse himself; a leader or administrator who may see the case, others too.
    """
    need_reason(ground)
    command = open_case(tx, world, case_id, actor)
    if not may_see(tx, actor, command.case) or actor.capacity in OUTSIDE:
        raise NotFound("办件不存在", "there is no such case", case=str(case_id))
    own = membership_id == actor.membership_id
    if not own and actor.capacity not in (Capacity.LEADER, Capacity.ADMIN):
        raise Forbidden("只有本人、负责人或管理员可以登记回避", "you may not recuse somebody else")
    person = load_actor(tx, membership_id)
    if person is None:
        raise NotFound("没有此人，或已停用", "there is no such person at work")
    if membership_id in command.parts.recused:
        raise Conflict("此人已在此办件中回避", "the person is recused already")
    facts = {"case_id": case_id, "membership_id": membership_id, "ground": ground.strip()[:500]}
    tx.insert(recusals, **facts, declared_by=actor.membership_id, at=command.now)
    command.parts.recused.add(membership_id)
    _give_back(command, membership_id)
    told = {"who": str(membership_id), "whose": person.label, "reason": ground.strip()}
    command.conclude(Act("case.recused", content=told))
    _tell_of_nobody(command, person)


def _give_back(command: Command, membership_id: UUID) -> None:
    """Offer again what a recused person holds."""
    tx = command.tx
    for item in _open_items(command):
        if item.status == "claimed" and item.holder == membership_id and item.parent_id is None:
            tx.update(
                work_items,
                work_items.c.id == item.id,
                status="offered",
                holder=None,
                owner=None,
                claimed_at=None,
                revision=item.revision + 1,
            )
            tx.delete(item_candidates, item_candidates.c.item_id == item.id)
            due = item.due_at or FAR
            rows = ({"item_id": item.id, "principal": p, "due_at": due} for p in item.candidates)
            tx.insert_many(item_candidates, rows)


def _tell_of_nobody(command: Command, person: Actor) -> None:
    """A step that nobody is left for is told to the administrator; it never waits unseen."""
    raised = False
    for item in _open_items(command):
        token = command.machine.token(item.token_id)
        is_free = item.status == "offered" and set(person.principals) & set(item.candidates)
        if token is None or not is_free:
            continue
        if not is_anybody_left(command, item.candidates, token.node, token):
            command.raise_incident(
                token.node, nobody(token.node), token_id=token.id, item_id=item.id
            )
            raised = True
    if raised:
        command.keep()


def nobody(node: Node) -> Invalid:
    """What is told of a step that nobody may do."""
    return Invalid(
        f"“{node.name}”没有可以办理的人员",
        f"there is nobody who may do {node.id}",
        code="nobody",
    )


def _open_items(command: Command) -> list[Any]:
    return list(
        command.tx.all(
            select(work_items).where(
                work_items.c.tenant_id == TENANT,
                work_items.c.case_id == command.case.id,
                work_items.c.closed_at.is_(None),
            )
        )
    )
