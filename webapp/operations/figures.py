"""The figures an operator watches: what this node did, and what the database says is waiting.

No figure carries a tenant, a person or a case.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from engine.cases.invariants import CODE
from engine.messaging import outbox
from engine.store.control import dispatch
from engine.store.database import Database
from engine.store.metadata import TENANT
from engine.store.tables import incidents
from webapp.operations.sweeping import all_tenants, last_sweep
from webapp.product import Product

log = structlog.get_logger(__name__)

FRESH_SECONDS = 10
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

of_node = CollectorRegistry()
REQUESTS = Histogram(
    "lucheng_request_seconds",
    "How long requests took.",
    ("method", "route", "status"),
    buckets=BUCKETS,
    registry=of_node,
)
COMPLETIONS = Counter("lucheng_completions", "Work items completed.", ("way",), registry=of_node)
DONE = Counter(
    "lucheng_dispatch_done", "Due work done by this node's clock.", ("kind",), registry=of_node
)
FAILED = Counter(
    "lucheng_dispatch_failed", "Due work that failed and waits.", ("kind",), registry=of_node
)


def exposition(product: Product) -> bytes:
    """All figures in the text format of Prometheus."""
    waiting = CollectorRegistry()
    waiting.register(Waiting(product))
    return generate_latest(of_node) + generate_latest(waiting)


class Waiting(Collector):
    """What the database says is waiting; asked at most every few seconds."""

    _lock = threading.Lock()
    _kept: dict[str, tuple[float, list[Metric]]] = {}  # noqa: RUF012 - one cache a process

    def __init__(self, product: Product) -> None:
        self._product = product

    def collect(self) -> Iterator[Metric]:
        """The gauges; only ``lucheng_database_up 0`` when the database does not answer."""
        key = str(self._product.db.url)
        with self._lock:
            at, kept = self._kept.get(key, (0.0, []))
            if not kept or time.monotonic() - at > FRESH_SECONDS:
                kept = _measure(self._product)
                self._kept[key] = (time.monotonic(), kept)
        yield from kept

    @classmethod
    def forget(cls) -> None:
        """Ask again at once; for tests."""
        cls._kept.clear()


def _measure(product: Product) -> list[Metric]:
    up = GaugeMetricFamily("lucheng_database_up", "Whether the database answers.")
    try:
        found = [*_queues(product.db, product.clock.now()), *_incidents(product)]
    except SQLAlchemyError as error:
        log.warning("figures_unavailable", error=type(error).__name__)
        up.add_metric([], 0)
        return [up]
    up.add_metric([], 1)
    return [up, *found]


def _queues(db: Database, now: datetime) -> list[Metric]:
    lengths = GaugeMetricFamily("lucheng_queue_rows", "Planned work, by kind.", labels=["kind"])
    due = GaugeMetricFamily("lucheng_queue_due_rows", "Work that is due, by kind.", labels=["kind"])
    lags = {
        "timer": GaugeMetricFamily("lucheng_timer_lag_seconds", "Age of the oldest due timer."),
        outbox.KIND: GaugeMetricFamily(
            "lucheng_outbox_lag_seconds", "Age of the oldest message that is due to be sent."
        ),
    }
    with db.control(read_only=True) as control:
        planned = _by_kind(control.all(_count()))
        late = control.all(_count().where(dispatch.c.due_at <= now))
    for kind, row in planned.items():
        lengths.add_metric([kind], row.count_)
    overdue = _by_kind(late)
    for kind in planned:
        due.add_metric([kind], overdue[kind].count_ if kind in overdue else 0)
    for kind, gauge in lags.items():
        lag = (now - overdue[kind].oldest).total_seconds() if kind in overdue else 0
        gauge.add_metric([], lag)
    return [lengths, due, *lags.values()]


def _count() -> Any:
    return select(
        dispatch.c.kind, func.count().label("count_"), func.min(dispatch.c.due_at).label("oldest")
    ).group_by(dispatch.c.kind)


def _by_kind(rows: Any) -> dict[str, Any]:
    return {row.kind: row for row in rows}


def _incidents(product: Product) -> list[Metric]:
    opened = GaugeMetricFamily("lucheng_incidents_open", "Incidents that wait for somebody.")
    broken = GaugeMetricFamily("lucheng_invariants_broken", "Cases that break an invariant.")
    swept = GaugeMetricFamily(
        "lucheng_invariants_swept_timestamp_seconds", "The oldest last sweep of all tenants."
    )
    count = wrong = 0
    oldest: float | None = None
    for tenant_id, _slug in all_tenants(product.db):
        with product.db.tenant(tenant_id, read_only=True) as tx:
            rows = tx.all(
                select(incidents.c.code, func.count().label("count_"))
                .where(incidents.c.tenant_id == TENANT, incidents.c.closed_at.is_(None))
                .group_by(incidents.c.code)
            )
        count += sum(row.count_ for row in rows)
        wrong += sum(row.count_ for row in rows if row.code == CODE)
        at = last_sweep(product.db, tenant_id)
        moment = at.timestamp() if at else 0.0
        oldest = moment if oldest is None else min(oldest, moment)
    opened.add_metric([], count)
    broken.add_metric([], wrong)
    swept.add_metric([], oldest or 0)
    return [opened, broken, swept]
