"""From the notice list to the list: the shipped notice procedure with the real bindings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hall import Hall
from sqlalchemy import select

from domain.notices.model import notice_subjects, notices
from domain.notices.objections import Receipt, add_objection, objection_by_receipt
from domain.notices.public import public_notice
from domain.notices.rules import NoticeKind, Objecting, ObjectionStatus
from domain.register.listing import ListFilter, ListRow, public_list
from engine.store.metadata import TENANT
from engine.store.tables import attachments, incidents, timers

BODY = "现将拟纳入名录的矿山予以公示，如有异议请在公示期内提出。" * 30
VERIFIED = {
    "verifiedOn": "2026-03-06",
    "verification": "会同有关部门到现场核实。",
    "reply": "经核实，您反映的情况已有结论。",
}


def published(tail: Hall, count: int) -> list[UUID]:
    """Cases on one notice."""
    cases = tail.cases(count)
    batch = tail.gather(cases)
    own = {
        case: {"mineName": f"矿山{n}号", "licenceNumber": f"C{n:07}"}
        for n, case in enumerate(cases, start=1)
    }
    tail.act(batch, common={"noticeBody": BODY}, per_case=own)
    tail.work()
    assert set(tail.results(batch).values()) == {("done", "")}
    return cases


def all_notices(tail: Hall, kind: NoticeKind) -> list[Any]:
    with tail.tx() as tx:
        return list(
            tx.all(select(notices).where(notices.c.tenant_id == TENANT, notices.c.kind == kind))
        )


def objected(tail: Hall, case: UUID) -> Receipt:
    """Somebody objects to a case."""
    (notice,) = all_notices(tail, NoticeKind.NOTICE)
    with tail.tx() as tx:
        evidence = tx.insert(
            attachments,
            case_id=None,
            name="证明.pdf",
            media_type="application/pdf",
            size=3,
            digest="0" * 64,
            uploaded_at=tail.town.clock.now(),
        )
        subject = tx.one(
            select(notice_subjects).where(
                notice_subjects.c.tenant_id == TENANT, notice_subjects.c.case_id == case
            )
        )
        assert subject is not None
        objecting = Objecting("张三", "13812345678", "该矿未恢复治理", (str(evidence),))
        now = tail.town.clock.now()
        return add_objection(tx, notice.id, objecting, bytes(10), now, subject_id=subject.id)


def period_over(tail: Hall) -> None:
    """Wait until the end of the notice, and let what is due be done."""
    (notice,) = all_notices(tail, NoticeKind.NOTICE)
    tail.town.clock.moment = notice.ends_at
    while tail.work():
        pass


def listed(tail: Hall) -> list[ListRow]:
    with tail.tx() as tx:
        return list(public_list(tx, ListFilter()).rows)


def outcome(tail: Hall, case: UUID) -> tuple[str, str]:
    row = tail.town.case(case)
    return row.status, row.outcome


@pytest.mark.rule("R-IM-32", "R-NAT-26")
def test_the_cases_of_a_notice_list_share_a_notice_that_anybody_can_read(tail: Hall) -> None:
    cases = published(tail, 3)
    (notice,) = all_notices(tail, NoticeKind.NOTICE)
    with tail.tx() as tx:
        shown = public_notice(tx, notice.id, tail.town.clock.now())
    assert [subject.lines[0]["name"] for subject in shown.subjects] == [
        "矿山1号",
        "矿山2号",
        "矿山3号",
    ]
    assert shown.body == BODY
    assert [tail.waits_at(case) for case in cases] == [[], [], []]


@pytest.mark.rule("R-GEN-1")
def test_the_case_waits_exactly_as_long_as_the_notice_runs(tail: Hall) -> None:
    (case,) = published(tail, 1)
    (notice,) = all_notices(tail, NoticeKind.NOTICE)
    with tail.tx() as tx:
        due = tx.scalar(
            select(timers.c.due_at).where(timers.c.tenant_id == TENANT, timers.c.case_id == case)
        )
    assert due == notice.ends_at
    tail.town.clock.moment = notice.ends_at - timedelta(seconds=1)
    tail.work()
    assert outcome(tail, case)[0] == "open"


@pytest.mark.rule("R-IM-33", "R-NAT-22")
def test_without_objection_every_mine_is_listed_and_announced_together(tail: Hall) -> None:
    cases = published(tail, 3)
    period_over(tail)
    assert {outcome(tail, case) for case in cases} == {("completed", "纳入名录并公告")}
    assert [row.entry.mine.name for row in listed(tail)] == ["矿山1号", "矿山2号", "矿山3号"]
    assert {row.score for row in listed(tail)} == {"87.5"}
    (told,) = all_notices(tail, NoticeKind.ANNOUNCEMENT)
    with tail.tx() as tx:
        assert len(public_notice(tx, told.id, tail.town.clock.now()).subjects) == 3
    assert all_notices(tail, NoticeKind.NOTICE)[0].status == "closed"


@pytest.mark.rule("R-GEN-1", "R-IM-33")
def test_an_upheld_objection_keeps_one_mine_off_the_list_and_no_other(tail: Hall) -> None:
    accused, free = published(tail, 2)
    receipt = objected(tail, accused)
    period_over(tail)
    assert outcome(tail, free) == ("completed", "纳入名录并公告")
    assert tail.waits_at(accused) == ["VerifyObjection"]
    reason = {"exclusionReason": "采矿许可证已被吊销。"}
    tail.town.complete("other", "VerifyObjection", finding="upheld", **VERIFIED, **reason)
    assert outcome(tail, accused) == ("completed", "异议成立，不予纳入")
    assert [row.entry.mine.name for row in listed(tail)] == ["矿山2号"]
    with tail.tx() as tx:
        followed = objection_by_receipt(tx, receipt.code)
    assert (followed.status, followed.reply) == (ObjectionStatus.UPHELD, VERIFIED["reply"])


@pytest.mark.rule("R-GEN-1", "R-NAT-26")
def test_a_rejected_objection_is_answered_and_the_mine_is_listed(tail: Hall) -> None:
    (case,) = published(tail, 1)
    receipt = objected(tail, case)
    period_over(tail)
    tail.town.complete("other", "VerifyObjection", finding="rejected", **VERIFIED)
    assert outcome(tail, case) == ("completed", "纳入名录并公告")
    with tail.tx() as tx:
        assert objection_by_receipt(tx, receipt.code).status is ObjectionStatus.REJECTED


def test_who_objects_stands_in_no_variable_of_the_case(tail: Hall) -> None:
    (case,) = published(tail, 1)
    objected(tail, case)
    period_over(tail)
    known = tail.everything_known(case)
    assert "objections" in known
    assert [secret for secret in ("张三", "13812345678", "未恢复治理") if secret in known] == []


def test_a_mine_that_cannot_be_listed_makes_an_incident_and_loses_no_case(tail: Hall) -> None:
    first, second = tail.cases(2)
    batch = tail.gather([first, second])
    same = {"noticeBody": BODY, "mineName": "矿山1号", "licenceNumber": "C0000001"}
    tail.act(batch, common=same)
    tail.work()
    period_over(tail)
    states = {outcome(tail, case)[0] for case in (first, second)}
    assert states == {"completed", "open"}
    with tail.tx() as tx:
        (incident,) = tx.all(select(incidents).where(incidents.c.tenant_id == TENANT))
    assert (incident.element, incident.code) == ("Enter", "wrong_list_status")
    assert len(listed(tail)) == 1
