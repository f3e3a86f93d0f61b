"""Returning (退回) and taking back one's own completion (撤回).

Where a step returns to is in the diagram: ``returnTo`` on the step, or on the sub-process or call
it runs inside, lists steps; ``resubmit`` says whether what is returned comes back step by step
(``steps``), straight to who returned it (``direct``), or as that person says (``choose``, which
holds where nothing is written). What a return withdraws is decided by the drawing
(``engine/spiff/jump.py``); records stay and are told as superseded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor, load_actor
from engine.bpmn.model import Kind, Node
from engine.cases.command import Command
from engine.cases.sync import close_command, close_item
from engine.errors import Conflict, Forbidden, Invalid
from engine.history import Act
from engine.spiff.jump import Jump, ReturnRefused
from engine.spiff.machine import Waiting
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import drafts, history, records, work_items
from engine.tenancy.model import OUTSIDE
from engine.work_items.barring import check_allowed, check_person, listed, why_barred
from engine.work_items.handing_on import give, take_back
from engine.work_items.reasons import need_reason
from engine.work_items.signing import is_personal
from engine.work_items.telling import person, tell
from engine.work_items.turns import check_turn, load_item, open_item
from engine.world import World

PREVIOUS, APPLICANT = "previous", "applicant"
STEPS, DIRECT, CHOOSE = "steps", "direct", "choose"
RETURN_TO, RESUBMIT = "returnTo", "resubmit"
_LASTING = (Kind.SERVICE_TASK, Kind.SEND_TASK, Kind.THROW)


@dataclass(frozen=True)
class Target:
    """A step that may be returned to, and who did it last."""

    element: str
    name: str
    doer: UUID | None = None
    is_previous: bool = False
    is_applicants: bool = False


@dataclass(frozen=True)
class Withdrawn:
    """What a return withdraws: open items beside one's own, waiting events, submissions."""

    items: Sequence[Any]
    events: Sequence[str]
    records: Sequence[str]
    may_resume: bool


def targets_of(command: Command, item: Any) -> list[Target]:
    """The steps an open item may be returned to, the one done last first."""
    node = command.bundle.node(item.element)
    token = command.machine.token(item.token_id)
    if node is None or token is None:
        return []
    allowed: list[str] = []
    for place in (node, *command.machine.around(item.token_id)):
        allowed += listed(place.zeebe.properties.get(RETURN_TO, ""))
    found: list[Target] = []
    for row in _done(command, allowed):
        is_own = person(row.closed_by) in (command.case.principal, person(command.case.starter))
        applicants = is_own or command.case.principal in row.candidates
        found.append(Target(row.element, row.name, row.holder, not found, applicants))
    return found


def _done(command: Command, elements: Iterable[str]) -> list[Any]:
    """The last completed item of each of these steps, the latest first."""
    rows = command.tx.all(
        select(work_items)
        .where(
            work_items.c.tenant_id == TENANT,
            work_items.c.case_id == command.case.id,
            work_items.c.element.in_(list(elements)),
            work_items.c.status == "completed",
            work_items.c.parent_id.is_(None),
        )
        .order_by(work_items.c.closed_at.desc(), work_items.c.id.desc())
    )
    latest: dict[str, Any] = {}
    for row in rows:
        latest.setdefault(row.element, row)
    return list(latest.values())


def preview_return(tx: Unit, world: World, actor: Actor, item_id: UUID, to: str) -> Withdrawn:
    """What a return would withdraw; nothing is written."""
    command, item = _opened(tx, world, actor, item_id)
    target = _target(command, item, to)
    before = _places(command)
    jumped = command.machine.jump(item.token_id, target.element)
    return _withdrawn(command, item, before, jumped)


def return_item(
    tx: Unit,
    world: World,
    actor: Actor,
    item_id: UUID,
    to: str,
    reason: str,
    resubmit: str = STEPS,
) -> str:
    """Return to an earlier step; returns its id. ``to``: a step, "previous" or "applicant"."""
    need_reason(reason)
    command, item = _opened(tx, world, actor, item_id)
    target = _target(command, item, to)
    before = _places(command)
    jumped = command.machine.jump(item.token_id, target.element)
    lost = _withdrawn(command, item, before, jumped)
    is_direct = _is_direct(command, item, resubmit, lost)
    command.machine.advance()
    own = command.parts.items.pop(item.token_id, None)
    whose = (command.actor or actor).in_whose_name.membership_id
    acted = {"closed_by": actor.membership_id, "holder": whose}
    close_item(tx, own or item.id, "returned", command.now, **acted)
    for child in command.parts.added.pop(item.id, ()):
        close_item(tx, child, "withdrawn", command.now)
    tx.remove(drafts, item_id=item.id)
    told = {
        "to": target.element,
        "toName": target.name,
        "reason": reason.strip(),
        "resubmit": DIRECT if is_direct else STEPS,
        "superseded": list(lost.records),
    }
    moved = close_command(command, Act("item.returned", item.element, item.id, told))
    new = next((o.item_id for o in moved.offered if o.token.node.id == target.element), None)
    if new is not None:
        ticket = {"resume_at": item.element, "resume_by": whose} if is_direct else {}
        _give_to(command, new, target, ticket)
    _tell(command, item, lost, target, reason)
    return target.element


def _opened(tx: Unit, world: World, actor: Actor, item_id: UUID) -> tuple[Command, Any]:
    command, item = open_item(tx, world, actor, item_id)
    check_turn(tx, command.actor or actor, item)
    check_person(command, item)
    if item.owner is not None:
        raise Conflict(
            "他人委派给您的待办只能交回，不能退回", "a delegated item is handed back only"
        )
    if item.parent_id is not None:
        raise Conflict("加签的待办只能填写意见，不能退回", "an added signer does not return a case")
    check_allowed(command, item, "return")
    return command, item


def _target(command: Command, item: Any, to: str) -> Target:
    found = targets_of(command, item)
    if to == PREVIOUS:
        chosen = [target for target in found if target.is_previous]
    elif to == APPLICANT:
        chosen = [target for target in found if target.is_applicants]
    else:
        chosen = [target for target in found if target.element == to]
    if not chosen:
        raise ReturnRefused(
            "流程不允许从此环节退回到该环节，或该环节还没有办理过",
            "the procedure allows no return to that step, or it was not done yet",
            source=item.element,
            target=to,
        )
    return chosen[0]


def _places(command: Command) -> dict[UUID, Waiting]:
    return {place.token.id: place for place in command.machine.waiting()}


def _withdrawn(command: Command, item: Any, before: dict[UUID, Waiting], jumped: Jump) -> Withdrawn:
    gone = [before[token_id] for token_id in before.keys() - _places(command).keys()]
    ids = {command.parts.items.get(place.token.id) for place in gone} - {None, item.id}
    items = [load_item(command.tx, item_id) for item_id in sorted(i for i in ids if i)]
    events = [p.token.node.name or p.token.node.id for p in gone if p.kind == "event"]
    return Withdrawn(items, sorted(events), _records(command, jumped.nodes), jumped.may_resume)


def _records(command: Command, nodes: frozenset[str]) -> list[str]:
    """The submissions of these steps: what is done anew stays in the file, superseded."""
    rows = command.tx.all(
        select(records.c.id)
        .where(
            records.c.tenant_id == TENANT,
            records.c.case_id == command.case.id,
            records.c.element.in_(sorted(nodes)),
            records.c.item_id.is_not(None),
        )
        .order_by(records.c.at, records.c.id)
    )
    return [str(row.id) for row in rows]


def _is_direct(command: Command, item: Any, asked: str, lost: Withdrawn) -> bool:
    node = command.bundle.node(item.element)
    assert node is not None
    rule = node.zeebe.properties.get(RESUBMIT, CHOOSE)
    wanted = asked if rule == CHOOSE else rule
    if wanted not in (STEPS, DIRECT):
        raise Invalid("重新提交的方式有误", "there is no such way to resubmit", code="resubmit")
    if wanted == DIRECT and not lost.may_resume:
        raise ReturnRefused(
            "此次退回会同时撤回其他分支的办理，不能直接送回本环节；请选择逐级重新办理",
            "other branches are withdrawn as well, so it cannot come straight back",
        )
    return wanted == DIRECT


def _give_to(command: Command, item_id: UUID, target: Target, ticket: dict[str, Any]) -> None:
    """Let who did the returned step have it again; those outside, whoever of them is there."""
    item = load_item(command.tx, item_id)
    doer = None if target.doer is None else load_actor(command.tx, target.doer)
    if ticket:
        command.tx.update(work_items, work_items.c.id == item_id, **ticket)
    if doer is not None and doer.capacity not in OUTSIDE and _may_do(command, item, doer):
        give(command, item, doer.membership_id)


def _may_do(command: Command, item: Any, who: Actor) -> bool:
    token = command.machine.token(item.token_id)
    node = command.bundle.node(item.element)
    return node is not None and why_barred(command, node, token, who) is None


def _tell(command: Command, item: Any, lost: Withdrawn, target: Target, reason: str) -> None:
    to = [person(target.doer)] if target.doer is not None else []
    said = reason.strip()
    tell(command, "returned", f"退回：{target.name}", to, [f"“{item.name}”退回", said])
    for other in lost.items:
        tell_withdrawn(command, "returned", other, f"“{item.name}”退回，您的待办已撤回", said)


def tell_withdrawn(command: Command, kind: str, item: Any, *lines: str) -> None:
    """Tell whoever an item was with, or was meant for by name, that it is withdrawn."""
    named = [one for one in item.candidates if one.startswith("person:")]
    to = [person(item.holder)] if item.holder is not None else named
    tell(command, kind, f"已撤回：{item.name}", to, lines)


def give_to_returner(command: Command, item: Any, moved: Any) -> None:
    """Let who returned the step have it again, if he still may act on it."""
    new = next((o.item_id for o in moved.offered if o.token.node.id == item.resume_at), None)
    who = None if item.resume_by is None else load_actor(command.tx, item.resume_by)
    if new is not None and who is not None:
        row = load_item(command.tx, new)
        if _may_do(command, row, who):
            give(command, row, who.membership_id)


def recall_item(tx: Unit, world: World, actor: Actor, item_id: UUID, reason: str = "") -> str:
    """Take back one's completion while nobody after has acted; returns the open item's id.

    The owner of a delegated item takes that back.
    """
    command, item = open_item(tx, world, actor, item_id)
    if item.owner == actor.membership_id and item.status == "claimed":
        take_back(command, item, reason)
        return str(item.id)
    node = _check_recall(command, actor, item)
    fact = _completion(command, item)
    opened = [load_item(tx, UUID(entry["item"])) for entry in fact.content["opened"]]
    _check_untouched(command, fact, opened)
    before = _places(command)
    source = opened[0].token_id if opened else _waiting_at_join(command, node)
    try:
        jumped = command.machine.jump(source, item.element)
    except ReturnRefused as refused:
        raise _too_late("您办理后各分支已经汇合，不能撤回；可以请下一环节退回") from refused
    _check_nothing_after(command, fact, jumped)
    lost = _withdrawn(command, item, before, jumped)
    superseded = [str(item.record_id)]
    told = {"reason": reason.strip(), "superseded": superseded}
    moved = close_command(command, Act("item.recalled", item.element, item.id, told))
    new = next(o.item_id for o in moved.offered if o.token.node.id == item.element)
    _reopen(command, item, new)
    for other in lost.items:
        tell_withdrawn(command, "recalled", other, f"“{item.name}”的办理人撤回了提交", reason)
    return str(new)


def _check_recall(command: Command, actor: Actor, item: Any) -> Node:
    node = check_allowed(command, item, "recall")
    if item.status != "completed" or item.closed_by != actor.membership_id:
        raise Forbidden("只能撤回本人的提交", "only what one has submitted oneself is taken back")
    if item.parent_id is not None or item.record_id is None:
        raise _too_late("加签意见提交后不能撤回")
    if is_personal(node):
        raise _too_late("签字后不能撤回")
    if node.loop is not None:
        raise _too_late("会签意见提交后不能撤回")
    return node


def _completion(command: Command, item: Any) -> Any:
    fact = command.tx.one(
        select(history)
        .where(
            history.c.tenant_id == TENANT,
            history.c.case_id == command.case.id,
            history.c.item_id == item.id,
            history.c.kind == "item.completed",
        )
        .order_by(history.c.seq.desc())
        .limit(1)
    )
    if fact is None:
        raise _too_late("此提交不能撤回")
    return fact


def _check_untouched(command: Command, fact: Any, opened: Sequence[Any]) -> None:
    for after in opened:
        if after.status not in ("offered", "claimed") or after.owner is not None:
            raise _too_late("下一环节已经办理，不能撤回")
        if command.parts.added.get(after.id):
            raise _too_late("下一环节已经加签，不能撤回")
    for element, *_flows in fact.content["passed"]:
        node = command.bundle.node(element)
        if node is not None and node.kind in _LASTING:
            raise _too_late(f"提交后已自动完成“{node.name or node.id}”，不能撤回")


def _check_nothing_after(command: Command, fact: Any, jumped: Jump) -> None:
    rows = command.tx.all(
        select(history.c.content).where(
            history.c.tenant_id == TENANT,
            history.c.case_id == command.case.id,
            history.c.seq > fact.seq,
        )
    )
    passed = {step[0] for row in rows for step in (row.content or {}).get("passed", ())}
    if passed & jumped.nodes:
        raise _too_late("提交之后流程已继续，不能撤回")


def _waiting_at_join(command: Command, node: Node) -> UUID:
    """The token of a completion that waits for the other branches."""
    flows = set(node.outgoing)
    for token in command.machine.tokens():
        if flows & set(token.node.incoming):
            return token.id
    raise _too_late("提交之后流程已继续，不能撤回")


def _reopen(command: Command, item: Any, new: UUID) -> None:
    row, own = load_item(command.tx, new), command.actor
    assert own is not None
    give(command, row, own.membership_id)
    record = command.tx.get(records, item.record_id)
    assert record is not None
    command.tx.insert(
        drafts,
        item_id=new,
        owner=own.membership_id,
        content=dict(record.content),
        revision=1,
        saved_at=command.now,
    )


def _too_late(zh: str) -> Conflict:
    return Conflict(zh, "it is too late to take the submission back", code="too_late")
