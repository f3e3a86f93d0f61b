"""Many clocks, one sweep an hour."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Event
from uuid import UUID

from town import Town

from engine.blobs import LocalBlobs
from engine.cases.lifecycle import start_case
from engine.store.tables import cases
from engine.timing.clock import FrozenClock
from webapp.operations.sweeping import last_sweep, sweep_all_tenants
from webapp.product import Product
from webapp.settings import Settings


def product_of(town: Town, folder: Path) -> Product:
    return Product(Settings(data_dir=folder), town.db, town.world, LocalBlobs(folder))


def test_of_several_nodes_one_sweeps_and_each_hour_again(
    town: Town, clock: FrozenClock, tmp_path: Path
) -> None:
    product, nodes = product_of(town, tmp_path), 4
    case_id = UUID(start_case(town.db, town.world, town["applicant"], "walking", {})["id"])
    with town.db.tenant(town.tenant_id) as tx:
        tx.update(cases, cases.c.id == case_id, state=b"\x01[")
    assert last_sweep(town.db, town.tenant_id) is None

    def together() -> list[int]:
        gate = Barrier(nodes)

        def run(_number: int) -> int:
            gate.wait()
            return sweep_all_tenants(product, Event())

        with ThreadPoolExecutor(nodes) as pool:
            return sorted(pool.map(run, range(nodes)))

    assert together() == [0, 0, 0, 1]
    assert together() == [0, 0, 0, 0], "this hour is done"
    swept = last_sweep(town.db, town.tenant_id)
    assert swept is not None
    assert clock.now() - timedelta(hours=1) < swept <= clock.now()
    clock.advance(timedelta(hours=1))
    assert together() == [0, 0, 0, 1]


def test_a_stopping_node_begins_no_sweep(town: Town, tmp_path: Path) -> None:
    stopping = Event()
    stopping.set()
    sweep_all_tenants(product_of(town, tmp_path), stopping)
    assert last_sweep(town.db, town.tenant_id) is None
