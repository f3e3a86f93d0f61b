"""One case of a batch at a time: its item is completed in the name of who acted on the batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from engine.actors import load_actor
from engine.batches.standing import BATCH_FACT, is_drawn_batch
from engine.cases.command import lock_case
from engine.cases.records import attachment_ids
from engine.cases.submissions import Submission
from engine.errors import Conflict, Forbidden, LuchengError, NotFound
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import attachments, batch_acts, batch_cases, batches, work_items
from engine.timing.dispatch import Due, finish
from engine.work_items.items import AdvanceFailed, complete_in
from engine.world import World

OPEN, FROZEN, RUNNING, DONE = "open", "frozen", "running", "done"
JOINED, QUEUED, FAILED = "joined", "queued", "failed"

_STANDS = {OPEN: "尚未办理", FROZEN: "名单已冻结", RUNNING: "正在办理", DONE: "已经办理"}


def lock_batch(tx: Unit, batch_id: UUID, statuses: Sequence[str]) -> Any:
    """The batch, locked, when it is in one of these statuses; Conflict says where it stands."""
    batch = tx.get(batches, batch_id, lock=True)
    if batch is None:
        raise NotFound("批次不存在", "there is no such batch")
    if batch.status not in statuses:
        raise Conflict(
            f"批次{_STANDS[batch.status]}", f"the batch is {batch.status}", status=batch.status
        )
    return batch


def rows_of(tx: Unit, batch_id: UUID) -> Sequence[Any]:
    """The cases of a batch, the oldest case first."""
    return tx.all(
        select(batch_cases)
        .where(batch_cases.c.tenant_id == TENANT, batch_cases.c.batch_id == batch_id)
        .order_by(batch_cases.c.case_id)
    )


def do_batch_case(tx: Unit, world: World, due: Due) -> None:
    """Complete the item of one case; its result stands on the row, done or failed with the reason.

    Doing it twice does nothing: a row that is not queued is left alone.
    """
    row = tx.get(batch_cases, due.ref_id)
    if row is not None:
        lock_case(tx, row.case_id)  # lock order: case, then batch
        row = tx.get(batch_cases, due.ref_id)
    if row is not None and row.status == QUEUED:
        status, message = DONE, ""
        try:
            with tx.savepoint():
                _complete(tx, world, row)
        except SQLAlchemyError:
            raise
        except Exception as error:
            # Whatever stops one case, the others go on and the person reads why.
            status, message = FAILED, _reason(error)
        tx.update(batch_cases, batch_cases.c.id == row.id, status=status, message=message)
        _settle(tx, row.batch_id)
    finish(tx, due)


def _complete(tx: Unit, world: World, row: Any) -> None:
    batch, act = tx.get(batches, row.batch_id), tx.get(batch_acts, UUID(row.content["act"]))
    assert batch is not None
    assert act is not None
    actor = load_actor(tx, act.by)
    if actor is None:
        raise Forbidden("办理人已停用", "who acted is no longer active")
    submitted = _with_own_files(tx, row)
    given = {**row.content["given"], BATCH_FACT: batch.number}
    try:
        complete_in(tx, world, actor, Submission(row.item_id, _revision(tx, row), submitted, given))
    except AdvanceFailed as failed:
        raise (failed.__cause__ or failed) from None  # what stopped the case is the reason


def _revision(tx: Unit, row: Any) -> int:
    """The revision the person has seen; once a draw is made nobody can hinder it by a claim."""
    seen: int = row.content["revision"]
    item = tx.get(work_items, row.item_id) if is_drawn_batch(tx, row.batch_id) else None
    return seen if item is None else int(item.revision)


def _with_own_files(tx: Unit, row: Any) -> dict[str, Any]:
    """The values with a file of its own for every case: one upload serves the whole batch."""
    values: Mapping[str, Any] = row.content["values"]
    copies: dict[str, str] = {}
    for file_id in attachment_ids(values):
        file = tx.get(attachments, file_id)
        if file is None or file.case_id in (None, row.case_id):
            continue
        # What a case had before, or what somebody else has uploaded, stays with its case.
        is_ours = str(file_id) in row.content["uploads"]
        here = {member.case_id for member in rows_of(tx, row.batch_id)}
        if not is_ours or file.case_id not in here:
            raise Forbidden("附件属于其他办件", "the attachment belongs to another case")
        copy = {name: value for name, value in file._mapping.items() if name != "id"}
        copies[str(file_id)] = str(tx.insert(attachments, **{**copy, "case_id": row.case_id}))
    return {name: _replaced(value, copies) for name, value in values.items()}


def _replaced(value: Any, copies: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _replaced(inner, copies) for name, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, copies) for inner in value]
    return copies.get(value, value) if isinstance(value, str) else value


def _settle(tx: Unit, batch_id: UUID) -> None:
    """Close the batch when its last case was handled."""
    tx.get(batches, batch_id, lock=True)
    waiting = tx.scalar(
        select(func.count())
        .select_from(batch_cases)
        .where(
            batch_cases.c.tenant_id == TENANT,
            batch_cases.c.batch_id == batch_id,
            batch_cases.c.status == QUEUED,
        )
    )
    if not waiting:
        tx.update(batches, batches.c.id == batch_id, status=DONE)


def _reason(error: Exception) -> str:
    """The reason of a failure as the person who acted reads it, wrong fields included."""
    if not isinstance(error, LuchengError):
        return f"系统内部错误（{type(error).__name__}）"
    wrong = error.facts.get("errors")
    if not isinstance(wrong, list):
        return error.zh
    told = [str(entry.get("message", "")) for entry in wrong if isinstance(entry, Mapping)]
    return "；".join([error.zh, *(text for text in told[:5] if text)])
