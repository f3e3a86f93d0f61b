"""Public notices: the period, what an objection needs, receipts, answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.notices.rules import (
    ANSWERS,
    CONTACT,
    EVIDENCE,
    REAL_NAME,
    NoticeStatus,
    Objecting,
    ObjectionStatus,
    Period,
    answered,
    is_contact,
    is_real_name,
    last_day,
    may_join,
    notice_period,
    objection_faults,
    receipt_code,
    receipt_digest,
    takes_objections,
)
from engine.errors import Conflict
from engine.tenancy.calendar import WorkCalendar

CALENDAR = WorkCalendar({}, ZoneInfo("Asia/Shanghai"))
MONDAY = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
EVERYTHING = (REAL_NAME, EVIDENCE, CONTACT)
GOOD = Objecting("张三", "13812345678", "该矿未恢复治理", ("file",))


def period(days: int | None = 5, *, first: bool = True) -> Period:
    return notice_period(CALENDAR, MONDAY, days, count_first_day=first)


def faults(objecting: Objecting, demanded: tuple[str, ...] = EVERYTHING) -> list[str]:
    return [fault.field for fault in objection_faults(objecting, demanded)]


@pytest.mark.rule("R-GEN-1", "R-IM-32")
@pytest.mark.parametrize(
    ("days", "first", "expected"),
    [
        (5, True, "2026-03-06"),  # Monday to Friday, the first day counted
        (5, False, "2026-03-09"),  # from Tuesday on: the fifth working day is next Monday
        (7, True, "2026-03-10"),
    ],
)
def test_a_notice_runs_for_the_working_days_of_its_tenant(
    days: int, first: bool, expected: str
) -> None:
    end = last_day(period(days, first=first), CALENDAR)
    assert end is not None
    assert end.isoformat() == expected


def test_an_announcement_has_no_end() -> None:
    assert period(None) == Period(MONDAY, None)
    assert last_day(period(None), CALENDAR) is None


@pytest.mark.rule("R-GEN-1")
def test_an_objection_in_the_last_second_of_the_last_day_is_in_time() -> None:
    running = period()
    assert running.ends_at is not None
    last = running.ends_at + timedelta(microseconds=999_999)
    assert takes_objections(running, NoticeStatus.OPEN, last)
    assert not takes_objections(running, NoticeStatus.OPEN, last + timedelta(microseconds=1))


def test_no_objection_is_taken_before_the_notice_begins_or_after_it_is_closed() -> None:
    assert not takes_objections(period(), NoticeStatus.OPEN, MONDAY - timedelta(seconds=1))
    assert not takes_objections(period(), NoticeStatus.CLOSED, MONDAY)


def test_an_announcement_takes_no_objections() -> None:
    assert not takes_objections(period(None), NoticeStatus.OPEN, MONDAY)


@pytest.mark.rule("R-IM-32")
@pytest.mark.parametrize(("hours", "joins"), [(0, True), (14, True), (15, False), (24, False)])
def test_a_case_joins_a_notice_only_on_its_first_day(hours: int, joins: bool) -> None:
    # 01:30 UTC is 09:30 in China: 14.5 hours later the next day begins there.
    later = MONDAY + timedelta(hours=hours)
    assert may_join(CALENDAR, period(), NoticeStatus.OPEN, later) is joins


def test_no_case_joins_a_closed_notice() -> None:
    assert not may_join(CALENDAR, period(), NoticeStatus.CLOSED, MONDAY)


@pytest.mark.rule("R-GEN-1")
def test_an_objection_with_name_contact_evidence_and_content_is_taken() -> None:
    assert faults(GOOD) == []


@pytest.mark.rule("R-GEN-1")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (Objecting("匿名", GOOD.contact, GOOD.content, GOOD.evidence), "name"),
        (Objecting("", GOOD.contact, GOOD.content, GOOD.evidence), "name"),
        (Objecting(GOOD.name, "请与我联系", GOOD.content, GOOD.evidence), "contact"),
        (Objecting(GOOD.name, GOOD.contact, GOOD.content), "evidence"),
        (Objecting(GOOD.name, GOOD.contact, "  ", GOOD.evidence), "content"),
    ],
)
def test_what_is_lacking_is_named_by_field(changed: Objecting, field: str) -> None:
    assert faults(changed) == [field]


@pytest.mark.rule("R-GEN-1")
@pytest.mark.parametrize("demand", EVERYTHING)
def test_a_tenant_that_does_not_demand_something_does_not_get_it(demand: str) -> None:
    bare = Objecting("", "", GOOD.content)
    field = {REAL_NAME: "name", CONTACT: "contact", EVIDENCE: "evidence"}[demand]
    assert faults(bare, (demand,)) == [field]


def test_an_objection_that_is_too_long_or_has_too_many_files_is_refused() -> None:
    huge = Objecting("张" * 61, GOOD.contact, "字" * 4_001, ("file",) * 21)
    assert {"name", "content", "evidence"} <= set(faults(huge))


@pytest.mark.parametrize(
    "name",
    ["张三", "欧阳娜娜", "阿拉坦其其格", "买买提·艾力", "John Smith", "新庙镇敬老院村民委员会"],
)
def test_real_names_of_persons_and_bodies_are_taken(name: str) -> None:
    assert is_real_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "匿名",
        "匿名群众",
        "知情人士",
        "张某",
        "张某某",
        "李先生",
        "村民",
        "张",
        "x",
        "12345",
        "网友A",
    ],
)
def test_masks_of_names_are_not_taken_for_names(name: str) -> None:
    assert not is_real_name(name)


@pytest.mark.parametrize(
    "contact", ["13812345678", "+86 13812345678", "0477-8512345", "04778512345", "a.b@example.com"]
)
def test_phone_numbers_and_mail_addresses_are_contacts(contact: str) -> None:
    assert is_contact(contact)


@pytest.mark.parametrize("contact", ["", "微信", "12345", "138123456789", "@example.com", "a@b"])
def test_anything_else_is_no_contact(contact: str) -> None:
    assert not is_contact(contact)


@given(st.binary(min_size=10, max_size=10), st.sampled_from(["lower", "blanks", "plain"]))
def test_a_receipt_code_is_known_again_however_it_is_typed(chance: bytes, manner: str) -> None:
    code = receipt_code(chance)
    typed = {"lower": code.lower(), "blanks": code.replace("-", " "), "plain": code}[manner]
    assert receipt_digest(typed) == receipt_digest(code)
    assert code not in receipt_digest(code)


@given(st.sets(st.binary(min_size=10, max_size=10), min_size=2, max_size=20))
def test_different_chance_gives_different_receipts(chances: set[bytes]) -> None:
    assert len({receipt_digest(receipt_code(chance)) for chance in chances}) == len(chances)


@pytest.mark.rule("R-GEN-1")
@pytest.mark.parametrize("status", list(ObjectionStatus))
@pytest.mark.parametrize("upheld", [True, False])
def test_an_objection_is_answered_once(status: ObjectionStatus, upheld: bool) -> None:
    if not ANSWERS[status]:
        with pytest.raises(Conflict, match="was answered"):
            answered(status, upheld=upheld)
    else:
        expected = ObjectionStatus.UPHELD if upheld else ObjectionStatus.REJECTED
        assert answered(status, upheld=upheld) is expected


def test_only_a_received_objection_waits_for_an_answer() -> None:
    assert [s for s in ObjectionStatus if ANSWERS[s]] == [ObjectionStatus.RECEIVED]
