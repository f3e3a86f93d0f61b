"""Work items: claim, release, save a draft, complete (research: office work).

State machine, verb: source → target, who:
claim: offered → claimed, candidate · release: claimed → offered, holder ·
draft: offered|claimed → same, candidate or holder · complete: offered|claimed → completed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from engine.actors import Actor
from engine.answers import earlier_answer, keep_answer, request_digest
from engine.batches.standing import given_by_draw
from engine.canonical import storable
from engine.cases.command import AFTER_COMMIT, BEFORE_COMMIT, Command, open_case
from engine.cases.records import add_record
from engine.cases.scopes import by_reference
from engine.cases.submissions import Submission, check_submission
from engine.cases.sync import close_command, close_item
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.forms.model import Form
from engine.history import Act
from engine.spiff.host import Token
from engine.store.database import Database, Unit
from engine.store.metadata import TENANT
from engine.store.prepared import Answer
from engine.store.tables import (
    cases,
    drafts,
    incidents,
    item_candidates,
    records,
    work_items,
)
from engine.timing.deadlines import FAR
from engine.work_items.lists import may_see
from engine.work_items.refusals import over, taken
from engine.work_items.signing import check_signed, stored
from engine.world import World

MAX_DRAFT = 1_000_000


@dataclass(frozen=True)
class Completion:
    """The answer to a completion; ``incident`` is set when the item got stuck (answer 202)."""

    item: str
    case: str
    record: str
    case_status: str
    incident: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The answer as stored and sent."""
        return dict(vars(self))


class AdvanceFailed(Exception):
    """The submission is good but the case could not move on; the cause is chained."""


def load_item(tx: Unit, item_id: UUID) -> Any:
    """The row of a work item; NotFound for another tenant's."""
    return _found(tx.ask_for(work_items, item_id), item_id)


def _found(asked: Answer, item_id: UUID) -> Any:
    for row in asked.rows:
        return row
    raise _unknown(item_id)


def _known_item(tx: Unit, actor: Actor, item: Any) -> Any:
    """The item; NotFound for those who may not know of its case."""
    if not _concerns(actor, item) and not may_see(tx, actor, tx.get(cases, item.case_id)):
        raise _unknown(item.id)
    return item


def _concerns(actor: Actor, item: Any) -> bool:
    """Whether the item is with the person, or was ever offered to him."""
    return bool(item.holder == actor.membership_id or set(actor.principals) & set(item.candidates))


def _unknown(item_id: UUID) -> NotFound:
    return NotFound("待办不存在", "there is no such work item", item=str(item_id))


def may_work_on(actor: Actor, item: Any) -> bool:
    """True for the holder and, while the item is offered, for its candidates."""
    if not actor.may_act:
        return False
    if item.holder is not None:
        return bool(item.holder == actor.membership_id)
    return bool(set(actor.principals) & set(item.candidates))


def _check_turn(tx: Unit, actor: Actor, item: Any) -> None:
    """Raise unless it is for this person to act on the item, now.

    Who it was never offered to is told nothing about it.
    """
    if not (actor.may_act and _concerns(actor, item)):
        raise Forbidden("此待办未分派给您", "this item is not offered to you")
    if item.status not in ("offered", "claimed"):
        raise over(tx, item)
    if not may_work_on(actor, item):
        raise taken(tx, item)


def claim_item(tx: Unit, world: World, actor: Actor, item_id: UUID) -> int:
    """Take an offered item; returns its new revision. Conflict says who was faster."""
    command, item = open_item(tx, world, actor, item_id)
    _check_turn(tx, actor, item)
    if item.status == "claimed":
        return int(item.revision)
    return _hold(command, item, actor.membership_id, Act("item.claimed", item.element, item.id))


def release_item(tx: Unit, world: World, actor: Actor, item_id: UUID) -> int:
    """Give an item back to its group; returns its new revision."""
    command, item = open_item(tx, world, actor, item_id)
    if item.status != "claimed" or item.holder != actor.membership_id:
        raise Conflict("只有认领人可以释放", "only its holder may release the item")
    return _hold(command, item, None, Act("item.released", item.element, item.id))


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
    item = tx.get(work_items, item_id, lock=True)  # two windows may save at once
    if item is None:
        raise _unknown(item_id)
    _known_item(tx, actor, item)
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


def complete_item(
    db: Database,
    world: World,
    actor: Actor,
    item_id: UUID,
    revision: int,
    submitted: Mapping[str, Any],
    *,
    key: str | None = None,
) -> Completion:
    """Complete an item that asks for no signature; see :func:`hand_in`."""
    return hand_in(db, world, actor, Submission(item_id, revision, submitted), key=key)


def hand_in(
    db: Database, world: World, actor: Actor, handed: Submission, *, key: str | None = None
) -> Completion:
    """Complete an item: record, advance, next items, history, all in one transaction.

    The same key again gives the stored answer. When only the advance fails, a second transaction
    keeps the record, the item becomes stuck and an incident is raised: no work is lost.
    """
    request = request_of(handed)
    try:
        with db.tenant(actor.tenant_id) as tx:
            item = tx.ask_for(work_items, handed.item_id)
            earlier = earlier_answer(tx, actor.account_id, key, request)
            if earlier is not None:
                return Completion(**earlier)
            answer = complete_in(tx, world, actor, handed, item)
            keep_answer(tx, actor.account_id, key, request, answer.as_json(), world.clock.now())
            world.mark(BEFORE_COMMIT)
        world.mark(AFTER_COMMIT)
        return answer
    except AdvanceFailed as failed:
        cause = failed.__cause__
        assert isinstance(cause, Exception)
        with db.tenant(actor.tenant_id) as tx:
            earlier = earlier_answer(tx, actor.account_id, key, request)
            if earlier is not None:
                return Completion(**earlier)
            answer = _keep_stuck(tx, world, actor, handed, cause)
            keep_answer(tx, actor.account_id, key, request, answer.as_json(), world.clock.now())
            return answer


def request_of(handed: Submission) -> str:
    """What tells whether a completion is asked for once more."""
    return request_digest(f"complete {handed.item_id}", dict(handed.values))


def complete_in(
    tx: Unit, world: World, actor: Actor, handed: Submission, asked: Answer | None = None
) -> Completion:
    """Complete an item within a unit of work; AdvanceFailed when the case cannot move on.

    ``asked`` is the item, where it was asked for together with something else.
    """
    asked = asked or tx.ask_for(work_items, handed.item_id)
    command, item = open_item(tx, world, actor, handed.item_id, asked)
    given = handed.given or given_by_draw(tx, item)
    values, record = _accept(command, item, actor, handed)
    try:
        command.finish_item(item.token_id, {**by_reference(values, record), **(given or {})})
        command.machine.advance()
        close_item(
            tx,
            item.id,
            "completed",
            command.now,
            closed_by=actor.membership_id,
            record_id=record,
            holder=actor.membership_id,
        )
        told = _told(record, handed) | ({"given": dict(given)} if given else {})
        close_command(command, Act("item.completed", item.element, item.id, told))
    except (OperationalError, Conflict):
        raise  # the database has trouble or somebody was faster: nothing is wrong with the case
    except Exception as error:
        raise AdvanceFailed from error
    tx.remove(drafts, item_id=item.id)
    return Completion(str(item.id), str(item.case_id), str(record), command.status)


def open_item(
    tx: Unit, world: World, actor: Actor, item_id: UUID, asked: Answer | None = None
) -> tuple[Command, Any]:
    """Lock order: case, then item. An item that was ``asked`` for need not be read twice."""
    item = _known_item(tx, actor, _found(asked or tx.ask_for(work_items, item_id), item_id))
    command = open_case(tx, world, item.case_id, actor)
    if asked is None or command.parts.revisions.get(item_id) != item.revision:
        item = load_item(tx, item_id)  # it may have changed before the case was ours
    return command, item


def _told(record: UUID, handed: Submission) -> dict[str, Any]:
    """What history tells of a submission, whatever came of it."""
    signed = handed.signed
    return {"record": str(record)} | ({"endorsement": dict(signed.told)} if signed else {})


def _accept(
    command: Command, item: Any, actor: Actor, handed: Submission
) -> tuple[dict[str, Any], UUID]:
    token, form, values = check_handed(command, item, actor, handed)
    check_signed(command, token, actor, handed.signed)
    record = add_record(command, item.element, form, values, item.id, handed.signed)
    if handed.signed is not None:
        handed.signed.keep(command.tx, stored(item, record, token.node, actor))
    return values, record


def check_handed(
    command: Command, item: Any, actor: Actor, handed: Submission
) -> tuple[Token, Form, dict[str, Any]]:
    """The token, the form and the cleaned values; raises unless they can be handed in now."""
    _check_turn(command.tx, actor, item)
    if item.revision != handed.revision:
        raise Conflict(
            "待办在您打开后已有变化，请刷新后再办理",
            "the item has changed since it was opened",
            revision=item.revision,
        )
    token = command.machine.token(item.token_id)
    if token is None:
        raise over(command.tx, item)
    if not item.form:
        raise Invalid("此环节没有表单", "this step has no form")
    form = command.bundle.form(item.form)
    return token, form, check_submission(command, form, handed.values, token.node, token.scopes)


def _keep_stuck(
    tx: Unit,
    world: World,
    actor: Actor,
    handed: Submission,
    error: Exception,
) -> Completion:
    """Keep the record of a completion whose advance failed, and raise an incident."""
    command, item = open_item(tx, world, actor, handed.item_id)
    _values, record = _accept(command, item, actor, handed)
    token = command.machine.token(item.token_id)
    assert token is not None
    tx.update(
        work_items,
        work_items.c.id == item.id,
        status="stuck",
        holder=actor.membership_id,
        record_id=record,
        revision=item.revision + 1,
    )
    tx.delete(item_candidates, item_candidates.c.item_id == item.id)
    tx.remove(drafts, item_id=item.id)
    command.raise_incident(token.node, error, token_id=item.token_id, item_id=item.id)
    close_command(command, Act("item.stuck", item.element, item.id, _told(record, handed)))
    incident = tx.scalar(
        select(incidents.c.id).where(
            incidents.c.tenant_id == TENANT,
            incidents.c.item_id == item.id,
            incidents.c.closed_at.is_(None),
        )
    )
    return Completion(
        str(item.id), str(item.case_id), str(record), command.case.status, str(incident)
    )


def finish_stuck(command: Command, item: Any) -> None:
    """Try again to move on from a stuck item, with the record that was kept."""
    record = command.tx.get(records, item.record_id)
    assert record is not None
    command.finish_item(item.token_id, by_reference(record.content, record.id))
    command.machine.advance()
    close_item(command.tx, item.id, "completed", command.now, closed_by=item.holder)


def _hold(command: Command, item: Any, holder: UUID | None, act: Act) -> int:
    tx = command.tx
    tx.update(
        work_items,
        work_items.c.id == item.id,
        status="offered" if holder is None else "claimed",
        holder=holder,
        claimed_at=None if holder is None else command.now,
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
