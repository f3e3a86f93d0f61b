"""Assessors in the database: who is eligible, who is commissioned, who is barred."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from desk import Desk

from domain.assessors.rules import AssignmentStatus, BanKind
from domain.assessors.store import (
    Banning,
    accept_assignment,
    assignment_of,
    assignments_of,
    ban,
    check_body,
    commission,
    eligible_bodies,
    end_assignment,
    load_body,
    record_tie,
)
from engine.errors import Conflict, Invalid, NotFound
from engine.ids import new_id

APPLICANT = "91150627MA0DEM0135"


def bar(desk: Desk, body_id: UUID, *, years: int | None = 3) -> None:
    banning = Banning(BanKind.BODY, body_id, "机构", desk.today, years, "结论严重失实", "通报1号")
    with desk.tx() as tx:
        ban(tx, banning, None, desk.clock.now())


def names(desk: Desk, enterprise: UUID | None = None) -> list[str]:
    with desk.tx() as tx:
        return [body.name for body in eligible_bodies(tx, enterprise, desk.today)]


def appoint(desk: Desk, case_id: UUID, body_id: UUID) -> UUID:
    with desk.tx() as tx:
        return commission(tx, case_id, load_body(tx, body_id), None, desk.clock.now())


@pytest.mark.rule("R-IM-22")
def test_the_bodies_at_work_in_the_tenant_are_offered_by_name(desk: Desk) -> None:
    desk.body("乙评估", "91150102MA0DEM048N")
    desk.body("甲评估", "12150000MA0DEM056L")
    desk.body("丙评估", "91150000MA0DEM0991", at_work=False)
    assert names(desk) == sorted(["乙评估", "甲评估"])


@pytest.mark.rule("R-IM-27")
def test_a_barred_body_is_offered_again_when_its_ban_is_over(desk: Desk) -> None:
    body = desk.body("甲评估", "12150000MA0DEM056L")
    bar(desk, body)
    assert names(desk) == []
    desk.clock.advance(timedelta(days=3 * 365))
    assert names(desk) == []
    desk.clock.advance(timedelta(days=1))
    assert names(desk) == ["甲评估"]


@pytest.mark.rule("R-IM-27")
def test_a_ban_without_years_does_not_end_by_itself(desk: Desk) -> None:
    bar(desk, desk.body("甲评估", "12150000MA0DEM056L"), years=None)
    desk.clock.advance(timedelta(days=3_650))
    assert names(desk) == []


@pytest.mark.rule("R-IM-22")
def test_a_tie_holds_for_one_enterprise_and_no_other(desk: Desk) -> None:
    body = desk.body("甲评估", "12150000MA0DEM056L")
    tied = desk.enterprise("青峦", APPLICANT)
    free = desk.enterprise("草光", "91150725MA0DEM0218")
    with desk.tx() as tx:
        record_tie(tx, body, tied, None, desk.clock.now(), ground="同一股东")
    assert (names(desk, tied), names(desk, free)) == ([], ["甲评估"])


@pytest.mark.rule("R-IM-22")
def test_nobody_assesses_his_own_mine(desk: Desk) -> None:
    body = desk.body("青峦", APPLICANT)
    own = desk.enterprise("青峦煤业", APPLICANT)
    with desk.tx() as tx:
        checked = check_body(tx, body, own, desk.today)
    assert not checked.is_eligible
    assert [found.code for found in checked.obstacles] == ["same_body"]


def test_a_body_that_does_not_exist_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound, match="no such assessor body"), desk.tx() as tx:
        check_body(tx, new_id(), None, desk.today)


@pytest.mark.rule("R-IM-22")
def test_commissioning_the_same_body_twice_gives_one_commission(desk: Desk) -> None:
    case_id, body = desk.case(), desk.body("甲评估", "12150000MA0DEM056L")
    assert appoint(desk, case_id, body) == appoint(desk, case_id, body)


def test_another_body_takes_the_place_of_the_first(desk: Desk) -> None:
    case_id = desk.case()
    for name, code in (("甲评估", "12150000MA0DEM056L"), ("乙评估", "91150102MA0DEM048N")):
        appoint(desk, case_id, desk.body(name, code))
        desk.clock.advance(timedelta(days=1))
    with desk.tx() as tx:
        told = assignments_of(tx, case_id)
        running = assignment_of(tx, case_id)
    assert [(row.body_name, row.status) for row in told] == [
        ("甲评估", AssignmentStatus.REVOKED),
        ("乙评估", AssignmentStatus.COMMISSIONED),
    ]
    assert running.body_name == "乙评估"


@pytest.mark.rule("R-IM-22")
def test_a_body_that_accepts_declares_its_independence(desk: Desk) -> None:
    case_id = desk.case()
    made = appoint(desk, case_id, desk.body("甲评估", "12150000MA0DEM056L"))
    with pytest.raises(Invalid, match="independence"), desk.tx() as tx:
        accept_assignment(tx, made, independent=False)
    with desk.tx() as tx:
        accept_assignment(tx, made, independent=True)
        row = assignment_of(tx, case_id)
    assert (row.status, row.independence_declared) == (AssignmentStatus.ACCEPTED, True)


def test_a_declined_commission_is_over(desk: Desk) -> None:
    case_id = desk.case()
    made = appoint(desk, case_id, desk.body("甲评估", "12150000MA0DEM056L"))
    with desk.tx() as tx:
        end_assignment(tx, made, AssignmentStatus.DECLINED, desk.clock.now(), reason="人手不足")
        assert assignment_of(tx, case_id) is None
    with pytest.raises(Conflict, match="cannot become"), desk.tx() as tx:
        accept_assignment(tx, made, independent=True)
