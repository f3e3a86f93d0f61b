"""The clock of a node: APScheduler wakes it, rows say what is due (design, section 7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from threading import Event, Lock

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from engine.batches.acts import BATCH_DOERS
from engine.batches.draws.store import DRAW_DOERS
from engine.messaging.outbox import send_message
from engine.migrating.rehearsing import REHEARSAL_DOERS
from engine.migrating.work import MIGRATION_DOERS
from engine.store.database import Database, Unit
from engine.timing.dispatch import Due, next_due
from engine.timing.work import ENGINE_DOERS, Doer, run_due
from engine.work_items import authority
from engine.world import World
from webapp.operations import figures, logs
from webapp.operations.sweeping import sweep_all_tenants
from webapp.product import Product
from webapp.schema import standing
from webapp.usecases.handing import world_that_hands_over

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 5
INVARIANT_SECONDS = 900
"""How often a node looks whether the hourly sweep of a tenant is due; one node does it."""
BATCH = 50
BATCH_WORK = "batch"


def all_doers() -> Mapping[str, Doer]:
    """Every kind of due work and the function that does it, told and counted."""
    ends = {authority.KIND: authority.end_when_over}
    known = {**ENGINE_DOERS, **BATCH_DOERS, **DRAW_DOERS, **ends}
    known |= {**MIGRATION_DOERS, **REHEARSAL_DOERS}
    return {kind: _watched(kind, doer) for kind, doer in known.items()}


def _watched(kind: str, doer: Doer) -> Doer:
    def do(tx: Unit, world: World, due: Due) -> None:
        logs.bind(tenant=str(due.tenant_id), actor="clock", work=kind, ref=str(due.ref_id))
        try:
            doer(tx, world, due)
        except Exception:
            figures.FAILED.labels(kind).inc()
            raise
        logs.bind()  # after a failure it stays, for the line that tells of it
        figures.DONE.labels(kind).inc()
        if kind == BATCH_WORK:
            figures.COMPLETIONS.labels(BATCH_WORK).inc()

    return do


def _send(db: Database, world: World, due: Due) -> bool:
    """Send a message of the outbox, told and counted."""
    logs.bind(tenant=str(due.tenant_id), actor="clock", work=due.kind, ref=str(due.ref_id))
    has_left = send_message(db, world, due)
    logs.bind()
    (figures.DONE if has_left else figures.FAILED).labels(due.kind).inc()
    return has_left


def sweep(
    product: Product, doers: Mapping[str, Doer] | None = None, stopping: Event | None = None
) -> int:
    """Do everything that is due now; returns how many rows were worked on.

    Once ``stopping`` is set only the rows already claimed are done; others are another node's.
    """
    done, world = 0, world_that_hands_over(product)
    while count := run_due(product.db, world, doers or all_doers(), limit=BATCH, send=_send):
        done += count
        if count < BATCH or (stopping is not None and stopping.is_set()):
            break
    logs.bind()
    return done


class NodeClock:
    """Sweeps on an interval, and at the very moment the next row is due."""

    def __init__(self, product: Product, sweep_seconds: int = SWEEP_SECONDS) -> None:
        self._product = product
        self._pause = timedelta(seconds=sweep_seconds)
        self._stopping = Event()
        self._planning = Lock()
        self._planned: datetime | None = None
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(1), "slow": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )

    def start(self) -> None:
        """Begin; call after a fork, never before."""
        self._scheduler.add_job(
            self._tick, "interval", seconds=self._pause.total_seconds(), id="sweep"
        )
        self._scheduler.add_job(self._tick, id="first")
        self._scheduler.add_job(
            self._look_after, "interval", seconds=INVARIANT_SECONDS, id="look", executor="slow"
        )
        self._scheduler.add_job(self._look_after, id="first look", executor="slow")
        self._scheduler.start()
        self._product.db.reminders.append(self._wake_at)

    def stop(self) -> None:
        """Finish what is claimed and end."""
        self._stopping.set()
        self._product.db.reminders.remove(self._wake_at)
        self._scheduler.shutdown(wait=True)

    def _tick(self) -> None:
        if self._stopping.is_set():
            return
        with self._planning:
            self._planned = None
        try:
            if standing(self._product.db.engine).is_usable:
                sweep(self._product, stopping=self._stopping)
                self._wake_for_next()
        except Exception as error:  # the clock must go on, whatever one sweep meets
            log.error("sweep_failed", error=repr(error))

    def _look_after(self) -> None:
        try:
            if standing(self._product.db.engine).is_usable:
                sweep_all_tenants(self._product, self._stopping)
        except Exception as error:  # looking must never stop the clock
            log.error("invariant_sweep_failed", error=repr(error))

    def _wake_for_next(self) -> None:
        with self._product.db.control(read_only=True) as control:
            due = next_due(control)
        if due is not None:
            self._wake_at(due)

    def _wake_at(self, due: datetime) -> None:
        """Look at the moment something is due, unless a sweep comes before it anyway.

        Told after a commit of this process; what other nodes want done is found by sweeping.
        """
        if due >= datetime.now(UTC) + self._pause:
            return
        with self._planning:
            if self._stopping.is_set() or (self._planned is not None and self._planned <= due):
                return
            self._planned = due
            self._scheduler.add_job(
                self._tick,
                "date",
                run_date=due,
                id="next",
                replace_existing=True,
                max_instances=2,  # the one before may be running still; this one waits its turn
            )
