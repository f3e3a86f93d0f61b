"""The nation inspects its own list by draw, and removes by its own conditions and people."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest

from domain.register.import_rows import import_rows
from domain.register.mines import Source
from domain.register.rules import ListStatus
from domain.register.store import import_mines
from domain.supervision.model import findings, inspections
from engine.batches.draws.document import describe_draw
from engine.batches.draws.verify import verify_document
from engine.store.tables import cases, draws, incidents
from tests.web.a2.test_after_listing import After
from tests.web.a2.test_year import NUMBER
from webapp.places import data_root
from webapp.worker import sweep

from .nation import NATION, Nation

LIST = data_root() / "tenants" / NATION / "demo" / "mines-national.csv"
EXPIRED = {"result": "problem", "fact": "licences", "description": "许可证过期", "photos": []}


class Ministry(After):
    """The nation alone with the mines printed as national."""

    def __init__(self, nation: Nation) -> None:
        product = nation.product
        moved = {"product": product, "clock": nation.clock, "sweep": lambda: sweep(product)}
        self.drive = SimpleNamespace(**moved)  # type: ignore[assignment]
        self.banner = self.region = nation.ids[NATION]
        self.inspected: Counter[int] = Counter()
        self.turn = 0
        with product.db.tenant(self.region) as tx:
            office = product.world.offices.get(tx)
            entries = import_rows(LIST.read_bytes()).accepted()
            assert import_mines(tx, office, entries, Source("名录", "150000"), self.now) == 6


@pytest.mark.rule("R-NAT-31", "R-NAT-27", "R-NAT-33")
def test_a_tenth_of_the_national_list_is_inspected_and_who_does_not_belong_there_removed(
    nation: Nation,
) -> None:
    ministry = Ministry(nation)
    home = ministry.region
    for _ in range(3):
        ministry.drive.clock.advance(timedelta(days=1))
        ministry.go(EnterNumber={"number": NUMBER}, InspectMine=EXPIRED)
    (seen,) = ministry.rows(inspections)
    (found,) = ministry.rows(findings)
    assert (seen.mine, found.outcome, found.rule) == (found.mine, "remove", "R-NAT-27")
    with ministry.drive.product.db.tenant(home, read_only=True) as tx:
        office = ministry.drive.product.world.offices.get(tx)
        for row in ministry.rows(draws):
            assert verify_document(describe_draw(tx, office, row)) == []
    assert ministry.standing(home, seen.mine)[0] == ListStatus.LISTED, "nobody has decided yet"
    ministry.go(
        ReportRound={"summary": "一座证照过期", "reportNumber": "抽查通报1号"},
        ExamineRemoval={"examined": "agree", "opinion": "情况属实"},
        DecideRemoval={"decision": "remove", "meeting": "部务会纪要1号"},
        AnnounceRemoval={"announcement": "移出名录", "stopped": "优惠政策"},
        FollowUp={"followUp": "已完成整改"},
    )
    assert ministry.standing(home, seen.mine)[0] == ListStatus.REMOVED
    ended = {row.procedure: row.status for row in ministry.rows(cases)}
    assert ended == {"random-inspection": "completed", "removal": "completed"}
    assert ministry.rows(incidents) == []
