"""Work items: whose turn it is, and completing one (the verbs: ``work_items/vocabulary.py``)."""

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
from engine.cases.command import AFTER_COMMIT, BEFORE_COMMIT, Command
from engine.cases.records import add_record
from engine.cases.scopes import by_reference
from engine.cases.submissions import Submission, check_submission
from engine.cases.sync import close_command, close_item
from engine.errors import Conflict, Invalid
from engine.forms.model import Form
from engine.history import Act
from engine.spiff.host import Token
from engine.store.database import Database, Unit
from engine.store.metadata import TENANT
from engine.store.prepared import Answer
from engine.store.tables import (
    drafts,
    incidents,
    item_candidates,
    work_items,
)
from engine.work_items.adding import check_answered, close_answer, form_of, wait_for
from engine.work_items.barring import check_person
from engine.work_items.finishing import finish_kept
from engine.work_items.handing_on import hand_back
from engine.work_items.refusals import over
from engine.work_items.returning import give_to_returner, tell_withdrawn
from engine.work_items.signing import check_signed, stored
from engine.work_items.telling import person, tell
from engine.work_items.turns import check_turn, load_item, open_item
from engine.world import World


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
    actor = command.actor or actor
    if item.parent_id is not None:
        return _answer_added(command, item, handed)
    if item.owner is not None:
        return _give_back(command, item, handed)
    awaited = check_answered(command, item)
    given = handed.given or given_by_draw(tx, item)
    values, record = _accept(command, item, actor, handed)
    if awaited:
        wait_for(command, item, record, awaited)
        return Completion(str(item.id), str(item.case_id), str(record), command.status)
    try:
        variables = {**by_reference(values, record), **(given or {})}
        command.finish_item(item.token_id, variables, item.resume_at)
        command.machine.advance()
        close_item(
            tx,
            item.id,
            "completed",
            command.now,
            closed_by=actor.membership_id,
            record_id=record,
            holder=actor.in_whose_name.membership_id,
        )
        told = _told(record, handed) | ({"given": dict(given)} if given else {})
        moved = close_command(command, Act("item.completed", item.element, item.id, told))
        if item.resume_at:
            give_to_returner(command, item, moved)
        for other in moved.gone:  # what was decided without them is told to the rest
            said = f"“{item.name}”已有结果，您无需再办理"
            tell_withdrawn(command, "decided", load_item(tx, other), said)
    except (OperationalError, Conflict):
        raise  # the database has trouble or somebody was faster: nothing is wrong with the case
    except Exception as error:
        raise AdvanceFailed from error
    tx.remove(drafts, item_id=item.id)
    return Completion(str(item.id), str(item.case_id), str(record), command.status)


def _give_back(command: Command, item: Any, handed: Submission) -> Completion:
    """What the delegate has filled in is a record of the case; its owner still completes."""
    assert command.actor is not None
    values, record = _accept(command, item, command.actor, handed)
    hand_back(command, item, record, values)
    return Completion(str(item.id), str(item.case_id), str(record), command.status)


def _answer_added(command: Command, item: Any, handed: Submission) -> Completion:
    """An added signer has answered; with the last answer the item it belongs to goes on."""
    assert command.actor is not None
    _values, record = _accept(command, item, command.actor, handed)
    parent = load_item(command.tx, item.parent_id)
    is_last = close_answer(command, item, record) and parent.status == "awaiting"
    content = {"record": str(record), "parent": str(parent.id)}
    act = Act("item.signed", item.element, item.id, content)
    if is_last:
        try:
            finish_kept(command, parent)
            told = {**content, "concludes": str(parent.id)}
            close_command(command, Act(act.kind, act.element, act.item_id, told))
        except (OperationalError, Conflict):
            raise
        except Exception as error:
            raise AdvanceFailed from error
    else:
        command.conclude(
            Act(act.kind, act.element, act.item_id, {**content, "records": command.records})
        )
        tell(command, "added", f"加签意见已答复：{parent.name}", [person(parent.holder)])
    return Completion(str(item.id), str(item.case_id), str(record), command.status)


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
    check_turn(command.tx, actor, item)
    check_person(command, item)
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
    form = form_of(command.bundle, item)
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
    actor = command.actor or actor
    _values, record = _accept(command, item, actor, handed)
    token = command.machine.token(item.token_id)
    assert token is not None
    if item.parent_id is not None:  # the opinion is there; what cannot go on is what waited for it
        close_answer(command, item, record)
        item, record = (parent := load_item(tx, item.parent_id)), parent.record_id
    tx.update(
        work_items,
        work_items.c.id == item.id,
        status="stuck",
        holder=item.holder or actor.in_whose_name.membership_id,
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
