"""A year of the banner on a frozen clock: inspections, a rectification, removals, disclosures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.register.import_rows import import_rows
from domain.register.mines import Source
from domain.register.rules import ListStatus
from domain.register.store import import_mines
from domain.supervision.model import findings, inspections, sanctions
from domain.supervision.rules import is_barred
from domain.supervision.store import (
    Removal,
    coverage_of,
    find_known,
    known_mines,
    removals_of,
    remove_mine,
)
from engine.actors import Actor, actor_from_row
from engine.batches.draws.document import describe_draw
from engine.batches.draws.verify import verify_document
from engine.cases.parts import OPEN_ITEM
from engine.definitions.loading import tenant_id_of
from engine.office import local_date
from engine.store.metadata import TENANT
from engine.store.tables import (
    cases,
    draws,
    history,
    incidents,
    item_candidates,
    memberships,
    work_items,
)
from engine.work_items.items import complete_item
from tests.web.a1.drive import A1
from tests.web.a2.test_yijinhuoluo import SLUG, BannerChain
from tests.web.chain.drive import Drive, quick_hash
from tests.web.chain.shelf import Shelf, SqliteStore
from webapp.demo.people import load_people

LIST = A1.demo / "mines-yijinhuoluo.csv"
NUMBER = "03 07 12 19 24 31 08"
FAILING = "废水外排"
Answers = Mapping[str, Any]


class Year:
    """The banner and the region, played week by week."""

    def __init__(self, drive: Drive) -> None:
        self.drive = drive
        self.banner = drive.prepared.tenant_id
        self.region = tenant_id_of(drive.product.db, A1.slug)
        self.inspected: Counter[int] = Counter()
        self.turn = 0
        with drive.product.db.tenant(self.region) as tx:
            office = drive.product.world.offices.get(tx)
            entries = import_rows(LIST.read_bytes()).accepted()
            assert import_mines(tx, office, entries, Source("名录", "150627"), self.now) == 48

    @property
    def now(self) -> Any:
        return self.drive.clock.now()

    @property
    def today(self) -> date:
        with self.drive.product.db.tenant(self.banner, read_only=True) as tx:
            return local_date(self.drive.product.world.offices.get(tx), self.now)

    def weeks(self, count: int) -> None:
        for _ in range(count):
            self.drive.clock.advance(timedelta(days=7))
            self.settle()

    def settle(self) -> None:
        """Everything that is due, and every step that somebody can do."""
        moved = True
        while moved:
            moved = bool(self.drive.sweep())
            for tenant in (self.banner, self.region):
                moved = self._work(tenant) or moved

    def _work(self, tenant: UUID) -> bool:
        product, done = self.drive.product, False
        for item, people in self._open(tenant):
            values = self.answer(item, tenant) if people else None
            if values is None:
                continue
            self.turn += item.element == "EnterNumber"  # two people, one after the other
            who = people[self.turn % len(people)]
            complete_item(product.db, product.world, who, item.id, item.revision, values)
            done = True
        return done

    def _open(self, tenant: UUID) -> list[tuple[Any, list[Actor]]]:
        with self.drive.product.db.tenant(tenant, read_only=True) as tx:
            people = [actor_from_row(row) for row in tx.all(_active())]
            asked: dict[UUID, set[str]] = {}
            for row in tx.all(_candidates()):
                asked.setdefault(row.item_id, set()).add(row.principal)
            waiting = tx.all(_waiting())
        return [
            (item, [who for who in people if asked.get(item.id, set()) & set(who.principals)])
            for item in waiting
        ]

    def answer(self, item: Any, tenant: UUID) -> Answers | None:
        simple = {
            "EnterNumber": {"number": NUMBER},
            "ReportRound": {"summary": "已检查", "reportNumber": "伊政报1号"},
            "AcceptRectification": {"accepted": "yes", "reason": "现场复核合格"},
            "ArrangeMakeUp": {"drawOn": self.today.isoformat(), "makeUp": "本季度补抽"},
            "DecideSanctions": {"kinds": ["限批土地"], "reason": "拒不整改"},
            "ExamineRemoval": {"examined": "agree", "opinion": "情况属实"},
            "DecideRemoval": {"decision": "remove", "meeting": "纪要1号"},
            "AnnounceRemoval": {"announcement": "移出名录", "stopped": "用地支持"},
            "FollowUp": {"followUp": "已完成整改"},
            "PublishDisclosure": {"lastYear": "完成", "thisYear": "继续", "place": "政府网站"},
        }
        if item.element in simple:
            return simple[item.element]
        if item.element == "InspectMine":
            return self._inspect(tenant)
        if item.element == "OrderRectification":
            due = self.today + timedelta(days=42)
            return {"dueOn": due.isoformat(), "demand": "限期完成"}
        if item.element == "Rectify":
            return None if self.fails(item) else {"done": "已完成", "proof": []}
        return None

    def _inspect(self, tenant: UUID) -> Answers:
        if tenant == self.region:
            return {"result": "good", "photos": []}  # the yearly inspection of the region
        self.inspected[self.today.year] += 1
        place = self.inspected[self.today.year] if self.today.year == 2027 else 0
        if place not in (1, 4):
            return {"result": "good", "photos": []}
        found = FAILING if place == 4 else "扬尘"
        fact = "waste" if place == 4 else "environment"
        return {"result": "problem", "fact": fact, "description": found, "photos": []}

    def fails(self, item: Any) -> bool:
        with self.drive.product.db.tenant(self.banner, read_only=True) as tx:
            title = tx.scalar(
                select(findings.c.mine).where(
                    findings.c.tenant_id == TENANT, findings.c.description == FAILING
                )
            )
            opened = tx.all(
                select(work_items.c.id)
                .where(work_items.c.tenant_id == TENANT, work_items.c.element == "Rectify")
                .order_by(work_items.c.opened_at)
            )
        return title is not None and item.id != opened[0].id

    def rows(self, table: Any, tenant: UUID | None = None) -> list[Any]:
        with self.drive.product.db.tenant(tenant or self.banner, read_only=True) as tx:
            return list(tx.all(select(table).where(table.c.tenant_id == TENANT)))


def _active() -> Any:
    return (
        select(memberships)
        .where(memberships.c.tenant_id == TENANT, memberships.c.active.is_(True))
        .order_by(memberships.c.username)
    )


def _waiting() -> Any:
    return (
        select(work_items)
        .where(work_items.c.tenant_id == TENANT, work_items.c.status.in_(OPEN_ITEM))
        .order_by(work_items.c.opened_at, work_items.c.id)
    )


def _candidates() -> Any:
    at_work = item_candidates.c.item_id.in_(
        select(work_items.c.id).where(
            work_items.c.tenant_id == TENANT, work_items.c.status.in_(OPEN_ITEM)
        )
    )
    return select(item_candidates.c.item_id, item_candidates.c.principal).where(
        item_candidates.c.tenant_id == TENANT, at_work
    )


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """The calendar year 2027, played."""
    chain = BannerChain(
        slug=SLUG,
        procedure="random-inspection",
        starter="yj-02",
        everyone_sees="yj-23",
        milestones=(),
    )
    shelf = Shelf(SqliteStore(tmp_path_factory.mktemp("year")), chain)
    drive = shelf.begin()
    load_people(drive.product, A1.slug, A1.people, quick_hash)
    made = Year(drive)
    made.settle()
    drive.clock.advance(date(2026, 12, 28) - made.today)
    made.weeks(54)
    yield made
    shelf.close()


def test_nothing_got_stuck(year: Year) -> None:
    for tenant in (year.banner, year.region):
        assert [(row.element, row.message) for row in year.rows(incidents, tenant)] == []


@pytest.mark.rule("R-ORD-25", "R-YJ-18")
def test_four_inspections_reach_a_fifth_of_the_mines_and_none_twice(year: Year) -> None:
    done = [row for row in year.rows(inspections) if row.year == 2027]
    assert sorted({row.quarter for row in done}) == [1, 2, 3, 4]
    assert len({row.mine for row in done}) == len(done) == 10
    with year.drive.product.db.tenant(year.banner, read_only=True) as tx:
        office = year.drive.product.world.offices.get(tx)
        coverage = coverage_of(tx, office, 2027, office.parameter("inspection.ratio"))
        for row in tx.all(select(draws).where(draws.c.tenant_id == TENANT)):
            assert verify_document(describe_draw(tx, office, row)) == []
    assert (coverage.base, coverage.target, coverage.done) == (48, 10, 10)


@pytest.mark.rule("R-ORD-25", "R-YJ-18")
def test_the_progress_of_the_inspections_was_checked_in_every_quarter(year: Year) -> None:
    checked = [row for row in year.rows(cases) if row.procedure == "inspection-progress"]
    in_2027 = sorted((r.started_at.month, r.outcome) for r in checked if r.started_at.year == 2027)
    caught_up = (1, "已安排补抽")  # fell due while the clock was moved: nothing was drawn then
    assert in_2027 == [caught_up, *((month, "进度正常") for month in (2, 5, 8, 11))]


@pytest.mark.rule("R-YJ-12", "R-YJ-13", "R-ORD-24", "R-ORD-27", "R-ORD-30", "R-YJ-20")
@pytest.mark.rule("R-IM-40", "R-IM-43", "R-IM-47", "R-IM-48", "R-ORD-9")
def test_one_finding_is_mended_and_the_other_ends_in_sanction_and_removal(year: Year) -> None:
    mended, failed = sorted(year.rows(findings), key=lambda row: row.description == FAILING)
    assert (mended.status, failed.status) == ("accepted", "failed")
    assert [row.mine for row in year.rows(sanctions)] == [failed.mine]
    with year.drive.product.db.tenant(year.region, read_only=True) as tx:
        office = year.drive.product.world.offices.get(tx)
        assert find_known(tx, office, failed.mine).status == ListStatus.REMOVED
        assert find_known(tx, office, mended.mine).status == ListStatus.LISTED
    with year.drive.product.db.tenant(year.banner, read_only=True) as tx:
        office = year.drive.product.world.offices.get(tx)
        gone = find_known(tx, office, failed.mine)
        assert gone.status == ListStatus.REMOVED, "the copy follows"
        assert removals_of(tx, office, gone.holder) == (1 if gone.holder else 0)
        assert len(known_mines(tx, office)) == 48


@pytest.mark.rule("R-YJ-17", "R-NAT-29")
def test_every_listed_mine_discloses_once_and_in_time(year: Year) -> None:
    opened = [row for row in year.rows(cases) if row.procedure == "annual-disclosure"]
    in_2027 = [row for row in opened if row.started_at.year == 2027]
    assert len(in_2027) == 48
    assert {row.outcome for row in in_2027} == {"已公示"}


def test_no_timer_fired_twice(year: Year) -> None:
    for tenant in (year.banner, year.region):
        fired = Counter(
            (row.case_id, row.element)
            for row in year.rows(history, tenant)
            if row.kind == "timer.fired"
        )
        assert set(fired.values()) <= {1}


@pytest.mark.rule("R-YJ-15", "R-YJ-16", "R-YJ-5")
def test_a_holder_whose_mines_were_removed_twice_is_barred(year: Year) -> None:
    product = year.drive.product
    with product.db.tenant(year.region) as tx:
        office = product.world.offices.get(tx)
        listed = [one for one in known_mines(tx, office) if one.holder]
        counted = Counter(one.holder for one in listed if one.status == ListStatus.LISTED)
        holder = next(name for name, count in counted.items() if count > 1)
        own = [one for one in listed if one.holder == holder and one.status == ListStatus.LISTED]
        before = removals_of(tx, office, holder)
        for one in own[:2]:
            remove_mine(tx, office, Removal(one.mine, "弄虚作假"), None, year.now)
    while year.drive.sweep():
        pass
    with product.db.tenant(year.banner, read_only=True) as tx:
        office = product.world.offices.get(tx)
        assert removals_of(tx, office, holder) == before + 2
        assert is_barred(before + 2, office.parameter("removals.max"))
        assert not is_barred(1, office.parameter("removals.max")), "after one he applies again"
