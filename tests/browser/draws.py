"""A frozen draw, for the pages that are looked at."""

from __future__ import annotations

from datetime import timedelta

from domain.draws.pools import people_pool
from engine.batches.draws.rules import Excluded
from engine.batches.draws.seeds import number_source
from engine.batches.draws.store import Freezing, freeze
from engine.office import local_date
from tests.web.a1.drive import Drive

NUMBER = "03 07 12 19 24 31 08"


def open_draw(drive: Drive) -> str:
    """Freeze a draw of reviewers by tomorrow's number, one of them recused; returns its id."""
    product, prepared, now = drive.product, drive.prepared, drive.clock.now()
    with product.db.tenant(prepared.tenant_id) as tx:
        office = product.world.offices.get(tx)
        pool = people_pool(tx, ["city-reviewer"])
        out = Excluded(pool[0].id, "与被检查矿山有利害关系", pool[0].label)
        day = local_date(office, now) + timedelta(days=1)
        source = number_source("双色球第2026030期", day)
        made = Freezing("people", "第二季度双随机抽查检查人员", pool, {"": 3}, [out], source)
        return str(freeze(tx, office, made, prepared.members["wulan"], now))
