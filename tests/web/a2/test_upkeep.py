"""What the list asks of mines without an application: new ones in time, listed ones up to date."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.register.listing import entry_history
from domain.register.mines import MineFacts
from domain.register.rules import ListEvent, ListStatus, Method, Scale
from domain.register.store import Change, Entering, enter_list, reassess
from domain.scoring.catalogue import load_catalogue
from domain.supervision.store import KnownMine, find_known, known_mines
from engine.actors import Actor, actor_from_row
from engine.store.metadata import TENANT
from engine.store.tables import cases, incidents, memberships, notifications, scopes
from tests.web.a1.drive import A1
from tests.web.chain.drive import quick_hash
from tests.web.chain.shelf import Shelf
from webapp.demo.people import load_people
from webapp.demo.samples import sample_files
from webapp.places import data_root
from webapp.usecases.files import store_upload

from .test_after_listing import After

YEAR = timedelta(days=366)
PRESENT = "neimenggu-2025"
LICENCE = "C1500002024011110000777"
KEPT, SHORT = "regional:7", "regional:8"


class Upkeep(After):
    """The region with its list; only the case that a test names is worked on."""

    at_work: UUID | None = None

    def answer(self, item: Any, tenant: UUID) -> Mapping[str, Any] | None:
        return super().answer(item, tenant) if item.case_id == self.at_work else None

    def work(self, case: UUID, **answers: Any) -> None:
        self.at_work = case
        self.go(**answers)

    def later(self, days: timedelta) -> None:
        self.drive.clock.advance(days)
        self.go()

    def begun(self) -> dict[str, UUID]:
        """The cases of the upkeep by mine, the latest of each."""
        rows = [row for row in self.rows(cases, self.region) if row.procedure == "indicator-upkeep"]
        case_of = {row.id: row.started_at for row in rows}
        told = [row for row in self.rows(scopes, self.region) if row.case_id in case_of]
        found = [(case_of[row.case_id], row.variables.get("mine"), row.case_id) for row in told]
        return {mine: case for _, mine, case in sorted(found, key=lambda one: one[0]) if mine}

    def outcome(self, case: UUID) -> tuple[str, str]:
        (row,) = [row for row in self.rows(cases, self.region) if row.id == case]
        return row.status, row.outcome

    def mine(self, number: str) -> KnownMine:
        with self.drive.product.db.tenant(self.region, read_only=True) as tx:
            return find_known(tx, self.drive.product.world.offices.get(tx), number)

    def clerk(self) -> Actor:
        with self.drive.product.db.tenant(self.region, read_only=True) as tx:
            people = select(memberships).where(memberships.c.tenant_id == TENANT)
            found = [actor_from_row(row) for row in tx.all(people.order_by("username"))]
        return next(who for who in found if "region-clerk" in who.principals)

    def sheet(self, points: Mapping[str, str]) -> Mapping[str, Any]:
        """A sheet with full points and a stored proof in every row, some points changed."""
        name, body = sample_files("巩固材料")["document"]
        proof = store_upload(self.drive.product, self.clerk(), name, io.BytesIO(body))["id"]
        path = data_root() / "forms" / "shared" / "indicators" / f"{PRESENT}.yaml"
        catalogue = load_catalogue(path)
        chosen = catalogue.select("g1", "underground")
        rows = {
            item.id: {
                "score": points.get(item.id, str(item.points)),
                "record": "现场核对",
                "evidence": [str(proof)],
            }
            for item in chosen.items
            if item.id not in chosen.excused
        }
        met = {one.id: True for one in catalogue.prerequisites}
        return {"group": "g1", "variant": "underground", "prerequisites": met, "items": rows}


@pytest.fixture
def region(city_shelf: Shelf) -> Upkeep:
    drive = city_shelf.begin()
    load_people(drive.product, A1.slug, A1.people, quick_hash)
    return Upkeep(drive)


def produced(region: Upkeep, name: str, licence: str) -> UUID:
    """A new mine that has begun its production today."""
    case = region.begin(region.region, "new-mine-verification", "region-clerk")
    facts = {"mineName": name, "holder": f"{name}有限公司", "licence": licence}
    region.work(case, RecordProduction={**facts, "producedOn": region.today.isoformat()})
    return case


@pytest.mark.rule("R-NAT-10", "R-IM-11")
def test_a_new_mine_passes_within_two_years_of_its_production_or_its_authority_acts(
    region: Upkeep,
) -> None:
    passing, missing = produced(region, "新北矿", LICENCE), produced(region, "新南矿", LICENCE[:-1])
    assert region.waiting(region.region, passing) == set(), "nobody is urged in the first year"
    region.later(YEAR)
    urged = {"by": "letter", "urged": "书面督促"}
    for case in (passing, missing):
        assert region.waiting(region.region, case) == {"UrgeApplication"}
        region.work(case, UrgeApplication=urged)
    with region.drive.product.db.tenant(region.region) as tx:
        office = region.drive.product.world.offices.get(tx)
        facts = ("新北矿", "新北矿有限公司", "煤", Method.UNDERGROUND, Scale.LARGE, "150627")
        mine = MineFacts(*facts, licence_no=LICENCE)
        enter_list(tx, office, Entering(mine, region.today, "公示无异议"), None, region.now)
    region.later(timedelta(days=320))
    assert region.outcome(passing) == ("completed", "已通过核查"), "seen when the term comes near"
    told = [row.title for row in region.rows(notifications, region.region)]
    assert "新建矿山核查期限将至" in told
    assert region.waiting(region.region, missing) == set(), "the term is not over"
    region.later(timedelta(days=60))
    assert region.waiting(region.region, missing) == {"DecideMeasures"}
    decided = {"measures": "contract", "reason": "逾期未通过核查"}
    region.work(missing, DecideMeasures=decided)
    assert region.outcome(missing) == ("completed", "未按期通过，已采取措施")
    assert region.rows(incidents, region.region) == []


def bring_up_to_date(region: Upkeep) -> None:
    """Every mine but two was assessed by the present indicators."""
    with region.drive.product.db.tenant(region.region) as tx:
        for one in known_mines(tx, region.drive.product.world.offices.get(tx)):
            if one.entry_id is not None and one.mine not in (KEPT, SHORT):
                change = Change(ListEvent.REASSESS, "已按现行指标评估")
                reassess(tx, one.entry_id, (PRESENT, "90"), change, None, region.now)


def assessed(region: Upkeep, mine: str, points: Mapping[str, str]) -> UUID:
    case = region.begun()[mine]
    region.work(
        case,
        DescribeMine={"industryGroup": "g1", "variant": "underground"},
        AssessMine={"upkeepSheet": region.sheet(points), "selfSummary": "已完成提升改造"},
    )
    assert region.waiting(region.region, case) == {"ReviewUpkeep"}
    return case


@pytest.mark.rule("R-IM-3", "R-NAT-28", "R-YJ-13")
def test_listed_mines_are_held_against_the_present_indicators_once_a_year(region: Upkeep) -> None:
    bring_up_to_date(region)
    region.later(YEAR / 2)
    first = region.begun()
    assert set(first) == {KEPT, SHORT}, "those assessed by older indicators, and no other"
    case = assessed(region, KEPT, {})
    region.work(case, ReviewUpkeep={"conforms": "yes", "reviewed": "达到现行指标"})
    assert region.outcome(case) == ("completed", "巩固达标")
    kept = region.mine(KEPT)
    assert (kept.catalogue, kept.status) == (PRESENT, ListStatus.LISTED)
    with region.drive.product.db.tenant(region.region, read_only=True) as tx:
        assert kept.entry_id is not None
        assert [row.event for row in entry_history(tx, kept.entry_id)][-1] == ListEvent.REASSESS
    case = assessed(region, SHORT, {"M08": "0"})
    due = (region.today + timedelta(days=60)).isoformat()
    region.work(case, ReviewUpkeep={"reviewed": "约束性指标不足", "dueOn": due})
    assert region.outcome(case) == ("completed", "转入限期整改")
    short = region.mine(SHORT)
    assert (short.catalogue, short.status) == ("", ListStatus.RECTIFYING)
    region.later(YEAR)
    again = region.begun()
    assert again[KEPT] == first[KEPT], "who has met the indicators is left in peace"
    assert again[SHORT] != first[SHORT]
    assert region.rows(incidents, region.region) == []
