"""After the list: changes are marked and verified by the region, problems looked back at yearly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.assessors.rules import BanKind
from domain.assessors.store import Banning, ban, bans_of, present_bodies
from domain.register.listing import ListFilter, public_list
from domain.register.rules import ListStatus
from domain.supervision.model import findings
from domain.supervision.store import find_known
from engine.actors import Actor, actor_from_row
from engine.cases.lifecycle import start_case
from engine.errors import Invalid
from engine.store.metadata import TENANT
from engine.store.tables import (
    cases,
    incidents,
    memberships,
    notifications,
    published_facts,
    work_items,
)
from tests.web.a1.drive import A1
from tests.web.chain.drive import quick_hash
from tests.web.chain.shelf import Shelf
from webapp.demo.people import load_people

from .test_year import Year

FIRST, SECOND = "regional:7", "regional:8"
CHANGED = {"mine": FIRST, "kinds": ["area"], "description": "矿区范围扩大", "proof": []}
MAJOR = {"major": "yes", "reason": "范围扩大超过一成"}
CHANGE_MARK, UNFIT_MARK = "变更待核查", "变更后不符合要求"


class After(Year):
    """City and region with the mines of the list; people answer what a test lets them."""

    known: Mapping[str, Any] = {}

    def answer(self, item: Any, tenant: UUID) -> Mapping[str, Any] | None:
        return self.known.get(item.element)

    def go(self, **answers: Any) -> None:
        """Let these steps be done, and all that follows by itself."""
        self.known = answers
        self.settle()

    def begin(self, tenant: UUID, procedure: str, role: str) -> UUID:
        with self.drive.product.db.tenant(tenant, read_only=True) as tx:
            people = select(memberships).where(memberships.c.tenant_id == TENANT)
            found = [actor_from_row(row) for row in tx.all(people)]
        starter: Actor = next(who for who in found if role in who.principals)
        product = self.drive.product
        return UUID(str(start_case(product.db, product.world, starter, procedure, {})["id"]))

    def standing(self, tenant: UUID, mine: str = FIRST) -> tuple[str, list[str]]:
        """How a mine stands on the list, and its marks."""
        with self.drive.product.db.tenant(tenant, read_only=True) as tx:
            known = find_known(tx, self.drive.product.world.offices.get(tx), mine)
            rows = public_list(tx, ListFilter(status=known.status)).rows
        no = int(mine.partition(":")[2])
        return known.status, sorted(next(r.entry.marks for r in rows if r.entry.mine.no == no))

    def procedures(self, tenant: UUID) -> list[tuple[str, str]]:
        return [(row.procedure, row.status) for row in self.rows(cases, tenant)]

    def waiting(self, tenant: UUID, case: UUID) -> set[str]:
        rows = self.rows(work_items, tenant)
        return {r.element for r in rows if r.case_id == case and r.closed_at is None}


@pytest.fixture
def after(city_shelf: Shelf) -> After:
    drive = city_shelf.begin()
    load_people(drive.product, A1.slug, A1.people, quick_hash)
    return After(drive)


@pytest.mark.rule("R-IM-45", "R-IM-44", "R-YJ-14")
def test_every_change_is_marked_and_a_major_one_verified_on_site(after: After) -> None:
    region = after.region

    def reported() -> UUID:
        case = after.begin(region, "change-verification", "region-clerk")
        after.go(RecordChange=CHANGED)
        assert after.standing(region) == (ListStatus.LISTED, [CHANGE_MARK])
        return case

    minor = reported()
    after.go(JudgeChange={"major": "no", "reason": "不影响生产布局"})
    assert after.standing(region) == (ListStatus.LISTED, [])
    fit = reported()
    after.go(JudgeChange=MAJOR)
    assert after.waiting(region, fit) == {"VerifyOnSite"}
    after.go(VerifyOnSite={"conforms": "yes", "verification": "现场核查，仍符合"})
    assert after.standing(region) == (ListStatus.LISTED, [])
    assert ("rectification", "open") not in after.procedures(region)
    unfit = reported()
    due = (after.today + timedelta(days=60)).isoformat()
    verified = {"conforms": "no", "verification": "现场核查，不再符合", "dueOn": due}
    after.go(JudgeChange=MAJOR, VerifyOnSite=verified)
    assert after.standing(region) == (ListStatus.RECTIFYING, [UNFIT_MARK])
    assert ("rectification", "open") in after.procedures(region)
    outcomes = {row.id: row.outcome for row in after.rows(cases, region)}
    assert {outcomes[case] for case in (minor, fit, unfit)} == {"变更核查结束"}
    assert after.rows(incidents, region) == []


@pytest.mark.rule("R-ORD-26", "R-ORD-28", "R-ORD-29", "R-ORD-31")
def test_problems_looked_back_at_are_opened_one_by_one_and_reported_with_their_progress(
    after: After,
) -> None:
    city = after.banner
    case = after.begin(city, "look-back", "city-clerk")
    due = (after.today + timedelta(days=60)).isoformat()
    problems = [
        {"mine": FIRST, "fact": "environment", "description": "扬尘", "dueOn": due},
        {"mine": SECOND, "fact": "fraud", "description": "材料造假"},
    ]
    after.go(ListProblems={"problems": problems, "conclusion": "标准下降"})
    made = sorted(
        (row.mine, row.outcome, row.status)
        for row in after.rows(findings, city)
        if row.case_id == case
    )
    assert [one[:2] for one in made] == [(FIRST, "rectify"), (SECOND, "remove")]
    assert after.waiting(city, case) == set(), "time is given before progress is reported"
    after.drive.clock.advance(timedelta(days=120))
    after.go()
    assert after.waiting(city, case) == {"ReportProgress"}
    with pytest.raises(Invalid):
        after.go(ReportProgress={"progress": "一座未整改，追究责任", "models": 1})
    after.go(ReportProgress={"progress": "一座未整改，追究责任", "models": 2})
    assert {row.id: row.outcome for row in after.rows(cases, city)}[case] == "已通报"
    assert after.rows(incidents, city) == []


@pytest.mark.rule("R-ORD-26")
def test_the_yearly_look_back_begins_by_itself_and_may_find_nothing(after: After) -> None:
    after.drive.clock.advance(timedelta(days=370))
    after.go(ListProblems={"problems": [], "conclusion": "未发现问题"})
    city = after.banner
    begun = [row for row in after.rows(cases, city) if row.procedure == "look-back"]
    assert len(begun) == 1, "one a year"
    assert [row for row in after.rows(findings, city) if row.case_id == begun[0].id] == []
    listed = [row.status for row in after.rows(work_items, city) if row.element == "ListProblems"]
    assert listed == ["completed"]


@pytest.mark.rule("R-ORD-25", "R-IM-46", "R-NAT-31")
def test_a_shortfall_of_inspections_is_raised_before_the_round_is_over(after: After) -> None:
    after.drive.clock.advance(timedelta(days=260))
    after.go()  # nobody has entered the number of the draw
    region = after.region
    (case,) = [r.id for r in after.rows(cases, region) if r.procedure == "inspection-progress"]
    assert after.waiting(region, case) == {"ArrangeMakeUp"}
    told = [row for row in after.rows(notifications, region) if row.case_id == case]
    assert {row.title for row in told} == {"抽查进度不足"}
    assert all("本期末应不少于5座" in row.body for row in told), "a tenth of forty-eight"
    after.go(ArrangeMakeUp={"drawOn": after.today.isoformat(), "makeUp": "下周补抽五座"})
    assert {row.id: row.outcome for row in after.rows(cases, region)}[case] == "已安排补抽"
    assert after.rows(incidents, region) == []


@pytest.mark.rule("R-ORD-19")
def test_a_ban_without_a_term_ends_by_decision_and_below_as_well(after: After) -> None:
    city, product = after.banner, after.drive.product
    with product.db.tenant(city) as tx:
        body = present_bodies(tx)[0]
        banning = Banning(
            BanKind.BODY, body.id, body.name, after.today, None, "弄虚作假", "通报1号"
        )
        made = ban(tx, banning, None, after.now)
    after.drive.clock.advance(timedelta(days=4000))

    def asked(decision: str) -> str:
        case = after.begin(city, "ban-lifting", "city-clerk")
        told = {"ban": str(made), "liftReason": "整改到位，通过复核", "proof": []}
        after.go(ProposeLifting=told, DecideLifting={"lifting": decision, "opinion": "经研究"})
        return next(row.outcome for row in after.rows(cases, city) if row.id == case)

    def holds() -> bool:
        with product.db.tenant(city, read_only=True) as tx:
            return any(one.holds(after.today) for one in bans_of(tx, BanKind.BODY, body.id))

    assert asked("keep") == "不予解除"
    assert holds(), "without a term it holds for ever"
    assert asked("lift") == "已解除"
    assert not holds()
    (told,) = [row for row in after.rows(published_facts, city) if row.key == str(made)]
    assert told.content["lifted"] == after.today.isoformat(), "the levels below are told"
    assert after.rows(incidents, city) == []
