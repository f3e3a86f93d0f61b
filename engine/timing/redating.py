"""After a tenant's calendar has changed: open deadlines are computed again, a batch at a time.

Each batch of cases is one dispatch row, and the row names the case before the batch: no list of
cases is kept anywhere, a node that dies loses nothing, and doing a batch again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from engine.cases.command import OPEN, SUSPENDED, Command, lock_case
from engine.definitions.bundles import Bundle
from engine.history import Act
from engine.ids import new_id
from engine.store.database import Unit
from engine.store.metadata import TENANT
from engine.store.tables import cases
from engine.timing.dispatch import Due, finish, hurry, schedule
from engine.timing.running_time import Shift, load_stops, redate, shifts
from engine.work_items import overdue
from engine.world import World

KIND = "redate"
ACT = "case.redated"
AT_ONCE = 50
"""Cases locked and dated anew in one transaction."""
_LOW = (1 << 64) - 1
"""The part of an id that says no time: such an id comes before those of all cases."""

log = structlog.get_logger(__name__)


def begin(tx: Unit, now: datetime) -> None:
    """Have every open deadline of the tenant computed again.

    Each change has a row of its own, so none is lost while the batches of another are done.
    """
    schedule(tx, KIND, UUID(int=new_id().int & _LOW), now)


def redate_batch(tx: Unit, world: World, due: Due) -> None:
    """Date the next cases anew and leave the rest to the next batch."""
    now = world.clock.now()
    batch = _cases_after(tx, due.ref_id)
    moved = [_redate_safely(tx, world, case_id) for case_id in batch]
    finish(tx, due)
    if any(moved):
        hurry(tx, overdue.KIND, [tx.tenant_id], now)  # what is overdue may be so earlier now
    if len(batch) == AT_ONCE:
        schedule(tx, KIND, batch[-1], now)


def _cases_after(tx: Unit, case_id: UUID) -> list[UUID]:
    rows = tx.all(
        select(cases.c.id)
        .where(
            cases.c.tenant_id == TENANT,
            cases.c.id > case_id,
            cases.c.status.in_((OPEN, SUSPENDED)),
        )
        .order_by(cases.c.id)
        .limit(AT_ONCE)
    )
    return [row.id for row in rows]


def _redate_safely(tx: Unit, world: World, case_id: UUID) -> bool:
    """One case whose deadlines cannot be counted must not keep the others from theirs."""
    try:
        with tx.savepoint():
            return redate_case(tx, world, case_id)
    except SQLAlchemyError:
        raise  # the database's troubles are not the case's
    except Exception as error:
        log.warning("redating_failed", case=str(case_id), error=repr(error))
        return False


def redate_case(tx: Unit, world: World, case_id: UUID) -> bool:
    """Compute the deadlines of one case again; what moved is told in its history, old and new."""
    case = lock_case(tx, case_id)
    if case.status not in (OPEN, SUSPENDED):
        return False
    bundle = world.bundles.get(tx, case.bundle_id)
    command = Command(tx, world, case, None, bundle)
    stops = load_stops(tx, case_id)
    moved = list(shifts(tx, command, stops))
    if moved:
        redate(tx, command, stops)
        command.conclude(Act(ACT, content={"moved": list(_told(moved, bundle))}))
    return bool(moved)


def _told(moved: list[Shift], bundle: Bundle) -> Iterator[dict[str, Any]]:
    """Old and new moments as plain facts; a deadline whose clock stands has none."""
    for shift in moved:
        node = bundle.node(shift.element)
        yield {
            "element": shift.element,
            "name": (node.name if node is not None else "") or shift.element,
            "what": shift.what,
            "old": None if shift.old is None else shift.old.isoformat(),
            "new": None if shift.new is None else shift.new.isoformat(),
        }
