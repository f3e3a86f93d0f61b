"""Notices in the database: published for a batch, closed, objected to, read by the public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from desk import Desk
from sqlalchemy import select

from domain.notices.model import objections
from domain.notices.objections import (
    Receipt,
    add_objection,
    answer_objection,
    objection_by_receipt,
    objections_of_case,
    read_objection,
)
from domain.notices.public import public_notice, public_notices
from domain.notices.rules import NoticeKind, Objecting, ObjectionRefused, ObjectionStatus, TooLate
from domain.notices.store import (
    Published,
    Publishing,
    close_notice,
    find_notice,
    load_notice,
    notices_of_case,
    publish_notice,
    subjects_of,
)
from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.store.metadata import TENANT
from engine.store.tables import readings

DAYS = 5
EVERYTHING = ("real-name", "evidence", "contact")
CHANCE = bytes(range(10))


def publishing(case_id: UUID, **changed: Any) -> Publishing:
    base = Publishing(
        kind=NoticeKind.NOTICE,
        title="关于拟纳入名录的公示",
        body="现将拟纳入自治区绿色矿山名录的矿山予以公示。",
        lines=({"name": "青峦煤矿", "holder": "青峦演示煤业有限公司", "contactName": "王小明"},),
        case_id=case_id,
        days=DAYS,
        count_first_day=True,
        demanded=EVERYTHING,
        organiser=("region-clerk",),
        verifiers=("region-clerk",),
        contact="自治区自然资源厅 0471-6912345",
    )
    return replace(base, **changed)


def publish(desk: Desk, case_id: UUID | None = None, **changed: Any) -> Published:
    given = publishing(case_id or desk.case(), **changed)
    with desk.tx() as tx:
        return publish_notice(tx, desk.office, given, None, desk.clock.now())


def object_to(desk: Desk, notice: UUID, subject: UUID | None = None, **changed: Any) -> Receipt:
    facts: dict[str, Any] = {
        "name": "张三",
        "contact": "13812345678",
        "content": "该矿未恢复治理",
        "evidence": (desk.upload(),),
    }
    chance = changed.pop("chance", CHANCE)
    objecting = Objecting(**{**facts, **changed})
    with desk.tx() as tx:
        return add_objection(tx, notice, objecting, chance, desk.clock.now(), subject_id=subject)


def subjects(desk: Desk, notice: UUID) -> Sequence[Any]:
    with desk.tx() as tx:
        return subjects_of(tx, notice)


# ---------------------------------------------------------------- publishing


@pytest.mark.rule("R-IM-32", "R-NAT-26")
def test_a_notice_is_numbered_and_ends_with_its_last_working_day(desk: Desk) -> None:
    made = publish(desk)
    assert made.number == "公示〔2026〕001号"
    assert made.period.ends_at is not None
    assert desk.office.calendar.local_day(made.period.ends_at).isoformat() == "2026-03-06"


def test_notices_and_announcements_are_numbered_apart(desk: Desk) -> None:
    told = publish(desk, kind=NoticeKind.ANNOUNCEMENT, days=None, demanded=(), verifiers=())
    assert (told.number, publish(desk).number) == ("公告〔2026〕001号", "公示〔2026〕001号")
    assert publish(desk).number == "公示〔2026〕002号"


@pytest.mark.rule("R-IM-32")
def test_the_cases_of_a_batch_stand_on_one_notice(desk: Desk) -> None:
    first, second = desk.case(), desk.case()
    batch = desk.batch("notice", first, second)
    opened = publish(desk, first, batch_id=batch)
    joined = publish(desk, second, batch_id=batch)
    assert (opened.joined, joined.joined) == (False, True)
    assert opened.id == joined.id
    assert [row.case_id for row in subjects(desk, opened.id)] == [first, second]


def test_the_same_case_of_a_batch_stands_on_the_notice_once(desk: Desk) -> None:
    case_id = desk.case()
    batch = desk.batch("notice", case_id)
    made = publish(desk, case_id, batch_id=batch)
    desk.clock.advance(timedelta(days=3))
    assert publish(desk, case_id, batch_id=batch).id == made.id
    assert len(subjects(desk, made.id)) == 1


@pytest.mark.rule("R-IM-32", "R-GEN-1")
def test_a_case_that_comes_on_a_later_day_gets_a_notice_with_the_whole_period(desk: Desk) -> None:
    first, second = desk.case(), desk.case()
    batch = desk.batch("notice", first, second)
    opened = publish(desk, first, batch_id=batch)
    desk.clock.advance(timedelta(days=1))
    later = publish(desk, second, batch_id=batch)
    assert later.id != opened.id
    assert later.period.ends_at is not None
    assert desk.office.calendar.local_day(later.period.ends_at).isoformat() == "2026-03-09"


def test_a_batch_has_its_announcement_apart_from_its_notice(desk: Desk) -> None:
    case_id = desk.case()
    batch = desk.batch("notice", case_id)
    notice = publish(desk, case_id, batch_id=batch)
    told = publish(
        desk, case_id, batch_id=batch, kind=NoticeKind.ANNOUNCEMENT, days=None, demanded=()
    )
    assert told.id != notice.id


def test_cases_without_a_batch_have_notices_of_their_own(desk: Desk) -> None:
    assert publish(desk).id != publish(desk).id


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"),
        ({"body": ""}, "body"),
        ({"lines": ()}, "subjects"),
        ({"days": None}, "days"),
        ({"verifiers": ()}, "verifiers"),
        ({"kind": NoticeKind.ANNOUNCEMENT}, "days"),
    ],
)
def test_an_incomplete_notice_is_not_published(
    desk: Desk, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid, match="not complete") as refused:
        publish(desk, **changed)
    errors: Any = refused.value.facts["errors"]
    assert [error["field"] for error in errors] == [field]
    with desk.tx() as tx:
        assert public_notices(tx).rows == []


def test_a_notice_is_closed_when_its_period_ended_for_every_case(desk: Desk) -> None:
    first, second = desk.case(), desk.case()
    batch = desk.batch("notice", first, second)
    notice = publish(desk, first, batch_id=batch).id
    publish(desk, second, batch_id=batch)
    states = []
    for case_id in (first, second):
        with desk.tx() as tx:
            close_notice(tx, notice, case_id, desk.clock.now())
            states.append(load_notice(tx, notice).status)
    assert states == ["open", "closed"]


def test_closing_twice_keeps_the_first_time(desk: Desk) -> None:
    case_id = desk.case()
    notice = publish(desk, case_id).id
    closed_at = desk.clock.now()
    for _ in range(2):
        with desk.tx() as tx:
            close_notice(tx, notice, case_id, desk.clock.now())
        desk.clock.advance(timedelta(hours=1))
    with desk.tx() as tx:
        assert load_notice(tx, notice).closed_at == closed_at


def test_a_notice_is_found_by_number_and_by_case(desk: Desk) -> None:
    case_id = desk.case()
    made = publish(desk, case_id)
    with desk.tx() as tx:
        assert find_notice(tx, made.number).id == made.id
        assert [row.id for row in notices_of_case(tx, case_id)] == [made.id]
        with pytest.raises(NotFound, match="no such notice"):
            find_notice(tx, "公示〔2026〕999号")


# ---------------------------------------------------------------- objections


@pytest.mark.rule("R-GEN-1")
def test_an_objection_is_followed_by_its_receipt_code(desk: Desk) -> None:
    notice = publish(desk)
    receipt = object_to(desk, notice.id)
    with desk.tx() as tx:
        followed = objection_by_receipt(tx, receipt.code.lower())
    assert followed.notice_number == notice.number
    assert (followed.status, followed.reply) == (ObjectionStatus.RECEIVED, "")
    assert followed.name == "张*"


def test_the_receipt_code_is_not_stored(desk: Desk) -> None:
    receipt = object_to(desk, publish(desk).id)
    with desk.tx() as tx:
        row = tx.get(objections, receipt.objection_id)
    assert row is not None
    assert all(receipt.code not in str(value) for value in row)
    assert all(receipt.code.replace("-", "") not in str(value) for value in row)


def test_a_wrong_receipt_code_finds_nothing(desk: Desk) -> None:
    object_to(desk, publish(desk).id)
    with pytest.raises(NotFound, match="receipt"), desk.tx() as tx:
        objection_by_receipt(tx, "AAAA-AAAA-AAAA-AAAA")


@pytest.mark.rule("R-GEN-1")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "匿名"}, "name"),
        ({"contact": ""}, "contact"),
        ({"evidence": ()}, "evidence"),
        ({"content": ""}, "content"),
    ],
)
def test_an_objection_without_what_the_tenant_demands_is_refused(
    desk: Desk, changed: dict[str, Any], field: str
) -> None:
    notice = publish(desk).id
    with pytest.raises(ObjectionRefused, match="not taken") as refused:
        object_to(desk, notice, **changed)
    errors: Any = refused.value.facts["errors"]
    assert [error["field"] for error in errors] == [field]
    with desk.tx() as tx:
        assert public_notice(tx, notice, desk.clock.now()).objections == 0


@pytest.mark.rule("R-GEN-1")
def test_a_tenant_that_demands_nothing_takes_an_anonymous_objection(desk: Desk) -> None:
    notice = publish(desk, demanded=()).id
    assert object_to(desk, notice, name="", contact="", evidence=())


@pytest.mark.rule("R-GEN-1")
def test_a_late_objection_is_refused(desk: Desk) -> None:
    made = publish(desk)
    assert made.period.ends_at is not None
    desk.clock.moment = made.period.ends_at
    object_to(desk, made.id)
    desk.clock.advance(timedelta(seconds=1))
    with pytest.raises(TooLate, match="no objections now"):
        object_to(desk, made.id, chance=bytes(10))


def test_no_objection_is_taken_once_the_case_was_closed(desk: Desk) -> None:
    first, second = desk.case(), desk.case()
    batch = desk.batch("notice", first, second)
    notice = publish(desk, first, batch_id=batch).id
    publish(desk, second, batch_id=batch)
    with desk.tx() as tx:
        close_notice(tx, notice, first, desk.clock.now())
    of_first, of_second = subjects(desk, notice)
    with pytest.raises(TooLate, match="no objections now"):
        object_to(desk, notice, of_first.id)
    assert object_to(desk, notice, of_second.id)


def test_on_a_notice_of_several_cases_an_objection_says_which_it_means(desk: Desk) -> None:
    first, second = desk.case(), desk.case()
    batch = desk.batch("notice", first, second)
    notice = publish(desk, first, batch_id=batch).id
    publish(desk, second, batch_id=batch)
    with pytest.raises(ObjectionRefused, match="which case"):
        object_to(desk, notice)
    receipt = object_to(desk, notice, subjects(desk, notice)[1].id)
    with desk.tx() as tx:
        assert objections_of_case(tx, notice, first) == []
        assert [row.id for row in objections_of_case(tx, notice, second)] == [receipt.objection_id]


def test_an_objection_to_a_case_of_another_notice_is_refused(desk: Desk) -> None:
    notice, other = publish(desk).id, publish(desk).id
    with pytest.raises(ObjectionRefused, match="which case"):
        object_to(desk, notice, subjects(desk, other)[0].id)


@pytest.mark.parametrize("what", ["unknown", "not an id", "of a case"])
def test_evidence_must_be_a_file_that_was_uploaded_for_it(desk: Desk, what: str) -> None:
    notice, case_id = publish(desk).id, desk.case()
    named = {
        "unknown": str(case_id),
        "not an id": "../../etc/passwd",
        "of a case": desk.upload(case_id),
    }[what]
    with pytest.raises(ObjectionRefused, match="not taken"):
        object_to(desk, notice, evidence=(named,))


@pytest.mark.rule("R-GEN-1")
@pytest.mark.parametrize("upheld", [True, False])
def test_the_objector_reads_the_answer_by_his_receipt(desk: Desk, upheld: bool) -> None:
    officer = desk.person("officer")
    receipt = object_to(desk, publish(desk).id)
    with desk.tx() as tx:
        answer_objection(
            tx, receipt.objection_id, "经核实……", officer, desk.clock.now(), upheld=upheld
        )
        followed = objection_by_receipt(tx, receipt.code)
    assert followed.status is (ObjectionStatus.UPHELD if upheld else ObjectionStatus.REJECTED)
    assert (followed.reply, followed.replied_at) == ("经核实……", desk.clock.now())


def test_an_objection_is_answered_once_and_never_without_words(desk: Desk) -> None:
    receipt = object_to(desk, publish(desk).id)
    with pytest.raises(Invalid, match="reply"), desk.tx() as tx:
        answer_objection(tx, receipt.objection_id, " ", None, desk.clock.now(), upheld=True)
    with desk.tx() as tx:
        answer_objection(tx, receipt.objection_id, "成立", None, desk.clock.now(), upheld=True)
    with pytest.raises(Conflict, match="was answered"), desk.tx() as tx:
        answer_objection(tx, receipt.objection_id, "不成立", None, desk.clock.now(), upheld=False)


# ---------------------------------------------------------------- who sees whom


def test_only_those_who_verify_see_who_objects_and_each_reading_is_recorded(desk: Desk) -> None:
    case_id = desk.case()
    receipt = object_to(desk, publish(desk, case_id).id)
    clerk = desk.person("clerk", roles=[["region-clerk", ""]])
    with desk.tx() as tx:
        row = read_objection(tx, clerk, receipt.objection_id, desk.clock.now())
        read = tx.all(select(readings).where(readings.c.tenant_id == TENANT))
    assert (row.name, row.contact) == ("张三", "13812345678")
    assert [(r.by, r.case_id) for r in read] == [(clerk.membership_id, case_id)]


@pytest.mark.parametrize("capacity", ["officer", "leader", "admin", "auditor", "applicant"])
def test_nobody_else_sees_who_objects(desk: Desk, capacity: str) -> None:
    receipt = object_to(desk, publish(desk).id)
    stranger = desk.person("stranger", capacity)
    with pytest.raises(Forbidden, match="only those who verify"), desk.tx() as tx:
        read_objection(tx, stranger, receipt.objection_id, desk.clock.now())


def test_what_the_case_sees_of_an_objection_names_nobody(desk: Desk) -> None:
    case_id = desk.case()
    notice = publish(desk, case_id).id
    object_to(desk, notice)
    with desk.tx() as tx:
        (row,) = objections_of_case(tx, notice, case_id)
    assert {"name", "contact"} & set(row._mapping) == set()


# ---------------------------------------------------------------- the public page


def test_a_notice_stays_readable_after_it_ended_with_personal_data_masked(desk: Desk) -> None:
    case_id = desk.case()
    made = publish(desk, case_id, body="联系人手机 13812345678，正文如上，请提出意见。")
    object_to(desk, made.id)
    desk.clock.advance(timedelta(days=400))
    with desk.tx() as tx:
        close_notice(tx, made.id, case_id, desk.clock.now())
        shown = public_notice(tx, made.id, desk.clock.now())
    assert not shown.is_open
    assert shown.body == "联系人手机 138****5678，正文如上，请提出意见。"
    assert shown.subjects[0].lines[0]["contactName"] == "王**"
    assert shown.subjects[0].lines[0]["name"] == "青峦煤矿"
    assert shown.contact == "自治区自然资源厅 0471-6912345"
    assert shown.objections == 1


def test_a_running_notice_says_what_an_objection_needs(desk: Desk) -> None:
    made = publish(desk)
    with desk.tx() as tx:
        shown = public_notice(tx, made.id, desk.clock.now())
    assert shown.is_open
    assert tuple(shown.demanded) == EVERYTHING


def test_all_notices_are_listed_latest_first_page_by_page(desk: Desk) -> None:
    made = []
    for _ in range(5):
        made.append(publish(desk).id)
        desk.clock.advance(timedelta(days=1))
    seen: list[UUID] = []
    cursor = None
    while True:
        with desk.tx() as tx:
            page = public_notices(tx, cursor=cursor, limit=2)
        seen += [row.id for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert seen == made[::-1]


def test_notices_are_listed_by_kind(desk: Desk) -> None:
    publish(desk)
    told = publish(desk, kind=NoticeKind.ANNOUNCEMENT, days=None, demanded=())
    with desk.tx() as tx:
        found = public_notices(tx, kind=NoticeKind.ANNOUNCEMENT).rows
    assert [row.id for row in found] == [told.id]


def test_another_tenant_knows_nothing_of_a_notice(desk: Desk, other_desk: Desk) -> None:
    made = publish(desk)
    receipt = object_to(desk, made.id)
    with other_desk.tx() as tx:
        assert public_notices(tx).rows == []
        with pytest.raises(NotFound, match="no such notice"):
            public_notice(tx, made.id, desk.clock.now())
        with pytest.raises(NotFound, match="receipt"):
            objection_by_receipt(tx, receipt.code)
