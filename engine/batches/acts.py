"""Batches: cases that wait at the same kind of step, handled by one act, each with its result.

State machine, verb: source → target. create: → open · add, remove: open → open ·
freeze: open → frozen · act: open|frozen → running · the last case is handled: running → done ·
retry: done → running. A case of a batch: joined → queued → done|failed, failed → queued.
An act is recorded and queued in one transaction; each case is then a command of its own.

What somebody typed is submitted in his name only: the act of one person is retried by that person,
anybody else gives values of his own.

Beside the values of its form a step that is handled in a batch is given the batch's number as
``batch``, and whatever the act gives it (a draw: who was drawn). Nobody can type these in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import Actor
from engine.batches.standing import drawn_before
from engine.batches.work import (
    DONE,
    FAILED,
    FROZEN,
    JOINED,
    OPEN,
    QUEUED,
    RUNNING,
    do_batch_case,
    lock_batch,
    rows_of,
)
from engine.cases.lifecycle import next_number
from engine.cases.records import attachment_ids
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.office import local_date
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import attachments, batch_acts, batch_cases, batches, work_items
from engine.timing.dispatch import schedule
from engine.work_items.turns import load_item, may_work_on
from engine.world import World

GATHERING = (OPEN, FROZEN)
MOST_CASES = 2_000


@dataclass(frozen=True)
class BatchAct:
    """What is done to every case of a batch.

    ``common`` and ``per_case`` fill in the form, a case's own values first; ``given`` are facts of
    a case that no form asks for; ``uploads`` are files that came with an earlier try of this act.
    """

    act: str
    common: Mapping[str, Any] = field(default_factory=dict)
    per_case: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)
    given: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)
    uploads: frozenset[str] = frozenset()

    def of(self, case_id: UUID) -> dict[str, Any]:
        """The form values and the facts for one case."""
        return {
            "values": {**self.common, **self.per_case.get(case_id, {})},
            "given": dict(self.given.get(case_id, {})),
        }


def create_batch(
    tx: Unit, world: World, actor: Actor, kind: str, title: str, *, items: Sequence[UUID] = ()
) -> UUID:
    """A new batch of a kind with the cases of these items; returns its id."""
    if not title.strip() or len(title) > 200:
        raise Invalid(
            "请填写批次名称，不超过 200 个字",
            "a batch needs a title of at most 200 characters",
            errors=[{"field": "title", "message": "请填写，不超过 200 个字"}],
        )
    now = world.clock.now()
    year = local_date(world.offices.get(tx), now).year
    batch_id = tx.insert(
        batches,
        kind=kind,
        number=f"{year}-{next_number(tx, f'batch:{year}'):04}",
        title=title.strip(),
        status=OPEN,
        created_by=actor.membership_id,
        created_at=now,
    )
    add_cases(tx, actor, batch_id, items)
    return batch_id


def add_cases(tx: Unit, actor: Actor, batch_id: UUID, items: Sequence[UUID]) -> None:
    """Let the cases of these items join; nothing is added when one of them may not."""
    batch = lock_batch(tx, batch_id, (OPEN,))
    here = {row.item_id: row.case_id for row in rows_of(tx, batch_id)}
    new = [item for item in dict.fromkeys(items) if item not in here]
    if len(here) + len(new) > MOST_CASES:
        raise Invalid(
            f"一个批次最多 {MOST_CASES} 件",
            "the batch is full",
            code="batch_full",
            limit=MOST_CASES,
        )
    elsewhere = _gathered(tx, new)
    for item_id in new:
        item = load_item(tx, item_id)
        _check_joining(actor, batch, item)
        if item_id in elsewhere or item.case_id in here.values():
            number = elsewhere.get(item_id, batch.number)
            raise Conflict(
                f"该办件已在批次 {number} 中", "the case is in a batch already", batch=number
            )
        _check_not_drawn(tx, batch.kind, item)
        here[item_id] = item.case_id
        tx.insert(
            batch_cases,
            batch_id=batch_id,
            case_id=item.case_id,
            item_id=item_id,
            status=JOINED,
            message="",
        )


def remove_case(tx: Unit, actor: Actor, batch_id: UUID, case_id: UUID) -> None:
    """Let a case leave a batch that has not been acted on.

    Who gathered the batch takes out any case, others those whose item is or was offered to them.
    """
    batch = lock_batch(tx, batch_id, (OPEN,))
    row = next((r for r in rows_of(tx, batch_id) if r.case_id == case_id), None)
    if row is None:
        raise NotFound("批次中没有此办件", "the case is not in this batch")
    if not (actor.may_act and _concerns(tx, actor, batch, row)):
        raise Forbidden("此待办未分派给您", "this item is not offered to you")
    tx.delete(batch_cases, batch_cases.c.id == row.id)


def freeze_batch(tx: Unit, actor: Actor, batch_id: UUID) -> list[UUID]:
    """Fix who is in the batch; returns its cases. After this nobody joins and nobody leaves.

    Cases that cannot be handled any more leave before.
    """
    lock_batch(tx, batch_id, (OPEN,))
    hindered = [row.id for row in rows_of(tx, batch_id) if _hindrance(tx, actor, row)]
    if hindered:
        tx.delete(batch_cases, batch_cases.c.id.in_(hindered))
    rows = rows_of(tx, batch_id)
    if not rows:
        raise _nothing_to_do()
    tx.update(batches, batches.c.id == batch_id, status=FROZEN)
    return [row.case_id for row in rows]


def act_on_batch(tx: Unit, world: World, actor: Actor, batch_id: UUID, act: BatchAct) -> UUID:
    """Record an act and queue one command per case; returns the act's id.

    A case that the person may not or cannot handle any more is failed at once, with the reason;
    when that is so for all of them nothing happens.
    """
    batch = lock_batch(tx, batch_id, GATHERING)
    unknown = set(act.per_case) | set(act.given)
    unknown -= {row.case_id for row in rows_of(tx, batch_id)}
    if unknown:
        zh, en = "批次中没有此办件", "the case is not in this batch"
        wrong = [{"field": f"cases.{case}", "message": zh} for case in sorted(unknown)]
        raise Invalid(zh, en, errors=wrong)
    return _queue(tx, world, actor, batch, act, JOINED)


def retry_batch(
    tx: Unit, world: World, actor: Actor, batch_id: UUID, own: BatchAct | None = None
) -> UUID:
    """Handle the failed cases of a batch again; returns the act's id.

    Who acted last may do it with the same values; everybody gives his ``own``. What a case was
    given beside its form, such as its rank in a draw, stays.
    """
    batch = lock_batch(tx, batch_id, (DONE,))
    last = _last_act(tx, batch_id)
    failed = {r.case_id: r.content for r in rows_of(tx, batch_id) if r.status == FAILED}
    given = {case_id: content["given"] for case_id, content in failed.items()}
    if own is None and last.by != actor.membership_id:
        raise Forbidden(
            "只有原办理人可以按原内容重新办理；请填写您自己的内容",
            "only who acted may repeat the act; give values of your own",
            code="words_of_another",
        )
    if own is None:
        same = {case_id: content["values"] for case_id, content in failed.items()}
        uploads = frozenset(f for content in failed.values() for f in content["uploads"])
        own = BatchAct(last.act, per_case=same, uploads=uploads)
    again = BatchAct(last.act, own.common, own.per_case, given, own.uploads)
    return _queue(tx, world, actor, batch, again, FAILED)


def last_doer(tx: Unit, batch_id: UUID) -> UUID | None:
    """Who acted last on a batch, or None."""
    last = _last_act(tx, batch_id)
    return None if last is None else last.by


BATCH_DOERS = {"batch": do_batch_case}


def batch_of_case(tx: Unit, case_id: UUID, number: str) -> UUID | None:
    """The batch with this number in which the case is being or was handled, or None."""
    found: UUID | None = tx.scalar(
        select(batches.c.id)
        .join(
            batch_cases,
            (batch_cases.c.tenant_id == batches.c.tenant_id)
            & (batch_cases.c.batch_id == batches.c.id),
        )
        .where(
            batches.c.tenant_id == TENANT,
            batches.c.number == number,
            batch_cases.c.case_id == case_id,
            batch_cases.c.status.in_((QUEUED, DONE)),
        )
    )
    return found


def _concerns(tx: Unit, actor: Actor, batch: Any, row: Any) -> bool:
    if batch.created_by == actor.membership_id:
        return True
    item = tx.get(work_items, row.item_id)
    return item is not None and bool(set(actor.principals) & set(item.candidates))


def _check_joining(actor: Actor, batch: Any, item: Any) -> None:
    if item.batch != batch.kind:
        raise Invalid(
            f"“{item.name}”不能按此批次办理",
            "the item is of another kind of batch",
            code="batch_kind",
        )
    if item.status not in ("offered", "claimed"):
        raise Conflict("待办已经办理", "the item is over", status=item.status)
    if not may_work_on(actor, item):
        raise Forbidden("此待办未分派给您", "this item is not offered to you")


def _check_not_drawn(tx: Unit, kind: str, item: Any) -> None:
    """A case that was drawn once is not drawn again, in whatever batch."""
    drawn = drawn_before(tx, item.case_id, kind)
    if drawn is not None:
        raise Conflict(
            f"该办件已在批次 {drawn.number} 中抽取，抽取结果不变，请在该批次中重新办理",
            "the case has been drawn; a draw is final",
            code="drawn_before",
            batch=drawn.number,
            draw=str(drawn.draw),
        )


def _gathered(tx: Unit, items: Sequence[UUID]) -> dict[UUID, str]:
    """Which of the items are in a batch that has not been acted on, by the batch's number."""
    rows = tx.all(
        select(batch_cases.c.item_id, batches.c.number)
        .join(
            batches,
            (batches.c.tenant_id == batch_cases.c.tenant_id)
            & (batches.c.id == batch_cases.c.batch_id),
        )
        .where(
            batch_cases.c.tenant_id == TENANT,
            batch_cases.c.item_id.in_(list(items)),
            batches.c.status.in_(GATHERING),
        )
    )
    return {row.item_id: row.number for row in rows}


def _queue(tx: Unit, world: World, actor: Actor, batch: Any, act: BatchAct, taken: str) -> UUID:
    now = world.clock.now()
    act_id = tx.insert(
        batch_acts,
        batch_id=batch.id,
        act=act.act,
        content={"common": dict(act.common)},
        by=actor.membership_id,
        at=now,
    )
    rows = [row for row in rows_of(tx, batch.id) if row.status == taken]
    content = {"act": str(act_id), "uploads": sorted(act.uploads | _uploads(tx, actor, act))}
    queued = [
        # due a moment ago, one after the other, so that they are handled in their order
        _queue_case(
            tx, actor, row, {**act.of(row.case_id), **content}, now - timedelta(microseconds=behind)
        )
        for behind, row in zip(range(len(rows), 0, -1), rows, strict=True)
    ]
    if not any(queued):
        raise _nothing_to_do()
    tx.update(batches, batches.c.id == batch.id, status=RUNNING, acted_at=now)
    return act_id


def _uploads(tx: Unit, actor: Actor, act: BatchAct) -> frozenset[str]:
    """The files an act names that the person has uploaded for it: no case has them yet."""
    rows = tx.all(
        select(attachments.c.id).where(
            attachments.c.tenant_id == TENANT,
            attachments.c.id.in_(set(attachment_ids([act.common, *act.per_case.values()]))),
            attachments.c.uploaded_by == actor.membership_id,
            attachments.c.case_id.is_(None),
        )
    )
    return frozenset(str(row.id) for row in rows)


def _queue_case(
    tx: Unit, actor: Actor, row: Any, content: Mapping[str, Any], due_at: datetime
) -> bool:
    item = tx.get(work_items, row.item_id)
    hindrance = _hindrance(tx, actor, row)
    tx.update(
        batch_cases,
        batch_cases.c.id == row.id,
        status=FAILED if hindrance else QUEUED,
        message=hindrance,
        content={**content, "revision": 0 if item is None else item.revision},
    )
    if not hindrance:
        schedule(tx, "batch", row.id, due_at)
    return not hindrance


def _hindrance(tx: Unit, actor: Actor, row: Any) -> str:
    """Why the person cannot handle a case of the batch now; empty when nothing hinders."""
    item = tx.get(work_items, row.item_id)
    if item is None or item.status not in ("offered", "claimed"):
        return "待办已经办理或流转"
    if not may_work_on(actor, item):
        return "待办已由他人认领" if item.holder is not None else "待办未分派给办理人"
    return ""


def _last_act(tx: Unit, batch_id: UUID) -> Any:
    return tx.one(
        select(batch_acts)
        .where(batch_acts.c.tenant_id == TENANT, batch_acts.c.batch_id == batch_id)
        .order_by(batch_acts.c.at.desc(), batch_acts.c.id.desc())
        .limit(1)
    )


def _nothing_to_do() -> Conflict:
    return Conflict(
        "批次中没有您可以办理的办件", "no case of the batch is yours to handle", code="empty_batch"
    )
